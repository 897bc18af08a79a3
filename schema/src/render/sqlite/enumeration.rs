//! Enums, which on SQLite are checks of columns: another enum is a rebuild of every table with one.

use std::collections::BTreeMap;

use super::{GRAMMAR, rebuild};
use crate::render::common::{columns_of, renamed_value};
use crate::{Alteration, Expression, Name, Operation, Pair, Schema, Sql, Statement};

pub(super) fn alter_enum(
    name: &Name,
    renamed: &[Pair<String>],
    position: &Schema,
    target: &Schema,
) -> Vec<Statement> {
    let values = |schema: &Schema| schema.enumeration(name.as_str()).map(|found| found.values.clone());
    if values(position) == values(target) {
        return Vec::new();
    }
    let operation = Operation::AlterEnum { name: name.clone(), renamed: renamed.to_vec() };
    let after = operation.apply(position, target).unwrap_or_else(|_| target.clone());
    let tables = position.tables.values().filter(|table| columns_of(table, name).next().is_some());
    tables
        .map(|table| {
            let next = after.table(table.name.as_str()).unwrap_or(table);
            let alterations: Vec<Alteration> =
                columns_of(table, name).filter_map(|column| rename_values(&column.name, renamed)).collect();
            let tables = Pair::new(&**table, next);
            let rebuild = rebuild::rebuild(position, target, tables, &alterations, &BTreeMap::new());
            Statement::Rebuild(rebuild)
        })
        .collect()
}

/// The column with its values by their next names.
fn rename_values(column: &Name, renamed: &[Pair<String>]) -> Option<Alteration> {
    Some(Alteration::AlterColumn {
        column: column.clone(),
        using: Some(Expression::Sql(Sql::from(renamed_value(&GRAMMAR, column, renamed)?))),
        backfill: None,
        restore: false,
    })
}
