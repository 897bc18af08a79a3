//! The order of operations, from reasons that are spoken.

use super::of_enum::{has_column_of, precedes};
use super::waiting::Waiting;
use crate::{Alteration, Name, Operation, Pair, Schema};

/// Puts operations in order: each after everything that must run before it, and otherwise by kind
/// and name.
///
/// Where reasons go in a circle, the first by kind and name goes first. For tables that come to
/// reference each other that is enough: every supported database can create a reference to a table
/// that comes later. Tables that cease to reference each other lose the references in the way first.
/// `pair` has its tables and columns by their next names.
pub(super) fn order(operations: Vec<Operation>, pair: Pair<&Schema>) -> Vec<Operation> {
    let mut waiting: Vec<(Key, Operation)> =
        operations.into_iter().map(|operation| (key(&operation), operation)).collect();
    waiting.sort_by(|previous, next| previous.0.cmp(&next.0));
    let operations = waiting.into_iter().map(|(_, operation)| operation).collect();
    let mut waiting = Waiting::new(operations, pair, |before, after| must_precede(before, after, pair));
    let mut ordered = Vec::new();
    while let Some(first) = waiting.first() {
        let next = waiting.ready().unwrap_or_else(|| {
            let stuck = in_circle(&waiting, first);
            ordered.extend(release(&mut waiting, stuck, pair.previous));
            stuck
        });
        ordered.extend(waiting.take(next));
    }
    ordered
}

/// The first operation of a circle in which `start` is, or for which it waits.
fn in_circle(waiting: &Waiting, start: usize) -> usize {
    let mut path = vec![start];
    loop {
        let last = path[path.len() - 1];
        let Some(next) = waiting.blockers(last).next() else { return last };
        if let Some(begin) = path.iter().position(|at| *at == next) {
            return path[begin..].iter().copied().min().unwrap_or(next);
        }
        path.push(next);
    }
}

/// Drops the references to the table of an operation that other operations would have dropped with
/// more, and renames the columns that they would have renamed with more, so that it need not wait for those.
fn release(waiting: &mut Waiting, stuck: usize, previous: &Schema) -> Vec<Operation> {
    let Some(parent) = waiting.get_mut(stuck).and_then(|operation| operation.table().cloned()) else {
        return Vec::new();
    };
    let mut released = Vec::new();
    for blocker in waiting.blockers(stuck).collect::<Vec<_>>() {
        let Some(operation) = waiting.get_mut(blocker) else { continue };
        let Some(child) = operation.table().cloned() else { continue };
        let drops = match operation {
            Operation::DropTable { .. } => references_to(previous, &child, &parent),
            Operation::AlterTable { alterations, .. } => {
                let goes = |alteration: &Alteration| {
                    matches!(alteration, Alteration::RenameColumn { .. })
                        || drops_reference(previous, &child, std::slice::from_ref(alteration), &parent)
                };
                let drops = alterations.iter().filter(|alteration| goes(alteration)).cloned().collect();
                alterations.retain(|alteration| !goes(alteration));
                drops
            }
            _ => Vec::new(),
        };
        let emptied =
            matches!(operation, Operation::AlterTable { alterations, .. } if alterations.is_empty());
        if !drops.is_empty() {
            released.push(Operation::AlterTable { table: child, alterations: drops, online: false });
        }
        if emptied {
            waiting.take(blocker);
        }
    }
    released
}

fn references_to(schema: &Schema, child: &Name, parent: &Name) -> Vec<Alteration> {
    let keys = schema.table(child.as_str()).into_iter().flat_map(|table| &table.foreign_keys);
    keys.filter(|(_, key)| key.references_table == *parent)
        .map(|(name, _)| Alteration::DropForeignKey { name: name.clone() })
        .collect()
}

type Key = (u8, Option<Name>, Option<Name>);

/// By kind, then table, then index.
fn key(operation: &Operation) -> Key {
    let (rank, index) = match operation {
        Operation::DropTrigger { name } => (0, Some(name.clone())),
        Operation::DropView { name } => (1, Some(name.clone())),
        // In the order in which each finds its name free.
        Operation::RenameTable { .. } | Operation::ExchangeTables { .. } => return (2, None, None),
        Operation::CreateEnum { name } => (3, Some(name.clone())),
        Operation::AlterEnum { name, .. } => (4, Some(name.clone())),
        Operation::DropIndex { index, .. } => (5, Some(index.clone())),
        Operation::CreateTable { .. } | Operation::RestoreTable { .. } => (6, None),
        Operation::AlterTable { .. } => (7, None),
        Operation::CreateIndex { index, .. } => (8, Some(index.clone())),
        Operation::DropTable { .. } => (9, None),
        Operation::DropEnum { name } => (10, Some(name.clone())),
        Operation::CreateView { name } => (11, Some(name.clone())),
        Operation::CreateTrigger { name } => (12, Some(name.clone())),
        // The planner makes none of these.
        Operation::Data(_) | Operation::Sql { .. } | Operation::Code => (13, None),
    };
    (rank, operation.table().cloned(), index)
}

/// Whether there is a reason for one operation to run before another.
fn must_precede(before: &Operation, after: &Operation, pair: Pair<&Schema>) -> bool {
    use Operation::{
        AlterEnum, AlterTable, CreateEnum, CreateIndex, CreateTable, CreateTrigger, CreateView, DropEnum,
        DropIndex, DropTable, DropTrigger, DropView, ExchangeTables, RenameTable,
    };
    match (before, after) {
        // What reads or watches a table is out of the way before the table changes,
        (DropTrigger { .. }, after) => !matches!(after, DropTrigger { .. }),
        (DropView { name: reader }, DropView { name: read }) => reads(pair.previous, reader, read),
        (DropView { .. }, after) => !matches!(after, DropTrigger { .. }),
        // and comes back when everything has its last shape.
        (before, CreateTrigger { .. }) => !matches!(before, CreateTrigger { .. }),
        (CreateView { name: read }, CreateView { name: reader }) => reads(pair.next, reader, read),
        (before, CreateView { .. }) => !matches!(before, CreateTrigger { .. }),
        // A type is there before columns are of it, and goes when none is.
        (CreateEnum { .. }, CreateTable { .. } | AlterTable { .. }) => true,
        (RenameTable { .. } | ExchangeTables { .. }, AlterEnum { .. }) => true,
        // What ceases to be of it keeps the values that it has, and so does what the archive keeps.
        (AlterEnum { .. }, CreateTable { .. }) => true,
        (AlterEnum { name, .. }, AlterTable { table, alterations, .. }) => {
            let of_it = |schema| has_column_of(schema, table, name);
            (of_it(pair.previous) || of_it(pair.next)) && !precedes(pair, table, alterations, name)
        }
        (AlterTable { table, alterations, .. }, AlterEnum { name, .. }) => {
            precedes(pair, table, alterations, name)
        }
        (DropTable { table }, AlterEnum { name, .. }) => has_column_of(pair.previous, table, name),
        (AlterTable { .. } | DropTable { .. }, DropEnum { .. }) => true,
        // Everything else speaks of tables by their next names.
        (
            RenameTable { .. } | ExchangeTables { .. },
            RenameTable { .. } | ExchangeTables { .. } | DropView { .. } | DropTrigger { .. },
        ) => false,
        (RenameTable { .. } | ExchangeTables { .. }, _) => true,
        // An index goes before its columns do, and comes after they have come.
        (DropIndex { index, .. }, CreateIndex { index: new, .. }) => index == new,
        (DropIndex { index, .. }, CreateTable { table }) => {
            pair.next.table(table.as_str()).is_some_and(|table| table.indexes.contains_key(index))
        }
        (DropIndex { table, .. }, DropTable { table: dropped }) => table == dropped,
        (DropIndex { table, .. }, AlterTable { table: altered, .. })
        | (AlterTable { table: altered, .. }, CreateIndex { table, .. }) => table == altered,
        // A referenced table is there, with its keys, before what references it.
        (CreateTable { table: parent }, CreateTable { table: child }) => references(pair.next, child, parent),
        (CreateTable { table: parent }, AlterTable { table: child, alterations, .. }) => {
            adds_reference(pair.next, child, alterations, parent)
        }
        (AlterTable { table: parent, alterations, .. }, CreateTable { table: child }) => {
            adds_key(alterations) && references(pair.next, child, parent)
        }
        (
            AlterTable { table: first, alterations: firsts, .. },
            AlterTable { table: second, alterations: seconds, .. },
        ) => {
            first != second
                && ((adds_key(firsts) && adds_reference(pair.next, second, seconds, first))
                    || (drops_key(seconds) && drops_reference(pair.previous, first, firsts, second)))
        }
        // What references a table goes before the table does.
        (AlterTable { table: child, alterations, .. }, DropTable { table: parent }) => {
            drops_reference(pair.previous, child, alterations, parent)
        }
        (DropTable { table: child }, DropTable { table: parent }) => references(pair.previous, child, parent),
        (DropTable { table: child }, AlterTable { table: parent, alterations, .. }) => {
            drops_key(alterations) && references(pair.previous, child, parent)
        }
        _ => false,
    }
}

fn reads(schema: &Schema, reader: &Name, read: &Name) -> bool {
    reader != read && schema.view(reader.as_str()).is_some_and(|view| view.reads(read.as_str()))
}

fn references(schema: &Schema, child: &Name, parent: &Name) -> bool {
    child != parent
        && schema
            .table(child.as_str())
            .is_some_and(|table| table.foreign_keys.values().any(|key| key.references_table == *parent))
}

fn adds_reference(schema: &Schema, child: &Name, alterations: &[Alteration], parent: &Name) -> bool {
    alterations.iter().any(|alteration| match alteration {
        Alteration::AddForeignKey { name } => key_references(schema, child, name, parent),
        _ => false,
    })
}

fn drops_reference(schema: &Schema, child: &Name, alterations: &[Alteration], parent: &Name) -> bool {
    alterations.iter().any(|alteration| match alteration {
        Alteration::DropForeignKey { name } => key_references(schema, child, name, parent),
        _ => false,
    })
}

fn key_references(schema: &Schema, child: &Name, key: &Name, parent: &Name) -> bool {
    let key = schema.table(child.as_str()).and_then(|table| table.foreign_keys.get(key));
    key.is_some_and(|key| key.references_table == *parent)
}

/// Whether other tables may reference afterwards what they could not before, or not by this name.
fn adds_key(alterations: &[Alteration]) -> bool {
    alterations.iter().any(|alteration| {
        matches!(
            alteration,
            Alteration::RenameColumn { .. }
                | Alteration::AddColumn { .. }
                | Alteration::AddPrimaryKey
                | Alteration::AddUnique { .. }
        )
    })
}

fn drops_key(alterations: &[Alteration]) -> bool {
    alterations.iter().any(|alteration| {
        matches!(
            alteration,
            Alteration::DropColumn { .. } | Alteration::DropPrimaryKey | Alteration::DropUnique { .. }
        )
    })
}
