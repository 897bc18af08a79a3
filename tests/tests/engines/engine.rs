//! A database of a test, on any server or in a file.

use std::fmt::Display;

use generated_example::db::PROJECT;
use tempfile::TempDir;
use whimbrel::Migrator;

use crate::support::servers::{Fresh, MariaDb, Postgres, Speaks};

/// A database with the tables of the example, or those to come.
pub(crate) trait Engine {
    /// The name of the kind of database.
    fn name(&self) -> &'static str;
    /// The URL, with the password.
    fn url(&self) -> String;
    /// Runs a statement that no migration has.
    fn run(&mut self, sql: &str) -> Result<(), String>;
    /// The rows of a query as text, NULL as that word.
    fn rows(&mut self, sql: &str) -> Vec<String>;
    /// All of a table in the order of all of its columns.
    fn table(&mut self, table: &str, columns: &str) -> Vec<String> {
        let mut rows = self.rows(&format!("SELECT {columns} FROM {table}"));
        rows.sort();
        rows
    }

    /// A migrator on a connection of its own.
    fn migrator(&self) -> Migrator<'static> {
        Migrator::open(&PROJECT, &self.url(), ".").unwrap()
    }
}

/// Databases of every kind that can be had here, with nothing in them.
pub(crate) fn engines() -> Vec<Box<dyn Engine>> {
    let file: Box<dyn Engine> = Box::new(File::new());
    let servers = [on_server::<Postgres>(), on_server::<MariaDb>()];
    [file].into_iter().chain(servers.into_iter().flatten()).collect()
}

fn on_server<S: Speaks + 'static>() -> Option<Box<dyn Engine>>
where
    S::Client: 'static,
{
    S::fresh()
        .map(|database| Box::new(OnServer::<S> { client: database.connect(), database }) as Box<dyn Engine>)
}

struct File {
    directory: TempDir,
}

impl File {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn connect(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.directory.path().join("mail.db")).unwrap()
    }
}

impl Engine for File {
    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn url(&self) -> String {
        format!("sqlite:{}", self.directory.path().join("mail.db").display())
    }

    fn run(&mut self, sql: &str) -> Result<(), String> {
        self.connect().execute_batch(sql).map_err(worded)
    }

    fn rows(&mut self, sql: &str) -> Vec<String> {
        let connection = self.connect();
        let rows = crate::support::database::query(&connection, sql);
        rows.into_iter().map(|row| row.iter().map(text).collect::<Vec<_>>().join("|")).collect()
    }
}

fn text(value: &rusqlite::types::Value) -> String {
    use rusqlite::types::Value;
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!("{bytes:02x?}"),
    }
}

struct OnServer<S: Speaks> {
    client: S::Client,
    // Dropped last, after its connection.
    database: Fresh<S>,
}

impl<S: Speaks> Engine for OnServer<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn url(&self) -> String {
        self.database.url()
    }

    fn run(&mut self, sql: &str) -> Result<(), String> {
        S::does(&mut self.client, sql).map_err(|error| format!("{}: {error} in: {sql}", S::NAME))
    }

    fn rows(&mut self, sql: &str) -> Vec<String> {
        let rows =
            S::texts(&mut self.client, sql).unwrap_or_else(|error| panic!("{}: {error} in: {sql}", S::NAME));
        let cell = |cell: Option<String>| cell.unwrap_or_else(|| "NULL".to_owned());
        rows.into_iter().map(|row| row.into_iter().map(cell).collect::<Vec<_>>().join("|")).collect()
    }
}

fn worded(error: impl Display) -> String {
    error.to_string()
}
