//! Whether rows are kept, unless a hazard has named what goes.

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::types::Value;
use whimbrel_schema::{Alteration, ColumnType, Name, Operation, Schema, Table};

use super::case::Way;
use super::database::{query, quoted, text};

/// The rows of every table, as they are before a migration.
pub(crate) struct Rows(Vec<(Name, Vec<Name>, Vec<Vec<Value>>)>);

/// Reads all rows of a schema's tables.
pub(crate) fn rows(db: &Connection, schema: &Schema) -> Rows {
    let read = |table: &std::sync::Arc<Table>| {
        let columns: Vec<Name> = table.written_columns().map(|column| column.name.clone()).collect();
        let rows = select(db, &table.name, &columns);
        (table.name.clone(), columns, rows)
    };
    Rows(schema.tables.values().map(read).collect())
}

impl Rows {
    /// As lines for a reader.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (table, columns, rows) in &self.0 {
            let names: Vec<&str> = columns.iter().map(Name::as_str).collect();
            out.push(format!("{table}: {}", names.join(" | ")));
            out.extend(
                rows.iter().map(|row| format!("  {}", row.iter().map(text).collect::<Vec<_>>().join(" | "))),
            );
        }
        out
    }
}

/// What was lost on the way and is not among its hazards.
pub(crate) fn lost(db: &Connection, before: &Rows, way: &Way<'_>) -> Vec<String> {
    let hazards: BTreeSet<String> = way.hazards().iter().map(|hazard| hazard.name()).collect();
    let renames = &way.intent.renames;
    let mut lost = Vec::new();
    for (table, columns, rows) in &before.0 {
        let next =
            renames.tables.iter().find(|(_, previous)| *previous == table).map_or(table, |(next, _)| next);
        let Some(definition) = way.schemas.next.table(next.as_str()) else {
            if !hazards.contains(&format!("WHD101:{table}")) {
                lost.push(format!("table {table} went, and no hazard named it"));
            }
            continue;
        };
        let Some(previous) = way.schemas.previous.table(table.as_str()) else { continue };
        let (mut exact, mut converted, mut filled) = (Vec::new(), Vec::new(), Vec::new());
        for (position, column) in columns.iter().enumerate() {
            let renamed = renames.columns.iter().find(|((table, _), name)| table == next && *name == column);
            let name = renamed.map_or(column, |((_, next), _)| next);
            let key = (next.clone(), name.clone());
            let pair = previous.column(column.as_str()).zip(definition.column(name.as_str()));
            // What is computed is nobody's to lose, and what becomes computed goes like a column.
            let pair = pair.filter(|(was, is)| was.is_written() == is.is_written());
            let Some((was, is)) = pair else {
                let named = |column| hazards.contains(&format!("WHD102:{next}.{column}"));
                if !named(column) && !named(name) {
                    lost.push(format!("column {table}.{column} went, and no hazard named it"));
                }
                continue;
            };
            // What comes back from the archive is the law of returning.
            if hazards.contains(&format!("WHD105:{next}.{name}"))
                || way.intent.conversions.contains_key(&key)
                || altered(way, next, name, |_, restore| restore)
            {
                continue;
            }
            let column = (position, name.clone());
            if altered(way, next, name, |backfilled, _| backfilled) {
                filled.push(column);
            } else if was.column_type == is.column_type {
                exact.push(column);
            } else {
                converted.push(column);
            }
        }
        let all: Vec<&(usize, Name)> = exact.iter().chain(&converted).chain(&filled).collect();
        let names: Vec<Name> = all.iter().map(|(_, name)| name.clone()).collect();
        let value = |row: &Vec<Value>, (position, name): &(usize, Name)| {
            let column = definition.column(name.as_str()).map(|column| &column.column_type);
            renamed(way, column, row[*position].clone())
        };
        let chosen = |row: &Vec<Value>| all.iter().map(|column| value(row, column)).collect();
        let fixed = exact.len() + converted.len();
        let compared = Compared { exact: exact.len(), fixed };
        let wanted = compared.rows(rows.iter().map(chosen).collect());
        let found = compared.rows(select(db, next, &names));
        if wanted.len() != found.len() {
            lost.push(format!("table {next} has {} rows instead of {}", found.len(), wanted.len()));
        }
        let differ = |(wanted, found): &(&Vec<String>, &Vec<String>)| {
            let same = |(wanted, found): (&String, &String)| wanted == found || wanted == "NULL";
            wanted[..fixed] != found[..fixed] || !wanted[fixed..].iter().zip(&found[fixed..]).all(same)
        };
        if let Some((wanted, found)) = wanted.iter().zip(&found).find(differ) {
            lost.push(format!("table {next} has the row {found:?} instead of {wanted:?}"));
        }
    }
    lost
}

/// Rows as sorted texts that are equal where the rows are: columns of the same type exactly, those
/// of a wider type by what their values say, and after them those whose NULLs were filled.
struct Compared {
    exact: usize,
    fixed: usize,
}

impl Compared {
    fn rows(&self, rows: Vec<Vec<Value>>) -> Vec<Vec<String>> {
        let value = |(position, value): (usize, &Value)| match value {
            _ if position < self.exact || position >= self.fixed => text(value),
            Value::Text(text) => text.clone(),
            Value::Real(number) => number.to_string(),
            other => text(other),
        };
        let mut rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().enumerate().map(value).collect()).collect();
        rows.sort();
        rows
    }
}

/// Whether a column is altered so; the test is given whether it is backfilled, and whether restored.
fn altered(way: &Way<'_>, table: &Name, name: &Name, so: impl Fn(bool, bool) -> bool) -> bool {
    way.operations.iter().any(|operation| match operation {
        Operation::AlterTable { table: altered, alterations } if altered == table => {
            alterations.iter().any(|alteration| match alteration {
                Alteration::AlterColumn { column, backfill, restore, .. } => {
                    column == name && so(backfill.is_some(), *restore)
                }
                _ => false,
            })
        }
        _ => false,
    })
}

/// A value of an enum by its next name.
fn renamed(way: &Way<'_>, column_type: Option<&ColumnType>, value: Value) -> Value {
    let (Some(ColumnType::Enum(name)), Value::Text(text)) = (column_type, &value) else { return value };
    let renamed = way.intent.renames.values.get(name).into_iter().flatten();
    let next = renamed.into_iter().find(|pair| pair.previous == *text).map(|pair| pair.next.clone());
    next.map_or(value, Value::Text)
}

fn select(db: &Connection, table: &Name, columns: &[Name]) -> Vec<Vec<Value>> {
    if columns.is_empty() {
        return query(db, &format!("SELECT 1 FROM {}", quoted(table)));
    }
    let columns: Vec<String> = columns.iter().map(quoted).collect();
    query(db, &format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), quoted(table), columns[0]))
}
