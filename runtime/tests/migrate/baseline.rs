//! Databases that were there before whimbrel.

use rusqlite::Connection;
use whimbrel::{Apply, ErrorKind, Method, Migrator, Rollback};

use crate::mail::{MAIL, dump, project, rows, run};

/// What a revision leads to, and no history: as if somebody had made it by hand.
fn made_by_hand(revision: &str) -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::To("0001")).unwrap();
    run(&db, "INSERT INTO users (id, email) VALUES (1, 'a')");
    Migrator::new(&MAIL, &mut db).archive(false).apply(Apply::To(revision)).unwrap();
    run(&db, "DROP TABLE whimbrel_history; DROP TABLE whimbrel_journal");
    db
}

/// Refused with nothing written; what is said.
#[track_caller]
fn refused(db: &mut Connection, target: Apply<'_>, kind: ErrorKind) -> String {
    let catalogue = "SELECT name FROM sqlite_master ORDER BY name";
    let before = (dump(db), rows(db, catalogue));
    let plan = Migrator::new(&MAIL, db).plan_baseline(target).unwrap_err();
    let error = Migrator::new(&MAIL, db).baseline(target).unwrap_err();
    assert_eq!((plan.kind(), plan.to_string()), (kind, error.to_string()));
    assert_eq!((dump(db), rows(db, catalogue)), before, "something was written");
    error.to_string()
}

#[test]
fn what_is_there_is_marked_and_not_made() {
    let mut db = made_by_hand("0002");
    let before = dump(&db);
    let mut migrator = Migrator::new(&MAIL, &mut db).actor("ada");
    let planned = migrator.plan_baseline(Apply::To("0002")).unwrap();
    assert_eq!(
        planned.iter().map(|one| one.revision).collect::<Vec<_>>(),
        ["0001_create_users", "0002_create_settings"]
    );
    let report = migrator.baseline(Apply::To("0002")).unwrap();
    assert_eq!(report.head.as_deref(), Some("0002_create_settings"));
    assert!(report.completed.iter().all(|done| done.method == Method::Baseline && done.statements == 0));
    let events = migrator.history().unwrap();
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event.method == Method::Baseline && event.actor == "ada"));
    assert!(migrator.drift().unwrap().is_none());
    drop(migrator);
    assert_eq!(dump(&db), before);
    // From here on it is a database like others.
    let report = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    assert_eq!(report.completed.len(), 1);
    assert_eq!(rows(&db, "SELECT email, name FROM users"), ["a|a"]);
    Migrator::new(&MAIL, &mut db).rollback(Rollback::Steps(1)).unwrap();
}

#[test]
fn what_is_not_there_is_not_marked() {
    let mut db = made_by_hand("0003");
    run(&db, "CREATE INDEX seen ON users (name); CREATE TABLE notes (id INTEGER)");
    let said = refused(&mut db, Apply::All, ErrorKind::Drifted);
    assert!(
        said.contains("not what 0003_tighten_users leads to") && said.contains("\n  + index seen on users"),
        "{said}"
    );
    assert!(!said.contains("notes"), "what belongs to nothing is nobody's business: {said}");
    run(&db, "DROP INDEX seen");
    Migrator::new(&MAIL, &mut db).baseline(Apply::All).unwrap();
}

#[test]
fn the_revision_that_it_is_is_told() {
    let mut db = made_by_hand("0002");
    let said = refused(&mut db, Apply::All, ErrorKind::Drifted);
    assert!(
        said.contains(
            "help: it is what 0002_create_settings leads to: migrate baseline --to 0002_create_settings"
        ),
        "{said}"
    );
    // All that the first revision knows is as it says; there is more, which is none of its.
    let said = refused(&mut db, Apply::To("0001"), ErrorKind::Drifted);
    assert!(said.contains("+ table user_settings"), "{said}");
}

#[test]
fn a_history_is_never_begun_twice() {
    let mut db = made_by_hand("0003");
    Migrator::new(&MAIL, &mut db).baseline(Apply::All).unwrap();
    let said = refused(&mut db, Apply::All, ErrorKind::Refused);
    assert!(said.contains("at 0003_tighten_users"), "{said}");
    Migrator::new(&MAIL, &mut db).rollback(Rollback::All).unwrap();
    refused(&mut db, Apply::All, ErrorKind::Refused);
    run(&db, "DROP TABLE whimbrel_history");
    refused(&mut db, Apply::All, ErrorKind::BadHistory);
}

#[test]
fn nothing_is_marked_where_nothing_is() {
    let mut db = Connection::open_in_memory().unwrap();
    let said = refused(&mut db, Apply::All, ErrorKind::Drifted);
    assert!(said.contains("- table users") && !said.contains("migrate baseline --to"), "{said}");
    let directory = tempfile::tempdir().unwrap();
    let error =
        Migrator::open(&MAIL, "sqlite:none.db", directory.path()).unwrap().baseline(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Drifted);
    assert!(!directory.path().join("none.db").exists(), "no file is made for nothing");
    static EMPTY: whimbrel::Project = project(&[]);
    let error = Migrator::new(&EMPTY, &mut db).baseline(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
}
