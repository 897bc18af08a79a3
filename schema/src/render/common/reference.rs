//! Foreign keys that are not always there.
//!
//! SQLite takes a foreign key whatever it references. The servers want the table referenced to exist, its
//! columns to be unique, and to be of the same type. Between two operations of one migration that need not
//! be so: two new tables may reference each other, a unique index comes after its table, and a key and what
//! references it get another type one after the other. So a foreign key *stands* where the schema at hand lets it, goes before an operation after
//! which it no longer could, and comes after the one that lets it stand again. What stands is decided by
//! the schema alone, so every operation knows what those before it have left.

use crate::{Capabilities, Column, Dialect, ForeignKey, Name, Pair, Schema, Table};

/// Whether a column may reference another, each with its table.
type Comparable = fn(&Schema, (&Table, &Column), (&Table, &Column)) -> bool;

/// What a database wants of foreign keys.
pub(in crate::render) struct Rules {
    pub(in crate::render) dialect: Dialect,
    pub(in crate::render) comparable: Comparable,
}

/// Foreign keys in the way of an operation.
pub(in crate::render) struct Moves {
    /// Those that go before it.
    pub(in crate::render) dropped: Vec<Move>,
    /// Those that come after it.
    pub(in crate::render) added: Vec<Move>,
}

/// A foreign key and its table.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::render) struct Move {
    pub(in crate::render) table: Name,
    pub(in crate::render) name: Name,
}

/// What goes and comes around an operation that leads from one schema to another, among the foreign keys
/// of the tables that it touches and of those that reference them. One that stands on both sides goes and
/// comes as well if the operation disturbs one of its columns, by table and name, or takes away a key that it may
/// be bound to.
pub(in crate::render) fn moves(
    rules: &Rules,
    schemas: Pair<&Schema>,
    touched: &[&Name],
    disturbed: &dyn Fn(&Name, &Name) -> bool,
) -> Moves {
    let concerned = |table: &Table, key: &ForeignKey| {
        touched.contains(&&table.name) || touched.contains(&&key.references_table)
    };
    let of = |schema: &Schema, other: &Schema| -> Vec<Move> {
        let tables = schema.tables.values().filter(|table| !table.foreign_keys.is_empty());
        let keys =
            tables.flat_map(|table| table.foreign_keys.iter().map(move |(name, key)| (table, name, key)));
        keys.filter(|(table, _, key)| concerned(table, key) && stands(rules, schema, table, key))
            .filter(|(table, name, key)| {
                let counterpart = other
                    .table(table.name.as_str())
                    .and_then(|other| Some((other, other.foreign_keys.get(*name)?)))
                    .filter(|(table, key)| stands(rules, other, table, key));
                let own = key.columns.iter().any(|column| disturbed(&table.name, column));
                let parents = key.references_columns.iter();
                let parents = parents.clone().any(|column| disturbed(&key.references_table, column));
                own || parents
                    || counterpart.is_none_or(|(_, other)| other != *key)
                    || is_unbound(rules, schemas, key)
            })
            .map(|(table, name, _)| Move { table: table.name.clone(), name: name.clone() })
            .collect()
    };
    Moves { dropped: of(schemas.previous, schemas.next), added: of(schemas.next, schemas.previous) }
}

/// Whether a key goes that a foreign key may be bound to. Which one it is, where several are over the same columns,
/// only the database knows.
fn is_unbound(rules: &Rules, schemas: Pair<&Schema>, key: &ForeignKey) -> bool {
    let parents = schemas.both(|schema| schema.table(key.references_table.as_str()));
    Capabilities::of(rules.dialect).bound_foreign_keys
        && parents.is_some_and(|Pair { previous, next }| {
            let next: Vec<_> = next.keys_over(&key.references_columns).collect();
            previous.keys_over(&key.references_columns).any(|key| !next.contains(&key))
        })
}

/// Whether a foreign key of a table can be there: its database has it, and what it references is there,
/// unique, and can be compared.
fn stands(rules: &Rules, schema: &Schema, table: &Table, key: &ForeignKey) -> bool {
    let Some(parent) = schema.table(key.references_table.as_str()) else { return false };
    let comparable = |(column, referenced): (&Name, &Name)| {
        let columns = (table.column(column.as_str()), parent.column(referenced.as_str()));
        matches!(columns, (Some(column), Some(referenced))
            if (rules.comparable)(schema, (table, column), (parent, referenced)))
    };
    key.only.includes(rules.dialect)
        && parent.is_unique(&key.references_columns)
        && key.columns.iter().zip(&key.references_columns).all(comparable)
}
