//! Names for Rust, where those of a database would be one.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::names::{column_const, is_const_name, is_type_name, types};
use crate::{Object, Schema, Table};

/// Chooses what Rust calls the later of two things that it would call the same.
pub(super) fn choose_rust_names(schema: &mut Schema) {
    let types: Vec<(Object, String)> = types(schema).collect();
    let mut taken = BTreeSet::new();
    for (object, name) in types {
        let free = free(name, "", &taken, is_type_name);
        if let Some(chosen) = &free.chosen {
            call(schema, &object, chosen);
        }
        taken.insert(free.name);
    }
    let names: Vec<_> = schema.tables.keys().cloned().collect();
    for name in names {
        if let Some(table) = schema.tables.get_mut(&name)
            && needs_names(table)
        {
            columns(table);
        }
    }
}

fn needs_names(table: &Table) -> bool {
    let mut taken = BTreeSet::new();
    !table.columns.values().all(|column| taken.insert(column_const(column)))
}

fn columns(table: &mut Table) {
    let mut taken = BTreeSet::new();
    for column in table.columns.values_mut() {
        let free = free(column_const(column), "_", &taken, is_const_name);
        if free.chosen.is_some() {
            column.rust_name.clone_from(&free.chosen);
        }
        taken.insert(free.name);
    }
}

/// A name that is free, and whether it had to be chosen.
struct Free {
    name: String,
    chosen: Option<String>,
}

fn free(name: String, gap: &str, taken: &BTreeSet<String>, may: fn(&str) -> bool) -> Free {
    if !taken.contains(&name) {
        return Free { name, chosen: None };
    }
    // What is made of a strange name may be none that an author could choose.
    let base = if may(&format!("{name}{gap}2")) { name.clone() } else { name.replace('_', "") };
    let chosen = (2_usize..)
        .map(|number| format!("{base}{gap}{number}"))
        .find(|candidate| !taken.contains(candidate))
        .unwrap_or(name);
    Free { name: chosen.clone(), chosen: Some(chosen) }
}

fn call(schema: &mut Schema, object: &Object, chosen: &str) {
    let chosen = Some(chosen.to_owned());
    let name = object.whole();
    match object {
        Object::Enum(_) => {
            schema
                .enums
                .get_mut(name)
                .into_iter()
                .for_each(|it| Arc::make_mut(it).rust_name.clone_from(&chosen));
        }
        Object::View(_) => {
            schema
                .views
                .get_mut(name)
                .into_iter()
                .for_each(|it| Arc::make_mut(it).rust_name.clone_from(&chosen));
        }
        Object::Trigger(_) => {
            schema
                .triggers
                .get_mut(name)
                .into_iter()
                .for_each(|it| Arc::make_mut(it).rust_name.clone_from(&chosen));
        }
        _ => schema.tables.get_mut(name).into_iter().for_each(|it| it.rust_name.clone_from(&chosen)),
    }
}
