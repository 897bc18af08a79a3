//! A database that was there before whimbrel is said in the schema language, or what of it cannot be is said
//! in words.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use support::case::{cases, package, schema};
use support::database::{fresh, memory, run};
use support::files::said_otherwise;
use whimbrel::introspect;
use whimbrel_schema::text::is_hidden;
use whimbrel_schema::{Dialect, Imported, Pair, Schema, drift_beyond, import, read_sqlite_table};

fn imported(db: &Connection) -> Imported {
    let found = introspect::sqlite(db).unwrap();
    let imported = import(&found, Dialect::Sqlite, &BTreeMap::new(), &[]).unwrap();
    // Whatever it is: what was written is what is there, and nothing of it is drift.
    assert_eq!(said_otherwise(&imported.schema, &[Dialect::Sqlite]), None);
    let drift = drift_beyond(&imported.schema, &imported.known, &found);
    assert!(drift.is_none() && drift.mending.is_empty(), "{drift:?}");
    imported
}

fn of(sql: &str) -> Imported {
    let db = memory();
    run(&db, sql);
    imported(&db)
}

/// The words in which things were left out or remarked.
fn unmanaged(imported: &Imported) -> Vec<String> {
    imported.unmanaged.iter().map(ToString::to_string).collect()
}

/// The text of a file.
#[track_caller]
fn file<'a>(imported: &'a Imported, name: &str) -> &'a str {
    let names: Vec<&str> = imported.files.iter().map(|file| file.name.as_str()).collect();
    let file = imported.files.iter().find(|file| file.name == name);
    &file.unwrap_or_else(|| panic!("{name} is not among {names:?}")).text
}

#[test]
fn every_schema_is_written_as_it_is() {
    let everything = package("schemas/everything", &Dialect::ALL);
    assert_eq!(said_otherwise(&everything, &Dialect::ALL), None);
    let example = package("../generated-example/schema", &[Dialect::Sqlite]);
    assert_eq!(said_otherwise(&example, &[Dialect::Sqlite]), None);
    let mut wrong = Vec::new();
    for case in cases() {
        let Pair { previous, next } = case.schemas;
        for schema in [previous, next] {
            wrong.extend(
                said_otherwise(&schema, &[Dialect::Sqlite]).map(|words| format!("{}: {words}", case.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_database_of_a_case_is_imported_whole() {
    for case in cases() {
        for schema in [&case.schemas.previous, &case.schemas.next] {
            let imported = imported(&fresh(schema));
            assert!(imported.known.is_empty(), "{}: {:?}", case.name, imported.known);
            let tables = |schema: &Schema| schema.tables.keys().cloned().collect::<Vec<_>>();
            assert_eq!(tables(&imported.schema), tables(schema), "{}", case.name);
        }
    }
    let everything = package("schemas/everything", &Dialect::ALL);
    let imported = imported(&fresh(&everything));
    assert!(imported.known.is_empty(), "{:?}", imported.known);
    assert_eq!(imported.schema.tables.len(), everything.tables.len());
    assert_eq!(imported.schema.views.len(), everything.views.len());
}

#[test]
fn files_look_as_if_written_by_hand() {
    let imported = of("
        CREATE TABLE users (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            email TEXT NOT NULL UNIQUE,
            name VARCHAR(200) NOT NULL DEFAULT '',
            parent INTEGER REFERENCES users (id) ON DELETE SET NULL,
            level DECIMAL(10,5) DEFAULT 0,
            CHECK (name <> 'root')
        );
        CREATE INDEX users_name ON users (name COLLATE NOCASE, id DESC) WHERE level > 0;
        CREATE TABLE \"order details\" (
            \"order\" INT NOT NULL REFERENCES users,
            \"select\" TEXT NOT NULL ON CONFLICT IGNORE,
            amount REAL,
            PRIMARY KEY (\"order\", \"select\"),
            CONSTRAINT once UNIQUE (\"order\", amount) ON CONFLICT REPLACE
        ) WITHOUT ROWID;
        CREATE VIEW totals AS SELECT \"order\", sum(amount) AS total FROM \"order details\" GROUP BY 1;
        CREATE VIEW named (a) AS SELECT 1;
        CREATE TRIGGER touch AFTER UPDATE ON users BEGIN UPDATE users SET level = 1 WHERE id = new.id; END;
        CREATE TRIGGER into_totals INSTEAD OF INSERT ON totals BEGIN SELECT 1; END;
        CREATE VIRTUAL TABLE words USING fts5 (text);
    ");
    let files: String =
        imported.files.iter().map(|file| format!("==== {}\n{}", file.name, file.text)).collect();
    let known: String = imported.known.iter().map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!(format!("{files}==== known\n{known}"));
}

/// Ints of other sizes are keys of each other on SQLite, where a number that counts by itself has 64 bits.
#[test]
fn keys_of_other_sizes_are_keys() {
    let imported = of("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);
         CREATE TABLE b (id SMALLINT PRIMARY KEY, a INTEGER REFERENCES a (id));");
    assert_eq!(imported.schema.table("b").unwrap().foreign_keys.len(), 1);
}

#[test]
fn names_that_are_one_in_rust_are_told_apart() {
    let imported = of("CREATE TABLE \"a b\" (\"x y\" INT, x_y INT, \"x-y\" INT); CREATE TABLE a_b (id INT);
         CREATE VIEW \"a-b\" AS SELECT 1 AS one;");
    assert!(imported.known.is_empty() && imported.unmanaged.is_empty());
    assert!(file(&imported, "a_b.toml").contains("rust_name = \"X_Y_2\""), "{:#?}", imported.files);
    assert!(file(&imported, "a_b_2.toml").contains("rust_name = \"AB2\""), "{:#?}", imported.files);
    assert!(file(&imported, "views.toml").contains("rust_name = \"AB3\""), "{:#?}", imported.files);
}

/// Names of constraints are a table's own on SQLite; those that are made up are too, and are told apart.
#[test]
fn constraints_of_several_tables_may_have_one_name() {
    let imported = of("CREATE TABLE p (id INTEGER PRIMARY KEY);
         CREATE TABLE a (b_c INT UNIQUE, p INT CONSTRAINT parent REFERENCES p, CONSTRAINT positive CHECK (p > 0));
         CREATE TABLE a_b (c INT UNIQUE, p INT CONSTRAINT parent REFERENCES p, CONSTRAINT positive CHECK (p > 1));");
    assert!(imported.known.is_empty() && imported.unmanaged.is_empty(), "{:?}", imported.unmanaged);
    for table in ["a", "a_b"] {
        let table = imported.schema.table(table).unwrap();
        assert!(table.foreign_keys.contains_key("parent") && table.checks.contains_key("positive"));
        assert_eq!(table.uniques.len(), 1);
    }
}

/// A foreign key that only some databases have has no short form, whatever it is called.
#[test]
fn what_has_no_short_form_is_written_whole() {
    let text = "[table.p.columns]\nid = { type = 'bigint', primary_key = true }\n[table.t.columns]\np = 'bigint'\n\
                [table.t.foreign_keys]\nt_p_fkey = { columns = ['p'], references = 'p.id', only = ['sqlite'] }\n";
    let (schema, _) = schema(text, "schema/all.toml");
    assert_eq!(said_otherwise(&schema, &[Dialect::Sqlite]), None);
}

/// Names that are made up make way for those that are given.
#[test]
fn names_that_are_made_up_are_free() {
    let imported = of("CREATE TABLE t (a INT UNIQUE, b INT, CHECK (b > 0)); CREATE TABLE t_a_key (x INT);
         CREATE INDEX t_check ON t (b);");
    assert!(imported.known.is_empty() && imported.unmanaged.is_empty(), "{:?}", imported.unmanaged);
    let table = imported.schema.table("t").unwrap();
    assert!(table.uniques.contains_key("t_a_key_2") && table.checks.contains_key("t_check_2"), "{table:?}");
}

/// Fault K07: names, texts and SQL that an attacker has put into a database.
#[test]
fn what_a_schema_must_not_have_is_left_out_by_name() {
    let imported = of("
        CREATE TABLE good (id INTEGER PRIMARY KEY, v TEXT CONSTRAINT \"bad\u{202e}check\" CHECK (v <> ''));
        CREATE TABLE \"evil\n[table.users]\" (id INTEGER PRIMARY KEY);
        CREATE TABLE cells (\"a\u{200b}b\" INT, good INT REFERENCES good (id));
        CREATE TABLE child (id INT REFERENCES cells (good));
        CREATE INDEX \"x\u{1b}[31m\" ON good (v);
        CREATE TABLE \"\"\"; DROP TABLE good; --\" (\"\"\" = 1\" TEXT DEFAULT '\"\"\"''\\');
        CREATE TABLE \"#\"\"##\" (a TEXT DEFAULT '*/ */ \"# {} {0}');
        CREATE VIEW \"v\u{7}\" AS SELECT 1;
    ");
    let words = unmanaged(&imported);
    let left = [
        "table evil\\u{a}[table.users]",
        "table cells",
        "check bad\\u{202e}check of good",
        "index x\\u{1b}[31m of good",
        "view v\\u{7}",
        "foreign key child_id_fkey of child",
    ];
    for left in left {
        let found = words.iter().find(|words| words.starts_with(left));
        let found = found.unwrap_or_else(|| panic!("{left} in {words:#?}"));
        assert!(found.contains("is left out"), "{found}");
    }
    assert!(words.iter().any(|words| words.contains("give it another name in the database")), "{words:?}");
    let tables: BTreeSet<&str> = imported.schema.tables.keys().map(|name| name.as_str()).collect();
    assert_eq!(tables, BTreeSet::from(["good", "child", "\"; DROP TABLE good; --", "#\"##"]));
    for file in &imported.files {
        assert!(!file.text.contains(|character| is_hidden(character) && character != '\n'), "{}", file.text);
        assert!(file.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte)));
    }
    // What is left out of a managed table is known; what is on none is nobody's business.
    assert_eq!(imported.known.len(), 3, "{:#?}", imported.known);
}

/// The same for comments, which the databases of servers keep.
#[test]
fn comments_are_text() {
    let hostile = "*/ \"\"\" ''' {0}\n[table.evil]\r\nx = 1\u{202e}\u{7} \\";
    let mut found = read_sqlite_table("CREATE TABLE t (id INTEGER PRIMARY KEY)").unwrap();
    let mut table = found.schema.table("t").unwrap().clone();
    table.doc = Some(hostile.to_owned());
    table.columns[0].doc = Some(hostile.to_owned());
    found.schema.insert(table);
    let imported = import(&found, Dialect::Sqlite, &BTreeMap::new(), &[]).unwrap();
    assert_eq!(said_otherwise(&imported.schema, &[Dialect::Sqlite]), None);
    let table = imported.schema.table("t").unwrap();
    assert_eq!((table.doc.as_deref(), table.columns[0].doc.as_deref()), (Some(hostile), Some(hostile)));
    assert!(!imported.files[0].text.contains(|sign| is_hidden(sign) && sign != '\n'));
}

/// A constraint that comes later is drift, also beside known ones.
#[test]
fn known_is_what_was_there() {
    let db = memory();
    run(&db, "CREATE TABLE t (a INT UNIQUE ON CONFLICT IGNORE, b TEXT); CREATE INDEX \"i\u{200b}\" ON t (b)");
    let before = imported(&db);
    assert_eq!(before.known.len(), 2, "{:?}", before.known);
    run(&db, "CREATE INDEX later ON t (b)");
    let drift = drift_beyond(&before.schema, &before.known, &introspect::sqlite(&db).unwrap());
    let lines: Vec<String> = drift.differences.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["+ index later on t  (b)"]);
    assert_eq!(drift.mending.len(), 1);
    run(&db, "DROP INDEX later; DROP INDEX \"i\u{200b}\"; CREATE INDEX \"i\u{200b}\" ON t (a)");
    let drift = drift_beyond(&before.schema, &before.known, &introspect::sqlite(&db).unwrap());
    assert_eq!(drift.differences.len(), 1, "another index of the same name is another: {drift:?}");
}

#[test]
fn names_of_files_are_free() {
    let db = memory();
    run(&db, "CREATE TABLE tables (id INT); CREATE TABLE views (id INT); CREATE VIEW v AS SELECT 1");
    let found = introspect::sqlite(&db).unwrap();
    let imported = import(&found, Dialect::Sqlite, &BTreeMap::new(), &["tables.toml".to_owned()]).unwrap();
    let names: Vec<&str> = imported.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["tables_2.toml", "views.toml", "views_2.toml"]);
}
