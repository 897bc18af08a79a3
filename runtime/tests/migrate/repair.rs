//! Histories that are damaged: each error names the command that mends it, and that does this and nothing else.
//! Faults F02 to F04 of the catalogue of faults.

use rusqlite::Connection;
use whimbrel::{Apply, Error, ErrorKind, Method, Migration, Migrator, Project, Repair, RepairAct, Rollback};

use crate::mail::{CREATE_SETTINGS, CREATE_USERS, MAIL, TIGHTEN_USERS, dump, project, rows, run};

const EVENTS: &str =
    "SELECT event, revision, direction, method, head_after, head_hash_after FROM whimbrel_history";
const HISTORY: Repair<'_> = Repair::History { to: None };

fn migrated() -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).jump(false).actor("ada").apply(Apply::All).unwrap();
    run(&db, "INSERT INTO users (id, email, name) VALUES (1, 'a@b', 'Ada')");
    db
}

/// The same where another connection looks: everything with the tables of whimbrel.
fn whole(db: &Connection) -> String {
    let tables = "SELECT name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY name";
    let mut all = vec![dump(db)];
    all.extend(rows(db, tables));
    for table in ["whimbrel_history", "whimbrel_journal"] {
        let there = format!("SELECT 1 FROM sqlite_master WHERE name = '{table}'");
        if !rows(db, &there).is_empty() {
            all.extend(rows(db, &format!("SELECT * FROM {table}")));
        }
    }
    all.join("\n")
}

/// Damages a database, sees what names the command, and mends it: what was done, in words.
#[track_caller]
fn mends(db: &mut Connection, damage: &str, command: &str, repair: Repair<'_>) -> Vec<String> {
    run(db, damage);
    let before = (whole(db), dump(db));
    let error = Migrator::new(&MAIL, db).verify().unwrap_err();
    assert_eq!(error.kind().exit_code(), 4, "{error}");
    assert!(error.to_string().contains(command), "{command} is not in {error}");
    let planned = Migrator::new(&MAIL, db).plan_repair(repair).unwrap();
    assert_eq!(whole(db), before.0, "a dry run wrote something");
    let repaired = Migrator::new(&MAIL, db).repair(repair).unwrap();
    assert_eq!(repaired, planned, "what was shown is what was done");
    assert_eq!(dump(db), before.1, "a table of the user was touched");
    repaired.acts.iter().map(ToString::to_string).collect()
}

/// As `mends`, and then the history is right.
#[track_caller]
fn mends_history(damage: &str) -> (Connection, Vec<String>) {
    let mut db = migrated();
    let acts = mends(&mut db, damage, "migrate repair --history", HISTORY);
    is_right(&mut db, 3);
    (db, acts)
}

#[track_caller]
fn is_right(db: &mut Connection, applied: usize) {
    let verified = Migrator::new(&MAIL, db).verify().unwrap();
    assert_eq!(verified.applied, applied);
    assert!(Migrator::new(&MAIL, db).drift().unwrap().is_none());
    let before = whole(db);
    assert!(
        Migrator::new(&MAIL, db).repair(HISTORY).unwrap().acts.is_empty(),
        "a second repair does nothing"
    );
    assert_eq!(whole(db), before);
}

#[test]
fn a_row_that_is_gone_is_written_again() {
    let (db, acts) = mends_history("DELETE FROM whimbrel_history WHERE event = 2");
    assert_eq!(acts, ["write event 2: upgrade 0002_create_settings, by this repair"]);
    assert_eq!(
        rows(&db, EVENTS),
        [
            "1|0001_create_users|upgrade|steps|0001_create_users|w1:0001",
            "2|0002_create_settings|upgrade|repair|0002_create_settings|w1:0002",
            "3|0003_tighten_users|upgrade|steps|0003_tighten_users|w1:0003",
        ]
    );
    // The newest alone is missed by what the database is.
    let (_, acts) = mends_history("DELETE FROM whimbrel_history WHERE event = 3");
    assert_eq!(acts, ["write event 3: upgrade 0003_tighten_users, by this repair"]);
    let (db, acts) = mends_history("DELETE FROM whimbrel_history");
    assert_eq!(acts.len(), 3);
    assert_eq!(rows(&db, "SELECT DISTINCT method FROM whimbrel_history"), ["repair"]);
    let (_, acts) = mends_history("DROP TABLE whimbrel_history");
    assert_eq!(acts[0], "create the tables of the history");
    assert_eq!(acts.len(), 4);
}

/// F03: duplicate id, order, head, numbers.
#[test]
fn rows_that_do_not_follow_are_taken_out_and_kept() {
    let copy = "INSERT INTO whimbrel_history SELECT event + 1, revision, direction, method, head_after, head_hash_after, \
                started_at, finished_at, duration_ms, actor, tool_version, format FROM whimbrel_history WHERE event = 3";
    let (db, acts) = mends_history(copy);
    assert_eq!(acts.len(), 1);
    assert!(acts[0].starts_with("remove event=4 revision=0003_tighten_users direction=upgrade"), "{acts:?}");
    let kept = rows(&db, "SELECT outcome, detail FROM whimbrel_journal");
    assert_eq!(kept.len(), 1);
    assert!(
        kept[0].starts_with("removed|event=4 revision=0003_tighten_users") && kept[0].contains("actor=ada")
    );
    for (damage, events) in [
        ("UPDATE whimbrel_history SET event = 9 WHERE event = 1", 3),
        ("UPDATE whimbrel_history SET event = -event", 3),
        ("UPDATE whimbrel_history SET event = event + 1 WHERE event = 3", 3),
        ("UPDATE whimbrel_history SET head_after = '0001_create_users' WHERE event = 3", 3),
        ("UPDATE whimbrel_history SET direction = 'downgrade' WHERE event = 3", 3),
        ("UPDATE whimbrel_history SET head_hash_after = NULL WHERE event = 3", 3),
        ("UPDATE whimbrel_history SET direction = 'sideways', head_hash_after = 'x' WHERE event = 3", 3),
        ("UPDATE whimbrel_history SET revision = x'00', head_hash_after = 'x' WHERE event = 2", 3),
        ("UPDATE whimbrel_history SET revision = '0001_create_users' WHERE event = 2", 3),
    ] {
        let (db, acts) = mends_history(damage);
        assert!(!acts.is_empty(), "{damage}");
        assert_eq!(rows(&db, EVENTS).len(), events, "{damage}");
    }
}

/// F02: a row that says more than is there.
#[test]
fn a_row_of_what_never_ran_is_undone() {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).jump(false).apply(Apply::To("0002")).unwrap();
    let lie = "INSERT INTO whimbrel_history SELECT 3, '0003_tighten_users', direction, method, '0003_tighten_users', \
               'w1:0003', started_at, finished_at, duration_ms, actor, tool_version, format FROM whimbrel_history \
               WHERE event = 2";
    let acts = mends(&mut db, lie, "migrate repair --history", HISTORY);
    assert_eq!(
        acts,
        ["write event 4: downgrade 0003_tighten_users, by this repair"],
        "the history follows, so it goes on"
    );
    is_right(&mut db, 2);
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
}

/// F02: a row of a revision that nobody has.
#[test]
fn an_unknown_row_is_forgotten_by_name() {
    let unknown = "INSERT INTO whimbrel_history SELECT 4, '0004_unknown', direction, method, '0004_unknown', 'w1:0004', \
                   started_at, finished_at, duration_ms, 'eve', tool_version, format FROM whimbrel_history WHERE event = 3";
    let mut db = migrated();
    let forget = Repair::Forget("0004_unknown");
    let acts = mends(&mut db, unknown, "migrate repair --forget 0004_unknown", forget);
    assert_eq!(acts.len(), 1);
    assert!(acts[0].starts_with("remove event=4 revision=0004_unknown"), "{acts:?}");
    is_right(&mut db, 3);

    // Where it stands among others, those keep what they say.
    let mut db = migrated();
    let between = "UPDATE whimbrel_history SET event = 4 WHERE event = 3;
         INSERT INTO whimbrel_history SELECT 3, '0004_unknown', direction, method, '0004_unknown', 'w1:0004', started_at, \
         finished_at, duration_ms, 'eve', tool_version, format FROM whimbrel_history WHERE event = 2;";
    run(&db, between);
    let error = Migrator::new(&MAIL, &mut db).repair(HISTORY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownRevision, "{error}");
    Migrator::new(&MAIL, &mut db).repair(forget).unwrap();
    is_right(&mut db, 3);
    assert_eq!(rows(&db, "SELECT DISTINCT actor FROM whimbrel_history"), ["ada"]);

    let wrong = |db: &mut Connection, revision: &str| {
        let error = Migrator::new(&MAIL, db).repair(Repair::Forget(revision)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        error.to_string()
    };
    assert!(wrong(&mut db, "0003_tighten_users").contains("is a migration of this program"));
    assert!(wrong(&mut db, "0009_never").contains("does not name"));
}

/// What a newer program has done is no damage, and an older one does not undo its words.
#[test]
fn what_a_newer_program_did_is_not_forgotten_by_accident() {
    static OLDER: Project = project(&[CREATE_USERS, CREATE_SETTINGS]);
    let mut db = migrated();
    let before = whole(&db);
    for repair in [HISTORY, Repair::Forget("0003_tighten_users")] {
        let error = Migrator::new(&OLDER, &mut db).repair(repair).unwrap_err();
        assert_eq!(error.kind().exit_code(), 4, "{error}");
        assert_eq!(whole(&db), before, "{error}");
    }
    let error = Migrator::new(&OLDER, &mut db).verify().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ahead);
    let remedies = error.remedies().join("\n");
    // The file was deleted, a newer build has it, or it never ran: a command for each.
    assert!(remedies.contains("-- migrations/0003_tighten_users"), "{remedies}");
    assert!(remedies.contains("newer build") && remedies.contains("repair --forget 0003_tighten_users"));
}

/// What a newer whimbrel wrote may mean more than this one knows.
#[test]
fn rows_of_a_newer_whimbrel_stay() {
    for change in ["format = 2", "tool_version = '99.0.0', method = 'magic'"] {
        let mut db = migrated();
        run(&db, &format!("UPDATE whimbrel_history SET {change} WHERE event = 2"));
        let before = whole(&db);
        let error = Migrator::new(&MAIL, &mut db).repair(HISTORY).unwrap_err();
        assert!(error.to_string().contains("use a program built with that version"), "{change}: {error}");
        assert_eq!(whole(&db), before);
    }
}

/// The name of a revision comes from a table that anybody may have written, and becomes a command line.
#[test]
fn names_from_the_history_are_no_commands() {
    let mut db = migrated();
    run(
        &db,
        "UPDATE whimbrel_history SET revision = '$(rm -rf /)', head_after = '$(rm -rf /)' WHERE event = 3",
    );
    let error = Migrator::new(&MAIL, &mut db).verify().unwrap_err();
    assert!(!error.to_string().contains("git checkout"), "{error}");
}

/// F01: an edit is not made good by writing it down.
#[test]
fn an_edited_migration_is_not_repaired() {
    static EDITED: Project =
        project(&[CREATE_USERS, Migration { hash: "w1:beef", ..CREATE_SETTINGS }, TIGHTEN_USERS]);
    let mut db = migrated();
    let before = whole(&db);
    let error = Migrator::new(&EDITED, &mut db).repair(HISTORY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Edited);
    run(&db, "DELETE FROM whimbrel_history WHERE event = 1");
    let error = Migrator::new(&EDITED, &mut db).repair(HISTORY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Edited, "{error}");
    run(&db, "DELETE FROM whimbrel_history");
    assert!(before.contains("w1:0002"));
}

/// F04: another program's table.
#[test]
fn a_table_of_another_program_is_set_aside() {
    let mut db = migrated();
    let theirs = "DROP TABLE whimbrel_history; CREATE TABLE whimbrel_history (version INTEGER);
                  INSERT INTO whimbrel_history VALUES (7); CREATE TABLE set_aside_whimbrel_history (x INT)";
    run(&db, theirs);
    let error = Migrator::new(&MAIL, &mut db).verify().unwrap_err();
    assert!(error.to_string().contains("migrate repair --set-aside"), "{error}");
    let error = Migrator::new(&MAIL, &mut db).repair(HISTORY).unwrap_err();
    assert!(error.to_string().contains("migrate repair --set-aside"), "{error}");
    let set_aside = Migrator::new(&MAIL, &mut db).repair(Repair::SetAside).unwrap();
    let [RepairAct::Rename { previous, next }] = &set_aside.acts[..] else { panic!("{set_aside:?}") };
    assert_eq!((previous.as_str(), next.as_str()), ("whimbrel_history", "set_aside_whimbrel_history_2"));
    assert_eq!(rows(&db, "SELECT version FROM set_aside_whimbrel_history_2"), ["7"]);
    // What remains is a journal without a history.
    let error = Migrator::new(&MAIL, &mut db).verify().unwrap_err();
    assert!(error.to_string().contains("migrate repair --history"), "{error}");
    Migrator::new(&MAIL, &mut db).repair(HISTORY).unwrap();
    is_right(&mut db, 3);

    let error = Migrator::new(&MAIL, &mut db).repair(Repair::SetAside).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let mut db = Connection::open_in_memory().unwrap();
    run(&db, "CREATE TABLE whimbrel_journal (id INTEGER)");
    let error = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap_err();
    assert!(error.to_string().contains("migrate repair --set-aside"), "{error}");
    Migrator::new(&MAIL, &mut db).repair(Repair::SetAside).unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
}

#[test]
fn a_history_is_not_written_of_what_is_not_there() {
    let refused = |db: &mut Connection, kind| -> Error {
        let before = whole(db);
        let error = Migrator::new(&MAIL, db).repair(HISTORY).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(whole(db), before);
        error
    };
    let mut db = migrated();
    run(&db, "DELETE FROM whimbrel_history WHERE event = 2; CREATE INDEX seen ON users (email)");
    let error = refused(&mut db, ErrorKind::Drifted);
    assert!(error.to_string().contains("+ index seen on users"), "{error}");
    let to = Repair::History { to: Some("0002") };
    run(&db, "DROP INDEX seen");
    let error = Migrator::new(&MAIL, &mut db).repair(to).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Drifted, "{error}");
    assert!(error.to_string().contains("not what 0002_create_settings leads to"), "{error}");
    let mut db = Connection::open_in_memory().unwrap();
    let error = refused(&mut db, ErrorKind::Refused);
    assert!(error.to_string().contains("migrate baseline"), "{error}");
}

/// Two revisions that lead to the same: a person says which, unless the history still does.
#[test]
fn what_is_the_same_is_asked() {
    const FILL: Migration = Migration {
        revision: "0002_fill_users",
        parent: Some("0001_create_users"),
        hash: "w1:fill",
        snapshot: "format = 1\nrevision = \"0002_fill_users\"\nparent = \"0001_create_users\"\nparent_hash = \"w1:11\"\nhazards = 1\n",
        upgrade: whimbrel::Steps { run: |_| Ok(()), steps: &[] },
        downgrade: whimbrel::Downgrade::NothingToUndo("it only fills"),
        reversal: whimbrel::Reversal::Lossless,
        upgrade_destroys: &[],
        downgrade_destroys: &[],
    };
    static FILLED: Project = project(&[CREATE_USERS, FILL]);
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&FILLED, &mut db).apply(Apply::All).unwrap();
    run(&db, "DELETE FROM whimbrel_history WHERE event = 1");
    let repaired = Migrator::new(&FILLED, &mut db).plan_repair(HISTORY).unwrap();
    assert_eq!(repaired.head.as_deref(), Some("0002_fill_users"), "its newest event still says so");
    run(&db, "DROP TABLE whimbrel_history");
    let error = Migrator::new(&FILLED, &mut db).repair(HISTORY).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(
        error.to_string().contains("0001_create_users, 0002_fill_users")
            && error.to_string().contains("--to REV")
    );
    Migrator::new(&FILLED, &mut db).repair(Repair::History { to: Some("0001") }).unwrap();
    let done = Migrator::new(&FILLED, &mut db).apply(Apply::All).unwrap();
    assert_eq!(done.completed.len(), 1);
}

/// What a migration fails on because its event is gone is told as such.
#[test]
fn a_migration_that_was_applied_already_says_so() {
    let mut db = migrated();
    run(&db, "DELETE FROM whimbrel_history WHERE event > 1");
    let error = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(error.to_string().contains("is what 0003_tighten_users leads to"), "{error}");
    assert!(error.to_string().contains("migrate repair --history"), "{error}");
}

#[test]
fn a_verified_history_is_told_in_numbers() {
    let mut db = migrated();
    Migrator::new(&MAIL, &mut db).rollback(Rollback::Steps(1)).unwrap();
    let verified = Migrator::new(&MAIL, &mut db).verify().unwrap();
    assert_eq!((verified.events, verified.applied, verified.pending), (4, 2, 1));
    assert_eq!(verified.head.as_deref(), Some("0002_create_settings"));
    // Drift is another question.
    run(&db, "CREATE INDEX seen ON users (email)");
    Migrator::new(&MAIL, &mut db).verify().unwrap();
    let mut db = Connection::open_in_memory().unwrap();
    assert_eq!(Migrator::new(&MAIL, &mut db).verify().unwrap().applied, 0);
    let events = Migrator::new(&MAIL, &mut db).history().unwrap();
    assert!(events.iter().all(|event| event.method == Method::Steps));
}
