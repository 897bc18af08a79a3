//! The laws of migrations on servers: what is done on SQLite is done on PostgreSQL and on MariaDB, and comes
//! to the same.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use support::case::{Case, cases};
use support::servers::{MariaDb, Postgres, Session, Speaks, there_and_back};
use whimbrel::Direction;
use whimbrel_schema::{Dialect, Operation, Pair, Sources, parse, validate};

/// Cases that are only for SQLite, each with the reason.
const NOT_POSTGRES: [(&str, &str); 12] = [
    ("computed_in_place_in_trigger", "the trigger is SQLite's"),
    ("exchange_columns_with_trigger", "the trigger is SQLite's"),
    ("add_column_backfill", "instr() is SQLite's"),
    ("deferrable", "NOCASE is SQLite's"),
    ("drop_table_with_views_and_triggers", "the trigger is SQLite's"),
    ("exchange_tables_with_trigger", "the trigger is SQLite's"),
    ("every_type", "booleans are numbers to SQLite"),
    ("personal_conversion", "SQLite takes texts that are too long"),
    ("rename_column_indexed", "booleans are numbers to SQLite"),
    ("rename_with_views_and_triggers", "the trigger is SQLite's"),
    ("triggers", "the trigger is SQLite's"),
    ("type_using", "SQLite casts any text to a number"),
];

const NOT_MARIADB: [(&str, &str); 13] = [
    ("computed_in_place_in_trigger", "the trigger is SQLite's"),
    ("exchange_columns_with_trigger", "the trigger is SQLite's"),
    ("drop_table_with_views_and_triggers", "the trigger is SQLite's"),
    ("exchange_tables_with_trigger", "the trigger is SQLite's"),
    ("personal_conversion", "`||` does not join texts"),
    ("personal_table_set", "`||` does not join texts"),
    ("rename_with_views_and_triggers", "the trigger is SQLite's"),
    ("rename_without_rowid_and_more", "a name in double quotes is a text"),
    ("split_column", "`||` does not join texts"),
    ("triggers", "the trigger is SQLite's"),
    ("type_using", "SQLite casts any text to a number"),
    ("add_column_default_and_backfill", "`||` does not join texts"),
    ("add_column_default_expression", "`||` does not join texts"),
];

#[test]
fn arrive_on_postgres() {
    arrive::<Postgres>(&NOT_POSTGRES, <[Operation]>::to_vec);
}

#[test]
fn arrive_on_mariadb() {
    arrive::<MariaDb>(&NOT_MARIADB, <[Operation]>::to_vec);
}

#[test]
fn arrive_online_on_postgres() {
    arrive::<Postgres>(&NOT_POSTGRES, online);
}

/// What is thought not to copy a table does not: the server would refuse it.
#[test]
fn arrive_online_on_mariadb() {
    arrive::<MariaDb>(&NOT_MARIADB, online);
}

/// Steps in the form that lets programs go on meanwhile, as far as they have one.
fn online(operations: &[Operation]) -> Vec<Operation> {
    let mut operations = operations.to_vec();
    for operation in &mut operations {
        if let Operation::CreateIndex { online, .. }
        | Operation::DropIndex { online, .. }
        | Operation::AlterTable { online, .. } = operation
        {
            *online = true;
        }
    }
    operations
}

/// For every case whose schemas and SQL hold on the server: up, down and up again leave the catalogue that a fresh
/// database has, and the rows that SQLite has.
fn arrive<S: Speaks>(exceptions: &[(&str, &str)], form: fn(&[Operation]) -> Vec<Operation>) {
    if Session::<S>::open().is_none() {
        return;
    }
    let names: Vec<String> = cases().into_iter().map(|case| case.name).collect();
    let stale = exceptions.iter().find(|(name, _)| !names.iter().any(|known| known == name));
    assert_eq!(stale, None, "an exception is of no case");
    let (mut found, mut gone) = (Vec::new(), 0);
    for case in cases() {
        if !holds::<S>(&case) || exceptions.iter().any(|(name, _)| *name == case.name) {
            continue;
        }
        match there_and_back::<S>(&case, form) {
            Ok(()) => gone += 1,
            Err(trouble) => found.push(format!("{}: {trouble}", case.name)),
        }
    }
    assert!(found.is_empty(), "{gone} cases are fine, {} are not\n\n{}\n", found.len(), found.join("\n\n"));
    assert!(gone >= 40, "only {gone} cases hold on {}", S::NAME);
}

/// Whether nothing in the schemas of a case is only for others.
fn holds<S: Speaks>(case: &Case) -> bool {
    case.holds_on(S::DIALECT) && case.up().is_some()
}

/// B06: a key that was widened takes its numbers from a sequence that goes as far.
#[test]
fn a_wider_key_has_a_wider_sequence() {
    let Some(mut session) = Session::<Postgres>::open() else { return };
    let schema = |column_type: &str| {
        let mut sources = Sources::default();
        let text = format!(
            "[table.t.columns]\nid = {{ type = \"{column_type}\", primary_key = true, auto_increment = true }}\nn = \"bigint?\"\n"
        );
        let id = sources.add("schema.toml", text);
        validate(&[parse(&sources, id)], &[Dialect::Postgres]).schema
    };
    let schemas = Pair::new(schema("integer"), schema("bigint"));
    session.create(&schemas.previous, |_| Ok(())).unwrap();
    session.run("SELECT setval(pg_get_serial_sequence('t', 'id'), 2147483647)").unwrap();
    assert!(session.run("INSERT INTO t (n) VALUES (1)").is_err());
    let plan = whimbrel_schema::plan::plan(schemas.as_ref(), &whimbrel_schema::plan::Intent::default());
    session.migrate(&plan.upgrade, schemas.as_ref(), Direction::Upgrade).unwrap();
    session.run("INSERT INTO t (n) VALUES (1)").unwrap();
    let found = Postgres::texts(
        &mut session.client,
        "SELECT id, pg_sequence_last_value(pg_get_serial_sequence('t', 'id')) FROM t",
    );
    assert_eq!(found.unwrap(), [[Some("2147483648".to_owned()), Some("2147483648".to_owned())]]);
}
