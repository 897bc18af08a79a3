//! The statements that seeds take, besides those that load rows.

use std::borrow::Cow;

use whimbrel_schema::{Column, ColumnType, Dialect, Plain, Table, Value};

use crate::driver::{Cell, quoted};

/// How a database writes names and parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grammar(pub(super) Dialect);

impl Grammar {
    pub(super) fn ident(self, name: &str) -> String {
        quoted(self.0, name)
    }

    /// A table, where a temporary one must not stand in its place.
    pub(super) fn table(self, name: &str) -> String {
        match self.0 {
            Dialect::Sqlite => format!("main.{}", self.ident(name)),
            Dialect::Postgres | Dialect::Mysql => self.ident(name),
        }
    }

    /// The parameter at a place, from 1.
    pub(super) fn mark(self, place: usize) -> String {
        match self.0 {
            Dialect::Mysql => "?".to_owned(),
            Dialect::Sqlite => format!("?{place}"),
            Dialect::Postgres => format!("${place}"),
        }
    }

    pub(super) fn idents<'n>(self, names: impl IntoIterator<Item = &'n str>) -> String {
        names.into_iter().map(|name| self.ident(name)).collect::<Vec<_>>().join(", ")
    }

    /// Columns as they are read. What a type of PostgreSQL's own is like in its binary format only it knows.
    pub(super) fn read(self, columns: &[&Column]) -> String {
        let read = |column: &&Column| {
            let name = self.ident(column.name.as_str());
            match (self.0, &column.column_type) {
                (Dialect::Postgres, ColumnType::Native(_)) => format!("CAST({name} AS text)"),
                _ => name,
            }
        };
        columns.iter().map(read).collect::<Vec<_>>().join(", ")
    }

    /// The condition that a key is one of some; its parameters begin at a place.
    pub(super) fn key_in(self, key: &[String], keys: usize, first: usize) -> String {
        self.key_of_in("", key, keys, first)
    }

    /// The same where a table is called otherwise: `parent_row.`.
    pub(super) fn key_of_in(self, table: &str, key: &[String], keys: usize, first: usize) -> String {
        let mark = |place: usize| self.mark(first + place);
        if let [only] = key {
            let marks: Vec<String> = (0..keys).map(mark).collect();
            return format!("{table}{} IN ({})", self.ident(only), marks.join(", "));
        }
        let one = |row: usize| {
            let parts = key.iter().enumerate();
            let parts: Vec<String> = parts
                .map(|(part, name)| format!("{table}{} = {}", self.ident(name), mark(row * key.len() + part)))
                .collect();
            format!("({})", parts.join(" AND "))
        };
        (0..keys).map(one).collect::<Vec<_>>().join(" OR ")
    }

    /// A value as a parameter.
    pub(super) fn parameter(self, value: Option<Value>) -> Cell {
        match value {
            None => Cell::Null,
            Some(Value::Boolean(truth)) => Cell::Integer(truth.into()),
            Some(Value::Integer(number)) => Cell::Integer(number),
            Some(Value::Float(number)) => Cell::Real(number.get()),
            Some(Value::Bytes(bytes)) => Cell::Bytes(bytes),
            Some(Value::TimestampTz(text)) if self.0 == Dialect::Postgres => Cell::Text(text + "+00"),
            Some(
                Value::Decimal(text)
                | Value::Text(text)
                | Value::Date(text)
                | Value::Time(text)
                | Value::Timestamp(text)
                | Value::TimestampTz(text)
                | Value::Uuid(text)
                | Value::Json(text),
            ) => Cell::Text(text),
        }
    }

    /// A part of a key, out of the text of it, as a parameter.
    pub(super) fn key_part(self, table: &Table, column: &str, text: &str) -> Cell {
        let column_type = table.column(column).map(|column| &column.column_type);
        match column_type {
            Some(ColumnType::Boolean | ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt) => {
                text.parse().map_or_else(|_| Cell::from(text), Cell::Integer)
            }
            Some(ColumnType::Real | ColumnType::Double) => {
                text.parse().map_or_else(|_| Cell::from(text), Cell::Real)
            }
            Some(ColumnType::Binary(_) | ColumnType::Blob) => Cell::Bytes(bytes(text)),
            Some(ColumnType::TimestampTz) if self.0 == Dialect::Postgres => Cell::Text(format!("{text}+00")),
            _ => Cell::from(text),
        }
    }
}

/// A part of a key as text, which the ledger keeps.
pub(super) fn key_text(value: Option<&Value>) -> Cow<'_, str> {
    match value.map(Value::plain) {
        None => "".into(),
        Some(Plain::Boolean(truth)) => i64::from(truth).to_string().into(),
        Some(Plain::Integer(number)) => number.to_string().into(),
        Some(Plain::Float(number)) => number.to_string().into(),
        Some(Plain::Bytes(bytes)) => {
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
        }
        Some(Plain::Text(text)) => text.into(),
    }
}

/// The same of a value that was read.
pub(super) fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => format!("{number:?}"),
        Cell::Text(text) => text.clone(),
        Cell::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// A value of a column that was read.
pub(super) fn value(column_type: &ColumnType, cell: Cell) -> Option<Value> {
    Some(match (cell, column_type) {
        (Cell::Null, _) => return None,
        (Cell::Integer(number), ColumnType::Boolean) => Value::Boolean(number != 0),
        (Cell::Integer(number), _) => Value::Integer(number),
        (Cell::Real(number), _) => Value::Float(whimbrel_schema::Float::new(number)?),
        (Cell::Bytes(bytes), _) => Value::Bytes(bytes),
        (Cell::Text(text), column_type) => match column_type {
            ColumnType::Decimal { .. } => Value::Decimal(text),
            ColumnType::Date => Value::Date(text),
            ColumnType::Time => Value::Time(text),
            ColumnType::Timestamp => Value::Timestamp(text),
            ColumnType::TimestampTz => Value::TimestampTz(text),
            ColumnType::Uuid => Value::Uuid(text),
            ColumnType::Json => Value::Json(text),
            _ => Value::Text(text),
        },
    })
}

fn bytes(digits: &str) -> Vec<u8> {
    let digit =
        |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
    digits.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
