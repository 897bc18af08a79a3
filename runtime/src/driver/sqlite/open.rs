//! Opening SQLite's files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{Handle, Sqlite, fault};
use crate::Error;
use crate::driver::{Driver, Fault, FaultKind, Waiting};

/// How long a wait is not worth a word.
const UNNOTICED: Duration = Duration::from_secs(1);

/// How long a connection that is opened here waits for others.
pub(super) const WAIT: Duration = Duration::from_secs(30);

/// The longest that SQLite can be told to wait: some weeks.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

impl Sqlite<'static> {
    /// A database in memory, which ends with the connection.
    pub(crate) fn in_memory() -> Result<Self, Error> {
        connect(None).map(|connection| Self::new(Handle::Owned(connection)))
    }

    /// A database in a file. A file that does not exist is created before the first write.
    pub(crate) fn open(path: PathBuf) -> Result<Self, Error> {
        let exists = path.try_exists().unwrap_or(true);
        let connection = connect(exists.then_some(path.as_path()))?;
        let mut driver = Self::new(Handle::Owned(connection));
        driver.missing = (!exists).then_some(path);
        Ok(driver)
    }
}

impl Sqlite<'_> {
    /// How long the connection waits for others.
    pub(super) fn wait_for(&mut self, wait: Duration) -> Result<(), Error> {
        let wait = wait.min(LONGEST);
        self.wait = wait;
        self.connection()
            .busy_timeout(wait)
            .map_err(|error| fault::fault(error, "PRAGMA busy_timeout", false).into())
    }

    /// Runs a statement that may have to wait for others, and says so once when it does.
    pub(super) fn execute_patiently(&mut self, sql: &str, waiting: &mut Waiting<'_>) -> Result<(), Fault> {
        let own = matches!(self.connection, Handle::Owned(_));
        let Some(rest) = self.wait.checked_sub(UNNOTICED).filter(|rest| own && !rest.is_zero()) else {
            return self.execute(sql, &[]).map(drop);
        };
        let at_first = self.execute_within(sql, UNNOTICED);
        if !matches!(&at_first, Err(fault) if fault.kind == FaultKind::Busy) {
            return at_first;
        }
        waiting(None);
        self.execute_within(sql, rest)
    }

    fn execute_within(&mut self, sql: &str, wait: Duration) -> Result<(), Fault> {
        let timeout = |driver: &Self, wait| {
            let set = driver.connection().busy_timeout(wait);
            set.map_err(|error| fault::fault(error, "PRAGMA busy_timeout", false))
        };
        timeout(self, wait)?;
        let result = self.execute(sql, &[]).map(drop);
        timeout(self, self.wait)?;
        result
    }

    /// Creates the file, if there is one to create.
    pub(super) fn create_missing(&mut self) -> Result<(), Error> {
        if let Some(path) = &self.missing {
            let connection = connect(Some(path))?;
            self.connection = Handle::Owned(connection);
            self.missing = None;
            self.wait_for(self.wait)?;
        }
        Ok(())
    }
}

fn connect(path: Option<&Path>) -> Result<Connection, Error> {
    // Without SQLITE_OPEN_URI, so that a path is nothing but a path.
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match path {
        Some(path) => Connection::open_with_flags(path, flags),
        None => Connection::open_in_memory_with_flags(flags),
    };
    connection.and_then(|connection| connection.busy_timeout(WAIT).map(|()| connection)).map_err(|error| {
        let place = path.map_or_else(|| "a database in memory".to_owned(), |path| path.display().to_string());
        Error::from(fault::fault(error, "", false)).context(format!("cannot open {place}"))
    })
}
