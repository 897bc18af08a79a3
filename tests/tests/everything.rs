//! A large schema that uses every feature of the language: it holds on every dialect, and every database
//! takes what is rendered for it.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::collections::BTreeSet;

use support::case::package;
use support::database::{fresh, lines, unsound};
use support::servers::{MariaDb, Postgres, Server};
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{
    ColumnType, Dialect, GeneratedStorage, IndexKey, Only, Pair, ReferentialAction, Schema, SortOrder,
    Timing, render,
};

/// The schema, which is written as a user would write it: several files, one for each part of the
/// application.
fn everything() -> Schema {
    package("schemas/everything", &Dialect::ALL)
}

#[test]
fn it_is_large_and_uses_everything() {
    let schema = everything();
    assert!(schema.tables.len() >= 60, "{} tables", schema.tables.len());
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut uses = |feature: &str, is: bool| _ = is.then(|| used.insert(feature.to_owned()));
    for table in schema.tables.values() {
        uses("table doc", table.doc.is_some());
        uses("table rust_name", table.rust_name.is_some());
        uses("composite primary key", table.key_columns().len() > 1);
        uses("composite unique", table.uniques.values().any(|unique| unique.columns.len() > 1));
        uses("strict", table.options.sqlite.strict);
        uses("without_rowid", table.options.sqlite.without_rowid);
        uses("unlogged", table.options.postgres.unlogged);
        uses("fillfactor", table.options.postgres.fillfactor.is_some());
        uses("engine", table.options.mysql.engine.is_some());
        uses("charset", table.options.mysql.charset.is_some());
        uses("table collation", table.options.mysql.collation.is_some());
        for column in table.columns.values() {
            uses(column.column_type.to_string().split('(').next().unwrap(), true);
            uses("enum", matches!(column.column_type, ColumnType::Enum(_)));
            uses("column doc", column.doc.is_some());
            uses("column rust_name", column.rust_name.is_some());
            uses("nullable", column.nullable);
            uses("default", column.default.is_some());
            uses("auto_increment", column.auto_increment);
            uses("personal", column.personal);
            uses("column collation", column.collation.is_some());
            let stored = |storage| column.generated.as_ref().is_some_and(|made| made.storage == storage);
            uses("generated, stored", stored(GeneratedStorage::Stored));
        }
        for key in table.foreign_keys.values() {
            uses("self reference", key.references_table == table.name);
            uses("composite foreign key", key.columns.len() > 1);
            uses(key.on_delete.key(), true);
            uses("on_update", key.on_update != ReferentialAction::NoAction);
            uses("deferrable", key.timing != Timing::Immediate);
            uses("only on a foreign key", key.only != Only::Everywhere);
        }
        for check in table.checks.values() {
            uses("only on a check", check.only != Only::Everywhere);
        }
        for index in table.indexes.values() {
            uses("unique index", index.unique);
            uses("partial index", index.predicate.is_some());
            uses("covering index", !index.include.is_empty());
            uses("index method", !index.method.is_empty());
            uses("descending", index.columns.iter().any(|part| part.order == SortOrder::Descending));
            let expression = |key: &IndexKey| matches!(key, IndexKey::Expression(_));
            uses("index expression", index.columns.iter().any(|part| expression(&part.key)));
        }
    }
    uses("enum doc", schema.enums.values().any(|definition| definition.doc.is_some()));
    uses(
        "view of a view",
        schema.views.values().any(|view| schema.views.keys().any(|name| view.reads(name.as_str()))),
    );
    uses("depends_on", schema.views.values().any(|view| !view.depends_on.is_empty()));
    uses("trigger drop", schema.triggers.values().any(|trigger| trigger.drop.is_some()));
    let wanted = [
        "auto_increment",
        "bigint",
        "binary",
        "blob",
        "boolean",
        "cascade",
        "char",
        "charset",
        "column collation",
        "column doc",
        "column rust_name",
        "composite foreign key",
        "composite primary key",
        "composite unique",
        "covering index",
        "date",
        "decimal",
        "default",
        "deferrable",
        "depends_on",
        "descending",
        "double",
        "engine",
        "enum",
        "enum doc",
        "fillfactor",
        "generated, stored",
        "index expression",
        "index method",
        "integer",
        "json",
        "native",
        "no_action",
        "nullable",
        "on_update",
        "only on a check",
        "only on a foreign key",
        "partial index",
        "personal",
        "real",
        "restrict",
        "self reference",
        "set_null",
        "smallint",
        "strict",
        "table collation",
        "table doc",
        "table rust_name",
        "text",
        "time",
        "timestamp",
        "timestamptz",
        "trigger drop",
        "unique index",
        "unlogged",
        "uuid",
        "varchar",
        "view of a view",
        "without_rowid",
    ];
    let missing: Vec<&str> = wanted.into_iter().filter(|feature| !used.contains(*feature)).collect();
    assert!(missing.is_empty(), "nothing uses {missing:?}");
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
    assert_eq!(
        (count("table"), count("view"), count("trigger")),
        (schema.tables.len(), schema.views.len(), schema.triggers.len(),)
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
fn there_and_back(dialect: Dialect, schema: &Schema) -> Vec<String> {
    let empty = Schema::default();
    let pair = Pair::new(&empty, schema);
    let plan = plan(pair, &Intent::default());
    let mut texts = Vec::new();
    for (operations, schemas) in [(&plan.upgrade, pair), (&plan.downgrade, pair.swap())] {
        let mut position = schemas.previous.clone();
        for operation in operations {
            let statements = render(dialect, operation, &position, schemas.next);
            texts.extend(statements.iter().flat_map(|statement| statement.texts()).map(str::to_owned));
            position = operation.apply(&position, schemas.next).unwrap();
        }
        assert_eq!(position, *schemas.next);
    }
    texts
}

fn takes_it<S: Server>(dialect: Dialect) {
    let Some(database) = S::fresh() else { return };
    let mut client = database.connect();
    for text in there_and_back(dialect, &everything()) {
        let result = S::run(&mut client, &text);
        assert!(result.is_ok(), "{}: {} in: {text}", S::NAME, result.err().unwrap());
    }
}

#[test]
fn postgres_takes_it_and_lets_it_go() {
    takes_it::<Postgres>(Dialect::Postgres);
}

#[test]
fn mariadb_takes_it_and_lets_it_go() {
    takes_it::<MariaDb>(Dialect::Mysql);
}
