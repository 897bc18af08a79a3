//! SQLite.

#[cfg(feature = "sea-query")]
mod bind;
mod fault;
#[cfg(feature = "testing")]
mod image;
mod introspect;
#[cfg(feature = "seed")]
mod load;
mod open;
mod rebuild;
mod row;
mod settings;
mod usable;
mod version;
mod written;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::types::{Value as SqliteValue, ValueRef};
use rusqlite::{Connection, params_from_iter};
use whimbrel_schema::{Capabilities, Dialect, Introspected, Statement};

#[cfg(feature = "sea-query")]
pub use self::bind::bind;
use self::settings::Settings;
use super::{
    Cell, Driver, Enforcement, Fault, FaultKind, Row, Spelling, Violation, Visit, Waiting, during, quoted,
    verify,
};
#[cfg(feature = "seed")]
use super::{Rows, Target};
use crate::archive::{self, Act};
use crate::{Error, ErrorKind};

/// A connection to SQLite, owned or lent by the caller. Everything happens in its schema `main`.
pub(crate) struct Sqlite<'c> {
    connection: Handle<'c>,
    /// The file to create before the first write. Until then the connection is to an empty
    /// database in memory, so that a look at a missing database does not create it.
    missing: Option<PathBuf>,
    wait: Duration,
    /// What the session had, while it is changed.
    saved: Option<Settings>,
    /// Whether a transaction was begun here and not ended.
    begun: bool,
}

enum Handle<'c> {
    Owned(Connection),
    Lent(&'c mut Connection),
    /// Only to read from.
    Read(&'c Connection),
}

impl<'c> Sqlite<'c> {
    /// Works on a connection of the caller.
    pub(crate) fn on(connection: &'c mut Connection) -> Self {
        Self::new(Handle::Lent(connection))
    }

    /// Reads from a connection of the caller.
    pub(crate) fn reading(connection: &'c Connection) -> Self {
        Self::new(Handle::Read(connection))
    }

    fn new(connection: Handle<'c>) -> Self {
        Self { connection, missing: None, wait: open::WAIT, saved: None, begun: false }
    }

    fn connection(&self) -> &Connection {
        match &self.connection {
            Handle::Owned(connection) => connection,
            Handle::Lent(connection) => connection,
            Handle::Read(connection) => connection,
        }
    }

    fn query(&self, sql: &str, parameters: &[Cell]) -> rusqlite::Result<Vec<Row>> {
        // `prepare` refuses a text of several statements.
        let mut statement = self.connection().prepare(sql)?;
        let width = statement.column_count();
        let mut rows =
            statement.query(params_from_iter(parameters.iter().cloned().map(SqliteValue::from)))?;
        let mut result = Vec::new();
        while let Some(row) = rows.next()? {
            let cells = (0..width).map(|column| row.get_ref(column).map(Cell::from));
            result.push(cells.collect::<rusqlite::Result<Row>>()?);
        }
        Ok(result)
    }

    /// Whether a transaction was begun that is no more.
    fn is_lost(&self) -> bool {
        self.begun && self.connection().is_autocommit()
    }

    /// A full disk and some other errors make SQLite roll back by itself; the next statement would
    /// then run, and last, outside of any transaction.
    fn check_transaction(&self, sql: &str) -> Result<(), Fault> {
        if !self.is_lost() {
            return Ok(());
        }
        let message = format!("the transaction ended while it was in use{}", during(sql));
        Err(Fault::new(FaultKind::TransactionLost, message))
    }

    /// The number that a pragma reports.
    fn pragma(&mut self, name: &str) -> Result<i64, Fault> {
        let rows = self.execute(&format!("PRAGMA {name}"), &[])?;
        let value = rows.into_iter().next().and_then(|row| row.into_iter().next());
        value.and_then(Cell::integer).ok_or_else(|| {
            Fault::new(FaultKind::Other, format!("this build of SQLite does not know PRAGMA {name}"))
        })
    }

    /// Sets a pragma, and reads it back: SQLite ignores without a word what it cannot set now.
    fn set_pragma(&mut self, name: &str, value: i64) -> Result<(), Fault> {
        self.execute(&format!("PRAGMA {name} = {value}"), &[])?;
        let found = self.pragma(name)?;
        if found == value {
            return Ok(());
        }
        Err(Fault::new(FaultKind::Other, format!("SQLite keeps PRAGMA {name} at {found} instead of {value}")))
    }
}

impl Driver for Sqlite<'_> {
    fn capabilities(&self) -> &'static Capabilities {
        Capabilities::of(Dialect::Sqlite)
    }

    fn spelling(&self) -> &Spelling {
        &Spelling::Sqlite
    }

    fn execute(&mut self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, Fault> {
        self.check_transaction(sql)?;
        #[cfg(feature = "fault-injection")]
        super::inject::before(sql)?;
        let rows = self.query(sql, parameters).map_err(|error| fault::fault(error, sql, self.is_lost()))?;
        self.check_transaction(sql)?;
        Ok(rows)
    }

    fn run(&mut self, statement: &Statement, act: &Act<'_>) -> Result<usize, Fault> {
        match statement {
            Statement::Sql(_)
            | Statement::DropTable(_)
            | Statement::Apart(_)
            | Statement::AddValue(_)
            | Statement::OnlineIndex(_)
            | Statement::Unchecked(_) => {
                for text in statement.texts() {
                    self.run_written(text, &[], &mut |_, _| ControlFlow::Continue(()))?;
                }
                Ok(statement.texts().len())
            }
            Statement::Verify(looked) => verify(self, looked),
            Statement::Rebuild(rebuild) => rebuild::rebuild(self, rebuild),
            Statement::Keep(keep) => archive::keep(self, keep, act),
            Statement::Restore(restore) => {
                archive::restore(self, restore, act).map(|restored| restored.statements)
            }
        }
    }

    fn run_written(&mut self, sql: &str, parameters: &[Cell], visit: &mut Visit<'_>) -> Result<u64, Fault> {
        self.check_transaction(sql)?;
        #[cfg(feature = "fault-injection")]
        super::inject::before(sql)?;
        let changed = written::run(self, sql, parameters, visit)?;
        self.check_transaction(sql)?;
        Ok(changed)
    }

    fn check_idle(&mut self) -> Result<(), Error> {
        if self.connection().is_autocommit() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Usage,
            "the connection is inside a transaction, where SQLite cannot suspend foreign keys and a \
             rebuilt table would lose the rows that reference it",
        )
        .help("commit or roll back before migrating, or use a connection of its own"))
    }

    fn wait(&mut self, wait: Duration) -> Result<(), Error> {
        self.wait_for(wait)
    }

    fn enter(&mut self, foreign_keys: Enforcement) -> Result<(), Error> {
        version::check()?;
        self.create_missing()?;
        settings::enter(self, foreign_keys).map_err(Error::from)
    }

    fn leave(&mut self) -> Result<(), Error> {
        settings::leave(self).map_err(|fault| {
            Error::from(fault).context("the settings of the connection could not be put back")
        })
    }

    fn begin(&mut self, waiting: &mut Waiting<'_>) -> Result<(), Fault> {
        // The write lock of the file is the lock between migrators: it is taken before anything is
        // read, and it dies with the process. A deferred transaction would fail when it first writes.
        self.execute_patiently("BEGIN IMMEDIATE", waiting)?;
        self.begun = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Fault> {
        self.begun = false;
        let result = self.execute("COMMIT", &[]);
        self.begun = self.in_transaction();
        result.map(drop)
    }

    fn rollback(&mut self) -> Result<(), Fault> {
        self.begun = false;
        if self.in_transaction() { self.execute("ROLLBACK", &[]).map(drop) } else { Ok(()) }
    }

    fn in_transaction(&mut self) -> bool {
        !self.connection().is_autocommit()
    }

    fn shadowed(&mut self, tables: &[&str]) -> Result<Vec<String>, Fault> {
        // A temporary trigger hides nothing, but dropping its table takes it along.
        let rows = self.execute(
            "SELECT name, tbl_name FROM temp.sqlite_master WHERE type IN ('table', 'view', 'trigger')",
            &[],
        )?;
        let read = |row: Row| {
            let mut cells = row.into_iter().map(Cell::text);
            Some((cells.next()??, cells.next()??))
        };
        let ours = |table: &str| tables.iter().any(|ours| ours.eq_ignore_ascii_case(table));
        let found = rows.into_iter().filter_map(read).filter(|(_, table)| ours(table));
        Ok(found.map(|(name, _)| name).collect())
    }

    fn is_empty(&mut self) -> Result<bool, Fault> {
        // What SQLite keeps for itself, such as statistics, is nobody's.
        let sql = "SELECT 1 FROM main.sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' LIMIT 1";
        Ok(self.execute(sql, &[])?.is_empty())
    }

    fn violations(&mut self) -> Result<Vec<Violation>, Fault> {
        let rows = self.execute("PRAGMA main.foreign_key_check", &[])?;
        let violation = |row: Row| {
            let mut cells = row.into_iter();
            let table = cells.next()?.text()?;
            let row = cells.next()?.integer();
            Some(Violation { table, row, parent: cells.next()?.text()? })
        };
        Ok(rows.into_iter().filter_map(violation).collect())
    }

    fn unusable(&mut self) -> Result<Vec<String>, Fault> {
        usable::unusable(self)
    }

    #[cfg(feature = "seed")]
    fn load(&mut self, target: &Target<'_>, rows: &Rows) -> Result<(), Fault> {
        load::load(self, target, rows)
    }

    #[cfg(feature = "seed")]
    fn defer_foreign_keys(&mut self) -> Result<(), Fault> {
        self.set_pragma("defer_foreign_keys", 1)
    }

    fn introspect(&mut self) -> Result<Introspected, Fault> {
        introspect::introspect(self)
    }
}

/// A name as SQL has it.
pub(crate) fn ident(name: &str) -> String {
    quoted(Dialect::Sqlite, name)
}

impl From<Cell> for SqliteValue {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Integer(number) => Self::Integer(number),
            Cell::Real(number) => Self::Real(number),
            Cell::Text(text) => Self::Text(text),
            Cell::Bytes(bytes) => Self::Blob(bytes),
        }
    }
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }
}
