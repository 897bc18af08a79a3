//! Rows for the tables of a schema that a plausible bug would lose or damage.
//!
//! Always the same for the same schema: there is no chance in them, and no clock. They keep every
//! constraint, because SQLite is asked: a row that it refuses is tried with other values, those at
//! fault first, and plainer ones each time.

mod choice;
mod hint;
mod narrow;
#[cfg(test)]
mod tests;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use whimbrel_schema::{Column, ColumnType, Dialect, ForeignKey, Name, Schema, Table};

use self::choice::Choice;
pub(super) use self::narrow::{Narrowed, narrow};
use crate::driver::{Cell, Driver, Fault, Row, ident};
use crate::error::Error;

/// Fills the tables of a database that has just been created from this schema. A table that takes none
/// of the rows that are tried stays empty.
pub(crate) fn fill(driver: &mut dyn Driver, schema: &Schema) -> Result<(), Error> {
    let failed = |fault: Fault| Error::from(fault).context("rows cannot be made");
    // Rows of tables that reference each other in a circle come one after the other, and so do rows
    // that reference a later one of their own table.
    driver.execute("PRAGMA foreign_keys = OFF", &[]).map_err(failed)?;
    driver.execute("BEGIN", &[]).map_err(failed)?;
    let order = parents_first(schema);
    let mut filler = Filler { schema, rows: BTreeMap::new(), waiting: BTreeSet::new(), later: Vec::new() };
    filler.waiting = order.iter().map(|table| &table.name).collect();
    for table in order {
        filler.fill(driver, table);
        filler.waiting.remove(&table.name);
    }
    filler.complete(driver);
    remove_orphans(driver, schema).map_err(failed)?;
    leave_gaps(driver, schema).map_err(failed)?;
    driver.execute("COMMIT", &[]).map_err(failed)?;
    driver.execute("PRAGMA foreign_keys = ON", &[]).map_err(failed)?;
    Ok(())
}

/// The tables, each after those that it references; a circle is entered somewhere.
fn parents_first(schema: &Schema) -> Vec<&Table> {
    fn visit<'a>(
        schema: &'a Schema,
        table: &'a Table,
        seen: &mut BTreeSet<&'a Name>,
        order: &mut Vec<&'a Table>,
    ) {
        if !seen.insert(&table.name) {
            return;
        }
        for key in here(table) {
            if let Some(parent) = schema.table(key.references_table.as_str()) {
                visit(schema, parent, seen, order);
            }
        }
        order.push(table);
    }
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    for table in schema.tables.values() {
        visit(schema, table, &mut seen, &mut order);
    }
    order
}

/// The foreign keys that SQLite has.
fn here(table: &Table) -> impl Iterator<Item = &ForeignKey> {
    table.foreign_keys.values().filter(|key| key.only.includes(Dialect::Sqlite))
}

type Values = BTreeMap<Name, Cell>;

struct Filler<'a> {
    schema: &'a Schema,
    /// The rows that are there.
    rows: BTreeMap<Name, Vec<Values>>,
    /// The tables whose turn has not ended.
    waiting: BTreeSet<&'a Name>,
    /// References that wait for their parents.
    later: Vec<Later<'a>>,
}

/// A row whose reference was left NULL, because there is no parent yet.
struct Later<'a> {
    table: &'a Table,
    key: &'a ForeignKey,
    row: Values,
}

/// A table as it is filled.
struct Plan<'a> {
    table: &'a Table,
    columns: Vec<Planned<'a>>,
    /// The foreign keys, the widest first: where two share columns, the narrower one follows.
    keys: Vec<&'a ForeignKey>,
    /// How many rows are tried.
    count: usize,
    numbers_rows: bool,
}

/// A column with the values that it may get.
struct Planned<'a> {
    column: &'a Column,
    position: usize,
    special: Vec<Cell>,
    hints: Vec<Cell>,
    /// Whether two rows may have to differ in it.
    distinct: bool,
}

/// How many rows a table gets, as far as its columns do not ask for more.
const FEWEST: usize = 6;
const MOST: usize = 10;
/// Every value of an enum should be there; one with more is not worth the time.
const MOST_VALUES: usize = 40;
/// How often a row is tried.
const ATTEMPTS: usize = 40;
/// After how many rows in a row that could not be made a table is given up.
const GIVEN_UP: usize = 3;

impl<'a> Filler<'a> {
    fn fill(&mut self, driver: &mut dyn Driver, table: &'a Table) {
        let plan = Plan::of(self.schema, table);
        let mut choices = choice::Memory::default();
        let mut failures = 0;
        for number in 0..plan.count {
            let mut choice = Choice::default();
            let mut made = false;
            for _ in 0..ATTEMPTS {
                let Some((row, waiting)) = self.row(&plan, number, &choice) else { break };
                match insert(driver, &plan, number, &row) {
                    Ok(()) => {
                        choices.remember(&choice);
                        let later = |key| Later { table, key, row: row.clone() };
                        self.later.extend(waiting.into_iter().map(later));
                        self.rows.entry(table.name.clone()).or_default().push(row);
                        made = true;
                        break;
                    }
                    Err(fault) => choice.learn(&plan, &fault.message, &choices, number),
                }
            }
            failures = if made { 0 } else { failures + 1 };
            if failures == GIVEN_UP {
                break;
            }
        }
    }

    /// Row number `number` of a table, and the references in it that wait for their parents; none if a
    /// parent that it must have is not there.
    fn row(&self, plan: &Plan<'a>, number: usize, choice: &Choice) -> Option<(Values, Vec<&'a ForeignKey>)> {
        let mut row = Values::new();
        let mut waiting = Vec::new();
        let mut own: Vec<(&Name, &Name)> = Vec::new();
        for (position, key) in plan.keys.iter().enumerate() {
            let open: Vec<(&Name, &Name)> = key
                .columns
                .iter()
                .zip(&key.references_columns)
                .filter(|(column, _)| !row.contains_key(*column))
                .collect();
            if open.is_empty() {
                continue;
            }
            let nullable = |(column, _): &&(&Name, &Name)| plan.is_nullable(column);
            let optional = open.iter().any(|pair| nullable(&pair));
            let offset = key.columns.iter().map(|column| choice.offset(column)).max().unwrap_or(0);
            let is_self = key.references_table == plan.table.name;
            let wants_none = optional && offset == 0 && (number + position) % 4 == 3;
            let to_itself = is_self && number == 2 && offset == 0;
            let parent = match wants_none || to_itself {
                true => None,
                // Two rows in a row have the same parent, so that there are families.
                false => self.parent(key, &row, number / 2 + offset),
            };
            let pending = self.waiting.contains(&key.references_table);
            match parent {
                Some(parent) => {
                    for (column, references) in open {
                        row.insert(column.clone(), parent.get(references).cloned().unwrap_or(Cell::Null));
                    }
                }
                None if optional && !to_itself => {
                    if pending && !is_self && !wants_none {
                        waiting.push(*key);
                    }
                    for (column, _) in open.iter().filter(nullable) {
                        row.insert((*column).clone(), Cell::Null);
                    }
                }
                None if is_self => own.extend(open),
                None if pending => {
                    // What the parent's row with the same number is most likely to have.
                    let parent = self.schema.table(key.references_table.as_str())?;
                    for (column, references) in open {
                        let expected =
                            Planned::of(self.schema, parent, parent.column(references.as_str())?, 0);
                        row.insert(column.clone(), expected.usual(self.schema, number, 0));
                    }
                }
                None => return None,
            }
        }
        for planned in &plan.columns {
            let name = &planned.column.name;
            if !row.contains_key(name) && !own.iter().any(|(column, _)| *column == name) {
                row.insert(name.clone(), planned.value(self.schema, plan.count, number, choice));
            }
        }
        for (column, references) in own {
            let value = row.get(references).cloned().unwrap_or(Cell::Null);
            row.insert(column.clone(), value);
        }
        Some((row, waiting))
    }

    /// A row to reference that agrees with what the row has already.
    fn parent(&self, key: &ForeignKey, row: &Values, from: usize) -> Option<&Values> {
        let parents = self.rows.get(&key.references_table)?;
        let fits = |parent: &&Values| {
            key.columns.iter().zip(&key.references_columns).all(|(column, references)| {
                let value = parent.get(references);
                value.is_some_and(|value| {
                    *value != Cell::Null && row.get(column).is_none_or(|known| known == value)
                })
            })
        };
        (0..parents.len()).filter_map(|step| parents.get((from + step) % parents.len())).find(fits)
    }

    /// Gives the references that were left open their parents, where the constraints let them.
    fn complete(&self, driver: &mut dyn Driver) {
        for (number, Later { table, key, row }) in self.later.iter().enumerate() {
            let identity = table.key_columns();
            let Some(parent) = self.parent(key, &Values::new(), number) else { continue };
            if identity.is_empty() {
                continue;
            }
            let set: Vec<String> =
                key.columns.iter().map(|column| format!("{} = ?", ident(column.as_str()))).collect();
            let rows: Vec<String> =
                identity.iter().map(|column| format!("{} = ?", ident(column.as_str()))).collect();
            let sql = format!(
                "UPDATE main.{} SET {} WHERE {}",
                ident(table.name.as_str()),
                set.join(", "),
                rows.join(" AND ")
            );
            let value = |values: &Values, name| values.get(name).cloned().unwrap_or(Cell::Null);
            let parents = key.references_columns.iter().map(|column| value(parent, column));
            let parameters: Vec<Cell> =
                parents.chain(identity.iter().map(|column| value(row, column))).collect();
            // Where a constraint forbids it the reference stays NULL.
            let _ = driver.execute(&sql, &parameters);
        }
    }
}

impl<'a> Plan<'a> {
    fn of(schema: &Schema, table: &'a Table) -> Self {
        let columns: Vec<Planned<'a>> = table
            .written_columns()
            .enumerate()
            .map(|(position, column)| Planned::of(schema, table, column, position))
            .collect();
        let mut keys: Vec<&ForeignKey> = here(table).collect();
        keys.sort_by_key(|key| std::cmp::Reverse(key.columns.len()));
        let values = |planned: &Planned<'_>| match planned.column.column_type {
            ColumnType::Enum(_) => planned.special.len().min(MOST_VALUES),
            _ => planned.special.len().min(MOST),
        } + if planned.column.nullable { 2 } else { 0 };
        // And one that is the first one again, where that is allowed.
        let count = columns.iter().map(values).max().unwrap_or(0).max(FEWEST) + 1;
        Self { table, columns, keys, count, numbers_rows: numbers_rows(table) }
    }

    fn is_nullable(&self, column: &Name) -> bool {
        self.table.column(column.as_str()).is_some_and(|column| column.nullable)
    }

    fn column(&self, name: &str) -> Option<&Planned<'a>> {
        self.columns.iter().find(|planned| planned.column.name.as_str().eq_ignore_ascii_case(name))
    }
}

/// Whether rows have numbers beside their columns, which then have gaps.
fn numbers_rows(table: &Table) -> bool {
    let alias = |name: &Name| {
        let column_type = table.column(name.as_str()).map(|column| &column.column_type);
        !matches!(
            column_type,
            Some(
                ColumnType::Char(_)
                    | ColumnType::Varchar(_)
                    | ColumnType::Text
                    | ColumnType::Uuid
                    | ColumnType::Blob
                    | ColumnType::Binary(_)
            )
        )
    };
    !table.options.sqlite.without_rowid
        && table.column("_rowid_").is_none()
        && !matches!(table.key_columns(), [only] if alias(only))
}

impl<'a> Planned<'a> {
    fn of(schema: &Schema, table: &Table, column: &'a Column, position: usize) -> Self {
        let in_key = |columns: &[Name]| columns.contains(&column.name);
        let distinct = in_key(table.key_columns())
            || table.uniques.values().any(|unique| in_key(&unique.columns))
            || table.indexes.values().any(|index| {
                index.unique
                    && (index.mentions(column.name.as_str())
                        || index.sqls().any(|sql| sql.names(column.name.as_str())))
            });
        let (special, hints) = (value::special(schema, column), hint::hints(table, column));
        Self { column, position, special, hints, distinct }
    }

    fn value(&self, schema: &Schema, count: usize, number: usize, choice: &Choice) -> Cell {
        let name = &self.column.name;
        if let Some(searched) = choice.searched(name) {
            return self.searched(schema, number, searched);
        }
        let offset = choice.offset(name);
        if choice.is_plain() {
            return value::numbered(schema, self.column, 100 + number + offset);
        }
        let again = number + 1 == count && !self.distinct;
        let number = if again { 0 } else { number };
        if !self.column.nullable {
            return self.usual(schema, number, offset);
        }
        // Once together with all others that may be NULL, and once with few of them.
        let absent = [1, 2 + self.position % 4];
        match absent.contains(&number) && offset == 0 {
            true => Cell::Null,
            false => {
                let before = absent.iter().filter(|absent| **absent < number).count();
                self.usual(schema, number - before, offset)
            }
        }
    }

    /// What it gets unless something speaks against it.
    fn usual(&self, schema: &Schema, number: usize, offset: usize) -> Cell {
        let index = number + offset;
        let hint = if index.is_multiple_of(2) { self.hints.get(index / 2) } else { None };
        let special = hint.or_else(|| self.special.get(index)).cloned();
        special.unwrap_or_else(|| value::numbered(schema, self.column, index))
    }

    /// How many values there are to try where a condition is not kept.
    fn choices(&self) -> usize {
        self.hints.len() + PLAIN + self.special.len() + usize::from(self.column.nullable)
    }

    /// Those that the condition names first, then plain ones.
    fn searched(&self, schema: &Schema, number: usize, index: usize) -> Cell {
        let index = index % self.choices();
        if let Some(hint) = self.hints.get(index) {
            return hint.clone();
        }
        let index = index - self.hints.len();
        if index < PLAIN {
            return value::numbered(schema, self.column, 100 + number * PLAIN + index);
        }
        self.special.get(index - PLAIN).cloned().unwrap_or(Cell::Null)
    }
}

/// How many plain values are tried.
const PLAIN: usize = 2;

fn insert(driver: &mut dyn Driver, plan: &Plan<'_>, number: usize, row: &Values) -> Result<(), Fault> {
    let mut columns: Vec<String> = row.keys().map(|name| ident(name.as_str())).collect();
    let mut parameters: Vec<Cell> = row.values().cloned().collect();
    if plan.numbers_rows {
        columns.push("_rowid_".to_owned());
        parameters.push(Cell::Integer(i64::try_from(number).unwrap_or(0) * 3 + 1));
    }
    let places = vec!["?"; columns.len()].join(", ");
    let table = ident(plan.table.name.as_str());
    let sql = format!("INSERT INTO main.{table} ({}) VALUES ({places})", columns.join(", "));
    driver.execute(&sql, &parameters).map(drop)
}

/// Deletes rows that reference nothing, as long as there are some. They were never meant to be there, so
/// no trigger sees them go: one that forbids it would leave them.
fn remove_orphans(driver: &mut dyn Driver, schema: &Schema) -> Result<(), Fault> {
    if driver.violations()?.is_empty() {
        return Ok(());
    }
    let text = |cells: Row| cells.into_iter().map(Cell::text).collect::<Option<Vec<String>>>();
    let triggers = "SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger' ORDER BY rowid";
    let triggers: Vec<Vec<String>> = driver.execute(triggers, &[])?.into_iter().filter_map(text).collect();
    for name in triggers.iter().filter_map(|trigger| trigger.first()) {
        driver.execute(&format!("DROP TRIGGER main.{}", ident(name)), &[])?;
    }
    for _ in 0..=schema.tables.len() {
        if driver.violations()?.is_empty() {
            break;
        }
        for table in schema.tables.values() {
            for key in here(table) {
                let child = ident(table.name.as_str());
                let set: Vec<String> = key
                    .columns
                    .iter()
                    .map(|column| format!("{child}.{} IS NOT NULL", ident(column.as_str())))
                    .collect();
                let pairs = key.columns.iter().zip(&key.references_columns);
                let equal: Vec<String> = pairs
                    .map(|(column, parent)| {
                        format!("parent.{} = {child}.{}", ident(parent.as_str()), ident(column.as_str()))
                    })
                    .collect();
                let sql = format!(
                    "DELETE FROM main.{child} WHERE {} AND NOT EXISTS (SELECT 1 FROM main.{} AS parent WHERE {})",
                    set.join(" AND "),
                    ident(key.references_table.as_str()),
                    equal.join(" AND ")
                );
                driver.execute(&sql, &[])?;
            }
        }
    }
    for sql in triggers.iter().filter_map(|trigger| trigger.get(1)) {
        driver.execute(sql, &[])?;
    }
    Ok(())
}

/// Numbers were given to rows that are deleted by now, and are never given again.
fn leave_gaps(driver: &mut dyn Driver, schema: &Schema) -> Result<(), Fault> {
    for table in schema.tables.values() {
        if table.columns.values().any(|column| column.auto_increment) {
            let name = [Cell::from(table.name.as_str())];
            driver.execute("UPDATE main.sqlite_sequence SET seq = seq + 100 WHERE name = ?1", &name)?;
            driver.execute(
                "INSERT INTO main.sqlite_sequence (name, seq) SELECT ?1, 100 \
                 WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_sequence WHERE name = ?1)",
                &name,
            )?;
        }
    }
    Ok(())
}
