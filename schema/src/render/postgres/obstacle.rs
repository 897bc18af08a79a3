//! What stands in the way of changes of a table, taken out of it and put back.

use super::phases::Phases;
use super::{GRAMMAR, column, comment, ident, online, table};
use crate::render::common::{self, Obstacles};
use crate::{Check, Name, Table, Unique};

pub(super) fn clear(previous: &Table, obstacles: &Obstacles, phases: &mut Phases) {
    let Obstacles { generated, checks, indexes, uniques, primary_key } = obstacles;
    phases.before.extend(indexes.iter().filter_map(|name| table::drop_index(previous, name)));
    let key = primary_key.then(|| drop_constraint(&table::primary_key_name(&previous.name)));
    phases.first.extend(key);
    phases.first.extend(checks.iter().chain(uniques).map(drop_constraint));
    phases.first.extend(generated.iter().map(|name| format!("DROP COLUMN {}", ident(name))));
}

/// As the table is defined by then.
pub(super) fn put_back(next: &Table, obstacles: &Obstacles, is_online: bool, phases: &mut Phases) {
    let Obstacles { generated, checks, indexes, uniques, primary_key } = obstacles;
    let columns: Vec<_> = generated.iter().filter_map(|name| next.column(name.as_str())).collect();
    phases.last.extend(columns.iter().map(|again| format!("ADD COLUMN {}", column::definition(again))));
    phases.after.extend(columns.iter().filter_map(|again| comment::of_column(&next.name, again)));
    let key = next.primary_key.as_ref().filter(|_| *primary_key);
    if let Some(key) = key {
        phases.add_key(&next.name, &key.columns, format!("ADD {}", table::primary_key(next, key)));
    }
    for (name, check) in checks.iter().filter_map(|name| Some((name, next.checks.get(name)?))) {
        match is_online {
            true => online::add_check(&next.name, name, check, phases),
            false => phases.last.push(add_check(name, check)),
        }
    }
    for (name, unique) in uniques.iter().filter_map(|name| Some((name, next.uniques.get(name)?))) {
        phases.add_key(&next.name, &unique.columns, add_unique(name, unique));
    }
    match is_online {
        true => phases.finally.extend(indexes.iter().filter_map(|name| table::build_index(next, name))),
        false => phases.after.extend(indexes.iter().filter_map(|name| table::create_index(next, name))),
    }
}

pub(super) fn drop_constraint(name: &Name) -> String {
    format!("DROP CONSTRAINT {}", ident(name))
}

pub(super) fn add_unique(name: &Name, unique: &Unique) -> String {
    format!("ADD {}", common::unique(&GRAMMAR, name, &unique.columns))
}

pub(super) fn add_check(name: &Name, check: &Check) -> String {
    format!("ADD {}", common::check(&GRAMMAR, name, check))
}
