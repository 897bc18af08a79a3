//! Poolers that give each transaction another session.

use super::connection::Connection;
use super::{Postgres, lock, open};
use crate::driver::{Fault, FaultKind};

/// Which session works, on which server, of which there may be several at one address.
const SESSION: &str =
    "SELECT pg_backend_pid()::text || ' since ' || extract(epoch FROM pg_postmaster_start_time())::text";

/// How often a lock is looked for that is in some session of a pool.
const TRIES: usize = 20;

/// Fails behind a pool of transactions, and then gives back the lock that this run has.
///
/// While nobody else uses the pool it gives each transaction the same session, so one connection alone cannot
/// tell; but a second one is given that session as well, although the first has not been closed.
pub(super) fn refuse(driver: &mut Postgres<'_>) -> Result<(), Fault> {
    if !is_shared(driver)? {
        return Ok(());
    }
    for _ in 0..TRIES {
        if lock::give_back(driver)? {
            break;
        }
    }
    Err(Fault::new(FaultKind::Pooled, super::pooled().message()))
}

fn is_shared(driver: &mut Postgres<'_>) -> Result<bool, Fault> {
    let Connection::Owned(own) = &mut driver.connection else { return Ok(false) };
    // Where there is no second connection to be had, each transaction still looks for the lock.
    let Ok(mut other) = open::connect(&own.config, &own.security) else { return Ok(false) };
    let failed = |error| super::fault::fault(error, SESSION);
    let first: String =
        own.client.query_typed_one(SESSION, &[]).and_then(|row| row.try_get(0)).map_err(failed)?;
    let second = other.transaction().and_then(|mut transaction| {
        let second: String = transaction.query_typed_one(SESSION, &[])?.try_get(0)?;
        // That one is taken now, so that the pool must give another.
        let third: String = own.client.query_typed_one(SESSION, &[])?.try_get(0)?;
        Ok((second, third))
    });
    Ok(second.map_err(failed).is_ok_and(|(second, third)| second == first || third != first))
}
