//! PostgreSQL.

mod connection;
mod fault;
mod introspect;
mod open;
mod value;

use std::ops::ControlFlow;

use postgres::Client;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::Type;

use self::connection::Connection;
use self::value::{Parameter, Raw};
use whimbrel_schema::Introspected;

use super::{Cell, Fault, FaultKind, Row, Visit, during};

/// A connection to PostgreSQL, owned or lent by the caller. Everything happens in one schema: the first of
/// its `search_path` that exists.
pub(crate) struct Postgres<'c> {
    connection: Connection<'c>,
}

impl<'c> Postgres<'c> {
    /// Works on a connection of the caller.
    pub(crate) fn on(client: &'c mut Client) -> Self {
        Self { connection: Connection::Lent(client) }
    }

    /// Runs one SQL text, gives its rows to `visit` with the names of their columns, and counts the rows
    /// that it changed.
    ///
    /// The server is left to find the types of parameters, which travel as text; and it refuses a text of
    /// several statements.
    fn query(&mut self, sql: &str, parameters: &[Cell], visit: &mut Visit<'_>) -> Result<u64, Fault> {
        let parameters = parameters.iter().map(|cell| (Parameter(cell), Type::UNKNOWN));
        let failed = |error| fault::fault(error, sql);
        let mut rows =
            self.connection.client().query_typed_raw(sql, parameters.collect::<Vec<_>>()).map_err(failed)?;
        let mut names: Option<Vec<String>> = None;
        while let Some(row) = rows.next().map_err(failed)? {
            let names = names
                .get_or_insert_with(|| row.columns().iter().map(|column| column.name().to_owned()).collect());
            let cell = |(index, column): (usize, &postgres::Column)| {
                let raw: Raw<'_> = row.try_get(index).map_err(failed)?;
                raw.cell().map_err(|wrong| {
                    let message = format!("column `{}` {wrong}{}", column.name(), during(sql));
                    Fault::new(FaultKind::Other, message)
                })
            };
            let cells = row.columns().iter().enumerate().map(cell).collect::<Result<Row, Fault>>()?;
            if visit(names, cells).is_break() {
                // What is not read now would be read instead of the answer to the next statement.
                while rows.next().map_err(failed)?.is_some() {}
                break;
            }
        }
        Ok(rows.rows_affected().unwrap_or_default())
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
