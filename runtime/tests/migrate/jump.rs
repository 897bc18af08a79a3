//! Empty databases, which get what the first migrations lead to at once.

use rusqlite::Connection;
use whimbrel::v1::{Editor, Result};
use whimbrel::{Apply, Method, Migration, Migrator, Project, Rollback, Steps};

use crate::mail::{CREATE_SETTINGS, CREATE_USERS, MAIL, TIGHTEN_USERS, dump, project, rows, run, v0002};

/// Tables and columns, whatever their order, with their definitions.
const CATALOGUE: &str = "SELECT t.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk FROM sqlite_master t \
    JOIN pragma_table_xinfo(t.name) c WHERE t.name NOT LIKE 'whimbrel%' ORDER BY 1, 2";

const METHODS: &str = "SELECT revision, method FROM whimbrel_history ORDER BY event";

#[test]
fn an_empty_database_gets_the_same_as_by_steps() {
    let mut jumped = Connection::open_in_memory().unwrap();
    let report = Migrator::new(&MAIL, &mut jumped).apply(Apply::All).unwrap();
    let mut by_steps = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut by_steps).jump(false).apply(Apply::All).unwrap();

    assert_eq!(rows(&jumped, CATALOGUE), rows(&by_steps, CATALOGUE));
    assert_eq!(report.completed.len(), 3);
    assert!(report.completed.iter().all(|done| done.method == Method::Jump));
    assert_eq!(report.head.as_deref(), Some("0003_tighten_users"));
    let by = |method: &str| {
        ["0001_create_users", "0002_create_settings", "0003_tighten_users"]
            .map(|name| format!("{name}|{method}"))
    };
    assert_eq!(rows(&jumped, METHODS), by("jump"));
    assert_eq!(rows(&by_steps, METHODS), by("steps"));
}

#[test]
fn every_migration_of_a_jump_can_be_rolled_back() {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    run(&db, "INSERT INTO users (email, name) VALUES ('ada@x', 'Ada')");
    Migrator::new(&MAIL, &mut db).rollback(Rollback::To("0001")).unwrap();
    assert_eq!(rows(&db, "SELECT id, email, tz FROM users"), ["1|ada@x|NULL"]);
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    assert_eq!(rows(&db, "SELECT user_id, timezone FROM user_settings"), ["1|UTC"], "now there are rows");
    assert_eq!(
        rows(&db, "SELECT method FROM whimbrel_history"),
        ["jump", "jump", "jump", "steps", "steps", "steps", "steps"]
    );
}

#[test]
fn a_jump_ends_before_what_makes_rows() {
    fn insert(db: &mut Editor<'_>) -> Result<()> {
        db.insert(v0002::UserSettings)
            .set(v0002::UserSettings::USER_ID, 1)
            .set(v0002::UserSettings::TIMEZONE, "UTC")
            .run()
    }
    fn by_hand(db: &mut Editor<'_>) -> Result<()> {
        db.sql("INSERT INTO user_settings VALUES (1, 'UTC')").changes(v0002::UserSettings).run()
    }
    fn by_code(db: &mut Editor<'_>) -> Result<()> {
        db.data(|rows| rows.execute("INSERT INTO user_settings VALUES (1, 'UTC')", &[]).map(drop))
    }
    const fn third(run: fn(&mut Editor<'_>) -> Result<()>, steps: &'static [&'static str]) -> Migration {
        Migration {
            upgrade: Steps { run, steps },
            snapshot: r#"
                format = 1
                revision = "0003_tighten_users"
                parent = "0002_create_settings"
                parent_hash = "w1:2222222222222222222222222222222222222222222222222222222222222222"
                hazards = 1
            "#,
            ..TIGHTEN_USERS
        }
    }
    static INSERT: Project = project(&[
        CREATE_USERS,
        CREATE_SETTINGS,
        third(insert, &["insert into user_settings set user_id = 1, timezone = \"UTC\""]),
    ]);
    static BY_HAND: Project = project(&[
        CREATE_USERS,
        CREATE_SETTINGS,
        third(by_hand, &["sql \"INSERT INTO user_settings VALUES (1, 'UTC')\" changes user_settings"]),
    ]);
    static BY_CODE: Project = project(&[CREATE_USERS, CREATE_SETTINGS, third(by_code, &["data"])]);
    for project in [&INSERT, &BY_HAND, &BY_CODE] {
        let mut db = Connection::open_in_memory().unwrap();
        run(&db, "PRAGMA foreign_keys = OFF");
        let mut migrator = Migrator::new(project, &mut db).jump(true);
        let planned = migrator.plan_apply(Apply::All).unwrap();
        assert_eq!(planned[0].jump, ["0001_create_users", "0002_create_settings"]);
        assert_eq!((planned.len(), planned[1].jump.len()), (2, 0));
        let result = migrator.apply(Apply::All);
        drop(migrator);
        // The user does not exist, and so it fails where the row is written, not before.
        let error = result.unwrap_err();
        assert_eq!(error.completed(), ["0001_create_users", "0002_create_settings"], "{error}");
        assert_eq!(rows(&db, METHODS), ["0001_create_users|jump", "0002_create_settings|jump"]);
        run(&db, "INSERT INTO users (email) VALUES ('ada@x')");
        Migrator::new(project, &mut db).apply(Apply::All).unwrap();
        assert_eq!(rows(&db, "SELECT * FROM user_settings"), ["1|UTC"]);
    }
}

#[test]
fn a_goal_ends_a_jump() {
    let mut db = Connection::open_in_memory().unwrap();
    let report = Migrator::new(&MAIL, &mut db).apply(Apply::To("0002")).unwrap();
    assert_eq!(report.completed.len(), 2);
    assert_eq!(rows(&db, METHODS), ["0001_create_users|jump", "0002_create_settings|jump"]);
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::To("0001")).unwrap();
    assert_eq!(rows(&db, METHODS), ["0001_create_users|steps"], "one migration is no jump");
}

#[test]
fn a_database_with_anything_in_it_is_not_empty() {
    for sql in ["CREATE TABLE mine (id INTEGER)", "CREATE VIEW mine AS SELECT 1"] {
        let mut db = Connection::open_in_memory().unwrap();
        run(&db, sql);
        Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
        assert_eq!(rows(&db, "SELECT DISTINCT method FROM whimbrel_history"), ["steps"], "{sql}");
    }
    // Nor is one that has a history.
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    Migrator::new(&MAIL, &mut db).rollback(Rollback::All).unwrap();
    Migrator::new(&MAIL, &mut db).apply(Apply::All).unwrap();
    assert_eq!(rows(&db, "SELECT count(*) FROM whimbrel_history WHERE method = 'jump'"), ["3"]);
}

#[test]
fn a_plan_of_a_jump_writes_nothing() {
    let mut db = Connection::open_in_memory().unwrap();
    let plan = Migrator::new(&MAIL, &mut db).plan_apply(Apply::All).unwrap();
    assert_eq!((plan.len(), plan[0].revision.as_str()), (1, "0003_tighten_users"));
    let steps: Vec<&str> = plan[0].steps.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(steps, ["create table users", "create table user_settings"]);
    assert_eq!(dump(&db), "");
}

#[test]
fn what_was_not_proven_is_not_jumped_over() {
    fn other(db: &mut Editor<'_>) -> Result<()> {
        db.drop_table(v0002::Users)?;
        Ok(())
    }
    static STALE: Project = project(&[
        CREATE_USERS,
        CREATE_SETTINGS,
        Migration { upgrade: Steps { run: other, ..TIGHTEN_USERS.upgrade }, ..TIGHTEN_USERS },
    ]);
    let mut db = Connection::open_in_memory().unwrap();
    let error = Migrator::new(&STALE, &mut db).apply(Apply::All).unwrap_err();
    assert!(error.to_string().contains("was proven"), "{error}");
    assert_eq!(dump(&db), "");
}
