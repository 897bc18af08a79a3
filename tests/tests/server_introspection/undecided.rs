//! A server that does not answer says nothing of what it was asked.

use whimbrel::introspect;
use whimbrel_schema::{Dialect, Sources, parse, validate};

use crate::support::servers::{Introspects as _, MariaDb, Postgres, Server as _, Speaks as _, drift};

const SQL: [&str; 2] =
    ["CREATE TABLE t (id bigint NOT NULL)", "CREATE VIEW v AS SELECT id FROM t WHERE id IN (1, 2)"];

const SCHEMA: &str =
    "[table.t.columns]\nid = 'bigint'\n[view.v]\nsql = 'SELECT id FROM t WHERE id IN (1, 2)'";

/// A trial of a view waits for the table that it reads, which somebody has locked, until the server ends it. Taken
/// for an answer, that would be a view that differs.
#[test]
fn a_trial_that_was_ended_is_no_difference() {
    let schema = |dialect| {
        let mut sources = Sources::default();
        let id = sources.add("undecided.toml", SCHEMA);
        validate(&[parse(&sources, id)], &[dialect]).schema
    };
    if let Some(database) = Postgres::fresh() {
        let schema = schema(Dialect::Postgres);
        let (mut client, mut other) = (database.connect(), database.connect());
        SQL.iter().for_each(|sql| Postgres::does(&mut client, sql).unwrap());
        let found = Postgres::introspect(&mut client);
        Postgres::does(&mut other, "BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE").unwrap();
        Postgres::does(&mut client, "SET statement_timeout = '300ms'").unwrap();
        let error = introspect::spelled_by_postgres(&mut client, &schema, &found).unwrap_err();
        assert!(error.to_string().contains("statement timeout"), "{error}");
        Postgres::does(&mut other, "ROLLBACK").unwrap();
        assert_eq!(drift::<Postgres>(&mut client, &schema), [""; 0]);
    }
    if let Some(database) = MariaDb::fresh() {
        let schema = schema(Dialect::Mysql);
        let (mut client, mut other) = (database.connect(), database.connect());
        let alike = "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
        MariaDb::does(&mut client, alike).unwrap();
        SQL.iter().for_each(|sql| MariaDb::does(&mut client, sql).unwrap());
        let found = MariaDb::introspect(&mut client);
        MariaDb::does(&mut other, "LOCK TABLES t WRITE").unwrap();
        MariaDb::does(&mut client, "SET SESSION max_statement_time = 0.3").unwrap();
        let error = introspect::spelled_by_mysql(&mut client, &schema, &found).unwrap_err();
        assert!(error.to_string().contains("max_statement_time"), "{error}");
        MariaDb::does(&mut other, "UNLOCK TABLES").unwrap();
        assert_eq!(drift::<MariaDb>(&mut client, &schema), [""; 0]);
    }
}
