//! Columns that differ together: each row takes another of all the ways in which their values can be put together.

use std::borrow::Cow;

use super::super::model::{Distinct, Group, Joint, Maker};
use super::super::values::stream::permuted;
use super::taken::free;
use super::{Place, Row, World};

impl World<'_> {
    /// The place of a row's value among those of one of the columns.
    pub(super) fn together(&self, row: &Row, joint: &Joint, column: usize) -> Option<u64> {
        let Place::Made { group, number, parent, .. } = &row.place else { return None };
        let (part, parent) = ((row.set, row.table), parent.as_deref());
        let extent = self.extents(row.set, row.table)?.groups.get(*group)?;
        let key = *extent.distinct.get(*joint.columns.first()?)?;
        let (key, number) = match joint.distinct {
            Distinct::No => return None,
            Distinct::OfTable => (key, row.ordinal - self.table(row.set, row.table).rows.len() as u64),
            Distinct::OfParent => (key.of(parent.map_or(0, |parent| self.stream_of(parent))), *number),
        };
        let sizes = self.sizes(part, *group, joint);
        let all = sizes.iter().fold(1_u64, |all, size| all.saturating_mul(*size));
        let taken = self.taken_together(part, *group, joint, parent);
        let mut place = free(permuted(key, number, all - (taken.len() as u64).min(all)), &taken);
        for (other, size) in joint.columns.iter().zip(sizes) {
            if *other == column {
                return Some(place % size.max(1));
            }
            place /= size.max(1);
        }
        None
    }

    /// How many ways there are to put values of columns together that differ so.
    pub(super) fn joint_choices<'a>(
        &'a self,
        part: (usize, usize),
        group: &'a Group,
        parent: Option<&'a Row>,
    ) -> impl Iterator<Item = (Distinct, u64)> + 'a {
        let number = self.table(part.0, part.1).groups.iter().position(|other| std::ptr::eq(other, group));
        group.joints.iter().filter_map(move |joint| {
            let all =
                self.sizes(part, number?, joint).iter().fold(1_u64, |all, size| all.saturating_mul(*size));
            let taken = self.taken_together(part, number?, joint, parent).len() as u64;
            Some((joint.distinct, all.saturating_sub(taken)))
        })
    }

    /// How many values each of the columns has to choose from.
    fn sizes(&self, (set, table): (usize, usize), group: usize, joint: &Joint) -> Vec<u64> {
        let cells = &self.table(set, table).groups[group].cells;
        let size = |column: &usize| match &cells[*column] {
            Maker::Pick(items, _) => items.len() as u64,
            Maker::Between { low, high, .. } => high.wrapping_sub(*low).cast_unsigned().saturating_add(1),
            Maker::Fake(kind) => kind.capacity().unwrap_or(1),
            Maker::Reference(reference) => self.pool_len(&reference.pool),
            _ => 1,
        };
        joint.columns.iter().map(size).collect()
    }

    /// The places of what rows that are written out have, in their order.
    fn taken_together(
        &self,
        (set, table): (usize, usize),
        group: usize,
        joint: &Joint,
        parent: Option<&Row>,
    ) -> Cow<'_, [u64]> {
        let rows = self.table(set, table);
        let cells = &rows.groups[group].cells;
        let sizes = self.sizes((set, table), group, joint);
        let place = |row: &u64| -> Option<u64> {
            let written = &rows.rows.get(*row as usize)?.cells;
            let (mut place, mut stride) = (0_u64, 1_u64);
            for (column, size) in joint.columns.iter().zip(&sizes) {
                let at = self.place_among(&cells[*column], &written[*column], None)?;
                place = place.checked_add(at.checked_mul(stride)?)?;
                stride = stride.saturating_mul(*size);
            }
            Some(place)
        };
        let places = |written: &[u64]| -> Vec<u64> {
            let mut places: Vec<u64> = written.iter().filter_map(place).collect();
            places.sort_unstable();
            places.dedup();
            places
        };
        let all = || places(&(0..rows.rows.len() as u64).collect::<Vec<_>>());
        let first = joint.columns.first().copied().unwrap_or_default();
        let extent = self.extents(set, table).and_then(|extents| extents.groups.get(group));
        match (joint.distinct, extent.and_then(|extent| extent.taken.get(first))) {
            _ if rows.rows.is_empty() => Cow::Borrowed(&[]),
            (Distinct::No, _) => Cow::Borrowed(&[]),
            (Distinct::OfTable, Some(known)) => Cow::Borrowed(known.get_or_init(all)),
            (Distinct::OfTable, None) => Cow::Owned(all()),
            (Distinct::OfParent, _) => {
                let written = parent.and_then(|parent| self.written_of((set, table), group, parent));
                written.map_or(Cow::Borrowed(&[]), |written| Cow::Owned(places(written)))
            }
        }
    }
}
