//! What stands in the way of changes of a table, taken out of it and put back.

use super::phases::Phases;
use super::{GRAMMAR, column, comment, ident, table};
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
pub(super) fn put_back(next: &Table, obstacles: &Obstacles, phases: &mut Phases) {
    let Obstacles { generated, checks, indexes, uniques, primary_key } = obstacles;
    let columns: Vec<_> = generated.iter().filter_map(|name| next.column(name.as_str())).collect();
    phases.last.extend(columns.iter().map(|again| format!("ADD COLUMN {}", column::definition(again))));
    phases.after.extend(columns.iter().filter_map(|again| comment::of_column(&next.name, again)));
    let key = next.primary_key.as_ref().filter(|_| *primary_key);
    phases.last.extend(key.map(|key| format!("ADD {}", table::primary_key(next, key))));
    let checks = checks.iter().filter_map(|name| Some(add_check(name, next.checks.get(name)?)));
    phases.last.extend(checks);
    let uniques = uniques.iter().filter_map(|name| Some(add_unique(name, next.uniques.get(name)?)));
    phases.last.extend(uniques);
    phases.after.extend(indexes.iter().filter_map(|name| table::create_index(next, name)));
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
