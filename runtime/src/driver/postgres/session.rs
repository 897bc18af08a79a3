//! The settings of a session that bear on migrations.

use std::time::Duration;

use postgres::Client;
use whimbrel_schema::Timeouts;

use super::Postgres;
use crate::driver::{Cell, Fault, FaultKind, Row};

/// The settings of a migration, on every connection the same: SQL means the same whatever the role or the
/// database prefers.
const SETTINGS: [(&str, &str); 10] = [
    ("TimeZone", "UTC"),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("extra_float_digits", "1"),
    ("standard_conforming_strings", "on"),
    ("transform_null_equals", "off"),
    ("default_transaction_isolation", "read committed"),
    // Rows that a policy hides would be lost without a word; so it is an error instead.
    ("row_security", "off"),
    ("idle_in_transaction_session_timeout", "0"),
    ("client_min_messages", "warning"),
];

/// How long a statement waits for a lock, if nothing else is said. It makes all that come after it wait as well, so a
/// migration that does not get its locks by then is rolled back and tried again.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a statement waits for a lock, as a setting.
pub(super) fn lock_timeout(timeouts: Timeouts) -> String {
    timeouts.lock.unwrap_or(LOCK_TIMEOUT).as_millis().to_string()
}

/// How long a statement may take, as a setting. Where nothing is said it is nobody's business but the lock's.
fn statement_timeout(timeouts: Timeouts) -> String {
    timeouts.statement.unwrap_or_default().as_millis().to_string()
}

/// What the session had before.
#[derive(Debug)]
pub(super) struct Settings(Vec<(&'static str, String)>);

/// The schema in which everything happens: the first of the `search_path` that exists.
pub(super) fn home(client: &mut Client) -> Result<String, Fault> {
    let failed = |error| super::fault::fault(error, "SELECT current_schema()");
    let row = client.query_typed_one("SELECT current_schema()::text", &[]).map_err(failed)?;
    row.try_get::<_, Option<String>>(0).map_err(failed)?.ok_or_else(|| {
        Fault::new(
            FaultKind::Other,
            "no schema in the search_path of the connection exists: create one, or set another",
        )
    })
}

/// Notes the settings and makes them those of a migration.
pub(super) fn fix(driver: &mut Postgres<'_>) -> Result<Settings, Fault> {
    let limits = [
        ("lock_timeout", lock_timeout(driver.timeouts)),
        ("statement_timeout", statement_timeout(driver.timeouts)),
    ];
    let named = SETTINGS.iter().map(|(name, _)| *name).chain(limits.iter().map(|(name, _)| *name));
    let names: Vec<&'static str> = ["search_path"].into_iter().chain(named).collect();
    let current: Vec<String> = names.iter().map(|name| format!("current_setting('{name}')")).collect();
    let sql = format!("SELECT {}", current.join(", "));
    let row = driver.rows(&sql, &[])?.into_iter().next().unwrap_or_default();
    let saved = names.into_iter().zip(row.into_iter().filter_map(Cell::text)).collect();
    // Temporary tables of the session come last, so that none stands before a table of the schema.
    let path = "(SELECT string_agg(quote_ident(name), ', ' ORDER BY place) || ', pg_temp' \
                FROM unnest(current_schemas(false)) WITH ORDINALITY AS schemas (name, place))";
    let mut wanted = vec![format!("set_config('search_path', {path}, false)")];
    wanted.extend(SETTINGS.map(|(name, value)| format!("set_config('{name}', '{value}', false)")));
    wanted.extend(limits.map(|(name, value)| format!("set_config('{name}', '{value}', false)")));
    driver.rows(&format!("SELECT {}", wanted.join(", ")), &[])?;
    Ok(Settings(saved))
}

/// Puts the settings back.
pub(super) fn restore(driver: &mut Postgres<'_>, Settings(saved): &Settings) -> Result<(), Fault> {
    let marks =
        (0..saved.len()).map(|index| format!("set_config(${}, ${}, false)", 2 * index + 1, 2 * index + 2));
    let sql = format!("SELECT {}", marks.collect::<Vec<_>>().join(", "));
    let parameters: Row =
        saved.iter().flat_map(|(name, value)| [Cell::from(*name), value.as_str().into()]).collect();
    driver.rows(&sql, &parameters).map(drop)
}
