use crate::{Plain, Value};

/// A value as an SQL literal.
///
/// Text stands in single quotes always: in double quotes SQLite would take it for a name, or worse,
/// take a name for text.
pub(super) fn literal(value: &Value) -> String {
    match value.plain() {
        Plain::Boolean(truth) => i32::from(truth).to_string(),
        Plain::Integer(number) => number.to_string(),
        Plain::Float(number) => number.to_string(),
        Plain::Bytes(bytes) => blob(bytes),
        Plain::Text(text) => quote(text),
    }
}

fn quote(text: &str) -> String {
    if text.contains('\0') {
        // SQLite stops reading SQL at a NUL, so such text goes in as bytes.
        format!("CAST({} AS TEXT)", blob(text.as_bytes()))
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

fn blob(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{digits}'")
}
