//! Rebuilds of tables, with all that hangs on them.

use rusqlite::Connection;
use whimbrel::engine;
use whimbrel_schema::{
    Alteration, DataStatement, Expression, Name, Operation, Pair, Schema, Snapshot, Sources, Value,
};

use crate::mail::{dump, rows, run};

/// A schema from the tables of a snapshot.
fn schema(tables: &str) -> Schema {
    let mut sources = Sources::default();
    let text = format!("format = 1\nrevision = \"0001_test\"\nhazards = 1\n{tables}");
    let id = sources.add("snapshot.toml", text);
    let parsed = Snapshot::parse(&sources, id);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.snapshot.unwrap().apply(&Schema::default())
}

const PARENT: &str = r#"
    [table.parent]
    primary_key = ["id"]
    [table.parent.columns]
    id = "bigint"
    name = "text"
    [table.parent.indexes]
    parent_name_idx = ["name desc"]
"#;

/// Adds a check to `parent`, which only a rebuild can.
fn rebuild(db: &mut Connection) -> Result<(), whimbrel::Error> {
    let previous = schema(PARENT);
    let next = schema(&format!("{PARENT}\n[table.parent.checks]\nparent_name_check = \"name <> ''\""));
    let add = Alteration::AddCheck { name: Name::new("parent_name_check") };
    let operation =
        Operation::AlterTable { table: Name::new("parent"), alterations: vec![add], online: false };
    engine::run(db, &[operation], Pair::new(&previous, &next))
}

fn create(db: &mut Connection) {
    // On by default only where SQLite is compiled into the program.
    run(db, "PRAGMA foreign_keys = ON");
    let operation = Operation::CreateTable { table: Name::new("parent") };
    engine::run(db, &[operation], Pair::new(&Schema::default(), &schema(PARENT))).unwrap();
    run(db, "INSERT INTO parent VALUES (1, 'ada'), (2, 'bob')");
}

/// A database with the table and what the test adds; all of it is there after a rebuild.
fn survives(added: &str, also: &str) -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    create(&mut db);
    run(&db, added);
    let catalogue = "SELECT type, name, sql FROM sqlite_master WHERE name <> 'parent' ORDER BY 1, 2";
    let before = (rows(&db, catalogue), rows(&db, also));
    rebuild(&mut db).unwrap();
    assert_eq!((rows(&db, catalogue), rows(&db, also)), before);
    assert!(dump(&db).contains("parent_name_check"));
    assert_eq!(rows(&db, "PRAGMA foreign_keys"), ["1"]);
    assert_eq!(rows(&db, "PRAGMA integrity_check"), ["ok"]);
    db
}

#[test]
fn rows_of_children_survive_whatever_their_action() {
    for action in ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"] {
        let db = survives(
            &format!(
                "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER DEFAULT 2 \
                 REFERENCES parent (id) ON DELETE {action} ON UPDATE {action}); \
                 INSERT INTO child VALUES (10, 1), (11, 1), (12, 2), (13, NULL)"
            ),
            "SELECT * FROM child",
        );
        assert!(db.execute("INSERT INTO child VALUES (14, 99)", []).is_err(), "the key still holds");
    }
}

#[test]
fn views_and_triggers_survive() {
    let db = survives(
        "CREATE VIEW names AS SELECT name FROM parent; \
         CREATE VIEW loud AS SELECT upper(name) AS name FROM names; \
         CREATE TABLE log (what TEXT); CREATE TABLE other (id INTEGER); \
         CREATE TRIGGER audit AFTER DELETE ON parent BEGIN INSERT INTO log VALUES ('gone ' || old.name); END; \
         CREATE TRIGGER count AFTER INSERT ON parent WHEN new.name <> ';' BEGIN INSERT INTO log VALUES ('new; ' || new.name); END; \
         CREATE TRIGGER elsewhere AFTER INSERT ON other BEGIN UPDATE parent SET name = name || '!' WHERE id = new.id; END; \
         CREATE TRIGGER through INSTEAD OF INSERT ON loud BEGIN INSERT INTO parent VALUES (7, new.name); END",
        "SELECT * FROM log",
    );
    run(
        &db,
        "INSERT INTO other VALUES (1); INSERT INTO loud VALUES ('eve'); DELETE FROM parent WHERE id = 2",
    );
    assert_eq!(rows(&db, "SELECT * FROM loud ORDER BY 1"), ["ADA!", "EVE"]);
    assert_eq!(rows(&db, "SELECT * FROM log"), ["new; eve", "gone bob"]);
}

#[test]
fn indexes_survive_managed_or_not() {
    survives(
        "CREATE UNIQUE INDEX mine ON parent (lower(name) COLLATE NOCASE DESC) WHERE id > 0; \
         CREATE INDEX \"odd \"\" name\" ON parent (name)",
        "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name",
    );
}

#[test]
fn violations_that_were_there_before_stay_the_owners_business() {
    survives(
        "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id)); \
         PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (10, 77), (11, 1); PRAGMA foreign_keys = ON",
        "SELECT * FROM child",
    );
}

#[test]
fn numbers_are_never_given_out_again() {
    let table = "[table.t]\nprimary_key = [\"id\"]\n[table.t.columns]\n\
                 id = { type = \"bigint\", auto_increment = true }\nname = \"text?\"\n";
    let (previous, next) =
        (schema(table), schema(&format!("{table}[table.t.checks]\nt_check = \"id > 0\"\n")));
    let create = Operation::CreateTable { table: Name::new("t") };
    let alter = Operation::AlterTable {
        table: Name::new("t"),
        alterations: vec![Alteration::AddCheck { name: Name::new("t_check") }],
        online: false,
    };
    for keep in [0, 3] {
        let mut db = Connection::open_in_memory().unwrap();
        engine::run(&mut db, std::slice::from_ref(&create), Pair::new(&Schema::default(), &previous))
            .unwrap();
        run(&db, "INSERT INTO t (name) VALUES ('a'), ('b'), ('c'), ('d'), ('e')");
        run(&db, &format!("DELETE FROM t WHERE id > {keep}"));
        engine::run(&mut db, std::slice::from_ref(&alter), Pair::new(&previous, &next)).unwrap();
        run(&db, "INSERT INTO t (name) VALUES ('f')");
        assert_eq!(rows(&db, "SELECT max(id) FROM t"), ["6"]);
        assert_eq!(rows(&db, "SELECT count(*) FROM sqlite_sequence WHERE name = 't'"), ["1"]);
    }
}

#[test]
fn a_rebuild_that_fails_leaves_no_trace() {
    let mut db = Connection::open_in_memory().unwrap();
    create(&mut db);
    run(&db, "INSERT INTO parent VALUES (3, '')");
    let before = dump(&db);
    let error = rebuild(&mut db).unwrap_err();
    assert!(error.to_string().contains("CHECK constraint failed: parent_name_check"), "{error}");
    assert_eq!(dump(&db), before);
    assert_eq!(rows(&db, "PRAGMA foreign_keys"), ["1"]);
    assert_eq!(rows(&db, "PRAGMA legacy_alter_table"), ["0"]);
}

#[test]
fn a_callers_transaction_is_refused() {
    let mut db = Connection::open_in_memory().unwrap();
    create(&mut db);
    run(&db, "BEGIN");
    assert!(rebuild(&mut db).unwrap_err().to_string().contains("inside a transaction"));
}

#[test]
fn dropping_a_parent_leaves_the_rows_of_unmanaged_children() {
    let mut db = Connection::open_in_memory().unwrap();
    create(&mut db);
    run(
        &db,
        "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id) ON DELETE CASCADE); \
         INSERT INTO child VALUES (10, 1)",
    );
    let before = dump(&db);
    let drop = Operation::DropTable { table: Name::new("parent") };
    let error = engine::run(&mut db, &[drop], Pair::new(&schema(PARENT), &Schema::default())).unwrap_err();
    assert!(error.to_string().contains("row 10 of `child` references no row of `parent`"), "{error}");
    assert_eq!(dump(&db), before);
}

#[test]
fn a_transaction_that_sqlite_ends_is_noticed() {
    let mut db = Connection::open_in_memory().unwrap();
    create(&mut db);
    run(
        &db,
        "CREATE TRIGGER stop AFTER UPDATE ON parent WHEN new.id = 2 BEGIN SELECT RAISE(ROLLBACK, 'not Bob'); END",
    );
    let before = dump(&db);
    let update = Operation::Data(DataStatement::Update {
        table: Name::new("parent"),
        set: vec![(Name::new("name"), Expression::Literal(Value::Text("eve".to_owned())))],
        filter: None,
    });
    let schema = schema(PARENT);
    let error = engine::run(&mut db, &[update], Pair::new(&schema, &schema)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("not Bob; SQLite has rolled the transaction back by itself"), "{text}");
    assert_eq!(dump(&db), before);
}

#[test]
fn an_index_of_the_owner_on_a_dropped_column_fails_the_migration_by_name() {
    let mut db = Connection::open_in_memory().unwrap();
    let next = schema(
        "[table.parent]\nprimary_key = [\"id\"]\n[table.parent.columns]\nid = \"bigint\"\n\
         [table.parent.checks]\nparent_check = \"id > 0\"\n",
    );
    create(&mut db);
    run(&db, "CREATE INDEX mine ON parent (length(name))");
    let before = dump(&db);
    let operations = [
        Operation::DropIndex {
            table: Name::new("parent"),
            index: Name::new("parent_name_idx"),
            online: false,
        },
        Operation::AlterTable {
            table: Name::new("parent"),
            alterations: vec![
                Alteration::DropColumn { column: Name::new("name") },
                Alteration::AddCheck { name: Name::new("parent_check") },
            ],
            online: false,
        },
    ];
    let error = engine::run(&mut db, &operations, Pair::new(&schema(PARENT), &next)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("index mine belongs to table parent, is not part of the schema"), "{text}");
    assert_eq!(dump(&db), before);
}

#[test]
fn a_column_that_nobody_knows_is_not_lost() {
    let mut db = Connection::open_in_memory().unwrap();
    create(&mut db);
    run(&db, "ALTER TABLE parent ADD COLUMN note TEXT; UPDATE parent SET note = 'precious'");
    let before = dump(&db);
    let error = rebuild(&mut db).unwrap_err();
    assert_eq!(error.kind(), whimbrel::ErrorKind::Refused);
    assert!(error.to_string().contains("rebuilding it would drop that: column note"), "{error}");
    assert!(error.to_string().contains("`migrate drift`"), "{error}");
    assert_eq!(dump(&db), before);
}

/// The table as somebody made it again by hand, with more than it should have.
#[test]
fn a_constraint_that_nobody_knows_is_not_lost() {
    for (rest, unknown) in [
        ("name TEXT NOT NULL, PRIMARY KEY (id), CHECK (length(name) < 99))", "a check (length(name) < 99)"),
        ("name TEXT NOT NULL CONSTRAINT single UNIQUE, PRIMARY KEY (id))", "unique single (name)"),
        ("name TEXT NOT NULL REFERENCES friends, PRIMARY KEY (id))", "a foreign key (name) to friends"),
        ("name TEXT NOT NULL DEFAULT 'eve', PRIMARY KEY (id))", "the default of column name"),
        ("name TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (id))", "the collation of column name"),
        ("name TEXT NOT NULL, PRIMARY KEY (id) ON CONFLICT REPLACE)", "has ON CONFLICT REPLACE"),
        ("name TEXT NOT NULL, PRIMARY KEY (id)) WITHOUT ROWID", "WITHOUT ROWID"),
    ] {
        let mut db = Connection::open_in_memory().unwrap();
        run(&db, "CREATE TABLE friends (name TEXT PRIMARY KEY)");
        run(&db, &format!("CREATE TABLE parent (id BIGINT NOT NULL, {rest}"));
        run(&db, "CREATE INDEX parent_name_idx ON parent (name DESC)");
        let before = dump(&db);
        let error = rebuild(&mut db).unwrap_err();
        assert_eq!(error.kind(), whimbrel::ErrorKind::Refused);
        assert!(error.to_string().contains(unknown), "{error}");
        assert_eq!(dump(&db), before);
    }
}

#[test]
fn a_table_in_another_spelling_is_rebuilt() {
    let mut db = Connection::open_in_memory().unwrap();
    run(&db, "CREATE TABLE Parent (id bigint PRIMARY KEY NOT NULL, [name] text NOT NULL /* who */)");
    run(&db, "CREATE INDEX parent_name_idx ON parent (name DESC); INSERT INTO parent VALUES (1, 'ada')");
    rebuild(&mut db).unwrap();
    assert_eq!(rows(&db, "SELECT name FROM parent"), ["ada"]);
    assert!(dump(&db).contains("parent_name_check"));
}

#[test]
fn a_constraint_that_rows_do_not_keep_is_told_by_the_name_of_the_table() {
    let mut db = Connection::open_in_memory().unwrap();
    create(&mut db);
    run(&db, "INSERT INTO parent VALUES (3, '')");
    let error = rebuild(&mut db).unwrap_err().to_string();
    assert!(error.contains("parent_name_check") && !error.contains("failed: whimbrel_new"), "{error}");
}
