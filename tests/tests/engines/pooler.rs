//! Behind PgBouncer.

use generated_example::db::PROJECT;
use whimbrel::{Apply, ErrorKind, Migrator, Rollback};

use crate::support::servers::{Postgres, Server as _, Speaks as _, given, with_database};

/// E04: behind a pool that gives each transaction another session nothing is begun, although nobody else uses it and
/// the session happens to be the same each time.
#[test]
fn a_pool_of_transactions_is_refused() {
    let (Some(pool), Some(database)) = (given("PgBouncer", "WHIMBREL_TEST_PGBOUNCER_URL"), Postgres::fresh())
    else {
        return;
    };
    let url = with_database(&pool, database.name());
    let refused = |migrator: &mut Migrator<'_>| {
        let error = migrator.apply(Apply::All).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        let words = "help: migrate with the URL of the database itself, or through a pool in session mode";
        assert!(error.to_string().contains(words), "{error}");
    };
    refused(&mut Migrator::open(&PROJECT, &url, ".").unwrap());

    let (mut client, sql) =
        (database.connect(), "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'");
    assert_eq!(Postgres::texts(&mut client, sql).unwrap(), [[Some("0".to_owned())]], "something was begun");
    let sql = format!(
        "SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = oid)::text \
         FROM pg_database WHERE datname = '{}'",
        database.name()
    );
    assert_eq!(Postgres::texts(&mut client, &sql).unwrap(), [[Some("0".to_owned())]], "the lock was left");
    // What is read needs no lock.
    let mut migrator = Migrator::open(&PROJECT, &url, ".").unwrap();
    assert_eq!(migrator.pending().unwrap().len(), PROJECT.migrations.len());
    // The settings of the session are those that others of the pool find.
    let mut next = Postgres::connect(&url).unwrap();
    let settings = Postgres::texts(&mut next, "SELECT current_setting('row_security')").unwrap();
    assert_eq!(settings, [[Some("on".to_owned())]]);
}

#[test]
fn a_pool_of_sessions_is_a_database_like_any_other() {
    let (Some(pool), Some(database)) =
        (given("PgBouncer", "WHIMBREL_TEST_PGBOUNCER_SESSION_URL"), Postgres::fresh())
    else {
        return;
    };
    let url = with_database(&pool, database.name());
    let mut migrator = Migrator::open(&PROJECT, &url, ".").unwrap();
    migrator.apply(Apply::All).unwrap();
    migrator.rollback(Rollback::Steps(2)).unwrap();
    migrator.apply(Apply::All).unwrap();
    drop(migrator);
    let applied = Migrator::open(&PROJECT, &database.url(), ".").unwrap().status().unwrap().applied;
    assert_eq!(applied.len(), PROJECT.migrations.len());
}
