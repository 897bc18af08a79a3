//! Columns that cease to be of an enum, and those that come to be.

use crate::{Alteration, ColumnType, Name, Operation, Pair, Schema};

/// Takes the columns that leave an enum out of an alteration by which others come to it: the ones are altered
/// before the enum is, with the values that they have, and the others when it has its new ones. `pair` has
/// its tables and columns by their next names.
pub(super) fn split(operation: Operation, pair: Pair<&Schema>) -> Vec<Operation> {
    let Operation::AlterTable { table, alterations, online } = operation else { return vec![operation] };
    let changed = |name: &&Name| {
        pair.both(|schema| schema.enumeration(name.as_str())).is_some_and(|pair| pair.differs())
    };
    let enums: Vec<&Name> = pair.next.enums.keys().filter(changed).collect();
    let any =
        |alteration: &Alteration, so: Moves| enums.iter().any(|name| so(pair, &table, alteration, name));
    if !alterations.iter().any(|alteration| any(alteration, comes)) {
        return vec![Operation::AlterTable { table, alterations, online }];
    }
    let (leaving, rest): (Vec<_>, Vec<_>) =
        alterations.iter().cloned().partition(|alteration| any(alteration, leaves));
    let parts = [leaving, rest].into_iter().filter(|alterations| !alterations.is_empty());
    parts.map(|alterations| Operation::AlterTable { table: table.clone(), alterations, online }).collect()
}

type Moves = fn(Pair<&Schema>, &Name, &Alteration, &Name) -> bool;

/// Whether an alteration makes a column of an enum one of another type.
pub(super) fn leaves(pair: Pair<&Schema>, table: &Name, alteration: &Alteration, name: &Name) -> bool {
    is_of(pair.previous, table, alteration, name) && !is_of(pair.next, table, alteration, name)
}

fn comes(pair: Pair<&Schema>, table: &Name, alteration: &Alteration, name: &Name) -> bool {
    is_of(pair.next, table, alteration, name) && !is_of(pair.previous, table, alteration, name)
}

/// Whether the column of an alteration is of an enum in a schema.
fn is_of(schema: &Schema, table: &Name, alteration: &Alteration, name: &Name) -> bool {
    let (Alteration::AlterColumn { column, .. } | Alteration::AddColumn { column, .. }) = alteration else {
        return false;
    };
    let column = schema.table(table.as_str()).and_then(|table| table.column(column.as_str()));
    column.is_some_and(|column| matches!(&column.column_type, ColumnType::Enum(used) if used == name))
}
