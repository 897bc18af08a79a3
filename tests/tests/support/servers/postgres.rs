//! PostgreSQL.

use std::sync::Once;

use super::{PREFIX, Server};

/// The server of `WHIMBREL_TEST_POSTGRES_URL`.
pub(crate) enum Postgres {}

impl Server for Postgres {
    const NAME: &'static str = "PostgreSQL";
    const VARIABLE: &'static str = "WHIMBREL_TEST_POSTGRES_URL";
    type Client = postgres::Client;
    type Error = postgres::Error;

    fn connect(url: &str) -> Result<Self::Client, Self::Error> {
        postgres::Client::connect(url, postgres::NoTls)
    }

    fn databases(client: &mut Self::Client) -> Result<Vec<String>, Self::Error> {
        let sql = "SELECT datname::text FROM pg_database WHERE starts_with(datname::text, $1)";
        let rows = client.query(sql, &[&PREFIX])?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    fn run(client: &mut Self::Client, sql: &str) -> Result<(), Self::Error> {
        client.batch_execute(sql)
    }

    fn drop_statement(database: &str) -> String {
        format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    }

    fn swept() -> &'static Once {
        static SWEPT: Once = Once::new();
        &SWEPT
    }
}
