//! The rebuild of a table: SQLite's procedure for what its ALTER TABLE cannot do.
//!
//! See <https://sqlite.org/lang_altertable.html#otheralter>. Foreign keys are off when it begins,
//! so that dropping the previous table does nothing to the rows that reference it.

use whimbrel_schema::Rebuild;

use super::Sqlite;
use crate::driver::{Cell, Driver, Fault, FaultKind};

/// What goes with a table when it is dropped, as SQL that makes it again.
struct Kept {
    kind: String,
    name: String,
    sql: String,
}

/// Replaces the table, and counts the SQL texts.
pub(super) fn rebuild(driver: &mut Sqlite<'_>, rebuild: &Rebuild) -> Result<usize, Fault> {
    refuse_unknown_columns(driver, rebuild)?;
    let kept = kept(driver, rebuild)?;
    let mut texts = vec![rebuild.create.as_str(), &rebuild.copy];
    texts.extend(rebuild.sequence.iter().map(String::as_str));
    run_all(driver, &texts).map_err(|fault| by_its_name(fault, rebuild))?;
    swap(driver, rebuild)?;
    let indexes: Vec<&str> = rebuild.indexes.iter().map(|(_, text)| text.as_str()).collect();
    run_all(driver, &indexes)?;
    for object in &kept {
        driver.execute(&object.sql, &[]).map_err(|fault| {
            fault.reworded(|message| {
                format!(
                    "{} {} belongs to table {}, is not part of the schema, and could not be put back: {message}",
                    object.kind, object.name, rebuild.table
                )
            })
        })?;
    }
    Ok(texts.len() + 2 + indexes.len() + kept.len())
}

/// A column that someone added by hand would not be copied.
fn refuse_unknown_columns(driver: &mut Sqlite<'_>, rebuild: &Rebuild) -> Result<(), Fault> {
    let sql = "SELECT name FROM pragma_table_xinfo(?1, 'main')";
    let rows = driver.execute(sql, &[Cell::from(rebuild.table.as_str())])?;
    let known = |name: &String| rebuild.columns.iter().any(|known| known.as_str().eq_ignore_ascii_case(name));
    let unknown: Vec<String> =
        rows.into_iter().flatten().filter_map(Cell::text).filter(|name| !known(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Drifted,
        format!(
            "table {} has columns that the schema does not know, and rebuilding it would drop them: {}",
            rebuild.table,
            unknown.join(", ")
        ),
    ))
}

/// The triggers of the table, and its indexes that are not part of the schema. Indexes come first,
/// and each kind in the order in which it was made.
fn kept(driver: &mut Sqlite<'_>, rebuild: &Rebuild) -> Result<Vec<Kept>, Fault> {
    let rows = driver.execute(
        "SELECT type, name, sql FROM main.sqlite_master \
         WHERE type IN ('index', 'trigger') AND lower(tbl_name) = lower(?1) AND sql IS NOT NULL \
         ORDER BY type, rowid",
        &[Cell::from(rebuild.table.as_str())],
    )?;
    let managed = |kept: &Kept| {
        kept.kind == "index"
            && rebuild.indexes.iter().any(|(name, _)| name.as_str().eq_ignore_ascii_case(&kept.name))
    };
    let read = |row: Vec<Cell>| {
        let mut cells = row.into_iter().map(Cell::text);
        Some(Kept { kind: cells.next()??, name: cells.next()??, sql: cells.next()?? })
    };
    let kept: Option<Vec<Kept>> = rows.into_iter().map(read).collect();
    let kept = kept.ok_or_else(|| Fault::new(FaultKind::Damaged, "sqlite_master cannot be read"))?;
    Ok(kept.into_iter().filter(|kept| !managed(kept)).collect())
}

/// Drops the previous table and gives the new one its name.
///
/// With `legacy_alter_table` the rename touches nothing but the table: otherwise it fails where a
/// view or a trigger of another table mentions the name, which for a moment means nothing.
fn swap(driver: &mut Sqlite<'_>, rebuild: &Rebuild) -> Result<(), Fault> {
    driver.set_pragma("legacy_alter_table", 1)?;
    let result = run_all(driver, &[&rebuild.drop, &rebuild.rename]);
    let restored = driver.set_pragma("legacy_alter_table", 0);
    result.and(restored)
}

fn run_all(driver: &mut Sqlite<'_>, texts: &[&str]) -> Result<(), Fault> {
    texts.iter().try_for_each(|text| driver.execute(text, &[]).map(drop))
}

/// The table by the name that people know, in the message of a constraint that the rows do not keep.
fn by_its_name(fault: Fault, rebuild: &Rebuild) -> Fault {
    fault.reworded(|message| {
        let (cause, rest) = message.split_once('\n').unwrap_or((message, ""));
        let cause = cause.replace(rebuild.temporary.as_str(), rebuild.table.as_str());
        if rest.is_empty() { cause } else { format!("{cause}\n{rest}") }
    })
}
