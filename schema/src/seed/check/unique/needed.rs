//! What a group needs, so that its rows differ where they must.

use std::collections::BTreeSet;

use super::meet;
use super::problem::Problem;
use crate::Name;
use crate::seed::model::{Distinct, Gap, Group, Joint, Maker, Part, Pool, Reference};
use crate::seed::{SeedRow, SeedSet, SeedTable};

/// How rows come to differ.
pub(super) enum Decision {
    /// In a column.
    Column(usize, Distinct),
    /// In several together.
    Together(Joint),
}

/// How far values of a column differ.
enum Spread {
    /// They may agree.
    Alike,
    /// They differ among those of one parent.
    OfParent,
    /// They differ in the whole table.
    OfTable,
    /// They can be made to differ, if there are no more than so many.
    Can(u64),
    /// Those of one parent can be made to differ, and no more rows are made than there are of them.
    CanOfParent(Others),
    /// They are the parent's.
    Parent,
}

/// What the values of one parent have to do with those of another.
enum Others {
    /// They may be the same.
    Alike,
    /// They never are.
    Apart,
}

#[derive(Clone, Copy)]
pub(super) struct Needed<'s> {
    pub(super) sets: &'s [SeedSet],
    pub(super) set: usize,
    pub(super) table: usize,
    pub(super) group: usize,
    pub(super) size: f64,
    /// At which size, in words.
    pub(super) at: &'s str,
}

impl Needed<'_> {
    pub(super) fn table(&self) -> &SeedTable {
        &self.sets[self.set].tables[self.table]
    }

    fn group(&self) -> &Group {
        &self.table().groups[self.group]
    }

    /// Which columns of a key are to be distinct, if that is left to be decided.
    pub(super) fn decide(&self, key: &[Name]) -> Result<Option<Decision>, Problem> {
        let columns: Option<Vec<usize>> = key.iter().map(|name| self.table().column(name.as_str())).collect();
        // What only the database fills in is its business.
        let Some(columns) = columns else { return Ok(None) };
        let spreads: Vec<(usize, Spread)> =
            columns.iter().map(|column| (*column, self.spread(*column))).collect();
        if spreads.iter().any(|(_, spread)| matches!(spread, Spread::OfTable)) {
            return Ok(None);
        }
        if columns.iter().any(|column| matches!(self.group().cells[*column], Maker::Constant(None))) {
            return Ok(None);
        }
        let within = spreads.iter().any(|(_, spread)| matches!(spread, Spread::Parent));
        if within && spreads.iter().any(|(_, spread)| matches!(spread, Spread::OfParent)) {
            return Ok(None);
        }
        let rows = match within {
            true => self.group().count.greatest(),
            false => self.made(self.set, self.table, 0),
        };
        // One row can only meet one that is written out.
        let is_lone = rows <= 1;
        if is_lone && self.table().rows.is_empty() {
            return Ok(None);
        }
        let apart = |spread: &Spread| matches!(spread, Spread::CanOfParent(Others::Apart));
        if let Some((column, _)) = spreads.iter().find(|(_, spread)| apart(spread)) {
            return Ok(Some(Decision::Column(*column, Distinct::OfParent)));
        }
        let can = spreads.iter().filter_map(|(column, spread)| match spread {
            Spread::Can(values) => Some((*values, *column)),
            Spread::CanOfParent(_) if within => Some((u64::MAX, *column)),
            _ => None,
        });
        let can: Vec<(u64, usize)> = can.collect();
        let Some((values, column)) = can.iter().copied().max() else {
            return if is_lone { Ok(None) } else { Err(Problem::Alike { within }) };
        };
        let distinct = if within { Distinct::OfParent } else { Distinct::OfTable };
        // A parent of which there are rows already has so many fewer of those that are made.
        let values = if within { values } else { self.left(column, values) };
        if values >= rows {
            return Ok(Some(Decision::Column(column, distinct)));
        }
        // Not by itself, but by all that can be put together.
        let columns: Vec<usize> = can.iter().map(|(_, column)| *column).collect();
        let written = if within { 0 } else { self.table().rows.len() as u64 };
        let pairs = can.iter().fold(1_u64, |all, (values, _)| all.saturating_mul(*values));
        let pairs = pairs.saturating_sub(written);
        match columns.len() {
            0 | 1 => {
                Err(Problem::TooFew { rows, values, at: self.at.to_owned(), columns: self.names(&[column]) })
            }
            _ if pairs < rows => Err(Problem::TooFew {
                rows,
                values: pairs,
                at: self.at.to_owned(),
                columns: self.names(&columns),
            }),
            _ => Ok(Some(Decision::Together(Joint { columns, distinct }))),
        }
    }

    pub(super) fn names(&self, columns: &[usize]) -> String {
        let names = columns.iter().map(|column| self.table().columns[*column].name.as_str());
        names.collect::<Vec<_>>().join("`, `")
    }

    /// The columns that choose rows of which none is to come twice, and what comes of that.
    pub(super) fn asked(&self) -> impl Iterator<Item = (usize, Result<Option<Decision>, Problem>)> {
        let cells = self.group().cells.iter().enumerate();
        let asked = cells.filter_map(|(column, cell)| {
            let reference = cell.references().into_iter().find(|reference| reference.distinct)?;
            Some((column, self.keep_distinct(column, reference)))
        });
        asked.collect::<Vec<_>>().into_iter()
    }

    fn keep_distinct(&self, column: usize, reference: &Reference) -> Result<Option<Decision>, Problem> {
        let (rows, distinct) = match self.group().parents {
            Some(_) => (self.group().count.greatest(), Distinct::OfParent),
            None => (self.made(self.set, self.table, 0), Distinct::OfTable),
        };
        let spread = match self.spread_of(column, reference) {
            Spread::Can(values) if distinct == Distinct::OfTable => Spread::Can(self.left(column, values)),
            spread => spread,
        };
        match spread {
            Spread::Can(values) if values < rows => {
                Err(Problem::TooFew { rows, values, at: self.at.to_owned(), columns: self.names(&[column]) })
            }
            Spread::Can(_) => Ok(Some(Decision::Column(column, distinct))),
            Spread::CanOfParent(_) => Ok(Some(Decision::Column(column, Distinct::OfParent))),
            _ => Err(Problem::Alike { within: self.group().parents.is_some() }),
        }
    }

    /// The column that names the parent, in a key of which there can be one row for each: that column alone, or where
    /// the one row of a parent may be what one that is written out is already.
    pub(super) fn lone(&self, key: &[Name]) -> Option<Name> {
        let columns: Vec<usize> =
            key.iter().map(|name| self.table().column(name.as_str())).collect::<Option<_>>()?;
        let is_parent = |column: &&usize| matches!(self.group().cells[**column], Maker::Parent { .. });
        let parent = *columns.iter().find(is_parent)?;
        let others = || columns.iter().filter(|column| **column != parent);
        let differs = || others().any(|column| matches!(self.spread(*column), Spread::OfTable));
        let meets = |row: &SeedRow| {
            others().all(|column| !meet::cells(&self.group().cells[*column], &row.cells[*column]))
        };
        let is_lone = columns.len() == 1
            || (self.group().count.greatest() <= 1
                && !differs()
                && matches!(self.decide(key), Ok(None))
                && self.table().rows.iter().any(meets));
        is_lone.then(|| self.table().columns[parent].name.clone())
    }

    /// How many of the values that a column has to choose from no row has that is written out.
    fn left(&self, column: usize, values: u64) -> u64 {
        let rows = &self.table().rows;
        let taken: BTreeSet<String> = match &self.group().cells[column] {
            Maker::Reference(reference) => {
                let pool = &reference.pool.0;
                let inside = |cell: &&Maker| matches!(cell, Maker::Label { set, table, .. } if pool.contains(&(*set, *table)));
                rows.iter()
                    .map(|row| &row.cells[column])
                    .filter(inside)
                    .map(|cell| format!("{cell:?}"))
                    .collect()
            }
            cell => {
                let constants = rows.iter().map(|row| &row.cells[column]);
                let constants = constants.filter(|written| matches!(written, Maker::Constant(Some(_))));
                constants
                    .filter(|written| !meet::cells(cell, written))
                    .map(|cell| format!("{cell:?}"))
                    .collect()
            }
        };
        match self.group().cells[column] {
            Maker::Reference(_) | Maker::Pick(..) | Maker::Between { .. } => {
                values.saturating_sub(taken.len() as u64)
            }
            _ => values,
        }
    }

    fn spread(&self, column: usize) -> Spread {
        let group = self.group();
        match &group.cells[column] {
            Maker::Number => Spread::OfTable,
            // A function answers for itself, and so does a database.
            Maker::Call(_) => Spread::OfTable,
            Maker::Parent { .. } => Spread::Parent,
            Maker::Pick(items, _) if items.iter().all(|item| matches!(item, Maker::Constant(Some(_)))) => {
                let mut texts: Vec<String> = items.iter().map(|item| format!("{item:?}")).collect();
                texts.sort();
                texts.dedup();
                match texts.len() == items.len() {
                    true => Spread::Can(items.len() as u64),
                    false => Spread::Alike,
                }
            }
            Maker::Fake(kind) => kind.capacity().map_or(Spread::Alike, Spread::Can),
            Maker::Between { low, high, .. } => {
                Spread::Can(high.wrapping_sub(*low).cast_unsigned().saturating_add(1))
            }
            Maker::Reference(reference) => self.spread_of(column, reference),
            Maker::Text(template) => {
                let lone = |at: usize| {
                    // Digits that touch would say 1, 11 and 11, 1 alike.
                    let touches = |other: Option<&Part>| matches!(other, Some(Part::Gap(..)));
                    !touches(template.0.get(at + 1))
                        && !touches(at.checked_sub(1).and_then(|at| template.0.get(at)))
                };
                let gaps = || template.0.iter().enumerate().filter(|(at, _)| lone(*at)).map(|(_, part)| part);
                let plain = |wanted: &dyn Fn(&Gap) -> bool| {
                    gaps().any(|part| match part {
                        Part::Gap(gap, filters) => {
                            wanted(gap)
                                && filters
                                    .iter()
                                    .all(|filter| matches!(filter, crate::seed::model::Filter::Pad(_)))
                        }
                        Part::Text(_) => false,
                    })
                };
                let own_number = |gap: &Gap| matches!(gap, Gap::Own(column) if matches!(group.cells[*column], Maker::Number));
                let numbered = plain(&|gap| *gap == Gap::Number);
                let parent = plain(&|gap| match gap {
                    Gap::Parent(1, column) => self.tells_parents_apart(column),
                    Gap::Own(column) => match &group.cells[*column] {
                        Maker::Parent { column } => self.tells_parents_apart(column),
                        _ => false,
                    },
                    _ => false,
                });
                let whole = numbered && (parent || group.parents.is_none());
                let lone = parent && group.count.greatest() <= 1;
                if whole || lone || plain(&|gap| *gap == Gap::Row) || plain(&own_number) {
                    Spread::OfTable
                } else if numbered {
                    Spread::OfParent
                } else {
                    Spread::Alike
                }
            }
            Maker::Constant(_)
            | Maker::Pick(..)
            | Maker::Label { .. }
            | Maker::Cases { .. }
            | Maker::BetweenFloat { .. }
            | Maker::Normal { .. }
            | Maker::LogNormal { .. }
            | Maker::Chance { .. } => Spread::Alike,
        }
    }

    fn spread_of(&self, column: usize, reference: &Reference) -> Spread {
        // Each row chooses among those before it, so the first one has none of its own.
        if reference.own || !reference.weights.is_empty() {
            return Spread::Alike;
        }
        let Some(same) = &reference.same else { return Spread::Can(self.pool(&reference.pool)) };
        match self.table().column(same.as_str()).filter(|own| *own != column) {
            None if self.group().parents.is_some() => Spread::CanOfParent(Others::Alike),
            // Who has another parent chooses among other rows.
            Some(own) if matches!(self.group().cells[own], Maker::Parent { .. }) => {
                Spread::CanOfParent(Others::Apart)
            }
            // What each row chooses among, only that row knows.
            Some(_) | None => Spread::Alike,
        }
    }

    /// Whether no two parents agree in a column.
    fn tells_parents_apart(&self, column: &Name) -> bool {
        let pool = self.group().parents.iter().flat_map(|pool| &pool.0);
        let mut tables = pool.map(|(set, table)| &self.sets[*set].tables[*table].table);
        tables.all(|table| table.is_unique(std::slice::from_ref(column)))
    }

    /// The most rows that are made of a table.
    fn made(&self, set: usize, table: usize, depth: usize) -> u64 {
        let groups = self.sets[set].tables[table].groups.iter();
        let group = |group: &Group| {
            let count = group.count.greatest();
            match &group.parents {
                None => (count as f64 * self.size).round() as u64,
                // Circles are reported elsewhere.
                Some(_) if depth > 16 => u64::MAX,
                Some(pool) => {
                    let parents = pool.0.iter().map(|(set, table)| self.rows(*set, *table, depth + 1));
                    count.saturating_mul(parents.fold(0, u64::saturating_add))
                }
            }
        };
        groups.map(group).fold(0, u64::saturating_add)
    }

    fn rows(&self, set: usize, table: usize, depth: usize) -> u64 {
        (self.sets[set].tables[table].rows.len() as u64).saturating_add(self.made(set, table, depth))
    }

    fn pool(&self, pool: &Pool) -> u64 {
        pool.0.iter().map(|(set, table)| self.rows(*set, *table, 0)).fold(0, u64::saturating_add)
    }
}
