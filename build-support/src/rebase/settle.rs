//! Names of constraints, which the files derive from the names of tables and columns.

use std::collections::BTreeMap;

use whimbrel_schema::{Name, Object, Schema, Table};

/// Constraints and indexes that the files call otherwise than the two sides did: one side renamed their table or
/// column, the other made them, and the name is made of both.
#[derive(Debug, Default)]
pub(super) struct Settled {
    names: BTreeMap<Object, Name>,
}

/// What the merged schema has under one name, and the files, in the same table and with the same definition, under
/// another.
pub(super) fn settle(merged: &Schema, files: &Schema) -> Settled {
    let mut names = BTreeMap::new();
    for table in merged.tables.values() {
        let Some(said) = files.table(table.name.as_str()) else { continue };
        let mut add = |object: fn(Name, Name) -> Object, renamed: Vec<(Name, Name)>| {
            names.extend(renamed.into_iter().map(|(name, next)| (object(table.name.clone(), name), next)));
        };
        add(Object::Unique, renamed(&table.uniques, &said.uniques));
        add(Object::ForeignKey, renamed(&table.foreign_keys, &said.foreign_keys));
        add(Object::Check, renamed(&table.checks, &said.checks));
        add(Object::Index, renamed(&table.indexes, &said.indexes));
    }
    Settled { names }
}

fn renamed<T: PartialEq>(here: &BTreeMap<Name, T>, there: &BTreeMap<Name, T>) -> Vec<(Name, Name)> {
    let mut free: Vec<&Name> = there.keys().filter(|name| !here.contains_key(*name)).collect();
    let mut renamed = Vec::new();
    for (name, part) in here.iter().filter(|(name, _)| !there.contains_key(*name)) {
        if let Some(at) = free.iter().position(|other| there.get(*other) == Some(part)) {
            renamed.push((name.clone(), free.remove(at).clone()));
        }
    }
    renamed
}

impl Settled {
    pub(super) fn apply(&self, schema: &Schema) -> Schema {
        let mut settled = schema.clone();
        let tables: std::collections::BTreeSet<&Name> = self.names.keys().map(Object::whole).collect();
        for table in tables.into_iter().filter_map(|name| schema.table(name.as_str())) {
            let mut table: Table = table.clone();
            for (object, next) in self.names.iter().filter(|(object, _)| *object.whole() == table.name) {
                match object {
                    Object::Unique(_, name) => rename(&mut table.uniques, name, next),
                    Object::ForeignKey(_, name) => rename(&mut table.foreign_keys, name, next),
                    Object::Check(_, name) => rename(&mut table.checks, name, next),
                    Object::Index(_, name) => rename(&mut table.indexes, name, next),
                    _ => {}
                }
            }
            settled.insert(table);
        }
        settled
    }

    /// What an object of the merged schema is called.
    pub(super) fn object(&self, object: Object) -> Object {
        match (self.names.get(&object), object) {
            (None, object) => object,
            (Some(next), Object::Unique(table, _)) => Object::Unique(table, next.clone()),
            (Some(next), Object::ForeignKey(table, _)) => Object::ForeignKey(table, next.clone()),
            (Some(next), Object::Check(table, _)) => Object::Check(table, next.clone()),
            (Some(next), Object::Index(table, _)) => Object::Index(table, next.clone()),
            (Some(_), object) => object,
        }
    }
}

fn rename<T>(parts: &mut BTreeMap<Name, T>, name: &Name, next: &Name) {
    if let Some(part) = parts.remove(name) {
        parts.insert(next.clone(), part);
    }
}
