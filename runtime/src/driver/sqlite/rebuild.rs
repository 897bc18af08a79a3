//! The rebuild of a table: SQLite's procedure for what its ALTER TABLE cannot do.
//!
//! See <https://sqlite.org/lang_altertable.html#otheralter>. Foreign keys are off when it begins,
//! so that dropping the previous table does nothing to the rows that reference it.

use whimbrel_schema::{Pair, Rebuild, SqliteObject, unknown_parts};

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
    refuse_unknown_parts(driver, rebuild)?;
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

/// What someone added by hand would be in neither the new table nor the copy.
fn refuse_unknown_parts(driver: &mut Sqlite<'_>, rebuild: &Rebuild) -> Result<(), Fault> {
    let table = Cell::from(rebuild.table.as_str());
    let sql = "SELECT name, sql FROM main.sqlite_master \
               WHERE type = 'table' AND sql IS NOT NULL AND (lower(name) = lower(?1) OR lower(name) IN \
               (SELECT lower(\"table\") FROM pragma_foreign_key_list(?1, 'main')))";
    let rows = driver.execute(sql, &[table])?;
    let read = |row: Vec<Cell>| {
        let mut cells = row.into_iter().map(Cell::text);
        let (name, sql) = (cells.next()??, cells.next()?);
        Some(SqliteObject { kind: "table".to_owned(), table: name.clone(), name, sql })
    };
    let objects: Vec<SqliteObject> = rows.into_iter().filter_map(read).collect();
    let own = objects.iter().find(|object| object.name.eq_ignore_ascii_case(rebuild.table.as_str()));
    // Without the table, the copy says what is wrong.
    let Some(found) = own.and_then(|own| own.sql.as_deref()) else { return Ok(()) };
    let unknown = unknown_parts(Pair::new(&rebuild.known, found), &objects);
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Drifted,
        format!(
            "table {} has what the schema does not know, and rebuilding it would drop that: {}",
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
