//! What Rust code sees of a database.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Error, Result};
use crate::Column;
use crate::driver::{Cell, Driver, during};
use crate::row::{Lookup, position};
use crate::scalar::{Content, Found, Parameter, Scalar, Stored};

/// The rows of a database, as [`Editor::data`](super::Editor::data) gives them to Rust code.
///
/// All happens inside the transaction of the migration: if the code fails or panics, nothing of it
/// stays. SQL that would begin or end a transaction, or change the connection, fails before it runs.
/// Parameters stand for `?1`, `?2` and so on, on every database.
pub struct Rows<'d> {
    driver: &'d mut dyn Driver,
    /// How many SQL texts were run.
    statements: usize,
}

/// A row of a result.
#[derive(Debug, Clone)]
pub struct Row {
    origin: Arc<Origin>,
    /// Its number in the result, from 1.
    number: usize,
    cells: Vec<Cell>,
}

/// What rows of one result have in common.
#[derive(Debug)]
struct Origin {
    columns: Vec<String>,
    sql: String,
}

impl<'d> Rows<'d> {
    pub(crate) fn new(driver: &'d mut dyn Driver) -> Self {
        Self { driver, statements: 0 }
    }

    /// How many SQL texts were run.
    pub(crate) fn statements(&self) -> usize {
        self.statements
    }

    /// Runs one statement, and counts the rows that it inserted, updated or deleted.
    ///
    /// # Errors
    ///
    /// If the SQL fails, or the number of parameters is another.
    pub fn execute(&mut self, sql: &str, parameters: &[&dyn Parameter]) -> Result<u64> {
        self.run(sql, parameters, &mut |_| Ok(()))
    }

    /// The rows of a result, all of them in memory; for many there is [`each`](Rows::each).
    ///
    /// # Errors
    ///
    /// If the SQL fails, or the number of parameters is another.
    pub fn query(&mut self, sql: &str, parameters: &[&dyn Parameter]) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        self.run(sql, parameters, &mut |row| {
            found.push(row);
            Ok(())
        })?;
        Ok(found)
    }

    /// Calls a function with each row of a result, one row in memory at a time. At its first error
    /// no more are read.
    ///
    /// Nothing can be written meanwhile: a database may or may not show changes to a query that is
    /// still running. To go through many rows and change them, read them in portions by their key:
    /// `WHERE id > ?1 ORDER BY id LIMIT 1000`.
    ///
    /// # Errors
    ///
    /// If the SQL fails, the number of parameters is another, or the function fails.
    pub fn each(
        &mut self,
        sql: &str,
        parameters: &[&dyn Parameter],
        mut visit: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        self.run(sql, parameters, &mut visit).map(drop)
    }

    fn run(
        &mut self,
        sql: &str,
        parameters: &[&dyn Parameter],
        visit: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<u64> {
        let cells = parameters.iter().enumerate().map(|(index, parameter)| match parameter.content() {
            Content(Cell::Real(number)) if !number.is_finite() => {
                let message = format!("parameter {} is {number}, which no column can hold", index + 1);
                Err(Error::failed(message + &during(sql)))
            }
            Content(cell) => Ok(cell),
        });
        let cells = cells.collect::<Result<Vec<Cell>>>()?;
        self.statements += 1;
        let (mut origin, mut number, mut failed) = (None, 0, None);
        let changed = self.driver.run_written(sql, &cells, &mut |columns, cells| {
            let new = || Arc::new(Origin { columns: columns.to_vec(), sql: sql.to_owned() });
            number += 1;
            let row = Row { origin: Arc::clone(origin.get_or_insert_with(new)), number, cells };
            match visit(row) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        failed.map_or(Ok(changed), Err)
    }
}

impl Row {
    /// The value of a column that the result has under its own name, in the Rust type of the
    /// column: `bigint` is `i64`, `integer` `i32`, `smallint` `i16`, `real` and `double` `f64`,
    /// `boolean` `bool`, `blob` `Vec<u8>`, all others `String`; a nullable one is an `Option`.
    ///
    /// # Errors
    ///
    /// If the result has no such column or several, or the value is of another type.
    pub fn get<T, Ty: Stored>(&self, column: Column<T, Ty>) -> Result<Ty::Scalar> {
        self.value(column.name())
    }

    /// The value of a column of the result by its name, as `AS name` in the SQL gives it.
    ///
    /// # Errors
    ///
    /// If the result has no such column or several, or the value is of another type.
    pub fn value<T: Scalar>(&self, name: &str) -> Result<T> {
        let columns = &self.origin.columns;
        match position(columns.iter().map(String::as_str), name) {
            Ok(index) => {
                let cell = self.cells.get(index).cloned().unwrap_or(Cell::Null);
                T::read(Content(cell)).map_err(|misread| {
                    let remedy = if misread.found() == Found::Null { "; read it as an Option" } else { "" };
                    self.error(&format!("column `{name}` {misread}{remedy}"))
                })
            }
            Err(Lookup::Several) => {
                let error = self.error(&format!("there are several columns `{name}`"));
                Err(error.help("give each a name of its own with AS, and read them with `value`"))
            }
            Err(Lookup::Missing) => {
                let columns = columns.join(", ");
                Err(self.error(&format!("there is no column `{name}`; there are {columns}")))
            }
        }
    }

    fn error(&self, message: &str) -> Error {
        Error::failed(format!("row {} of the result: {message}{}", self.number, during(&self.origin.sql)))
    }
}
