//! The settings of a session that bear on migrations.

use std::time::Duration;

use whimbrel_schema::Timeouts;

use super::Mysql;
use crate::driver::{Cell, Fault, FaultKind, Row};
use crate::error::{Error, ErrorKind};

/// The settings of a migration, on every connection the same: SQL means the same whatever the server or the
/// user prefers.
const SETTINGS: [(&str, &str); 8] = [
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
];

/// How long a statement waits for a lock, if nothing else is said. It makes all that come after it wait as well, so one
/// that does not get it by then is tried again.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a statement waits for a lock and how long it may take, as settings in seconds.
fn limits(timeouts: Timeouts, server: Server) -> Vec<(&'static str, String)> {
    // Locks are waited for by the whole second, and at least one.
    let lock = timeouts.lock.unwrap_or(LOCK_TIMEOUT).as_millis().div_ceil(1000).max(1).to_string();
    let mut limits = vec![("lock_wait_timeout", lock.clone()), ("innodb_lock_wait_timeout", lock)];
    match server {
        // Where nothing is said it is nobody's business but the lock's.
        Server::MariaDb => {
            let statement = timeouts.statement.unwrap_or_default().as_secs_f64().to_string();
            limits.push(("max_statement_time", statement));
        }
        // It ends queries alone, and what takes long in a migration is none.
        Server::Mysql => {}
    }
    limits
}

/// Which of the two a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    MariaDb,
    Mysql,
}

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
pub(super) fn fix(driver: &mut Mysql<'_>, server: Server) -> Result<Settings, Fault> {
    let mut settings = SETTINGS.map(|(name, value)| (name, value.to_owned())).to_vec();
    settings.extend(limits(driver.timeouts, server));
    let names: Vec<String> = settings.iter().map(|(name, _)| format!("@@SESSION.{name}")).collect();
    let row =
        driver.rows(&format!("SELECT {}", names.join(", ")), &[])?.into_iter().next().unwrap_or_default();
    let saved = settings.iter().map(|(name, _)| *name).zip(row).collect();
    let wanted: Vec<String> =
        settings.iter().map(|(name, value)| format!("SESSION {name} = {value}")).collect();
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

/// Which server it is; fails on one that can be left with half a statement done.
///
/// From these versions on a statement that changes the schema is done or not done, whatever happens.
pub(super) fn check_version(driver: &mut Mysql<'_>) -> Result<Server, Error> {
    let rows = driver.rows("SELECT VERSION()", &[])?;
    let version = rows.into_iter().flatten().next().and_then(Cell::text).unwrap_or_default();
    let (server, name, oldest) = match version.contains("MariaDB") {
        true => (Server::MariaDb, "MariaDB", (10, 6)),
        false => (Server::Mysql, "MySQL", (8, 0)),
    };
    let mut numbers = version.split(['.', '-']).map(|part| part.parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), Some(minor)) if (major, minor) >= oldest => Ok(server),
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
