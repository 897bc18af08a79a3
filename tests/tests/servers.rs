//! The databases on real servers that tests get: each alone, and gone afterwards.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::time::Duration;

use mysql::prelude::Queryable as _;
use support::servers::{Fresh, MariaDb, Postgres, Server, Wanted, sweep, wanted, with_database};

#[test]
fn postgres_answers() {
    let Some(database) = Postgres::fresh() else { return };
    let row = database.connect().query_one("SELECT 1, current_database()::text", &[]).unwrap();
    assert_eq!((row.get::<_, i32>(0), row.get::<_, &str>(1)), (1, database.name()));
}

#[test]
fn mariadb_answers() {
    let Some(database) = MariaDb::fresh() else { return };
    let row: Option<(i32, String)> = database.connect().query_first("SELECT 1, DATABASE()").unwrap();
    assert_eq!(row, Some((1, database.name().to_owned())));
}

#[test]
fn postgres_gives_each_test_its_own() {
    each_has_its_own::<Postgres>();
}

#[test]
fn mariadb_gives_each_test_its_own() {
    each_has_its_own::<MariaDb>();
}

#[test]
fn postgres_is_left_as_it_was() {
    is_left_as_it_was::<Postgres>();
}

#[test]
fn mariadb_is_left_as_it_was() {
    is_left_as_it_was::<MariaDb>();
}

#[test]
fn postgres_is_swept() {
    is_swept::<Postgres>();
}

#[test]
fn mariadb_is_swept() {
    is_swept::<MariaDb>();
}

/// Two tests at a time may use the same names.
fn each_has_its_own<S: Server>() {
    let Some(one) = S::fresh() else { return };
    let other = S::fresh().unwrap();
    for database in [&one, &other] {
        S::run(&mut database.connect(), "CREATE TABLE notes (id bigint PRIMARY KEY)").ok().unwrap();
    }
    assert_ne!(one.url(), other.url());
}

/// A database goes with its test, also when the test has failed and left a connection open.
fn is_left_as_it_was<S: Server>() {
    let Some(witness) = S::fresh() else { return };
    let name = std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::channel();
        let failing = scope.spawn(move || {
            let database = S::fresh().unwrap();
            let connection = database.connect();
            sender.send((database.name().to_owned(), exists(&database, database.name()))).unwrap();
            // Outlives the database, because it is dropped after it.
            let _order = (database, connection);
            std::panic::resume_unwind(Box::new("a test that fails"));
        });
        let (name, existed) = receiver.recv().unwrap();
        assert!(existed, "{name} is not there while its test runs");
        failing.join().unwrap_err();
        name
    });
    assert!(!exists(&witness, &name), "{name} is still there");
}

/// What a killed test has left goes; what a running one uses, and what is no test's, stays.
fn is_swept<S: Server>() {
    let Some(running) = S::fresh() else { return };
    let process = std::process::id();
    let (old, foreign) = (format!("whimbrel_test_1_{process}_0"), format!("whimbrel_test_kept_{process}"));
    let mut client = running.connect();
    for name in [&old, &foreign] {
        S::run(&mut client, &format!("CREATE DATABASE {name}")).ok().unwrap();
    }
    sweep::<S>(&mut client, Duration::from_secs(2));
    let found = [&old, &foreign, running.name()].map(|name| exists(&running, name));
    S::run(&mut client, &S::drop_statement(&foreign)).ok().unwrap();
    assert_eq!(found, [false, true, true]);
}

fn exists<S: Server>(database: &Fresh<S>, name: &str) -> bool {
    S::databases(&mut database.connect()).ok().unwrap().iter().any(|found| found == name)
}

#[test]
fn a_test_without_its_server_is_skipped_unless_servers_are_required() {
    let decide = |url: Option<&str>, policy: Option<&str>| {
        wanted("PostgreSQL", "URL", |name| {
            let value = if name == "URL" { url } else { policy };
            value.map(str::to_owned)
        })
    };
    assert_eq!(decide(Some("postgres://x"), None), Wanted::At("postgres://x".to_owned()));
    assert_eq!(decide(Some("postgres://x"), Some("required")), Wanted::At("postgres://x".to_owned()));
    let skipped =
        |wanted| matches!(wanted, Wanted::Skipped(words) if words.contains("ci/servers run cargo test"));
    assert!(skipped(decide(None, None)));
    assert!(skipped(decide(Some(""), Some(""))));
    assert!(
        matches!(decide(None, Some("required")), Wanted::Missing(words) if words.contains("ci/servers run"))
    );
    assert!(matches!(decide(Some("postgres://x"), Some("yes")), Wanted::Missing(_)));
}

#[test]
fn a_url_keeps_all_but_its_database() {
    let at = |url: &str| with_database(url, "next");
    assert_eq!(at("postgres://u:p@127.0.0.1:5432/previous"), "postgres://u:p@127.0.0.1:5432/next");
    assert_eq!(at("postgres://u:p%2F@host?sslmode=disable"), "postgres://u:p%2F@host/next?sslmode=disable");
    assert_eq!(at("mysql://u@[::1]:3306/previous?a=b/c"), "mysql://u@[::1]:3306/next?a=b/c");
}
