//! What is in the rows of seeds.

use std::collections::BTreeMap;

use super::super::model::{Gap, Maker, Part, Reference, Template, Unit};
use super::super::values::stream::{Stream, StreamKey};
use super::super::values::{log_normal, normal, time};
use super::candidates::Candidates;
use super::{Address, Call, Made, Place, Row, Unmade, World, chosen};
use crate::{Column, ColumnType, Float, Name, Plain, Value};

impl<'s> World<'s> {
    /// All values of a row.
    ///
    /// # Errors
    ///
    /// If one cannot be made.
    pub fn values(&self, row: &Row) -> Result<Vec<Option<Value>>, Unmade> {
        let mut values = Vec::with_capacity(self.table(row.set, row.table).columns.len());
        self.append_values(row, &mut values)?;
        Ok(values)
    }

    /// Appends all values of a row to others.
    ///
    /// # Errors
    ///
    /// If one cannot be made; those before it are appended.
    pub fn append_values(&self, row: &Row, values: &mut Vec<Option<Value>>) -> Result<(), Unmade> {
        for column in 0..self.table(row.set, row.table).columns.len() {
            values.push(self.value(row, column)?);
        }
        Ok(())
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
        // What is inside of another generator was not counted.
        let whole = std::ptr::eq(maker, self.cell(row, column));
        let distinct = |size: u64| if whole { self.distinct(row, column, size) } else { None };
        Ok(match maker {
            Maker::Constant(value) => value.clone(),
            Maker::Number => Some(self.number((row.set, row.table, row.ordinal))?),
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
                let index = match distinct(items.len() as u64) {
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
                let text = match kind.capacity().and_then(distinct) {
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
                Some(chosen) => self.value_at(chosen, &reference.column)?,
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
                    Some(size) => match distinct(size) {
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
        &rows.table.columns[rows.columns[column].place]
    }

    /// What the database would number a row.
    fn number(&self, (set, table, ordinal): Address) -> Made<Value> {
        let bases = self.sets[set].as_ref().map(|placed| &placed.loading.bases);
        let base = bases.and_then(|bases| bases.get(table)).copied().unwrap_or(1);
        let number = i64::try_from(ordinal).ok().and_then(|ordinal| base.checked_add(ordinal));
        number.map(Value::Integer).ok_or_else(|| Unmade("there are no more numbers for rows".to_owned()))
    }

    /// The value of the row at a place. Its number is known without the row, which would have to be looked for among
    /// the children of all parents.
    fn value_at(&self, (set, table, ordinal): Address, column: &Name) -> Made<Option<Value>> {
        let rows = self.table(set, table);
        let Some(index) = rows.column(column.as_str()) else { return Ok(None) };
        let found = self.sets[set].as_ref().and_then(|placed| placed.loading.found.get(table));
        let cell = match rows.rows.get(ordinal as usize) {
            Some(written) => written.cells.get(index),
            None => self.extents(set, table).and_then(|extents| {
                let group = extents.groups.iter().position(|group| ordinal < group.start + group.len)?;
                rows.groups[group].cells.get(index)
            }),
        };
        match cell {
            Some(Maker::Number) if found.is_none_or(BTreeMap::is_empty) => {
                self.number((set, table, ordinal)).map(Some)
            }
            _ => self.value(&self.row_at(set, table, ordinal)?, index),
        }
    }

    fn named(&self, row: &Row, column: &Name) -> Made<Option<Value>> {
        match self.table(row.set, row.table).column(column.as_str()) {
            Some(index) => self.value(row, index),
            None => Ok(None),
        }
    }

    /// Where the row is that a foreign key chooses.
    pub(super) fn chosen(&self, row: &Row, reference: &Reference, column: usize) -> Made<Option<Address>> {
        let Place::Made { group, stream, parent, .. } = &row.place else { return Ok(None) };
        let extent = self.extents(row.set, row.table).and_then(|extents| extents.groups.get(*group));
        let key = extent.and_then(|extent| extent.references.get(&reference.key).copied());
        let mut stream = key.unwrap_or_else(|| StreamKey::new(&[])).at(*stream);
        if !reference.weights.is_empty() {
            let index = chosen(reference.weights.iter().map(|(_, sum)| *sum), &mut stream);
            let Some(((set, table, ordinal), _)) = reference.weights.get(index) else { return Ok(None) };
            return Ok(Some((*set, *table, *ordinal as u64)));
        }
        // A column of this row itself says what must be the same, or else one of its parents.
        let own = reference.same.as_ref().is_some_and(|same| {
            self.table(row.set, row.table).column(same.as_str()).is_some_and(|index| index != column)
        });
        let above = if own { Some(row) } else { parent.as_deref() };
        let candidates = match (reference.own, reference.same.is_some()) {
            (false, _) => self.candidates(reference, above)?,
            (true, false) => Candidates::of_run(row.set, row.table, row.ordinal),
            (true, true) => self.before(row, reference, above)?,
        };
        let size = candidates.len;
        if size == 0 {
            if self.definition(row, column).nullable {
                return Ok(None);
            }
            if reference.own {
                // The first row has none before it but itself.
                return Ok(Some((row.set, row.table, row.ordinal)));
            }
            let rows = &self.table(row.set, row.table).table;
            let same = reference.same.as_ref();
            return Err(Unmade(format!(
                "`{}` has no row{} that `{}.{}` could reference",
                rows.foreign_keys[reference.key.as_str()].references_table,
                same.map_or_else(String::new, |same| format!(" with the same `{same}`")),
                rows.name,
                self.definition(row, column).name
            )));
        }
        let once = reference.distinct
            || matches!(self.cell(row, column), Maker::Reference(whole) if std::ptr::eq(whole, reference));
        let place = if once { self.distinct(row, column, size) } else { None };
        let place = place.unwrap_or_else(|| stream.below(size));
        match reference.own || reference.same.is_some() {
            true => Ok(candidates.at(place)),
            false => self.pool_address(&reference.pool, place).map(Some),
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
fn plain(value: &Value) -> String {
    match value.plain() {
        Plain::Boolean(truth) => truth.to_string(),
        Plain::Integer(number) => number.to_string(),
        Plain::Float(number) => number.to_string(),
        Plain::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Plain::Text(text) => text.to_owned(),
    }
}
