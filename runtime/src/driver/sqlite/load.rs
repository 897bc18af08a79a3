//! Rows into SQLite, by a statement that is prepared once.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Statement, ToSql};
use whimbrel_schema::{Plain, Value};

use super::{Sqlite, fault, ident};
use crate::driver::{Fault, Rows, Target};

/// Inserts rows; their transaction is open.
pub(super) fn load(driver: &mut Sqlite<'_>, target: &Target<'_>, rows: &Rows) -> Result<(), Fault> {
    let (table, columns) = (target.table, target.columns);
    let names: Vec<String> = columns.iter().map(|column| ident(column.name.as_str())).collect();
    let marks: Vec<&str> = columns.iter().map(|_| "?").collect();
    let sql = match columns.is_empty() {
        true => format!("INSERT INTO main.{} DEFAULT VALUES", ident(table)),
        false => {
            format!("INSERT INTO main.{} ({}) VALUES ({})", ident(table), names.join(", "), marks.join(", "))
        }
    };
    driver.check_transaction(&sql)?;
    #[cfg(feature = "fault-injection")]
    crate::driver::inject::before(&sql)?;
    let inserted = driver.connection().prepare(&sql).and_then(|mut statement| insert(&mut statement, rows));
    inserted.map_err(|error| fault::fault(error, &sql, driver.is_lost()))?;
    driver.check_transaction(&sql)
}

fn insert(statement: &mut Statement<'_>, rows: &Rows) -> rusqlite::Result<()> {
    for row in rows.iter() {
        for (index, value) in row.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, Bound(value.as_ref()))?;
        }
        statement.raw_execute()?;
    }
    Ok(())
}

/// A value, without a copy of it.
struct Bound<'v>(Option<&'v Value>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0.map(Value::plain) {
            None => ValueRef::Null,
            Some(Plain::Boolean(truth)) => ValueRef::Integer(truth.into()),
            Some(Plain::Integer(number)) => ValueRef::Integer(number),
            Some(Plain::Float(number)) => ValueRef::Real(number.get()),
            Some(Plain::Bytes(bytes)) => ValueRef::Blob(bytes),
            Some(Plain::Text(text)) => ValueRef::Text(text.as_bytes()),
        }))
    }
}
