//! What an alteration does to a table.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Alteration;
use super::apply::update_references;
use super::lookup::{column_at, defined, defined_column, remove, table_at, table_mut};
use super::misfit::{Misfit, MisfitKind, misfit};
use crate::{Keeping, Name, Pair, Schema, Table};

pub(super) fn alter_table(
    schema: &mut Schema,
    name: &Name,
    alteration: &Alteration,
    target: &Schema,
) -> Result<(), Misfit> {
    match alteration {
        Alteration::AddColumn { column, backfill } | Alteration::RestoreColumn { column, backfill } => {
            let definition = defined_column(target, name, column)?.clone();
            if definition.needs_value() && backfill.is_none() {
                return misfit(
                    MisfitKind::Data,
                    format!(
                        "rows would have no value for `{name}.{column}`, which is NOT NULL and has no default; add `.backfill(..)`"
                    ),
                );
            }
            if matches!(alteration, Alteration::RestoreColumn { .. }) {
                kept(schema, name, column, target, "`add_column`")?;
            }
            let table = table_mut(schema, name)?;
            if table.columns.insert(column.clone(), definition).is_some() {
                return misfit(
                    MisfitKind::Position,
                    format!("column `{name}.{column}` already exists at this position"),
                );
            }
        }
        Alteration::DropColumn { column } => {
            column_at(table_at(schema, name)?, column)?;
            table_mut(schema, name)?.columns.shift_remove(column);
        }
        Alteration::RenameColumn { previous, next } => {
            rename_columns(schema, name, &[Pair::new(previous, next)])?;
        }
        Alteration::AlterColumn { column, restore, .. } => {
            let definition = defined_column(target, name, column)?.clone();
            if *restore {
                kept(schema, name, column, target, "`alter_column` without `.restore()`")?;
            }
            let table = table_mut(schema, name)?;
            column_at(table, column)?;
            table.columns.insert(column.clone(), definition);
        }
        Alteration::AddPrimaryKey => {
            let definition = defined(target, name)?.primary_key.clone();
            let table = table_mut(schema, name)?;
            if table.primary_key.is_some() {
                return misfit(MisfitKind::Position, format!("table `{name}` already has a primary key"));
            }
            if definition.is_none() {
                return misfit(
                    MisfitKind::Definition,
                    format!("the schema gives table `{name}` no primary key"),
                );
            }
            table.primary_key = definition;
        }
        Alteration::DropPrimaryKey => {
            if table_mut(schema, name)?.primary_key.take().is_none() {
                return misfit(MisfitKind::Position, format!("table `{name}` has no primary key to drop"));
            }
        }
        Alteration::AddUnique { name: unique } => {
            add(
                schema,
                name,
                unique,
                "unique constraint",
                target,
                |table| &table.uniques,
                |table| &mut table.uniques,
            )?;
        }
        Alteration::DropUnique { name: unique } => {
            let uniques = &mut table_mut(schema, name)?.uniques;
            remove(uniques, unique, || format!("table `{name}` has no unique constraint `{unique}`"))?;
        }
        Alteration::AddForeignKey { name: key } => {
            add(
                schema,
                name,
                key,
                "foreign key",
                target,
                |table| &table.foreign_keys,
                |table| &mut table.foreign_keys,
            )?;
        }
        Alteration::DropForeignKey { name: key } => {
            let keys = &mut table_mut(schema, name)?.foreign_keys;
            remove(keys, key, || format!("table `{name}` has no foreign key `{key}`"))?;
        }
        Alteration::AddCheck { name: check } => {
            add(schema, name, check, "check", target, |table| &table.checks, |table| &mut table.checks)?;
        }
        Alteration::DropCheck { name: check } => {
            let checks = &mut table_mut(schema, name)?.checks;
            remove(checks, check, || format!("table `{name}` has no check `{check}`"))?;
        }
        Alteration::SetOptions => {
            let definition = Arc::clone(defined(target, name)?);
            let table = table_mut(schema, name)?;
            table.options.clone_from(&definition.options);
            table.rust_name.clone_from(&definition.rust_name);
        }
    }
    Ok(())
}

/// What is restored was kept by the other direction, which went from the target to here.
fn kept(
    position: &Schema,
    table: &Name,
    column: &Name,
    target: &Schema,
    instead: &str,
) -> Result<(), Misfit> {
    let other_way = Pair::new(target, position);
    match Keeping::of_values(other_way, (table, &[]), Pair::new(column, column), []) {
        Keeping::Whole | Keeping::Nothing => Ok(()),
        Keeping::Without(_) => misfit(
            MisfitKind::Data,
            format!(
                "values of `{table}.{column}` are personal and are not kept, so nothing can be restored; write {instead}"
            ),
        ),
        Keeping::PersonalKey(key) => misfit(
            MisfitKind::Data,
            format!(
                "values of `{table}.{column}` are not kept, because `{key}` is personal and in the key of the table, so nothing can be restored; write {instead}"
            ),
        ),
    }
}

/// Renames that stand next to each other are done at once, so columns can exchange their names.
pub(super) fn rename_columns(
    schema: &mut Schema,
    name: &Name,
    renames: &[Pair<&Name>],
) -> Result<(), Misfit> {
    let table = table_mut(schema, name)?;
    let renamed = |column: &Name| renames.iter().find(|names| names.previous == column);
    for (at, Pair { previous, next }) in renames.iter().enumerate() {
        column_at(table, previous)?;
        let taken = table.columns.contains_key(*next) && renamed(next).is_none();
        if taken || renames[..at].iter().any(|names| names.next == *next) {
            return misfit(
                MisfitKind::Position,
                format!("column `{name}.{next}` already exists at this position"),
            );
        }
        if renames[..at].iter().any(|names| names.previous == *previous) {
            return misfit(MisfitKind::Position, format!("column `{name}.{previous}` gets two names"));
        }
    }
    let rename = |column: &mut Name| {
        if let Some(names) = renamed(column) {
            *column = names.next.clone();
        }
    };
    let columns = std::mem::take(&mut table.columns).into_iter().map(|(_, mut column)| {
        rename(&mut column.name);
        (column.name.clone(), column)
    });
    table.columns = columns.collect();
    table.primary_key.iter_mut().flat_map(|key| &mut key.columns).for_each(rename);
    table.uniques.values_mut().flat_map(|unique| &mut unique.columns).for_each(rename);
    table.indexes.values_mut().flat_map(crate::Index::columns_mut).for_each(rename);
    table.foreign_keys.values_mut().flat_map(|key| &mut key.columns).for_each(rename);
    update_references(schema, name, |key| key.references_columns.iter_mut().for_each(rename));
    Ok(())
}

/// Adds an object that the target's table defines under `key`.
fn add<T: Clone>(
    schema: &mut Schema,
    name: &Name,
    key: &Name,
    what: &str,
    target: &Schema,
    objects: impl Fn(&Table) -> &BTreeMap<Name, T>,
    objects_mut: impl Fn(&mut Table) -> &mut BTreeMap<Name, T>,
) -> Result<(), Misfit> {
    let Some(definition) = objects(defined(target, name)?).get(key).cloned() else {
        return misfit(
            MisfitKind::Definition,
            format!("the schema defines no {what} `{key}` on table `{name}`"),
        );
    };
    let table = table_mut(schema, name)?;
    if objects_mut(table).insert(key.clone(), definition).is_some() {
        return misfit(MisfitKind::Position, format!("{what} `{key}` already exists at this position"));
    }
    Ok(())
}

/// After the alterations of one operation the table must be whole: every key and index finds its
/// columns, here and in the tables that reference it.
pub(super) fn complete(schema: &Schema, name: &Name) -> Result<(), Misfit> {
    let table = table_at(schema, name)?;
    let uniques = table
        .uniques
        .iter()
        .map(|(key, unique)| (format!("unique constraint `{key}`"), unique.columns.clone()));
    let foreign_keys = table
        .foreign_keys
        .iter()
        .map(|(key, foreign)| (format!("foreign key `{key}`"), foreign.columns.clone()));
    let indexes = table
        .indexes
        .iter()
        .map(|(key, index)| (format!("index `{key}`"), index.named_columns().cloned().collect()));
    let primary = std::iter::once(("the primary key".to_owned(), table.key_columns().to_vec()));
    for (what, columns) in primary.chain(uniques).chain(foreign_keys).chain(indexes) {
        if let Some(column) = columns.iter().find(|column| !table.columns.contains_key(*column)) {
            return misfit(MisfitKind::Dependency, format!("{what} still needs column `{name}.{column}`"));
        }
    }
    for child in schema.children(name.as_str()) {
        for (key, foreign) in &child.foreign_keys {
            let missing =
                |column: &&Name| foreign.references_table == *name && !table.columns.contains_key(*column);
            if let Some(column) = foreign.references_columns.iter().find(missing) {
                return misfit(
                    MisfitKind::Dependency,
                    format!(
                        "foreign key `{key}` of table `{}` still references column `{name}.{column}`",
                        child.name
                    ),
                );
            }
        }
    }
    Ok(())
}
