//! The settings of a connection that bear on migrations.

use super::Sqlite;
use crate::driver::{Enforcement, Fault};

/// The values of the pragmas that a migration depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings([(&'static str, i64); 4]);

/// Notes the settings and makes them those of a migration. It must be outside of transactions:
/// inside, SQLite ignores `foreign_keys` without a word.
pub(super) fn enter(driver: &mut Sqlite<'_>, foreign_keys: Enforcement) -> Result<(), Fault> {
    let saved = read(driver)?;
    driver.saved = Some(saved);
    let keys = match foreign_keys {
        Enforcement::Enforced => 1,
        Enforcement::Suspended => 0,
    };
    // Renames must reach views and triggers, which `legacy_alter_table` would leave alone; and a
    // migration must do the same on every connection, whatever its owner prefers.
    let wanted = Settings([
        ("foreign_keys", keys),
        ("legacy_alter_table", 0),
        ("recursive_triggers", 0),
        ("defer_foreign_keys", 0),
    ]);
    write(driver, wanted).inspect_err(|_| {
        // The first error is the one to tell.
        let _ = leave(driver);
    })
}

/// Puts the settings back.
pub(super) fn leave(driver: &mut Sqlite<'_>) -> Result<(), Fault> {
    let Some(saved) = driver.saved else { return Ok(()) };
    // Once more where it fails: an interrupt hits one statement and not the next, and a connection
    // that is left without foreign keys would do harm in silence.
    let result = write(driver, saved).or_else(|_| write(driver, saved));
    // Not before, so that what was interrupted by a panic can be done after it.
    driver.saved = None;
    result
}

fn read(driver: &mut Sqlite<'_>) -> Result<Settings, Fault> {
    let mut value = |name| Ok((name, driver.pragma(name)?));
    Ok(Settings([
        value("foreign_keys")?,
        value("legacy_alter_table")?,
        value("recursive_triggers")?,
        value("defer_foreign_keys")?,
    ]))
}

/// Sets all that can be set, and reports the first that cannot.
fn write(driver: &mut Sqlite<'_>, settings: Settings) -> Result<(), Fault> {
    let mut first = Ok(());
    for (name, value) in settings.0 {
        let result = driver.set_pragma(name, value);
        if first.is_ok() {
            first = result;
        }
    }
    first
}
