//! The rows that a reference may choose from.

use super::super::model::{Maker, Reference};
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
        self.candidates_of(reference, self.in_common(reference, parent)?, None)
    }

    /// Of its own table, only those before a row.
    pub(super) fn before(
        &self,
        row: &Row,
        reference: &Reference,
        above: Option<&Row>,
    ) -> Made<Candidates<'_>> {
        self.candidates_of(reference, self.in_common(reference, above)?, Some(row))
    }

    /// The row that those chosen are to have in common with a row or with what is above it.
    fn in_common(&self, reference: &Reference, row: Option<&Row>) -> Made<Option<Address>> {
        let same = row.zip(reference.same.as_ref());
        Ok(same.map(|(row, same)| self.target(row, same)).transpose()?.flatten())
    }

    /// The same, given the row that they are to have in common.
    pub(super) fn candidates_of(
        &self,
        reference: &Reference,
        target: Option<Address>,
        before: Option<&Row>,
    ) -> Made<Candidates<'_>> {
        let mut found = Candidates::default();
        let Some(same) = &reference.same else {
            found.len = self.pool_len(&reference.pool);
            return Ok(found);
        };
        // Who has none of them has nothing in common with anybody.
        let Some(target) = target else { return Ok(found) };
        let target_row = self.row_at(target.0, target.1, target.2)?;
        for (set, table) in &reference.pool.0 {
            let rows = self.table(*set, *table);
            let written =
                self.extents(*set, *table).and_then(|extents| extents.by_target.get(same)?.get(&target));
            if let Some(written) = written {
                found.add(*set, *table, Candidate::These(written));
            }
            for (index, group) in rows.groups.iter().enumerate() {
                let column = rows.column(same.as_str());
                let through =
                    column.is_some_and(|column| matches!(group.cells[column], Maker::Parent { .. }));
                let run = match before.map(|row| (row, &row.place)) {
                    _ if !through => None,
                    Some((_, Place::Made { group: own, .. })) if index > *own => None,
                    // Those of its own parent are right before it.
                    Some((row, Place::Made { group: own, number, parent: Some(parent), .. }))
                        if index == *own && (parent.set, parent.table, parent.ordinal) == target =>
                    {
                        Some((row.ordinal - number, *number))
                    }
                    _ => self.children_of(*set, *table, index, &target_row),
                };
                if let Some((start, count)) = run {
                    let count = before.map_or(count, |row| row.ordinal.saturating_sub(start).min(count));
                    found.add(*set, *table, Candidate::Run(start, count));
                }
            }
        }
        Ok(found)
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
}
