//! SQLite's errors, told apart.

use rusqlite::ErrorCode;

use crate::driver::{Fault, FaultKind, during};

/// What an error of rusqlite means. `lost` tells that it ended the transaction.
pub(super) fn fault(error: rusqlite::Error, sql: &str, lost: bool) -> Fault {
    let code = match &error {
        rusqlite::Error::SqliteFailure(failure, _) => Some(failure.code),
        _ => None,
    };
    let message = message(&error, sql);
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

/// SQLite's own words about an error.
pub(super) fn message(error: &rusqlite::Error, sql: &str) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        // A mistake in the SQL, for which some builds of rusqlite have a variant and some have not.
        _ => without_place(&error.to_string(), sql),
    }
}

/// The message without the SQL that rusqlite appends to it; [`during`] does that in one way for all.
fn without_place(message: &str, sql: &str) -> String {
    let end = message.find(&format!(" in {sql} at offset ")).unwrap_or(message.len());
    message[..end].to_owned()
}
