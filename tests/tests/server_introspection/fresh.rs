//! Databases that whimbrel made, at once or by migrations.

use whimbrel::Direction;
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{Dialect, Operation, Pair, Schema, Sources, parse, validate};

use crate::support::case::{Case, cases, package};
use crate::support::servers::{Introspects, MariaDb, Postgres, Session, drift};

/// Whether a schema holds on a server.
fn holds<S: Introspects>(text: &str) -> Option<Schema> {
    let mut sources = Sources::default();
    let id = sources.add("case.toml", text);
    let validated = validate(&[parse(&sources, id)], &[S::DIALECT]);
    validated.diagnostics.is_empty().then_some(validated.schema)
}

fn way(pair: Pair<&Schema>) -> Vec<Operation> {
    plan(pair, &Intent::default()).upgrade
}

/// Each schema of a case, and the large one, in an empty database; and each case up and down.
fn is_what_its_schema_says<S: Introspects>() {
    let Some(mut session) = Session::<S>::open() else { return };
    let empty = Schema::default();
    let (mut found, mut made, mut gone) = (Vec::new(), 0, 0);
    let everything = package("schemas/everything", &Dialect::ALL);
    let schemas = cases().into_iter().flat_map(|case| {
        let texts = Pair::new("previous", "next").zip(case.texts.as_ref());
        [texts.previous, texts.next].map(|(side, text)| (format!("{}, {side}", case.name), holds::<S>(text)))
    });
    for (name, schema) in schemas.chain([("everything".to_owned(), Some(everything))]) {
        let Some(schema) = schema else { continue };
        let (there, back) = (Pair::new(&empty, &schema), Pair::new(&schema, &empty));
        if session.migrate(&way(there), there, Direction::Upgrade).is_err() {
            // Its SQL is SQLite's. Where the server does not undo it, all begins anew.
            session = Session::<S>::open().unwrap();
            continue;
        }
        made += 1;
        let words = drift::<S>(&mut session.client, &schema);
        found.extend(words.into_iter().map(|words| format!("{name}: {words}")));
        session.migrate(&way(back), back, Direction::Upgrade).unwrap();
    }
    for case in cases() {
        match migrated(&mut session, &case) {
            Some(words) => {
                gone += 1;
                found.extend(words.into_iter().map(|words| format!("{}, migrated: {words}", case.name)));
            }
            None => session = Session::<S>::open().unwrap(),
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    assert!(made > 90 && gone > 40, "{made} schemas, {gone} cases");
}

/// What a case up and down leaves otherwise than it should; `None` if it does not hold on the server.
fn migrated<S: Introspects>(session: &mut Session<S>, case: &Case) -> Option<Vec<String>> {
    let empty = Schema::default();
    let schemas = case.texts.as_ref().both(|text| holds::<S>(text))?;
    let there = Pair::new(&empty, &schemas.previous);
    session.migrate(&way(there), there, Direction::Upgrade).ok()?;
    let mut left = &schemas.previous;
    let mut words = Vec::new();
    for (place, way) in [("up", case.up()), ("down", case.down())] {
        let Some(way) = way else { break };
        let direction = if place == "up" { Direction::Upgrade } else { Direction::Downgrade };
        session.migrate(way.operations, way.schemas, direction).ok()?;
        left = if place == "up" { &schemas.next } else { &schemas.previous };
        let found = drift::<S>(&mut session.client, left);
        words.extend(found.into_iter().map(|words| format!("{place}: {words}")));
    }
    let back = Pair::new(left, &empty);
    session.migrate(&self::way(back), back, Direction::Upgrade).unwrap();
    Some(words)
}

#[test]
fn on_postgres_a_database_is_what_its_schema_says() {
    is_what_its_schema_says::<Postgres>();
}

#[test]
fn on_mariadb_a_database_is_what_its_schema_says() {
    is_what_its_schema_says::<MariaDb>();
}
