//! Connections and their dialects.

#[cfg(any(feature = "postgres", feature = "mysql"))]
mod control;
mod fault;
#[cfg(feature = "fault-injection")]
mod inject;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod parameters;
#[cfg(feature = "postgres")]
mod postgres;
mod quoting;
mod spelling;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod tls;
mod verify;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use whimbrel_schema::{Capabilities, Introspected, Name, Schema, Statement, Timeouts};
#[cfg(feature = "seed")]
use whimbrel_schema::{Column, Value};

pub(crate) use fault::{Fault, FaultKind, during};
#[cfg(feature = "mysql")]
pub(crate) use mysql::Mysql;
#[cfg(feature = "postgres")]
pub(crate) use postgres::Postgres;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql", feature = "seed"))]
pub(crate) use quoting::quoted;
pub(crate) use spelling::Spelling;
#[cfg(feature = "sqlite")]
pub(crate) use sqlite::Sqlite;
#[cfg(all(feature = "sqlite", feature = "sea-query"))]
pub use sqlite::bind;
#[cfg(feature = "replay")]
pub(crate) use sqlite::ident;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use verify::verify;

use crate::Error;
use crate::archive::Act;

/// A connection to a database: the little that migrating needs of it.
///
/// What databases differ in is data in [`Capabilities`] wherever it can be. What a session must
/// set and put back (pragmas of SQLite, time limits of PostgreSQL, modes of MySQL) is the business
/// of [`enter`](Driver::enter) and [`leave`](Driver::leave).
pub(crate) trait Driver {
    /// What the database can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// How the database spells what whimbrel writes for itself.
    fn spelling(&self) -> &Spelling;

    /// Runs one of whimbrel's own texts, as [`Spelling`] has them.
    fn own(&mut self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, Fault> {
        let sql = self.spelling().spell(sql).into_owned();
        self.execute(&sql, parameters)
    }

    /// Runs one SQL text and returns its rows. Every statement passes here, with those of the
    /// driver itself, or through [`run_written`](Driver::run_written), so that tests can put a fault
    /// before any of them.
    fn execute(&mut self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, Fault>;

    /// The rows of a query of whimbrel's own, or `None` if this table of its own is not there.
    fn own_rows(&mut self, table: &str, sql: &str, parameters: &[Cell]) -> Result<Option<Vec<Row>>, Fault> {
        let _ = table;
        match self.own(sql, parameters) {
            Ok(rows) => Ok(Some(rows)),
            Err(fault) if fault.kind == FaultKind::MissingTable => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Runs a statement of an operation inside a transaction, on behalf of a migration, and counts its
    /// SQL texts.
    fn run(&mut self, statement: &Statement, act: &Act<'_>) -> Result<usize, Fault>;

    /// Runs one SQL text that a person wrote, inside a transaction. Its parameters are written `?1`, `?2` and
    /// so on, whatever the database. Gives `visit` each row of its
    /// result with the names of the columns, until it breaks off, and counts the rows changed.
    ///
    /// A text that would begin or end a transaction, or change the session, fails before it runs.
    fn run_written(&mut self, sql: &str, parameters: &[Cell], visit: &mut Visit<'_>) -> Result<u64, Fault>;

    /// Why no migration can start on this connection, if that is so.
    fn check_idle(&mut self) -> Result<(), Error>;

    /// How long to wait for other sessions.
    fn wait(&mut self, wait: Duration) -> Result<(), Error>;

    /// How long a statement of a run waits for the lock of a table, and how long it may take, where that is
    /// said and the database can be told.
    fn limit(&mut self, timeouts: Timeouts) {
        let _ = timeouts;
    }

    /// Shuts out other migrators for a whole run, where the database has a lock for that, and makes the
    /// settings of the session those of migrations. [`close`](Driver::close) undoes both. Calls `waiting`
    /// once if another migrator has the lock and it takes a while. On failure everything is as before.
    fn open(&mut self, waiting: &mut Waiting<'_>) -> Result<(), Error> {
        let _ = waiting;
        Ok(())
    }

    /// Undoes what [`open`](Driver::open) did, if it did anything.
    fn close(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// Connects anew after the connection was lost, with what [`open`](Driver::open) does; `false` where
    /// that cannot be done, because the connection is the caller's.
    fn reconnect(&mut self) -> Result<bool, Error> {
        Ok(false)
    }

    /// For how long a migration is tried again that did not get its locks; not at all where the database
    /// itself waits that long.
    fn patience(&self) -> Duration {
        Duration::ZERO
    }

    /// Prepares the session for one migration; what it changes, [`leave`](Driver::leave) puts back.
    /// On failure everything is as before.
    fn enter(&mut self, foreign_keys: Enforcement) -> Result<(), Error> {
        let _ = foreign_keys;
        Ok(())
    }

    /// Puts back what [`enter`](Driver::enter) changed.
    fn leave(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// Whether a migration can be left in the middle, so that the journal tells how far it came.
    fn journals(&self) -> bool {
        false
    }

    /// Whether a statement takes no part in transactions: it ends the one that is open, or cannot run in it.
    fn is_alone(&self, statement: &Statement) -> bool {
        let _ = statement;
        false
    }

    /// What the objects are defined as now that a statement changes, of which these names tell; all objects
    /// without names. What differs from what it was tells that a statement was done whose end nobody saw.
    fn fingerprint(
        &mut self,
        statement: Option<&Statement>,
        names: Option<&BTreeSet<Name>>,
    ) -> Result<String, Fault> {
        let _ = (statement, names);
        Ok(String::new())
    }

    /// Begins the transaction of a migration. Unless [`open`](Driver::open) has done it, this shuts out
    /// every other migrator, and calls `waiting` once if another session holds the database and it takes a
    /// while; not on a connection of the caller, whose way of waiting is the caller's.
    fn begin(&mut self, waiting: &mut Waiting<'_>) -> Result<(), Fault>;

    /// Makes the transaction lasting.
    fn commit(&mut self) -> Result<(), Fault>;

    /// Undoes the transaction.
    fn rollback(&mut self) -> Result<(), Fault>;

    /// Whether a transaction is open, by the database's own word.
    fn in_transaction(&mut self) -> bool;

    /// What this session alone has under the names of these tables, or hanging on them, so that they
    /// are something else here than in the database.
    fn shadowed(&mut self, tables: &[&str]) -> Result<Vec<String>, Fault>;

    /// Whether the database has nothing in it: no table, view or trigger of anybody's.
    fn is_empty(&mut self) -> Result<bool, Fault>;

    /// The rows whose foreign keys find nothing.
    fn violations(&mut self) -> Result<Vec<Violation>, Fault>;

    /// The views and triggers that would fail when they are used, each with the reason.
    fn unusable(&mut self) -> Result<Vec<String>, Fault>;

    /// What the database says about a table before rows are loaded into these columns of it.
    #[cfg(feature = "seed")]
    fn target<'t>(&mut self, table: &'t str, columns: &'t [&'t Column]) -> Result<Target<'t>, Fault> {
        Ok(Target { table, columns, packet: 0, types: Vec::new() })
    }

    /// Inserts rows into a table. All are inserted, or the transaction has failed.
    #[cfg(feature = "seed")]
    fn load(&mut self, target: &Target<'_>, rows: &Rows) -> Result<(), Fault>;

    /// Deletes rows of which it is known that nothing references them but themselves and each other; where such
    /// a row could not be deleted otherwise, foreign keys are not looked at.
    #[cfg(feature = "seed")]
    fn delete_unreferenced(&mut self, sql: &str, parameters: &[Cell]) -> Result<(), Fault> {
        self.execute(sql, parameters).map(drop)
    }

    /// Lets foreign keys wait for the end of the transaction, where they can.
    #[cfg(feature = "seed")]
    fn defer_foreign_keys(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    /// Moves the numbers that the database gives to rows past those that are there, where it does not by itself.
    #[cfg(feature = "seed")]
    fn move_numbers(&mut self, table: &str, column: &str) -> Result<(), Fault> {
        let _ = (table, column);
        Ok(())
    }

    /// What the database consists of.
    fn introspect(&mut self) -> Result<Introspected, Fault>;

    /// A schema in the spelling of this database, to be compared with what was found in it. Where nothing is kept
    /// of the SQL of a schema but what was understood, the database is asked how it would keep it; on MariaDB that
    /// ends the transaction that is open.
    fn respell(&mut self, expected: &Schema, found: &Introspected) -> Result<Schema, Fault> {
        let _ = found;
        Ok(expected.clone())
    }
}

/// Where rows are loaded, and what the database was asked about it before the first of them.
#[cfg(feature = "seed")]
#[derive(Debug)]
pub(crate) struct Target<'t> {
    pub(crate) table: &'t str,
    pub(crate) columns: &'t [&'t Column],
    /// The most bytes of one statement, where that is limited.
    #[cfg_attr(not(feature = "mysql"), expect(dead_code, reason = "only MariaDB limits it"))]
    pub(crate) packet: usize,
    /// The numbers that the database knows the types of the columns by, where it has some.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only PostgreSQL has them"))]
    pub(crate) types: Vec<i64>,
}

/// Rows on their way into a table: a value or NULL for each of the columns, one row behind the other.
#[cfg(feature = "seed")]
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) values: Vec<Option<Value>>,
    pub(crate) count: usize,
    /// What is sent of them, where their target knows that without the connection.
    pub(crate) encoded: Vec<u8>,
}

#[cfg(feature = "seed")]
impl Target<'_> {
    /// Does with rows what can be done before it is their turn, in whichever thread made them.
    pub(crate) fn prepare(&self, rows: &mut Rows) {
        #[cfg(feature = "postgres")]
        postgres::encode(self, rows);
        let _ = rows;
    }
}

#[cfg(feature = "seed")]
impl Rows {
    /// The values of each row.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[Option<Value>]> {
        let width = self.values.len() / self.count.max(1);
        (0..self.count).map(move |row| &self.values[row * width..(row + 1) * width])
    }
}

/// What is done when another session has to be waited for; it is told who that is, where the database
/// knows.
pub(crate) type Waiting<'w> = dyn FnMut(Option<&str>) + 'w;

/// What is done with each row of a result.
pub(crate) type Visit<'v> = dyn FnMut(&[String], Row) -> ControlFlow<()> + 'v;

/// Whether foreign keys are enforced while a migration runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Enforcement {
    /// At each statement, as always.
    Enforced,
    /// Not at all; what the migration did to them is checked before its end.
    Suspended,
}

/// A row whose foreign key finds nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    /// Its table.
    pub(crate) table: String,
    /// Its number in the table, where rows have one.
    pub(crate) row: Option<i64>,
    /// The table referenced.
    pub(crate) parent: String,
}

/// A row of a result.
pub(crate) type Row = Vec<Cell>;

/// A simple value on its way to or from a database.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Cell {
    /// The text, if it is one.
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Integer(_) | Self::Real(_) | Self::Bytes(_) => None,
        }
    }

    /// As people read it; `None` for NULL.
    pub(crate) fn shown(self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number.to_string()),
            Self::Real(number) => Some(number.to_string()),
            Self::Text(text) => Some(text),
            Self::Bytes(bytes) => {
                Some(bytes.iter().fold("x'".to_owned(), |text, byte| text + &format!("{byte:02x}")) + "'")
            }
        }
    }

    /// As SQL would write it, so that 7 and '7' are told apart.
    #[cfg(feature = "replay")]
    pub(crate) fn literal(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => format!("{number:?}"),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Bytes(_) => self.clone().shown().unwrap_or_default(),
        }
    }

    /// The whole number, if it is one.
    pub(crate) fn integer(self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(number),
            Self::Null | Self::Real(_) | Self::Text(_) | Self::Bytes(_) => None,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A number that stands for texts, the same in every program: FNV-1a of 64 bits, for names of locks, which
/// are limited in length.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
