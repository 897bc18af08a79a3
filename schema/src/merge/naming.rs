//! What everything is called after a merge: as the side that renamed it says.

use std::collections::{BTreeMap, BTreeSet};

use super::{Conflict, ConflictKind, Fork, Side};
use crate::{Name, Object, Pair, Renames, Schema, Table};

/// From the names of one version to those after the merge; what keeps its name is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Naming {
    /// Tables.
    pub tables: BTreeMap<Name, Name>,
    /// Columns, by the names of table and column before.
    pub columns: BTreeMap<(Name, Name), Name>,
}

impl Naming {
    /// The name of a table after the merge.
    pub fn table<'a>(&'a self, name: &'a Name) -> &'a Name {
        self.tables.get(name).unwrap_or(name)
    }

    /// The name of a column after the merge.
    pub fn column<'a>(&'a self, table: &Name, column: &'a Name) -> &'a Name {
        self.columns.get(&(table.clone(), column.clone())).unwrap_or(column)
    }

    /// An object by its name after the merge.
    pub fn object(&self, object: &Object) -> Object {
        let column = |table: &Name, name: &Name| self.column(table, name).clone();
        match object {
            Object::Column(table, name) => Object::Column(self.table(table).clone(), column(table, name)),
            Object::Enum(_) | Object::View(_) | Object::Trigger(_) => object.clone(),
            other => other.clone().with_table(self.table(other.whole()).clone()),
        }
    }

    /// From the names after the merge to those before.
    pub(super) fn invert(&self) -> Self {
        Self {
            tables: self.tables.iter().map(|(before, after)| (after.clone(), before.clone())).collect(),
            columns: self
                .columns
                .iter()
                .map(|((table, before), after)| ((self.table(table).clone(), after.clone()), before.clone()))
                .collect(),
        }
    }

    /// A schema under these names. Texts of SQL stay as they are.
    pub(super) fn apply(&self, schema: &Schema) -> Schema {
        let mut named = Schema { tables: crate::Tables::default(), ..schema.clone() };
        for table in schema.tables.values() {
            named.insert(self.named(table));
        }
        for trigger in named.triggers.values_mut() {
            if let Some(table) = self.tables.get(&trigger.table) {
                std::sync::Arc::make_mut(trigger).table = table.clone();
            }
        }
        named
    }

    fn named(&self, table: &Table) -> Table {
        let rename = |column: &mut Name| *column = self.column(&table.name, column).clone();
        let mut named = table.clone();
        named.name = self.table(&table.name).clone();
        let columns = table.columns.values().cloned().map(|mut column| {
            rename(&mut column.name);
            (column.name.clone(), column)
        });
        named.columns = columns.collect();
        named.primary_key.iter_mut().flat_map(|key| &mut key.columns).for_each(rename);
        named.uniques.values_mut().flat_map(|unique| &mut unique.columns).for_each(rename);
        named.indexes.values_mut().flat_map(crate::Index::columns_mut).for_each(rename);
        for key in named.foreign_keys.values_mut() {
            key.columns.iter_mut().for_each(rename);
            for column in &mut key.references_columns {
                *column = self.column(&key.references_table, column).clone();
            }
            key.references_table = self.table(&key.references_table).clone();
        }
        named
    }
}

/// What each of the three is called, and where no name fits both sides.
pub(super) fn naming(schemas: Fork<&Schema>, renames: Pair<&Renames>) -> (Fork<Naming>, Vec<Conflict>) {
    let mut naming: Fork<Naming> = Fork::default();
    let mut conflicts = Vec::new();
    let tables = schemas.map(|schema| schema.tables.keys().cloned().collect());
    let scope = Scope { names: tables, renames: renames.map(|renames| renames.tables.clone()) };
    for thing in scope.things(&Object::Table, &mut conflicts) {
        let maps = Fork::new(&mut naming.base.tables, &mut naming.theirs.tables, &mut naming.ours.tables);
        for (name, map) in thing.names.as_ref().zip(maps).each() {
            let renamed = name.as_ref().filter(|name| **name != thing.last);
            map.extend(renamed.map(|name| (name.clone(), thing.last.clone())));
        }
        if thing.names.as_ref().each().into_iter().all(Option::is_some) {
            columns(schemas, renames, &thing.names, &mut naming, &mut conflicts);
        }
    }
    (naming, conflicts)
}

/// The same for the columns of a table that all three have.
fn columns(
    schemas: Fork<&Schema>,
    renames: Pair<&Renames>,
    table: &Fork<Option<Name>>,
    naming: &mut Fork<Naming>,
    conflicts: &mut Vec<Conflict>,
) {
    let name = |side: &Option<Name>| side.clone().unwrap_or_else(|| Name::new(""));
    let table = table.as_ref().map(name);
    let names = schemas.zip(table.as_ref()).map(|(schema, table)| {
        let columns = schema.table(table.as_str()).into_iter().flat_map(|table| table.columns.keys());
        columns.cloned().collect::<BTreeSet<Name>>()
    });
    let of = |renames: &Renames, table: &Name| {
        let here = renames.columns.iter().filter(|((whole, _), _)| whole == table);
        here.map(|((_, next), previous)| (next.clone(), previous.clone())).collect()
    };
    let renames = Pair::new(of(renames.previous, &table.theirs), of(renames.next, &table.ours));
    let object = |name: Name| Object::Column(table.base.clone(), name);
    for thing in (Scope { names, renames }).things(&object, conflicts) {
        let maps = Fork::new(&mut naming.base, &mut naming.theirs, &mut naming.ours);
        for ((name, whole), map) in thing.names.zip(table.clone()).zip(maps).each() {
            let renamed = name.filter(|name| *name != thing.last);
            map.columns.extend(renamed.map(|name| ((whole, name), thing.last.clone())));
        }
    }
}

/// Names of one kind in one place, and from the next to the previous ones what each side renamed.
struct Scope {
    names: Fork<BTreeSet<Name>>,
    renames: Pair<BTreeMap<Name, Name>>,
}

/// One thing: what each calls it, and what it is called after the merge.
struct Thing {
    names: Fork<Option<Name>>,
    last: Name,
}

impl Thing {
    /// Whether it was there, and a side no longer has it.
    const fn is_gone(&self) -> bool {
        self.names.base.is_some() && (self.names.theirs.is_none() || self.names.ours.is_none())
    }
}

impl Scope {
    fn things(&self, object: &dyn Fn(Name) -> Object, conflicts: &mut Vec<Conflict>) -> Vec<Thing> {
        let mut things: Vec<Thing> =
            self.names.base.iter().map(|base| self.thing(base, object, conflicts)).collect();
        let known = |things: &[Thing], side: Side, name: &Name| {
            things.iter().any(|thing| thing.names.as_ref().side(side).as_ref() == Some(name))
        };
        let new = |side: Side| -> BTreeSet<Name> {
            let names = self.names.as_ref().side(side).iter();
            names.filter(|name| !known(&things, side, name)).cloned().collect()
        };
        let (theirs, ours) = (new(Side::Theirs), new(Side::Ours));
        for name in theirs.union(&ours) {
            let has = |side: &BTreeSet<Name>| side.get(name).cloned();
            things.push(Thing { names: Fork::new(None, has(&theirs), has(&ours)), last: name.clone() });
        }
        let mut taken: BTreeSet<Name> = BTreeSet::new();
        for thing in things.iter().filter(|thing| !thing.is_gone()) {
            if !taken.insert(thing.last.clone()) {
                let object = object(thing.last.clone());
                conflicts.push(Conflict {
                    object: Fork::new(object.clone(), object.clone(), object),
                    kind: ConflictKind::AddedDifferently,
                });
            }
        }
        // Whoever dropped it may have given its name to something else, with which it must not be mixed up.
        for thing in things.iter_mut().filter(|thing| thing.is_gone()) {
            while !taken.insert(thing.last.clone()) {
                thing.last = Name::new(format!("{} (gone)", thing.last));
            }
        }
        things
    }

    fn thing(&self, base: &Name, object: &dyn Fn(Name) -> Object, conflicts: &mut Vec<Conflict>) -> Thing {
        let theirs = after(base, &self.names.theirs, &self.renames.previous);
        let ours = after(base, &self.names.ours, &self.renames.next);
        let mut conflict = |kind| {
            let called = |side: &Option<Name>| object(side.as_ref().unwrap_or(base).clone());
            let object = Fork::new(object(base.clone()), called(&theirs), called(&ours));
            conflicts.push(Conflict { object, kind });
        };
        let last = match (&theirs, &ours) {
            (Some(theirs), Some(ours)) if theirs == ours || ours == base => theirs,
            (Some(theirs), Some(ours)) if theirs == base => ours,
            (Some(theirs), Some(ours)) => {
                conflict(ConflictKind::RenamedDifferently(Pair::new(theirs.clone(), ours.clone())));
                theirs
            }
            (Some(only), None) | (None, Some(only)) if only != base => {
                let dropped = if theirs.is_none() { Side::Theirs } else { Side::Ours };
                conflict(ConflictKind::DroppedAndRenamed { dropped });
                base
            }
            _ => base,
        };
        let last = last.clone();
        Thing { names: Fork::new(Some(base.clone()), theirs, ours), last }
    }
}

/// What a side calls what was called so; `None` if it no longer has it.
fn after(base: &Name, names: &BTreeSet<Name>, renames: &BTreeMap<Name, Name>) -> Option<Name> {
    let renamed = renames.iter().find(|(_, previous)| *previous == base).map(|(next, _)| next.clone());
    renamed.or_else(|| (names.contains(base) && !renames.contains_key(base)).then(|| base.clone()))
}
