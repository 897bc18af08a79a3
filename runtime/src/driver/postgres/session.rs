//! The settings of a session that bear on migrations.

use postgres::Client;

use super::Postgres;
use crate::driver::{Cell, Fault, FaultKind, Row};

/// The settings of a migration, on every connection the same: SQL means the same whatever the role or the
/// database prefers.
const SETTINGS: [(&str, &str); 12] = [
    ("TimeZone", "UTC"),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("extra_float_digits", "1"),
    ("standard_conforming_strings", "on"),
    ("transform_null_equals", "off"),
    ("default_transaction_isolation", "read committed"),
    // Rows that a policy hides would be lost without a word; so it is an error instead.
    ("row_security", "off"),
    // How long a statement takes is nobody's business but the lock's.
    ("statement_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
    ("client_min_messages", "warning"),
    // A statement that waits for a lock makes all that come after it wait as well.
    ("lock_timeout", LOCK_TIMEOUT),
];

/// In milliseconds. A migration that does not get its locks by then is rolled back and tried again.
pub(super) const LOCK_TIMEOUT: &str = "3000";

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
    let names: Vec<&'static str> =
        ["search_path"].into_iter().chain(SETTINGS.map(|(name, _)| name)).collect();
    let current: Vec<String> = names.iter().map(|name| format!("current_setting('{name}')")).collect();
    let sql = format!("SELECT {}", current.join(", "));
    let row = driver.rows(&sql, &[])?.into_iter().next().unwrap_or_default();
    let saved = names.into_iter().zip(row.into_iter().filter_map(Cell::text)).collect();
    // Temporary tables of the session come last, so that none stands before a table of the schema.
    let path = "(SELECT string_agg(quote_ident(name), ', ' ORDER BY place) || ', pg_temp' \
                FROM unnest(current_schemas(false)) WITH ORDINALITY AS schemas (name, place))";
    let mut wanted = vec![format!("set_config('search_path', {path}, false)")];
    wanted.extend(SETTINGS.map(|(name, value)| format!("set_config('{name}', '{value}', false)")));
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
