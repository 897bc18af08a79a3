use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use whimbrel::{Apply, Direction, ErrorKind, Migrator, Progress, Project, Rollback};

use crate::mail::{self, MAIL, dump, rows, run, settings};

#[test]
fn applies_and_returns_with_rows() {
    let mut db = Connection::open_in_memory().unwrap();
    let report = Migrator::new(&MAIL, &mut db).apply(Apply::To("0001")).unwrap();
    assert_eq!(report.head.as_deref(), Some("0001_create_users"));
    run(&db, "INSERT INTO users (email, tz) VALUES ('ada@x', 'Europe/London'), ('bob@x', NULL)");

    let report = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    let done: Vec<&str> = report.completed.iter().map(|done| done.revision.as_str()).collect();
    assert_eq!(done, ["0002_create_settings", "0003_tighten_users"]);
    assert_eq!(rows(&db, "SELECT * FROM user_settings"), ["1|Europe/London", "2|UTC"]);
    assert_eq!(rows(&db, "SELECT id, email, name FROM users"), ["1|ada@x|ada@x", "2|bob@x|bob@x"]);
    let top = dump(&db);

    let report = Migrator::new(&MAIL, &mut db).rollback(Rollback::Steps(1)).unwrap();
    assert_eq!(report.completed[0].direction, Direction::Downgrade);
    assert_eq!(report.head.as_deref(), Some("0002_create_settings"));
    assert_eq!(rows(&db, "SELECT * FROM user_settings"), ["1|Europe/London", "2|UTC"]);
    assert_eq!(rows(&db, "SELECT id, email, tz FROM users"), ["1|ada@x|NULL", "2|bob@x|NULL"]);

    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    assert_eq!(dump(&db), top);

    let report = Migrator::new(&MAIL, &mut db).rollback(Rollback::Steps(3)).unwrap();
    assert_eq!(report.head, None);
    let left = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
         AND name NOT LIKE 'whimbrel_archive%' ORDER BY name";
    assert_eq!(rows(&db, left), ["whimbrel_history", "whimbrel_journal"]);
    let events = Migrator::new(&MAIL, &mut db).history().unwrap();
    assert_eq!(events.len(), 8);
    assert_eq!(events[7].head_after, None);
}

#[test]
fn rollback_to_a_revision_leaves_it_applied() {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    let report = Migrator::new(&MAIL, &mut db).rollback(Rollback::To("0001_create_users")).unwrap();
    assert_eq!(report.completed.len(), 2);
    assert_eq!(report.head.as_deref(), Some("0001_create_users"));
    let report = Migrator::new(&MAIL, &mut db).rollback(Rollback::To("0001_create_users")).unwrap();
    assert_eq!(report.completed.len(), 0);

    let wrong = |target| {
        Migrator::new(&MAIL, &mut Connection::open_in_memory().unwrap()).rollback(target).unwrap_err()
    };
    assert_eq!(wrong(Rollback::Steps(1)).kind(), ErrorKind::Usage);
    assert!(wrong(Rollback::To("0002")).to_string().contains("0002_create_settings is not applied"));
    assert!(wrong(Rollback::To("0002_create_setings")).to_string().contains("did you mean"));
}

#[test]
fn status_and_pending_create_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut migrator = Migrator::open(&MAIL, "sqlite:mail.db", directory.path()).unwrap().jump(false);
    assert_eq!(migrator.status().unwrap().pending.len(), 3);
    assert_eq!(migrator.pending().unwrap().len(), 3);
    assert_eq!(migrator.plan_apply(Apply::All).unwrap().len(), 3);
    assert!(migrator.history().unwrap().is_empty());
    assert_eq!(migrator.check().unwrap_err().kind(), ErrorKind::Pending);
    assert!(!directory.path().join("mail.db").exists());

    migrator.apply(Apply::All).unwrap();
    assert!(directory.path().join("mail.db").exists());
    let mut again = Migrator::open(&MAIL, "sqlite://mail.db", directory.path()).unwrap();
    let status = again.status().unwrap();
    assert_eq!((status.applied.len(), status.pending.len()), (3, 0));
    again.check().unwrap();
}

#[test]
fn a_plan_shows_steps_and_sql() {
    let mut db = Connection::open_in_memory().unwrap();
    let plan = Migrator::new(&MAIL, &mut db).jump(false).plan_apply(Apply::All).unwrap();
    assert_eq!(plan[1].steps[0].text, "create table user_settings");
    assert!(plan[1].steps[1].statements[0].to_string().starts_with("INSERT INTO \"user_settings\""));
    assert_eq!(plan[2].destroys[0].name(), "WHD102:users.tz");
    assert_eq!(dump(&db), "");
}

#[test]
fn nothing_pending_costs_one_query() {
    static QUERIES: AtomicUsize = AtomicUsize::new(0);
    fn count(event: TraceEvent<'_>) {
        if let TraceEvent::Stmt(..) = event {
            QUERIES.fetch_add(1, Ordering::Relaxed);
        }
    }
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    // It returns nothing, or a result, by the version of rusqlite.
    #[allow(clippy::let_unit_value)]
    let _ = db.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(count as fn(TraceEvent<'_>)));
    let report = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    assert_eq!(report.head.as_deref(), Some("0003_tighten_users"));
    assert_eq!(QUERIES.load(Ordering::Relaxed), 1);
    Migrator::new(&MAIL, &mut db).check().unwrap();
    assert_eq!(QUERIES.load(Ordering::Relaxed), 2);
    assert!(Migrator::new(&MAIL, &mut db).is_current().unwrap());
    assert_eq!(QUERIES.load(Ordering::Relaxed), 3);

    // What is pending costs no more.
    Migrator::new(&MAIL, &mut db).rollback(Rollback::To("0001")).unwrap();
    QUERIES.store(0, Ordering::Relaxed);
    let pending = Migrator::new(&MAIL, &mut db).pending().unwrap();
    let pending: Vec<&str> = pending.iter().map(|migration| migration.revision).collect();
    assert_eq!(pending, ["0002_create_settings", "0003_tighten_users"]);
    assert_eq!(QUERIES.load(Ordering::Relaxed), 1);
    assert!(!Migrator::new(&MAIL, &mut db).is_current().unwrap());
    let error = Migrator::new(&MAIL, &mut db).check().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pending);
    assert_eq!(QUERIES.load(Ordering::Relaxed), 3);
}

#[test]
fn an_empty_project_is_up_to_date() {
    static EMPTY: Project = mail::project(&[]);
    let mut db = Connection::open_in_memory().unwrap();
    let report = Migrator::new(&EMPTY, &mut db).apply(Apply::All).unwrap();
    assert_eq!((report.completed.len(), report.head), (0, None));
    assert_eq!(dump(&db), "");
}

#[test]
fn tells_its_progress() {
    let mut told = Vec::new();
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db)
        .jump(false)
        .on_progress(|progress| match progress {
            Progress::Started { revision, steps, .. } => told.push(format!("{revision} {steps}")),
            Progress::Finished(done) => told.push(format!("{} done", done.statements)),
            _ => {}
        })
        .apply(Apply::To("0002"))
        .unwrap();
    assert_eq!(told, ["0001_create_users 1", "1 done", "0002_create_settings 2", "2 done"]);
}

#[test]
fn settings_of_the_connection_are_put_back() {
    for keys in ["ON", "OFF"] {
        let mut db = Connection::open_in_memory().unwrap();
        run(&db, &format!("PRAGMA foreign_keys = {keys}; PRAGMA legacy_alter_table = {keys};"));
        run(&db, &format!("PRAGMA recursive_triggers = {keys};"));
        let before = settings(&db);
        Migrator::new(&MAIL, &mut db).jump(false).apply(Apply::All).unwrap();
        assert_eq!(settings(&db), before);
        Migrator::new(&MAIL, &mut db).rollback(Rollback::Steps(3)).unwrap();
        assert_eq!(settings(&db), before);
    }
}
