//! Operations that wait for each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Name, Operation, Pair, Schema};

/// Operations by their number, and which must run before which.
///
/// Asking costs no more than there are reasons, however many operations wait.
pub(super) struct Waiting {
    operations: Vec<Option<Operation>>,
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
    /// How many operations each still waits for.
    blockers: Vec<usize>,
    pending: BTreeSet<usize>,
    /// Those of the pending ones that wait for nothing.
    ready: BTreeSet<usize>,
}

impl Waiting {
    /// `must_precede` tells whether there is a reason for one operation to run before another. It is asked
    /// of those that have something in common.
    pub(super) fn new(
        operations: Vec<Operation>,
        pair: Pair<&Schema>,
        must_precede: impl Fn(&Operation, &Operation) -> bool,
    ) -> Self {
        let count = operations.len();
        let (mut before, mut after) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for (first, second) in related(&operations, pair) {
            for (first, second) in [(first, second), (second, first)] {
                if must_precede(&operations[first], &operations[second]) {
                    before[second].push(first);
                    after[first].push(second);
                }
            }
        }
        let blockers: Vec<usize> = before.iter().map(Vec::len).collect();
        let ready = (0..count).filter(|at| blockers[*at] == 0).collect();
        let operations = operations.into_iter().map(Some).collect();
        Self { operations, before, after, blockers, pending: (0..count).collect(), ready }
    }

    /// The first that still waits for its turn.
    pub(super) fn first(&self) -> Option<usize> {
        self.pending.first().copied()
    }

    /// The first that waits for nothing.
    pub(super) fn ready(&self) -> Option<usize> {
        self.ready.first().copied()
    }

    /// What must still run before an operation.
    pub(super) fn blockers(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        self.before[at].iter().copied().filter(|before| self.pending.contains(before))
    }

    /// An operation that is still to run.
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut Operation> {
        self.operations.get_mut(at)?.as_mut()
    }

    /// The operation, for which nothing waits any longer.
    pub(super) fn take(&mut self, at: usize) -> Option<Operation> {
        let operation = self.operations.get_mut(at)?.take()?;
        self.pending.remove(&at);
        self.ready.remove(&at);
        for next in &self.after[at] {
            self.blockers[*next] -= 1;
            if self.blockers[*next] == 0 && self.pending.contains(next) {
                self.ready.insert(*next);
            }
        }
        Some(operation)
    }
}

/// Pairs of operations that have something in common, each once: a table, a foreign key between their
/// tables, or the name of an index. What concerns no table, or the names of tables, has with all others.
fn related(operations: &[Operation], pair: Pair<&Schema>) -> BTreeSet<(usize, usize)> {
    let mut on_table: BTreeMap<&Name, Vec<usize>> = BTreeMap::new();
    let mut everywhere = Vec::new();
    for (at, operation) in operations.iter().enumerate() {
        match operation {
            Operation::RenameTable { .. } | Operation::ExchangeTables { .. } => everywhere.push(at),
            operation => match operation.table() {
                Some(table) => on_table.entry(table).or_default().push(at),
                None => everywhere.push(at),
            },
        }
    }
    let mut related = BTreeSet::new();
    let mut relate = |one: usize, other: usize| {
        if one != other {
            related.insert((one.min(other), one.max(other)));
        }
    };
    for one in everywhere {
        (0..operations.len()).for_each(|other| relate(one, other));
    }
    for (table, own) in &on_table {
        let parents = pair.map(|schema| schema.table(table.as_str()).map(|table| &table.foreign_keys));
        let parents = [parents.previous, parents.next].into_iter().flatten().flat_map(|keys| keys.values());
        let parents: BTreeSet<&Name> = parents.map(|key| &key.references_table).chain([*table]).collect();
        for other in parents.into_iter().filter_map(|parent| on_table.get(parent)).flatten() {
            own.iter().for_each(|one| relate(*one, *other));
        }
    }
    for (dropped, makers) in makers_of_dropped_indexes(operations, pair.next) {
        makers.into_iter().for_each(|maker| relate(dropped, maker));
    }
    related
}

/// For each operation that drops an index, those that create one of its name.
fn makers_of_dropped_indexes(operations: &[Operation], next: &Schema) -> BTreeMap<usize, Vec<usize>> {
    let mut dropped: BTreeMap<&Name, Vec<usize>> = BTreeMap::new();
    for (at, operation) in operations.iter().enumerate() {
        if let Operation::DropIndex { index, .. } = operation {
            dropped.entry(index).or_default().push(at);
        }
    }
    let mut makers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut made = |index: &Name, at: usize| {
        for dropped in dropped.get(index).into_iter().flatten() {
            makers.entry(*dropped).or_default().push(at);
        }
    };
    for (at, operation) in operations.iter().enumerate() {
        match operation {
            Operation::CreateIndex { index, .. } => made(index, at),
            Operation::CreateTable { table } => {
                let table = next.table(table.as_str());
                table.into_iter().flat_map(|table| table.indexes.keys()).for_each(|index| made(index, at));
            }
            _ => {}
        }
    }
    makers
}
