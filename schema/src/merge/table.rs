//! What two sides made of one thing of a schema.

use std::collections::{BTreeMap, BTreeSet};

use super::{ConflictKind, Fork, Side};
use crate::{Column, Name, Object, Table};

/// Takes what one side has changed, or both alike.
pub(super) fn three_way<T: PartialEq>(fork: Fork<Option<T>>) -> Result<Option<T>, ConflictKind> {
    let Fork { base, theirs, ours } = fork;
    if theirs == ours || ours == base {
        return Ok(theirs);
    }
    if theirs == base {
        return Ok(ours);
    }
    Err(match (base, theirs, ours) {
        (None, ..) => ConflictKind::AddedDifferently,
        (Some(_), None, _) => ConflictKind::DroppedAndChanged { dropped: Side::Theirs },
        (Some(_), _, None) => ConflictKind::DroppedAndChanged { dropped: Side::Ours },
        (Some(_), Some(_), Some(_)) => ConflictKind::ChangedDifferently,
    })
}

/// A table that all three have, under one name: each part by itself.
pub(super) fn merge(tables: Fork<&Table>, conflicts: &mut Vec<(Object, ConflictKind)>) -> Table {
    let name = &tables.theirs.name;
    let mut merged = tables.theirs.clone();
    merged.columns.clear();
    let order: Vec<&Name> = tables.theirs.columns.keys().chain(tables.ours.columns.keys()).collect();
    for column in order {
        if merged.columns.contains_key(column) {
            continue;
        }
        let object = || Object::Column(name.clone(), column.clone());
        let one: Option<&Column> = part(tables.map(|table| table.column(column.as_str())), object, conflicts);
        merged.columns.extend(one.map(|one| (column.clone(), one.clone())));
    }
    let keys = tables.map(|table| table.primary_key.as_ref());
    merged.primary_key = part(keys, || Object::PrimaryKey(name.clone()), conflicts).cloned();
    let of = |kind: fn(Name, Name) -> Object| move |part: &Name| kind(name.clone(), part.clone());
    merged.uniques = parts(tables.map(|table| &table.uniques), of(Object::Unique), conflicts);
    merged.foreign_keys = parts(tables.map(|table| &table.foreign_keys), of(Object::ForeignKey), conflicts);
    merged.checks = parts(tables.map(|table| &table.checks), of(Object::Check), conflicts);
    merged.indexes = parts(tables.map(|table| &table.indexes), of(Object::Index), conflicts);
    let whole = || Object::Table(name.clone());
    let options = part(tables.map(|table| Some(&table.options)), whole, conflicts);
    merged.options = options.unwrap_or(&tables.theirs.options).clone();
    let rust_name = part(tables.map(|table| Some(&table.rust_name)), whole, conflicts);
    merged.rust_name.clone_from(rust_name.unwrap_or(&tables.theirs.rust_name));
    merged
}

/// Each of the parts of one kind that any of the three has.
pub(super) fn parts<T: PartialEq + Clone>(
    maps: Fork<&BTreeMap<Name, T>>,
    object: impl Fn(&Name) -> Object,
    conflicts: &mut Vec<(Object, ConflictKind)>,
) -> BTreeMap<Name, T> {
    let names: BTreeSet<&Name> = maps.each().into_iter().flat_map(BTreeMap::keys).collect();
    let merged = names.into_iter().filter_map(|name| {
        let one = part(maps.map(|map| map.get(name)), || object(name), conflicts)?;
        Some((name.clone(), one.clone()))
    });
    merged.collect()
}

/// One part. In a conflict theirs stands for it, so that the rest can be merged and told.
pub(super) fn part<'a, T: PartialEq>(
    fork: Fork<Option<&'a T>>,
    object: impl FnOnce() -> Object,
    conflicts: &mut Vec<(Object, ConflictKind)>,
) -> Option<&'a T> {
    match three_way(fork) {
        Ok(one) => one,
        Err(kind) => {
            conflicts.push((object(), kind));
            fork.theirs
        }
    }
}
