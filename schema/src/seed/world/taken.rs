//! What is left to choose from, where rows must differ.

use std::borrow::Cow;

use super::super::model::{Distinct, Group, Maker, Pool, Reference};
use super::super::values::whole::number_of;
use super::candidates::Candidates;
use super::{Row, World};

impl World<'_> {
    /// How much there is to choose from in columns of which that limits how many rows there can be: those that
    /// differ, and those that reference a row and cannot be NULL.
    pub(super) fn choices<'a>(
        &'a self,
        (set, table): (usize, usize),
        group: &'a Group,
        parent: Option<&'a Row>,
    ) -> impl Iterator<Item = (Distinct, u64)> + 'a {
        let cells = group.cells.iter().zip(&group.distinct).enumerate();
        cells
            .flat_map(move |(column, (cell, distinct))| {
                let whole = self.whole((set, table), group, column, parent);
                let inner = cell
                    .references()
                    .into_iter()
                    .filter(move |reference| reference.distinct && whole.is_none());
                let inner = inner
                    .filter_map(move |reference| self.choices_of((set, table), column, reference, parent));
                whole.into_iter().chain(inner).map(move |choices| (*distinct, choices))
            })
            .chain(self.joint_choices((set, table), group, parent))
    }

    /// How many values a column has to choose from, if its number matters.
    fn whole(
        &self,
        (set, table): (usize, usize),
        group: &Group,
        column: usize,
        parent: Option<&Row>,
    ) -> Option<u64> {
        let rows = self.table(set, table);
        let distinct = group.distinct[column];
        let all = match &group.cells[column] {
            Maker::Reference(reference) if !reference.own && reference.weights.is_empty() => {
                let name = rows.columns[column].name.as_str();
                if distinct == Distinct::No && rows.table.columns[name].nullable {
                    return None;
                }
                self.choices_of((set, table), column, reference, parent)?
            }
            Maker::Pick(items, _) if distinct != Distinct::No => items.len() as u64,
            Maker::Between { low, high, .. } if distinct != Distinct::No => {
                high.wrapping_sub(*low).cast_unsigned().saturating_add(1)
            }
            _ => return None,
        };
        let number = rows.groups.iter().position(|other| std::ptr::eq(other, group))?;
        Some(all - (self.taken((set, table), number, column, parent).len() as u64).min(all))
    }

    /// How many rows a reference chooses among; `None` as long as nobody knows, or where each row does.
    fn choices_of(
        &self,
        (set, table): (usize, usize),
        column: usize,
        reference: &Reference,
        parent: Option<&Row>,
    ) -> Option<u64> {
        let is_placed = |(set, table): &(usize, usize)| {
            let groups = self.extents(*set, *table).map(|extents| extents.groups.len());
            groups == Some(self.table(*set, *table).groups.len())
        };
        if !reference.pool.0.iter().all(is_placed) {
            return None;
        }
        self.among((set, table), column, reference, parent).map(|candidates| candidates.len)
    }

    /// The rows that a reference chooses among, as far as the parent of a row says.
    fn among(
        &self,
        (set, table): (usize, usize),
        column: usize,
        reference: &Reference,
        parent: Option<&Row>,
    ) -> Option<Candidates<'_>> {
        let rows = self.table(set, table);
        let own = reference.same.as_ref().and_then(|same| rows.column(same.as_str()));
        let own = own.filter(|own| *own != column);
        match (own, parent) {
            (None, _) if reference.same.is_none() => self.candidates(reference, None).ok(),
            (None, parent) => self.candidates(reference, parent).ok(),
            // By its own column, if that names the parent.
            (Some(own), Some(parent)) => {
                let names_parent =
                    rows.groups.iter().any(|group| matches!(group.cells[own], Maker::Parent { .. }));
                let address = (parent.set, parent.table, parent.ordinal);
                if names_parent { self.candidates_of(reference, Some(address)).ok() } else { None }
            }
            (Some(_), None) => None,
        }
    }

    /// Of the values that a column of a group has to choose from, where each is chosen once, the places of those
    /// that rows have which are written out: all of them, or those of one parent. In their order.
    pub(super) fn taken(
        &self,
        (set, table): (usize, usize),
        group: usize,
        column: usize,
        parent: Option<&Row>,
    ) -> Cow<'_, [u64]> {
        let rows = self.table(set, table);
        let definition = &rows.groups[group];
        let cell = &definition.cells[column];
        let places = |written: &mut dyn Iterator<Item = u64>| -> Vec<u64> {
            let candidates = match cell {
                Maker::Reference(reference) if reference.same.is_some() => {
                    self.among((set, table), column, reference, parent)
                }
                _ => None,
            };
            let cells = written.filter_map(|row| rows.rows.get(row as usize)).map(|row| &row.cells[column]);
            let mut places: Vec<u64> =
                cells.filter_map(|written| self.place_among(cell, written, candidates.as_ref())).collect();
            places.sort_unstable();
            places.dedup();
            places
        };
        let none = Cow::Borrowed(&[][..]);
        if rows.rows.is_empty() {
            return none;
        }
        match definition.distinct[column] {
            Distinct::No => none,
            Distinct::OfTable => {
                let extent = self.extents(set, table).and_then(|extents| extents.groups.get(group));
                match extent.and_then(|extent| extent.taken.get(column)) {
                    Some(known) => {
                        Cow::Borrowed(known.get_or_init(|| places(&mut (0..rows.rows.len() as u64))))
                    }
                    None => Cow::Owned(places(&mut (0..rows.rows.len() as u64))),
                }
            }
            Distinct::OfParent => {
                let of_parent = parent.and_then(|parent| self.written_of((set, table), group, parent));
                of_parent.map_or(none, |written| Cow::Owned(places(&mut written.iter().copied())))
            }
        }
    }

    /// The rows that are written out and reference a parent as those of a group do.
    pub(super) fn written_of(
        &self,
        (set, table): (usize, usize),
        group: usize,
        parent: &Row,
    ) -> Option<&[u64]> {
        let rows = self.table(set, table);
        let named = rows.groups[group].cells.iter().position(|cell| matches!(cell, Maker::Parent { .. }))?;
        let by_target = self.extents(set, table)?.by_target.get(&rows.columns[named].name)?;
        by_target.get(&(parent.set, parent.table, parent.ordinal)).map(Vec::as_slice)
    }

    /// The place of a value that is written out among those that a generator chooses from.
    pub(super) fn place_among(
        &self,
        maker: &Maker,
        written: &Maker,
        candidates: Option<&Candidates<'_>>,
    ) -> Option<u64> {
        match (maker, written) {
            (Maker::Reference(reference), Maker::Label { set, table, row, .. }) => match candidates {
                Some(candidates) => candidates.place((*set, *table, *row as u64)),
                None => self.pool_place(&reference.pool, (*set, *table), *row),
            },
            (Maker::Pick(items, _), Maker::Constant(Some(value))) => {
                let is_same = |item: &Maker| matches!(item, Maker::Constant(Some(other)) if other == value);
                Some(items.iter().position(is_same)? as u64)
            }
            (Maker::Between { low, high, unit }, Maker::Constant(Some(value))) => {
                let number = number_of(value, *unit)?;
                (*low..=*high).contains(&number).then(|| number.wrapping_sub(*low).cast_unsigned())
            }
            _ => None,
        }
    }

    /// The place in a pool of a row that is written out.
    fn pool_place(&self, pool: &Pool, part: (usize, usize), row: usize) -> Option<u64> {
        let at = pool.0.iter().position(|other| *other == part)?;
        let before: u64 = pool.0[..at].iter().map(|(set, table)| self.count(*set, *table)).sum();
        let place = self.table(part.0, part.1).row_order.iter().position(|other| *other == row)?;
        Some(before + place as u64)
    }
}

/// The place that is left at this place, without those that are taken.
pub(super) fn free(place: u64, taken: &[u64]) -> u64 {
    let (mut low, mut high) = (0, taken.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if taken[middle] - middle as u64 <= place { low = middle + 1 } else { high = middle }
    }
    place + low as u64
}

#[cfg(test)]
mod tests {
    use super::free;

    #[test]
    fn what_is_taken_is_left_out() {
        let left = |taken: &[u64]| (0..4).map(|place| free(place, taken)).collect::<Vec<_>>();
        assert_eq!(left(&[]), [0, 1, 2, 3]);
        assert_eq!(left(&[0, 2, 3]), [1, 4, 5, 6]);
        assert_eq!(left(&[1, 9]), [0, 2, 3, 4]);
    }
}
