//! What is left to choose from, where rows must differ.

use std::borrow::Cow;

use super::super::model::{Distinct, Group, Joint, Maker, Pool, Reference};
use super::super::values::stream::permuted;
use super::super::values::whole::number_of;
use super::candidates::Candidates;
use super::{Place, Row, World};

impl World<'_> {
    /// The place of a row's value among the so many that a column has to choose from, in an order that looks like none,
    /// where rows differ in the column or in several together; `None` where they need not.
    pub(super) fn distinct(&self, row: &Row, column: usize, size: u64) -> Option<u64> {
        let Place::Made { group, number, parent, .. } = &row.place else { return None };
        let (part, parent) = ((row.set, row.table), parent.as_deref());
        let rows = self.table(row.set, row.table);
        let definition = &rows.groups[*group];
        let joint = definition.joints.iter().find(|joint| joint.columns.contains(&column));
        let (columns, distinct, sizes) = match joint {
            Some(Joint { columns, distinct }) => {
                (&columns[..], *distinct, Cow::Owned(self.sizes(part, definition, columns, parent)?))
            }
            None => {
                let sizes = Cow::Borrowed(std::slice::from_ref(&size));
                (std::slice::from_ref(&column), definition.distinct[column], sizes)
            }
        };
        let extent = self.extents(row.set, row.table)?.groups.get(*group)?;
        let key = *extent.distinct.get(*columns.first()?)?;
        let (key, number) = match distinct {
            Distinct::No => return None,
            Distinct::OfTable => (key, row.ordinal - rows.rows.len() as u64),
            Distinct::OfParent => (key.of(parent.map_or(0, |parent| self.stream_of(parent))), *number),
        };
        let taken = self.taken(part, *group, (columns, distinct), &sizes, parent);
        let mut place = free(permuted(key, number, left(&sizes, &taken)), &taken);
        for (other, size) in columns.iter().zip(&*sizes).take(columns.len() - 1) {
            if *other == column {
                return Some(place % size.max(&1));
            }
            place /= size.max(&1);
        }
        Some(place)
    }

    /// How much there is to choose from in columns of which that limits how many rows there can be: those that
    /// differ, by themselves or together, and those that reference a row and cannot be NULL.
    pub(super) fn choices<'a>(
        &'a self,
        (set, table): (usize, usize),
        group: &'a Group,
        parent: Option<&'a Row>,
    ) -> impl Iterator<Item = (Distinct, u64)> + 'a {
        let rows = self.table(set, table);
        let number = rows.groups.iter().position(|other| std::ptr::eq(other, group));
        let of = move |columns: &[usize], distinct: Distinct| {
            let sizes = self.sizes((set, table), group, columns, parent)?;
            let taken = self.taken((set, table), number?, (columns, distinct), &sizes, parent);
            Some((distinct, left(&sizes, &taken)))
        };
        let is_needed = move |column: usize| {
            let name = rows.columns[column].name.as_str();
            matches!(group.cells[column], Maker::Reference(_)) && !rows.table.columns[name].nullable
        };
        let single = group.distinct.iter().copied().enumerate().flat_map(move |(column, distinct)| {
            let counts = distinct != Distinct::No || is_needed(column);
            let whole = counts.then(|| of(&[column], distinct)).flatten();
            // Those inside of other generators, where their author wants them to differ.
            let inner = group.cells[column].references().into_iter();
            let inner = inner.filter(move |reference| reference.distinct && whole.is_none()).filter_map(
                move |reference| Some((distinct, self.choices_of((set, table), column, reference, parent)?)),
            );
            whole.into_iter().chain(inner)
        });
        single.chain(group.joints.iter().filter_map(move |joint| of(&joint.columns, joint.distinct)))
    }

    /// How many values each of some columns has to choose from; `None` as long as nobody knows.
    fn sizes(
        &self,
        part: (usize, usize),
        group: &Group,
        columns: &[usize],
        parent: Option<&Row>,
    ) -> Option<Vec<u64>> {
        let size = |column: &usize| match &group.cells[*column] {
            Maker::Reference(reference) if !reference.own && reference.weights.is_empty() => {
                self.choices_of(part, *column, reference, parent)
            }
            Maker::Pick(items, _) => Some(items.len() as u64),
            Maker::Between { low, high, .. } => {
                Some(high.wrapping_sub(*low).cast_unsigned().saturating_add(1))
            }
            Maker::Fake(kind) => kind.capacity(),
            _ => None,
        };
        columns.iter().map(size).collect()
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
                if names_parent { self.candidates_of(reference, Some(address), None).ok() } else { None }
            }
            (Some(_), None) => None,
        }
    }

    /// Of the values that columns of a group have to choose from together, so many each, the places of those that rows
    /// have which are written out: all of them, or those of one parent. In their order.
    fn taken(
        &self,
        (set, table): (usize, usize),
        group: usize,
        (columns, distinct): (&[usize], Distinct),
        sizes: &[u64],
        parent: Option<&Row>,
    ) -> Cow<'_, [u64]> {
        let rows = self.table(set, table);
        let cells = &rows.groups[group].cells;
        let places = |written: &mut dyn Iterator<Item = u64>| -> Vec<u64> {
            let candidates = match columns {
                [column] => match &cells[*column] {
                    Maker::Reference(reference) if reference.same.is_some() => {
                        self.among((set, table), *column, reference, parent)
                    }
                    _ => None,
                },
                _ => None,
            };
            let place = |row: u64| -> Option<u64> {
                let written = &rows.rows.get(row as usize)?.cells;
                let (mut place, mut stride) = (0_u64, 1_u64);
                for (column, size) in columns.iter().zip(sizes) {
                    let at = self.place_among(&cells[*column], &written[*column], candidates.as_ref())?;
                    place = place.checked_add(at.checked_mul(stride)?)?;
                    stride = stride.saturating_mul(*size);
                }
                Some(place)
            };
            let mut places: Vec<u64> = written.filter_map(place).collect();
            places.sort_unstable();
            places.dedup();
            places
        };
        let none = Cow::Borrowed(&[][..]);
        if rows.rows.is_empty() {
            return none;
        }
        match distinct {
            Distinct::No => none,
            Distinct::OfTable => {
                let all = || places(&mut (0..rows.rows.len() as u64));
                let extent = self.extents(set, table).and_then(|extents| extents.groups.get(group));
                // No column differs both by itself and with others.
                let known = columns.first().and_then(|first| extent?.taken.get(*first));
                match known {
                    Some(known) => Cow::Borrowed(known.get_or_init(all)),
                    None => Cow::Owned(all()),
                }
            }
            Distinct::OfParent => {
                let of_parent = parent.and_then(|parent| self.written_of((set, table), group, parent));
                of_parent.map_or(none, |written| Cow::Owned(places(&mut written.iter().copied())))
            }
        }
    }

    /// The rows that are written out and reference a parent as those of a group do.
    fn written_of(&self, (set, table): (usize, usize), group: usize, parent: &Row) -> Option<&[u64]> {
        let rows = self.table(set, table);
        let named = rows.groups[group].cells.iter().position(|cell| matches!(cell, Maker::Parent { .. }))?;
        let by_target = self.extents(set, table)?.by_target.get(&rows.columns[named].name)?;
        by_target.get(&(parent.set, parent.table, parent.ordinal)).map(Vec::as_slice)
    }

    /// The place of a value that is written out among those that a generator chooses from.
    fn place_among(
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

/// In how many ways values can be put together that are not taken.
fn left(sizes: &[u64], taken: &[u64]) -> u64 {
    sizes.iter().fold(1_u64, |all, size| all.saturating_mul(*size)).saturating_sub(taken.len() as u64)
}

/// The place that is left at this place, without those that are taken.
fn free(place: u64, taken: &[u64]) -> u64 {
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
