//! Running operations without a migration: for the build's replay and for tests.

use rusqlite::Connection;
use whimbrel_schema::{Operation, Pair, Schema};

use crate::driver::{Driver, Sqlite};
use crate::error::Error;
use crate::execute::{in_transaction, prepare};

/// Runs operations that lead from one schema to the other, in one transaction, by the same rules
/// as a migration. No history is written.
///
/// # Errors
///
/// As for a migration; then the database is as before.
pub fn run(
    connection: &mut Connection,
    operations: &[Operation],
    schemas: Pair<&Schema>,
) -> Result<(), Error> {
    let mut driver = Sqlite::on(connection);
    let prepared = prepare(driver.capabilities().dialect, operations, schemas)?;
    in_transaction(&mut driver, &prepared, |driver| {
        for (index, step) in prepared.steps.iter().enumerate() {
            for statement in &step.statements {
                driver.run(statement).map_err(|fault| {
                    Error::from(fault).context(format!(
                        "step {} of {}, `{}`",
                        index + 1,
                        prepared.steps.len(),
                        step.text
                    ))
                })?;
            }
        }
        Ok(())
    })
}
