//! The rows of seeds: which there are, and what is in each.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::model::{
    Count, Distinct, Gap, Group, Maker, Part, Pool, Reference, SeedSet, SeedTable, Seeds, Template, Unit,
};
use super::values::stream::{Stream, StreamKey, permuted};
use super::values::{log_normal, normal, time};
use crate::{Column, ColumnType, Float, Name, Value};

/// What a function of the program is given, to make a value of.
///
/// The stream is the cell's own, so whatever is taken of it moves no other value.
#[derive(Debug)]
pub struct Call {
    stream: Stream,
    /// The number of the row in its group, or among those of its parent, from 1.
    pub number: u64,
    /// The number of the row in its table, from 1.
    pub row: u64,
}

impl Call {
    /// The next number of the cell's stream.
    pub const fn bits(&mut self) -> u64 {
        self.stream.bits()
    }

    /// The next number of the cell's stream below a limit.
    pub const fn below(&mut self, limit: u64) -> u64 {
        self.stream.below(limit)
    }
}

/// The functions of the program, by their paths.
pub type Functions<'f> = &'f dyn Fn(&str, &mut Call) -> Option<Option<Value>>;

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
                ..Extent::default()
            };
            match &group.parents {
                None => extent.len = self.scaled(set, group, key("#")),
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

    /// The rows of a group without parents.
    fn scaled(&self, set: usize, group: &Group, key: StreamKey) -> u64 {
        let size = self.sets[set].as_ref().map_or(1.0, |placed| placed.loading.size);
        let count = draw(&group.count, &mut key.at(0));
        (count as f64 * size).round() as u64
    }

    /// How many rows of a group a parent has.
    fn children(&self, (set, table): (usize, usize), group: &Group, key: StreamKey, parent: &Row) -> u64 {
        let parents = group.lone.as_ref().and_then(|lone| self.extents(set, table)?.by_target.get(lone));
        if parents.is_some_and(|parents| parents.contains_key(&(parent.set, parent.table, parent.ordinal))) {
            return 0;
        }
        let count = draw(&group.count, &mut key.at(self.stream_of(parent)));
        // No more than there are rows to choose from, where each is chosen once.
        let limit = group.cells.iter().zip(&group.distinct).filter_map(|(cell, distinct)| match cell {
            Maker::Reference(reference) if *distinct == Distinct::OfParent => {
                self.candidates(reference, Some(parent)).ok().map(|candidates| candidates.len)
            }
            _ => None,
        });
        limit.fold(count, u64::min)
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

    fn pool_row(&self, pool: &Pool, mut place: u64) -> Made<Row> {
        for (set, table) in &pool.0 {
            let count = self.count(*set, *table);
            if place < count {
                // In the order in which they are visited.
                let written = &self.table(*set, *table).row_order;
                let ordinal = written.get(place as usize).map_or(place, |row| *row as u64);
                return self.row_at(*set, *table, ordinal);
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

    /// The rows that a reference may choose from.
    fn candidates(&self, reference: &Reference, parent: Option<&Row>) -> Made<Candidates<'_>> {
        let Some(same) = &reference.same else {
            return Ok(Candidates { parts: Vec::new(), len: self.pool_len(&reference.pool) });
        };
        let target = parent.map(|parent| self.target(parent, same)).transpose()?.flatten();
        let Some(target) = target else {
            return Err(Unmade(format!("no parent row says which `{same}` is meant")));
        };
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
            (Maker::Reference(reference), Place::Made { .. }) => {
                let chosen = self.chosen(row, reference, column)?;
                chosen.map(|chosen| (chosen.set, chosen.table, chosen.ordinal))
            }
            _ => None,
        })
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

    /// All values of a row.
    ///
    /// # Errors
    ///
    /// If one cannot be made.
    pub fn values(&self, row: &Row) -> Result<Vec<Option<Value>>, Unmade> {
        let columns = 0..self.table(row.set, row.table).columns.len();
        columns.map(|column| self.value(row, column)).collect()
    }

    /// The value of a row in a column.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub fn value(&self, row: &Row, column: usize) -> Result<Option<Value>, Unmade> {
        let rows = self.table(row.set, row.table);
        if let Some(placed) = self.sets[row.set].as_ref()
            && let Some(found) = placed.loading.found.get(row.table)
            && !found.is_empty()
            && let Some(key) = found.get(&row.ordinal)
            && let Some(place) = rows.key.iter().position(|part| *part == column)
        {
            return Ok(key.get(place).cloned().flatten());
        }
        let mut stream = match &row.place {
            Place::Written(_) => StreamKey::new(&[]).at(0),
            Place::Made { group, stream, .. } => {
                let extent = self.extents(row.set, row.table).and_then(|extents| extents.groups.get(*group));
                let key = extent.and_then(|extent| extent.keys.get(column).copied());
                key.unwrap_or_else(|| StreamKey::new(&[])).at(*stream)
            }
        };
        self.make(row, column, self.cell(row, column), &mut stream)
    }

    fn make(&self, row: &Row, column: usize, maker: &Maker, stream: &mut Stream) -> Made<Option<Value>> {
        let definition = || self.definition(row, column);
        Ok(match maker {
            Maker::Constant(value) => value.clone(),
            Maker::Number => {
                let bases = self.sets[row.set].as_ref().map(|placed| &placed.loading.bases);
                let base = bases.and_then(|bases| bases.get(row.table)).copied().unwrap_or(1);
                let number = i64::try_from(row.ordinal).ok().and_then(|ordinal| base.checked_add(ordinal));
                let number = number.ok_or_else(|| Unmade("there are no more numbers for rows".to_owned()))?;
                Some(Value::Integer(number))
            }
            Maker::Label { set, table, row: index, column } => {
                let named =
                    Row { set: *set, table: *table, ordinal: *index as u64, place: Place::Written(*index) };
                self.value(&named, *column)?
            }
            Maker::Parent { column } => match &row.place {
                Place::Made { parent: Some(parent), .. } => self.named(parent, column)?,
                Place::Made { parent: None, .. } | Place::Written(_) => None,
            },
            Maker::Pick(items, weights) => {
                let index = match self.distinct(row, column, items.len() as u64) {
                    Some(index) => index as usize,
                    None => match weights {
                        None => stream.below(items.len() as u64) as usize,
                        Some(sums) => chosen(sums.iter().copied(), stream),
                    },
                };
                match items.get(index) {
                    Some(item) => self.make(row, column, item, stream)?,
                    None => None,
                }
            }
            Maker::Fake(kind) => {
                let text = match kind.capacity().and_then(|capacity| self.distinct(row, column, capacity)) {
                    Some(number) => kind.nth(number, stream),
                    None => kind.value(stream),
                };
                Some(match definition().column_type {
                    ColumnType::Uuid => Value::Uuid(text),
                    _ => Value::Text(text),
                })
            }
            Maker::Text(template) => {
                let value = Value::Text(self.text(row, template)?);
                if let Some(misfit) = value.misfit(&definition().column_type) {
                    return Err(Unmade(format!(
                        "a text made for `{}` does not fit: {misfit}",
                        definition().name
                    )));
                }
                Some(value)
            }
            Maker::Reference(reference) => match self.chosen(row, reference, column)? {
                Some(chosen) => self.named(&chosen, &reference.column)?,
                None => None,
            },
            Maker::Cases { by, cases, otherwise } => {
                let value = self.gap(row, by)?;
                let case = cases.iter().find(|(case, _)| *case == value).map(|(_, maker)| maker);
                self.make(row, column, case.unwrap_or(otherwise), stream)?
            }
            Maker::Between { low, high, unit } => {
                let span = high.wrapping_sub(*low).cast_unsigned();
                let place = match span.checked_add(1) {
                    None => stream.bits(),
                    Some(size) => match self.distinct(row, column, size) {
                        Some(place) => place,
                        None => stream.below(size),
                    },
                };
                let number = low.wrapping_add(place.cast_signed());
                between(&definition().column_type, number, *unit)
            }
            Maker::BetweenFloat { low, high } => {
                float(&definition().column_type, low + (high - low) * stream.share(), (*low, *high))
            }
            Maker::Normal { mean, deviation, low, high } => {
                float(&definition().column_type, normal(stream, *mean, *deviation), (*low, *high))
            }
            Maker::LogNormal { median, sigma, low, high } => {
                float(&definition().column_type, log_normal(stream, *median, *sigma), (*low, *high))
            }
            Maker::Chance { share, then, otherwise } => {
                let maker = if stream.bits() >> 11 < *share { then } else { otherwise };
                self.make(row, column, maker, stream)?
            }
            Maker::Call(path) => {
                let number = match &row.place {
                    Place::Made { number, .. } => number + 1,
                    Place::Written(index) => *index as u64 + 1,
                };
                let mut call = Call { stream: stream.clone(), number, row: row.ordinal + 1 };
                let made = (self.functions)(path, &mut call);
                let made =
                    made.ok_or_else(|| Unmade(format!("this program has no function `{path}` for seeds")))?;
                if let Some(misfit) = made.as_ref().and_then(|value| value.misfit(&definition().column_type))
                {
                    return Err(Unmade(format!("`{path}` gave what is no value of its column: {misfit}")));
                }
                made
            }
        })
    }

    fn definition(&self, row: &Row, column: usize) -> &'s Column {
        let rows = self.table(row.set, row.table);
        // Every column that has values is one of the table's.
        &rows.table.columns[rows.columns[column].name.as_str()]
    }

    fn named(&self, row: &Row, column: &Name) -> Made<Option<Value>> {
        match self.table(row.set, row.table).column(column.as_str()) {
            Some(index) => self.value(row, index),
            None => Ok(None),
        }
    }

    /// The place of a row among those that differ in a column, put into an order that looks like none.
    fn distinct(&self, row: &Row, column: usize, size: u64) -> Option<u64> {
        let Place::Made { group, number, parent, .. } = &row.place else { return None };
        let rows = self.table(row.set, row.table);
        let extent = self.extents(row.set, row.table)?.groups.get(*group)?;
        let key = *extent.distinct.get(column)?;
        match rows.groups[*group].distinct[column] {
            Distinct::No => None,
            Distinct::OfTable => Some(permuted(key, row.ordinal - rows.rows.len() as u64, size)),
            Distinct::OfParent => {
                let parent = parent.as_ref().map_or(0, |parent| self.stream_of(parent));
                Some(permuted(key.of(parent), *number, size))
            }
        }
    }

    /// The row that a foreign key chooses.
    fn chosen(&self, row: &Row, reference: &Reference, column: usize) -> Made<Option<Row>> {
        let Place::Made { group, stream, parent, .. } = &row.place else { return Ok(None) };
        let extent = self.extents(row.set, row.table).and_then(|extents| extents.groups.get(*group));
        let key = extent.and_then(|extent| extent.references.get(&reference.key).copied());
        let mut stream = key.unwrap_or_else(|| StreamKey::new(&[])).at(*stream);
        if !reference.weights.is_empty() {
            let index = chosen(reference.weights.iter().map(|(_, sum)| *sum), &mut stream);
            let Some(((set, table, ordinal), _)) = reference.weights.get(index) else { return Ok(None) };
            return self.row_at(*set, *table, *ordinal as u64).map(Some);
        }
        // A column of this row itself says what must be the same, or else one of its parents.
        let own = reference.same.as_ref().is_some_and(|same| {
            self.table(row.set, row.table).column(same.as_str()).is_some_and(|index| index != column)
        });
        let above = if own { Some(row) } else { parent.as_deref() };
        let candidates = self.candidates(reference, above)?;
        let size = if reference.own { row.ordinal } else { candidates.len };
        if size == 0 {
            if self.definition(row, column).nullable {
                return Ok(None);
            }
            if reference.own {
                // The first row has none before it but itself.
                return Ok(Some(row.clone()));
            }
            return Err(Unmade(format!(
                "`{}` has no row that `{}` could reference",
                self.table(row.set, row.table).table.foreign_keys[reference.key.as_str()].references_table,
                self.definition(row, column).name
            )));
        }
        let place = self.distinct(row, column, size).unwrap_or_else(|| stream.below(size));
        if reference.own {
            return self.row_at(row.set, row.table, place).map(Some);
        }
        match &reference.same {
            None => self.pool_row(&reference.pool, place).map(Some),
            Some(_) => {
                candidates.at(place).map(|(set, table, ordinal)| self.row_at(set, table, ordinal)).transpose()
            }
        }
    }

    /// What fills a gap in a text.
    fn gap(&self, row: &Row, gap: &Gap) -> Made<Option<Value>> {
        let number = |number: u64| i64::try_from(number).ok().map(Value::Integer);
        match gap {
            Gap::Row => Ok(number(row.ordinal + 1)),
            Gap::Number => Ok(match &row.place {
                Place::Made { number: place, .. } => number(place + 1),
                Place::Written(index) => number(*index as u64 + 1),
            }),
            Gap::Own(column) => self.value(row, *column),
            Gap::Parent(steps, column) => {
                let mut above = Some(row);
                for _ in 0..*steps {
                    above = above.and_then(|row| match &row.place {
                        Place::Made { parent, .. } => parent.as_deref(),
                        Place::Written(_) => None,
                    });
                }
                above.map_or(Ok(None), |above| self.named(above, column))
            }
        }
    }

    fn text(&self, row: &Row, template: &Template) -> Made<String> {
        let mut text = String::with_capacity(32);
        for part in &template.0 {
            let (gap, filters) = match part {
                Part::Text(plain) => {
                    text.push_str(plain);
                    continue;
                }
                Part::Gap(gap, filters) => (gap, filters),
            };
            let mut filled = self.gap(row, gap)?.as_ref().map(plain).unwrap_or_default();
            for filter in filters {
                filled = filter.apply(&filled);
            }
            text.push_str(&filled);
        }
        Ok(text)
    }
}

/// The rows that a reference may choose from.
struct Candidates<'w> {
    parts: Vec<(usize, usize, Candidate<'w>)>,
    len: u64,
}

enum Candidate<'w> {
    These(&'w [u64]),
    Run(u64, u64),
}

impl Candidates<'_> {
    fn at(&self, mut place: u64) -> Option<Address> {
        for (set, table, candidate) in &self.parts {
            let (len, ordinal) = match candidate {
                Candidate::These(rows) => (rows.len() as u64, rows.get(place as usize).copied()),
                Candidate::Run(start, len) => (*len, (place < *len).then(|| start + place)),
            };
            if let Some(ordinal) = ordinal {
                return Some((*set, *table, ordinal));
            }
            place -= len;
        }
        None
    }
}

/// Tables of a set, each behind those whose rows its own are made for.
fn by_parents(definition: &SeedSet, set: usize) -> Vec<usize> {
    let mut order = Vec::new();
    let uses = |table: &SeedTable| -> Vec<usize> {
        let pools = table.groups.iter().flat_map(|group| {
            let references = group.cells.iter().filter_map(|cell| match cell {
                Maker::Reference(reference) if !reference.own => Some(&reference.pool),
                _ => None,
            });
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

fn between(column_type: &ColumnType, number: i64, unit: Unit) -> Option<Value> {
    match unit {
        Unit::One => Some(Value::Integer(number)),
        Unit::Scale(scale) => Some(Value::Decimal(decimal(number, scale))),
        Unit::Microseconds(unit) => time::value(column_type, number.checked_mul(unit)?),
    }
}

fn decimal(number: i64, scale: u32) -> String {
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale as usize + 1);
    let sign = if number < 0 { "-" } else { "" };
    match digits.split_at(digits.len() - scale as usize) {
        (whole, "") => format!("{sign}{whole}"),
        (whole, fraction) => format!("{sign}{whole}.{fraction}"),
    }
}

fn float(column_type: &ColumnType, number: f64, (low, high): (f64, f64)) -> Option<Value> {
    let number = number.clamp(low, high);
    match column_type {
        ColumnType::Real => Float::new(f64::from(number as f32)).map(Value::Float),
        ColumnType::Double => Float::new(number).map(Value::Float),
        ColumnType::Decimal { scale, .. } => {
            let power = 10_i64.pow((*scale).min(9)) as f64;
            Some(Value::Decimal(decimal((number * power).round() as i64, (*scale).min(9))))
        }
        _ => Some(Value::Integer(number.round() as i64)),
    }
}

/// A value as a text has it.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Value::Decimal(text)
        | Value::Text(text)
        | Value::Date(text)
        | Value::Time(text)
        | Value::Timestamp(text)
        | Value::TimestampTz(text)
        | Value::Uuid(text)
        | Value::Json(text) => text.clone(),
    }
}
