//! Running operations without a migration: for the build's replay and for tests.

use rusqlite::Connection;
use whimbrel_schema::{Operation, Pair, Schema};

use crate::archive::Act;
use crate::driver::{Driver, Sqlite};
use crate::error::Error;
use crate::execute::{in_transaction, prepare};
use crate::project::Direction;

/// Runs operations that lead from one schema to the other, in one transaction, by the same rules
/// as a direction of a migration. No history is written; what is destroyed is archived under the
/// revision `engine`, where the other direction finds it. Rust code of a migration is not part of its
/// operations, and is left out.
///
/// # Errors
///
/// As for a migration; then the database is as before.
pub fn run(
    connection: &mut Connection,
    operations: &[Operation],
    schemas: Pair<&Schema>,
) -> Result<(), Error> {
    run_as(connection, operations, schemas, Direction::Upgrade)
}

/// The same for the way back, which finds in the archive what the way there has destroyed.
///
/// # Errors
///
/// As for [`run`].
pub fn run_back(
    connection: &mut Connection,
    operations: &[Operation],
    schemas: Pair<&Schema>,
) -> Result<(), Error> {
    run_as(connection, operations, schemas, Direction::Downgrade)
}

fn run_as(
    connection: &mut Connection,
    operations: &[Operation],
    schemas: Pair<&Schema>,
    direction: Direction,
) -> Result<(), Error> {
    let act = Act { revision: "engine", direction, actor: "engine", archive: true };
    let mut driver = Sqlite::on(connection);
    let prepared = prepare(driver.capabilities().dialect, operations, schemas)?;
    in_transaction(&mut driver, &prepared, &mut || {}, |driver| {
        for (index, step) in prepared.steps.iter().enumerate() {
            for statement in &step.statements {
                driver.run(statement, &act).map_err(|fault| {
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
