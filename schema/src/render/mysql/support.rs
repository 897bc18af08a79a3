//! Indexes, and those of them that only foreign keys want.
//!
//! InnoDB keeps an index for every foreign key: one that begins with its columns, or one that it makes by
//! itself and drops again as soon as another will do, and it does not drop the last that will do. Whether
//! there is one would depend on the order of what was done. So it is said here for every table, by the
//! name of the foreign key, and comes and goes with the indexes that make it needless.

use std::collections::BTreeMap;

use super::effort::{self, Effort};
use super::{GRAMMAR, ident};
use crate::render::common;
use crate::{Dialect, ForeignKey, Index, Name, Pair, SortOrder, Table};

/// All indexes of a table as they stand in CREATE TABLE and after ADD.
pub(super) fn indexes(table: &Table) -> BTreeMap<Name, String> {
    let here = table.indexes.iter().filter(|(_, index)| index.only.includes(Dialect::Mysql));
    let mut indexes: BTreeMap<Name, String> =
        here.map(|(name, made)| (name.clone(), line(name, made))).collect();
    for (name, columns) in wanted(table) {
        let line = format!("INDEX {} ({})", ident(name), GRAMMAR.idents(columns));
        indexes.insert(name.clone(), line);
    }
    indexes
}

fn line(name: &Name, index: &Index) -> String {
    let method = index.method.get(&Dialect::Mysql).map(|method| method.to_ascii_uppercase());
    let (kind, using) = match method.as_deref() {
        Some(kind @ ("FULLTEXT" | "SPATIAL")) => (format!("{kind} "), String::new()),
        Some(method) => (unique(index).to_owned(), format!(" USING {method}")),
        None => (unique(index).to_owned(), String::new()),
    };
    format!("{kind}INDEX {} ({}){using}", ident(name), common::sort_key(&GRAMMAR, index))
}

const fn unique(index: &Index) -> &'static str {
    if index.unique { "UNIQUE " } else { "" }
}

/// The foreign keys for which no other index will do, those with more columns first: they serve the others.
fn wanted(table: &Table) -> Vec<(&Name, &[Name])> {
    let mut keys: Vec<(&Name, &ForeignKey)> =
        table.foreign_keys.iter().filter(|(_, key)| key.only.includes(Dialect::Mysql)).collect();
    keys.sort_by_key(|(name, key)| (std::cmp::Reverse(key.columns.len()), *name));
    let mut known: Vec<Vec<&Name>> = vec![table.key_columns().iter().collect()];
    known.extend(table.uniques.values().map(|unique| unique.columns.iter().collect()));
    known.extend(table.indexes.values().filter_map(plain_columns));
    let mut wanted = Vec::new();
    for (name, key) in keys {
        let columns: Vec<&Name> = key.columns.iter().collect();
        if !known.iter().any(|known| known.starts_with(&columns)) {
            known.push(columns);
            wanted.push((name, &key.columns[..]));
        }
    }
    wanted
}

/// The columns of an index that can serve a foreign key.
fn plain_columns(index: &Index) -> Option<Vec<&Name>> {
    let searched = index.method.get(&Dialect::Mysql).is_none_or(|method| {
        !method.eq_ignore_ascii_case("fulltext") && !method.eq_ignore_ascii_case("spatial")
    });
    let ascending = index.columns.iter().all(|part| part.order == SortOrder::Ascending);
    let here = index.only.includes(Dialect::Mysql) && searched && ascending;
    here.then(|| index.columns.iter().map(|part| part.key.column()).collect::<Option<_>>()).flatten()
}

/// The actions that lead from the indexes of one table to those of another, where the columns of some
/// have changed under their names.
pub(super) fn actions(tables: Pair<&Table>, changed: impl Fn(&Name) -> bool) -> Pair<Vec<String>> {
    let indexes = tables.map(indexes);
    let stays = |name: &Name| !changed(name) && indexes.previous.get(name) == indexes.next.get(name);
    let drops = indexes.previous.keys().filter(|name| !stays(name));
    let adds = indexes.next.iter().filter(|(name, _)| !stays(name));
    let drops = drops.map(|name| format!("DROP INDEX {}", ident(name))).collect();
    Pair::new(drops, adds.map(|(_, line)| format!("ADD {line}")).collect())
}

/// The statement for tables that differ in nothing else; one, because a foreign key is not without its
/// index for a moment.
pub(super) fn change(tables: Pair<&Table>, online: bool) -> Option<String> {
    let Pair { previous: drops, next: adds } = actions(tables, |_| false);
    let actions = [drops, adds].concat();
    let new = tables.next.indexes.iter().filter(|(name, _)| !tables.previous.indexes.contains_key(*name));
    let effort = new.map(|(_, index)| effort::of_index(index)).max().unwrap_or(Effort::InPlace);
    let clause = if online { effort.clause() } else { "" };
    let table = ident(&tables.next.name);
    (!actions.is_empty()).then(|| format!("ALTER TABLE {table} {}{clause}", actions.join(", ")))
}
