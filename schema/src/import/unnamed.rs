//! Names for constraints that have none in the database, and so may have any in the schema.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::folded;
use crate::{Capabilities, Dialect, Name, Schema};

/// Gives a name that no other constraint, index or table has to each constraint whose name was made up and
/// is taken or too long.
pub(super) fn name_anew(schema: &mut Schema, unnamed: &BTreeSet<(Name, Name)>, dialect: Dialect) {
    let limit = Capabilities::of(dialect).name_limit.unwrap_or(LONGEST);
    let mut taken = taken(schema, unnamed);
    for (table, name) in unnamed {
        let free = free(name, limit, &taken);
        taken.insert(folded(free.as_str()));
        if free == *name {
            continue;
        }
        if let Some(table) = schema.tables.get_mut(table) {
            rename(&mut table.uniques, name, &free);
            rename(&mut table.foreign_keys, name, &free);
            rename(&mut table.checks, name, &free);
        }
    }
}

/// Longer names are shortened where the database itself has no limit.
const LONGEST: usize = 200;

fn taken(schema: &Schema, unnamed: &BTreeSet<(Name, Name)>) -> BTreeSet<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    taken.extend(schema.tables.keys().chain(schema.views.keys()).chain(schema.enums.keys()).map(fold));
    taken.extend(schema.triggers.keys().map(fold));
    for table in schema.tables.values() {
        let named = table.uniques.keys().chain(table.foreign_keys.keys()).chain(table.checks.keys());
        let given = named.filter(|name| !unnamed.contains(&(table.name.clone(), (*name).clone())));
        taken.extend(given.chain(table.indexes.keys()).map(fold));
    }
    taken
}

fn fold(name: &Name) -> String {
    folded(name.as_str())
}

fn free(name: &Name, limit: usize, taken: &BTreeSet<String>) -> Name {
    let fits = |name: &str| name.len() <= limit && !taken.contains(&folded(name));
    if fits(name.as_str()) {
        return name.clone();
    }
    // Room for an underscore and a number.
    let mut end = name.as_str().len().min(limit.saturating_sub(8));
    while !name.as_str().is_char_boundary(end) {
        end -= 1;
    }
    let base = &name.as_str()[..end];
    let found = (2_usize..).map(|number| format!("{base}_{number}")).find(|name| fits(name));
    found.map_or_else(|| name.clone(), Name::new)
}

fn rename<T>(objects: &mut BTreeMap<Name, T>, name: &Name, free: &Name) {
    if let Some(object) = objects.remove(name) {
        objects.insert(free.clone(), object);
    }
}
