//! How far a migration came that was left in the middle.

use super::Whose;
use crate::driver::{Cell, Driver, Row};
use crate::error::Error;
use crate::history::Method;
use crate::project::Direction;

/// What the journal counts: one statement of one step, both from 1. Rust code is the only one of its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unit {
    pub(crate) step: usize,
    pub(crate) statement: usize,
}

/// Where a migration stands that has begun and is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) whose: Whose,
    /// The last that is known to be done.
    pub(crate) done: Option<Unit>,
    /// The one that has started, and whose end nobody saw, with what the objects at hand were defined as.
    pub(crate) uncertain: Option<(Unit, String)>,
}

/// Where the database stands in the middle of a migration; `None` if it does not.
///
/// # Errors
///
/// If the journal cannot be read, or tells of two migrations at once.
pub(crate) fn position(driver: &mut dyn Driver) -> Result<Option<Position>, Error> {
    if !driver.journals() {
        return Ok(None);
    }
    let sql = "SELECT revision, hash, direction, method, step, statement, outcome, fingerprint \
               FROM main.whimbrel_journal \
               WHERE event = (SELECT COALESCE(MAX(event), 0) FROM main.whimbrel_history) ORDER BY entry";
    let rows = driver.own_rows("whimbrel_journal", sql, &[]);
    let rows =
        rows.map_err(|fault| Error::from(fault).context("the journal cannot be read"))?.unwrap_or_default();
    let mut position: Option<Position> = None;
    for row in rows {
        let Some((whose, unit, outcome, fingerprint)) = read(row) else { continue };
        let at =
            position.get_or_insert_with(|| Position { whose: whose.clone(), done: None, uncertain: None });
        if at.whose != whose {
            if at.done.is_some() || at.uncertain.is_some() {
                // What has begun there is nothing that this one continues; it stays the one to finish.
                continue;
            }
            at.whose = whose;
        }
        match outcome.as_str() {
            "started" => at.uncertain = Some((unit, fingerprint)),
            "finished" => {
                at.done = at.done.max(Some(unit));
                at.uncertain = at.uncertain.take().filter(|(uncertain, _)| *uncertain > unit);
            }
            _ => at.uncertain = at.uncertain.take().filter(|(uncertain, _)| *uncertain != unit),
        }
    }
    Ok(position.filter(|at| at.done.is_some() || at.uncertain.is_some()))
}

/// What a row says of a statement; nothing if it tells of an attempt that failed outside of any.
fn read(row: Row) -> Option<(Whose, Unit, String, String)> {
    let mut cells = row.into_iter();
    let mut text = || cells.next()?.text();
    let (revision, hash) = (text()?, text()?);
    let (direction, method) = (Direction::from_key(&text()?)?, Method::from_key(&text()?)?);
    let mut number = || usize::try_from(cells.next()?.integer()?).ok();
    let unit = Unit { step: number()?, statement: number()? };
    let outcome = cells.next()?.text()?;
    let fingerprint = cells.next().and_then(Cell::text).unwrap_or_default();
    Some((Whose { revision, hash, direction, method }, unit, outcome, fingerprint))
}
