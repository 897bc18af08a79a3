//! Names for what has none in a database.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Name, Schema};

/// Gives each constraint without a name that of its equal in the schema that is expected, if no other has
/// it: which name was made up for it means nothing.
pub(super) fn adopt(found: &mut Schema, unnamed: &BTreeSet<(Name, Name)>, expected: &Schema) {
    for (table, name) in unnamed {
        let Some(wanted) = expected.table(table.as_str()) else { continue };
        let Some(table) = found.tables.get_mut(table) else { continue };
        rename(&mut table.uniques, name, &wanted.uniques);
        rename(&mut table.foreign_keys, name, &wanted.foreign_keys);
        rename(&mut table.checks, name, &wanted.checks);
    }
}

fn rename<T: PartialEq>(found: &mut BTreeMap<Name, T>, name: &Name, expected: &BTreeMap<Name, T>) {
    let Some(constraint) = found.get(name) else { return };
    if expected.get(name) == Some(constraint) {
        return;
    }
    let mut equals = expected.iter().filter(|(_, wanted)| *wanted == constraint).map(|(name, _)| name);
    let free = equals.find(|wanted| !found.contains_key(*wanted)).cloned();
    if let Some((wanted, constraint)) = free.and_then(|wanted| Some((wanted, found.remove(name)?))) {
        found.insert(wanted, constraint);
    }
}
