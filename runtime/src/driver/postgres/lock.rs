//! The lock between migrators: an advisory lock of the session, which dies with it.
//!
//! It is tried for and never waited for: a session that is blocked in `pg_advisory_lock` holds a snapshot,
//! for which CREATE INDEX CONCURRENTLY in the session that has the lock would wait in turn.

use std::time::{Duration, Instant};

use super::Postgres;
use crate::driver::{Cell, Fault, FaultKind, Waiting};

/// The pauses between tries: short at first, because most runs are.
const PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// How long a wait is not worth a word.
const UNNOTICED: Duration = Duration::from_secs(1);

/// Takes the lock of a schema.
pub(super) fn take(
    driver: &mut Postgres<'_>,
    wait: Duration,
    waiting: &mut Waiting<'_>,
) -> Result<(), Fault> {
    let (began, mut pause, mut told) = (Instant::now(), PAUSE, false);
    let key = key(&driver.home);
    loop {
        let taken = driver.rows(&format!("SELECT pg_try_advisory_lock({key})"), &[])?;
        if is_true(&taken) {
            return Ok(());
        }
        let waited = began.elapsed();
        if waited >= wait {
            let holder = holder(driver, key)?.unwrap_or_else(|| "a session that ended just now".to_owned());
            let message = format!("another migrator has the lock of this database: {holder}");
            return Err(Fault::new(FaultKind::Busy, message));
        }
        if !told && waited >= UNNOTICED {
            waiting(holder(driver, key)?.as_deref());
            told = true;
        }
        std::thread::sleep(pause.min(wait.saturating_sub(waited)));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Gives the lock back; `false` if this session did not have it.
pub(super) fn give_back(driver: &mut Postgres<'_>) -> Result<bool, Fault> {
    let key = key(&driver.home);
    Ok(is_true(&driver.rows(&format!("SELECT pg_advisory_unlock({key})"), &[])?))
}

/// Whether it is this very session that has the lock. Behind a pooler that gives each transaction another
/// session it is not.
pub(super) fn is_held(driver: &mut Postgres<'_>) -> Result<bool, Fault> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE pid = pg_backend_pid() AND {})",
        matching(key(&driver.home))
    );
    Ok(is_true(&driver.rows(&sql, &[])?))
}

/// Who has the lock, in words.
fn holder(driver: &mut Postgres<'_>, key: i64) -> Result<Option<String>, Fault> {
    let sql = format!(
        "SELECT 'process ' || activity.pid || ' of ' || coalesce(activity.usename, 'nobody') \
         || coalesce(' (' || nullif(activity.application_name, '') || ')', '') \
         || ' at ' || coalesce(host(activity.client_addr), 'the server itself') || ', connected for ' \
         || coalesce(extract(epoch FROM clock_timestamp() - activity.backend_start)::bigint, 0) || ' s' \
         FROM pg_locks JOIN pg_stat_activity AS activity ON activity.pid = pg_locks.pid \
         WHERE pg_locks.granted AND {} LIMIT 1",
        matching(key)
    );
    let rows = driver.rows(&sql, &[])?;
    Ok(rows.into_iter().flatten().next().and_then(Cell::text))
}

fn matching(key: i64) -> String {
    let bits = key.cast_unsigned();
    format!(
        "pg_locks.locktype = 'advisory' AND pg_locks.classid = {} AND pg_locks.objid = {} AND pg_locks.objsubid = 1 \
         AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        bits >> 32,
        bits & 0xffff_ffff
    )
}

/// PostgreSQL's advisory locks are numbers, for each database its own.
fn key(schema: &str) -> i64 {
    crate::driver::hash(&["whimbrel", schema]).cast_signed()
}

fn is_true(rows: &[Vec<Cell>]) -> bool {
    matches!(rows.first().and_then(|row| row.first()), Some(Cell::Integer(1)))
}
