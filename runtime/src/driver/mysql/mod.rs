//! MariaDB and MySQL.

mod connection;
mod fault;
mod introspect;
mod open;
mod value;

use std::ops::ControlFlow;

use mysql::prelude::{Protocol, Queryable as _};
use mysql::{Conn, QueryResult};
use whimbrel_schema::{Introspected, first_word};

use self::connection::Connection;
use super::{Cell, Fault, FaultKind, Row, Visit, during};

/// A connection to MariaDB or MySQL, owned or lent by the caller. Everything happens in its database.
pub(crate) struct Mysql<'c> {
    connection: Connection<'c>,
}

impl<'c> Mysql<'c> {
    /// Works on a connection of the caller.
    pub(crate) fn on(connection: &'c mut Conn) -> Self {
        Self { connection: Connection::Lent(connection) }
    }

    /// Runs one SQL text, gives its rows to `visit` with the names of their columns, and counts the rows
    /// that it changed.
    fn query(&mut self, sql: &str, parameters: &[Cell], visit: &mut Visit<'_>) -> Result<u64, Fault> {
        let failed = |error| fault::fault(error, sql);
        let connection = self.connection.conn();
        // Prepared statements give values with their types, and take no text of several statements. Not
        // everything can be prepared, a trigger for one.
        let prepared = matches!(
            first_word(sql).as_str(),
            "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "WITH"
        );
        if prepared || !parameters.is_empty() {
            let parameters: Vec<mysql::Value> = parameters.iter().map(value::parameter).collect();
            let parameters = match parameters.len() {
                0 => mysql::Params::Empty,
                _ => mysql::Params::Positional(parameters),
            };
            let result = connection.exec_iter(sql, parameters).map_err(failed)?;
            drain(result, sql, visit)
        } else {
            let result = connection.query_iter(sql).map_err(failed)?;
            drain(result, sql, visit)
        }
    }

    /// What the database consists of.
    pub(crate) fn introspect(&mut self) -> Result<Introspected, Fault> {
        introspect::introspect(self)
    }

    fn rows(&mut self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        self.query(sql, parameters, &mut |_, row| {
            rows.push(row);
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }
}

/// Reads all of a result, even if nobody wants more of it: the rest would be the answer to the next
/// statement.
fn drain<P: Protocol>(
    mut result: QueryResult<'_, '_, '_, P>,
    sql: &str,
    visit: &mut Visit<'_>,
) -> Result<u64, Fault> {
    let failed = |error| fault::fault(error, sql);
    let columns: Vec<mysql::Column> = result.columns().as_ref().to_vec();
    let names: Vec<String> = columns.iter().map(|column| column.name_str().into_owned()).collect();
    let mut wanted = true;
    for row in result.by_ref() {
        let row = row.map_err(failed)?;
        if !wanted {
            continue;
        }
        let cell = |(value, column): (Option<mysql::Value>, &mysql::Column)| {
            // There is a value until somebody takes it.
            value::cell(value.unwrap_or(mysql::Value::NULL), column).map_err(|wrong| {
                let message = format!("column `{}` {wrong}{}", column.name_str(), during(sql));
                Fault::new(FaultKind::Other, message)
            })
        };
        let cells = row.unwrap_raw().into_iter().zip(&columns).map(cell).collect::<Result<Row, Fault>>()?;
        wanted = visit(&names, cells).is_continue();
    }
    Ok(result.affected_rows())
}
