//! What a database consists of, by SQLite's own tables.

use std::collections::{BTreeMap, BTreeSet};

use whimbrel_schema::{Introspected, SqliteCatalogue, SqliteColumn, SqliteObject, read_sqlite};

use super::Sqlite;
use crate::driver::{Cell, Driver, Fault, FaultKind, Row};

pub(super) fn introspect(driver: &mut Sqlite<'_>) -> Result<Introspected, Fault> {
    let catalogue =
        SqliteCatalogue { objects: objects(driver)?, columns: columns(driver)?, shadows: shadows(driver)? };
    Ok(read_sqlite(&catalogue))
}

fn objects(driver: &mut Sqlite<'_>) -> Result<Vec<SqliteObject>, Fault> {
    let rows =
        driver.execute("SELECT type, name, tbl_name, sql FROM main.sqlite_master ORDER BY rowid", &[])?;
    let object = |row: Row| {
        let mut cells = row.into_iter().map(Cell::text);
        Some(SqliteObject {
            kind: cells.next()??,
            name: cells.next()??,
            table: cells.next()??,
            sql: cells.next()?,
        })
    };
    let objects: Option<Vec<SqliteObject>> = rows.into_iter().map(object).collect();
    objects.ok_or_else(|| Fault::new(FaultKind::Damaged, "sqlite_master cannot be read"))
}

/// The columns of every table with rows. Of a virtual table nothing is asked, because SQLite would have to
/// load its module, which may not be there.
fn columns(driver: &mut Sqlite<'_>) -> Result<BTreeMap<String, Vec<SqliteColumn>>, Fault> {
    let rows = driver.execute(
        "SELECT tables.name, columns.name, columns.hidden, columns.pk \
         FROM main.sqlite_master AS tables JOIN pragma_table_xinfo(tables.name, 'main') AS columns \
         WHERE tables.type = 'table' AND tables.sql NOT LIKE 'CREATE VIRTUAL TABLE%' \
         ORDER BY tables.rowid, columns.cid",
        &[],
    )?;
    let mut columns: BTreeMap<String, Vec<SqliteColumn>> = BTreeMap::new();
    for row in rows {
        let mut cells = row.into_iter();
        let mut text = || cells.next().and_then(Cell::text);
        let (Some(table), Some(name)) = (text(), text()) else { continue };
        let mut number = || cells.next().and_then(Cell::integer);
        let (Some(hidden), Some(key)) = (number(), number()) else { continue };
        columns.entry(table).or_default().push(SqliteColumn { name, hidden, key });
    }
    Ok(columns)
}

/// The tables in which virtual tables keep their content. The list of tables costs a look at each of them.
fn shadows(driver: &mut Sqlite<'_>) -> Result<BTreeSet<String>, Fault> {
    let some = "SELECT 1 FROM main.sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%' LIMIT 1";
    if driver.execute(some, &[])?.is_empty() {
        return Ok(BTreeSet::new());
    }
    let list = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'";
    let rows = driver.execute(list, &[])?;
    Ok(rows.into_iter().flatten().filter_map(Cell::text).collect())
}
