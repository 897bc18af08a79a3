use rusqlite::Connection;
use whimbrel::{Apply, Error, ErrorKind, Migration, Migrator, Project, Rollback};

use crate::mail::{CREATE_SETTINGS, CREATE_USERS, MAIL, TIGHTEN_USERS, dump, project, run};

static SHORT: Project = project(&[CREATE_USERS, CREATE_SETTINGS]);
static EDITED: Project =
    project(&[CREATE_USERS, Migration { hash: "w1:beef", ..CREATE_SETTINGS }, TIGHTEN_USERS]);
static OTHER: Project = project(&[
    CREATE_USERS,
    CREATE_SETTINGS,
    Migration { revision: "0003_other", hash: "w1:other", ..TIGHTEN_USERS },
]);

/// A database with everything applied.
fn migrated() -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    db
}

/// Every door refuses in the same way, and nothing is written.
fn refused(db: &mut Connection, project: &'static Project) -> Error {
    let before = dump(db);
    let apply = Migrator::new(project, db).apply(Apply::All).unwrap_err();
    let mut migrator = Migrator::new(project, db);
    let kinds = [
        migrator.rollback(Rollback::Steps(1)).unwrap_err().kind(),
        migrator.pending().unwrap_err().kind(),
        migrator.check().unwrap_err().kind(),
        migrator.status().unwrap_err().kind(),
        migrator.plan_apply(Apply::All).unwrap_err().kind(),
    ];
    assert!(!migrator.is_current().unwrap());
    drop(migrator);
    assert_eq!(kinds, [apply.kind(); 5]);
    assert_eq!(apply.kind().exit_code(), 4);
    assert_eq!(dump(db), before);
    apply
}

#[test]
fn a_database_ahead_is_recognised() {
    let error = refused(&mut migrated(), &SHORT);
    assert_eq!(error.kind(), ErrorKind::Ahead);
    let text = error.to_string();
    assert!(
        text.contains("0003_tighten_users") && text.contains("rollback --revision 0002_create_settings"),
        "{text}"
    );
}

#[test]
fn an_unknown_revision_is_refused() {
    let error = refused(&mut migrated(), &OTHER);
    assert_eq!(error.kind(), ErrorKind::UnknownRevision);
    assert!(error.to_string().contains("migrations/0003_tighten_users"));
}

#[test]
fn an_edited_migration_is_refused_with_both_hashes() {
    let mut db = migrated();
    Migrator::new(&MAIL, &mut db).rollback(Rollback::Steps(1)).unwrap();
    let error = refused(&mut db, &EDITED);
    assert_eq!(error.kind(), ErrorKind::Edited);
    let text = error.to_string();
    assert!(text.contains("w1:0002") && text.contains("w1:beef") && text.contains("migrate-new"), "{text}");
}

#[test]
fn a_tampered_history_is_refused() {
    for change in [
        "DELETE FROM whimbrel_history WHERE event = 2",
        "UPDATE whimbrel_history SET head_after = '0001_create_users' WHERE event = 3",
        "UPDATE whimbrel_history SET direction = 'downgrade' WHERE event = 3",
        "UPDATE whimbrel_history SET event = 7 WHERE event = 3; UPDATE whimbrel_history SET head_hash_after = 'x' WHERE event = 7",
        "UPDATE whimbrel_history SET head_hash_after = NULL WHERE event = 3",
        "UPDATE whimbrel_history SET direction = 'sideways', head_hash_after = 'x' WHERE event = 3",
        "UPDATE whimbrel_history SET format = 2, head_hash_after = 'x' WHERE event = 3",
        "UPDATE whimbrel_history SET head_hash_after = x'00' WHERE event = 3",
        "DROP TABLE whimbrel_history; CREATE TABLE whimbrel_history (version INTEGER)",
        "ALTER TABLE whimbrel_history DROP COLUMN head_hash_after",
    ] {
        let mut db = migrated();
        run(&db, change);
        let error = Migrator::new(&MAIL, &mut db).status().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadHistory, "{change}: {error}");
        assert!(error.to_string().contains("help: "), "{change}: {error}");
    }
}

#[test]
fn nothing_has_happened_to_an_unmanaged_database() {
    let mut db = Connection::open_in_memory().unwrap();
    run(&db, "CREATE TABLE mine (id INTEGER)");
    assert!(Migrator::new(&MAIL, &mut db).history().unwrap().is_empty());
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    assert!(dump(&db).contains("CREATE TABLE mine (id INTEGER)"));
}

#[test]
fn the_tables_are_as_documented() {
    let db = migrated();
    let sql = "SELECT sql FROM sqlite_master WHERE name LIKE 'whimbrel_%' ORDER BY name";
    assert_eq!(crate::mail::rows(&db, sql), [whimbrel::HISTORY_DDL, whimbrel::JOURNAL_DDL]);
    assert_eq!(
        whimbrel::HISTORY_DDL,
        "CREATE TABLE whimbrel_history (event INTEGER PRIMARY KEY, revision TEXT NOT NULL, direction TEXT NOT \
         NULL, method TEXT NOT NULL, head_after TEXT, head_hash_after TEXT, started_at TEXT NOT NULL, \
         finished_at TEXT NOT NULL, duration_ms INTEGER NOT NULL, actor TEXT NOT NULL, tool_version TEXT NOT NULL, format INTEGER NOT NULL)"
    );
    assert_eq!(
        whimbrel::JOURNAL_DDL,
        "CREATE TABLE whimbrel_journal (entry INTEGER PRIMARY KEY, event INTEGER NOT NULL, revision TEXT NOT NULL, \
         hash TEXT NOT NULL, direction TEXT NOT NULL, method TEXT NOT NULL, step INTEGER, statement INTEGER, \
         outcome TEXT NOT NULL, fingerprint TEXT, detail TEXT, at TEXT NOT NULL, actor TEXT NOT NULL, \
         tool_version TEXT NOT NULL, format INTEGER NOT NULL)"
    );
}
