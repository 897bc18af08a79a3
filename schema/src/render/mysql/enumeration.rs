//! Enums, whose values are in the type of every column that is of one.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::alter::modify;
use super::{GRAMMAR, RULES, column, ident, table, trigger};
use crate::render::common::{self, columns_of, renamed_value};
use crate::{Enum, Name, Operation, Pair, Schema, Statement, Table};

pub(super) fn alter_enum(
    name: &Name,
    renamed: &[Pair<String>],
    position: &Schema,
    target: &Schema,
) -> Vec<Statement> {
    let alter = Operation::AlterEnum { name: name.clone(), renamed: renamed.to_vec() };
    let after = alter.apply(position, target).unwrap_or_else(|_| target.clone());
    let values = Pair::new(position, &after).both(|schema| schema.enumeration(name.as_str()));
    if values.is_none_or(|values| values.previous.values == values.next.values) {
        return Vec::new();
    }
    let tables: Vec<&Table> = position.tables.values().map(|table| &**table).collect();
    let tables: Vec<&Table> =
        tables.into_iter().filter(|table| columns_of(table, name).next().is_some()).collect();
    let moves = moves(name, &tables, Pair::new(position, &after));
    let mut texts: Vec<Statement> =
        moves.dropped.iter().map(table::drop_foreign_key).map(Statement::Sql).collect();
    let both = with_both(name, renamed, position);
    for table in tables {
        if !renamed.is_empty() {
            texts.extend(modify_columns(name, &both, table));
            texts.extend(trigger::unheard(position, &table.name, vec![rename_values(name, table, renamed)]));
        }
        texts.extend(after.table(table.name.as_str()).and_then(|table| modify_columns(name, &after, table)));
    }
    let added = moves.added.iter().filter_map(|added| table::add_foreign_key(&after, added));
    texts.extend(added.map(Statement::Sql));
    texts
}

/// The foreign keys between columns of the enum, which change one after the other.
fn moves(name: &Name, tables: &[&Table], schemas: Pair<&Schema>) -> common::Moves {
    let touched: Vec<&Name> = tables.iter().map(|table| &table.name).collect();
    let columns: BTreeSet<(&Name, &Name)> = tables
        .iter()
        .flat_map(|table| columns_of(table, name).map(|column| (&table.name, &column.name)))
        .collect();
    common::moves(&RULES, schemas, &touched, &|table, column| columns.contains(&(table, column)))
}

/// The schema with an enum that has the values by their previous names and by their next ones.
fn with_both(name: &Name, renamed: &[Pair<String>], position: &Schema) -> Schema {
    let mut schema = position.clone();
    if let Some(previous) = position.enums.get(name) {
        let values = previous.values.iter().chain(renamed.iter().map(|value| &value.next));
        let both = Enum { values: values.cloned().collect(), ..Enum::clone(previous) };
        schema.enums.insert(name.clone(), Arc::new(both));
    }
    schema
}

fn modify_columns(name: &Name, schema: &Schema, table: &Table) -> Option<Statement> {
    let columns: Vec<String> =
        columns_of(table, name).map(|column| modify(&column::definition(schema, column))).collect();
    let alter = || Statement::Sql(format!("ALTER TABLE {} {}", ident(&table.name), columns.join(", ")));
    (!columns.is_empty()).then(alter)
}

fn rename_values(name: &Name, table: &Table, renamed: &[Pair<String>]) -> Statement {
    let values = columns_of(table, name).filter(|column| column.is_written()).filter_map(|column| {
        Some(format!("{} = {}", ident(&column.name), renamed_value(&GRAMMAR, &column.name, renamed)?))
    });
    let values: Vec<String> = values.collect();
    Statement::Sql(format!("UPDATE {} SET {}", ident(&table.name), values.join(", ")))
}
