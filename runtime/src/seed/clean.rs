//! Taking out what a set has loaded: the rows that are as they were, and that nothing else references.

use std::collections::{BTreeMap, BTreeSet};

use whimbrel_schema::{Column, ForeignKey, Schema, Table};

use super::canonical::RowHash;
use super::ledger::{self, LedgerRow, LoadedSet, LoadedTable};
use super::report::{Cleaned, Kept, Reason};
use super::sql::{self, Grammar};
use crate::driver::{Cell, Driver};
use crate::error::Error;

/// Rows that stay, by their tables.
#[derive(Debug, Default)]
pub(super) struct KeptRows(BTreeMap<String, Vec<KeptRow>>);

/// A row that stays, and whether it is as it was loaded: then it may be made what is written now.
#[derive(Debug)]
pub(super) struct KeptRow {
    pub(super) row: LedgerRow,
    pub(super) is_same: bool,
}

impl KeptRows {
    pub(super) fn of(&self, table: &str) -> impl Iterator<Item = &KeptRow> {
        self.0.get(table).into_iter().flatten()
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = (&String, &Vec<KeptRow>)> {
        self.0.iter()
    }

    fn push(&mut self, table: &str, row: LedgerRow, is_same: bool) {
        self.0.entry(table.to_owned()).or_default().push(KeptRow { row, is_same });
    }
}

/// Which rows stay though they could go: because they are to be loaded again.
pub(super) type Standing<'s> = dyn Fn(&str, &LedgerRow) -> bool + 's;

/// Rows of one query. Each may have several parameters, of which databases take 32,766 and more.
const AT_ONCE: usize = 250;

/// Takes out what a set has loaded, and tells what stays; what stays is written down again by the caller if
/// it is to be remembered.
pub(super) fn clean(
    driver: &mut dyn Driver,
    schema: &Schema,
    loaded: &LoadedSet,
    standing: &Standing<'_>,
) -> Result<(Cleaned, KeptRows), Error> {
    let mut cleaned = Cleaned { set: loaded.name.clone(), removed: Vec::new(), kept: Vec::new(), missing: 0 };
    let mut kept = KeptRows::default();
    let mut chunks = ledger::chunks(driver, "rows", &loaded.name)?;
    // Those that reference others go first, in whatever order they were written down.
    let order = |chunk: &ledger::Chunk| loaded.tables.iter().position(|table| table.name == chunk.table);
    chunks.sort_by_key(|chunk| std::cmp::Reverse(order(chunk)));
    let mut waiting = Waiting::default();
    for table in &loaded.tables {
        if let Some(place) = Place::new(schema, table) {
            waiting.unhook(driver, &place, &chunks)?;
        }
    }
    for chunk in &chunks {
        let rows = ledger::rows(driver, chunk.entry)?;
        let recorded = loaded.tables.iter().find(|table| table.name == chunk.table);
        let place = recorded.and_then(|table| Place::new(schema, table));
        match place {
            Some(place) => {
                // The last ones first, because rows reference those before them.
                for rows in rows.rchunks(AT_ONCE) {
                    place.clean(driver, rows, &waiting, standing, &mut cleaned, &mut kept)?;
                }
            }
            // With its table the rows are gone; with one of its columns nobody can tell.
            None if schema.table(&chunk.table).is_none() => {
                cleaned.missing += rows.len() as u64;
            }
            None => {
                for row in rows {
                    keep(&mut cleaned, &mut kept, recorded, &chunk.table, row, Reason::Migrated);
                }
            }
        }
        ledger::remove(driver, chunk.entry)?;
    }
    for table in &loaded.tables {
        if let Some(place) = Place::new(schema, table) {
            waiting.hook_again(driver, schema, &place, &kept)?;
        }
    }
    ledger::remove_set(driver, &loaded.name)?;
    cleaned.removed.reverse();
    cleaned.kept.reverse();
    Ok((cleaned, kept))
}

fn keep(
    cleaned: &mut Cleaned,
    kept: &mut KeptRows,
    recorded: Option<&LoadedTable>,
    table: &str,
    row: LedgerRow,
    reason: Reason,
) {
    let names = recorded.map_or(&[][..], |table| &table.key);
    let parts: Vec<String> =
        names.iter().zip(&row.key).map(|(name, text)| format!("{name} = {text}")).collect();
    let key = if parts.is_empty() { row.key.join(", ") } else { parts.join(", ") };
    cleaned.kept.push(Kept { table: table.to_owned(), key, label: row.label.clone(), reason });
    kept.push(table, row, reason == Reason::Referenced);
}

/// Columns that were filled last, and so are emptied first: they may reference what is taken out before them.
#[derive(Default)]
struct Waiting {
    /// For each row that is as it was: what its late columns hold.
    late: BTreeMap<String, BTreeMap<Vec<String>, Vec<Cell>>>,
    tables: BTreeSet<String>,
}

impl Waiting {
    fn unhook(
        &mut self,
        driver: &mut dyn Driver,
        place: &Place<'_>,
        chunks: &[ledger::Chunk],
    ) -> Result<(), Error> {
        if place.late.is_empty() {
            return Ok(());
        }
        let name = place.table.name.as_str().to_owned();
        self.tables.insert(name.clone());
        let known = self.late.entry(name.clone()).or_default();
        for chunk in chunks.iter().filter(|chunk| chunk.table == name) {
            let rows = ledger::rows(driver, chunk.entry)?;
            for rows in rows.chunks(AT_ONCE) {
                let found = place.select(driver, rows)?;
                let same: Vec<&LedgerRow> = rows
                    .iter()
                    .filter(|row| found.get(&row.key).is_some_and(|one| one.hash == row.hash))
                    .collect();
                for row in &same {
                    if let Some(found) = found.get(&row.key) {
                        known.insert(row.key.clone(), found.late.clone());
                    }
                }
                let empty: Vec<String> = place
                    .late
                    .iter()
                    .map(|column| format!("{} = NULL", place.grammar(driver).ident(column.name.as_str())))
                    .collect();
                place.each(driver, &same, ("UPDATE", &format!("SET {}", empty.join(", "))))?;
            }
        }
        Ok(())
    }

    /// Whether a row was as it was loaded, where that had to be looked at before.
    fn is_same(&self, table: &str, row: &LedgerRow) -> Option<bool> {
        self.tables
            .contains(table)
            .then(|| self.late.get(table).is_some_and(|rows| rows.contains_key(&row.key)))
    }

    /// Fills the columns again in rows that stay, unless what they referenced is gone.
    fn hook_again(
        &self,
        driver: &mut dyn Driver,
        schema: &Schema,
        place: &Place<'_>,
        kept: &KeptRows,
    ) -> Result<(), Error> {
        let grammar = place.grammar(driver);
        let Some(known) = self.late.get(place.table.name.as_str()) else { return Ok(()) };
        for KeptRow { row, .. } in kept.of(place.table.name.as_str()) {
            let Some(values) = known.get(&row.key) else { continue };
            for (column, value) in place.late.iter().zip(values) {
                if *value == Cell::Null || !is_there(driver, schema, place.table, column, value)? {
                    continue;
                }
                let name = grammar.ident(column.name.as_str());
                let condition = grammar.key_in(place.key_names, 1, 2);
                let sql = format!(
                    "UPDATE {} SET {name} = {} WHERE {condition}",
                    grammar.table(place.table.name.as_str()),
                    grammar.mark(1)
                );
                let mut parameters = vec![value.clone()];
                parameters.extend(place.key_parts(driver, &row.key));
                driver.execute(&sql, &parameters)?;
            }
        }
        Ok(())
    }
}

/// Whether a row that a column references is there.
fn is_there(
    driver: &mut dyn Driver,
    schema: &Schema,
    table: &Table,
    column: &Column,
    value: &Cell,
) -> Result<bool, Error> {
    let grammar = Grammar(driver.capabilities().dialect);
    for key in table.foreign_keys.values().filter(|key| key.columns == [column.name.clone()]) {
        let Some(parent) = schema.table(key.references_table.as_str()) else { continue };
        let sql = format!(
            "SELECT 1 FROM {} WHERE {} = {}",
            grammar.table(parent.name.as_str()),
            grammar.ident(key.references_columns[0].as_str()),
            grammar.mark(1)
        );
        if driver.execute(&sql, std::slice::from_ref(value))?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What stands before the table, and behind it.
type Parts<'p> = (&'p str, &'p str);

const DELETE: Parts<'_> = ("DELETE FROM", "");

/// A row as it is now.
struct Found {
    hash: u64,
    late: Vec<Cell>,
}

/// A table of the schema with what its rows were loaded with.
struct Place<'p> {
    schema: &'p Schema,
    table: &'p Table,
    recorded: &'p LoadedTable,
    columns: Vec<&'p Column>,
    key_names: &'p [String],
    late: Vec<&'p Column>,
}

impl<'p> Place<'p> {
    /// `None` if the table, or one of the columns, is not there any more.
    fn new(schema: &'p Schema, recorded: &'p LoadedTable) -> Option<Self> {
        let table = schema.table(&recorded.name)?;
        let columns =
            |names: &[String]| names.iter().map(|name| table.column(name)).collect::<Option<Vec<_>>>();
        Some(Self {
            schema,
            table,
            recorded,
            columns: columns(&recorded.columns)?,
            key_names: &recorded.key,
            late: columns(&recorded.late)?,
        })
    }

    fn grammar(&self, driver: &dyn Driver) -> Grammar {
        Grammar(driver.capabilities().dialect)
    }

    fn key_parts(&self, driver: &dyn Driver, key: &[String]) -> Vec<Cell> {
        let grammar = self.grammar(driver);
        self.key_names.iter().zip(key).map(|(name, text)| grammar.key_part(self.table, name, text)).collect()
    }

    /// Runs a statement on rows.
    fn each(
        &self,
        driver: &mut dyn Driver,
        rows: &[&LedgerRow],
        parts: Parts<'_>,
    ) -> Result<Vec<Vec<Cell>>, Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let (sql, parameters) = self.statement(driver, rows, parts);
        Ok(driver.execute(&sql, &parameters)?)
    }

    fn statement(
        &self,
        driver: &dyn Driver,
        rows: &[&LedgerRow],
        (before, behind): Parts<'_>,
    ) -> (String, Vec<Cell>) {
        let grammar = self.grammar(driver);
        let table = grammar.table(self.table.name.as_str());
        let keys = grammar.key_in(self.key_names, rows.len(), 1);
        let sql = format!("{before} {table} {behind} WHERE ({keys})");
        let parameters = rows.iter().flat_map(|row| self.key_parts(driver, &row.key)).collect();
        (sql, parameters)
    }

    /// The rows that are there, by their keys.
    fn select(
        &self,
        driver: &mut dyn Driver,
        rows: &[LedgerRow],
    ) -> Result<BTreeMap<Vec<String>, Found>, Error> {
        let grammar = self.grammar(driver);
        let columns = grammar.read(&self.columns);
        let rows: Vec<&LedgerRow> = rows.iter().collect();
        let found = self.each(driver, &rows, (&format!("SELECT {columns} FROM"), ""))?;
        let place = |name: &String| self.recorded.columns.iter().position(|column| column == name);
        let key: Vec<usize> = self.key_names.iter().filter_map(place).collect();
        let late: Vec<usize> = self.recorded.late.iter().filter_map(place).collect();
        let row = |cells: Vec<Cell>| {
            let mut hash = RowHash::new();
            cells.iter().zip(&self.columns).for_each(|(cell, column)| hash.cell(cell, &column.column_type));
            let key = key.iter().map(|column| sql::cell_text(&cells[*column])).collect();
            let late = late.iter().map(|column| cells[*column].clone()).collect();
            (key, Found { hash: hash.finish(), late })
        };
        Ok(found.into_iter().map(row).collect())
    }

    fn clean(
        &self,
        driver: &mut dyn Driver,
        rows: &[LedgerRow],
        waiting: &Waiting,
        standing: &Standing<'_>,
        cleaned: &mut Cleaned,
        kept: &mut KeptRows,
    ) -> Result<(), Error> {
        let name = self.table.name.as_str();
        let found = self.select(driver, rows)?;
        let mut going: Vec<&LedgerRow> = Vec::new();
        for row in rows.iter().rev() {
            let Some(there) = found.get(&row.key) else {
                cleaned.missing += 1;
                continue;
            };
            match waiting.is_same(name, row).unwrap_or(there.hash == row.hash) {
                true if standing(name, row) => kept.push(name, row.clone(), true),
                true => going.push(row),
                false => keep(cleaned, kept, Some(self.recorded), name, row.clone(), Reason::Edited),
            }
        }
        // One that stays may reference another that would go.
        loop {
            let referenced = self.referenced(driver, &going)?;
            if referenced.is_empty() {
                break;
            }
            let (stay, go) = going.into_iter().partition(|row| referenced.contains(&row.key));
            let stay: Vec<&LedgerRow> = stay;
            for row in stay {
                keep(cleaned, kept, Some(self.recorded), name, row.clone(), Reason::Referenced);
            }
            going = go;
        }
        let own = self.table.foreign_keys.values().any(|key| key.references_table == self.table.name);
        match own {
            true if !going.is_empty() => {
                let (sql, parameters) = self.statement(driver, &going, DELETE);
                driver.delete_unreferenced(&sql, &parameters)?;
            }
            _ => drop(self.each(driver, &going, DELETE)?),
        }
        match cleaned.removed.iter_mut().find(|(table, _)| table == name) {
            Some((_, count)) => *count += going.len() as u64,
            None => cleaned.removed.push((name.to_owned(), going.len() as u64)),
        }
        Ok(())
    }

    /// The keys of those rows that others reference; not others that go with them.
    fn referenced(
        &self,
        driver: &mut dyn Driver,
        going: &[&LedgerRow],
    ) -> Result<BTreeSet<Vec<String>>, Error> {
        let grammar = self.grammar(driver);
        let mut referenced = BTreeSet::new();
        if going.is_empty() {
            return Ok(referenced);
        }
        for child in self.schema.children(self.table.name.as_str()) {
            let keys = child.foreign_keys.values();
            for key in keys.filter(|key| key.references_table == self.table.name) {
                let names = self.key_names.iter().map(|name| format!("parent_row.{}", grammar.ident(name)));
                let mut condition = grammar.key_of_in("parent_row.", self.key_names, going.len(), 1);
                let mut parameters: Vec<Cell> =
                    going.iter().flat_map(|row| self.key_parts(driver, &row.key)).collect();
                if child.name == self.table.name {
                    let first = parameters.len() + 1;
                    let others = grammar.key_of_in("child_row.", self.key_names, going.len(), first);
                    condition = format!("({condition}) AND NOT ({others})");
                    parameters.extend(parameters.clone());
                }
                let sql = format!(
                    "SELECT DISTINCT {} FROM {} AS parent_row JOIN {} AS child_row ON {} WHERE {condition}",
                    names.collect::<Vec<_>>().join(", "),
                    grammar.table(self.table.name.as_str()),
                    grammar.table(child.name.as_str()),
                    joined(key, grammar)
                );
                let rows = driver.execute(&sql, &parameters)?;
                referenced.extend(rows.iter().map(|row| row.iter().map(sql::cell_text).collect::<Vec<_>>()));
            }
        }
        Ok(referenced)
    }
}

fn joined(key: &ForeignKey, grammar: Grammar) -> String {
    let pairs = key.columns.iter().zip(&key.references_columns);
    let pair = |(own, referenced): (&whimbrel_schema::Name, &whimbrel_schema::Name)| {
        format!(
            "child_row.{} = parent_row.{}",
            grammar.ident(own.as_str()),
            grammar.ident(referenced.as_str())
        )
    };
    pairs.map(pair).collect::<Vec<_>>().join(" AND ")
}
