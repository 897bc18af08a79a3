//! The lock between migrators: a named lock of the server, which dies with the session.

use std::time::{Duration, Instant};

use super::Mysql;
use crate::driver::{Cell, Fault, FaultKind, Waiting};

const PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// How long a wait is not worth a word.
const UNNOTICED: Duration = Duration::from_secs(1);

/// Takes the lock of a database.
pub(super) fn take(driver: &mut Mysql<'_>, wait: Duration, waiting: &mut Waiting<'_>) -> Result<(), Fault> {
    let (began, mut pause, mut told) = (Instant::now(), PAUSE, false);
    let name = name(&driver.home);
    loop {
        match answer(driver, "SELECT GET_LOCK(?, 0)", &name)? {
            Some(1) => return Ok(()),
            Some(_) => {}
            None => {
                return Err(Fault::new(
                    FaultKind::Other,
                    "the server cannot give the lock between migrators",
                ));
            }
        }
        let waited = began.elapsed();
        if waited >= wait {
            let holder = holder(driver, &name)?.unwrap_or_else(|| "a session that ended just now".to_owned());
            let message = format!("another migrator has the lock of this database: {holder}");
            return Err(Fault::new(FaultKind::Busy, message));
        }
        if !told && waited >= UNNOTICED {
            waiting(holder(driver, &name)?.as_deref());
            told = true;
        }
        std::thread::sleep(pause.min(wait.saturating_sub(waited)));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Gives the lock back; `false` if this session did not have it.
pub(super) fn give_back(driver: &mut Mysql<'_>) -> Result<bool, Fault> {
    let name = name(&driver.home);
    Ok(answer(driver, "SELECT RELEASE_LOCK(?)", &name)? == Some(1))
}

/// Whether it is this very session that has the lock.
pub(super) fn is_held(driver: &mut Mysql<'_>) -> Result<bool, Fault> {
    let name = name(&driver.home);
    Ok(answer(driver, "SELECT IS_USED_LOCK(?) = CONNECTION_ID()", &name)? == Some(1))
}

/// Who has the lock, in words. What others do is shown only to those with the right to see it.
fn holder(driver: &mut Mysql<'_>, name: &str) -> Result<Option<String>, Fault> {
    let sql = "SELECT CONCAT('connection ', id, ' of ', user, ' at ', host, ', busy for ', time, ' s') \
               FROM information_schema.processlist WHERE id = IS_USED_LOCK(?)";
    let rows = driver.rows(sql, &[name.into()])?;
    let shown = rows.into_iter().flatten().next().and_then(Cell::text);
    if shown.is_some() {
        return Ok(shown);
    }
    Ok(answer(driver, "SELECT IS_USED_LOCK(?)", name)?.map(|id| format!("connection {id}")))
}

fn answer(driver: &mut Mysql<'_>, sql: &str, name: &str) -> Result<Option<i64>, Fault> {
    let rows = driver.rows(sql, &[name.into()])?;
    Ok(rows.into_iter().flatten().next().and_then(Cell::integer))
}

/// Names of locks are those of the whole server, so the database is part of it; and they are short, so it
/// is so as a number.
fn name(database: &str) -> String {
    format!("whimbrel_{:016x}", crate::driver::hash(&["whimbrel", database]))
}
