//! ALTER TABLE, which on SQLite adds, renames and drops simple columns, and for everything else is
//! a rebuild of the table.

use std::collections::BTreeMap;

use super::{archive, ident, rebuild, table};
use crate::{Alteration, Column, DefaultValue, Dialect, Name, Operation, Pair, Schema, Statement, Table};

/// The statements of one alteration of a table: what SQLite can do by itself if that is all, else
/// renames by SQLite, which also mends triggers, views and references, and one rebuild for the rest.
pub(super) fn alter_table(
    name: &Name,
    alterations: &[Alteration],
    position: &Schema,
    target: &Schema,
) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut schema = position.clone();
    let mut renamed = BTreeMap::new();
    for group in alterations.chunk_by(|previous, next| is_rename(previous) == is_rename(next)) {
        let before = schema.clone();
        schema = advance(name, group, &schema, target);
        let (Some(previous), Some(next)) = (before.table(name.as_str()), schema.table(name.as_str())) else {
            continue;
        };
        for alteration in group {
            if let Alteration::RenameColumn { previous, next } = alteration {
                renamed.insert(previous.clone(), next.clone());
            }
        }
        let keep = archive::keep_columns(previous, group, &renamed, Pair::new(position, target));
        statements.extend(keep.into_iter().map(Statement::Keep));
        match native(previous, group, target) {
            Some(native) => statements.extend(native),
            None => statements.push(Statement::Rebuild(rebuild::rebuild(previous, next, group, &renamed))),
        }
    }
    let restore = schema.table(name.as_str()).map(|table| archive::restore_columns(table, alterations));
    statements.extend(restore.into_iter().flatten().map(Statement::Restore));
    statements
}

fn is_rename(alteration: &Alteration) -> bool {
    matches!(alteration, Alteration::RenameColumn { .. })
}

/// The schema after some alterations; where one does not fit, as far as they go.
fn advance(name: &Name, alterations: &[Alteration], schema: &Schema, target: &Schema) -> Schema {
    let whole = Operation::AlterTable { table: name.clone(), alterations: alterations.to_vec() };
    whole.apply(schema, target).unwrap_or_else(|_| schema.clone())
}

/// The alterations as statements of SQLite's own, if it can do every one of them.
fn native(previous: &Table, alterations: &[Alteration], target: &Schema) -> Option<Vec<Statement>> {
    // One after the other, they must not take the last column before there is another.
    let drops = |alteration: &&Alteration| matches!(alteration, Alteration::DropColumn { .. });
    let dropped = alterations.iter().filter(drops).count();
    (dropped == 0 || dropped < previous.columns.len()).then_some(())?;
    let told = alterations.iter().filter(|alteration| !is_only_known_here(previous, alteration, target));
    let texts: Option<Vec<String>> =
        told.map(|alteration| native_alteration(previous, alteration, target)).collect();
    Some(texts?.into_iter().map(Statement::Sql).collect())
}

/// Whether a database never hears of the alteration: that values are personal is known to the schema alone.
fn is_only_known_here(previous: &Table, alteration: &Alteration, target: &Schema) -> bool {
    let Alteration::AlterColumn { column, using: None, backfill: None, .. } = alteration else {
        return false;
    };
    let next = target.table(previous.name.as_str()).and_then(|table| table.column(column.as_str()));
    let columns = previous.column(column.as_str()).zip(next);
    columns.is_some_and(|(previous, next)| Column { personal: next.personal, ..previous.clone() } == *next)
}

fn native_alteration(previous: &Table, alteration: &Alteration, target: &Schema) -> Option<String> {
    let table = ident(&previous.name);
    match alteration {
        Alteration::AddColumn { column, backfill: None }
        | Alteration::RestoreColumn { column, backfill: None } => {
            let definition = target.table(previous.name.as_str())?.column(column.as_str())?;
            addable(definition)
                .then(|| format!("ALTER TABLE {table} ADD COLUMN {}", table::column(definition)))
        }
        // An UPDATE would fire triggers, and could not read columns that go at the same time.
        Alteration::AddColumn { backfill: Some(_), .. }
        | Alteration::RestoreColumn { backfill: Some(_), .. } => None,
        Alteration::DropColumn { column } => {
            droppable(previous, column).then(|| format!("ALTER TABLE {table} DROP COLUMN {}", ident(column)))
        }
        Alteration::RenameColumn { previous, next } => {
            Some(format!("ALTER TABLE {table} RENAME COLUMN {} TO {}", ident(previous), ident(next)))
        }
        Alteration::AlterColumn { .. }
        | Alteration::AddPrimaryKey
        | Alteration::DropPrimaryKey
        | Alteration::AddUnique { .. }
        | Alteration::DropUnique { .. }
        | Alteration::AddForeignKey { .. }
        | Alteration::DropForeignKey { .. }
        | Alteration::AddCheck { .. }
        | Alteration::DropCheck { .. } => None,
    }
}

/// <https://sqlite.org/lang_altertable.html#altertabaddcol>: no key, no computed default, and NOT
/// NULL only with a default.
fn addable(column: &Column) -> bool {
    let constant = match &column.default {
        None => column.nullable,
        Some(DefaultValue::Literal(_)) => true,
        Some(DefaultValue::Expression(_)) => false,
    };
    constant && !column.auto_increment
}

/// <https://sqlite.org/lang_altertable.html#altertabdropcol>: not while anything mentions it. The
/// text of checks and predicates is searched rather than parsed: a rebuild too many does no harm.
fn droppable(table: &Table, column: &Name) -> bool {
    let in_keys = table.key_columns().contains(column)
        || table.uniques.values().any(|unique| unique.columns.contains(column))
        || table.foreign_keys.values().any(|key| key.columns.contains(column))
        || table.indexes.values().any(|index| index.mentions(column.as_str()));
    let word = column.as_str().to_ascii_lowercase();
    let checks = table.checks.values().map(|check| &check.condition);
    let predicates = table.indexes.values().filter_map(|index| index.predicate.as_ref());
    let in_text = checks
        .chain(predicates)
        .filter_map(|sql| sql.text(Dialect::Sqlite))
        .any(|text| text.to_ascii_lowercase().contains(&word));
    !in_keys && !in_text
}
