//! What stands in the way of a change of columns, and is dropped before it and created again after it.

use std::collections::BTreeSet;

use super::Grammar;
use crate::{Column, Name, Sql, Table};

/// What of a table stands in the way, by name.
#[derive(Default)]
pub(in crate::render) struct Obstacles {
    /// Generated columns that are computed from the columns in question.
    pub(in crate::render) generated: BTreeSet<Name>,
    pub(in crate::render) checks: BTreeSet<Name>,
    pub(in crate::render) indexes: BTreeSet<Name>,
    pub(in crate::render) uniques: BTreeSet<Name>,
    /// Whether the primary key does.
    pub(in crate::render) primary_key: bool,
}

/// What of a table speaks in SQL of some columns that change, or has in any way to do with some that are
/// exchanged for others of their name. SQL is searched for names rather than understood: what is created
/// again without need is the same as before.
pub(in crate::render) fn obstacles(
    grammar: &Grammar,
    table: &Table,
    changed: &BTreeSet<Name>,
    exchanged: &BTreeSet<Name>,
) -> Obstacles {
    let generated = computed_from(table, changed.iter().chain(exchanged).cloned().collect());
    let gone: BTreeSet<&Name> = exchanged.iter().chain(&generated).collect();
    let named = |sql: &Sql| changed.iter().chain(gone.iter().copied()).any(|name| sql.names(name.as_str()));
    let any_gone = |columns: &mut dyn Iterator<Item = &Name>| {
        let mut found = false;
        for column in columns {
            found |= gone.contains(column);
        }
        found
    };
    let checks = table.checks.iter().filter(|(_, check)| check.only.includes(grammar.dialect));
    let indexes = table.indexes.iter().filter(|(_, index)| index.only.includes(grammar.dialect));
    Obstacles {
        checks: checks.filter(|(_, check)| named(&check.condition)).map(|(name, _)| name.clone()).collect(),
        indexes: indexes
            .filter(|(_, index)| any_gone(&mut index.named_columns()) || index.sqls().any(named))
            .map(|(name, _)| name.clone())
            .collect(),
        uniques: table
            .uniques
            .iter()
            .filter(|(_, unique)| any_gone(&mut unique.columns.iter()))
            .map(|(name, _)| name.clone())
            .collect(),
        primary_key: any_gone(&mut table.key_columns().iter()),
        generated,
    }
}

/// The generated columns that are computed from some columns, or from others that are.
fn computed_from(table: &Table, mut from: BTreeSet<Name>) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    let reads = |column: &Column, from: &BTreeSet<Name>| {
        let sql = column.generated.as_ref().map(|generated| &generated.sql);
        sql.is_some_and(|sql| from.iter().any(|name| *name != column.name && sql.names(name.as_str())))
    };
    while let Some(column) =
        table.columns.values().find(|column| !found.contains(&column.name) && reads(column, &from))
    {
        found.insert(column.name.clone());
        from.insert(column.name.clone());
    }
    found
}
