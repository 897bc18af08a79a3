//! Rows into PostgreSQL, by COPY.

use std::io::Write as _;

use whimbrel_schema::{Column, Dialect, Value};

use super::{Postgres, fault};
use crate::driver::{Fault, FaultKind, quoted};

/// Inserts rows; their transaction is open.
pub(super) fn load(
    driver: &mut Postgres<'_>,
    table: &str,
    columns: &[&Column],
    rows: &[Vec<Option<Value>>],
) -> Result<(), Fault> {
    let table = quoted(Dialect::Postgres, table);
    if columns.is_empty() {
        let sql = format!("INSERT INTO {table} DEFAULT VALUES");
        return rows.iter().try_for_each(|_| driver.rows(&sql, &[]).map(drop));
    }
    let names: Vec<String> =
        columns.iter().map(|column| quoted(Dialect::Postgres, column.name.as_str())).collect();
    let sql = format!("COPY {table} ({}) FROM STDIN", names.join(", "));
    #[cfg(feature = "fault-injection")]
    crate::driver::inject::before(&sql)?;
    let mut text = Vec::with_capacity(rows.len() * columns.len() * 16);
    for row in rows {
        for (index, value) in row.iter().enumerate() {
            if index > 0 {
                text.push(b'\t');
            }
            field(&mut text, value.as_ref());
        }
        text.push(b'\n');
    }
    let failed = |error| fault::fault(error, &sql);
    let mut writer = driver.connection.client().copy_in(sql.as_str()).map_err(failed)?;
    if let Err(error) = writer.write_all(&text) {
        // The server says better what is wrong, when it is asked how it ended.
        return Err(match writer.finish() {
            Err(error) => failed(error),
            Ok(_) => Fault::new(FaultKind::Disconnected, format!("rows could not be sent: {error}")),
        });
    }
    writer.finish().map(drop).map_err(failed)
}

/// Moves the numbers of a column past those that are there; never back.
pub(super) fn move_numbers(driver: &mut Postgres<'_>, table: &str, column: &str) -> Result<(), Fault> {
    let [name, field] = [table, column].map(|name| quoted(Dialect::Postgres, name));
    let sql = format!(
        "SELECT setval(sequence, greatest) FROM (SELECT pg_get_serial_sequence($1, $2)::regclass AS sequence, \
         (SELECT MAX({field}) FROM {name}) AS greatest) AS found \
         WHERE greatest IS NOT NULL AND greatest > COALESCE(pg_sequence_last_value(sequence), 0)"
    );
    driver.rows(&sql, &[name.as_str().into(), column.into()]).map(drop)
}

/// A field of the text format: <https://www.postgresql.org/docs/current/sql-copy.html>.
fn field(text: &mut Vec<u8>, value: Option<&Value>) {
    match value {
        None => text.extend_from_slice(b"\\N"),
        Some(Value::Boolean(truth)) => text.push(if *truth { b't' } else { b'f' }),
        Some(Value::Integer(number)) => text.extend_from_slice(number.to_string().as_bytes()),
        Some(Value::Float(number)) => text.extend_from_slice(number.to_string().as_bytes()),
        Some(Value::Bytes(bytes)) => {
            text.extend_from_slice(b"\\\\x");
            for byte in bytes {
                text.extend_from_slice(format!("{byte:02x}").as_bytes());
            }
        }
        Some(Value::TimestampTz(time)) => {
            text.extend_from_slice(time.as_bytes());
            text.extend_from_slice(b"+00");
        }
        Some(
            Value::Decimal(plain)
            | Value::Text(plain)
            | Value::Date(plain)
            | Value::Time(plain)
            | Value::Timestamp(plain)
            | Value::Uuid(plain)
            | Value::Json(plain),
        ) => {
            for byte in plain.bytes() {
                match byte {
                    b'\\' => text.extend_from_slice(b"\\\\"),
                    b'\t' => text.extend_from_slice(b"\\t"),
                    b'\n' => text.extend_from_slice(b"\\n"),
                    b'\r' => text.extend_from_slice(b"\\r"),
                    byte => text.push(byte),
                }
            }
        }
    }
}
