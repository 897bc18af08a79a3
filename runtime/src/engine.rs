//! Running operations without a migration, and looking at what they did: for tests.

use std::path::Path;

use rusqlite::Connection;
use whimbrel_schema::{Drift, Operation, Pair, Schema, drift};

use crate::archive::Act;
use crate::driver::{Driver, Sqlite};
use crate::error::Error;
use crate::execute::{Course, Prepared, PreparedStep, ended, in_order, prepare, run_steps};
use crate::history::{self, Method, Newest};
use crate::journal::{self, Whose};
use crate::project::Direction;
#[cfg(feature = "replay")]
use crate::replay;
use crate::url::Url;

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

/// A database of any kind, by its URL.
pub struct Engine(Box<dyn Driver>);

impl Engine {
    /// Connects.
    ///
    /// # Errors
    ///
    /// As for [`Migrator::open`](crate::Migrator::open).
    pub fn open(url: &str) -> Result<Self, Error> {
        Url::parse(url)?.connect(Path::new(".")).map(Self)
    }

    /// As [`run`], or [`run_back`] as a downgrade; in several transactions where one cannot hold it.
    ///
    /// # Errors
    ///
    /// As for a migration.
    pub fn run(
        &mut self,
        operations: &[Operation],
        schemas: Pair<&Schema>,
        direction: Direction,
    ) -> Result<(), Error> {
        let driver = &mut *self.0;
        driver.open(&mut |_| {})?;
        let result = go(driver, operations, schemas, direction);
        ended(result, driver.close())
    }

    /// What the database has otherwise than a schema.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn drift(&mut self, expected: &Schema) -> Result<Drift, Error> {
        let found = self.0.introspect()?;
        Ok(drift(&self.0.respell(expected, &found)?, &found))
    }
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
    go(&mut Sqlite::on(connection), operations, schemas, direction)
}

fn go(
    driver: &mut dyn Driver,
    operations: &[Operation],
    schemas: Pair<&Schema>,
    direction: Direction,
) -> Result<(), Error> {
    let act = Act { revision: "engine", direction, actor: "engine", archive: true };
    let prepared = prepare(driver.capabilities().dialect, operations, schemas)?;
    if !prepared.is_whole(driver) {
        return in_order(driver, &prepared, |driver| take_in_order(driver, &prepared, act));
    }
    let mut failed = None;
    let result = run_steps(driver, &prepared, &act, &mut failed);
    result.map_err(|error| match failed.and_then(|index| Some((index, prepared.steps.get(index)?))) {
        Some((index, step)) => placed(error, index, &prepared, step),
        None => error,
    })
}

fn take_in_order(driver: &mut dyn Driver, prepared: &Prepared, act: Act<'_>) -> Result<(), Error> {
    if history::newest(driver)? == Newest::NoTable {
        journal::create(driver)?;
        history::create(driver)?;
    }
    let whose = Whose {
        revision: act.revision.to_owned(),
        hash: String::new(),
        direction: act.direction,
        method: Method::Steps,
    };
    let mut course = Course::new(driver, whose, act, None);
    for (index, step) in prepared.steps.iter().enumerate() {
        course.take(index + 1, step, None).map_err(|error| placed(error, index, prepared, step))?;
    }
    course.finish(|_| Ok(())).map(drop)
}

fn placed(error: Error, index: usize, prepared: &Prepared, step: &PreparedStep) -> Error {
    error.context(format!("step {} of {}, `{}`", index + 1, prepared.steps.len(), step.text))
}
