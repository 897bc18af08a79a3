use crate::Value;

/// A value as an SQL literal.
///
/// Text stands in single quotes always: in double quotes SQLite would take it for a name, or worse,
/// take a name for text.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Boolean(truth) => i32::from(*truth).to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bytes(bytes) => blob(bytes),
        Value::Decimal(text)
        | Value::Text(text)
        | Value::Date(text)
        | Value::Time(text)
        | Value::Timestamp(text)
        | Value::TimestampTz(text)
        | Value::Uuid(text)
        | Value::Json(text) => quote(text),
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
