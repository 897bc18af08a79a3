//! Running operations without a migration, and looking at what they did: for tests.

use rusqlite::Connection;
use whimbrel_schema::{Operation, Pair, Schema};

use crate::archive::Act;
use crate::driver::{Driver, Sqlite};
use crate::error::Error;
use crate::execute::{prepare, run_steps};
use crate::project::Direction;
#[cfg(feature = "replay")]
use crate::replay;

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

/// What a database consists of.
///
/// # Errors
///
/// If it cannot be read.
#[cfg(feature = "replay")]
pub fn catalogue(connection: &Connection) -> Result<replay::Catalogue, Error> {
    Ok(replay::catalogue(&mut Sqlite::reading(connection))?)
}

/// The rows of the tables of a schema.
///
/// # Errors
///
/// As for [`catalogue`].
#[cfg(feature = "replay")]
pub fn rows(connection: &Connection, schema: &Schema) -> Result<replay::Rows, Error> {
    Ok(replay::read_rows(&mut Sqlite::reading(connection), schema)?)
}

/// The numbers that AUTOINCREMENT goes on from, by table.
///
/// # Errors
///
/// As for [`catalogue`].
#[cfg(feature = "replay")]
pub fn numbers(connection: &Connection) -> Result<std::collections::BTreeMap<String, i64>, Error> {
    Ok(replay::numbers(&mut Sqlite::reading(connection))?)
}

/// What was lost of rows and numbers that were read before operations were run, and that no hazard of
/// theirs has named.
///
/// # Errors
///
/// As for [`catalogue`].
#[cfg(feature = "replay")]
pub fn lost(
    connection: &Connection,
    (rows, numbers): (&replay::Rows, &std::collections::BTreeMap<String, i64>),
    operations: &[Operation],
    schemas: Pair<&Schema>,
) -> Result<Vec<replay::Loss>, Error> {
    Ok(replay::lost(&mut Sqlite::reading(connection), (rows, numbers), operations, schemas)?)
}

/// Fills the tables of a database that was just created from a schema.
///
/// # Errors
///
/// If the database fails; a table that takes no row is left empty.
#[cfg(feature = "replay")]
pub fn fill(connection: &mut Connection, schema: &Schema) -> Result<(), Error> {
    replay::rows::fill(&mut Sqlite::on(connection), schema)
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
    let mut failed = None;
    let result = run_steps(&mut driver, &prepared, &act, &mut failed);
    let place =
        |error: Error| match failed.and_then(|index| prepared.steps.get(index).map(|step| (index, step))) {
            Some((index, step)) => {
                error.context(format!("step {} of {}, `{}`", index + 1, prepared.steps.len(), step.text))
            }
            None => error,
        };
    result.map_err(place)
}
