//! Migrations that let programs go on: nobody is kept waiting, and whatever is cut short is neither taken for
//! done nor done twice.

mod project;

use std::thread;
use std::time::{Duration, Instant};

use whimbrel::{Apply, Error, Migrator, Report, Rollback};

use self::project::{INDEX, LATE, ONLINE, TIGHTEN};
use crate::engine::engines;
use crate::support::servers::{Fresh, MariaDb, Postgres, Server as _, Speaks};

/// A database with the tables and three users.
fn filled<S: Speaks>(to: &'static str) -> Option<(Fresh<S>, S::Client)> {
    let database = S::fresh()?;
    apply(&database.url(), Apply::To("0001_create")).unwrap();
    let mut client = database.connect();
    does::<S>(
        &mut client,
        "INSERT INTO users (email, age) VALUES ('ada@x', 36), ('bob@x', NULL), ('eve@x', 0)",
    );
    does::<S>(&mut client, "INSERT INTO posts (user_id) VALUES (1), (1), (3)");
    apply(&database.url(), Apply::To(to)).unwrap();
    Some((database, client))
}

fn apply(url: &str, to: Apply<'_>) -> Result<Report, Error> {
    Migrator::open(&ONLINE, url, ".").unwrap().jump(false).apply(to)
}

fn does<S: Speaks>(client: &mut S::Client, sql: &str) {
    S::does(client, sql).unwrap_or_else(|error| panic!("{}: {error} in: {sql}", S::NAME));
}

fn texts<S: Speaks>(client: &mut S::Client, sql: &str) -> Vec<String> {
    let rows = S::texts(client, sql).unwrap_or_else(|error| panic!("{}: {error} in: {sql}", S::NAME));
    rows.into_iter().flatten().map(|cell| cell.unwrap_or_else(|| "NULL".to_owned())).collect()
}

/// Waits until a query has a row.
fn until<S: Speaks>(client: &mut S::Client, sql: &str) {
    let began = Instant::now();
    while texts::<S>(client, sql).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not come to this: {sql}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The state of the index: its number and whether it is valid.
const STATE: &str =
    "SELECT indexrelid || ' ' || indisvalid FROM pg_index WHERE indexrelid = to_regclass('users_email_idx')";
/// The session that builds an index, as soon as it waits for others.
const BUILDS: &str = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE UNIQUE INDEX CONCURRENTLY%' \
                      AND wait_event_type = 'Lock' AND datname = current_database() AND pid <> pg_backend_pid()";

#[test]
fn there_and_back_on_every_database() {
    for mut engine in engines() {
        let (name, url) = (engine.name(), engine.url());
        apply(&url, Apply::To("0001_create")).unwrap();
        engine.run("INSERT INTO users (email, age) VALUES ('ada@x', 36), ('bob@x', NULL)").unwrap();
        engine.run("INSERT INTO posts (user_id) VALUES (1), (NULL)").unwrap();
        apply(&url, Apply::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            engine.table("users", "id, email, age, nick"),
            ["1|ada@x|36|NULL", "2|bob@x|0|NULL"],
            "{name}"
        );
        assert_eq!(engine.table("posts", "user_id, mood"), ["1|late", "NULL|late"], "{name}");
        for broken in [
            "INSERT INTO users (email, age) VALUES ('ada@x', 1)",
            "INSERT INTO users (email, age) VALUES ('fay@x', -1)",
            "INSERT INTO users (email, age) VALUES ('fay@x', NULL)",
        ] {
            assert!(engine.run(broken).is_err(), "{name} takes {broken}");
        }
        if name != "SQLite" {
            engine.run("INSERT INTO posts (user_id) VALUES (77)").unwrap_err();
        }
        let mut migrator = Migrator::open(&ONLINE, &url, ".").unwrap();
        migrator.rollback(Rollback::To("0001_create")).unwrap_or_else(|error| panic!("{name}: {error}"));
        engine.run("INSERT INTO users (email, age) VALUES ('fay@x', NULL)").unwrap();
        migrator.apply(Apply::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(migrator.is_current().unwrap(), "{name}");
    }
}

#[test]
fn readers_and_writers_go_on_while_an_index_is_built() {
    let Some((database, mut client)) = filled::<Postgres>("0001_create") else { return };
    let url = database.url();
    let mut reader = database.connect();
    does::<Postgres>(&mut reader, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    assert_eq!(texts::<Postgres>(&mut reader, "SELECT count(*) FROM users"), ["3"]);
    thread::scope(|scope| {
        let build = scope.spawn(|| apply(&url, Apply::To(INDEX)));
        until::<Postgres>(&mut client, BUILDS);
        // Longer than any statement of a migration waits for a lock.
        let began = Instant::now();
        does::<Postgres>(&mut client, "SET lock_timeout = '500ms'");
        while began.elapsed() < Duration::from_secs(4) {
            does::<Postgres>(&mut client, "INSERT INTO users (email) VALUES (gen_random_uuid()::text)");
            does::<Postgres>(&mut client, "UPDATE users SET age = 1 WHERE email = 'bob@x'");
            texts::<Postgres>(&mut client, "SELECT * FROM users");
            assert!(!build.is_finished());
            thread::sleep(Duration::from_millis(50));
        }
        does::<Postgres>(&mut reader, "COMMIT");
        build.join().unwrap().unwrap();
    });
    assert!(texts::<Postgres>(&mut client, STATE)[0].ends_with(" true"));
}

/// Duplicates that are there before are found before anything is done, with the keys of some of them.
#[test]
fn duplicates_are_told_before_an_index_is_built() {
    duplicates_are_told::<Postgres>();
    duplicates_are_told::<MariaDb>();
}

fn duplicates_are_told<S: Speaks>() {
    let Some((database, mut client)) = filled::<S>("0001_create") else { return };
    does::<S>(&mut client, "INSERT INTO users (email) VALUES ('ada@x')");
    let error = apply(&database.url(), Apply::To(INDEX)).unwrap_err().to_string();
    assert!(error.contains("WHM301:users.users_email_idx") && error.contains("in users: 1; 4"), "{error}");
    assert!(error.contains("nothing was done"), "{error}");
}

/// E02: building an index waits for every transaction that is open. Those who wait for the lock have none, or neither would
/// come to an end.
#[test]
fn who_waits_for_the_lock_keeps_no_index_from_being_built() {
    let Some((database, mut client)) = filled::<Postgres>("0001_create") else { return };
    let url = database.url();
    thread::scope(|scope| {
        let together: Vec<_> = (0..4).map(|_| scope.spawn(|| apply(&url, Apply::All))).collect();
        for one in together {
            one.join().unwrap().unwrap();
        }
    });
    let events = texts::<Postgres>(&mut client, "SELECT count(*) FROM whimbrel_history");
    assert_eq!(events, [ONLINE.migrations.len().to_string()]);
    assert!(texts::<Postgres>(&mut client, STATE)[0].ends_with("true"));
}

/// D04: duplicates that come while it is built leave an invalid index behind, which is removed at once.
#[test]
fn an_index_that_failed_is_removed_and_built_when_its_rows_are_mended() {
    let Some((database, mut client)) = filled::<Postgres>("0001_create") else { return };
    let url = database.url();
    let mut writer = database.connect();
    // Nobody sees the row yet, and the index waits for whoever writes.
    does::<Postgres>(&mut writer, "BEGIN");
    does::<Postgres>(&mut writer, "INSERT INTO users (email) VALUES ('ada@x')");
    let failed = thread::scope(|scope| {
        let build = scope.spawn(|| apply(&url, Apply::To(INDEX)));
        until::<Postgres>(&mut client, BUILDS);
        does::<Postgres>(&mut writer, "COMMIT");
        build.join().unwrap().unwrap_err().to_string()
    });
    assert!(failed.contains("Key (email)=(ada@x) is duplicated"), "{failed}");
    assert_eq!(texts::<Postgres>(&mut client, STATE), [""; 0], "nothing is left");
    // Nothing is underway either: the migration can still be edited.
    assert_eq!(Migrator::open(&ONLINE, &url, ".").unwrap().status().unwrap().underway, None);
    does::<Postgres>(&mut client, "DELETE FROM users WHERE id = 4");
    apply(&url, Apply::To(INDEX)).unwrap();
    assert!(texts::<Postgres>(&mut client, STATE)[0].ends_with(" true"));
}

/// D04: what was cut short leaves an index that is not one; the next run removes it and builds another.
#[test]
fn an_index_that_was_cut_short_is_never_taken_for_one() {
    let Some((database, mut client)) = filled::<Postgres>("0001_create") else { return };
    let url = database.url();
    let invalid = cut_short(&database, &mut client);
    assert!(invalid.ends_with(" false"), "{invalid}");
    apply(&url, Apply::To(INDEX)).unwrap();
    let valid = texts::<Postgres>(&mut client, STATE).concat();
    assert!(valid.ends_with(" true"), "{valid}");
    assert_ne!(invalid.split(' ').next(), valid.split(' ').next());
    assert_eq!(texts::<Postgres>(&mut client, "SELECT count(*) FROM whimbrel_history"), ["2"]);
}

/// What the server completed after its client was gone is not done again.
#[test]
fn an_index_that_was_built_in_the_end_is_not_built_again() {
    let Some((database, mut client)) = filled::<Postgres>("0001_create") else { return };
    let url = database.url();
    cut_short(&database, &mut client);
    does::<Postgres>(&mut client, "DROP INDEX users_email_idx");
    does::<Postgres>(&mut client, "CREATE UNIQUE INDEX users_email_idx ON users (email)");
    let built = texts::<Postgres>(&mut client, STATE);
    apply(&url, Apply::To(INDEX)).unwrap();
    assert_eq!(texts::<Postgres>(&mut client, STATE), built);
    // The same the other way: a drop that was cut short is taken up, wherever it stopped.
    let mut reader = database.connect();
    does::<Postgres>(&mut reader, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    texts::<Postgres>(&mut reader, "SELECT * FROM users");
    let drops = BUILDS.replace("CREATE UNIQUE INDEX", "DROP INDEX");
    thread::scope(|scope| {
        let back = scope.spawn(|| Migrator::open(&ONLINE, &url, ".").unwrap().rollback(Rollback::Steps(1)));
        until::<Postgres>(&mut client, &drops);
        let sql = format!("SELECT pg_terminate_backend(pid) FROM ({drops}) AS found");
        texts::<Postgres>(&mut client, &sql);
        back.join().unwrap().unwrap_err();
    });
    does::<Postgres>(&mut reader, "COMMIT");
    let cut = texts::<Postgres>(&mut client, STATE).concat();
    assert!(cut.ends_with(" false"), "{cut}");
    Migrator::open(&ONLINE, &url, ".").unwrap().rollback(Rollback::Steps(1)).unwrap();
    assert_eq!(texts::<Postgres>(&mut client, STATE), [""; 0]);
}

/// Ends the session that builds the index while it does, and returns the state of what it leaves.
fn cut_short(
    database: &Fresh<Postgres>,
    client: &mut <Postgres as crate::support::servers::Server>::Client,
) -> String {
    let url = database.url();
    let mut reader = database.connect();
    does::<Postgres>(&mut reader, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    texts::<Postgres>(&mut reader, "SELECT * FROM users");
    let lost = thread::scope(|scope| {
        let build = scope.spawn(|| apply(&url, Apply::To(INDEX)));
        until::<Postgres>(client, BUILDS);
        let sql = format!("SELECT pg_terminate_backend(pid) FROM ({BUILDS}) AS found");
        texts::<Postgres>(client, &sql);
        build.join().unwrap().unwrap_err().to_string()
    });
    does::<Postgres>(&mut reader, "COMMIT");
    assert!(lost.contains("the migration is not finished; run this again"), "{lost}");
    let underway = Migrator::open(&ONLINE, &url, ".").unwrap().status().unwrap().underway;
    assert!(underway.is_some(), "the database says so");
    texts::<Postgres>(client, STATE).concat()
}

/// Rows that break a foreign key and come while it is added are found by the look at them, and once they are
/// mended the migration goes on from there.
#[test]
fn a_foreign_key_is_validated_once_its_rows_are_mended() {
    a_foreign_key_is_looked_after::<Postgres>("is not present in table");
    a_foreign_key_is_looked_after::<MariaDb>("reference nothing by foreign key `posts_user_fkey`: 4");
}

fn a_foreign_key_is_looked_after<S: Speaks>(words: &str)
where
    S::Client: Send,
{
    let Some((database, mut client)) = filled::<S>(INDEX) else { return };
    let url = database.url();
    let mut writer = database.connect();
    does::<S>(&mut writer, "BEGIN");
    does::<S>(&mut writer, "INSERT INTO posts (user_id) VALUES (77)");
    let failed = thread::scope(|scope| {
        let tighten = scope.spawn(|| apply(&url, Apply::To(TIGHTEN)));
        // The alteration waits for whoever writes; what it has asked before is out of date.
        thread::sleep(Duration::from_secs(1));
        does::<S>(&mut writer, "COMMIT");
        tighten.join().unwrap().unwrap_err().to_string()
    });
    assert!(failed.contains(words), "{}: {failed}", S::NAME);
    assert!(failed.contains("it goes on from there"), "{}: {failed}", S::NAME);
    // No more of them come.
    S::does(&mut client, "INSERT INTO posts (user_id) VALUES (78)").unwrap_err();
    // Nor is it gone over: the rows are looked at again.
    let again = apply(&url, Apply::To(TIGHTEN)).unwrap_err().to_string();
    assert!(again.contains(words) || again.contains("WHM304:posts.posts_user_fkey"), "{}: {again}", S::NAME);
    does::<S>(&mut client, "UPDATE posts SET user_id = 1 WHERE user_id = 77");
    apply(&url, Apply::To(TIGHTEN)).unwrap_or_else(|error| panic!("{}: {error}", S::NAME));
    if S::NAME == Postgres::NAME {
        let open = "SELECT conname FROM pg_constraint WHERE NOT convalidated OR conname LIKE 'whimbrel_new%'";
        assert_eq!(texts::<S>(&mut client, open), [""; 0]);
    }
}

/// A value is used by the migration that adds it, and after a crash between the two neither is done twice.
#[test]
fn a_value_is_added_before_it_is_used() {
    let Some((database, mut client)) = filled::<Postgres>(TIGHTEN) else { return };
    let url = database.url();
    // What uses it has to wait, and then fails.
    does::<Postgres>(
        &mut client,
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$",
    );
    does::<Postgres>(
        &mut client,
        "CREATE TRIGGER no BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION no()",
    );
    let failed = apply(&url, Apply::To(LATE)).unwrap_err().to_string();
    assert!(failed.contains("not now"), "{failed}");
    let labels = "SELECT enumlabel FROM pg_enum ORDER BY enumsortorder";
    assert_eq!(texts::<Postgres>(&mut client, labels), ["calm", "late"]);
    does::<Postgres>(&mut client, "DROP TRIGGER no ON posts");
    apply(&url, Apply::To(LATE)).unwrap();
    assert_eq!(texts::<Postgres>(&mut client, "SELECT DISTINCT mood::text FROM posts"), ["late"]);
    assert_eq!(texts::<Postgres>(&mut client, labels), ["calm", "late"]);
}

/// What would copy the table after all is refused before anything is done.
#[test]
fn mariadb_refuses_to_copy_a_table() {
    let Some((database, mut client)) = filled::<MariaDb>(LATE) else { return };
    let url = database.url();
    // Somebody has stored it in another way, of which no schema knows.
    does::<MariaDb>(&mut client, "ALTER TABLE users ROW_FORMAT = COMPRESSED");
    let refused = apply(&url, Apply::All).unwrap_err().to_string();
    assert!(refused.contains("ALGORITHM=INSTANT is not supported"), "{refused}");
    let columns = "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() \
                   AND table_name = 'users' ORDER BY ordinal_position";
    assert_eq!(texts::<MariaDb>(&mut client, columns), ["id", "email", "age"]);
    assert_eq!(Migrator::open(&ONLINE, &url, ".").unwrap().status().unwrap().underway, None);
    does::<MariaDb>(&mut client, "ALTER TABLE users ROW_FORMAT = DYNAMIC");
    apply(&url, Apply::All).unwrap();
    assert_eq!(texts::<MariaDb>(&mut client, columns), ["id", "email", "age", "nick"]);
}
