//! Hand-written SQL and Rust code.

use std::cell::Cell;

use rusqlite::Connection;
use whimbrel::v1::{Editor, Error, PerDialect, Result};
use whimbrel::{
    Apply, Column, Destruction, Downgrade, ErrorKind, HazardCode, Migration, Migrator, Project, Reversal,
    Rollback, Steps, types,
};

use crate::mail::{CREATE_SETTINGS, CREATE_USERS, dump, project, rows, run, settings, v0001, v0002};

const SNAPSHOT: &str = r#"
    format = 1
    revision = "0002_by_hand"
    parent = "0001_create_users"
    parent_hash = "w1:1111111111111111111111111111111111111111111111111111111111111111"
    hazards = 1
"#;

const BY_HAND: Migration = Migration {
    revision: "0002_by_hand",
    snapshot: SNAPSHOT,
    downgrade: Downgrade::NothingToUndo("a test"),
    reversal: Reversal::Lossy(&["applying changes rows by Rust code"]),
    upgrade_destroys: &[OPAQUE],
    downgrade_destroys: &[],
    ..CREATE_SETTINGS
};

const OPAQUE: Destruction =
    Destruction { code: HazardCode::Opaque, object: "data", words: "changes rows by Rust code", kept: false };

/// A project whose second migration runs this function, which takes these steps.
macro_rules! second {
    ($run:expr, $steps:expr) => {{
        static PROJECT: Project =
            project(&[CREATE_USERS, Migration { upgrade: Steps { run: $run, steps: $steps }, ..BY_HAND }]);
        &PROJECT
    }};
}

/// A project whose second migration is this code over rows.
macro_rules! data {
    (|$rows:ident| $code:expr) => {{
        fn upgrade(db: &mut Editor<'_>) -> Result<()> {
            db.data(|$rows| $code)
        }
        second!(upgrade, &["data"])
    }};
}

/// A project whose second migration is this SQL.
macro_rules! sql {
    ($sql:literal) => {{
        fn upgrade(db: &mut Editor<'_>) -> Result<()> {
            db.sql($sql).touches_nothing().run()
        }
        second!(upgrade, &[concat!("sql \"", $sql, "\" touches nothing")])
    }};
}

/// A database at the first migration, with two users.
fn users(project: &'static Project) -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(project, &mut db).apply(Apply::To("0001")).unwrap();
    run(&db, "INSERT INTO users (email, tz) VALUES ('Ada@X', NULL), ('Bob@X', 'UTC')");
    db
}

/// Applies the second migration.
fn applied(project: &'static Project) -> Connection {
    let mut db = users(project);
    Migrator::new(project, &mut db).apply(Apply::All).unwrap();
    db
}

/// Fails in the second migration, which leaves no trace.
#[track_caller]
fn fails(project: &'static Project) -> String {
    let mut db = users(project);
    let before = (dump(&db), settings(&db));
    let error = Migrator::new(project, &mut db).apply(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
    assert!(db.is_autocommit());
    assert_eq!((dump(&db), settings(&db)), before, "{error}");
    assert_eq!(rows(&db, "SELECT revision FROM whimbrel_history"), ["0001_create_users"]);
    assert_eq!(rows(&db, "SELECT revision FROM whimbrel_journal WHERE detail IS NOT NULL"), ["0002_by_hand"]);
    error.to_string()
}

#[test]
fn sql_runs_as_it_is_written() {
    fn upgrade(db: &mut Editor<'_>) -> Result<()> {
        db.sql("UPDATE users SET tz = 'it''s; -- ?' WHERE id = 1").changes(v0001::Users).run()?;
        db.sql(PerDialect {
            sqlite: "UPDATE users SET tz = email WHERE id = 2",
            postgres: "SELECT",
            mysql: "",
        })
        .changes(v0001::Users)
        .run()?;
        db.sql(PerDialect { sqlite: " ", postgres: "ANALYZE users", mysql: "" }).touches_nothing().run()?;
        db.sql("SELECT email FROM users").touches_nothing().run()?;
        db.sql("DROP TABLE IF EXISTS nothing_of_ours").touches_nothing().run()?;
        db.sql("DROP TRIGGER IF EXISTS nothing_of_ours").touches_nothing().run()
    }
    let project = second!(
        upgrade,
        &[
            "sql \"UPDATE users SET tz = 'it''s; -- ?' WHERE id = 1\" changes users",
            "sql (sqlite = \"UPDATE users SET tz = email WHERE id = 2\", postgres = \"SELECT\") changes users",
            "sql (postgres = \"ANALYZE users\") touches nothing",
            "sql \"SELECT email FROM users\" touches nothing",
            "sql \"DROP TABLE IF EXISTS nothing_of_ours\" touches nothing",
            "sql \"DROP TRIGGER IF EXISTS nothing_of_ours\" touches nothing",
        ]
    );
    let db = applied(project);
    assert_eq!(rows(&db, "SELECT tz FROM users ORDER BY id"), ["it's; -- ?", "Bob@X"]);
}

#[test]
fn sql_is_one_statement_and_leaves_the_transaction_alone() {
    fn after_work(db: &mut Editor<'_>) -> Result<()> {
        db.sql("DELETE FROM users").changes(v0001::Users).run()?;
        db.sql("/* so */ COMMIT").touches_nothing().run()
    }
    let text = fails(second!(
        after_work,
        &["sql \"DELETE FROM users\" changes users", "sql \"/* so */ COMMIT\" touches nothing",]
    ));
    assert!(text.contains("step 2 of 2") && text.contains("`COMMIT` is not for migrations"), "{text}");
    assert!(text.contains("in: /* so */ COMMIT"), "{text}");
    for (text, word) in [
        (fails(sql!("END")), "END"),
        (fails(sql!(";;ROLLBACK;")), "ROLLBACK"),
        (fails(sql!("SAVEPOINT mine")), "SAVEPOINT"),
        (fails(sql!("RELEASE mine")), "RELEASE"),
        (fails(sql!("ATTACH ':memory:' AS other")), "ATTACH"),
        (fails(sql!("PRAGMA foreign_keys = OFF")), "PRAGMA"),
    ] {
        assert!(text.contains(&format!("`{word}` is not for migrations")), "{text}");
    }
    assert!(fails(sql!("begin immediate")).contains("cannot start a transaction within a transaction"));
    assert!(fails(sql!("")).contains("holds no statement"));
    assert!(fails(sql!("-- nothing")).contains("holds no statement"));
    let text = fails(sql!("DELETE FROM users; COMMIT"));
    assert!(text.to_lowercase().contains("multiple statement"), "{text}");
    assert!(fails(sql!("DELETE FROM nowhere")).contains("no such table: nowhere"));
}

#[test]
fn a_transaction_that_sqlite_ends_is_not_gone_on_with() {
    fn rolls_back(db: &mut Editor<'_>) -> Result<()> {
        db.sql("UPDATE OR ROLLBACK users SET email = 'one'").changes(v0001::Users).run()
    }
    let text =
        fails(second!(rolls_back, &["sql \"UPDATE OR ROLLBACK users SET email = 'one'\" changes users"]));
    assert!(text.contains("rolled the transaction back by itself"), "{text}");
    // What would come next would last, outside of any transaction.
    let text = fails(data!(|rows| {
        rows.execute("DELETE FROM users WHERE id = 1", &[])?;
        let lost = rows.execute("INSERT OR ROLLBACK INTO users (email) VALUES ('Bob@X')", &[]);
        assert!(lost.is_err());
        let _ = rows.execute("DELETE FROM users", &[]);
        Ok(())
    }));
    assert!(text.contains("the transaction ended while it was in use"), "{text}");
}

#[test]
fn code_reads_and_writes_rows() {
    let db = applied(data!(|rows| {
        for user in rows.query("SELECT id, email, tz FROM users ORDER BY id", &[])? {
            let (id, email) = (user.get(v0001::Users::ID)?, user.get(v0001::Users::EMAIL)?.to_lowercase());
            let tz: Option<String> = user.get(v0001::Users::TZ)?;
            let tz = tz.or(Some("local".to_owned()));
            let changed =
                rows.execute("UPDATE users SET email = ?1, tz = ?2 WHERE id = ?3", &[&email, &tz, &id])?;
            assert_eq!(changed, 1);
        }
        // What changes nothing counts nothing, whatever was counted before.
        assert_eq!(rows.execute("SELECT 1", &[])?, 0);
        assert_eq!(rows.execute("CREATE TEMP TABLE scratch (a)", &[])?, 0);
        assert_eq!(rows.execute("UPDATE users SET tz = tz WHERE id > 9", &[])?, 0);
        assert_eq!(rows.execute("DROP TABLE temp.scratch", &[])?, 0);
        let mut sum = 0;
        rows.each("SELECT id AS number FROM users", &[], |row| {
            sum += row.value::<i64>("number")?;
            Ok(())
        })?;
        rows.execute("INSERT INTO users (id, email) VALUES (?1, ?2)", &[&(sum + 100), &"sum"])?;
        Ok(())
    }));
    assert_eq!(
        rows(&db, "SELECT id, email, tz FROM users ORDER BY id"),
        ["1|ada@x|local", "2|bob@x|UTC", "103|sum|NULL"]
    );
}

#[test]
fn values_come_back_as_they_went() {
    use types::*;
    fn column<Ty>(name: &'static str) -> Column<v0001::Users, Ty> {
        Column::new(name)
    }
    applied(data!(|rows| {
        let bytes = vec![0_u8, 255];
        let row = rows.query(
            "SELECT ?1 AS a, ?2 AS b, ?3 AS c, ?4 AS d, ?5 AS e, ?6 AS f, ?7 AS g, ?8 AS h, ?9 AS i",
            &[
                &true,
                &-7_i16,
                &70_000,
                &i64::MIN,
                &0.1,
                &"a\0'é",
                &bytes,
                &None::<String>,
                &Some(b"x" as &[u8]),
            ],
        )?;
        let row = &row[0];
        assert!(row.get(column::<Boolean>("a"))?);
        assert_eq!(row.get(column::<SmallInt>("b"))?, -7);
        assert_eq!(row.get(column::<Integer>("c"))?, 70_000);
        assert_eq!(row.get(column::<BigInt>("d"))?, i64::MIN);
        assert_eq!((row.get(column::<Double>("e"))?, row.get(column::<Real>("c"))?), (0.1, 70_000.0));
        assert_eq!(row.get(column::<Text>("f"))?, "a\0'é");
        assert_eq!(row.get(column::<Timestamp>("f"))?, "a\0'é");
        assert_eq!(row.get(column::<Bytes>("g"))?, bytes);
        assert_eq!(row.get(column::<Nullable<Json>>("h"))?, None);
        assert_eq!(row.get(column::<Nullable<Bytes>>("i"))?.as_deref(), Some(b"x" as &[u8]));
        assert_eq!(row.value::<Option<i32>>("c")?, Some(70_000));
        Ok(())
    }));
}

#[test]
fn wrong_values_are_told() {
    /// Fails by reading one value of this result.
    macro_rules! reading {
        ($sql:literal, $name:literal as $type:ty) => {
            fails(data!(|rows| rows.query($sql, &[])?[0].value::<$type>($name).map(drop)))
        };
    }
    let text = reading!("SELECT email FROM users", "mail" as String);
    assert!(
        text.contains("step 1 of 1, `data`: row 1 of the result: there is no column `mail`; there are email"),
        "{text}"
    );
    assert!(text.contains("in: SELECT email FROM users"), "{text}");
    let text = reading!("SELECT 1 AS a, 2 AS a", "a" as i64);
    assert!(text.contains("several columns `a`") && text.contains("with AS"), "{text}");
    let text = reading!("SELECT tz FROM users WHERE id = 1", "tz" as String);
    assert!(text.contains("column `tz` is NULL, and is read as text; read it as an Option"), "{text}");
    for (text, words) in [
        (reading!("SELECT email FROM users", "email" as i64), "is text, not a whole number"),
        (reading!("SELECT 70000 AS a", "a" as i16), "does not fit 16 bits"),
        (reading!("SELECT 2 AS a", "a" as bool), "not true or false"),
        (reading!("SELECT 1 AS a", "a" as String), "is a whole number, not text"),
        (reading!("SELECT x'00' AS a", "a" as String), "is bytes, not text"),
        (reading!("SELECT 9007199254740993 AS a", "a" as f64), "not a floating point number"),
        (reading!("SELECT CAST(x'ff' AS TEXT) AS a", "a" as String), "not UTF-8"),
        (fails(data!(|rows| rows.execute("DELETE FROM users WHERE id = ?1", &[]).map(drop))), "parameter"),
        (fails(data!(|rows| rows.query("SELECT ?1", &[&f64::NAN]).map(drop))), "parameter 1 is NaN"),
    ] {
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn code_that_fails_or_panics_leaves_no_trace() {
    let text = fails(data!(|rows| {
        rows.execute("DELETE FROM users", &[])?;
        Err(Error::failed("the mail server is asleep"))
    }));
    assert!(
        text.contains("0002_by_hand cannot be applied: step 1 of 1, `data`: the mail server is asleep"),
        "{text}"
    );
    // No command makes it again.
    assert!(text.contains("mend its code by hand, in migrations/0002_by_hand/migration.rs"), "{text}");
    assert!(!text.contains("remove"), "{text}");
    let text = fails(data!(|rows| {
        rows.execute("DELETE FROM users", &[])?;
        panic!("out of cheese")
    }));
    assert!(text.contains("the migration's code panicked: out of cheese"), "{text}");
    let text = fails(data!(|rows| {
        rows.execute("DELETE FROM users", &[])?;
        rows.each("VALUES (1), (2)", &[], |row| panic!("at {}", row.value::<i64>("column1")?))
    }));
    assert!(text.contains("panicked: at 1"), "{text}");
    let text = fails(data!(|rows| {
        rows.execute("DELETE FROM users", &[])?;
        rows.execute("COMMIT", &[]).map(drop)
    }));
    assert!(text.contains("`COMMIT` is not for migrations"), "{text}");
}

#[test]
fn an_error_ends_the_reading() {
    let text = fails(data!(|rows| {
        let mut seen = 0;
        let result = rows.each("VALUES (1), (2), (3)", &[], |row| {
            seen += 1;
            if row.value::<i64>("column1")? == 2 { Err(Error::failed("enough")) } else { Ok(()) }
        });
        assert_eq!(seen, 2);
        result
    }));
    assert!(text.contains("enough"), "{text}");
}

#[test]
fn code_is_called_once_and_only_when_it_is_its_turn() {
    thread_local!(static CALLS: Cell<usize> = const { Cell::new(0) });
    let project = data!(|rows| {
        CALLS.set(CALLS.get() + 1);
        rows.execute("UPDATE users SET tz = 'seen'", &[]).map(drop)
    });
    let mut db = users(project);
    let planned = Migrator::new(project, &mut db).plan_apply(Apply::All).unwrap();
    assert_eq!((planned[0].steps[0].text.as_str(), planned[0].steps[0].runs_code), ("data", true));
    assert_eq!(CALLS.get(), 0);
    let report = Migrator::new(project, &mut db).apply(Apply::All).unwrap();
    assert_eq!((report.completed[0].steps, report.completed[0].statements), (1, 1));
    assert_eq!(CALLS.get(), 1);
}

#[test]
fn code_that_was_not_proven_is_not_called() {
    fn upgrade(db: &mut Editor<'_>) -> Result<()> {
        db.data(|_| panic!("this must not run"))
    }
    let text = fails_in_recording(second!(upgrade, &["sql \"SELECT 1\" touches nothing"]));
    assert!(text.contains("asks for `data`, but `sql \"SELECT 1\" touches nothing` was proven"), "{text}");
    assert!(fails_in_recording(second!(upgrade, &[])).contains("after its last proven step"));
}

fn fails_in_recording(project: &'static Project) -> String {
    let mut db = users(&ONLY_USERS);
    Migrator::new(project, &mut db).apply(Apply::All).unwrap_err().to_string()
}

static ONLY_USERS: Project = project(&[CREATE_USERS]);

#[test]
fn a_table_replaced_by_hand_keeps_the_rows_that_reference_it() {
    fn upgrade(db: &mut Editor<'_>) -> Result<()> {
        db.sql("CREATE TABLE next (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL, tz TEXT, UNIQUE (email))")
            .touches_nothing()
            .run()?;
        db.sql("INSERT INTO next SELECT id, email, tz FROM users").touches_nothing().run()?;
        db.sql("DROP TABLE users").alters(v0001::Users, v0001::Users).run()?;
        db.sql("ALTER TABLE next RENAME TO users").alters(v0001::Users, v0001::Users).run()
    }
    static PROJECT: Project = project(&[
        CREATE_USERS,
        CREATE_SETTINGS,
        Migration {
            revision: "0003_by_hand",
            parent: Some("0002_create_settings"),
            hash: "w1:0003",
            snapshot: r#"
                format = 1
                revision = "0003_by_hand"
                parent = "0002_create_settings"
                parent_hash = "w1:2222222222222222222222222222222222222222222222222222222222222222"
                hazards = 1
            "#,
            upgrade: Steps {
                run: upgrade,
                steps: &[
                    "sql \"CREATE TABLE next (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL, tz TEXT, UNIQUE (email))\" touches nothing",
                    "sql \"INSERT INTO next SELECT id, email, tz FROM users\" touches nothing",
                    "sql \"DROP TABLE users\" alters users",
                    "sql \"ALTER TABLE next RENAME TO users\" alters users",
                ],
            },
            ..BY_HAND
        },
    ]);
    let mut db = users(&PROJECT);
    Migrator::new(&PROJECT, &mut db).apply(Apply::To("0002")).unwrap();
    assert_eq!(rows(&db, "SELECT count(*) FROM user_settings"), ["2"]);
    Migrator::new(&PROJECT, &mut db).apply(Apply::All).unwrap();
    assert_eq!(rows(&db, "SELECT count(*) FROM user_settings"), ["2"]);
    assert_eq!(rows(&db, "PRAGMA foreign_key_check"), Vec::<String>::new());
}

#[test]
fn tables_are_created_and_dropped_by_hand() {
    fn upgrade(db: &mut Editor<'_>) -> Result<()> {
        db.sql("CREATE TABLE user_settings (user_id INTEGER PRIMARY KEY, timezone TEXT NOT NULL)")
            .creates(v0002::UserSettings)
            .run()?;
        db.insert(v0002::UserSettings)
            .set(v0002::UserSettings::USER_ID, 1)
            .set(v0002::UserSettings::TIMEZONE, "UTC")
            .run()
    }
    fn downgrade(db: &mut Editor<'_>) -> Result<()> {
        db.sql("DROP TABLE user_settings").drops(v0002::UserSettings).run()
    }
    static PROJECT: Project = project(&[
        CREATE_USERS,
        Migration {
            upgrade: Steps {
                run: upgrade,
                steps: &[
                    "sql \"CREATE TABLE user_settings (user_id INTEGER PRIMARY KEY, timezone TEXT NOT NULL)\" creates user_settings",
                    "insert into user_settings set user_id = 1, timezone = \"UTC\"",
                ],
            },
            downgrade: Downgrade::Steps(Steps {
                run: downgrade,
                steps: &["sql \"DROP TABLE user_settings\" drops user_settings"],
            }),
            downgrade_destroys: &[Destruction {
                code: HazardCode::DropTable,
                object: "user_settings",
                words: "drops table user_settings with all of its rows by hand-written SQL",
                kept: false,
            }],
            ..CREATE_SETTINGS
        },
    ]);
    let mut db = applied(&PROJECT);
    assert_eq!(rows(&db, "SELECT * FROM user_settings"), ["1|UTC"]);
    // The archive keeps nothing of it, so it is a loss that wants its name.
    let error = Migrator::new(&PROJECT, &mut db).rollback(Rollback::Steps(1)).unwrap_err();
    assert!(error.to_string().contains("--allow WHD101:user_settings"), "{error}");
    Migrator::new(&PROJECT, &mut db).allow("WHD101:user_settings").rollback(Rollback::Steps(1)).unwrap();
    assert_eq!(
        rows(&db, "SELECT name FROM sqlite_master WHERE name = 'user_settings'"),
        Vec::<String>::new()
    );
}

#[test]
fn a_way_back_by_hand_wants_no_permission_but_where_nothing_may_be_destroyed() {
    fn there(db: &mut Editor<'_>) -> Result<()> {
        db.data(|rows| rows.execute("UPDATE users SET email = email || '.'", &[]).map(drop))
    }
    fn back(db: &mut Editor<'_>) -> Result<()> {
        db.data(|rows| rows.execute("UPDATE users SET email = rtrim(email, '.')", &[]).map(drop))
    }
    static PROJECT: Project = project(&[
        CREATE_USERS,
        Migration {
            upgrade: Steps { run: there, steps: &["data"] },
            downgrade: Downgrade::Steps(Steps { run: back, steps: &["data"] }),
            downgrade_destroys: &[OPAQUE],
            ..BY_HAND
        },
    ]);
    let mut db = users(&PROJECT);
    let before = dump(&db);
    let error = Migrator::new(&PROJECT, &mut db).allow_destructive(false).apply(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let text = error.to_string();
    assert!(text.contains("hand-written code may destroy values"), "{text}");
    assert!(text.contains("--allow WHT702:data"), "{text}");
    assert_eq!(dump(&db), before);

    Migrator::new(&PROJECT, &mut db).allow_destructive(false).allow("WHT702:data").apply(Apply::All).unwrap();
    assert_eq!(rows(&db, "SELECT email FROM users ORDER BY id"), ["Ada@X.", "Bob@X."]);
    Migrator::new(&PROJECT, &mut db).allow_destructive(false).rollback(Rollback::Steps(1)).unwrap_err();
    Migrator::new(&PROJECT, &mut db).rollback(Rollback::Steps(1)).unwrap();
    assert_eq!(dump(&db), before);
}

#[test]
fn foreign_keys_broken_by_code_fail_it() {
    static PROJECT: Project = {
        fn upgrade(db: &mut Editor<'_>) -> Result<()> {
            db.data(|rows| rows.execute("DELETE FROM users WHERE id = 1", &[]).map(drop))?;
            db.alter_table(v0001::Users, v0001::Users, |users| {
                users.drop_unique(v0001::Users::USERS_EMAIL_KEY);
            })
        }
        project(&[
            CREATE_USERS,
            CREATE_SETTINGS,
            Migration {
                revision: "0003_by_hand",
                parent: Some("0002_create_settings"),
                hash: "w1:0003",
                snapshot: r#"
                    format = 1
                    revision = "0003_by_hand"
                    parent = "0002_create_settings"
                    parent_hash = "w1:2222222222222222222222222222222222222222222222222222222222222222"
                    hazards = 1
                    [table.users]
                    primary_key = ["id"]
                    [table.users.columns]
                    id = { type = "bigint", auto_increment = true }
                    email = "text"
                    tz = "text?"
                "#,
                upgrade: Steps {
                    run: upgrade,
                    steps: &["data", "alter table users { drop unique users_email_key }"],
                },
                ..BY_HAND
            },
        ])
    };
    let mut db = users(&PROJECT);
    Migrator::new(&PROJECT, &mut db).apply(Apply::To("0002")).unwrap();
    let before = dump(&db);
    let error = Migrator::new(&PROJECT, &mut db).apply(Apply::All).unwrap_err().to_string();
    assert!(error.contains("row 1 of `user_settings` references no row of `users`"), "{error}");
    assert_eq!(dump(&db), before);
}
