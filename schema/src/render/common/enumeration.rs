//! What is the same about enums where they are no types of their own.

use super::Grammar;
use crate::{Column, ColumnType, Name, Pair, Table};

/// The columns of a table that are of an enum.
pub(in crate::render) fn columns_of<'a>(
    table: &'a Table,
    name: &'a Name,
) -> impl Iterator<Item = &'a Column> {
    let of_it = move |column_type: &ColumnType| matches!(column_type, ColumnType::Enum(used) if used == name);
    table.columns.values().filter(move |column| of_it(&column.column_type))
}

/// The value of a column by its next name; `None` if no value gets another.
pub(in crate::render) fn renamed_value(
    grammar: &Grammar,
    column: &Name,
    renamed: &[Pair<String>],
) -> Option<String> {
    if renamed.is_empty() {
        return None;
    }
    let case = |value: &Pair<String>| {
        format!("WHEN {} THEN {}", grammar.text(&value.previous), grammar.text(&value.next))
    };
    let cases: Vec<String> = renamed.iter().map(case).collect();
    let name = grammar.ident(column);
    Some(format!("CASE {name} {} ELSE {name} END", cases.join(" ")))
}
