//! What a database consists of, read as a schema.
//!
//! ```
//! # #[cfg(feature = "sqlite")] {
//! let connection = rusqlite::Connection::open_in_memory()?;
//! connection.execute_batch("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")?;
//! let found = whimbrel::introspect::sqlite(&connection)?;
//! let notes = found.schema.table("notes").unwrap();
//! assert_eq!(notes.key_columns()[0], "id");
//! assert!(notes.options.sqlite.strict && found.unmanaged.is_empty());
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::path::Path;

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use crate::driver::Driver as _;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use crate::driver::Fault;
#[cfg(feature = "mysql")]
use crate::driver::Mysql;
#[cfg(feature = "postgres")]
use crate::driver::Postgres;
#[cfg(feature = "sqlite")]
use crate::driver::Sqlite;
use crate::url::Url;
use crate::{Error, ErrorKind};

#[cfg(any(feature = "postgres", feature = "mysql"))]
use whimbrel_schema::Schema;
pub use whimbrel_schema::{Dialect, Introspected};

/// Reads everything in the schema `main` of a database of SQLite, but SQLite's own tables and those of
/// whimbrel. Nothing is written.
///
/// [`Introspected::against`] compares it with the schema that it should have.
///
/// # Errors
///
/// If the database cannot be read at all. An object that cannot be understood is in
/// [`unmanaged`](Introspected::unmanaged) instead.
#[cfg(feature = "sqlite")]
pub fn sqlite(connection: &rusqlite::Connection) -> Result<Introspected, Error> {
    Sqlite::reading(connection).introspect().map_err(unread)
}

/// Reads everything in the first schema of the `search_path` of a database of PostgreSQL, but what
/// belongs to whimbrel. Nothing is written.
///
/// # Errors
///
/// As for [`sqlite`].
#[cfg(feature = "postgres")]
pub fn postgres(client: &mut postgres::Client) -> Result<Introspected, Error> {
    Postgres::on(client)?.introspect().map_err(unread)
}

/// Reads everything in the database of a connection to MariaDB or MySQL, but what belongs to whimbrel.
/// Nothing is written.
///
/// # Errors
///
/// As for [`sqlite`].
#[cfg(feature = "mysql")]
pub fn mysql(connection: &mut mysql::Conn) -> Result<Introspected, Error> {
    Mysql::on(connection)?.introspect().map_err(unread)
}

/// Connects to the database of a URL, and reads everything in it but what belongs to whimbrel. The path of a
/// file is relative to `base`. Nothing is written, and no file is created.
///
/// ```
/// # #[cfg(feature = "sqlite")] {
/// let (dialect, found) = whimbrel::introspect::url("sqlite::memory:", ".")?;
/// assert_eq!(dialect, whimbrel::introspect::Dialect::Sqlite);
/// assert!(found.schema.tables.is_empty());
/// # }
/// # Ok::<(), whimbrel::Error>(())
/// ```
///
/// # Errors
///
/// If the URL is none, if there is no such database, or if it cannot be read.
pub fn url(url: &str, base: impl AsRef<Path>) -> Result<(Dialect, Introspected), Error> {
    let (url, base) = (Url::parse(url)?, base.as_ref());
    if let Some(path) = url.file(base).filter(|path| !path.is_file()) {
        return Err(Error::new(ErrorKind::Usage, format!("there is no database at {}", path.display()))
            .help("a path that is not absolute is looked for in the directory of the package"));
    }
    let mut driver = url.connect(base)?;
    let found = driver.introspect();
    let found = found.map_err(|fault| Error::from(fault).context("the database cannot be read"))?;
    Ok((driver.capabilities().dialect, found))
}

/// A schema in the spelling of a database of PostgreSQL, to be [compared](Introspected::against) with what was
/// found in it.
///
/// PostgreSQL keeps no SQL but what it understood of it: `a IN (1, 2)` becomes `a = ANY (ARRAY[1, 2])`. Where
/// a text of the schema and one that was found may mean the same, the server is asked: the text of the schema
/// is put into a temporary table or view, over what the database has, and read back. All of that
/// happens in a transaction, or in a part of the one that is open, which is then undone.
///
/// # Errors
///
/// If the database cannot be read, or makes no temporary tables: there it cannot be said what differs.
#[cfg(feature = "postgres")]
pub fn spelled_by_postgres(
    client: &mut postgres::Client,
    expected: &Schema,
    found: &Introspected,
) -> Result<Schema, Error> {
    Postgres::on(client)?.respell(expected, found).map_err(unread)
}

/// A schema in the spelling of a database of MariaDB or MySQL, to be [compared](Introspected::against) with
/// what was found in it.
///
/// As [`spelled_by_postgres`], except that there are no temporary views: they are made under names of
/// their own (`whimbrel_trial_...`), read and dropped one after the other. A transaction that is open is
/// committed by that, so nothing should be open.
///
/// # Errors
///
/// If the database cannot be read, or makes no temporary tables or views.
#[cfg(feature = "mysql")]
pub fn spelled_by_mysql(
    connection: &mut mysql::Conn,
    expected: &Schema,
    found: &Introspected,
) -> Result<Schema, Error> {
    Mysql::on(connection)?.respell(expected, found).map_err(unread)
}

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
fn unread(fault: Fault) -> Error {
    Error::from(fault).context("the database cannot be read")
}
