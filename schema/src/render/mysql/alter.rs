//! ALTER TABLE: one for all changes of a table, unless rows need values that are computed.

use std::collections::BTreeSet;

use super::effort::{self, Effort};
use super::work::Work;
use super::{GRAMMAR, RULES, alter_column, column, ident, online, support, table};
use crate::render::common::{self, Act, Group, Obstacles, acts};
use crate::{Alteration, Column, ForeignKey, Name, Pair, Statement};

/// The statements of alterations that are done together.
pub(super) fn change(group: &Group<'_>) -> Vec<Statement> {
    let renames: Vec<String> = Alteration::renames(group.alterations)
        .into_iter()
        .flatten()
        .map(|Pair { previous, next }| format!("RENAME COLUMN {} TO {}", ident(previous), ident(next)))
        .collect();
    let name = &group.tables.previous.name;
    if !renames.is_empty() {
        // All of one statement are done at once.
        let clause = if group.online { Effort::Instant.clause() } else { "" };
        return vec![Statement::Sql(format!("ALTER TABLE {} {}{clause}", ident(name), renames.join(", ")))];
    }
    let acts = acts(&GRAMMAR, group);
    let exchanged = exchanged(group, &acts);
    let obstacles = in_the_way(group, &acts, &exchanged);
    let mut work = Work::default();
    let moves = foreign_keys(group, &acts, &obstacles);
    drop_foreign_keys(group, &moves, &mut work);
    clear(&obstacles, &mut work);
    for act in &acts {
        say(group, &acts, act, &mut work);
    }
    let changes_indexes = indexes(group, &exchanged, &obstacles, &mut work);
    put_back(group, &obstacles, &mut work);
    add_foreign_keys(group, &moves, &mut work);
    if group.online {
        let keys = moves.dropped.iter().any(|dropped| dropped.table == *name);
        work.effort = Some(match exchanged.is_empty() {
            true => effort::of_acts(group, &acts, keys || changes_indexes),
            false => Effort::Copy,
        });
    }
    work.statements(group.schemas.previous, name)
}

/// The columns for which another comes by their name, whether the group says so or not: with a column go
/// the indexes and checks that have it.
fn exchanged(group: &Group<'_>, acts: &[Act<'_>]) -> BTreeSet<Name> {
    let exchanged = acts.iter().filter_map(|act| match act {
        Act::AlterColumn { columns, using, backfill } => {
            let computed = alter_column::is_exchanged(group, *columns, *using, *backfill);
            computed.then(|| columns.next.name.clone())
        }
        Act::AddColumn { column, .. } => {
            group.tables.previous.columns.contains_key(&column.name).then(|| column.name.clone())
        }
        _ => None,
    });
    exchanged.collect()
}

/// What stands in the way of columns that are exchanged, and is not changed by the group itself.
fn in_the_way(group: &Group<'_>, acts: &[Act<'_>], exchanged: &BTreeSet<Name>) -> Obstacles {
    let mut found = common::obstacles(&GRAMMAR, group.tables.previous, &BTreeSet::new(), exchanged);
    for act in acts {
        match act {
            Act::DropColumn(column) => _ = found.generated.remove(&column.name),
            Act::DropCheck(name) => _ = found.checks.remove(*name),
            Act::DropUnique(name) => _ = found.uniques.remove(*name),
            Act::DropPrimaryKey => found.primary_key = false,
            _ => {}
        }
    }
    found
}

fn say(group: &Group<'_>, acts: &[Act<'_>], act: &Act<'_>, work: &mut Work) {
    let schema = group.schemas.next;
    match act {
        Act::AddColumn { column, backfill } => alter_column::add(group, column, *backfill, work),
        Act::DropColumn(column) => work.drops.push(format!("DROP COLUMN {}", ident(&column.name))),
        Act::AlterColumn { columns, using, backfill } => {
            alter_column::alter(group, *columns, *using, *backfill, work);
        }
        Act::AddPrimaryKey(key) => {
            work.adds.push(format!("ADD {}", common::primary_key(&GRAMMAR, &key.columns)));
        }
        Act::DropPrimaryKey => work.drops.push("DROP PRIMARY KEY".to_owned()),
        Act::AddUnique(name, unique) => {
            work.adds.push(format!("ADD {}", common::unique(&GRAMMAR, name, &unique.columns)));
        }
        Act::DropUnique(name) => work.drops.push(format!("DROP INDEX {}", ident(name))),
        Act::AddCheck(name, check) => {
            work.adds.push(format!("ADD {}", common::check(&GRAMMAR, name, check)));
        }
        Act::DropCheck(name) => work.hindrances.push(drop_check(name)),
        Act::SetOptions => {
            let options = group.tables.map(|table| table::options(&table.options.mysql));
            if options.differs() {
                work.adds.push(options.next);
            }
            let follow = follows(group, acts);
            work.columns.extend(follow.map(|column| modify(&column::definition(schema, column))));
        }
    }
}

/// The columns that compare otherwise because their table does, and that nothing else is said of.
fn follows<'a>(group: &Group<'a>, acts: &'a [Act<'a>]) -> impl Iterator<Item = &'a Column> {
    let (schemas, tables) = (group.schemas, group.tables);
    let said = acts.iter().filter_map(|act| match act {
        Act::AddColumn { column, .. } => Some(&column.name),
        Act::AlterColumn { columns, .. } => Some(&columns.next.name),
        _ => None,
    });
    let said: BTreeSet<&Name> = said.collect();
    tables.next.columns.values().filter(move |column| {
        let previous = tables.previous.column(column.name.as_str());
        !said.contains(&column.name)
            && previous.is_some_and(|previous| {
                column::effective_type(schemas.previous, tables.previous, previous)
                    != column::effective_type(schemas.next, tables.next, column)
            })
    })
}

fn clear(obstacles: &Obstacles, work: &mut Work) {
    let Obstacles { generated, checks, indexes: _, uniques, primary_key } = obstacles;
    work.hindrances.extend(checks.iter().map(drop_check));
    work.drops.extend(uniques.iter().map(|name| format!("DROP INDEX {}", ident(name))));
    work.drops.extend(primary_key.then(|| "DROP PRIMARY KEY".to_owned()));
    work.drops.extend(generated.iter().map(|name| format!("DROP COLUMN {}", ident(name))));
}

/// As the table is defined by then.
fn put_back(group: &Group<'_>, obstacles: &Obstacles, work: &mut Work) {
    let next = group.tables.next;
    let Obstacles { generated, checks, indexes: _, uniques, primary_key } = obstacles;
    let columns = generated.iter().filter_map(|name| next.column(name.as_str()));
    let definitions = columns.map(|column| column::definition(group.schemas.next, column));
    work.columns.extend(definitions.map(|definition| format!("ADD COLUMN {definition}")));
    let key = next.primary_key.as_ref().filter(|_| *primary_key);
    work.adds.extend(key.map(|key| format!("ADD {}", common::primary_key(&GRAMMAR, &key.columns))));
    let uniques = uniques.iter().filter_map(|name| Some((name, next.uniques.get(name)?)));
    work.adds
        .extend(uniques.map(|(name, made)| format!("ADD {}", common::unique(&GRAMMAR, name, &made.columns))));
    let checks = checks.iter().filter_map(|name| Some((name, next.checks.get(name)?)));
    work.adds.extend(checks.map(|(name, made)| format!("ADD {}", common::check(&GRAMMAR, name, made))));
}

/// Indexes whose columns are exchanged, and those that foreign keys want; whether there are any.
fn indexes(group: &Group<'_>, exchanged: &BTreeSet<Name>, obstacles: &Obstacles, work: &mut Work) -> bool {
    let keys = &group.tables.next.foreign_keys;
    let changed = |name: &Name| {
        let serves =
            keys.get(name).is_some_and(|key| key.columns.iter().any(|each| exchanged.contains(each)));
        obstacles.indexes.contains(name) || serves
    };
    let actions = support::actions(group.tables, changed);
    let changes = !actions.previous.is_empty() || !actions.next.is_empty();
    work.drops.extend(actions.previous);
    work.adds.extend(actions.next);
    changes
}

/// The foreign keys in the way: those of a column whose type changes, or that may be NULL no longer.
fn foreign_keys(group: &Group<'_>, acts: &[Act<'_>], obstacles: &Obstacles) -> common::Moves {
    let (schemas, tables) = (group.schemas, group.tables);
    let altered = |column: &Name| {
        tables.both(|table| table.column(column.as_str())).is_some_and(|columns| {
            column::effective_type(schemas.previous, tables.previous, columns.previous)
                != column::effective_type(schemas.next, tables.next, columns.next)
                || (columns.previous.nullable && !columns.next.nullable)
        })
    };
    let exchanged = exchanged(group, acts);
    let name = &tables.previous.name;
    common::moves(&RULES, schemas, &[name], &|table, column| {
        table == name
            && (altered(column) || exchanged.contains(column) || obstacles.generated.contains(column))
    })
}

/// Foreign keys of the table go and come with its other changes, those of other tables by themselves.
fn drop_foreign_keys(group: &Group<'_>, moves: &common::Moves, work: &mut Work) {
    for dropped in &moves.dropped {
        match dropped.table == group.tables.previous.name {
            true => work.hindrances.push(format!("DROP FOREIGN KEY {}", ident(&dropped.name))),
            false => work.before.push(table::drop_foreign_key(dropped)),
        }
    }
}

/// MySQL does not add one in the statement that drops one, nor in the one that makes what it references.
fn add_foreign_keys(group: &Group<'_>, moves: &common::Moves, work: &mut Work) {
    if group.online {
        work.finally.extend(online::add_foreign_keys(group.schemas.next, &moves.added, true));
        return;
    }
    let name = &group.tables.next.name;
    let apart = moves.dropped.iter().any(|dropped| dropped.table == *name);
    for added in &moves.added {
        let key = group.tables.next.foreign_keys.get(&added.name);
        let made_here = |key: &&ForeignKey| key.references_table == *name && !is_there(group, key);
        match key.filter(|key| added.table == *name && !apart && !made_here(key)) {
            Some(key) => work.adds.push(format!("ADD {}", common::foreign_key(&GRAMMAR, &added.name, key))),
            None => work.after.extend(table::add_foreign_key(group.schemas.next, added)),
        }
    }
}

/// Whether what a foreign key references was there before, as it is afterwards.
fn is_there(group: &Group<'_>, key: &ForeignKey) -> bool {
    let Pair { previous, next } = group.tables;
    let same = |column: &Name| previous.column(column.as_str()) == next.column(column.as_str());
    previous.is_unique(&key.references_columns) && key.references_columns.iter().all(same)
}

fn drop_check(name: &Name) -> String {
    format!("DROP CONSTRAINT {}", ident(name))
}

pub(super) fn modify(definition: &str) -> String {
    format!("MODIFY COLUMN {definition}")
}
