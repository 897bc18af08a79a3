//! What was tried on a database: the table `whimbrel_journal`.
//!
//! Where changes of the schema are part of transactions it holds failed attempts alone: whatever
//! completed is in the history, and whatever was interrupted left nothing behind. It is written
//! after the rollback and never hides the error it tells of.

use std::time::SystemTime;

use crate::clock::timestamp;
use crate::driver::{Cell, Driver, Fault, FaultKind};
use crate::error::{Error, ErrorKind};
use crate::history::{FORMAT, MEND};
use crate::project::Direction;

/// The table of attempts, as every version of whimbrel with format 1 creates it.
///
/// `direction` is as in the history; `step` counts from 1 and is NULL where the attempt failed
/// outside of a step; `outcome` is `failed` (and, where changes of the schema are not part of
/// transactions, `started` and `finished` for each step); `detail` is the error's message. An entry `removed`, of no
/// revision and direction, has as `detail` a row of the history that a repair took out.
pub const JOURNAL_DDL: &str = "CREATE TABLE whimbrel_journal (entry INTEGER PRIMARY KEY, \
    revision TEXT NOT NULL, direction TEXT NOT NULL, step INTEGER, outcome TEXT NOT NULL, \
    detail TEXT, at TEXT NOT NULL, actor TEXT NOT NULL, tool_version TEXT NOT NULL, \
    format INTEGER NOT NULL)";

/// An attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The revision that was to be applied or rolled back.
    pub revision: String,
    /// Which of the two, as `upgrade` or `downgrade`.
    pub direction: String,
    /// The number of the step that failed, from 1.
    pub step: Option<i64>,
    /// What went wrong.
    pub detail: Option<String>,
    /// When, in UTC.
    pub at: String,
    /// Who ran it.
    pub actor: String,
}

/// A journal without a history means that the history was lost, not that nothing has happened.
pub(crate) fn refuse_orphan(driver: &mut dyn Driver) -> Result<(), Error> {
    if !is_there(driver)? {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::BadHistory,
        "the database has been migrated, but its table whimbrel_history is gone",
    )
    .help(MEND))
}

/// Whether there is a journal.
///
/// # Errors
///
/// [`ErrorKind::BadHistory`] if a table of its name is not the one that whimbrel keeps.
pub(crate) fn is_there(driver: &mut dyn Driver) -> Result<bool, Error> {
    let sql = "SELECT entry, revision, direction, step, outcome, detail, at, actor, tool_version, format \
               FROM main.whimbrel_journal LIMIT 1";
    match driver.execute(sql, &[]) {
        Ok(_) => Ok(true),
        Err(fault) if fault.kind == FaultKind::MissingTable => Ok(false),
        Err(fault) if fault.kind == FaultKind::MissingColumn => Err(Error::new(
            ErrorKind::BadHistory,
            "the table whimbrel_journal is not the one that whimbrel keeps: it has other columns",
        )
        .help("if another program has it there, give it another name: migrate repair --set-aside")),
        Err(fault) => Err(Error::from(fault).context("the journal cannot be read")),
    }
}

/// Creates the table.
pub(crate) fn create(driver: &mut dyn Driver) -> Result<(), Fault> {
    driver.execute(&JOURNAL_DDL.replacen("TABLE ", "TABLE main.", 1), &[]).map(drop)
}

/// Keeps what a row of the history said that a repair removes.
pub(crate) fn note_removed(driver: &mut dyn Driver, row: &str, actor: &str) -> Result<(), Fault> {
    let sql = "INSERT INTO main.whimbrel_journal \
         (revision, direction, step, outcome, detail, at, actor, tool_version, format) \
         VALUES ('', '', NULL, 'removed', ?1, ?2, ?3, ?4, ?5)";
    let now = timestamp(SystemTime::now());
    let cells = [row.into(), now.as_str().into(), actor.into(), crate::VERSION.into(), FORMAT.into()];
    driver.execute(sql, &cells).map(drop)
}

/// Notes a failed attempt, if there is a journal and it can be written.
pub(crate) fn note_failure(
    driver: &mut dyn Driver,
    revision: &str,
    direction: Direction,
    step: Option<usize>,
    error: &Error,
    actor: &str,
) {
    let step = step.and_then(|step| i64::try_from(step).ok());
    // The journal is a convenience: it must not replace the error that the operator is to see.
    let _ = driver.execute(
        "INSERT INTO main.whimbrel_journal \
         (revision, direction, step, outcome, detail, at, actor, tool_version, format) \
         VALUES (?1, ?2, ?3, 'failed', ?4, ?5, ?6, ?7, ?8)",
        &[
            revision.into(),
            direction.key().into(),
            step.into(),
            error.message().as_str().into(),
            timestamp(SystemTime::now()).as_str().into(),
            actor.into(),
            crate::VERSION.into(),
            FORMAT.into(),
        ],
    );
}

/// The failed attempts, from the first; none if there is no journal.
pub(crate) fn failures(driver: &mut dyn Driver) -> Result<Vec<Attempt>, Error> {
    let sql = "SELECT revision, direction, step, detail, at, actor FROM main.whimbrel_journal \
               WHERE outcome = 'failed' ORDER BY entry";
    let rows = match driver.execute(sql, &[]) {
        Ok(rows) => rows,
        Err(fault) if fault.kind == FaultKind::MissingTable => return Ok(Vec::new()),
        Err(fault) => return Err(Error::from(fault).context("the journal cannot be read")),
    };
    let attempt = |row: Vec<Cell>| {
        let mut cells = row.into_iter();
        Some(Attempt {
            revision: cells.next()?.text()?,
            direction: cells.next()?.text()?,
            step: cells.next()?.integer(),
            detail: cells.next()?.text(),
            at: cells.next()?.text()?,
            actor: cells.next()?.text()?,
        })
    };
    Ok(rows.into_iter().filter_map(attempt).collect())
}
