//! SQLite's errors, told apart.

use rusqlite::ErrorCode;

use crate::driver::{Fault, FaultKind, during};

/// What an error of rusqlite means. `lost` tells that it ended the transaction.
pub(super) fn fault(error: rusqlite::Error, sql: &str, lost: bool) -> Fault {
    let (code, message) = match &error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            (Some(failure.code), message.clone().unwrap_or_else(|| error.to_string()))
        }
        // A mistake in the SQL, for which some builds of rusqlite have a variant and some have not.
        _ => (None, without_place(&error.to_string(), sql)),
    };
    let kind = match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FaultKind::Busy,
        Some(ErrorCode::ReadOnly) => FaultKind::ReadOnly,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => FaultKind::Damaged,
        Some(ErrorCode::DiskFull) => FaultKind::Full,
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => FaultKind::CannotOpen,
        _ if message.starts_with("no such table") => FaultKind::MissingTable,
        _ if message.starts_with("no such column") => FaultKind::MissingColumn,
        _ => FaultKind::Other,
    };
    let ended = if lost { "; SQLite has rolled the transaction back by itself" } else { "" };
    Fault::new(kind, format!("{message}{ended}{}", during(sql))).source_of(error)
}

/// The message without the SQL that rusqlite appends to it; [`during`] does that in one way for all.
fn without_place(message: &str, sql: &str) -> String {
    let end = message.find(&format!(" in {sql} at offset ")).unwrap_or(message.len());
    message[..end].to_owned()
}
