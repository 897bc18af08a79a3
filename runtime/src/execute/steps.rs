//! Running prepared steps without a migration around them.

use super::Prepared;
#[cfg(feature = "sqlite")]
use super::in_transaction;
use crate::archive::Act;
use crate::driver::Driver;
use crate::error::Error;

/// Runs all steps in one transaction, and notes the index of the one that fails; none if it is
/// something else that does. Steps of Rust code do nothing here.
///
/// # Errors
///
/// Those of the database; then it is as before.
#[cfg(feature = "sqlite")]
pub(crate) fn run_steps(
    driver: &mut dyn Driver,
    prepared: &Prepared,
    act: &Act<'_>,
    failed: &mut Option<usize>,
) -> Result<(), Error> {
    in_transaction(driver, prepared, &mut |_| {}, |driver| {
        take_steps(driver, prepared, act, failed).map(drop)
    })
}

/// The same in the transaction that is open; counts the SQL texts.
pub(crate) fn take_steps(
    driver: &mut dyn Driver,
    prepared: &Prepared,
    act: &Act<'_>,
    failed: &mut Option<usize>,
) -> Result<usize, Error> {
    let mut statements = 0;
    for (index, step) in prepared.steps.iter().enumerate() {
        for statement in &step.statements {
            statements += driver.run(statement, act).map_err(|fault| {
                *failed = Some(index);
                Error::from(fault)
            })?;
        }
    }
    Ok(statements)
}
