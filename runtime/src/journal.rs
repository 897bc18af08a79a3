//! What was tried on a database: the table `whimbrel_journal`.
//!
//! Where a migration is one transaction it holds failed attempts alone: whatever
//! completed is in the history, and whatever was interrupted left nothing behind. There it is written
//! after the rollback and never hides the error it tells of.
//!
//! Elsewhere, on MariaDB always and on PostgreSQL where programs go on meanwhile, it tells how far a migration
//! came. Before a statement that takes no part in transactions a row
//! says that it has `started`, with what the objects at hand were defined as; that it has `finished` is
//! said with whatever is written next, or by the event in the history that ends the migration. Rows of data
//! change in the same transaction in which they are said to be `finished`. So after a crash at most one
//! statement is uncertain, and what the objects are defined as now tells whether it was done.

mod position;

use std::time::SystemTime;

pub(crate) use self::position::{Position, Unit, position};
use crate::clock::timestamp;
use crate::driver::{Cell, Driver, Fault, FaultKind, Row};
use crate::error::{Error, ErrorKind};
use crate::history::{FORMAT, MEND, Method};
use crate::project::Direction;

/// The table of attempts, as every version of whimbrel with format 1 creates it on SQLite; see
/// [`HISTORY_DDL`](crate::HISTORY_DDL) for other databases.
///
/// `event` is the newest event of the history at that time, or 0; `hash` is that of the migration,
/// `direction` and `method` are as in the history; `step` counts from 1 and is NULL where the attempt failed
/// outside of a step, and so does `statement` within its step; `outcome` is `failed` (and, where a
/// migration is not one transaction, `started` and `finished` for each statement); `fingerprint` is
/// what the objects at hand were defined as when the statement started; `detail` is the error's message. An entry
/// `removed`, of no event, has as `detail` a row of the history that a repair took out.
pub const JOURNAL_DDL: &str = "CREATE TABLE whimbrel_journal (entry INTEGER PRIMARY KEY, \
    event INTEGER NOT NULL, revision TEXT NOT NULL, hash TEXT NOT NULL, direction TEXT NOT NULL, \
    method TEXT NOT NULL, step INTEGER, statement INTEGER, outcome TEXT NOT NULL, fingerprint TEXT, \
    detail TEXT, at TEXT NOT NULL, actor TEXT NOT NULL, tool_version TEXT NOT NULL, format INTEGER NOT NULL)";

/// Whose attempt it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whose {
    pub(crate) revision: String,
    pub(crate) hash: String,
    pub(crate) direction: Direction,
    pub(crate) method: Method,
}

/// What a row of the journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Note {
    /// A statement begins, while the objects at hand are defined so.
    Started(Unit, String),
    /// It is done.
    Finished(Unit),
    /// It, or the attempt outside of any, has failed with this message, and nothing of it was done.
    Failed(Option<Unit>, String),
}

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

/// A journal without a history means that the history was lost, not that nothing has happened; unless it
/// is empty, because only it could be created.
pub(crate) fn refuse_orphan(driver: &mut dyn Driver) -> Result<(), Error> {
    match rows(driver)? {
        None => Ok(()),
        Some(rows) if rows.is_empty() && driver.journals() => Ok(()),
        Some(_) => Err(Error::new(
            ErrorKind::BadHistory,
            "the database has been migrated, but its table whimbrel_history is gone",
        )
        .help(MEND)),
    }
}

/// Whether there is a journal.
///
/// # Errors
///
/// [`ErrorKind::BadHistory`] if a table of its name is not the one that whimbrel keeps.
pub(crate) fn is_there(driver: &mut dyn Driver) -> Result<bool, Error> {
    rows(driver).map(|rows| rows.is_some())
}

/// A row, if there is one; `None` if there is no journal.
fn rows(driver: &mut dyn Driver) -> Result<Option<Vec<Row>>, Error> {
    let sql = "SELECT entry, event, revision, hash, direction, method, step, statement, outcome, fingerprint, \
               detail, at, actor, tool_version, format FROM main.whimbrel_journal LIMIT 1";
    driver.own_rows("whimbrel_journal", sql, &[]).map_err(|fault| match fault.kind {
        FaultKind::MissingColumn => Error::new(
            ErrorKind::BadHistory,
            "the table whimbrel_journal is not the one that whimbrel keeps: it has other columns",
        )
        .help("if another program has it there, give it another name: migrate repair --set-aside"),
        _ => Error::from(fault).context("the journal cannot be read"),
    })
}

/// Creates the table, if it is not there.
pub(crate) fn create(driver: &mut dyn Driver) -> Result<(), Fault> {
    driver.own(&JOURNAL_DDL.replacen("TABLE ", "TABLE IF NOT EXISTS main.", 1), &[]).map(drop)
}

/// Writes rows, in order.
pub(crate) fn write(
    driver: &mut dyn Driver,
    whose: &Whose,
    actor: &str,
    notes: &[Note],
) -> Result<(), Fault> {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    for note in notes {
        let (unit, outcome, fingerprint, detail) = match note {
            Note::Started(unit, fingerprint) => (Some(*unit), "started", Some(fingerprint.as_str()), None),
            Note::Finished(unit) => (Some(*unit), "finished", None, None),
            Note::Failed(unit, message) => (*unit, "failed", None, Some(message.as_str())),
        };
        driver.own(
            "INSERT INTO main.whimbrel_journal (entry, event, revision, hash, direction, method, step, statement, \
             outcome, fingerprint, detail, at, actor, tool_version, format) \
             SELECT COALESCE(MAX(entry), 0) + 1, (SELECT COALESCE(MAX(event), 0) FROM main.whimbrel_history), \
             ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM main.whimbrel_journal",
            &[
                whose.revision.as_str().into(),
                whose.hash.as_str().into(),
                whose.direction.key().into(),
                whose.method.key().into(),
                unit.map(|unit| number(unit.step)).into(),
                unit.map(|unit| number(unit.statement)).into(),
                outcome.into(),
                fingerprint.into(),
                detail.into(),
                timestamp(SystemTime::now()).as_str().into(),
                actor.into(),
                crate::VERSION.into(),
                FORMAT.into(),
            ],
        )?;
    }
    Ok(())
}

/// Keeps what a row of the history said that a repair removes. It is of no event, so that nobody takes it for
/// something that has begun.
pub(crate) fn note_removed(driver: &mut dyn Driver, row: &str, actor: &str) -> Result<(), Fault> {
    let now = timestamp(SystemTime::now());
    let none = || Cell::Null;
    driver
        .own(
            "INSERT INTO main.whimbrel_journal (entry, event, revision, hash, direction, method, step, statement, \
             outcome, fingerprint, detail, at, actor, tool_version, format) \
             SELECT COALESCE(MAX(entry), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14 \
             FROM main.whimbrel_journal",
            &[
                Cell::Integer(-1),
                "".into(),
                "".into(),
                "".into(),
                Method::Repair.key().into(),
                none(),
                none(),
                "removed".into(),
                none(),
                row.into(),
                now.as_str().into(),
                actor.into(),
                crate::VERSION.into(),
                FORMAT.into(),
            ],
        )
        .map(drop)
}

/// Notes a failed attempt, if there is a journal and it can be written.
pub(crate) fn note_failure(
    driver: &mut dyn Driver,
    whose: &Whose,
    unit: Option<Unit>,
    error: &Error,
    actor: &str,
) {
    // The journal is a convenience here: it must not replace the error that the operator is to see.
    let _ = write(driver, whose, actor, &[Note::Failed(unit, error.message())]);
}

/// The failed attempts, from the first; none if there is no journal.
pub(crate) fn failures(driver: &mut dyn Driver) -> Result<Vec<Attempt>, Error> {
    let sql = "SELECT revision, direction, step, detail, at, actor FROM main.whimbrel_journal \
               WHERE outcome = 'failed' ORDER BY entry";
    let rows = driver.own_rows("whimbrel_journal", sql, &[]);
    let rows =
        rows.map_err(|fault| Error::from(fault).context("the journal cannot be read"))?.unwrap_or_default();
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
