//! Uniqueness: that rows which are written out differ where they must, and that those which are made do by
//! construction. Whether there are enough values is arithmetic.

mod meet;

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeValue;

use super::draft::{Drafts, TablePart};
use super::table::unique_keys;
use super::{Checker, wrong};
use crate::seed::model::{Distinct, Gap, Group, Joint, Maker, Part, Pool, Reference};
use crate::seed::{Manifest, SeedRow, SeedSet, SeedTable};
use crate::text::counted;
use crate::{Code, Diagnostic, Name, Span};

/// Checks every table, and decides which columns of which groups are distinct.
pub(super) fn check(checker: &Checker<'_>, manifest: &Manifest, sets: &mut [SeedSet], drafts: &Drafts<'_>) {
    // The largest, because there are the most rows then.
    let largest = manifest
        .sizes
        .iter()
        .filter(|(_, size)| **size > 1.0)
        .max_by(|(_, one), (_, other)| one.total_cmp(other));
    let size = largest.map_or(1.0, |(_, size)| *size);
    let at = largest.map_or_else(String::new, |(name, _)| format!(" at size `{name}`"));
    for set in 0..sets.len() {
        for table in 0..sets[set].tables.len() {
            let part = &drafts.sets[set].parts[table];
            let keys = unique_keys(&part.table);
            for key in &keys {
                check_written(checker, part, &sets[set].tables[table], key);
            }
            let mut broken = Vec::new();
            for group in 0..sets[set].tables[table].groups.len() {
                let needed = Needed { sets, set, table, group, size, at: &at };
                let lone = keys.iter().find_map(|key| needed.lone(key));
                let by_schema = keys.iter().map(|key| (needed.decide(key), key.clone(), Wish::Schema));
                let by_word = needed.asked().map(|(column, decided)| {
                    (decided, vec![needed.table().columns[column].name.clone()], Wish::Author)
                });
                let all: Vec<_> = by_schema.chain(by_word).collect();
                let made = &mut sets[set].tables[table].groups[group];
                made.lone = lone;
                let mut joints = Vec::new();
                for (decided, key, wish) in all {
                    match decided {
                        Ok(None) => {}
                        Ok(Some(Decision::Column(column, distinct))) => {
                            made.distinct[column] = made.distinct[column].max(distinct);
                        }
                        Ok(Some(Decision::Together(joint))) => joints.push((joint, key)),
                        Err(problem) => {
                            broken.push((group, key.clone()));
                            checker.report(impossible(part, group, &key, problem, wish));
                        }
                    }
                }
                for (joint, key) in join(made, joints) {
                    let needed = Needed { sets, set, table, group, size, at: &at };
                    let names = needed.names(&joint.columns);
                    broken.push((group, key.clone()));
                    checker.report(impossible(
                        part,
                        group,
                        &key,
                        Problem::Claimed { columns: names },
                        Wish::Schema,
                    ));
                }
            }
            for key in &keys {
                check_groups(checker, part, &sets[set].tables[table], key, &broken);
            }
        }
    }
}

/// Keeps columns distinct together, but for those of which one is distinct by itself; the keys for which that cannot be,
/// because another key wants one of the columns as well.
fn join(group: &mut Group, joints: Vec<(Joint, Vec<Name>)>) -> Vec<(Joint, Vec<Name>)> {
    let mut left = Vec::new();
    for (joint, key) in joints {
        if joint.columns.iter().any(|column| group.distinct[*column] >= joint.distinct) {
            continue;
        }
        let is_free = |column: &usize| {
            group.distinct[*column] == Distinct::No
                && !group.joints.iter().any(|other| other.columns.contains(column))
        };
        match group.joints.contains(&joint) {
            true => {}
            false if joint.columns.iter().all(is_free) => group.joints.push(joint),
            false => left.push((joint, key)),
        }
    }
    left
}

/// Groups whose rows may agree in a unique key with those of a group before them.
fn check_groups(
    checker: &Checker<'_>,
    part: &TablePart<'_>,
    table: &SeedTable,
    key: &[Name],
    broken: &[(usize, Vec<Name>)],
) {
    let columns: Option<Vec<usize>> = key.iter().map(|name| table.column(name.as_str())).collect();
    let Some(columns) = columns else { return };
    let told = |group: usize| broken.iter().any(|(other, of)| *other == group && of == key);
    for (group, made) in table.groups.iter().enumerate() {
        let meets = |(other, before): (usize, &Group)| {
            !told(other)
                && !columns.iter().any(|column| meet::apart(before, made, *column))
                && !meet::share(before, made, &columns)
        };
        if !told(group) && table.groups[..group].iter().enumerate().any(meets) {
            let is_own = |column: &&usize| !matches!(made.cells[**column], Maker::Parent { .. });
            let Some(column) = columns.iter().find(is_own).or_else(|| columns.first()) else { continue };
            let problem = Problem::Otherwise { column: table.columns[*column].name.clone() };
            checker.report(impossible(part, group, key, problem, Wish::Schema));
        }
    }
}

/// Who wants values to differ.
#[derive(Clone, Copy)]
enum Wish {
    /// A unique key.
    Schema,
    /// The word `distinct`.
    Author,
}

/// Rows that are written out and agree in a unique key.
fn check_written(checker: &Checker<'_>, part: &TablePart<'_>, table: &SeedTable, key: &[Name]) {
    let columns: Option<Vec<usize>> = key.iter().map(|name| table.column(name.as_str())).collect();
    let Some(columns) = columns else { return };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (index, row) in table.rows.iter().enumerate() {
        let cells = || columns.iter().map(|column| &row.cells[*column]);
        // What is NULL, or a number of its own, agrees with nothing.
        if cells().any(|cell| matches!(cell, Maker::Constant(None) | Maker::Number)) {
            continue;
        }
        let text = cells().map(|cell| format!("{cell:?}")).collect::<Vec<_>>().join("\n");
        let Some(first) = seen.insert(text, index) else { continue };
        let [(here, row), (before, other)] = [index, first].map(|index| row_place(part, table, index));
        let names: Vec<&str> = key.iter().map(Name::as_str).collect();
        checker.report(
            Diagnostic::new(
                Code::COLLIDING_ROWS,
                format!("two rows of `{}` agree in `{}`, which is unique", part.name(), names.join("`, `")),
            )
            .label(here, format!("this {row}"))
            .label(before, format!("and this {other}"))
            .help("change one of them, or remove it"),
        );
    }
}

/// Where a row is written, and which one it is of those that a file of data has.
fn row_place(part: &TablePart<'_>, table: &SeedTable, index: usize) -> (Span, String) {
    let label = table.rows[index].label.as_deref();
    let written = part.entry("rows").and_then(|entry| match entry.value {
        DeValue::Table(rows) => Some(rows),
        _ => None,
    });
    let own = written.and_then(|rows| rows.iter().find(|(key, _)| Some(key.get_ref().as_ref()) == label));
    if let Some((key, _)) = own {
        return (Span::new(part.text.source, key.span()), "row".to_owned());
    }
    // Rows of the file stand behind those that are written here.
    let number = (index + 1).saturating_sub(written.map_or(0, |rows| rows.len()));
    let span = part.entry("source").map_or(part.span, |entry| entry.key_span);
    (span, format!("row, the {number}. of the file"))
}

/// The place of a group: its header.
pub(super) fn group_span(part: &TablePart<'_>, group: usize) -> Span {
    let entry = part.entry("generate");
    let value = entry.and_then(|entry| match entry.value {
        DeValue::Array(groups) => groups.get(group).map(|value| value.span()),
        _ => None,
    });
    value.map_or(part.span, |range| Span::new(part.text.source, range.start..range.end))
}

fn impossible(part: &TablePart<'_>, group: usize, key: &[Name], problem: Problem, wish: Wish) -> Diagnostic {
    let wish = match wish {
        Wish::Schema => "which is unique",
        Wish::Author => "which is to be distinct",
    };
    let names: Vec<&str> = key.iter().map(Name::as_str).collect();
    let names = names.join("`, `");
    let span = group_span(part, group);
    let code = Code::IMPOSSIBLE_UNIQUENESS;
    match problem {
        Problem::TooFew { rows, values, at, columns } => wrong(
            code,
            format!("{rows} rows of `{}`{at} need different values of `{names}`, and there are {values}", part.name()),
            span,
            &format!("`{columns}` has {} to choose from", counted(values, "value")),
        )
        .help("make fewer rows, or choose from more values; `text` with `{row}` has no end of them"),
        Problem::Claimed { columns } => wrong(
            code,
            format!("two unique keys of `{}` want the same columns to differ", part.name()),
            span,
            &format!("`{columns}` are those of `{names}` and of another"),
        )
        .help("make a column of one of them of more values, or of `text` with `{row}`"),
        Problem::Otherwise { column } => wrong(
            code,
            format!("groups of `{}` make values of `{names}`, {wish}, in different ways", part.name()),
            span,
            &format!("those of `{column}` may meet those of another group"),
        )
        .help("make them in one group, or of values that begin, end or lie where those of no other group do, as `text` with `{row}` and words of its own"),
        Problem::Alike { within } => {
            let help = match within {
                true => "make one of its columns of `text` with `{n}`, of `pick`, or of another generator that has enough values, or make one row for each parent",
                false => "make one of its columns of `text` with `{row}`, of `between`, `pick` or `fake`, or of another generator that has enough values",
            };
            wrong(
                code,
                format!("nothing keeps rows of `{}` from agreeing in `{names}`, {wish}", part.name()),
                span,
                "made here",
            )
            .help(help)
        }
    }
}

enum Problem {
    TooFew { rows: u64, values: u64, at: String, columns: String },
    Alike { within: bool },
    Claimed { columns: String },
    Otherwise { column: Name },
}

/// How rows come to differ.
enum Decision {
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
struct Needed<'s> {
    sets: &'s [SeedSet],
    set: usize,
    table: usize,
    group: usize,
    size: f64,
    /// At which size, in words.
    at: &'s str,
}

impl Needed<'_> {
    fn table(&self) -> &SeedTable {
        &self.sets[self.set].tables[self.table]
    }

    fn group(&self) -> &Group {
        &self.table().groups[self.group]
    }

    /// Which columns of a key are to be distinct, if that is left to be decided.
    fn decide(&self, key: &[Name]) -> Result<Option<Decision>, Problem> {
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

    fn names(&self, columns: &[usize]) -> String {
        let names = columns.iter().map(|column| self.table().columns[*column].name.as_str());
        names.collect::<Vec<_>>().join("`, `")
    }

    /// The columns that choose rows of which none is to come twice, and what comes of that.
    fn asked(&self) -> impl Iterator<Item = (usize, Result<Option<Decision>, Problem>)> {
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
    fn lone(&self, key: &[Name]) -> Option<Name> {
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
