//! Indexes that come and go while programs go on, which is not part of any transaction.
//!
//! A build that fails or is cut short leaves an index that PostgreSQL does not use and keeps up all the same.
//! `IF NOT EXISTS` would take it for the index. Here only a valid one is, and what is left of another attempt
//! is removed, at once where that can be done, and at the latest before the next.

use whimbrel_schema::{IndexAct, Name, OnlineIndex};

use super::{Postgres, session};
use crate::driver::{Cell, Driver as _, Fault, FaultKind};

/// Builds or drops an index, and counts the SQL texts.
///
/// It waits for every transaction that began before it, however long that takes: it keeps nobody waiting
/// meanwhile, and would have to begin anew.
pub(super) fn run(driver: &mut Postgres<'_>, index: &OnlineIndex) -> Result<usize, Fault> {
    driver.rows("SET lock_timeout = 0", &[])?;
    let done = act(driver, index);
    let restored =
        driver.rows(&format!("SET lock_timeout = {}", session::lock_timeout(driver.timeouts)), &[]);
    // The first error is the one to tell; with a lost connection the setting is lost as well.
    done.and_then(|count| restored.map(|_| count))
}

fn act(driver: &mut Postgres<'_>, index: &OnlineIndex) -> Result<usize, Fault> {
    let run = |driver: &mut Postgres<'_>, sql: &str| driver.execute(sql, &[]).map(drop);
    match (index.act, state(driver, &index.index)?) {
        (IndexAct::Build, State::Invalid) => {
            run(driver, &index.remove)?;
            build(driver, index).map(|()| 2)
        }
        (IndexAct::Build, State::Missing | State::Valid(_)) => build(driver, index).map(|()| 1),
        (IndexAct::Drop, _) => run(driver, &index.text).map(|()| 1),
    }
}

fn build(driver: &mut Postgres<'_>, index: &OnlineIndex) -> Result<(), Fault> {
    let Err(fault) = driver.execute(&index.text, &[]) else { return Ok(()) };
    if fault.kind != FaultKind::Disconnected && matches!(state(driver, &index.index), Ok(State::Invalid)) {
        // What cannot be removed now is before the next attempt.
        let _ = driver.execute(&index.remove, &[]);
    }
    Err(fault)
}

/// What tells whether the act was done: a build is when there is a valid index, a drop when there is none at
/// all.
pub(super) fn fingerprint(driver: &mut Postgres<'_>, index: &OnlineIndex) -> Result<String, Fault> {
    Ok(match (index.act, state(driver, &index.index)?) {
        (IndexAct::Build, State::Valid(definition)) => definition,
        (IndexAct::Drop, State::Valid(_) | State::Invalid) => "there".to_owned(),
        (IndexAct::Build, State::Invalid) | (_, State::Missing) => String::new(),
    })
}

enum State {
    Missing,
    /// A build or a drop of it was cut short.
    Invalid,
    Valid(String),
}

fn state(driver: &mut Postgres<'_>, name: &Name) -> Result<State, Fault> {
    let sql = "SELECT CASE WHEN i.indisvalid THEN pg_get_indexdef(i.indexrelid) ELSE '' END \
               FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid \
               JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2";
    let home = Cell::Text(driver.home.clone());
    let found = driver.rows(sql, &[home, name.as_str().into()])?;
    Ok(match found.into_iter().flatten().next().and_then(Cell::text) {
        None => State::Missing,
        Some(text) if text.is_empty() => State::Invalid,
        Some(definition) => State::Valid(definition),
    })
}
