//! The rows of seeds: here which there are, and in `make` what is in each.

mod call;
mod candidates;
mod make;
mod taken;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::OnceLock;

use super::model::{Count, Distinct, Group, Maker, Pool, SeedSet, SeedTable, Seeds};
use super::values::stream::{Stream, StreamKey};
use crate::{Name, Value};

pub use call::{Call, Functions};

/// What a set is loaded with.
#[derive(Debug, Clone, Default)]
pub struct Loading {
    /// What its values follow from.
    pub seed: String,
    /// By how much the numbers of its rows are multiplied.
    pub size: f64,
    /// For each table the number of its first row that leaves its number to the database.
    pub bases: Vec<i64>,
    /// For each table rows whose keys are others than their places say, because they were there before.
    pub found: Vec<BTreeMap<u64, Vec<Option<Value>>>>,
}

/// All rows of some sets, made when they are looked at.
pub struct World<'s> {
    seeds: &'s Seeds,
    functions: Functions<'s>,
    sets: Vec<Option<Placed>>,
}

struct Placed {
    loading: Loading,
    tables: Vec<Extents>,
}

/// Where the rows of a table begin and end.
#[derive(Default)]
struct Extents {
    /// The ordinal behind the last row.
    end: u64,
    groups: Vec<Extent>,
    /// The rows of this table by the row that a column of theirs references, for `same`.
    by_target: BTreeMap<Name, BTreeMap<Address, Vec<u64>>>,
}

#[derive(Default)]
struct Extent {
    start: u64,
    len: u64,
    /// For a group with parents: how many rows the parents before every sixty-fourth have.
    before: Vec<u64>,
    keys: Vec<StreamKey>,
    distinct: Vec<StreamKey>,
    references: BTreeMap<Name, StreamKey>,
    count: Option<StreamKey>,
    /// For each column that differs in the whole table what rows that are written out have, once it is asked for.
    taken: Vec<OnceLock<Vec<u64>>>,
}

const STRIDE: u64 = 64;

/// Where a row is.
type Address = (usize, usize, u64);

/// A row, by where it is.
#[derive(Debug, Clone)]
pub struct Row {
    set: usize,
    table: usize,
    /// Its number in the table, from 0: those that are written out come first.
    pub ordinal: u64,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Written(usize),
    Made {
        group: usize,
        /// What its streams are at.
        stream: u64,
        /// Its number in its group, or among those of its parent, from 0.
        number: u64,
        parent: Option<Rc<Row>>,
    },
}

/// Why a value cannot be made, which only rows that are there can cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmade(pub String);

type Made<T> = Result<T, Unmade>;

impl<'s> World<'s> {
    /// A world without rows yet.
    pub fn new(seeds: &'s Seeds, functions: Functions<'s>) -> Self {
        Self { seeds, functions, sets: seeds.sets.iter().map(|_| None).collect() }
    }

    /// Adds a set, behind those it needs.
    ///
    /// # Errors
    ///
    /// If a parent row refers to what is not there.
    pub fn add(&mut self, set: usize, loading: Loading) -> Result<(), Unmade> {
        let Some(definition) = self.seeds.sets.get(set) else { return Ok(()) };
        let tables = definition.tables.iter().map(|_| Extents::default()).collect();
        self.sets[set] = Some(Placed { loading, tables });
        for table in by_parents(definition, set) {
            self.place(definition, set, table)?;
        }
        Ok(())
    }

    /// Says what the first number of a table is, once that is known.
    pub fn set_base(&mut self, set: usize, table: usize, base: i64) {
        if let Some(Some(placed)) = self.sets.get_mut(set) {
            let tables = placed.tables.len();
            placed.loading.bases.resize(tables, 1);
            placed.loading.bases[table] = base;
        }
    }

    /// Says that a row was found under another key.
    pub fn set_found(&mut self, set: usize, table: usize, ordinal: u64, key: Vec<Option<Value>>) {
        if let Some(Some(placed)) = self.sets.get_mut(set) {
            let tables = placed.tables.len();
            placed.loading.found.resize_with(tables, BTreeMap::new);
            placed.loading.found[table].insert(ordinal, key);
        }
    }

    /// The greatest number that a row names for itself in a column that the database numbers.
    pub fn greatest_number(&self, set: usize, table: usize) -> Option<i64> {
        let rows = self.table(set, table);
        let column = rows.numbered()?;
        let numbers = rows.rows.iter().filter_map(|row| match &row.cells[column] {
            Maker::Constant(Some(Value::Integer(number))) => Some(*number),
            _ => None,
        });
        let made = rows.groups.iter().filter_map(|group| match &group.cells[column] {
            Maker::Between { high, .. } => Some(*high),
            Maker::Constant(Some(Value::Integer(number))) => Some(*number),
            _ => None,
        });
        numbers.chain(made).max()
    }

    /// How many rows a table has.
    pub fn count(&self, set: usize, table: usize) -> u64 {
        self.extents(set, table).map_or(0, |extents| extents.end)
    }

    fn place(&mut self, definition: &SeedSet, set: usize, table: usize) -> Made<()> {
        let rows = &definition.tables[table];
        let seed = self.sets[set].as_ref().map_or_else(String::new, |placed| placed.loading.seed.clone());
        let name = rows.table.name.as_str();
        // The rows that are written out, by what they reference.
        let mut by_target: BTreeMap<Name, BTreeMap<Address, Vec<u64>>> = BTreeMap::new();
        for (ordinal, row) in rows.rows.iter().enumerate() {
            for (column, cell) in rows.columns.iter().zip(&row.cells) {
                if let Maker::Label { set, table, row, .. } = cell {
                    let targets = by_target.entry(column.name.clone()).or_default();
                    targets.entry((*set, *table, *row as u64)).or_default().push(ordinal as u64);
                }
            }
        }
        if let Some(Some(placed)) = self.sets.get_mut(set) {
            placed.tables[table].by_target = by_target;
        }
        let mut end = rows.rows.len() as u64;
        for group in &rows.groups {
            let key = |last: &str| StreamKey::new(&[&seed, &definition.name, name, last, &group.name]);
            let columns = rows.columns.iter();
            let references = rows.table.foreign_keys.keys();
            let mut extent = Extent {
                start: end,
                keys: columns.clone().map(|column| key(column.name.as_str())).collect(),
                distinct: columns
                    .map(|column| {
                        StreamKey::new(&[&seed, &definition.name, name, column.name.as_str(), "", "distinct"])
                    })
                    .collect(),
                references: references
                    .map(|foreign| (foreign.clone(), key(&format!("->{foreign}"))))
                    .collect(),
                count: Some(key("#")),
                taken: rows.columns.iter().map(|_| OnceLock::new()).collect(),
                ..Extent::default()
            };
            match &group.parents {
                None => extent.len = self.scaled((set, table), group, key("#"), end),
                Some(pool) => {
                    let (key, here) = (key("#"), (set, table));
                    let mut parents = 0;
                    for (set, table) in &pool.0 {
                        self.each(*set, *table, &mut |row: &Row| {
                            if parents % STRIDE == 0 {
                                extent.before.push(extent.len);
                            }
                            parents += 1;
                            extent.len += self.children(here, group, key, row);
                            Ok::<(), Unmade>(())
                        })?;
                    }
                }
            }
            end += extent.len;
            if let Some(Some(placed)) = self.sets.get_mut(set) {
                placed.tables[table].groups.push(extent);
                placed.tables[table].end = end;
            }
        }
        if let Some(Some(placed)) = self.sets.get_mut(set) {
            placed.tables[table].end = end;
        }
        Ok(())
    }

    /// The rows of a group without parents, which begins behind so many rows of its table.
    fn scaled(&self, (set, table): (usize, usize), group: &Group, key: StreamKey, start: u64) -> u64 {
        let size = self.sets[set].as_ref().map_or(1.0, |placed| placed.loading.size);
        let count = draw(&group.count, &mut key.at(0));
        let count = (count as f64 * size).round() as u64;
        let made = start - self.table(set, table).rows.len() as u64;
        let choices = self.choices((set, table), group, None);
        choices.fold(count, |count, (distinct, choices)| match distinct {
            Distinct::OfTable => count.min(choices.saturating_sub(made)),
            Distinct::No | Distinct::OfParent if choices == 0 => 0,
            Distinct::No | Distinct::OfParent => count,
        })
    }

    /// How many rows of a group a parent has.
    fn children(&self, (set, table): (usize, usize), group: &Group, key: StreamKey, parent: &Row) -> u64 {
        let parents = group.lone.as_ref().and_then(|lone| self.extents(set, table)?.by_target.get(lone));
        if parents.is_some_and(|parents| parents.contains_key(&(parent.set, parent.table, parent.ordinal))) {
            return 0;
        }
        let count = draw(&group.count, &mut key.at(self.stream_of(parent)));
        self.choices((set, table), group, Some(parent)).fold(count, |count, (distinct, choices)| {
            match distinct {
                Distinct::OfParent => count.min(choices),
                Distinct::No | Distinct::OfTable if choices == 0 => 0,
                Distinct::No | Distinct::OfTable => count,
            }
        })
    }

    fn extents(&self, set: usize, table: usize) -> Option<&Extents> {
        self.sets.get(set)?.as_ref()?.tables.get(table)
    }

    fn table(&self, set: usize, table: usize) -> &'s SeedTable {
        &self.seeds.sets[set].tables[table]
    }

    fn pool_len(&self, pool: &Pool) -> u64 {
        pool.0.iter().map(|(set, table)| self.count(*set, *table)).sum()
    }

    /// Gives every row of a table, in the order in which they are inserted.
    ///
    /// # Errors
    ///
    /// Those of the function.
    pub fn each<E>(
        &self,
        set: usize,
        table: usize,
        visit: &mut dyn FnMut(&Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let rows = self.table(set, table);
        for index in &rows.row_order {
            visit(&self.written(set, table, *index))?;
        }
        self.each_made(set, table, visit)
    }

    /// A row that is written out.
    pub fn written(&self, set: usize, table: usize, index: usize) -> Row {
        Row { set, table, ordinal: index as u64, place: Place::Written(index) }
    }

    /// Gives every row of a table that is made.
    ///
    /// # Errors
    ///
    /// Those of the function.
    pub fn each_made<E>(
        &self,
        set: usize,
        table: usize,
        visit: &mut dyn FnMut(&Row) -> Result<(), E>,
    ) -> Result<(), E> {
        (0..self.table(set, table).groups.len())
            .try_for_each(|group| self.each_of_group(set, table, group, visit))
    }

    /// Gives every row of a group.
    fn each_of_group<E>(
        &self,
        set: usize,
        table: usize,
        group: usize,
        visit: &mut dyn FnMut(&Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let definition = &self.table(set, table).groups[group];
        let Some(extent) = self.extents(set, table).and_then(|extents| extents.groups.get(group)) else {
            return Ok(());
        };
        let mut ordinal = extent.start;
        let Some(pool) = &definition.parents else {
            for number in 0..extent.len {
                let place = Place::Made { group, stream: number, number, parent: None };
                visit(&Row { set, table, ordinal, place })?;
                ordinal += 1;
            }
            return Ok(());
        };
        let Some(key) = extent.count else { return Ok(()) };
        for (parent_set, parent_table) in &pool.0 {
            self.each(*parent_set, *parent_table, &mut |parent: &Row| {
                let count = self.children((set, table), definition, key, parent);
                if count == 0 {
                    return Ok(());
                }
                let shared = Rc::new(parent.clone());
                let above = self.stream_of(parent);
                for number in 0..count {
                    let stream = below(above, number);
                    let place = Place::Made { group, stream, number, parent: Some(Rc::clone(&shared)) };
                    visit(&Row { set, table, ordinal, place })?;
                    ordinal += 1;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// What the streams of a row are at.
    fn stream_of(&self, row: &Row) -> u64 {
        match &row.place {
            Place::Made { stream, .. } => *stream,
            Place::Written(index) => {
                let label = self.table(row.set, row.table).rows[*index].label.as_deref();
                let number = index.to_string();
                StreamKey::new(&[label.unwrap_or(&number)]).at(u64::from(label.is_none())).bits()
            }
        }
    }

    /// The row at a place of a table.
    fn row_at(&self, set: usize, table: usize, ordinal: u64) -> Made<Row> {
        let missing =
            || Unmade(format!("there is no row {ordinal} of `{}`", self.table(set, table).table.name));
        if (ordinal as usize) < self.table(set, table).rows.len() {
            return Ok(Row { set, table, ordinal, place: Place::Written(ordinal as usize) });
        }
        let groups = &self.extents(set, table).ok_or_else(missing)?.groups;
        let group = groups.iter().position(|group| ordinal < group.start + group.len).ok_or_else(missing)?;
        let (extent, definition) = (&groups[group], &self.table(set, table).groups[group]);
        let offset = ordinal - extent.start;
        let (Some(pool), Some(key)) = (&definition.parents, extent.count) else {
            let place = Place::Made { group, stream: offset, number: offset, parent: None };
            return Ok(Row { set, table, ordinal, place });
        };
        let block = extent.before.partition_point(|before| *before <= offset).saturating_sub(1);
        let mut before = extent.before.get(block).copied().unwrap_or(0);
        let mut parent = block as u64 * STRIDE;
        loop {
            let row = self.pool_row(pool, parent)?;
            let count = self.children((set, table), definition, key, &row);
            if offset < before + count {
                let number = offset - before;
                let stream = below(self.stream_of(&row), number);
                let place = Place::Made { group, stream, number, parent: Some(Rc::new(row)) };
                return Ok(Row { set, table, ordinal, place });
            }
            before += count;
            parent += 1;
        }
    }

    fn pool_row(&self, pool: &Pool, place: u64) -> Made<Row> {
        let (set, table, ordinal) = self.pool_address(pool, place)?;
        self.row_at(set, table, ordinal)
    }

    fn pool_address(&self, pool: &Pool, mut place: u64) -> Made<Address> {
        for (set, table) in &pool.0 {
            let count = self.count(*set, *table);
            if place < count {
                // In the order in which they are visited.
                let written = &self.table(*set, *table).row_order;
                let ordinal = written.get(place as usize).map_or(place, |row| *row as u64);
                return Ok((*set, *table, ordinal));
            }
            place -= count;
        }
        Err(Unmade("there are fewer rows to choose from than there were".to_owned()))
    }

    /// The number of the first row of a group of children of a parent, and how many they are.
    fn children_of(&self, set: usize, table: usize, group: usize, parent: &Row) -> Option<(u64, u64)> {
        let definition = &self.table(set, table).groups[group];
        let extent = self.extents(set, table)?.groups.get(group)?;
        let (pool, key) = (definition.parents.as_ref()?, extent.count?);
        let mut place = 0;
        let mut inside = false;
        for (parent_set, parent_table) in &pool.0 {
            if (*parent_set, *parent_table) == (parent.set, parent.table) {
                let written = &self.table(parent.set, parent.table).row_order;
                place += written
                    .iter()
                    .position(|row| *row as u64 == parent.ordinal)
                    .map_or(parent.ordinal, |place| place as u64);
                inside = true;
                break;
            }
            place += self.count(*parent_set, *parent_table);
        }
        if !inside {
            return None;
        }
        let block = place / STRIDE;
        let mut start = extent.start + extent.before.get(block as usize)?;
        for before in block * STRIDE..place {
            start += self.children((set, table), definition, key, &self.pool_row(pool, before).ok()?);
        }
        Some((start, self.children((set, table), definition, key, parent)))
    }

    fn cell(&self, row: &Row, column: usize) -> &'s Maker {
        let rows = self.table(row.set, row.table);
        match &row.place {
            Place::Written(index) => &rows.rows[*index].cells[column],
            Place::Made { group, .. } => &rows.groups[*group].cells[column],
        }
    }

    /// The label of a row, if it has one.
    pub fn label(&self, row: &Row) -> Option<&'s str> {
        match row.place {
            Place::Written(index) => self.table(row.set, row.table).rows[index].label.as_deref(),
            Place::Made { .. } => None,
        }
    }

    /// Whether a row is written out rather than made.
    pub fn is_written(&self, row: &Row) -> bool {
        matches!(row.place, Place::Written(_))
    }
}

/// Tables of a set, each behind those whose rows its own are made for.
fn by_parents(definition: &SeedSet, set: usize) -> Vec<usize> {
    let mut order = Vec::new();
    let uses = |table: &SeedTable| -> Vec<usize> {
        let pools = table.groups.iter().flat_map(|group| {
            let references = group.cells.iter().flat_map(Maker::references);
            let references = references.filter(|reference| !reference.own).map(|reference| &reference.pool);
            group.parents.iter().chain(references)
        });
        pools.flat_map(|pool| &pool.0).filter(|(of, _)| *of == set).map(|(_, table)| *table).collect()
    };
    // Circles are refused where seeds are checked, so each round places one at least.
    while order.len() < definition.tables.len() {
        let waiting: Vec<usize> =
            (0..definition.tables.len()).filter(|table| !order.contains(table)).collect();
        let free = waiting.iter().copied().find(|table| {
            uses(&definition.tables[*table]).iter().all(|used| order.contains(used) || used == table)
        });
        order.push(free.unwrap_or(waiting[0]));
    }
    order
}

fn draw(count: &Count, stream: &mut Stream) -> u64 {
    match count {
        Count::Between(least, most) => least + stream.below(most - least + 1),
        Count::Weighted(numbers) => {
            let index = chosen(numbers.iter().map(|(_, sum)| *sum), stream);
            numbers.get(index).map_or(0, |(number, _)| *number)
        }
        Count::Chance(share) => u64::from(stream.bits() >> 11 < *share),
    }
}

/// The place of what is chosen by weights, each given with the sum of those before it.
fn chosen(
    sums: impl DoubleEndedIterator<Item = u64> + ExactSizeIterator + Clone,
    stream: &mut Stream,
) -> usize {
    let drawn = stream.below(sums.clone().next_back().unwrap_or(0));
    sums.clone().position(|sum| drawn < sum).unwrap_or(0)
}

fn below(above: u64, number: u64) -> u64 {
    let mut stream = StreamKey::new(&["child"]).at(above.wrapping_add(number.rotate_left(32)));
    stream.bits().wrapping_add(number)
}
