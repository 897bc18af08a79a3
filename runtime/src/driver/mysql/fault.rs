//! Errors of MariaDB and MySQL, told apart.

use crate::driver::{Fault, FaultKind, during};

/// What an error of the server or of the connection means.
pub(super) fn fault(error: mysql::Error, sql: &str) -> Fault {
    let kind = match &error {
        mysql::Error::MySqlError(error) => kind(error.code),
        #[cfg(feature = "tls")]
        mysql::Error::IoError(inner) if crate::driver::tls::is_distrust(inner) => FaultKind::Untrusted,
        #[cfg(feature = "tls")]
        mysql::Error::CodecError(inner) if crate::driver::tls::is_distrust(inner) => FaultKind::Untrusted,
        mysql::Error::IoError(_) | mysql::Error::CodecError(_) => FaultKind::Disconnected,
        mysql::Error::DriverError(mysql::DriverError::CouldNotConnect(_)) => FaultKind::Unreachable,
        _ => FaultKind::Other,
    };
    let message = match &error {
        mysql::Error::MySqlError(error) => error.message.clone(),
        other => other.to_string(),
    };
    Fault::new(kind, format!("{message}{}", during(sql))).source_of(error)
}

/// By the server's numbers: <https://mariadb.com/kb/en/mariadb-error-codes/>.
fn kind(code: u16) -> FaultKind {
    match code {
        1146 => FaultKind::MissingTable,
        1054 => FaultKind::MissingColumn,
        // Waited too long for a lock; deadlock.
        1205 | 1213 => FaultKind::Busy,
        // Interrupted by somebody, or by `max_statement_time`.
        1317 | 1969 | 3024 => FaultKind::Cancelled,
        // The server, the transaction or the engine is read-only.
        1290 | 1792 | 1836 | 1223 => FaultKind::ReadOnly,
        1062 => FaultKind::Duplicate,
        1021 | 1114 => FaultKind::Full,
        1034 | 1033 | 1194 | 1712 => FaultKind::Damaged,
        // No right to the database, the table, the column or the act.
        1044 | 1142 | 1143 | 1227 | 1370 => FaultKind::Denied,
        // No such user or database.
        1045 | 1049 | 1698 => FaultKind::Unreachable,
        // Shutting down, killed, or a server that has no part in its cluster any more.
        1053 | 1077 | 1927 | 1047 | 2006 | 2013 => FaultKind::Disconnected,
        _ => FaultKind::Other,
    }
}
