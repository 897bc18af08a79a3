//! Loading one set: all of it in the transaction that is open.

use std::collections::BTreeMap;

use whimbrel_schema::seed::{Loading, Mode, SeedSet, SeedTable, Seeds, Unmade, World};
use whimbrel_schema::{Column, Name, Value};

use super::batch::Batch;
use super::clean::{KeptRow, KeptRows};
use super::ledger::{self, LedgerRow, LoadedSet, LoadedTable};
use super::making::{self, Makers, Step};
use super::report::{SeedProgress, SeededTable};
use super::sql::{self, Grammar};
use crate::driver::{Cell, Driver, Target};
use crate::error::Error;

/// What loading needs besides the database.
pub(super) struct Load<'l> {
    pub(super) seeds: &'l Seeds,
    pub(super) set: usize,
    pub(super) seed: &'l str,
    pub(super) size: f64,
    pub(super) now: &'l str,
    /// Whether nothing may be removed.
    pub(super) protected: bool,
}

/// Rows of one piece of the ledger, where each is inserted by itself.
const CHUNK: usize = 1_000;

type Values = Vec<Option<Value>>;

impl Load<'_> {
    pub(super) fn definition(&self) -> &SeedSet {
        &self.seeds.sets[self.set]
    }

    /// Whether a row that stays is made what is written now: if it is as it was loaded, and is still written.
    pub(super) fn renews(&self, table: &str, kept: &KeptRow) -> bool {
        let rows = self.definition().tables.iter().find(|rows| rows.table.name == *table);
        kept.is_same && rows.is_some_and(|rows| rows.mode != Mode::Ensure && place(rows, &kept.row).is_some())
    }

    /// Loads the set into a world that has the sets it needs.
    pub(super) fn run(
        &self,
        driver: &mut dyn Driver,
        world: &mut World<'_>,
        kept: &KeptRows,
        progress: &mut dyn FnMut(SeedProgress<'_>),
    ) -> Result<Vec<SeededTable>, Error> {
        let definition = self.definition();
        world
            .add(self.set, Loading { seed: self.seed.to_owned(), size: self.size, ..Loading::default() })
            .map_err(unmade)?;
        if definition.deferred {
            driver.defer_foreign_keys()?;
        }
        let bases = self.bases(driver, world)?;
        self.take_kept(world, kept);
        let mut report = Vec::new();
        for table in &definition.order {
            report.push(self.table(driver, world, *table, kept, progress)?);
        }
        for table in &definition.order {
            self.fill_late(driver, world, *table, kept)?;
        }
        for table in &definition.order {
            let rows = &definition.tables[*table];
            if let Some(column) = rows.numbered() {
                driver.move_numbers(rows.table.name.as_str(), rows.columns[column].name.as_str())?;
            }
        }
        ledger::add_set(driver, &self.record(&bases))?;
        Ok(report)
    }

    /// The first number of each table: behind all that are there, and behind all that the set names itself.
    fn bases(&self, driver: &mut dyn Driver, world: &mut World<'_>) -> Result<Vec<i64>, Error> {
        let grammar = Grammar(driver.capabilities().dialect);
        let mut bases = Vec::new();
        for (index, rows) in self.definition().tables.iter().enumerate() {
            let mut base = 1;
            if let Some(column) = rows.numbered() {
                let sql = format!(
                    "SELECT MAX({}) FROM {}",
                    grammar.ident(rows.columns[column].name.as_str()),
                    grammar.table(rows.table.name.as_str())
                );
                let greatest =
                    driver.execute(&sql, &[])?.into_iter().flatten().next().and_then(Cell::integer);
                let own = world.greatest_number(self.set, index);
                base = greatest.into_iter().chain(own).max().unwrap_or(0).max(0).saturating_add(1);
            }
            world.set_base(self.set, index, base);
            bases.push(base);
        }
        Ok(bases)
    }

    /// Rows of an earlier load that stay are the rows of their labels and places.
    fn take_kept(&self, world: &mut World<'_>, kept: &KeptRows) {
        for (index, rows) in self.definition().tables.iter().enumerate() {
            for KeptRow { row, .. } in kept.of(rows.table.name.as_str()) {
                if let Some(ordinal) = place(rows, row) {
                    world.set_found(self.set, index, ordinal, key_values(rows, &row.key));
                }
            }
        }
    }

    fn table(
        &self,
        driver: &mut dyn Driver,
        world: &mut World<'_>,
        table: usize,
        kept: &KeptRows,
        progress: &mut dyn FnMut(SeedProgress<'_>),
    ) -> Result<SeededTable, Error> {
        let definition = self.definition();
        let rows = &definition.tables[table];
        let name = rows.table.name.as_str();
        let column = |name: &Name| &rows.table.columns[name.as_str()];
        let columns: Vec<&Column> = rows.columns.iter().map(|one| column(&one.name)).collect();
        let target = driver.target(name, &columns)?;
        let kept: BTreeMap<u64, &KeptRow> =
            kept.of(name).filter_map(|kept| Some((place(rows, &kept.row)?, kept))).collect();
        let mut report = SeededTable { name: name.to_owned(), ..SeededTable::default() };
        let mut found = Vec::new();
        let mut batch = Batch::default();
        let total = world.count(self.set, table);
        for index in &rows.row_order {
            let row = world.written(self.set, table, *index);
            if let Some(kept) = kept.get(&row.ordinal) {
                if self.renews(name, kept) {
                    let values = world.values(&row).map_err(unmade)?;
                    batch.note(rows, &columns, &row, world.label(&row), &values);
                    self.renew(driver, rows, &values, &kept.row.key)?;
                    report.updated += 1;
                } else {
                    report.found += 1;
                }
                continue;
            }
            let values = world.values(&row).map_err(|problem| place_of(problem, name))?;
            if rows.mode != Mode::Insert
                && let Some(there) = self.find(driver, rows, &values)?
            {
                let key = key_values(rows, &there);
                world.set_found(self.set, table, row.ordinal, key.clone());
                match rows.mode {
                    Mode::Upsert => {
                        self.update(driver, rows, &values, &there)?;
                        report.updated += 1;
                    }
                    Mode::Ensure | Mode::Insert => report.found += 1,
                }
                let label = world.label(&row).map(str::to_owned);
                found.push(LedgerRow { ordinal: row.ordinal, label, hash: 0, key: there });
                continue;
            }
            batch.push(rows, &columns, &row, world.label(&row), values);
            // In the other modes the next one may be this one again.
            if rows.mode != Mode::Insert || batch.is_full() {
                report.inserted += self.insert(driver, &target, &mut batch)?;
                batch.clear_rows();
            }
        }
        let makers = Makers { load: self, world, table, columns: &columns, target: &target, kept: &kept };
        making::each_step(&makers, batch, &mut |step| {
            match step {
                Step::Rows(batch) => {
                    report.inserted += self.finish(driver, &target, batch)?;
                    let done = report.inserted;
                    progress(SeedProgress::Rows { set: &definition.name, table: name, done, total });
                }
                Step::Renewed(values, kept) => {
                    self.renew(driver, rows, &values, &kept.row.key)?;
                    report.updated += 1;
                }
                Step::Left => report.found += 1,
            }
            Ok(())
        })?;
        for piece in found.chunks(CHUNK) {
            ledger::add_rows(driver, "found", &definition.name, name, piece, self.now)?;
        }
        progress(SeedProgress::Rows { set: &definition.name, table: name, done: total, total });
        Ok(report)
    }

    /// Inserts the rows of a batch, and tells how many they were; what the ledger says of them waits for more.
    fn insert(&self, driver: &mut dyn Driver, target: &Target<'_>, batch: &mut Batch) -> Result<u64, Error> {
        let count = batch.rows.count as u64;
        if count > 0 {
            if batch.rows.encoded.is_empty() {
                target.prepare(&mut batch.rows);
            }
            driver.load(target, &batch.rows).map_err(|fault| {
                let set = &self.definition().name;
                Error::from(fault).context(format!("set `{set}`, table `{}`", target.table))
            })?;
        }
        if batch.piece.rows() >= CHUNK {
            self.write_down(driver, target, batch)?;
        }
        Ok(count)
    }

    /// The same, and writes the rest of the ledger.
    fn finish(&self, driver: &mut dyn Driver, target: &Target<'_>, batch: &mut Batch) -> Result<u64, Error> {
        let count = self.insert(driver, target, batch)?;
        if batch.piece.rows() > 0 {
            self.write_down(driver, target, batch)?;
        }
        Ok(count)
    }

    fn write_down(
        &self,
        driver: &mut dyn Driver,
        target: &Target<'_>,
        batch: &mut Batch,
    ) -> Result<(), Error> {
        ledger::add(driver, "rows", &self.definition().name, target.table, &batch.piece, self.now)?;
        batch.piece.clear();
        Ok(())
    }

    /// Makes a row of an earlier load that stays what is written now.
    fn renew(
        &self,
        driver: &mut dyn Driver,
        rows: &SeedTable,
        values: &[Option<Value>],
        key: &[String],
    ) -> Result<(), Error> {
        let stays = |column: &usize| rows.key.contains(column) || rows.late.contains(column);
        let columns = (0..rows.columns.len()).filter(|column| !stays(column));
        let changes: Vec<(usize, Option<Value>)> =
            columns.map(|column| (column, values[column].clone())).collect();
        set_columns(driver, rows, &changes, key)
    }

    /// The key of the row that a written one meets.
    fn find(
        &self,
        driver: &mut dyn Driver,
        rows: &SeedTable,
        values: &Values,
    ) -> Result<Option<Vec<String>>, Error> {
        let grammar = Grammar(driver.capabilities().dialect);
        let columns: Vec<usize> =
            rows.matching.iter().filter_map(|name| rows.column(name.as_str())).collect();
        let mut conditions = Vec::new();
        let mut parameters = Vec::new();
        for column in &columns {
            // What is NULL agrees with nothing.
            let Some(value) = values[*column].clone() else { return Ok(None) };
            parameters.push(grammar.parameter(Some(value)));
            conditions.push(format!(
                "{} = {}",
                grammar.ident(rows.columns[*column].name.as_str()),
                grammar.mark(parameters.len())
            ));
        }
        let key = rows.key.iter().map(|column| rows.columns[*column].name.as_str());
        let sql = format!(
            "SELECT {} FROM {} WHERE {}",
            grammar.idents(key),
            grammar.table(rows.table.name.as_str()),
            conditions.join(" AND ")
        );
        let found = driver.execute(&sql, &parameters)?.into_iter().next();
        Ok(found.map(|row| row.iter().map(sql::cell_text).collect()))
    }

    /// Makes a row that is there what is written; its key and what it was found by stay.
    fn update(
        &self,
        driver: &mut dyn Driver,
        rows: &SeedTable,
        values: &Values,
        key: &[String],
    ) -> Result<(), Error> {
        let stays = |column: &usize| {
            rows.key.contains(column)
                || rows.late.contains(column)
                || rows.matching.contains(&rows.columns[*column].name)
        };
        let columns: Vec<usize> = (0..rows.columns.len()).filter(|column| !stays(column)).collect();
        let changes: Vec<(usize, Option<Value>)> =
            columns.into_iter().map(|column| (column, values[column].clone())).collect();
        set_columns(driver, rows, &changes, key)
    }

    /// Fills the columns that wait for all rows.
    fn fill_late(
        &self,
        driver: &mut dyn Driver,
        world: &World<'_>,
        table: usize,
        kept: &KeptRows,
    ) -> Result<(), Error> {
        let rows = &self.definition().tables[table];
        if rows.late.is_empty() {
            return Ok(());
        }
        let kept =
            kept.of(rows.table.name.as_str()).filter(|kept| !self.renews(rows.table.name.as_str(), kept));
        let kept: Vec<u64> = kept.filter_map(|kept| place(rows, &kept.row)).collect();
        world.each(self.set, table, &mut |row| -> Result<(), Error> {
            if kept.contains(&row.ordinal) {
                return Ok(());
            }
            let mut changes = Vec::new();
            for column in &rows.late {
                let value = world.value(row, *column).map_err(unmade)?;
                if value.is_some() {
                    changes.push((*column, value));
                }
            }
            let key = rows.key.iter().map(|column| world.value(row, *column));
            let key = key
                .map(|value| Ok(sql::key_text(value?.as_ref()).into_owned()))
                .collect::<Result<Vec<_>, Unmade>>();
            set_columns(driver, rows, &changes, &key.map_err(unmade)?)
        })
    }

    fn record(&self, bases: &[i64]) -> LoadedSet {
        let definition = self.definition();
        let table = |(rows, base): (&SeedTable, &i64)| {
            let name = |column: &usize| rows.columns[*column].name.as_str().to_owned();
            LoadedTable {
                name: rows.table.name.as_str().to_owned(),
                base: *base,
                columns: (0..rows.columns.len()).map(|column| name(&column)).collect(),
                key: rows.key.iter().map(name).collect(),
                late: rows.late.iter().map(name).collect(),
            }
        };
        LoadedSet {
            name: definition.name.clone(),
            hash: definition.hash.clone(),
            seed: self.seed.to_owned(),
            size: self.size,
            written_at: self.now.to_owned(),
            tables: definition.tables.iter().zip(bases).map(table).collect(),
        }
    }
}

/// The place of a row of the ledger among those of a table now: that of its label, or that which it had.
pub(super) fn place(rows: &SeedTable, row: &LedgerRow) -> Option<u64> {
    match &row.label {
        Some(label) => {
            let place = rows.rows.iter().position(|one| one.label.as_ref() == Some(label))?;
            u64::try_from(place).ok()
        }
        None => (row.ordinal >= rows.rows.len() as u64).then_some(row.ordinal),
    }
}

/// The values of a key, out of the texts of it.
pub(super) fn key_values(rows: &SeedTable, key: &[String]) -> Values {
    let columns = rows.key.iter().map(|column| &rows.table.columns[rows.columns[*column].name.as_str()]);
    columns
        .zip(key)
        .map(|(column, text)| {
            // On SQLite as everywhere a key is what the ledger says in the language of values.
            let grammar = Grammar(whimbrel_schema::Dialect::Sqlite);
            let cell = grammar.key_part(&rows.table, column.name.as_str(), text);
            sql::value(&column.column_type, cell)
        })
        .collect()
}

fn set_columns(
    driver: &mut dyn Driver,
    rows: &SeedTable,
    changes: &[(usize, Option<Value>)],
    key: &[String],
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let grammar = Grammar(driver.capabilities().dialect);
    let mut parameters = Vec::new();
    let mut sets = Vec::new();
    for (column, value) in changes {
        parameters.push(grammar.parameter(value.clone()));
        let name = rows.columns[*column].name.as_str();
        sets.push(format!("{} = {}", grammar.ident(name), grammar.mark(parameters.len())));
    }
    let names: Vec<String> =
        rows.key.iter().map(|column| rows.columns[*column].name.as_str().to_owned()).collect();
    let condition = grammar.key_in(&names, 1, parameters.len() + 1);
    let parts = names.iter().zip(key).map(|(name, text)| grammar.key_part(&rows.table, name, text));
    parameters.extend(parts);
    let table = grammar.table(rows.table.name.as_str());
    driver.execute(&format!("UPDATE {table} SET {} WHERE {condition}", sets.join(", ")), &parameters)?;
    Ok(())
}

pub(super) fn unmade(problem: Unmade) -> Error {
    Error::failed(problem.0)
}

pub(super) fn place_of(problem: Unmade, table: &str) -> Error {
    unmade(problem).context(format!("rows of `{table}`"))
}
