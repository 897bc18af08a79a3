//! What operations on enums, views and triggers do to a schema.

use std::sync::Arc;

use super::lookup::remove;
use super::misfit::{Misfit, MisfitKind, misfit};
use crate::{Column, ColumnType, DefaultValue, Name, Pair, Schema, Table, Value};

pub(super) fn create_enum(schema: &mut Schema, name: &Name, target: &Schema) -> Result<(), Misfit> {
    let Some(definition) = target.enums.get(name) else { return undefined("enum", name) };
    if schema.enums.contains_key(name) {
        return misfit(MisfitKind::Position, format!("enum `{name}` already exists at this position"));
    }
    schema.enums.insert(name.clone(), Arc::clone(definition));
    Ok(())
}

pub(super) fn alter_enum(
    schema: &mut Schema,
    name: &Name,
    renamed: &[Pair<String>],
    target: &Schema,
) -> Result<(), Misfit> {
    let Some(next) = target.enums.get(name) else { return undefined("enum", name) };
    let Some(previous) = schema.enums.get(name) else {
        return misfit(MisfitKind::Position, format!("enum `{name}` does not exist at this position"));
    };
    for value in renamed {
        if !previous.has(&value.previous) || previous.has(&value.next) || !next.has(&value.next) {
            return misfit(
                MisfitKind::Position,
                format!(
                    "enum `{name}`: value `{}` cannot become `{}`; it has {} here, and {} afterwards",
                    value.previous,
                    value.next,
                    previous.values.join(", "),
                    next.values.join(", ")
                ),
            );
        }
    }
    schema.enums.insert(name.clone(), Arc::clone(next));
    rename_defaults(schema, name, renamed);
    Ok(())
}

/// Gives the columns of an enum the next name of the value that is their default.
pub(crate) fn rename_defaults(schema: &mut Schema, name: &Name, renamed: &[Pair<String>]) {
    let next = |column: &Column| match (&column.column_type, &column.default) {
        (ColumnType::Enum(used), Some(DefaultValue::Literal(Value::Text(text)))) if used == name => {
            renamed.iter().find(|value| value.previous == *text).map(|value| value.next.clone())
        }
        _ => None,
    };
    let followed = |table: &Arc<Table>| table.columns.values().any(|column| next(column).is_some());
    let tables: Vec<Name> =
        schema.tables.values().filter(|table| followed(table)).map(|table| table.name.clone()).collect();
    for table in &tables {
        let Some(table) = schema.tables.get_mut(table) else { continue };
        for column in table.columns.values_mut() {
            if let Some(value) = next(column) {
                column.default = Some(DefaultValue::Literal(Value::Text(value)));
            }
        }
    }
}

pub(super) fn drop_enum(schema: &mut Schema, name: &Name) -> Result<(), Misfit> {
    for table in schema.tables.values() {
        let mut columns = table.columns.values();
        let uses = |column_type: &ColumnType| matches!(column_type, ColumnType::Enum(used) if used == name);
        if let Some(column) = columns.find(|column| uses(&column.column_type)) {
            return misfit(
                MisfitKind::Dependency,
                format!(
                    "enum `{name}` cannot be dropped while column `{}.{}` is of it",
                    table.name, column.name
                ),
            );
        }
    }
    remove(&mut schema.enums, name, || format!("enum `{name}` does not exist at this position"))
}

pub(super) fn create_view(schema: &mut Schema, name: &Name, target: &Schema) -> Result<(), Misfit> {
    let Some(definition) = target.views.get(name) else { return undefined("view", name) };
    if schema.views.contains_key(name) {
        return misfit(MisfitKind::Position, format!("view `{name}` already exists at this position"));
    }
    let here = |other: &Name| schema.tables.contains_key(other) || schema.views.contains_key(other);
    let mut known = target.tables.keys().chain(target.views.keys());
    let missing = known.find(|other| **other != *name && definition.reads(other.as_str()) && !here(other));
    if let Some(missing) = missing {
        return misfit(
            MisfitKind::Dependency,
            format!("view `{name}` reads `{missing}`, which does not exist at this position"),
        );
    }
    schema.views.insert(name.clone(), Arc::clone(definition));
    Ok(())
}

pub(super) fn drop_view(schema: &mut Schema, name: &Name) -> Result<(), Misfit> {
    let mut others = schema.views.values();
    if let Some(other) = others.find(|other| other.name != *name && other.reads(name.as_str())) {
        return misfit(
            MisfitKind::Dependency,
            format!("view `{name}` cannot be dropped while view `{}` reads it", other.name),
        );
    }
    if let Some(trigger) = schema.triggers.values().find(|trigger| trigger.table == *name) {
        return misfit(
            MisfitKind::Dependency,
            format!("view `{name}` cannot be dropped while it has trigger `{}`", trigger.name),
        );
    }
    remove(&mut schema.views, name, || format!("view `{name}` does not exist at this position"))
}

pub(super) fn create_trigger(schema: &mut Schema, name: &Name, target: &Schema) -> Result<(), Misfit> {
    let Some(definition) = target.triggers.get(name) else { return undefined("trigger", name) };
    if schema.triggers.contains_key(name) {
        return misfit(MisfitKind::Position, format!("trigger `{name}` already exists at this position"));
    }
    let table = &definition.table;
    if !schema.tables.contains_key(table) && !schema.views.contains_key(table) {
        return misfit(
            MisfitKind::Position,
            format!("table `{table}` of trigger `{name}` does not exist at this position"),
        );
    }
    schema.triggers.insert(name.clone(), Arc::clone(definition));
    Ok(())
}

pub(super) fn drop_trigger(schema: &mut Schema, name: &Name) -> Result<(), Misfit> {
    remove(&mut schema.triggers, name, || format!("trigger `{name}` does not exist at this position"))
}

/// A table that goes or gets another name takes nothing with it unseen: databases drop its triggers, or
/// rewrite the text of what names it, each in its own way.
pub(super) fn free_of_views_and_triggers(
    schema: &Schema,
    table: &Name,
    participle: &str,
) -> Result<(), Misfit> {
    if let Some(view) = schema.views.values().find(|view| view.reads(table.as_str())) {
        return misfit(
            MisfitKind::Dependency,
            format!("table `{table}` cannot be {participle} while view `{}` reads it", view.name),
        );
    }
    let names = |trigger: &crate::Trigger| trigger.table == *table || trigger.sql.names(table.as_str());
    match schema.triggers.values().find(|trigger| names(trigger)) {
        Some(trigger) => misfit(
            MisfitKind::Dependency,
            format!("table `{table}` cannot be {participle} while trigger `{}` names it", trigger.name),
        ),
        None => Ok(()),
    }
}

fn undefined(what: &str, name: &Name) -> Result<(), Misfit> {
    misfit(MisfitKind::Definition, format!("the schema that the migration leads to has no {what} `{name}`"))
}
