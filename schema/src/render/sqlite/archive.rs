//! What is kept before it is destroyed, and how it comes back.

use std::collections::BTreeMap;

use super::rebuild::rename_columns;
use super::{data, ident, ident_list};
use crate::{
    Alteration, DataStatement, Expression, Keep, Keeping, Kept, KeptKind, Name, Pair, Restore, Schema, Table,
};

/// All rows of a table.
pub(super) fn keep_table(table: &Table) -> Option<Keep> {
    Some(Keep {
        kept: Kept { kind: KeptKind::Table, table: table.name.clone(), column: None },
        select: format!("SELECT {} FROM {}", kept_columns(table)?, ident(&table.name)),
    })
}

/// The rows that a statement deletes.
pub(super) fn keep_deleted(statement: &DataStatement, schemas: Pair<&Schema>) -> Option<Keep> {
    let DataStatement::Delete { table, filter } = statement else { return None };
    let columns = kept_columns(&Keeping::rows_at(schemas, table)?)?;
    let filter = filter.as_ref().map_or_else(String::new, |filter| format!(" WHERE {}", data::sql(filter)));
    Some(Keep {
        kept: Kept { kind: KeptKind::Rows, table: table.clone(), column: None },
        select: format!("SELECT {columns} FROM {}{filter}", ident(table)),
    })
}

/// What is kept of rows: every column, those that the schema does not know as well, unless some are
/// personal. Then nobody knows what those are that it does not know, and they are left out, too.
fn kept_columns(table: &Table) -> Option<String> {
    match Keeping::of_rows(table) {
        Keeping::Whole => Some("*".to_owned()),
        Keeping::Without(_) => {
            let columns = impersonal(table);
            (!columns.is_empty()).then(|| ident_list(&columns))
        }
        Keeping::PersonalKey(_) | Keeping::Nothing => None,
    }
}

/// What is computed is left out with them: it may be made of what is personal, and comes back by itself.
fn impersonal(table: &Table) -> Vec<Name> {
    table.written_columns().filter(|column| !column.personal).map(|column| column.name.clone()).collect()
}

/// The rows of a table that was just created again.
/// Personal columns get what is said, else their default or NULL.
pub(super) fn restore_table(table: &Table, set: &[(Name, Expression)]) -> Option<Restore> {
    kept_columns(table)?;
    let mut columns = impersonal(table);
    let mut values: Vec<String> = columns.iter().map(ident).collect();
    columns.extend(set.iter().map(|(column, _)| column.clone()));
    values.extend(set.iter().map(|(_, value)| data::sql(value)));
    let (columns, values) = (ident_list(&columns), values.join(", "));
    Some(Restore {
        kept: Kept { kind: KeptKind::Table, table: table.name.clone(), column: None },
        parts: vec![
            format!("INSERT INTO {} ({columns}) SELECT {values} FROM ", ident(&table.name)),
            String::new(),
        ],
    })
}

/// What alterations of a table destroy, taken before they begin. `renamed` are the renames of the same
/// operation, from the previous names to the next ones, which are done already; what is kept is known by
/// its previous name. What [`Keeping`] excludes is left out, and [`hazards`](crate::hazards) says so.
/// `schemas` are the one where the operation stands and the one that the migration leads to.
pub(super) fn keep_columns(
    table: &Table,
    alterations: &[Alteration],
    renamed: &BTreeMap<Name, Name>,
    schemas: Pair<&Schema>,
) -> Vec<Keep> {
    let known_as = |column: &Name| {
        let previous = renamed.iter().find(|(_, next)| *next == column).map(|(previous, _)| previous);
        previous.unwrap_or(column).clone()
    };
    let is_kept = |column: &Name, using: &Option<Expression>, backfill: &Option<Expression>| {
        let previous = known_as(column);
        let names = Pair::new(&previous, column);
        Keeping::of_values(schemas, &table.name, names, using.iter().chain(backfill)).is_whole()
    };
    let sql = |expression: &Expression| data::sql(&rename_columns(expression, renamed));
    let mut kept = Vec::new();
    for alteration in alterations {
        match alteration {
            Alteration::DropColumn { column } if is_kept(column, &None, &None) => {
                let value = format!("{} AS value", ident(column));
                kept.push(keep(table, KeptKind::Column, known_as(column), &value, None));
            }
            Alteration::AlterColumn { column, using, backfill, .. } if is_kept(column, using, backfill) => {
                let replaced = replaced_by(column, using.as_ref().map(sql), backfill.as_ref().map(sql));
                if let Some(replaced) = replaced {
                    let value = ident(column);
                    let values = format!("{value} AS value, {replaced} AS replaced_by");
                    let changed = format!("{value} IS NOT {replaced}");
                    kept.push(keep(table, KeptKind::Values, known_as(column), &values, Some(&changed)));
                }
            }
            _ => {}
        }
    }
    kept
}

/// What comes back after an alteration.
pub(super) fn restore_columns(table: &Table, alterations: &[Alteration]) -> Vec<Restore> {
    let restore = |alteration: &Alteration| match alteration {
        Alteration::RestoreColumn { column, .. } => Some(restore(table, KeptKind::Column, column)),
        Alteration::AlterColumn { column, restore: true, .. } => {
            Some(restore(table, KeptKind::Values, column))
        }
        _ => None,
    };
    if table.key_columns().is_empty() { Vec::new() } else { alterations.iter().filter_map(restore).collect() }
}

fn keep(table: &Table, kind: KeptKind, column: Name, values: &str, changed: Option<&str>) -> Keep {
    let keys = table
        .key_columns()
        .iter()
        .enumerate()
        .map(|(index, key)| format!("{} AS {}", ident(key), key_name(index)));
    let keys: Vec<String> = keys.collect();
    let filter = changed.map_or_else(String::new, |changed| format!(" WHERE {changed}"));
    Keep {
        kept: Kept { kind, table: table.name.clone(), column: Some(column) },
        select: format!("SELECT {}, {values} FROM {}{filter}", keys.join(", "), ident(&table.name)),
    }
}

/// A value that the application has changed since is not touched.
fn restore(table: &Table, kind: KeptKind, column: &Name) -> Restore {
    let (name, column_sql) = (ident(&table.name), ident(column));
    let keys = table.key_columns().iter().enumerate();
    let same_row: Vec<String> =
        keys.map(|(index, key)| format!("kept.{} = {name}.{}", key_name(index), ident(key))).collect();
    let mut found = same_row.join(" AND ");
    if kind == KeptKind::Values {
        // The sign takes the kept value's affinity away, so that it is compared as the column compares.
        found = format!("{found} AND {name}.{column_sql} IS +kept.replaced_by");
    }
    Restore {
        kept: Kept { kind, table: table.name.clone(), column: Some(column.clone()) },
        parts: vec![
            format!("UPDATE {name} SET {column_sql} = (SELECT kept.value FROM "),
            format!(" AS kept WHERE {found}) WHERE EXISTS (SELECT 1 FROM "),
            format!(" AS kept WHERE {found})"),
        ],
    }
}

fn replaced_by(column: &Name, using: Option<String>, backfill: Option<String>) -> Option<String> {
    match (using, backfill) {
        (None, None) => None,
        (using, None) => using.map(|using| format!("({using})")),
        (using, Some(backfill)) => {
            Some(format!("COALESCE({}, {backfill})", using.unwrap_or_else(|| ident(column))))
        }
    }
}

fn key_name(index: usize) -> String {
    format!("key_{}", index + 1)
}
