//! ALTER TABLE: one for all changes of a table, unless rows need values that are computed.

use std::collections::BTreeSet;

use super::obstacle::{self, add_check, add_unique, drop_constraint};
use super::phases::Phases;
use super::{GRAMMAR, RULES, alter_column, comment, ident, online, table, trigger};
use crate::render::common::{self, Act, Group, Obstacles, acts};
use crate::{Name, Pair, PostgresOptions, Statement, Table};

/// The statements of alterations that are done together.
pub(super) fn change(group: &Group<'_>) -> Vec<Statement> {
    let renames = common::renames_in_order(&GRAMMAR, group);
    if !renames.is_empty() {
        return renames.iter().map(|names| rename(group, names)).collect();
    }
    let acts = acts(&GRAMMAR, group);
    let obstacles = in_the_way(group, &acts);
    let name = &group.tables.previous.name;
    let triggers =
        trigger::naming(group.schemas.previous, name, &columns_that_move(group, &acts, &obstacles));
    let mut phases = Phases::default();
    foreign_keys_before(group, &obstacles, &mut phases);
    obstacle::clear(group.tables.previous, &obstacles, &mut phases);
    for act in &acts {
        say(group, &acts, act, &mut phases);
    }
    obstacle::put_back(group.tables.next, &obstacles, group.online, &mut phases);
    foreign_keys_after(group, &obstacles, &mut phases);
    let mut statements = trigger::drop(group.schemas.previous, &triggers);
    statements.extend(phases.statements(group.schemas.previous, name));
    statements.extend(trigger::create(group.schemas.previous, &triggers));
    statements
}

fn rename(group: &Group<'_>, Pair { previous, next }: &Pair<Name>) -> Statement {
    let table = ident(&group.tables.previous.name);
    let text = format!("ALTER TABLE {table} RENAME COLUMN {} TO {}", ident(previous), ident(next));
    Statement::Sql(text)
}

/// What stands in the way of columns that get another type, and is not changed by the group itself.
fn in_the_way(group: &Group<'_>, acts: &[Act<'_>]) -> Obstacles {
    let retyped = acts.iter().filter_map(|act| match act {
        Act::AlterColumn { columns, using, backfill } => {
            let retyped = alter_column::is_retyped(group, *columns, *using, *backfill);
            retyped.then(|| columns.previous.name.clone())
        }
        _ => None,
    });
    let mut found = common::obstacles(&GRAMMAR, group.tables.previous, &retyped.collect(), &BTreeSet::new());
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

/// The columns that triggers must not name meanwhile.
fn columns_that_move(group: &Group<'_>, acts: &[Act<'_>], obstacles: &Obstacles) -> BTreeSet<Name> {
    let moved = acts.iter().filter_map(|act| match act {
        Act::DropColumn(column) => Some(column.name.clone()),
        Act::AlterColumn { columns, using, backfill } => {
            let retyped = alter_column::is_retyped(group, *columns, *using, *backfill);
            retyped.then(|| columns.previous.name.clone())
        }
        _ => None,
    });
    moved.chain(obstacles.generated.iter().cloned()).collect()
}

fn say(group: &Group<'_>, acts: &[Act<'_>], act: &Act<'_>, phases: &mut Phases) {
    let table = &group.tables.next.name;
    match act {
        Act::AddColumn { column, backfill } => {
            alter_column::add(group, column, *backfill, phases);
            phases.after.extend(comment::of_column(table, column));
        }
        Act::DropColumn(column) => {
            let again = |act: &Act<'_>| matches!(act, Act::AddColumn { column: added, .. } if added.name == column.name);
            let exchanged = acts.iter().any(again);
            let actions = if exchanged { &mut phases.first } else { &mut phases.last };
            actions.push(format!("DROP COLUMN {}", ident(&column.name)));
        }
        Act::AlterColumn { columns, using, backfill } => {
            alter_column::alter(group, *columns, *using, *backfill, phases);
            if columns.previous.doc != columns.next.doc {
                phases.after.push(comment::change_of_column(table, columns.next));
            }
        }
        Act::AddPrimaryKey(key) if group.online => {
            let name = table::primary_key_name(table);
            online::add_key(group.tables.next, &name, "PRIMARY KEY", &key.columns, phases);
        }
        Act::AddPrimaryKey(key) => {
            let action = format!("ADD {}", table::primary_key(group.tables.next, key));
            phases.add_key(table, &key.columns, action);
        }
        Act::DropPrimaryKey => {
            keys_that_go(group, acts, phases).push(drop_constraint(&table::primary_key_name(table)));
        }
        Act::DropUnique(name) => keys_that_go(group, acts, phases).push(drop_constraint(name)),
        Act::AddUnique(name, unique) if group.online => {
            online::add_key(group.tables.next, name, "UNIQUE", &unique.columns, phases);
        }
        Act::AddUnique(name, unique) => phases.add_key(table, &unique.columns, add_unique(name, unique)),
        Act::DropCheck(name) => phases.first.push(drop_constraint(name)),
        Act::AddCheck(name, check) if group.online => online::add_check(table, name, check, phases),
        Act::AddCheck(name, check) => phases.last.push(add_check(name, check)),
        Act::SetOptions => phases.last.extend(options(group)),
    }
}

/// When keys go: online as soon as others are there to take their place, unless a column of theirs goes
/// before.
fn keys_that_go<'p>(group: &Group<'_>, acts: &[Act<'_>], phases: &'p mut Phases) -> &'p mut Vec<String> {
    let exchanged = |act: &Act<'_>| match act {
        Act::DropColumn(column) => group.tables.next.columns.contains_key(&column.name),
        _ => false,
    };
    if group.online && !acts.iter().any(exchanged) { &mut phases.last } else { &mut phases.first }
}

fn options(group: &Group<'_>) -> Vec<String> {
    let options = group.tables.map(|table| &table.options.postgres);
    let mut actions = Vec::new();
    let PostgresOptions { unlogged, fillfactor } = options.next;
    if options.previous.unlogged != *unlogged {
        actions.push(if *unlogged { "SET UNLOGGED" } else { "SET LOGGED" }.to_owned());
    }
    if options.previous.fillfactor != *fillfactor {
        actions.push(match fillfactor {
            Some(percent) => format!("SET (fillfactor = {percent})"),
            None => "RESET (fillfactor)".to_owned(),
        });
    }
    actions
}

/// Foreign keys of the table go and come with its other changes, those of other tables by themselves.
fn foreign_keys_before(group: &Group<'_>, obstacles: &Obstacles, phases: &mut Phases) {
    for dropped in foreign_keys(group, obstacles).dropped {
        match dropped.table == group.tables.previous.name {
            true => phases.first.push(drop_constraint(&dropped.name)),
            false => phases.before.push(table::drop_foreign_key(&dropped)),
        }
    }
}

fn foreign_keys_after(group: &Group<'_>, obstacles: &Obstacles, phases: &mut Phases) {
    let Table { name, foreign_keys: keys, .. } = group.tables.next;
    let mut others = Vec::new();
    for added in foreign_keys(group, obstacles).added {
        match keys.get(&added.name).filter(|_| added.table == *name) {
            Some(key) if group.online => online::add_foreign_key(name, &added.name, key, phases),
            Some(key) => {
                phases.last.push(format!("ADD {}", common::foreign_key(&GRAMMAR, &added.name, key)));
            }
            None => others.push(added),
        }
    }
    phases.finally.extend(table::add_foreign_keys(group.schemas.next, &others, group.online));
}

fn foreign_keys(group: &Group<'_>, obstacles: &Obstacles) -> common::Moves {
    let name = &group.tables.previous.name;
    common::moves(&RULES, group.schemas, &[name], &|table, column| {
        table == name && obstacles.generated.contains(column)
    })
}
