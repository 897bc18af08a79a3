//! Row structs, read by each driver: what was loaded is what fixtures say.

use std::fmt::Debug;

use generated_example::db::{EmailAnalysesRow, EmailsRow, PROJECT, UsersRow, fixtures};
use mysql::prelude::Queryable as _;
use rusqlite::Connection;
use whimbrel::row::{FromRow, value};
use whimbrel::seed::{Scope, Seeder};
use whimbrel::{Apply, Migrator, chrono, jiff};

use crate::support::servers::{MariaDb, Postgres, Server};

fn load(url: &str) {
    let mut migrator = Migrator::open(&PROJECT, url, ".").unwrap();
    migrator.apply(Apply::All).unwrap();
    Seeder::new(migrator).unwrap().run(Scope::Set("fixtures")).unwrap();
}

const MAILS: &str = "SELECT * FROM emails ORDER BY id";
const USERS: &str = "SELECT * FROM users";
const ANALYSES: &str = "SELECT * FROM email_analyses ORDER BY email_id";
const TIME: &str = "SELECT received_at FROM emails ORDER BY id LIMIT 1";

/// The rows, and the first time as two crates read it.
type Read =
    (Vec<EmailsRow>, Vec<UsersRow>, Vec<EmailAnalysesRow>, jiff::Timestamp, chrono::DateTime<chrono::Utc>);

fn is_what_was_loaded(name: &str, (mails, users, analyses, jiff, chrono): Read) {
    let expected = [
        fixtures::emails::welcome(),
        fixtures::emails::empty_body(),
        fixtures::emails::without_body(),
        fixtures::emails::long_subject(),
        fixtures::emails::many_scripts(),
        fixtures::emails::not_analysed(),
    ];
    assert_eq!(mails, expected, "{name}");
    assert_eq!(users, [fixtures::users::tess()], "{name}");
    let expected = [fixtures::email_analyses::welcome(), fixtures::email_analyses::many_scripts()];
    assert_eq!(analyses, expected, "{name}");
    let written = format!("{}Z", mails[0].received_at.replace(' ', "T"));
    assert_eq!(jiff.to_string(), written, "{name}");
    assert_eq!(chrono.timestamp(), jiff.as_second(), "{name}");
}

#[test]
fn rows_of_sqlite_are_the_fixtures() {
    fn all<T: FromRow>(connection: &Connection, sql: &str) -> Vec<T> {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| T::from_row(row)).unwrap();
        rows.map(Result::unwrap).collect()
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    load(&format!("sqlite:{}", file.path().display()));
    let connection = Connection::open(file.path()).unwrap();
    let jiff = connection.query_row(TIME, [], |row| value(row, "received_at")).unwrap();
    let chrono = connection.query_row(TIME, [], |row| value(row, "received_at")).unwrap();
    let read = (all(&connection, MAILS), all(&connection, USERS), all(&connection, ANALYSES), jiff, chrono);
    is_what_was_loaded("SQLite", read);
}

#[test]
fn rows_of_postgres_are_the_fixtures() {
    fn all<T: FromRow>(client: &mut postgres::Client, sql: &str) -> Vec<T> {
        client.query(sql, &[]).unwrap().iter().map(|row| T::from_row(row).unwrap()).collect()
    }
    let Some(server) = Postgres::fresh() else { return };
    load(&server.url());
    let mut client = server.connect();
    let row = client.query_one(TIME, &[]).unwrap();
    let (jiff, chrono) = (value(&row, "received_at").unwrap(), value(&row, "received_at").unwrap());
    let read = (all(&mut client, MAILS), all(&mut client, USERS), all(&mut client, ANALYSES), jiff, chrono);
    is_what_was_loaded("PostgreSQL", read);
    let row =
        client.query_one("SELECT 1::bigint AS id, NULL::text AS email, point(1, 2) AS place", &[]).unwrap();
    let missing = UsersRow::from_row(&row).unwrap_err();
    assert!(missing.to_string().contains("of table `users`"), "{missing}");
    let wrong = value::<String, _>(&row, "place").unwrap_err();
    assert!(wrong.to_string().contains("CAST it to text"), "{wrong}");
}

#[test]
fn rows_of_mariadb_are_the_fixtures() {
    // What comes as text is what a prepared statement gives.
    fn all<T: FromRow + PartialEq + Debug>(client: &mut mysql::Conn, sql: &str) -> Vec<T> {
        let [texts, prepared]: [Vec<mysql::Row>; 2] =
            [client.query(sql).unwrap(), client.exec(sql, ()).unwrap()];
        let read = |rows: Vec<mysql::Row>| rows.iter().map(|row| T::from_row(row).unwrap()).collect();
        let (texts, prepared): (Vec<T>, Vec<T>) = (read(texts), read(prepared));
        assert_eq!(texts, prepared);
        prepared
    }
    let Some(server) = MariaDb::fresh() else { return };
    load(&server.url());
    let mut client = server.connect();
    let row: mysql::Row = client.query_first(TIME).unwrap().unwrap();
    let (jiff, chrono) = (value(&row, "received_at").unwrap(), value(&row, "received_at").unwrap());
    let read = (all(&mut client, MAILS), all(&mut client, USERS), all(&mut client, ANALYSES), jiff, chrono);
    is_what_was_loaded("MariaDB", read);
    let half = "SELECT CAST('2026-01-01 00:00:00.5' AS datetime(1)) AS half";
    let row: mysql::Row = client.query_first(half).unwrap().unwrap();
    assert_eq!(value::<String, _>(&row, "half").unwrap(), "2026-01-01 00:00:00.500000");
    let mut row: mysql::Row = client.query_first("SELECT 7 AS id").unwrap().unwrap();
    let _: Option<mysql::Value> = row.take(0);
    let gone = value::<i64, _>(&row, "id").unwrap_err();
    assert!(gone.to_string().contains("cannot be read"), "{gone}");
}
