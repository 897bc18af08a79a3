//! The settings of a session that bear on migrations.

use super::Mysql;
use crate::driver::{Cell, Fault, FaultKind, Row};
use crate::error::{Error, ErrorKind};

/// The settings of a migration, on every connection the same: SQL means the same whatever the server or the
/// user prefers.
const SETTINGS: [(&str, &str); 10] = [
    // Values that do not fit are refused, quotes and backslashes are what they are by default, and another
    // engine is no silent substitute.
    ("sql_mode", "'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"),
    ("time_zone", "'+00:00'"),
    // Others know neither transactions nor foreign keys.
    ("default_storage_engine", "InnoDB"),
    ("autocommit", "1"),
    ("foreign_key_checks", "1"),
    ("unique_checks", "1"),
    ("sql_safe_updates", "0"),
    ("sql_auto_is_null", "0"),
    // In seconds. A statement that waits for a lock makes all that come after it wait as well; one that does
    // not get it by then is tried again.
    ("lock_wait_timeout", "3"),
    ("innodb_lock_wait_timeout", "3"),
];

/// What the session had before, as SQL.
#[derive(Debug)]
pub(super) struct Settings(Vec<(&'static str, Cell)>);

/// The database in which everything happens.
pub(super) fn home(rows: Vec<Row>) -> Result<String, Fault> {
    let home = rows.into_iter().flatten().next().and_then(Cell::text);
    home.ok_or_else(|| {
        Fault::new(
            FaultKind::Other,
            "the connection uses no database: name one in the URL, or run USE before",
        )
    })
}

/// Notes the settings and makes them those of a migration.
pub(super) fn fix(driver: &mut Mysql<'_>) -> Result<Settings, Fault> {
    let names: Vec<String> = SETTINGS.map(|(name, _)| format!("@@SESSION.{name}")).to_vec();
    let row =
        driver.rows(&format!("SELECT {}", names.join(", ")), &[])?.into_iter().next().unwrap_or_default();
    let saved = SETTINGS.iter().map(|(name, _)| *name).zip(row).collect();
    let wanted = SETTINGS.map(|(name, value)| format!("SESSION {name} = {value}"));
    driver.rows(&format!("SET {}", wanted.join(", ")), &[])?;
    // The character set of what is sent and returned; a connection may have been opened with another.
    driver.rows("SET NAMES utf8mb4", &[])?;
    Ok(Settings(saved))
}

/// Puts the settings back. The character set is that of the client's library, which speaks no other.
pub(super) fn restore(driver: &mut Mysql<'_>, Settings(saved): &Settings) -> Result<(), Fault> {
    let assignments: Vec<String> = saved.iter().map(|(name, _)| format!("SESSION {name} = ?")).collect();
    let values: Row = saved.iter().map(|(_, value)| value.clone()).collect();
    driver.rows(&format!("SET {}", assignments.join(", ")), &values).map(drop)
}

/// Fails on a server that can be left with half a statement done.
///
/// From these versions on a statement that changes the schema is done or not done, whatever happens.
pub(super) fn check_version(driver: &mut Mysql<'_>) -> Result<(), Error> {
    let rows = driver.rows("SELECT VERSION()", &[])?;
    let version = rows.into_iter().flatten().next().and_then(Cell::text).unwrap_or_default();
    let (name, oldest) = if version.contains("MariaDB") { ("MariaDB", (10, 6)) } else { ("MySQL", (8, 0)) };
    let mut numbers = version.split(['.', '-']).map(|part| part.parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), Some(minor)) if (major, minor) >= oldest => Ok(()),
        _ => Err(Error::new(
            ErrorKind::Usage,
            format!(
                "the server is {name} {version}, and {name} {}.{} is the oldest supported",
                oldest.0, oldest.1
            ),
        )
        .help("an older one can be left with half a statement done; upgrade it first")),
    }
}
