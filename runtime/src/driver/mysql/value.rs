//! Values on their way to and from MariaDB and MySQL.

use mysql::consts::ColumnType;
use mysql::{Column, Value};

use crate::driver::Cell;

/// The number of the character set `binary`: a column that has it holds bytes.
const BINARY: u16 = 63;

pub(super) fn parameter(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::NULL,
        Cell::Integer(number) => Value::Int(*number),
        Cell::Real(number) => Value::Double(*number),
        Cell::Text(text) => Value::Bytes(text.as_bytes().to_vec()),
        Cell::Bytes(bytes) => Value::Bytes(bytes.clone()),
    }
}

/// The value in the spelling that does not depend on who keeps it, or why there is none.
pub(super) fn cell(value: Value, column: &Column) -> Result<Cell, String> {
    Ok(match value {
        Value::NULL => Cell::Null,
        Value::Int(number) => Cell::Integer(number),
        Value::UInt(number) => {
            i64::try_from(number).map_or_else(|_| Cell::Text(number.to_string()), Cell::Integer)
        }
        Value::Float(number) => Cell::Real(number.into()),
        Value::Double(number) => Cell::Real(number),
        Value::Date(year, month, day, hour, minute, second, microsecond) => {
            let day = format!("{year:04}-{month:02}-{day:02}");
            match column.column_type() {
                ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => Cell::Text(day),
                _ => Cell::Text(format!(
                    "{day} {}",
                    clock(u32::from(hour), minute.into(), second.into(), microsecond)
                )),
            }
        }
        Value::Time(negative, days, hours, minutes, seconds, microseconds) => {
            let sign = if negative { "-" } else { "" };
            let hours = days * 24 + u32::from(hours);
            Cell::Text(format!("{sign}{}", clock(hours, minutes.into(), seconds.into(), microseconds)))
        }
        Value::Bytes(bytes) => return of_bytes(bytes, column),
    })
}

/// Texts, bytes and decimals come so, and from a statement that was not prepared all others as well.
fn of_bytes(bytes: Vec<u8>, column: &Column) -> Result<Cell, String> {
    use ColumnType as Type;
    let kind = column.column_type();
    let is_number = matches!(
        kind,
        Type::MYSQL_TYPE_TINY
            | Type::MYSQL_TYPE_SHORT
            | Type::MYSQL_TYPE_INT24
            | Type::MYSQL_TYPE_LONG
            | Type::MYSQL_TYPE_LONGLONG
            | Type::MYSQL_TYPE_YEAR
    );
    let is_real = matches!(kind, Type::MYSQL_TYPE_FLOAT | Type::MYSQL_TYPE_DOUBLE);
    let holds_text = matches!(
        kind,
        Type::MYSQL_TYPE_VARCHAR
            | Type::MYSQL_TYPE_VAR_STRING
            | Type::MYSQL_TYPE_STRING
            | Type::MYSQL_TYPE_TINY_BLOB
            | Type::MYSQL_TYPE_MEDIUM_BLOB
            | Type::MYSQL_TYPE_LONG_BLOB
            | Type::MYSQL_TYPE_BLOB
    );
    let is_binary = (holds_text && column.character_set() == BINARY)
        || matches!(kind, Type::MYSQL_TYPE_BIT | Type::MYSQL_TYPE_GEOMETRY);
    if is_binary {
        return Ok(Cell::Bytes(bytes));
    }
    let text =
        String::from_utf8(bytes).map_err(|_| "holds text that is not UTF-8; CAST it to binary".to_owned())?;
    let is_time = matches!(
        kind,
        Type::MYSQL_TYPE_TIME
            | Type::MYSQL_TYPE_TIME2
            | Type::MYSQL_TYPE_DATETIME
            | Type::MYSQL_TYPE_DATETIME2
            | Type::MYSQL_TYPE_TIMESTAMP
            | Type::MYSQL_TYPE_TIMESTAMP2
    );
    if is_time && let Some((clock, fraction)) = text.split_once('.') {
        // As many digits as the column has, where a prepared statement tells microseconds.
        let is_whole = fraction.bytes().all(|digit| digit == b'0');
        return Ok(Cell::Text(if is_whole { clock.to_owned() } else { format!("{clock}.{fraction:0<6}") }));
    }
    if is_number && let Ok(number) = text.parse() {
        return Ok(Cell::Integer(number));
    }
    if is_real && let Ok(number) = text.parse() {
        return Ok(Cell::Real(number));
    }
    Ok(Cell::Text(text))
}

fn clock(hours: u32, minutes: u32, seconds: u32, microseconds: u32) -> String {
    let clock = format!("{hours:02}:{minutes:02}:{seconds:02}");
    if microseconds == 0 { clock } else { format!("{clock}.{microseconds:06}") }
}
