//! Databases that whimbrel made.

use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{Dialect, Pair, Schema, Sources, parse, validate};

use crate::support::case::{cases, package};
use crate::support::servers::{Introspects, MariaDb, Postgres, Session, drift};

/// Every schema of the tests that holds on a server, with a name.
fn schemas<S: Introspects>() -> Vec<(String, Schema)> {
    let cases = cases().into_iter().flat_map(|case| {
        let Pair { previous, next } = Pair::new("previous", "next").zip(case.texts.as_ref());
        [previous, next].map(|(side, text)| (format!("{}, {side}", case.name), read::<S>(text)))
    });
    let mut schemas: Vec<(String, Schema)> =
        cases.filter_map(|(name, schema)| Some((name, schema?))).collect();
    schemas.push(("everything".to_owned(), package("schemas/everything", &Dialect::ALL)));
    schemas
}

fn read<S: Introspects>(text: &str) -> Option<Schema> {
    let mut sources = Sources::default();
    let id = sources.add("case.toml", text);
    let validated = validate(&[parse(&sources, id)], &[S::DIALECT]);
    validated.diagnostics.is_empty().then_some(validated.schema)
}

fn is_what_its_schema_says<S: Introspects>() {
    let Some(mut session) = Session::<S>::open() else { return };
    let empty = Schema::default();
    let (mut found, mut made) = (Vec::new(), 0);
    for (name, schema) in schemas::<S>() {
        let (there, back) = (Pair::new(&empty, &schema), Pair::new(&schema, &empty));
        let way = |pair| plan(pair, &Intent::default()).upgrade;
        if session.migrate(&way(there), there).is_err() {
            // Its SQL is SQLite's. Where the server does not undo it, all begins anew.
            session = Session::<S>::open().unwrap();
            continue;
        }
        made += 1;
        let words = drift::<S>(&mut session.client, &schema);
        found.extend(words.into_iter().map(|words| format!("{name}: {words}")));
        session.migrate(&way(back), back).unwrap();
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    assert!(made > 90, "{made} schemas");
}

#[test]
fn on_postgres_a_fresh_database_is_what_its_schema_says() {
    is_what_its_schema_says::<Postgres>();
}

#[test]
fn on_mariadb_a_fresh_database_is_what_its_schema_says() {
    is_what_its_schema_says::<MariaDb>();
}
