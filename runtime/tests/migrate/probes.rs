//! What rows say about a migration before its first statement.

use rusqlite::Connection;
use whimbrel::v1::{Editor, Result};
use whimbrel::{Apply, Downgrade, ErrorKind, Migration, Migrator, Project, Reversal, Rollback, Steps};

use crate::mail::{CREATE_SETTINGS, CREATE_USERS, dump, project, rows, run, settings, v0001};

fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.create_index(v0001::Users::USERS_TZ_IDX)
}

fn downgrade(db: &mut Editor<'_>) -> Result<()> {
    db.drop_index(v0001::Users::USERS_TZ_IDX)
}

const UNIQUE_ZONES: Migration = Migration {
    revision: "0002_unique_zones",
    snapshot: r#"
        format = 1
        revision = "0002_unique_zones"
        parent = "0001_create_users"
        parent_hash = "w1:1111111111111111111111111111111111111111111111111111111111111111"
        hazards = 1
        [table.users]
        primary_key = ["id"]
        [table.users.columns]
        id = { type = "bigint", auto_increment = true }
        email = "text"
        tz = "text?"
        [table.users.uniques]
        users_email_key = ["email"]
        [table.users.indexes]
        users_tz_idx = { columns = ["tz"], unique = true }
    "#,
    upgrade: Steps { run: upgrade, steps: &["create index users_tz_idx on users"] },
    downgrade: Downgrade::Steps(Steps { run: downgrade, steps: &["drop index users_tz_idx on users"] }),
    reversal: Reversal::Lossless,
    upgrade_destroys: &[],
    downgrade_destroys: &[],
    ..CREATE_SETTINGS
};

static PROJECT: Project = project(&[CREATE_USERS, UNIQUE_ZONES]);

/// A database at the first migration, with these zones.
fn zones(zones: &str) -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    Migrator::new(&PROJECT, &mut db).apply(Apply::To("0001")).unwrap();
    run(&db, &format!("INSERT INTO users (email, tz) VALUES {zones}"));
    db
}

#[test]
fn rows_that_would_make_it_fail_are_told_before_anything_is_done() {
    let mut db = zones("('a', 'UTC'), ('b', 'CET'), ('c', 'UTC'), ('d', NULL), ('e', NULL)");
    let before = (dump(&db), settings(&db));
    let error = Migrator::new(&PROJECT, &mut db).apply(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    let words = error.to_string();
    for said in [
        "migration 0002_unique_zones cannot be applied",
        "WHM301:users.users_tz_idx adds unique index users_tz_idx to users: \
         2 rows with the values of another, in users: 1; 3",
        "SELECT count(*) FROM \"users\"",
    ] {
        assert!(words.contains(said), "{said:?} is not in\n{words}");
    }
    assert_eq!((dump(&db), settings(&db)), before);
    assert_eq!(rows(&db, "SELECT revision FROM whimbrel_history"), ["0001_create_users"]);
    // No attempt was made.
    assert_eq!(rows(&db, "SELECT count(*) FROM whimbrel_journal WHERE detail IS NOT NULL"), ["0"]);
    run(&db, "UPDATE users SET tz = 'EET' WHERE id = 3");
    Migrator::new(&PROJECT, &mut db).apply(Apply::All).unwrap();
}

#[test]
fn a_plan_tells_what_rows_say() {
    let mut db = zones("('a', 'UTC'), ('b', 'UTC')");
    let mut migrator = Migrator::new(&PROJECT, &mut db);
    let probed = migrator.probe(Apply::All).unwrap();
    let [one] = &probed[..] else { panic!("{probed:?}") };
    assert_eq!((one.name.as_str(), one.count, one.fails), ("WHM301:users.users_tz_idx", 2, true));
    assert_eq!(
        (one.revision.as_str(), &one.sample[..]),
        ("0002_unique_zones", &["1".to_owned(), "2".to_owned()][..])
    );
    assert_eq!(migrator.plan_apply(Apply::All).unwrap()[0].probes, probed);
    let mut db = zones("('a', 'UTC'), ('b', 'CET')");
    let probed = Migrator::new(&PROJECT, &mut db).probe(Apply::All).unwrap();
    assert_eq!(probed[0].count, 0);
}

#[test]
fn many_rows_are_cut() {
    let many: Vec<String> = (0..9).map(|user| format!("('{user}', 'UTC')")).collect();
    let mut db = zones(&many.join(", "));
    let probed = Migrator::new(&PROJECT, &mut db).probe(Apply::All).unwrap();
    assert_eq!(probed[0].rows(), "9 rows with the values of another, in users: 1; 2; 3; 4; 5, ..");
}

/// Where nothing is applied there is nothing to ask; and the way back asks as the way up does.
#[test]
fn what_is_new_is_not_asked_about() {
    let mut db = Connection::open_in_memory().unwrap();
    let mut migrator = Migrator::new(&PROJECT, &mut db);
    assert_eq!(migrator.probe(Apply::All).unwrap(), []);
    migrator.apply(Apply::All).unwrap();
    drop(migrator);
    run(&db, "INSERT INTO users (email) VALUES ('a')");
    let plan = Migrator::new(&PROJECT, &mut db).plan_rollback(Rollback::All).unwrap();
    let found: Vec<(&str, i64)> = plan
        .iter()
        .flat_map(|planned| &planned.probes)
        .map(|probed| (probed.name.as_str(), probed.count))
        .collect();
    assert_eq!(found, [("WHD101:users", 1)]);
}
