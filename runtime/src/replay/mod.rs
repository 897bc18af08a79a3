//! Migrations tried on databases with rows, in memory, before any real database has them.
//!
//! ```text
//! two schemas --involved--> the part of them that counts --fill--> rows --operations--> compared with what a
//!                                                                                       trace promises
//! ```
//!
//! The build replays each new migration so, and `whimbrel::testing` all of them with their Rust code.

mod catalogue;
mod compare;
mod defect;
mod involved;
mod obstacle;
#[cfg(feature = "testing")]
mod project;
pub(crate) mod rows;
mod trace;
mod way;

use std::collections::{BTreeMap, BTreeSet};

use whimbrel_schema::{Name, Operation, Pair, Schema};

pub use self::catalogue::Catalogue;
pub(crate) use self::catalogue::catalogue;
use self::catalogue::catalogue_like;
pub use self::compare::{Loss, Rows};
pub(crate) use self::compare::{numbers, rows as read_rows};
use self::defect::created;
pub use self::defect::{Defect, defects};
use self::involved::involved;
#[cfg(feature = "testing")]
pub(crate) use self::project::replay_project;
use self::trace::{Trace, trace};
use self::way::{Bare, Way, travel};
use crate::archive::Act;
use crate::driver::{Cell, Driver, Fault, Sqlite};
use crate::error::Error;
use crate::project::Direction;

/// Nobody in particular.
const ACT: Act<'static> =
    Act { revision: "replay", direction: Direction::Upgrade, actor: "replay", archive: true };

/// What is replayed: a migration as the build has read it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The schemas before and after.
    pub schemas: Pair<&'a Schema>,
    /// The way there.
    pub upgrade: &'a [Operation],
    /// The way back, if there is one.
    pub downgrade: Option<&'a [Operation]>,
}

/// What a replay could not do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Tables for which no rows could be made.
    pub empty: BTreeSet<Name>,
    /// Directions that rows were in the way of, and that were tried without any: whether the rows of
    /// a database are in the way too is known when the migration is applied.
    pub without_rows: BTreeSet<&'static str>,
}

/// Why a replay failed.
#[derive(Debug)]
pub enum Problem {
    /// SQLite does not take the schema after the migration; or the one before, where nothing is listed,
    /// which is said of the migration that leads there.
    Rejected(Vec<Defect>),
    /// The migration fails, loses something, or leads elsewhere.
    Failed(Failure),
    /// There is no database in memory, or it does not answer.
    Broken(Error),
}

/// A migration that does not do what it promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The way it went.
    pub direction: Direction,
    /// The index of the step at fault, if it can be told.
    pub step: Option<usize>,
    /// Whether SQLite refused a step, and not what it led to was wrong.
    pub refused: bool,
    /// What is wrong, in words; SQLite's own where it refused something.
    pub message: String,
    /// How many directions had been gone before it.
    pub gone: usize,
    /// What had been done before, in words.
    pub after: &'static str,
    /// Differences, and the row that is in the way; a line each.
    pub details: Vec<String>,
}

/// Takes a migration up, down and up again, and down and up with rows that were written after it, and
/// compares each time.
///
/// # Errors
///
/// What is wrong with it.
pub fn replay(subject: &Subject<'_>) -> Result<Replayed, Problem> {
    let operations = subject.upgrade.iter().chain(subject.downgrade.into_iter().flatten());
    let parts = involved(subject.schemas, operations);
    // What is wrong with the schema before was said of the migration before.
    let Ok(mut before) = created(&parts.previous) else { return Err(Problem::Rejected(Vec::new())) };
    let mut after = match created(&parts.next) {
        Ok(database) => database,
        Err(error) => {
            return match defects(&parts.next) {
                Ok(defects) if !defects.is_empty() => Err(Problem::Rejected(defects)),
                _ => Err(Problem::Broken(error)),
            };
        }
    };
    let before = catalogue(&mut before)?;
    let wanted = Pair::new(before.clone(), catalogue_like(&mut after, &before)?);
    let there = Way::new(parts.as_ref(), wanted.as_ref(), subject.upgrade, Direction::Upgrade, &Bare);
    let mut replayed = Replayed::default();
    let back = subject.downgrade.map(|downgrade| {
        Way::new(parts.as_ref().swap(), wanted.as_ref().swap(), downgrade, Direction::Downgrade, &Bare)
    });
    there_and_back(&there, back.as_ref(), &mut replayed)?;
    Ok(replayed)
}

/// Up, down and up again; and down and up with rows that were written in between.
fn there_and_back(there: &Way<'_>, back: Option<&Way<'_>>, replayed: &mut Replayed) -> Result<(), Problem> {
    let Some(back) = back else { return travel(&[there], "", replayed) };
    travel(&[there, back, there], "", replayed)?;
    travel(&[back, there], "on rows that were written after the upgrade", replayed)
}

/// What SQLite does not take of what differs between two schemas, and of what that has to do with.
///
/// # Errors
///
/// If there is no database in memory.
pub fn new_defects(schemas: Pair<&Schema>) -> Result<Vec<Defect>, Error> {
    defects(&involved(schemas, []).next)
}

/// The version of SQLite that replays are made with.
///
/// # Errors
///
/// If there is no database in memory.
pub fn sqlite_version() -> Result<String, Error> {
    let rows = Sqlite::in_memory()?.execute("SELECT sqlite_version()", &[])?;
    Ok(rows.into_iter().flatten().next().and_then(Cell::text).unwrap_or_default())
}

/// What is lost since rows and numbers were read, before operations were done.
pub(crate) fn lost(
    driver: &mut dyn Driver,
    (rows, numbered): (&Rows, &BTreeMap<String, i64>),
    operations: &[Operation],
    schemas: Pair<&Schema>,
) -> Result<Vec<Loss>, Fault> {
    compare::lost(driver, (rows, numbered), &trace(operations, schemas), schemas)
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::Broken(fault.into())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}
