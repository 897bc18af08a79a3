//! Rebuilds of tables on real files of SQLite, in both journal modes, with rows and all that can
//! hang on a table: faults C01 to C11 of the catalogue of faults.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use rusqlite::Connection;
use support::case::schema;
use support::catalogue::catalogue;
use support::database::{create, lines, migrate, run, unsound, value};
use tempfile::TempDir;
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{Pair, Schema};

const MODES: [&str; 2] = ["wal", "delete"];

const ACTIONS: [&str; 5] = ["cascade", "set_null", "set_default", "restrict", "no_action"];

/// A database in a file, as an application would have it: foreign keys on.
struct File {
    db: Connection,
    _directory: TempDir,
}

fn file(mode: &str) -> File {
    let directory = tempfile::tempdir().unwrap();
    let db = Connection::open(directory.path().join("mail.db")).unwrap();
    assert_eq!(value(&db, &format!("PRAGMA journal_mode = {mode}")), format!("'{mode}'"));
    run(&db, "PRAGMA foreign_keys = ON");
    File { db, _directory: directory }
}

/// A file with the tables of a schema.
fn filled(mode: &str, text: &str) -> (File, Schema) {
    let (schema, _) = schema(text, "schema/test.toml");
    let mut file = file(mode);
    create(&mut file.db, &schema);
    (file, schema)
}

/// Goes from one schema to the other, by what `migrate-new` would plan.
fn go(db: &mut Connection, previous: &Schema, next: &str) -> Result<Schema, String> {
    let (next, hints) = schema(next, "schema/test.toml");
    let intent = Intent { backfills: hints.backfills, ..Intent::default() };
    let plan = plan(Pair::new(previous, &next), &intent);
    assert_eq!(plan.questions, []);
    let rebuilt = format!("{:?}", plan.upgrade);
    assert!(rebuilt.contains("AddCheck") || rebuilt.contains("backfill: Some"), "a rebuild: {rebuilt}");
    migrate(db, &plan.upgrade, Pair::new(previous, &next)).map(|()| next)
}

const PARENT: &str = r#"
[table.parent.columns]
id   = { type = "bigint", primary_key = true, auto_increment = true }
name = "text"
size = { type = "integer", default = 0 }
"#;

/// The parent with a check, for which it is rebuilt.
const CHECKED: &str = "[table.parent.checks]\nparent_name_check = \"name <> ''\"\n";

/// The parent with a column that has a backfill.
const BACKFILLED: &str = "[table.parent.columns]\n\
    id = { type = \"bigint\", primary_key = true, auto_increment = true }\n\
    name = \"text\"\n\
    size = { type = \"integer\", default = 0 }\n\
    note = { type = \"text?\", backfill = { sql = \"upper(name)\" } }\n";

fn parent(mode: &str) -> (File, Schema) {
    let (file, schema) = filled(mode, PARENT);
    run(&file.db, "INSERT INTO parent (name) VALUES ('ada'), ('bob'), ('eve')");
    (file, schema)
}

fn checked() -> String {
    format!("{PARENT}{CHECKED}")
}

/// CI runs these tests with the library of the system as well, and says which version that is.
#[test]
fn the_library_is_the_one_to_be_tested() {
    if let Some(wanted) = std::env::var_os("WHIMBREL_TEST_SQLITE") {
        assert_eq!(rusqlite::version(), wanted);
    }
}

#[test]
fn c01_no_row_of_a_child_changes_and_its_action_still_holds() {
    for mode in MODES {
        for action in ACTIONS {
            let child = format!(
                "[table.child.columns]\n\
                 id = {{ type = \"bigint\", primary_key = true }}\n\
                 parent_id = {{ type = \"bigint?\", default = 2 }}\n\
                 [table.child.foreign_keys]\n\
                 child_fk = {{ columns = [\"parent_id\"], references = \"parent.id\", on_delete = \"{action}\", on_update = \"{action}\" }}\n\
                 [table.grandchild.columns]\n\
                 child_id = {{ type = \"bigint\", primary_key = true, references = \"child.id\", on_delete = \"cascade\" }}\n"
            );
            let (mut file, previous) = filled(mode, &format!("{PARENT}{child}"));
            let db = &mut file.db;
            run(db, "INSERT INTO parent (name) VALUES ('ada'), ('bob'), ('eve')");
            run(db, "INSERT INTO child VALUES (10, 1), (11, 1), (12, 2), (13, NULL)");
            run(db, "INSERT INTO grandchild VALUES (10), (12)");
            let rows =
                "SELECT child.id, parent_id, child_id FROM child LEFT JOIN grandchild ON child_id = child.id";
            let before = lines(db, rows);

            go(db, &previous, &format!("{}{child}", checked())).unwrap();
            assert_eq!(lines(db, rows), before, "{mode} {action}");
            assert_eq!(unsound(db), None, "{mode} {action}");
            assert_eq!(value(db, "SELECT count(*) FROM parent"), "3");

            assert!(db.execute("INSERT INTO child VALUES (14, 99)", []).is_err(), "the key holds");
            let deleted = db.execute("DELETE FROM parent WHERE id = 1", []);
            let of_ada = lines(db, "SELECT parent_id FROM child WHERE id IN (10, 11)");
            match action {
                "cascade" => {
                    assert_eq!((of_ada.len(), value(db, "SELECT count(*) FROM grandchild")), (0, "1".into()));
                }
                "set_null" => assert_eq!(of_ada, ["NULL", "NULL"]),
                "set_default" => assert_eq!(of_ada, ["2", "2"]),
                _ => assert!(deleted.is_err() && of_ada == ["1", "1"], "{mode} {action}"),
            }
            assert_eq!(unsound(db), None, "{mode} {action}");
        }
    }
}

#[test]
fn c02_a_callers_transaction_is_refused_and_stays_the_callers() {
    for mode in MODES {
        for begin in ["BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "SAVEPOINT mine"] {
            let (mut file, previous) = parent(mode);
            let db = &mut file.db;
            let before = catalogue(db);
            run(db, begin);
            run(db, "INSERT INTO parent (name) VALUES ('mine')");
            let error = go(db, &previous, &checked()).unwrap_err();
            assert!(error.contains("inside a transaction"), "{error}");
            assert!(error.contains("SQLite cannot suspend foreign keys"), "{error}");
            assert!(error.contains("help: commit or roll back before migrating"), "{error}");
            assert!(!db.is_autocommit(), "{mode} {begin}: the transaction is left alone");
            run(db, if begin.starts_with("SAVEPOINT") { "RELEASE mine" } else { "COMMIT" });
            assert_eq!(value(db, "SELECT count(*) FROM parent WHERE name = 'mine'"), "1");
            assert_eq!(catalogue(db), before);
            assert_eq!(unsound(db), None);
            go(db, &previous, &checked()).unwrap();
        }
    }
}

/// What is written about an object, to the byte.
fn verbatim(db: &Connection) -> Vec<String> {
    lines(
        db,
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') OR (type = 'index' AND sql IS NOT NULL) ORDER BY 1, 2",
    )
}

#[test]
fn c03_views_and_triggers_that_mention_the_table_are_there_and_work() {
    for mode in MODES {
        let (mut file, previous) = parent(mode);
        let db = &mut file.db;
        run(
            db,
            "CREATE VIEW names(n) AS SELECT  name /* all */ FROM \"parent\";
             CREATE VIEW loud AS SELECT upper(n) AS n FROM names WHERE n IN (SELECT name FROM parent);
             CREATE TABLE other (id INTEGER PRIMARY KEY, n TEXT);
             CREATE TRIGGER of_view INSTEAD OF DELETE ON loud BEGIN
               DELETE FROM parent WHERE upper(name) = old.n;
             END;
             CREATE TRIGGER of_other AFTER INSERT ON other
               WHEN EXISTS (SELECT 1 FROM parent WHERE name = new.n) BEGIN
               UPDATE parent SET size = size + 1 WHERE name = new.n; -- counts
             END;
             CREATE TRIGGER chained AFTER UPDATE OF size ON parent BEGIN
               INSERT INTO other (n) SELECT n || '!' FROM names WHERE n = new.name;
             END;",
        );
        let before = verbatim(db);
        let next = go(db, &previous, &checked()).unwrap();
        assert_eq!(verbatim(db), before, "{mode}");
        run(db, "INSERT INTO other (n) VALUES ('ada'); DELETE FROM loud WHERE n = 'BOB'");
        assert_eq!(lines(db, "SELECT name, size FROM parent"), ["'ada' | 1", "'eve' | 0"]);
        assert_eq!(lines(db, "SELECT n FROM other"), ["'ada'", "'ada!'"]);
        assert_eq!(lines(db, "SELECT n FROM loud ORDER BY n"), ["'ADA'", "'EVE'"]);
        assert_eq!(unsound(db), None);

        // And back, with what now hangs on the table.
        let (back, _) = schema(PARENT, "schema/test.toml");
        let plan = plan(Pair::new(&next, &back), &Intent::default());
        migrate(db, &plan.upgrade, Pair::new(&next, &back)).unwrap();
        assert_eq!(verbatim(db), before, "{mode}");
    }
}

#[test]
fn c04_own_triggers_are_not_fired_and_come_back_verbatim() {
    for mode in MODES {
        for next in [checked(), BACKFILLED.to_owned()] {
            let (mut file, previous) = parent(mode);
            let db = &mut file.db;
            run(
                db,
                "CREATE TABLE audit (what TEXT);
                 CREATE TRIGGER gone AFTER DELETE ON parent BEGIN INSERT INTO audit VALUES ('gone ' || old.name); END;
                 CREATE TRIGGER  \"came; END\"  BEFORE INSERT ON parent -- a remark; END;
                   BEGIN INSERT INTO audit VALUES ('came;' || new.name); END;
                 CREATE TRIGGER changed AFTER UPDATE ON parent BEGIN INSERT INTO audit VALUES ('changed'); END;
                 CREATE TRIGGER never BEFORE DELETE ON parent WHEN old.id = 3 BEGIN SELECT raise(ABORT, 'kept'); END;",
            );
            let before = verbatim(db);
            go(db, &previous, &next).unwrap();
            assert_eq!(lines(db, "SELECT what FROM audit"), [""; 0], "{mode}: nothing was fired");
            assert_eq!(verbatim(db), before, "{mode}");
            run(
                db,
                "INSERT INTO parent (name) VALUES ('new'); DELETE FROM parent WHERE id = 1; UPDATE parent SET size = 1 WHERE id = 2",
            );
            assert_eq!(lines(db, "SELECT what FROM audit"), ["'came;new'", "'gone ada'", "'changed'"]);
            assert!(db.execute("DELETE FROM parent WHERE id = 3", []).is_err());
        }
    }
}

#[test]
fn c05_indexes_that_whimbrel_does_not_manage_are_kept_by_definition() {
    for mode in MODES {
        let managed = "[table.parent.uniques]\nparent_name_key = [\"name\"]\n\
                       [table.parent.indexes]\nparent_size_idx = { columns = [\"size desc\"], where = \"size > 0\" }\n";
        let (mut file, previous) = filled(mode, &format!("{PARENT}{managed}"));
        let db = &mut file.db;
        run(
            db,
            "INSERT INTO parent (name) VALUES ('ada'), ('bob');
             CREATE UNIQUE INDEX mine_unique ON parent (name, size);
             CREATE INDEX mine_partial ON parent (size) WHERE name IS NOT NULL AND size > 5;
             CREATE INDEX mine_desc ON parent (size DESC, name ASC);
             CREATE UNIQUE INDEX mine_nocase ON parent (name COLLATE NOCASE);
             CREATE INDEX mine_expression ON parent (lower(name) || size, abs(size) DESC);
             CREATE INDEX \"mine; \"\"odd\" ON parent (id);",
        );
        let indexes = |db: &Connection| {
            let of_table = |line: &&str| line.trim_start().starts_with("index");
            catalogue(db).lines().filter(of_table).map(str::to_owned).collect::<Vec<_>>()
        };
        let before = (indexes(db), verbatim(db));
        assert_eq!(before.0.len(), 8, "{:?}", before.0);
        go(db, &previous, &format!("{PARENT}{managed}{CHECKED}")).unwrap();
        assert_eq!((indexes(db), verbatim(db)), before, "{mode}");
        assert!(db.execute("INSERT INTO parent (name) VALUES ('ADA')", []).is_err(), "NOCASE and unique");
        let plan = lines(db, "EXPLAIN QUERY PLAN SELECT id FROM parent WHERE lower(name) || size = 'ada0'");
        assert!(plan.concat().contains("mine_expression"), "{plan:?}");
        assert_eq!(unsound(db), None);
    }
}

#[test]
fn c06_numbers_are_not_given_out_again() {
    // What was done to the numbers before, and the number that the next row gets.
    let histories = [
        ("DELETE FROM parent WHERE id > 1", "4"),
        ("DELETE FROM parent", "4"),
        ("DELETE FROM parent; UPDATE sqlite_sequence SET seq = 100 WHERE name = 'parent'", "101"),
        ("INSERT INTO parent (id, name) VALUES (-5, 'x'); DELETE FROM parent WHERE id > 0", "4"),
        ("DELETE FROM sqlite_sequence", "4"),
        ("DELETE FROM sqlite_sequence; DELETE FROM parent", "1"),
        ("UPDATE sqlite_sequence SET seq = 9223372036854775806 WHERE name = 'parent'", "9223372036854775807"),
    ];
    for mode in MODES {
        for (history, number) in histories {
            for next in [checked(), BACKFILLED.to_owned()] {
                let (mut file, previous) = parent(mode);
                let db = &mut file.db;
                run(db, history);
                go(db, &previous, &next).unwrap();
                run(db, "INSERT INTO parent (name) VALUES ('new')");
                assert_eq!(
                    value(db, "SELECT id FROM parent WHERE name = 'new'"),
                    number,
                    "{mode}: {history}"
                );
                assert_eq!(value(db, "SELECT count(*) FROM sqlite_sequence"), "1", "{mode}: {history}");
                assert_eq!(unsound(db), None);
            }
        }
    }
}

#[test]
fn c07_what_a_table_is_stays() {
    let kinds = [
        ("[table.parent.sqlite]\nwithout_rowid = true\n", "wr = 1"),
        ("[table.parent.sqlite]\nstrict = true\n", "strict = 1"),
        ("[table.parent.sqlite]\nstrict = true\nwithout_rowid = true\n", "wr = 1 AND strict = 1"),
    ];
    let table = r#"
[table.other.columns]
id = { type = "bigint", primary_key = true }

[table.parent.columns]
name   = { type = "varchar(20)", primary_key = true, collation = { sqlite = "NOCASE" } }
size   = { type = "bigint", default = 0 }
double = { type = "bigint?", generated = { sql = "size * 2", stored = true } }
loud   = { type = "text?", generated = { sql = "upper(name)", stored = false } }

[table.parent.foreign_keys]
parent_size_fkey = { columns = ["size"], references = "other.id", deferrable = "deferred" }

[table.parent.checks]
parent_size_check = "size < 1000"
"#;
    let check = "parent_name_check = \"name <> ''\"\n";
    for mode in MODES {
        for (options, is) in kinds {
            let (mut file, previous) = filled(mode, &format!("{table}\n{options}"));
            let db = &mut file.db;
            run(
                db,
                "INSERT INTO other VALUES (0), (7); INSERT INTO parent (name, size) VALUES ('Ada', 7), ('Bob', 0)",
            );
            let rows = "SELECT name, size, double, loud FROM parent ORDER BY name";
            let before = lines(db, rows);
            assert_eq!(before, ["'Ada' | 7 | 14 | 'ADA'", "'Bob' | 0 | 0 | 'BOB'"]);
            go(db, &previous, &format!("{table}{check}\n{options}")).unwrap();
            assert_eq!(lines(db, rows), before, "{mode} {options}");
            let kind = format!("SELECT count(*) FROM pragma_table_list('parent') WHERE {is}");
            assert_eq!(value(db, &kind), "1", "{mode} {options}");
            assert!(db.execute("INSERT INTO parent (name) VALUES ('ADA')", []).is_err(), "NOCASE and key");
            assert!(
                db.execute("INSERT INTO parent (name, size) VALUES ('x', 1000)", []).is_err(),
                "the check"
            );
            // Deferred: the row of the other table may come later, but not never.
            run(
                db,
                "BEGIN; INSERT INTO parent (name, size) VALUES ('Eve', 9); INSERT INTO other VALUES (9); COMMIT",
            );
            run(db, "BEGIN; INSERT INTO parent (name, size) VALUES ('Dan', 10)");
            assert!(db.execute_batch("COMMIT").is_err(), "{mode} {options}");
            run(db, "ROLLBACK");
            assert_eq!(unsound(db), None, "{mode} {options}");
        }
    }
}

#[test]
fn c08_rows_keep_their_numbers_and_full_text_finds_them() {
    let table =
        "[table.notes.columns]\ncode = { type = \"varchar(8)\", primary_key = true }\nbody = \"text\"\n";
    for mode in MODES {
        let (mut file, previous) = filled(mode, table);
        let db = &mut file.db;
        run(
            db,
            "INSERT INTO notes VALUES ('a', 'one fox'), ('b', 'two foxes'), ('c', 'three dogs'), ('d', 'one dog');
             DELETE FROM notes WHERE code IN ('a', 'c');
             CREATE VIRTUAL TABLE words USING fts5(body, content = 'notes');
             INSERT INTO words(words) VALUES ('rebuild')",
        );
        let numbers = lines(db, "SELECT rowid, code FROM notes");
        assert_eq!(numbers, ["2 | 'b'", "4 | 'd'"], "with gaps");
        let next = format!("{table}[table.notes.checks]\nnotes_body_check = \"body <> ''\"\n");
        go(db, &previous, &next).unwrap();
        assert_eq!(lines(db, "SELECT rowid, code FROM notes"), numbers, "{mode}");
        let found = "SELECT code FROM words JOIN notes ON notes.rowid = words.rowid WHERE words MATCH 'dog'";
        assert_eq!(lines(db, found), ["'d'"], "{mode}");
        run(db, "INSERT INTO words(words, rank) VALUES ('integrity-check', 1)");
    }
}

#[test]
fn c09_tables_that_reference_themselves_and_each_other() {
    let tables = r#"
[table.nodes.columns]
id        = { type = "bigint", primary_key = true }
parent_id = { type = "bigint?", references = "nodes.id", on_delete = "cascade" }
leaf_id   = { type = "bigint?", references = "leaves.id", on_delete = "set_null" }

[table.leaves.columns]
id      = { type = "bigint", primary_key = true }
node_id = { type = "bigint?", references = "nodes.id", on_delete = "cascade" }
"#;
    let checks =
        "[table.nodes.checks]\nnodes_check = \"id > 0\"\n[table.leaves.checks]\nleaves_check = \"id > 0\"\n";
    for mode in MODES {
        let (mut file, previous) = filled(mode, tables);
        let db = &mut file.db;
        run(
            db,
            "BEGIN; INSERT INTO nodes VALUES (1, NULL, NULL), (2, 1, NULL), (3, 2, NULL);
             INSERT INTO leaves VALUES (1, 3), (2, 1); UPDATE nodes SET leaf_id = 2 WHERE id = 1; COMMIT",
        );
        let all = |db: &Connection| [lines(db, "SELECT * FROM nodes"), lines(db, "SELECT * FROM leaves")];
        let before = all(db);
        // A table of the name that the new one has for a moment is somebody's: nothing is done to it.
        run(
            db,
            "CREATE TABLE whimbrel_new_nodes (mine TEXT); INSERT INTO whimbrel_new_nodes VALUES ('mine')",
        );
        let error = go(db, &previous, &format!("{tables}{checks}")).unwrap_err();
        assert!(error.contains("whimbrel_new_nodes"), "{error}");
        assert_eq!(
            (all(db), value(db, "SELECT mine FROM whimbrel_new_nodes")),
            (before.clone(), "'mine'".into())
        );
        run(db, "DROP TABLE whimbrel_new_nodes");

        go(db, &previous, &format!("{tables}{checks}")).unwrap();
        assert_eq!(all(db), before, "{mode}");
        assert_eq!(unsound(db), None, "{mode}");
        for (table, parents) in [("nodes", "'leaves', 'nodes'"), ("leaves", "'nodes'")] {
            let keys = format!(
                "SELECT group_concat(quote(\"table\"), ', ') FROM \
                 (SELECT \"table\" FROM pragma_foreign_key_list('{table}') ORDER BY 1)"
            );
            assert_eq!(value(db, &keys), format!("'{}'", parents.replace('\'', "''")), "final names");
        }
        run(db, "DELETE FROM nodes WHERE id = 1");
        assert_eq!(all(db), [[""; 0], [""; 0]], "the cascades hold, through both tables");
    }
}

#[test]
fn c10_rows_that_were_wrong_before_stop_it_or_stay_their_owners_business() {
    for mode in MODES {
        // What a foreign key did not find before is no fault of the rebuild.
        let child = "[table.child.columns]\nid = { type = \"bigint\", primary_key = true }\n\
                     parent_id = { type = \"bigint?\", references = \"parent.id\" }\n";
        let (mut file, previous) = filled(mode, &format!("{PARENT}{child}"));
        let db = &mut file.db;
        run(db, "PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (1, 77); PRAGMA foreign_keys = ON");
        go(db, &previous, &format!("{}{child}", checked())).unwrap();
        assert_eq!(lines(db, "SELECT * FROM child"), ["1 | 77"], "{mode}");

        // A new constraint that rows do not keep stops it; no row goes so that it may pass.
        for (constraint, words) in [
            (
                "[table.parent.uniques]\nparent_name_key = [\"name\"]\n",
                "UNIQUE constraint failed: parent.name",
            ),
            (
                "[table.parent.checks]\nparent_size_check = \"size > 0\"\n",
                "CHECK constraint failed: parent_size_check",
            ),
        ] {
            let (mut file, previous) = parent(mode);
            let db = &mut file.db;
            run(db, "INSERT INTO parent (name) VALUES ('ada')");
            let before = (catalogue(db), lines(db, "SELECT * FROM parent"));
            // The second constraint is there so that the plan is a rebuild in either case.
            let both =
                format!("{PARENT}{constraint}{}", if constraint.contains("uniques") { CHECKED } else { "" });
            let error = go(db, &previous, &both).unwrap_err();
            assert!(error.contains(words), "{error}");
            assert_eq!((catalogue(db), lines(db, "SELECT * FROM parent")), before, "{mode}");
        }

        // SQLite lets NULL into a primary key of text; NOT NULL does not.
        let file = file_with_null_key(mode);
        let (mut db, previous) = (file.db, schema(KEYED, "schema/test.toml").0);
        let before = (catalogue(&db), lines(&db, "SELECT * FROM keyed"));
        let next = format!("{KEYED}[table.keyed.checks]\nkeyed_check = \"body <> ''\"\n");
        let error = go(&mut db, &previous, &next).unwrap_err();
        assert!(error.contains("NOT NULL constraint failed: keyed.code"), "{error}");
        assert_eq!((catalogue(&db), lines(&db, "SELECT * FROM keyed")), before, "{mode}");
    }
}

const KEYED: &str =
    "[table.keyed.columns]\ncode = { type = \"varchar(8)\", primary_key = true }\nbody = \"text\"\n";

/// A table as an older program made it, without NOT NULL on its key.
fn file_with_null_key(mode: &str) -> File {
    let file = file(mode);
    run(
        &file.db,
        "CREATE TABLE keyed (code VARCHAR(8), body TEXT NOT NULL, CONSTRAINT keyed_pkey PRIMARY KEY (code));
         INSERT INTO keyed VALUES (NULL, 'one'), ('a', 'two')",
    );
    file
}

#[test]
fn c11_settings_of_the_application_are_put_back_and_other_databases_are_not_touched() {
    const SETTINGS: [&str; 4] =
        ["foreign_keys", "legacy_alter_table", "recursive_triggers", "defer_foreign_keys"];
    let settings = |db: &Connection| SETTINGS.map(|name| value(db, &format!("PRAGMA {name}")));
    for mode in MODES {
        for preset in 0..8 {
            let (mut file, previous) = parent(mode);
            let db = &mut file.db;
            run(
                db,
                "CREATE TABLE log (what TEXT);
                 CREATE TRIGGER gone AFTER DELETE ON parent BEGIN INSERT INTO log VALUES (old.name); END;
                 ATTACH ':memory:' AS other; CREATE TABLE other.parent (id INTEGER); INSERT INTO other.parent VALUES (5)",
            );
            for (bit, name) in SETTINGS.iter().take(3).enumerate() {
                run(db, &format!("PRAGMA {name} = {}", preset >> bit & 1));
            }
            let before = settings(db);
            go(db, &previous, &checked()).unwrap();
            assert_eq!(settings(db), before, "{mode} {preset}");
            assert_eq!(lines(db, "SELECT * FROM log"), [""; 0], "no trigger fired");
            assert_eq!(lines(db, "SELECT * FROM other.parent"), ["5"], "the table of the other database");
            assert_eq!(value(db, "SELECT count(*) FROM main.parent"), "3");

            // One that fails puts them back as well.
            let (mut failing, previous) = parent(mode);
            run(&failing.db, "UPDATE parent SET name = '' WHERE id = 1");
            for (bit, name) in SETTINGS.iter().take(3).enumerate() {
                run(&failing.db, &format!("PRAGMA {name} = {}", preset >> bit & 1));
            }
            let before = settings(&failing.db);
            go(&mut failing.db, &previous, &checked()).unwrap_err();
            assert_eq!(settings(&failing.db), before, "{mode} {preset}");
        }
    }
}

#[test]
fn a_reader_in_another_connection_sees_before_or_after() {
    let (mut file, previous) = parent("wal");
    let reader = Connection::open(file.db.path().unwrap()).unwrap();
    run(&reader, "BEGIN");
    let before = (catalogue(&reader), lines(&reader, "SELECT * FROM parent"));
    go(&mut file.db, &previous, &checked()).unwrap();
    assert_eq!((catalogue(&reader), lines(&reader, "SELECT * FROM parent")), before);
    run(&reader, "COMMIT");
    assert_eq!(catalogue(&reader), catalogue(&file.db));
    assert_ne!(catalogue(&reader), before.0);
}
