//! Views and triggers: what changed, and what stands in the way of changes to what they read.

use std::collections::BTreeSet;

use crate::diff::TableChange;
use crate::{Change, ColumnType, Name, Operation, Pair, Renames, Schema, Trigger, View};

/// Drops and creates views and triggers. They hold no rows, so one that stands in the way of a change
/// is dropped before it and created again after it.
pub(super) fn operations(pair: Pair<&Schema>, changes: &[Change], renames: &Renames) -> Vec<Operation> {
    let touched = touched(pair, changes, renames);
    let views = views_to_drop(pair, changes, &touched);
    let triggers = triggers_to_drop(pair, changes, &touched, &views);
    let mut operations = Vec::new();
    for name in &triggers {
        operations.push(Operation::DropTrigger { name: name.clone() });
    }
    for name in &views {
        operations.push(Operation::DropView { name: name.clone() });
    }
    let missing = |name: &Name, previous: bool, dropped: &BTreeSet<Name>| !previous || dropped.contains(name);
    for name in pair.next.views.keys() {
        if missing(name, pair.previous.views.contains_key(name), &views) {
            operations.push(Operation::CreateView { name: name.clone() });
        }
    }
    for name in pair.next.triggers.keys() {
        if missing(name, pair.previous.triggers.contains_key(name), &triggers) {
            operations.push(Operation::CreateTrigger { name: name.clone() });
        }
    }
    operations
}

/// What happens to a table, as far as those who read it care. By its previous name.
#[derive(Default)]
struct Touched {
    /// Tables that go, or get another name.
    gone: BTreeSet<Name>,
    /// Tables whose columns change.
    altered: BTreeSet<Name>,
    /// Tables that only get more columns.
    widened: BTreeSet<Name>,
    /// The names that columns lose or get. SQLite writes a trigger that stays anew with the next one, though it
    /// may be meant to speak of the column that gets the previous one.
    renamed: BTreeSet<Name>,
}

fn touched(pair: Pair<&Schema>, changes: &[Change], renames: &Renames) -> Touched {
    let mut touched = Touched::default();
    for change in changes {
        match change {
            Change::RenameTable(names) => _ = touched.gone.insert(names.previous.clone()),
            Change::DropTable(name) => _ = touched.gone.insert(name.clone()),
            Change::AlterTable { table, changes } => {
                for change in changes {
                    if let TableChange::RenameColumn(Pair { previous, next }) = change {
                        touched.renamed.extend([previous.clone(), next.clone()]);
                    }
                }
                let previous = renames.tables.get(table).unwrap_or(table).clone();
                if changes.iter().any(alters_columns) {
                    touched.altered.insert(previous);
                } else if changes.iter().any(|change| matches!(change, TableChange::AddColumn(_))) {
                    touched.widened.insert(previous);
                }
            }
            Change::Enum(name, Pair { previous: true, next: true }) if loses_values(pair, name) => {
                let of_it =
                    |column_type: &ColumnType| matches!(column_type, ColumnType::Enum(used) if used == name);
                let tables = pair.previous.tables.values();
                let tables =
                    tables.filter(|table| table.columns.values().any(|column| of_it(&column.column_type)));
                touched.altered.extend(tables.map(|table| table.name.clone()));
            }
            Change::CreateTable(_) | Change::Enum(..) | Change::View(..) | Change::Trigger(..) => {}
        }
    }
    touched
}

const fn alters_columns(change: &TableChange) -> bool {
    match change {
        TableChange::RenameColumn(_) | TableChange::DropColumn(_) | TableChange::AlterColumn(_) => true,
        TableChange::AddColumn(_)
        | TableChange::PrimaryKey { .. }
        | TableChange::Unique(..)
        | TableChange::ForeignKey(..)
        | TableChange::Check(..)
        | TableChange::Index(..)
        | TableChange::Options => false,
    }
}

/// Whether the type is another afterwards, rather than the same with more values.
fn loses_values(pair: Pair<&Schema>, name: &Name) -> bool {
    let enums = pair.both(|schema| schema.enumeration(name.as_str()));
    enums.is_some_and(|enums| {
        let mut next = enums.next.values.iter();
        !enums.previous.values.iter().all(|value| next.any(|other| other == value))
    })
}

fn views_to_drop(pair: Pair<&Schema>, changes: &[Change], touched: &Touched) -> BTreeSet<Name> {
    let mut dropped: BTreeSet<Name> = changes
        .iter()
        .filter_map(|change| match change {
            Change::View(name, Pair { previous: true, .. }) => Some(name.clone()),
            _ => None,
        })
        .collect();
    loop {
        let more: Vec<Name> = pair
            .previous
            .views
            .values()
            .filter(|view| !dropped.contains(&view.name) && disturbed(view, touched, &dropped))
            .map(|view| view.name.clone())
            .collect();
        if more.is_empty() {
            return dropped;
        }
        dropped.extend(more);
    }
}

fn disturbed(view: &View, touched: &Touched, dropped: &BTreeSet<Name>) -> bool {
    let Touched { gone, altered, widened, renamed: _ } = touched;
    let reads = |names: &BTreeSet<Name>| names.iter().any(|name| view.reads(name.as_str()));
    // On PostgreSQL a view keeps the columns that `*` meant when it was created.
    reads(gone) || reads(altered) || reads(dropped) || (view.sql.has_star() && reads(widened))
}

fn triggers_to_drop(
    pair: Pair<&Schema>,
    changes: &[Change],
    touched: &Touched,
    views: &BTreeSet<Name>,
) -> BTreeSet<Name> {
    let changed = changes.iter().filter_map(|change| match change {
        Change::Trigger(name, Pair { previous: true, .. }) => Some(name.clone()),
        _ => None,
    });
    let names_gone = |trigger: &Trigger| {
        let named = |name: &Name| trigger.table == *name || trigger.sql.names(name.as_str());
        let renamed = |name: &Name| trigger.sql.names(name.as_str());
        touched.gone.iter().any(named) || views.iter().any(named) || touched.renamed.iter().any(renamed)
    };
    let in_the_way = pair.previous.triggers.values().filter(|trigger| names_gone(trigger));
    changed.chain(in_the_way.map(|trigger| trigger.name.clone())).collect()
}
