//! Whether rows are kept, and whether they come back.

use std::collections::BTreeMap;

use whimbrel_schema::{Keeping, Name, Pair, Schema};

use super::trace::{Fate, Trace, TracedColumn, TracedTable};
use crate::driver::{Cell, Driver, Fault, Row, ident};

/// The rows of the tables of a schema, in the columns that are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows(Vec<TableRows>);

#[derive(Debug, Clone, PartialEq)]
struct TableRows {
    table: Name,
    columns: Vec<Name>,
    rows: Vec<Row>,
}

/// Something that is gone or changed and that no hazard has named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The table, as it was called before.
    pub table: Name,
    /// The column, if it is about one.
    pub column: Option<Name>,
    /// What is gone, in words.
    pub message: String,
}

/// Reads all rows.
pub(crate) fn rows(driver: &mut dyn Driver, schema: &Schema) -> Result<Rows, Fault> {
    let mut all = Vec::new();
    for table in schema.tables.values() {
        let columns: Vec<Name> = table.written_columns().map(|column| column.name.clone()).collect();
        let rows = select(driver, &table.name, &columns)?;
        all.push(TableRows { table: table.name.clone(), columns, rows });
    }
    Ok(Rows(all))
}

impl Rows {
    /// As lines for a reader, in the order of the rows' values.
    pub fn lines(&self) -> Vec<String> {
        let mut out = Vec::new();
        for TableRows { table, columns, rows } in &self.0 {
            let names: Vec<&str> = columns.iter().map(Name::as_str).collect();
            out.push(format!("{table}: {}", names.join(" | ")));
            let mut lines: Vec<String> = rows.iter().map(|row| format!("  {}", line(row))).collect();
            lines.sort();
            out.extend(lines);
        }
        out
    }

    /// How many rows a table has.
    pub(super) fn count(&self, table: &Name) -> usize {
        self.0.iter().find(|rows| rows.table == *table).map_or(0, |rows| rows.rows.len())
    }
}

/// What was lost on the way that a trace describes.
pub(super) fn lost(
    driver: &mut dyn Driver,
    (before, numbered): (&Rows, &BTreeMap<String, i64>),
    trace: &Trace,
    schemas: Pair<&Schema>,
) -> Result<Vec<Loss>, Fault> {
    let mut losses = numbers_lost(numbered, &numbers(driver)?, trace, schemas);
    for rows in &before.0 {
        let Some(traced) = trace.from(&rows.table) else { continue };
        let Some(end) = &traced.end else {
            losses.extend(unannounced(traced, rows));
            continue;
        };
        if traced.opaque {
            continue;
        }
        let mut compared = Vec::new();
        for (position, name) in rows.columns.iter().enumerate() {
            let Some(column) = traced.column_from(name) else { continue };
            match &column.end {
                Some(end) if column.fate < Fate::Replaced => compared.push((position, end, column)),
                Some(_) => {}
                None if column.lost.is_none() => losses.push(Loss {
                    table: rows.table.clone(),
                    column: Some(name.clone()),
                    message: format!("column {}.{name} went, and no hazard named it", rows.table),
                }),
                None => {}
            }
        }
        // A computed column takes the place of one that was written, and holds other values.
        let written = |name: &Name| {
            let column = schemas.next.table(end.as_str()).and_then(|table| table.column(name.as_str()));
            column.is_some_and(whimbrel_schema::Column::is_written)
        };
        compared.retain(|(_, end, _)| written(end));
        let columns: Vec<Column<'_>> = compared
            .iter()
            .map(|(position, name, column)| Column {
                position: *position,
                name,
                fate: column.fate,
                converted: column.converted,
                renamed: &column.renamed,
            })
            .collect();
        let freedom = Freedom { loses: traced.loses, gains: traced.gains };
        losses.extend(compare(driver, rows, end, &columns, freedom)?);
    }
    Ok(losses)
}

/// What did not come back to a schema, though the reversal of the migration promises it.
pub(super) fn not_returned(
    driver: &mut dyn Driver,
    before: &Rows,
    (there, back): (&Trace, &Trace),
    schema: &Schema,
) -> Result<Vec<Loss>, Fault> {
    let mut losses = Vec::new();
    let none = BTreeMap::new();
    for rows in &before.0 {
        let (Some(gone), Some(come)) = (there.from(&rows.table), back.to(&rows.table)) else { continue };
        if gone.opaque || come.opaque {
            continue;
        }
        let kept = match (&gone.end, &gone.dropped) {
            (Some(_), _) => &Keeping::Whole,
            (None, Some(kept @ (Keeping::Whole | Keeping::Without(_)))) if come.restored => kept,
            (None, Some(Keeping::Whole)) if !rows.rows.is_empty() => {
                losses.push(Loss {
                    table: rows.table.clone(),
                    column: None,
                    message: format!(
                        "table {} comes back without its rows, which the archive has",
                        rows.table
                    ),
                });
                continue;
            }
            _ => continue,
        };
        // Where the author makes other keys on the way back, the archive finds its rows by these.
        let rekeyed = schema.table(rows.table.as_str()).is_some_and(|table| {
            let replaced = |column: &TracedColumn| column.fate == Fate::Replaced;
            table.key_columns().iter().any(|key| come.column_to(key).is_some_and(replaced))
        });
        let mut columns = Vec::new();
        for (position, name) in rows.columns.iter().enumerate() {
            let fate = match gone.end {
                Some(_) => match (gone.column_from(name), come.column_to(name)) {
                    (Some(_), Some(come)) if rekeyed && come.restored => Returns::Not,
                    (Some(gone), Some(come)) => returns(gone, come),
                    _ => Returns::Not,
                },
                None if kept.leaves_out(&rows.table, name) => Returns::Not,
                None => Returns::As(Fate::Kept),
            };
            match fate {
                Returns::As(fate) => {
                    columns.push(Column { position, name, fate, converted: false, renamed: &none })
                }
                Returns::Not => {}
                Returns::ButShould => losses.push(Loss {
                    table: rows.table.clone(),
                    column: Some(name.clone()),
                    message: format!(
                        "column {}.{name} comes back without its values, which the archive has",
                        rows.table
                    ),
                }),
            }
        }
        let freedom = Freedom { loses: gone.loses || come.loses, gains: gone.gains || come.gains };
        losses.extend(compare(driver, rows, &rows.table, &columns, freedom)?);
    }
    Ok(losses)
}

/// How the values of a column come back.
enum Returns {
    As(Fate),
    Not,
    ButShould,
}

/// A column that goes there and comes back. Where the author's own code replaces values on the way
/// back, it is the author who knows what they should be.
fn returns(gone: &TracedColumn, come: &TracedColumn) -> Returns {
    let kept = gone.lost.as_ref().is_some_and(Keeping::is_whole);
    match (&gone.end, &come.start) {
        (None, None) if kept && come.restored => Returns::As(Fate::Kept),
        (None, None) if kept && come.fate != Fate::Replaced => Returns::ButShould,
        (None, _) | (_, None) => Returns::Not,
        (Some(_), Some(_)) if come.restored => match gone.lost {
            None | Some(Keeping::Whole) => Returns::As(Fate::Kept),
            Some(_) => Returns::Not,
        },
        (Some(_), Some(_)) => match gone.fate.max(come.fate) {
            Fate::Replaced => Returns::Not,
            Fate::Filled => Returns::As(Fate::Filled),
            Fate::Kept | Fate::Converted => Returns::As(Fate::Kept),
        },
    }
}

/// A table that is dropped without a hazard that says so.
fn unannounced(traced: &TracedTable, rows: &TableRows) -> Option<Loss> {
    traced.dropped.is_none().then(|| Loss {
        table: rows.table.clone(),
        column: None,
        message: format!("table {} went, and no hazard named it", rows.table),
    })
}

/// What rows are compared by.
struct Column<'a> {
    position: usize,
    /// As it is called now.
    name: &'a Name,
    fate: Fate,
    converted: bool,
    renamed: &'a BTreeMap<String, String>,
}

#[derive(Clone, Copy)]
struct Freedom {
    loses: bool,
    gains: bool,
}

/// Compares rows without their order.
fn compare(
    driver: &mut dyn Driver,
    before: &TableRows,
    table: &Name,
    columns: &[Column<'_>],
    freedom: Freedom,
) -> Result<Option<Loss>, Fault> {
    if freedom.loses && freedom.gains {
        return Ok(None);
    }
    let names: Vec<Name> = columns.iter().map(|column| column.name.clone()).collect();
    let chosen = |row: &Row| -> Vec<Cell> {
        let value = |column: &Column<'_>| match row.get(column.position) {
            Some(Cell::Text(text)) => Cell::Text(column.renamed.get(text).unwrap_or(text).clone()),
            other => other.cloned().unwrap_or(Cell::Null),
        };
        columns.iter().map(value).collect()
    };
    let wanted: Vec<Row> = before.rows.iter().map(chosen).collect();
    let found = select(driver, table, &names)?;
    // Mostly nothing is different, not even the order.
    if wanted == found {
        return Ok(None);
    }
    let filled: Vec<bool> = columns.iter().map(|column| column.fate == Fate::Filled).collect();
    let texts = |row: &Row, whole: bool| -> Vec<String> {
        let text = |(cell, column): (&Cell, &Column<'_>)| match column.converted {
            true => plain(cell),
            false => cell.literal(),
        };
        let used = row.iter().zip(columns).zip(&filled).filter(|(_, filled)| whole || !**filled);
        used.map(|(pair, _)| text(pair)).collect()
    };
    let is_full = |row: &&Row| !row.iter().zip(&filled).any(|(cell, filled)| *filled && *cell == Cell::Null);
    let missing = |wanted: &[&Row], found: &[&Row], whole| -> Option<Row> {
        let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for row in found {
            *counts.entry(texts(row, whole)).or_default() += 1;
        }
        let is_missing = |row: &&&Row| match counts.get_mut(&texts(row, whole)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        };
        wanted.iter().find(is_missing).map(|row| (*row).clone())
    };
    let all: Vec<&Row> = wanted.iter().collect();
    let full: Vec<&Row> = wanted.iter().filter(is_full).collect();
    let found_all: Vec<&Row> = found.iter().collect();
    let gone = (!freedom.loses)
        .then(|| missing(&all, &found_all, false).or_else(|| missing(&full, &found_all, true)))
        .flatten();
    let new = (!freedom.gains).then(|| missing(&found_all, &all, false)).flatten();
    let shown = |row: &Row| line(row);
    let message = match (gone, new) {
        (None, None) => return Ok(None),
        (Some(gone), _) => {
            let closest = found.iter().max_by_key(|row| alike(row, &gone));
            let instead = match closest {
                Some(row) if alike(row, &gone) > 0 => format!("; there is ({})", shown(row)),
                _ => String::new(),
            };
            format!("the row ({}) of {} is not there any more{instead}", shown(&gone), before.table)
        }
        (None, Some(new)) => format!("{table} has the row ({}), which was not there before", shown(&new)),
    };
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    let message = format!("{message} ({}: {})", table, names.join(", "));
    Ok(Some(Loss { table: before.table.clone(), column: None, message }))
}

fn alike(one: &Row, other: &Row) -> usize {
    one.iter().zip(other).filter(|(one, other)| one == other).count()
}

/// What a value says, whatever its type.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Real(number) => number.to_string(),
        other => other.literal(),
    }
}

/// The longest value that is shown.
const SHOWN: usize = 60;

pub(super) fn line(row: &Row) -> String {
    let cell = |cell: &Cell| {
        let text = cell.literal();
        match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}..", &text[..end]),
            None => text,
        }
    };
    row.iter().map(cell).collect::<Vec<_>>().join(" | ")
}

pub(super) fn select(driver: &mut dyn Driver, table: &Name, columns: &[Name]) -> Result<Vec<Row>, Fault> {
    let columns: Vec<String> = columns.iter().map(|column| ident(column.as_str())).collect();
    let columns = if columns.is_empty() { "1".to_owned() } else { columns.join(", ") };
    driver.execute(&format!("SELECT {columns} FROM main.{}", ident(table.as_str())), &[])
}

/// The numbers that AUTOINCREMENT goes on from.
pub(crate) fn numbers(driver: &mut dyn Driver) -> Result<BTreeMap<String, i64>, Fault> {
    let exists = "SELECT 1 FROM main.sqlite_master WHERE name = 'sqlite_sequence'";
    if driver.execute(exists, &[])?.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = driver.execute("SELECT name, seq FROM main.sqlite_sequence", &[])?;
    let read = |row: Row| {
        let mut cells = row.into_iter();
        Some((cells.next()?.text()?, cells.next()?.integer()?))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Numbers given out are never given out again.
fn numbers_lost(
    before: &BTreeMap<String, i64>,
    after: &BTreeMap<String, i64>,
    trace: &Trace,
    schemas: Pair<&Schema>,
) -> Vec<Loss> {
    let counts = |schema: &Schema, table: &Name| {
        schema
            .table(table.as_str())
            .is_some_and(|table| table.columns.values().any(|column| column.auto_increment))
    };
    let mut losses = Vec::new();
    for traced in trace.tables.iter().filter(|table| !table.opaque) {
        let (Some(start), Some(end)) = (&traced.start, &traced.end) else { continue };
        let Some(number) = before.get(start.as_str()) else { continue };
        let next = after.get(end.as_str());
        let kept = next.is_some_and(|next| next == number || traced.gains && next > number);
        if !kept && counts(schemas.previous, start) && counts(schemas.next, end) {
            let next = next.map_or_else(|| "the start".to_owned(), |next| next.to_string());
            losses.push(Loss {
                table: start.clone(),
                column: None,
                message: format!("numbering of {end} goes on from {next} instead of {number}"),
            });
        }
    }
    losses
}
