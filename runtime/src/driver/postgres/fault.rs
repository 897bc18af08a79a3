//! PostgreSQL's errors, told apart.

use postgres::error::SqlState;

use crate::driver::{Fault, FaultKind, during};

/// What an error of the server or of the connection means.
pub(super) fn fault(error: postgres::Error, sql: &str) -> Fault {
    let kind = match error.code() {
        Some(code) => kind(code),
        #[cfg(feature = "tls")]
        None if crate::driver::tls::is_distrust(&error) => FaultKind::Untrusted,
        None if error.is_closed() || is_io(&error) => FaultKind::Disconnected,
        None => FaultKind::Other,
    };
    Fault::new(kind, format!("{}{}", message(&error), during(sql))).source_of(error)
}

fn kind(code: &SqlState) -> FaultKind {
    match code.code() {
        "42P01" => FaultKind::MissingTable,
        "42703" => FaultKind::MissingColumn,
        // Lock not available; deadlock; serialization failure.
        "55P03" | "40P01" | "40001" => FaultKind::Busy,
        // By somebody, or by `statement_timeout`.
        "57014" => FaultKind::Cancelled,
        "25006" => FaultKind::ReadOnly,
        "53100" => FaultKind::Full,
        "42501" => FaultKind::Denied,
        "25P01" | "25P02" => FaultKind::TransactionLost,
        // Shut down, crashed or told to go.
        "57P01" | "57P02" | "57P03" | "57P05" => FaultKind::Disconnected,
        "3D000" | "28000" | "28P01" => FaultKind::Unreachable,
        code if code.starts_with("08") => FaultKind::Disconnected,
        code if code.starts_with("XX") => FaultKind::Damaged,
        _ => FaultKind::Other,
    }
}

fn is_io(error: &postgres::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.is::<std::io::Error>() {
            return true;
        }
        source = inner.source();
    }
    false
}

/// The server's own words about an error.
pub(super) fn message(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => {
            let more = [("detail", error.detail()), ("hint", error.hint())];
            let more = more.iter().filter_map(|(what, text)| text.map(|text| format!("\n  {what}: {text}")));
            format!("{}{}", error.message(), more.collect::<String>())
        }
        None => match std::error::Error::source(error) {
            Some(source) => {
                format!("{error}: {source}").replace(&format!("{source}: {source}"), &source.to_string())
            }
            None => error.to_string(),
        },
    }
}
