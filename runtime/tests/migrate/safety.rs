use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use whimbrel::v1::{Editor, Result};
use whimbrel::{Apply, Downgrade, ErrorKind, Migration, Migrator, Project, Rollback, Steps};

use crate::mail::{
    CREATE_SETTINGS, CREATE_USERS, MAIL, TIGHTEN_USERS, dump, project, rows, run, settings, v0001, v0002,
};

/// A project whose second migration runs this function instead of its own.
macro_rules! second {
    ($run:expr) => {{
        static PROJECT: Project = project(&[
            CREATE_USERS,
            Migration {
                upgrade: Steps { run: $run, steps: CREATE_SETTINGS.upgrade.steps },
                ..CREATE_SETTINGS
            },
        ]);
        &PROJECT
    }};
}

/// Applies up to the first migration and then fails in the second, which leaves no trace.
fn fails(project: &'static Project) -> String {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(project, &mut db).apply(Apply::To("0001")).unwrap();
    run(&db, "INSERT INTO users (email) VALUES ('ada@x'); PRAGMA recursive_triggers = ON");
    let before = (dump(&db), settings(&db));
    let error = Migrator::new(project, &mut db).apply(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
    assert!(db.is_autocommit());
    assert_eq!((dump(&db), settings(&db)), before);
    error.to_string()
}

#[test]
fn a_call_that_is_not_the_next_step_fails_before_any_sql() {
    fn other(db: &mut Editor<'_>) -> Result<()> {
        db.drop_table(v0001::Users)
    }
    fn early(db: &mut Editor<'_>) -> Result<()> {
        db.create_table(v0002::UserSettings)
    }
    fn more(db: &mut Editor<'_>) -> Result<()> {
        (CREATE_SETTINGS.upgrade.run)(db)?;
        db.drop_table(v0001::Users)
    }
    let text = fails(second!(other));
    assert!(text.contains("0002_create_settings cannot be applied: step 1 of 2"), "{text}");
    assert!(
        text.contains("asks for `drop table users`, but `create table user_settings` was proven"),
        "{text}"
    );
    assert!(text.contains("rebuild the package"), "{text}");
    assert!(fails(second!(early)).contains("ended after step 1 of 2"));
    assert!(fails(second!(more)).contains("after its last proven step"));

    // Nothing of the whole run is done, not even the first migration.
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(second!(other), &mut db).apply(Apply::All).unwrap_err();
    assert_eq!(dump(&db), "");
}

#[test]
fn a_failed_step_cannot_be_swallowed() {
    fn swallow(db: &mut Editor<'_>) -> Result<()> {
        let _ = db.drop_table(v0001::Users);
        (CREATE_SETTINGS.upgrade.run)(db).or(Ok(()))
    }
    assert!(fails(second!(swallow)).contains("the migration went on after a step had failed"));
}

#[test]
fn a_panic_rolls_back() {
    use std::cell::Cell;
    thread_local!(static CALLS: Cell<usize> = const { Cell::new(0) });
    fn panics(db: &mut Editor<'_>) -> Result<()> {
        (CREATE_SETTINGS.upgrade.run)(db)?;
        // The first call only records.
        CALLS.set(CALLS.get() + 1);
        assert!(CALLS.get() < 2, "out of cheese");
        Ok(())
    }
    assert!(fails(second!(panics)).contains("the migration's code panicked: out of cheese"));
    assert_eq!(CALLS.get(), 2);
}

#[test]
fn a_failed_attempt_is_in_the_journal() {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::To("0001")).unwrap();
    run(&db, "CREATE TABLE user_settings (mine TEXT)");
    let mut migrator = Migrator::new(&MAIL, &mut db).actor("ada");
    let error = migrator.apply(Apply::All).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("step 1 of 2, `create table user_settings`: table \"user_settings\" already exists"),
        "{text}"
    );
    assert!(text.contains("in: CREATE TABLE"), "{text}");
    assert!(std::error::Error::source(&error).is_some());
    let failures = migrator.failures().unwrap();
    assert_eq!((failures[0].revision.as_str(), failures[0].step), ("0002_create_settings", Some(1)));
    assert_eq!(failures[0].actor, "ada");
}

#[test]
fn what_was_done_before_is_told() {
    let mut db = Connection::open_in_memory().unwrap();
    run(&db, "CREATE TABLE user_settings (mine TEXT)");
    let error = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap_err();
    assert_eq!(error.completed(), ["0001_create_users"]);
    assert!(error.to_string().contains("done before, and kept: 0001_create_users"));
}

#[test]
fn a_callers_transaction_is_refused() {
    let mut db = Connection::open_in_memory().unwrap();
    for (begin, end) in [("BEGIN", "ROLLBACK"), ("SAVEPOINT mine", "ROLLBACK TO mine; RELEASE mine")] {
        run(&db, begin);
        let error = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap_err();
        assert!(error.to_string().contains("inside a transaction"), "{error}");
        assert_eq!(error.kind(), ErrorKind::Usage);
        run(&db, end);
        assert_eq!(dump(&db), "");
    }
}

#[test]
fn a_temporary_trigger_on_ours_is_refused() {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::To("0002")).unwrap();
    run(&db, "CREATE TEMP TRIGGER mine AFTER DELETE ON main.users BEGIN SELECT 1; END");
    let error = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap_err();
    assert!(error.to_string().contains("triggers on the tables of the database: mine"), "{error}");
    assert_eq!(rows(&db, "SELECT name FROM temp.sqlite_master"), ["mine"]);
}

#[test]
fn a_temporary_table_that_hides_ours_is_refused() {
    let mut db = Connection::open_in_memory().unwrap();
    run(&db, "CREATE TEMP TABLE Users (mine TEXT)");
    let error = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap_err();
    assert!(error.to_string().contains("temporary tables, views or triggers"), "{error}");
}

#[test]
fn an_irreversible_migration_is_refused_before_anything() {
    static PROJECT: Project = project(&[
        CREATE_USERS,
        Migration { downgrade: Downgrade::Irreversible("mail was sent"), ..CREATE_SETTINGS },
        TIGHTEN_USERS,
    ]);
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&PROJECT, &mut db).apply(Apply::All).unwrap();
    let before = dump(&db);
    let error = Migrator::new(&PROJECT, &mut db).rollback(Rollback::Steps(2)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("0002_create_settings cannot be rolled back: mail was sent"));
    assert_eq!(dump(&db), before);
    Migrator::new(&PROJECT, &mut db).rollback(Rollback::Steps(1)).unwrap();
}

#[test]
fn destruction_is_allowed_by_name() {
    let mut db = Connection::open_in_memory().unwrap();
    // In an empty database there is nothing to destroy.
    Migrator::new(&MAIL, &mut db).allow_destructive(false).apply(Apply::All).unwrap();
    Migrator::new(&MAIL, &mut db).rollback(Rollback::To("0002")).unwrap();
    let before = dump(&db);
    let error = Migrator::new(&MAIL, &mut db).allow_destructive(false).apply(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("--allow WHD102:users.tz"), "{error}");
    assert_eq!(dump(&db), before);
    let mut migrator = Migrator::new(&MAIL, &mut db).allow_destructive(false).allow("WHD102:users.tz");
    migrator.apply(Apply::All).unwrap();
    let error = migrator.rollback(Rollback::Steps(1)).unwrap_err();
    assert!(error.to_string().contains("--allow WHD102:users.name"), "{error}");
}

#[test]
fn a_busy_database_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mail.db");
    let holder = Connection::open(&path).unwrap();
    run(&holder, "BEGIN IMMEDIATE");
    let migrator = Migrator::open(&MAIL, "sqlite:mail.db", directory.path()).unwrap();
    let mut migrator = migrator.wait(Duration::from_millis(50)).unwrap();
    let error = migrator.apply(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LockBusy);
    assert_eq!(error.kind().exit_code(), 6);
    run(&holder, "ROLLBACK");
    migrator.apply(Apply::All).unwrap();
}

#[test]
fn a_file_that_cannot_be_used_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mail.db");
    Migrator::open(&MAIL, "sqlite:mail.db", directory.path()).unwrap().apply(Apply::To("0001")).unwrap();
    let mut read_only = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert_eq!(Migrator::new(&MAIL, &mut read_only).pending().unwrap().len(), 2);
    let error = Migrator::new(&MAIL, &mut read_only).apply(Apply::All).unwrap_err();
    assert!(
        error.to_string().contains("readonly") && error.to_string().contains("right to write"),
        "{error}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);

    std::fs::write(&path, "this is a letter, not a database, and it goes on for a while").unwrap();
    let error =
        Migrator::open(&MAIL, "sqlite:mail.db", directory.path()).unwrap().apply(Apply::All).unwrap_err();
    assert!(error.to_string().contains("not a database"), "{error}");
    assert!(std::fs::read(&path).unwrap().starts_with(b"this is a letter"));

    let mut migrator = Migrator::open(&MAIL, "sqlite:no/such/mail.db", directory.path()).unwrap();
    let error = migrator.apply(Apply::All).unwrap_err();
    assert!(
        error.to_string().contains("cannot open") && error.to_string().contains("directory exists"),
        "{error}"
    );
}

#[test]
fn foreign_keys_broken_by_a_migration_fail_it() {
    fn orphan(db: &mut Editor<'_>) -> Result<()> {
        use v0001 as before;
        use v0002 as after;
        db.create_table(after::UserSettings)?;
        db.insert_from(after::UserSettings, before::Users)
            .set(after::UserSettings::USER_ID, before::Users::ID.plus(100))
            .set(after::UserSettings::TIMEZONE, before::Users::TZ.or("UTC"))
            .run()?;
        db.alter_table(before::Users, before::Users, |users| {
            users.drop_unique(before::Users::USERS_EMAIL_KEY);
        })
    }
    static PROJECT: Project = project(&[
        CREATE_USERS,
        Migration {
            snapshot: r#"
                format = 1
                revision = "0002_create_settings"
                parent = "0001_create_users"
                parent_hash = "w1:1111111111111111111111111111111111111111111111111111111111111111"
                hazards = 1
                [table.users]
                primary_key = ["id"]
                [table.users.columns]
                id = { type = "bigint", auto_increment = true }
                email = "text"
                tz = "text?"
                [table.user_settings]
                primary_key = ["user_id"]
                [table.user_settings.columns]
                user_id = "bigint"
                timezone = "text"
                [table.user_settings.foreign_keys]
                user_settings_user_id_fk = { columns = ["user_id"], references = "users.id" }
            "#,
            upgrade: Steps {
                run: orphan,
                steps: &[
                    "create table user_settings",
                    "insert into user_settings from users set user_id = (users.id + 100), timezone = coalesce(users.tz, \"UTC\")",
                    "alter table users { drop unique users_email_key }",
                ],
            },
            ..CREATE_SETTINGS
        },
    ]);
    let text = fails(&PROJECT);
    assert!(text.contains("row 1 of `user_settings` references no row of `users`"), "{text}");
    assert!(text.contains("mend its code by hand, in migrations/"), "{text}");
}

/// What was generated is made again, and what stands beside it is kept meanwhile.
#[test]
fn a_generated_step_that_fails_does_not_cost_what_is_by_hand() {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::To("0001")).unwrap();
    run(&db, "CREATE TABLE user_settings (somebody TEXT)");
    let error = Migrator::new(&MAIL, &mut db).apply(Apply::To("0002")).unwrap_err();
    assert!(error.to_string().contains("step 1 of 2"), "{error}");
    assert!(error.to_string().contains("keep the code that was written by hand"), "{error}");
}

#[test]
fn a_wrong_literal_fails_before_any_sql() {
    fn wrong(db: &mut Editor<'_>) -> Result<()> {
        use whimbrel::{Column, types};
        const SEEN: Column<v0001::Users, types::Date> = Column::new("tz");
        db.update(v0001::Users).set(SEEN, whimbrel::v1::date("2026-02-30")).every_row().run()
    }
    assert!(fails(second!(wrong)).contains("\"2026-02-30\" is not a date"));
}

#[test]
fn a_disk_that_is_full_leaves_no_trace() {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::To("0001")).unwrap();
    run(
        &db,
        "INSERT INTO users (email, tz) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i || '@x', hex(zeroblob(50)) FROM n",
    );
    let before = dump(&db);
    let pages: usize = rows(&db, "PRAGMA page_count")[0].parse().unwrap();
    for more in [0, 1, 3, 10, 20, 40] {
        run(&db, &format!("PRAGMA max_page_count = {}", pages + more));
        let error = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap_err();
        assert!(error.to_string().contains("full"), "{error}");
        assert!(db.is_autocommit());
        run(&db, "PRAGMA max_page_count = 100000; DELETE FROM whimbrel_journal");
        if error.completed().is_empty() {
            assert_eq!(dump(&db), before);
        } else {
            Migrator::new(&MAIL, &mut db).rollback(Rollback::To("0001")).unwrap();
        }
        run(&db, "VACUUM");
    }
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    assert_eq!(rows(&db, "SELECT count(*) FROM user_settings"), ["2000"]);
}

#[test]
fn a_program_keeps_to_the_policy_of_the_database() {
    let directory = tempfile::tempdir().unwrap();
    let mut production = Migrator::open(&MAIL, "sqlite://./production.db", directory.path()).unwrap();
    production.apply(Apply::To("0002")).unwrap();
    let error = production.apply(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    let mut other = Migrator::open(&MAIL, "sqlite:other.db", directory.path()).unwrap();
    other.apply(Apply::All).unwrap();
    other.rollback(Rollback::Steps(1)).unwrap();
}

/// SQLite complains about a view or trigger only when it is used.
#[test]
fn what_reads_a_table_must_work_after_a_migration() {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::To("0002")).unwrap();
    run(&db, "CREATE VIEW broken_before AS SELECT a FROM nowhere");
    run(&db, "CREATE VIEW zones AS SELECT tz FROM users");
    let before = dump(&db);
    let error = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap_err();
    assert!(error.to_string().contains("view zones: no such column: tz"), "{error}");
    assert!(!error.to_string().contains("broken_before"), "{error}");
    assert_eq!(dump(&db), before);
    run(
        &db,
        "DROP VIEW zones; CREATE TRIGGER watch AFTER UPDATE ON user_settings BEGIN UPDATE users SET tz = 'x'; END",
    );
    let error = Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap_err();
    assert!(
        error.to_string().contains("writing to user_settings, which has triggers: no such column: tz"),
        "{error}"
    );
    run(&db, "DROP TRIGGER watch");
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
}
