//! Rows into PostgreSQL, by COPY: in the binary format, or as text where a type has none that is known.

use std::io::Write as _;

use whimbrel_schema::{Column, Dialect, Value};

use super::binary::{Form, encoded};
use super::{Postgres, fault};
use crate::driver::{Cell, Fault, FaultKind, Rows, Target, quoted};

/// The types that the columns have, whatever the schema calls them.
pub(super) fn target<'t>(
    driver: &mut Postgres<'_>,
    table: &'t str,
    columns: &'t [&'t Column],
) -> Result<Target<'t>, Fault> {
    let sql =
        "SELECT attname, atttypid::bigint FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0";
    let found = driver.rows(sql, &[quoted(Dialect::Postgres, table).as_str().into()])?;
    let number = |column: &&Column| {
        let name = column.name.as_str();
        let row = found.iter().find(|row| matches!(row.first(), Some(Cell::Text(known)) if known == name))?;
        row.get(1).cloned().and_then(Cell::integer)
    };
    let types = columns.iter().map_while(number).collect();
    Ok(Target { table, columns, packet: 0, types })
}

/// Inserts rows; their transaction is open.
pub(super) fn load(driver: &mut Postgres<'_>, target: &Target<'_>, rows: &Rows) -> Result<(), Fault> {
    let (table, columns) = (quoted(Dialect::Postgres, target.table), target.columns);
    if columns.is_empty() {
        let sql = format!("INSERT INTO {table} DEFAULT VALUES");
        return rows.iter().try_for_each(|_| driver.rows(&sql, &[]).map(drop));
    }
    let names: Vec<String> =
        columns.iter().map(|column| quoted(Dialect::Postgres, column.name.as_str())).collect();
    let copy = format!("COPY {table} ({}) FROM STDIN", names.join(", "));
    match rows.encoded.as_slice() {
        [] => send(driver, &copy, &text(rows)),
        bytes => send(driver, &format!("{copy} (FORMAT binary)"), bytes),
    }
}

/// Puts rows into the binary format, if all types of their columns have one that is known.
pub(in crate::driver) fn encode(target: &Target<'_>, rows: &mut Rows) {
    let forms: Option<Vec<Form>> = target.types.iter().map(|number| Form::of(*number)).collect();
    let forms = forms.filter(|forms| !forms.is_empty() && forms.len() == target.columns.len());
    let mut bytes = std::mem::take(&mut rows.encoded);
    bytes.clear();
    if forms.and_then(|forms| encoded(rows, &forms, &mut bytes)).is_none() {
        bytes.clear();
    }
    rows.encoded = bytes;
}

fn send(driver: &mut Postgres<'_>, sql: &str, bytes: &[u8]) -> Result<(), Fault> {
    #[cfg(feature = "fault-injection")]
    crate::driver::inject::before(sql)?;
    let failed = |error| fault::fault(error, sql);
    let mut writer = driver.connection.client().copy_in(sql).map_err(failed)?;
    if let Err(error) = writer.write_all(bytes) {
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

fn text(rows: &Rows) -> Vec<u8> {
    let mut text = Vec::with_capacity(rows.values.len() * 16);
    for row in rows.iter() {
        for (index, value) in row.iter().enumerate() {
            if index > 0 {
                text.push(b'\t');
            }
            field(&mut text, value.as_ref());
        }
        text.push(b'\n');
    }
    text
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
