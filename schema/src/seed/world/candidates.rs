//! The rows that a reference may choose from.

use super::super::model::{Group, Maker, Reference};
use super::{Address, Made, Place, Row, World};
use crate::Name;

/// The rows that a reference may choose from.
#[derive(Default)]
pub(super) struct Candidates<'w> {
    parts: Vec<(usize, usize, Candidate<'w>)>,
    pub(super) len: u64,
}

enum Candidate<'w> {
    These(&'w [u64]),
    Run(u64, u64),
}

impl Candidate<'_> {
    /// How many there are, and the one at a place.
    fn at(&self, place: u64) -> (u64, Option<u64>) {
        match self {
            Self::These(rows) => (rows.len() as u64, rows.get(place as usize).copied()),
            Self::Run(start, len) => (*len, (place < *len).then(|| start + place)),
        }
    }

    /// How many there are, and the place of one.
    fn place(&self, ordinal: u64) -> (u64, Option<u64>) {
        match self {
            Self::These(rows) => {
                (rows.len() as u64, rows.iter().position(|row| *row == ordinal).map(|at| at as u64))
            }
            Self::Run(start, len) => (*len, ordinal.checked_sub(*start).filter(|place| place < len)),
        }
    }
}

impl<'w> Candidates<'w> {
    /// The first rows of a table.
    pub(super) fn of_run(set: usize, table: usize, len: u64) -> Self {
        Self { parts: vec![(set, table, Candidate::Run(0, len))], len }
    }

    fn add(&mut self, set: usize, table: usize, candidate: Candidate<'w>) {
        self.len += candidate.at(0).0;
        self.parts.push((set, table, candidate));
    }

    pub(super) fn at(&self, mut place: u64) -> Option<Address> {
        for (set, table, candidate) in &self.parts {
            let (len, ordinal) = candidate.at(place);
            if let Some(ordinal) = ordinal {
                return Some((*set, *table, ordinal));
            }
            place -= len;
        }
        None
    }
}

impl Candidates<'_> {
    /// The place of a row.
    pub(super) fn place(&self, (set, table, ordinal): Address) -> Option<u64> {
        let mut before = 0;
        for (of, part, candidate) in &self.parts {
            let (len, at) = candidate.place(ordinal);
            if let Some(at) = at.filter(|_| (*of, *part) == (set, table)) {
                return Some(before + at);
            }
            before += len;
        }
        None
    }
}

impl World<'_> {
    /// The rows that a reference may choose from.
    pub(super) fn candidates(&self, reference: &Reference, parent: Option<&Row>) -> Made<Candidates<'_>> {
        let Some(same) = &reference.same else { return self.candidates_of(reference, None) };
        self.candidates_of(reference, parent.map(|parent| self.target(parent, same)).transpose()?.flatten())
    }

    /// The same, given the row that they are to have in common.
    pub(super) fn candidates_of(
        &self,
        reference: &Reference,
        target: Option<Address>,
    ) -> Made<Candidates<'_>> {
        let Some(same) = &reference.same else {
            return Ok(Candidates { parts: Vec::new(), len: self.pool_len(&reference.pool) });
        };
        // Who has none of them has nothing in common with anybody.
        let Some(target) = target else { return Ok(Candidates { parts: Vec::new(), len: 0 }) };
        let target_row = self.row_at(target.0, target.1, target.2)?;
        let mut parts = Vec::new();
        let mut len = 0;
        for (set, table) in &reference.pool.0 {
            let rows = self.table(*set, *table);
            let written =
                self.extents(*set, *table).and_then(|extents| extents.by_target.get(same)?.get(&target));
            if let Some(written) = written {
                len += written.len() as u64;
                parts.push((*set, *table, Candidate::These(written)));
            }
            for (index, group) in rows.groups.iter().enumerate() {
                let column = rows.column(same.as_str());
                let through =
                    column.is_some_and(|column| matches!(group.cells[column], Maker::Parent { .. }));
                if through && let Some((start, count)) = self.children_of(*set, *table, index, &target_row) {
                    len += count;
                    parts.push((*set, *table, Candidate::Run(start, count)));
                }
            }
        }
        Ok(Candidates { parts, len })
    }

    /// The row that a column of a row references, or that a column of this name references above it.
    fn target(&self, row: &Row, column: &Name) -> Made<Option<Address>> {
        let rows = self.table(row.set, row.table);
        if let Some(index) = rows.column(column.as_str()) {
            return self.target_at(row, index);
        }
        match &row.place {
            Place::Made { parent: Some(parent), .. } => self.target(parent, column),
            Place::Made { parent: None, .. } | Place::Written(_) => Ok(None),
        }
    }

    fn target_at(&self, row: &Row, column: usize) -> Made<Option<Address>> {
        Ok(match (self.cell(row, column), &row.place) {
            (Maker::Label { set, table, row, .. }, _) => Some((*set, *table, *row as u64)),
            (Maker::Parent { .. }, Place::Made { parent: Some(parent), .. }) => {
                Some((parent.set, parent.table, parent.ordinal))
            }
            (Maker::Reference(reference), Place::Made { .. }) => self.chosen(row, reference, column)?,
            _ => None,
        })
    }

    /// The rows of its own table that a row may choose: those before it, with which it has something in common.
    pub(super) fn siblings(
        &self,
        row: &Row,
        reference: &Reference,
        above: Option<&Row>,
    ) -> Made<Candidates<'_>> {
        let Some(same) = &reference.same else { return Ok(Candidates::default()) };
        let Some(target) = above.map(|above| self.target(above, same)).transpose()?.flatten() else {
            return Ok(Candidates::default());
        };
        let rows = self.table(row.set, row.table);
        let written = self.extents(row.set, row.table).and_then(|all| all.by_target.get(same)?.get(&target));
        let mut found = Candidates::default();
        if let Some(written) = written {
            found.add(row.set, row.table, Candidate::These(written));
        }
        let Place::Made { group: own, number, parent, .. } = &row.place else { return Ok(found) };
        let is_parent = |parent: &Row| (parent.set, parent.table, parent.ordinal) == target;
        let through = |group: &Group| {
            let column = rows.column(same.as_str());
            column.is_some_and(|column| matches!(group.cells[column], Maker::Parent { .. }))
        };
        for (index, _) in rows.groups.iter().enumerate().take(own + 1).filter(|(_, group)| through(group)) {
            let run = match parent {
                // Those of its own parent are right before it.
                Some(parent) if index == *own && is_parent(parent) => Some((row.ordinal - number, *number)),
                _ => {
                    let target = self.row_at(target.0, target.1, target.2)?;
                    self.children_of(row.set, row.table, index, &target)
                }
            };
            if let Some((start, count)) = run {
                let before = row.ordinal.saturating_sub(start).min(count);
                found.add(row.set, row.table, Candidate::Run(start, before));
            }
        }
        Ok(found)
    }
}
