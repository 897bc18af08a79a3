//! Whether views and triggers still work.
//!
//! SQLite takes a view that reads what is not there, and a trigger that writes it, and complains only when
//! they are used. So they are: each statement is prepared, which compiles views and triggers with it, and
//! none is run.

use super::{Sqlite, fault, ident};
use crate::driver::{Cell, Driver, Fault, Row};

/// What cannot be used, each with the reason.
pub(super) fn unusable(driver: &mut Sqlite<'_>) -> Result<Vec<String>, Fault> {
    let mut unusable = Vec::new();
    for name in names(driver, "SELECT name FROM main.sqlite_master WHERE type = 'view' ORDER BY name")? {
        if let Err(problem) = prepare(driver, &format!("SELECT * FROM main.{}", ident(&name))) {
            unusable.push(format!("view {name}: {problem}"));
        }
    }
    let watched = "SELECT DISTINCT tbl_name FROM main.sqlite_master WHERE type = 'trigger' ORDER BY tbl_name";
    for name in names(driver, watched)? {
        let columns = "SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0";
        let columns = driver.execute(columns, &[Cell::from(name.as_str())])?;
        let columns: Vec<String> = columns.into_iter().filter_map(first_text).collect();
        for statement in writing(&name, &columns) {
            match prepare(driver, &statement) {
                // Of a view, only what its triggers are for can be written.
                Err(problem) if !problem.starts_with("cannot modify") => {
                    let problem = format!("writing to {name}, which has triggers: {problem}");
                    if !unusable.contains(&problem) {
                        unusable.push(problem);
                    }
                }
                Ok(()) | Err(_) => {}
            }
        }
    }
    Ok(unusable)
}

/// Statements that fire every trigger of a table.
fn writing(table: &str, columns: &[String]) -> [String; 3] {
    let table = ident(table);
    let columns: Vec<String> = columns.iter().map(|column| ident(column)).collect();
    let set: Vec<String> = columns.iter().map(|column| format!("{column} = {column}")).collect();
    let nulls: Vec<&str> = columns.iter().map(|_| "NULL").collect();
    [
        format!("INSERT INTO main.{table} ({}) VALUES ({})", columns.join(", "), nulls.join(", ")),
        format!("UPDATE main.{table} SET {}", set.join(", ")),
        format!("DELETE FROM main.{table}"),
    ]
}

fn prepare(driver: &Sqlite<'_>, sql: &str) -> Result<(), String> {
    driver.connection().prepare(sql).map(drop).map_err(|error| fault::message(&error, sql))
}

fn names(driver: &mut Sqlite<'_>, sql: &str) -> Result<Vec<String>, Fault> {
    Ok(driver.execute(sql, &[])?.into_iter().filter_map(first_text).collect())
}

fn first_text(row: Row) -> Option<String> {
    row.into_iter().next()?.text()
}
