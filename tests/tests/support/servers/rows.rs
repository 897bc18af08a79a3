//! Rows of a schema's tables, the same wherever they are.

use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use whimbrel_schema::{
    Column, ColumnType, DataStatement, Dialect, Expression, Float, Name, Operation, Schema, Table, Value,
    render,
};

use super::{Session, Speaks};
use crate::support::database::{query, quoted};

/// For each table its rows, as sorted texts.
#[derive(Debug, PartialEq)]
pub(crate) struct Rows(pub(crate) Vec<String>);

impl Rows {
    /// Those of a database of SQLite.
    pub(crate) fn of_sqlite(db: &Connection, schema: &Schema) -> Self {
        Self::each(schema, |table, columns| {
            let rows = select(db, table, columns);
            let text = |cell: &Cell| match cell {
                Cell::Null => None,
                Cell::Integer(number) => Some(number.to_string()),
                Cell::Real(number) => Some(number.to_string()),
                Cell::Text(text) => Some(text.clone()),
                Cell::Blob(bytes) => Some(hexadecimal(bytes)),
            };
            rows.iter().map(|row| row.iter().map(text).collect()).collect()
        })
    }

    /// Those of a database of a server.
    pub(crate) fn of_server<S: Speaks>(client: &mut S::Client, schema: &Schema) -> Self {
        Self::each(schema, |table, columns| {
            let quote = if S::DIALECT == Dialect::Mysql { '`' } else { '"' };
            let quoted = |name: &Name| {
                format!("{quote}{}{quote}", name.as_str().replace(quote, &format!("{quote}{quote}")))
            };
            let value = |column: &&Column| match column.column_type {
                ColumnType::Binary(_) | ColumnType::Blob if S::DIALECT == Dialect::Mysql => {
                    format!("LOWER(HEX({}))", quoted(&column.name))
                }
                ColumnType::Binary(_) | ColumnType::Blob => {
                    format!("encode({}, 'hex')", quoted(&column.name))
                }
                _ => quoted(&column.name),
            };
            let list: Vec<String> = columns.iter().map(value).collect();
            let sql = format!("SELECT {} FROM {}", list.join(", "), quoted(&table.name));
            S::texts(client, &sql).unwrap_or_else(|error| panic!("{error} in: {sql}"))
        })
    }

    fn each(schema: &Schema, mut rows: impl FnMut(&Table, &[&Column]) -> Vec<Vec<Option<String>>>) -> Self {
        let mut lines = Vec::new();
        for table in schema.tables.values() {
            let columns: Vec<&Column> = table.columns.values().collect();
            let mut found: Vec<String> = rows(table, &columns)
                .iter()
                .map(|row| {
                    let values = row.iter().zip(&columns).map(|(value, column)| {
                        let text = value.as_deref().map(|text| plain(&column.column_type, text));
                        format!("{}={}", column.name, text.unwrap_or_else(|| "NULL".to_owned()))
                    });
                    let mut values: Vec<String> = values.collect();
                    values.sort();
                    format!("{}: {}", table.name, values.join(" | "))
                })
                .collect();
            found.sort();
            lines.extend(found);
        }
        Self(lines)
    }
}

/// A value in the one spelling that does not depend on who keeps it.
fn plain(column_type: &ColumnType, text: &str) -> String {
    match column_type {
        ColumnType::Boolean => match text {
            "t" | "1" => "true".to_owned(),
            "f" | "0" => "false".to_owned(),
            other => other.to_owned(),
        },
        // What is shorter is filled up with blanks by one, and loses them with another.
        ColumnType::Char(_) => text.trim_end_matches(' ').to_owned(),
        ColumnType::Real => text.parse::<f32>().map_or_else(|_| text.to_owned(), |number| number.to_string()),
        ColumnType::Double => {
            text.parse::<f64>().map_or_else(|_| text.to_owned(), |number| number.to_string())
        }
        ColumnType::Decimal { .. } => decimal(text),
        ColumnType::Time | ColumnType::Timestamp | ColumnType::TimestampTz => {
            let text = text.trim_end_matches("+00");
            let text =
                if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
            // What a migration makes now, each database makes at its own time.
            if text.starts_with(&today()) { "today".to_owned() } else { text.to_owned() }
        }
        ColumnType::Json => serde_json::from_str::<serde_json::Value>(text)
            .map_or_else(|_| text.to_owned(), |value| value.to_string()),
        _ => text.to_owned(),
    }
}

/// A decimal number without zeros that say nothing. SQLite keeps the text as it was given.
fn decimal(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match part.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

fn today() -> String {
    crate::support::database::value(&crate::support::database::memory(), "SELECT date('now')")
        .trim_matches('\'')
        .to_owned()
}

/// Copies the rows of a database of SQLite, in any order of tables. The error is that of a row that the
/// server does not take, as SQLite takes anything.
pub(crate) fn insert<S: Speaks>(
    session: &mut Session<S>,
    db: &Connection,
    schema: &Schema,
) -> Result<(), String> {
    session.run(S::UNHINDERED[0])?;
    for table in schema.tables.values() {
        let columns: Vec<&Column> = table.written_columns().collect();
        for row in select(db, table, &columns) {
            let set = columns
                .iter()
                .zip(&row)
                .map(|(column, cell)| Ok((column.name.clone(), literal(&column.column_type, cell)?)));
            let set = set.collect::<Result<Vec<_>, String>>()?;
            let insert = Operation::Data(DataStatement::Insert { table: table.name.clone(), set });
            for statement in render(S::DIALECT, &insert, schema, schema) {
                statement.texts().into_iter().try_for_each(|text| session.run(text))?;
            }
        }
    }
    session.run(S::UNHINDERED[1])
}

fn literal(column_type: &ColumnType, cell: &Cell) -> Result<Expression, String> {
    let misfit = || format!("{cell:?} is no value of type `{column_type}`");
    let value = match (column_type, cell) {
        (_, Cell::Null) => return Ok(Expression::Null),
        (ColumnType::Boolean, Cell::Integer(number)) => Value::Boolean(*number != 0),
        (ColumnType::Real | ColumnType::Double, Cell::Real(number)) => {
            Value::Float(Float::new(*number).ok_or_else(misfit)?)
        }
        (ColumnType::Real | ColumnType::Double, Cell::Integer(number)) => {
            Value::Float(Float::new(*number as f64).ok_or_else(misfit)?)
        }
        (ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt, Cell::Integer(number)) => {
            Value::Integer(*number)
        }
        (ColumnType::Binary(_) | ColumnType::Blob, Cell::Blob(bytes)) => Value::Bytes(bytes.clone()),
        (ColumnType::Native(_), Cell::Text(text)) => Value::Text(text.clone()),
        (ColumnType::TimestampTz, Cell::Text(text)) => Value::parse(column_type, &format!("{text}Z"))?,
        (_, Cell::Text(text)) => Value::parse(column_type, text)?,
        _ => return Err(misfit()),
    };
    Ok(Expression::Literal(value))
}

fn select(db: &Connection, table: &Table, columns: &[&Column]) -> Vec<Vec<Cell>> {
    let list: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    query(db, &format!("SELECT {} FROM {}", list.join(", "), quoted(&table.name)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
