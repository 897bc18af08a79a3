//! Rows of the application's own queries, read as the row structs of the generated module `db`.
//!
//! For every table of the newest schema there is a struct such as `db::UsersRow`, whose `from_row`
//! takes a row of any driver. Values are found by the names of their columns, so the order of a query
//! does not matter; `UsersRow::COLUMNS` names all that are needed.
//!
//! ```
//! # #[cfg(feature = "sqlite")] {
//! # mod db {
//! #     use whimbrel::{Column, Table, row, types};
//! #     pub struct Users;
//! #     impl Table for Users { const NAME: &'static str = "users"; const VERSION: u32 = 1; }
//! #     impl Users {
//! #         pub const ID: Column<Self, types::BigInt> = Column::new("id");
//! #         pub const EMAIL: Column<Self, types::Text> = Column::new("email");
//! #     }
//! #     pub struct UsersRow { pub id: i64, pub email: String }
//! #     impl UsersRow {
//! #         pub fn from_row<R: row::Row>(row: &R) -> Result<Self, R::Error> {
//! #             Ok(Self { id: row::field(row, Users::ID)?, email: row::field(row, Users::EMAIL)? })
//! #         }
//! #     }
//! # }
//! use db::UsersRow;
//!
//! let connection = rusqlite::Connection::open_in_memory()?;
//! # connection.execute_batch("CREATE TABLE users (id INTEGER, email TEXT); INSERT INTO users VALUES (7, 'ada@example.com')")?;
//! let ada = connection.query_row("SELECT id, email FROM users", [], |row| UsersRow::from_row(row))?;
//! assert_eq!((ada.id, ada.email.as_str()), (7, "ada@example.com"));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Rows that are no table's, as of a join, are structs of the application that implement [`FromRow`].
//! Writing is left to SQL, or to `sea_query` with the feature `sea-query`.

mod error;
mod typed;

#[cfg(all(feature = "sqlite", feature = "sea-query"))]
pub mod sqlite {
    //! Queries of `sea_query` on SQLite.

    pub use crate::driver::bind;
}

pub use self::error::RowError;
pub(crate) use self::error::Wrong;
#[cfg(feature = "chrono")]
pub use self::typed::chrono;
#[cfg(feature = "serde_json")]
pub use self::typed::json;
use crate::scalar::{Content, Misread, Scalar};
use crate::token::{Column, Table};

/// A row of a result, of whatever driver.
///
/// `rusqlite::Row` is one with the feature `sqlite`, `postgres::Row` (which is that of `tokio_postgres` as well) with
/// `postgres`, and `mysql::Row` with `mysql`. Only this crate implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row that whimbrel can read",
    note = "rows of SQLite, PostgreSQL and MariaDB are, with the features `sqlite`, `postgres` and `mysql` of whimbrel, if they come from the same version of the driver"
)]
pub trait Row {
    /// What the driver's own functions fail with, or a [`RowError`] where nobody but the driver makes such errors.
    type Error: From<RowError>;

    /// How many columns the result has.
    #[doc(hidden)]
    fn width(&self) -> usize;

    /// The name of a column of the result.
    #[doc(hidden)]
    fn name(&self, index: usize) -> &str;

    /// The value in a column of the result.
    #[doc(hidden)]
    fn content(&self, index: usize) -> Result<Content, Misread>;
}

/// What can be read from a row: the generated row structs, and those that the application adds.
///
/// ```
/// # mod db {
/// #     use whimbrel::{Column, Table, types};
/// #     pub struct Users;
/// #     impl Table for Users { const NAME: &'static str = "users"; const VERSION: u32 = 1; }
/// #     impl Users { pub const EMAIL: Column<Self, types::Text> = Column::new("email"); }
/// # }
/// use whimbrel::row::{self, FromRow, Row};
///
/// /// `SELECT email, count(*) AS unread FROM users JOIN emails ..`
/// struct Unread {
///     email: String,
///     unread: i64,
/// }
///
/// impl FromRow for Unread {
///     fn from_row<R: Row>(row: &R) -> Result<Self, R::Error> {
///         Ok(Self { email: row::field(row, db::Users::EMAIL)?, unread: row::value(row, "unread")? })
///     }
/// }
/// ```
pub trait FromRow: Sized {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// A [`RowError`] as the driver's error, if the result has no such column or several, or a value is
    /// of another type.
    fn from_row<R: Row>(row: &R) -> Result<Self, R::Error>;
}

/// The value of a column of a table, which the result has under its own name.
///
/// # Errors
///
/// A [`RowError`] as the driver's error, if the result has no such column or several, or the value is of
/// another type.
pub fn field<T: Table, Ty, V: Scalar, R: Row>(row: &R, column: Column<T, Ty>) -> Result<V, R::Error> {
    read(row, Some(T::NAME), column.name(), None)
}

/// The same for generated row structs, which expect the column at this place among so many.
///
/// If every field of a struct finds its column at its place, and there are no more, each is there once;
/// so there is nothing to search, which would take several times as long as reading.
///
/// # Errors
///
/// As for [`field`].
#[doc(hidden)]
pub fn field_at<T: Table, Ty, V: Scalar, R: Row>(
    row: &R,
    (index, width): (usize, usize),
    column: Column<T, Ty>,
) -> Result<V, R::Error> {
    let expected = row.width() == width && index < width && row.name(index) == column.name();
    read(row, Some(T::NAME), column.name(), expected.then_some(index))
}

/// The value of a column of the result by its name, as `AS name` in the SQL gives it.
///
/// # Errors
///
/// As for [`field`].
pub fn value<V: Scalar, R: Row>(row: &R, name: &str) -> Result<V, R::Error> {
    read(row, None, name, None)
}

/// Reads a value, whose place may be known.
fn read<V: Scalar, R: Row>(
    row: &R,
    table: Option<&'static str>,
    column: &str,
    known: Option<usize>,
) -> Result<V, R::Error> {
    let wrong = |wrong| RowError::new(table, column, wrong);
    let names = || (0..row.width()).map(|index| row.name(index));
    let index = known.map_or_else(|| position(names(), column), Ok);
    let index = index.map_err(|lookup| {
        wrong(match lookup {
            Lookup::Missing => Wrong::Missing(names().map(str::to_owned).collect()),
            Lookup::Several => Wrong::Several,
        })
    })?;
    let read = row.content(index).and_then(V::read);
    Ok(read.map_err(|misread| wrong(Wrong::Value { index, misread }))?)
}

/// Why a name does not tell a column of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// None has it.
    Missing,
    /// More than one has it.
    Several,
}

/// The only column of a result that has a name. Names are compared exactly.
pub(crate) fn position<'n>(names: impl Iterator<Item = &'n str>, wanted: &str) -> Result<usize, Lookup> {
    let mut found = names.enumerate().filter(|(_, name)| *name == wanted);
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Ok(index),
        (Some(_), Some(_)) => Err(Lookup::Several),
        (None, _) => Err(Lookup::Missing),
    }
}
