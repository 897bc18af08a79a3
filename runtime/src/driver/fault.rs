//! What a database answers when it does not do what it was told.

use std::error::Error as StdError;

use crate::error::{Error, ErrorKind};

/// An error of a database.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The errors that are told apart.
#[cfg_attr(
    not(all(feature = "tls", any(feature = "postgres", feature = "mysql"))),
    allow(dead_code, reason = "only servers have connections to lose, and certificates")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Another session holds what is needed.
    Busy,
    /// A table named does not exist.
    MissingTable,
    /// A column named does not exist.
    MissingColumn,
    /// The database cannot be written.
    ReadOnly,
    /// The file is no database, or is damaged.
    Damaged,
    /// There is no room left.
    Full,
    /// The database cannot be opened.
    CannotOpen,
    /// The database has something that the schema does not know and that would be lost.
    Drifted,
    /// The transaction ended without being told to.
    TransactionLost,
    /// A row with this key is there already.
    Duplicate,
    /// The user of the connection may not do it.
    Denied,
    /// The server cannot be reached, or lets nobody in by this URL.
    Unreachable,
    /// The server is not shown to be who it should be.
    Untrusted,
    /// Another session has the lock than the one that works.
    Pooled,
    /// The server ended the statement, because somebody told it to or because it took too long.
    Cancelled,
    /// The connection is gone; what became of the last statement is not known.
    Disconnected,
    /// Anything else.
    Other,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// The same, taken for another sort.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn taken_for(self, kind: FaultKind) -> Self {
        Self { kind, ..self }
    }

    /// The same with other words.
    #[cfg(feature = "sqlite")]
    pub(crate) fn reworded(mut self, words: impl FnOnce(&str) -> String) -> Self {
        self.message = words(&self.message);
        self
    }

    pub(crate) fn source_of(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let (kind, help) = match fault.kind {
            FaultKind::Drifted => (
                ErrorKind::Refused,
                Some(
                    "`migrate drift` shows all that differs; add it to the schema by a migration of its own, or drop it by hand; nothing was changed",
                ),
            ),
            FaultKind::Busy => (
                ErrorKind::LockBusy,
                Some("another program uses the database; wait for it or end it, then run this again"),
            ),
            FaultKind::ReadOnly => (
                ErrorKind::Failed,
                Some("give this program the right to write the database file and its directory"),
            ),
            FaultKind::Damaged => (
                ErrorKind::Failed,
                Some("check that the URL names the right file; restore a damaged one from a backup"),
            ),
            FaultKind::Full => {
                (ErrorKind::Failed, Some("make room where the database is, then run this again"))
            }
            FaultKind::CannotOpen => {
                (ErrorKind::Failed, Some("check that the directory exists and that this program may use it"))
            }
            FaultKind::Denied => (
                ErrorKind::Failed,
                Some("give the user of the URL the right to do it, or use the URL of one who has it"),
            ),
            FaultKind::Unreachable => (
                ErrorKind::Failed,
                Some("check host, port, user, password and database of the URL, and that the server runs"),
            ),
            FaultKind::Untrusted => (
                ErrorKind::Failed,
                Some(
                    "the certificate must be for the host of the URL, and by an authority of `sslrootcert` (`ssl-ca` on \
                     MariaDB and MySQL), or by a public one where the URL names none",
                ),
            ),
            FaultKind::Pooled => (
                ErrorKind::Refused,
                Some("migrate with the URL of the database itself, or through a pool in session mode"),
            ),
            FaultKind::Cancelled => (
                ErrorKind::Failed,
                Some(
                    "somebody cancelled it, or it took longer than the server lets it: give the environment more time in \
                     whimbrel.toml, as statement_timeout = \"10m\"",
                ),
            ),
            FaultKind::Disconnected => (
                ErrorKind::Disconnected,
                Some("see why the server ended the connection, then run this again"),
            ),
            FaultKind::MissingTable
            | FaultKind::Duplicate
            | FaultKind::MissingColumn
            | FaultKind::TransactionLost
            | FaultKind::Other => (ErrorKind::Failed, None),
        };
        let error = Self::new(kind, fault.message);
        let error = help.into_iter().fold(error, Self::help);
        match fault.source {
            Some(source) => error.source_of(source),
            None => error,
        }
    }
}

/// The longest piece of SQL that an error quotes.
const QUOTED: usize = 300;

/// Words that quote the SQL at hand, if there is any.
pub(crate) fn during(sql: &str) -> String {
    if sql.is_empty() {
        return String::new();
    }
    match sql.char_indices().nth(QUOTED) {
        None => format!("\n  in: {sql}"),
        Some((end, _)) => format!("\n  in: {} ...", &sql[..end]),
    }
}
