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

/// Whether an alteration of a table is done before one of an enum is: where columns cease to be of it, or go,
/// with the values that they have, by which the archive knows them. Those that come to be of it wait for
/// the enum, and what goes in the same alteration waits with them.
pub(super) fn precedes(pair: Pair<&Schema>, table: &Name, alterations: &[Alteration], name: &Name) -> bool {
    let any = |so: Moves| alterations.iter().any(|alteration| so(pair, table, alteration, name));
    any(leaves) || (any(goes) && !any(comes))
}

type Moves = fn(Pair<&Schema>, &Name, &Alteration, &Name) -> bool;

/// Whether an alteration makes a column of an enum one of another type.
fn leaves(pair: Pair<&Schema>, table: &Name, alteration: &Alteration, name: &Name) -> bool {
    is_of(pair.previous, table, alteration, name) && !is_of(pair.next, table, alteration, name)
}

fn goes(pair: Pair<&Schema>, table: &Name, alteration: &Alteration, name: &Name) -> bool {
    let Alteration::DropColumn { column } = alteration else { return false };
    column_is_of(pair.previous, table, column, name)
}

fn comes(pair: Pair<&Schema>, table: &Name, alteration: &Alteration, name: &Name) -> bool {
    is_of(pair.next, table, alteration, name) && !is_of(pair.previous, table, alteration, name)
}

/// Whether the column of an alteration is of an enum in a schema.
fn is_of(schema: &Schema, table: &Name, alteration: &Alteration, name: &Name) -> bool {
    let (Alteration::AlterColumn { column, .. } | Alteration::AddColumn { column, .. }) = alteration else {
        return false;
    };
    column_is_of(schema, table, column, name)
}

/// Whether a table has a column of an enum.
pub(super) fn has_column_of(schema: &Schema, table: &Name, name: &Name) -> bool {
    let columns = schema.table(table.as_str()).into_iter().flat_map(|table| table.columns.keys());
    columns.into_iter().any(|column| column_is_of(schema, table, column, name))
}

fn column_is_of(schema: &Schema, table: &Name, column: &Name, name: &Name) -> bool {
    let column = schema.table(table.as_str()).and_then(|table| table.column(column.as_str()));
    column.is_some_and(|column| matches!(&column.column_type, ColumnType::Enum(used) if used == name))
}
