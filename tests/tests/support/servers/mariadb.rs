//! MariaDB.

use std::sync::Once;

use mysql::prelude::Queryable as _;

use super::{PREFIX, Server};

/// The server of `WHIMBREL_TEST_MARIADB_URL`.
pub(crate) enum MariaDb {}

impl Server for MariaDb {
    const NAME: &'static str = "MariaDB";
    const VARIABLE: &'static str = "WHIMBREL_TEST_MARIADB_URL";
    type Client = mysql::Conn;
    type Error = mysql::Error;

    fn connect(url: &str) -> Result<Self::Client, Self::Error> {
        mysql::Conn::new(mysql::Opts::from_url(url)?)
    }

    fn databases(client: &mut Self::Client) -> Result<Vec<String>, Self::Error> {
        let sql =
            "SELECT schema_name FROM information_schema.schemata WHERE LEFT(schema_name, CHAR_LENGTH(?)) = ?";
        client.exec(sql, (PREFIX, PREFIX))
    }

    fn run(client: &mut Self::Client, sql: &str) -> Result<(), Self::Error> {
        client.query_drop(sql)
    }

    fn drop_statement(database: &str) -> String {
        format!("DROP DATABASE IF EXISTS {database}")
    }

    fn swept() -> &'static Once {
        static SWEPT: Once = Once::new();
        &SWEPT
    }
}
