//! Enums, which on SQLite are checks of columns: another enum is a rebuild of every table with one.

use std::collections::BTreeMap;

use super::{ident, literal::literal, rebuild};
use crate::{
    Alteration, ColumnType, Expression, Name, Operation, Pair, Schema, Sql, Statement, Table, Value,
};

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
                columns_of(table, name).filter_map(|column| rename_values(column, renamed)).collect();
            Statement::Rebuild(rebuild::rebuild(target, table, next, &alterations, &BTreeMap::new()))
        })
        .collect()
}

fn columns_of<'a>(table: &'a Table, name: &'a Name) -> impl Iterator<Item = &'a Name> {
    let of_it = move |column_type: &ColumnType| matches!(column_type, ColumnType::Enum(used) if used == name);
    table.columns.values().filter(move |column| of_it(&column.column_type)).map(|column| &column.name)
}

/// The column with its values by their next names.
fn rename_values(column: &Name, renamed: &[Pair<String>]) -> Option<Alteration> {
    if renamed.is_empty() {
        return None;
    }
    let text = |value: &String| literal(&Value::Text(value.clone()));
    let cases: Vec<String> = renamed
        .iter()
        .map(|value| format!("WHEN {} THEN {}", text(&value.previous), text(&value.next)))
        .collect();
    let name = ident(column);
    let sql = Sql::from(format!("CASE {name} {} ELSE {name} END", cases.join(" ")));
    Some(Alteration::AlterColumn {
        column: column.clone(),
        using: Some(Expression::Sql(sql)),
        backfill: None,
        restore: false,
    })
}
