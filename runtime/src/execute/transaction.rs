//! One transaction around a migration.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::{Prepared, keys};
use crate::driver::{Driver, Enforcement, Waiting};
use crate::error::{Error, ErrorKind};

/// Runs `body` in a transaction that holds off other migrators, in a session whose settings are
/// the same on every connection, and puts the settings back whatever happens.
///
/// If foreign keys cannot be enforced while `prepared` runs, they are suspended before the
/// transaction begins, and what `body` did to them is checked before it is made lasting.
///
/// `waiting` is called if another program has to be waited for.
///
/// # Errors
///
/// Those of `body` and of the database; then everything is as before. One that comes from putting
/// the settings back after the end of the transaction says so.
pub(crate) fn in_transaction<T>(
    driver: &mut dyn Driver,
    prepared: &Prepared,
    waiting: &mut Waiting<'_>,
    body: impl FnOnce(&mut dyn Driver) -> Result<T, Error>,
) -> Result<T, Error> {
    driver.check_idle()?;
    // After a panic nothing of the driver is used but what ends the transaction and puts the settings
    // back, each of which asks the database first where it stands.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        driver.enter(prepared.foreign_keys())?;
        let result = begin(driver, prepared, waiting).and_then(|()| attempt(driver, prepared, body));
        ended(result, driver.leave())
    }));
    outcome.unwrap_or_else(|panic| {
        // A connection that was lent lives on, and must not be left inside a transaction.
        let _ = driver.rollback();
        let _ = driver.leave();
        resume_unwind(panic)
    })
}

/// Runs `body` in a session whose settings are the same on every connection, for a migration of several
/// transactions, and puts the settings back whatever happens. Its transactions are its own business; one that
/// it leaves open is rolled back.
///
/// # Errors
///
/// Those of `body` and of the database.
pub(crate) fn in_order<T>(
    driver: &mut dyn Driver,
    prepared: &Prepared,
    body: impl FnOnce(&mut dyn Driver) -> Result<T, Error>,
) -> Result<T, Error> {
    driver.check_idle()?;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        driver.enter(prepared.foreign_keys())?;
        let result = refuse_shadows(driver, prepared).and_then(|()| body(driver));
        ended(result, driver.leave())
    }));
    outcome.unwrap_or_else(|panic| {
        let _ = driver.rollback();
        let _ = driver.leave();
        resume_unwind(panic)
    })
}

/// Runs `body` in a transaction as [`in_transaction`] does, and rolls it back: what it gives is what would be.
///
/// # Errors
///
/// Those of `body` and of the database.
#[cfg(feature = "seed")]
pub(crate) fn undone<T>(
    driver: &mut dyn Driver,
    waiting: &mut Waiting<'_>,
    body: impl FnOnce(&mut dyn Driver) -> Result<T, Error>,
) -> Result<T, Error> {
    let prepared = Prepared::nothing();
    // A transaction that is left open, because something failed, is rolled back there.
    in_order(driver, &prepared, |driver| {
        begin(driver, &prepared, waiting)?;
        let value = body(driver)?;
        driver.rollback()?;
        Ok(value)
    })
}

/// What comes of work whose end has been seen to.
pub(crate) fn ended<T>(result: Result<T, Error>, left: Result<(), Error>) -> Result<T, Error> {
    match (result, left) {
        (Ok(value), Ok(())) => Ok(value),
        (Ok(_), Err(error)) => Err(error.context("the migration itself is done")),
        (Err(error), Ok(())) => Err(error),
        // With the connection goes all that had to be put back.
        (Err(error), Err(_)) if error.kind() == ErrorKind::Disconnected => Err(error),
        (Err(error), Err(second)) => Err(error.help(format!("besides, {}", second.message()))),
    }
}

fn begin(driver: &mut dyn Driver, prepared: &Prepared, waiting: &mut Waiting<'_>) -> Result<(), Error> {
    refuse_shadows(driver, prepared)?;
    driver.begin(waiting).map_err(|fault| {
        // What a driver finds wrong when it has begun is found in the transaction.
        let _ = driver.rollback();
        Error::from(fault).context("the transaction cannot begin")
    })
}

fn refuse_shadows(driver: &mut dyn Driver, prepared: &Prepared) -> Result<(), Error> {
    let tables: Vec<&str> = prepared.tables.iter().map(|name| name.as_str()).collect();
    let shadowed = driver.shadowed(&tables)?;
    if !shadowed.is_empty() {
        return Err(Error::failed(format!(
            "this connection has temporary tables, views or triggers on the tables of the database: {}",
            shadowed.join(", ")
        ))
        .help("migrate on a connection of its own, or drop them first"));
    }
    Ok(())
}

fn attempt<T>(
    driver: &mut dyn Driver,
    prepared: &Prepared,
    body: impl FnOnce(&mut dyn Driver) -> Result<T, Error>,
) -> Result<T, Error> {
    let result = inside(driver, prepared, body).and_then(|value| {
        driver.commit().map_err(|fault| Error::from(fault).context("the transaction cannot be committed"))?;
        Ok(value)
    });
    // A failed COMMIT leaves the transaction open as well.
    result.map_err(|error| match driver.rollback() {
        Ok(()) => error,
        Err(_) if error.kind() == ErrorKind::Disconnected => error,
        Err(fault) => error.help(format!("besides, the rollback failed: {}", fault.message)),
    })
}

fn inside<T>(
    driver: &mut dyn Driver,
    prepared: &Prepared,
    body: impl FnOnce(&mut dyn Driver) -> Result<T, Error>,
) -> Result<T, Error> {
    match prepared.foreign_keys() {
        Enforcement::Enforced => body(driver),
        Enforcement::Suspended => {
            let before = driver.violations().map_err(check_failed)?;
            let value = body(driver)?;
            let after = driver.violations().map_err(check_failed)?;
            keys::compare(before, after, prepared)?;
            Ok(value)
        }
    }
}

fn check_failed(fault: crate::driver::Fault) -> Error {
    Error::from(fault).context("the foreign keys cannot be checked")
}
