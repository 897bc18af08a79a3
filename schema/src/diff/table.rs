use std::collections::BTreeMap;

use super::Renames;
use crate::{Name, Pair, Table};

/// How a table differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableChange {
    /// A column has another name.
    RenameColumn(Pair<Name>),
    /// A column is new.
    AddColumn(Name),
    /// A column is gone.
    DropColumn(Name),
    /// A column has another type, nullability or default.
    AlterColumn(Name),
    /// The primary key differs.
    PrimaryKey {
        /// Which side has one.
        present: Pair<bool>,
    },
    /// Unique constraints: present on which side; on both where the definition differs.
    Unique(Name, Pair<bool>),
    /// Foreign keys, likewise.
    ForeignKey(Name, Pair<bool>),
    /// Checks, likewise.
    Check(Name, Pair<bool>),
    /// Indexes, likewise.
    Index(Name, Pair<bool>),
    /// What only one database has for the table, or what Rust calls it.
    Options,
}

/// Compares two tables of the same name, of which the previous one is already aligned.
pub(super) fn diff(pair: Pair<&Table>, renames: &Renames) -> Vec<TableChange> {
    let mut changes: Vec<TableChange> = renames
        .columns
        .iter()
        .filter(|((table, _), _)| *table == pair.next.name)
        .map(|((_, next), previous)| TableChange::RenameColumn(Pair::new(previous.clone(), next.clone())))
        .collect();
    let gone = pair.previous.columns.keys().filter(|name| !pair.next.columns.contains_key(*name));
    changes.extend(gone.map(|name| TableChange::DropColumn(name.clone())));
    for column in pair.next.columns.values() {
        match pair.previous.column(column.name.as_str()) {
            None => changes.push(TableChange::AddColumn(column.name.clone())),
            Some(previous) if previous != column => {
                changes.push(TableChange::AlterColumn(column.name.clone()))
            }
            Some(_) => {}
        }
    }
    let keys = pair.map(|table| &table.primary_key);
    if keys.differs() {
        changes.push(TableChange::PrimaryKey { present: keys.map(Option::is_some) });
    }
    changes.extend(objects(pair.map(|table| &table.uniques), TableChange::Unique));
    changes.extend(objects(pair.map(|table| &table.foreign_keys), TableChange::ForeignKey));
    changes.extend(objects(pair.map(|table| &table.checks), TableChange::Check));
    changes.extend(objects(pair.map(|table| &table.indexes), TableChange::Index));
    let options = pair.map(|table| (&table.options, &table.rust_name));
    if options.previous != options.next {
        changes.push(TableChange::Options);
    }
    changes
}

/// The objects of one kind that are on one side only, or differ.
pub(super) fn objects<T: PartialEq, C>(
    pair: Pair<&BTreeMap<Name, T>>,
    change: fn(Name, Pair<bool>) -> C,
) -> Vec<C> {
    let mut names: Vec<&Name> = pair.previous.keys().chain(pair.next.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| (name, pair.map(|objects| objects.get(name))))
        .filter(|(_, objects)| objects.differs())
        .map(|(name, objects)| change(name.clone(), objects.map(|object| object.is_some())))
        .collect()
}
