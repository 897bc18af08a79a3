//! A large schema that uses every feature of the language: it holds on every dialect, and every database
//! takes what is rendered for it.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::collections::BTreeSet;

use support::case::{files, package};
use support::database::{fresh, lines, unsound};
use support::servers::{MariaDb, Postgres, Speaks, catalogue};
use support::uses;
use whimbrel::engine;
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{ColumnType, Dialect, Pair, Schema, SortOrder, render};

/// Its files, written as a user would: one for each part of the application.
const DIRECTORY: &str = "schemas/everything";

fn everything() -> Schema {
    package(DIRECTORY, &Dialect::ALL)
}

/// Checks and triggers included. One stays empty: two foreign keys share a column, and what one of them
/// references need not be what the other one does.
#[test]
fn every_table_of_it_but_one_gets_rows() {
    let schema = everything();
    let mut database = fresh(&schema);
    engine::fill(&mut database, &schema).unwrap();
    assert_eq!(unsound(&database), None);
    let lines = |database| engine::rows(database, &schema).unwrap().lines();
    let filled = lines(&database);
    let empty: Vec<&String> = filled
        .windows(2)
        .filter(|pair| pair.iter().all(|line| !line.starts_with("  ")))
        .map(|pair| &pair[0])
        .collect();
    assert_eq!(empty, ["filters: id | mailbox_id | position | condition | label_id"]);
    let mut again = fresh(&schema);
    engine::fill(&mut again, &schema).unwrap();
    assert_eq!(lines(&again), filled, "the same each time");
}

/// Every key, word, form and type that the language has.
#[test]
fn it_is_large_and_uses_everything() {
    assert!(everything().tables.len() >= 60, "{} tables", everything().tables.len());
    let used: BTreeSet<String> = files(DIRECTORY).iter().flat_map(|(_, text)| uses::used(text)).collect();
    let wanted = uses::everything();
    assert!(wanted.len() > 150, "{wanted:#?}");
    let missing: Vec<&String> = wanted.difference(&used).collect();
    assert_eq!(missing, NOT_EVERYWHERE, "nothing uses these (left), or what no database lacks");
}

/// What no schema can say that holds on all databases. `tests/tests/ddl.rs` has it for those that take it.
const NOT_EVERYWHERE: [&str; 7] = [
    // Each database has other names of collations.
    "a column: collation as a text",
    // MySQL has none of these, and a column cannot be limited to others, as a foreign key of the table can.
    "a column: deferrable",
    "a column: deferrable = deferred",
    "a column: deferrable = immediate",
    "a column: on_delete = set_default",
    "a column: on_update = set_default",
    // Nor does MySQL index expressions, which only the long form of an index can limit.
    "a table: indexes as an expression of an index",
];

/// What is no key of its own, but a way to combine them.
#[test]
fn it_combines_what_real_schemas_do() {
    let schema = everything();
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut finds = |what, is: bool| _ = is.then(|| found.insert(what));
    for table in schema.tables.values() {
        finds("composite primary key", table.key_columns().len() > 1);
        finds("composite unique", table.uniques.values().any(|unique| unique.columns.len() > 1));
        finds("nullable", table.columns.values().any(|column| column.nullable));
        finds("enum", table.columns.values().any(|column| matches!(column.column_type, ColumnType::Enum(_))));
        finds("descending", {
            let mut parts = table.indexes.values().flat_map(|index| &index.columns);
            parts.any(|part| part.order == SortOrder::Descending)
        });
        for key in table.foreign_keys.values() {
            finds("self reference", key.references_table == table.name);
            finds("composite foreign key", key.columns.len() > 1);
            let back = &schema.table(key.references_table.as_str()).unwrap().foreign_keys;
            let cycle = key.references_table != table.name
                && back.values().any(|back| back.references_table == table.name);
            finds("cycle", cycle);
        }
    }
    let views = &schema.views;
    finds("view of a view", views.values().any(|view| views.keys().any(|name| view.reads(name.as_str()))));
    let wanted = [
        "composite foreign key",
        "composite primary key",
        "composite unique",
        "cycle",
        "descending",
        "enum",
        "nullable",
        "self reference",
        "view of a view",
    ];
    assert!(found.iter().eq(wanted.iter()), "{found:?}");
}

#[test]
fn sqlite_takes_it() {
    let schema = everything();
    let database = fresh(&schema);
    assert_eq!(unsound(&database), None);
    let count = |kind: &str| {
        let sql =
            format!("SELECT count(*) FROM sqlite_master WHERE type = '{kind}' AND name NOT LIKE 'sqlite_%'");
        lines(&database, &sql)[0].parse::<usize>().unwrap()
    };
    let triggers = schema.triggers.values().filter(|trigger| trigger.only.includes(Dialect::Sqlite));
    assert_eq!(
        (count("table"), count("view"), count("trigger")),
        (schema.tables.len(), schema.views.len(), triggers.count())
    );
    // What SQLite compiles only when it is used.
    for view in schema.views.keys() {
        lines(&database, &format!("SELECT * FROM \"{view}\""));
    }
    let insert = "INSERT INTO organisations (id, name, slug) VALUES (1, 'a', 'a'); \
                  INSERT INTO users (id, organisation_id, email, key) VALUES (1, 1, 'A@b.c', 'x'); \
                  INSERT INTO mailboxes (id, owner_id, address) VALUES (1, 1, 'a@b.c'); \
                  INSERT INTO threads (mailbox_id, id) VALUES (1, 1); \
                  INSERT INTO emails (mailbox_id, thread_id, message_id, sender) VALUES (1, 1, 'm', 'x@y.z')";
    support::database::run(&database, insert);
    let found = lines(&database, "SELECT domain, category, score FROM emails");
    assert_eq!(found, ["'y.z' | 'personal' | '12.50'"]);
    assert_eq!(lines(&database, "SELECT email_folded, wakes_at FROM users"), ["'a@b.c' | '07:30:00'"]);
}

/// The SQL of a first migration to a schema, and of the way back.
fn there_and_back(dialect: Dialect, schema: &Schema) -> [Vec<String>; 2] {
    let empty = Schema::default();
    let pair = Pair::new(&empty, schema);
    let plan = plan(pair, &Intent::default());
    [(&plan.upgrade, pair), (&plan.downgrade, pair.swap())].map(|(operations, schemas)| {
        let (mut texts, mut position) = (Vec::new(), schemas.previous.clone());
        for operation in operations {
            let statements = render(dialect, operation, &position, schemas.next);
            texts.extend(statements.iter().flat_map(|statement| statement.texts()).map(str::to_owned));
            position = operation.apply(&position, schemas.next).unwrap();
        }
        assert_eq!(position, *schemas.next);
        texts
    })
}

fn takes_it<S: Speaks>() {
    let Some(database) = S::fresh() else { return };
    let schema = everything();
    let mut client = database.connect();
    let run = |client: &mut S::Client, texts: &[String]| {
        for text in texts {
            let result = S::run(client, text);
            assert!(result.is_ok(), "{}: {} in: {text}", S::NAME, result.err().unwrap());
        }
    };
    let [there, back] = there_and_back(S::DIALECT, &schema);
    run(&mut client, &there);
    let found = catalogue::<S>(&mut client);
    let count = |kind: &str| found.lines().filter(|line| line.starts_with(&format!("{kind}: "))).count();
    let triggers = schema.triggers.values().filter(|trigger| trigger.only.includes(S::DIALECT)).count();
    assert_eq!(count("table"), schema.tables.len() + schema.views.len(), "{}", S::NAME);
    assert_eq!((count("view"), count("trigger")), (schema.views.len(), triggers), "{}", S::NAME);
    run(&mut client, &back);
    assert_eq!(catalogue::<S>(&mut client), "", "{}", S::NAME);
}

#[test]
fn postgres_takes_it_and_lets_it_go() {
    takes_it::<Postgres>();
}

#[test]
fn mariadb_takes_it_and_lets_it_go() {
    takes_it::<MariaDb>();
}
