//! What was loaded: the table `whimbrel_seeds`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use whimbrel_schema::Value;
use whimbrel_schema::seed::SeedSet;

use super::sql;
use crate::driver::{Cell, Driver, Row};
use crate::error::{Error, ErrorKind};

/// The table of what seeds were loaded, as SQLite has it; the servers have it with the types of the history.
///
/// `kind` is `environment` (which one the database is, in `name`), `set` (what a set was loaded with), `rows`
/// (rows that were loaded, some thousands in one), or `found` (rows that were there before and have labels). A
/// row is a line: its place, its label, its hash and its key; or its hash alone, where it has no label, and its
/// place and its key are those of the line before and one.
pub const SEEDS_DDL: &str = "CREATE TABLE whimbrel_seeds (entry INTEGER PRIMARY KEY, kind TEXT NOT NULL, \
    name TEXT NOT NULL, table_name TEXT, row_count INTEGER NOT NULL, body TEXT NOT NULL, \
    written_at TEXT NOT NULL, format INTEGER NOT NULL)";

const TABLE: &str = "whimbrel_seeds";
const FORMAT: i64 = 1;

/// What a set was loaded with.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct LoadedSet {
    pub(super) name: String,
    pub(super) hash: String,
    pub(super) seed: String,
    pub(super) size: f64,
    pub(super) written_at: String,
    /// For each table what its rows were written with.
    pub(super) tables: Vec<LoadedTable>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct LoadedTable {
    pub(super) name: String,
    /// The number of the first row that the database would have numbered.
    pub(super) base: i64,
    pub(super) columns: Vec<String>,
    pub(super) key: Vec<String>,
    pub(super) late: Vec<String>,
}

/// How a set is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'w> {
    /// With rows that follow from this.
    Of { seed: &'w str, size: f64 },
    /// With its rows, whatever they follow from: others need them, and nobody asked for those.
    There,
}

impl LoadedSet {
    /// Whether a set is loaded as it is wanted now.
    pub(super) fn is_same(&self, set: &SeedSet, wanted: Wanted<'_>) -> bool {
        let is_made_so = match wanted {
            Wanted::There => true,
            Wanted::Of { seed, size } => self.seed == seed && self.size.to_bits() == size.to_bits(),
        };
        self.hash == set.hash && (is_made_so || set.is_written())
    }

    /// Whether it was cleaned, and some of its rows stayed.
    pub(super) fn is_leftover(&self) -> bool {
        self.hash.is_empty()
    }

    /// What is written down of it then.
    pub(super) fn left_over(&self) -> Self {
        Self { hash: String::new(), ..self.clone() }
    }
}

/// A row that was loaded or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LedgerRow {
    pub(super) ordinal: u64,
    pub(super) label: Option<String>,
    pub(super) hash: u64,
    /// The values of the key, as text; of bytes the digits.
    pub(super) key: Vec<String>,
}

/// Rows of a table on their way into the ledger.
#[derive(Debug, Default)]
pub(super) struct Piece {
    body: String,
    rows: usize,
    /// The place and the key of the last row, where the key is one number.
    last: Option<(u64, i64)>,
}

impl Piece {
    /// Writes down a row.
    pub(super) fn push(&mut self, row: &LedgerRow) {
        let number = match row.key.as_slice() {
            [only] => only.parse().ok().filter(|number: &i64| number.to_string() == *only),
            _ => None,
        };
        let key = row.key.iter().map(|part| Cow::Borrowed(part.as_str()));
        self.line(row.ordinal, row.label.as_deref(), row.hash, number, key);
    }

    /// Writes down a row that is about to be loaded; its key is those of its values.
    pub(super) fn push_values(
        &mut self,
        ordinal: u64,
        label: Option<&str>,
        hash: u64,
        key: &[usize],
        values: &[Option<Value>],
    ) {
        let number = match key {
            [only] => match values[*only] {
                Some(Value::Integer(number)) => Some(number),
                _ => None,
            },
            _ => None,
        };
        let key = key.iter().map(|column| sql::key_text(values[*column].as_ref()));
        self.line(ordinal, label, hash, number, key);
    }

    fn line<'k>(
        &mut self,
        ordinal: u64,
        label: Option<&str>,
        hash: u64,
        number: Option<i64>,
        key: impl Iterator<Item = Cow<'k, str>>,
    ) {
        if !self.body.is_empty() {
            self.body.push('\n');
        }
        let next =
            self.last.and_then(|(place, number)| Some((place.checked_add(1)?, number.checked_add(1)?)));
        self.last = number.map(|number| (ordinal, number));
        self.rows += 1;
        if label.is_none() && self.last.is_some() && next == self.last {
            push_digits(&mut self.body, hash);
            return;
        }
        // A label of no letters is none, and no row has one.
        self.body += &format!("{ordinal}\t{}\t", escaped(label.unwrap_or("")));
        push_digits(&mut self.body, hash);
        for part in key {
            self.body.push('\t');
            self.body += &escaped(&part);
        }
    }

    /// How many rows there are.
    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// How many bytes they take.
    pub(super) const fn len(&self) -> usize {
        self.body.len()
    }

    /// Forgets the rows, and keeps their memory for others.
    pub(super) fn clear(&mut self) {
        self.body.clear();
        (self.rows, self.last) = (0, None);
    }
}

fn push_digits(text: &mut String, number: u64) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    text.extend((0..16).rev().map(|place| DIGITS[(number >> (4 * place) & 15) as usize]));
}

/// Some rows of a table, as they stand in the ledger.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) entry: i64,
    pub(super) table: String,
    pub(super) rows: i64,
}

/// Creates the table, if it is not there; outside of transactions, which that would end on MariaDB.
pub(super) fn create(driver: &mut dyn Driver) -> Result<(), Error> {
    driver.own(&SEEDS_DDL.replacen("TABLE ", "TABLE IF NOT EXISTS main.", 1), &[])?;
    Ok(())
}

/// The environment that the database is.
pub(super) fn environment(driver: &mut dyn Driver) -> Result<Option<String>, Error> {
    let sql = "SELECT name FROM main.whimbrel_seeds WHERE kind = 'environment' ORDER BY entry LIMIT 1";
    let rows = driver.own_rows(TABLE, sql, &[])?.unwrap_or_default();
    Ok(rows.into_iter().flatten().next().and_then(Cell::text))
}

/// Writes down which environment the database is.
pub(super) fn set_environment(driver: &mut dyn Driver, name: &str, now: &str) -> Result<(), Error> {
    append(driver, "environment", name, None, 0, "", now)
}

/// The sets that are loaded, in the order in which they were.
pub(super) fn sets(driver: &mut dyn Driver) -> Result<Vec<LoadedSet>, Error> {
    let sql =
        "SELECT name, body, written_at, format FROM main.whimbrel_seeds WHERE kind = 'set' ORDER BY entry";
    let rows = driver.own_rows(TABLE, sql, &[])?.unwrap_or_default();
    rows.into_iter().map(set).collect()
}

fn set(row: Row) -> Result<LoadedSet, Error> {
    let mut cells = row.into_iter();
    let mut text = || cells.next().and_then(Cell::text).ok_or_else(unreadable);
    let (name, body, written_at) = (text()?, text()?, text()?);
    let format = cells.next().and_then(Cell::integer).ok_or_else(unreadable)?;
    if format != FORMAT {
        return Err(Error::new(
            ErrorKind::BadHistory,
            format!("seeds were loaded by a newer whimbrel, whose ledger has format {format}"),
        )
        .help("use the program that loaded them, or a newer one"));
    }
    let mut set = LoadedSet { name, written_at, ..LoadedSet::default() };
    for line in body.lines() {
        let words: Vec<String> = line.split('\t').map(unescaped).collect();
        let (Some(first), rest) = (words.first(), words.get(1..).unwrap_or_default()) else { continue };
        let one = || rest.first().cloned().unwrap_or_default();
        match first.as_str() {
            "hash" => set.hash = one(),
            "seed" => set.seed = one(),
            "size" => set.size = one().parse().map_err(|_| unreadable())?,
            "table" => {
                let base = rest.get(1).and_then(|base| base.parse().ok()).ok_or_else(unreadable)?;
                set.tables.push(LoadedTable { name: one(), base, ..LoadedTable::default() });
            }
            "columns" | "key" | "late" => {
                let table = set.tables.last_mut().ok_or_else(unreadable)?;
                match first.as_str() {
                    "columns" => table.columns = rest.to_vec(),
                    "key" => table.key = rest.to_vec(),
                    _ => table.late = rest.to_vec(),
                }
            }
            _ => {}
        }
    }
    Ok(set)
}

/// Writes down that a set is loaded.
pub(super) fn add_set(driver: &mut dyn Driver, set: &LoadedSet) -> Result<(), Error> {
    let mut lines = vec![
        format!("hash\t{}", set.hash),
        format!("seed\t{}", escaped(&set.seed)),
        format!("size\t{:?}", set.size),
    ];
    for table in &set.tables {
        let list = |word: &str, names: &[String]| {
            let names = names.iter().map(|name| escaped(name));
            [Cow::Borrowed(word)].into_iter().chain(names).collect::<Vec<_>>().join("\t")
        };
        lines.push(format!("table\t{}\t{}", escaped(&table.name), table.base));
        lines.push(list("columns", &table.columns));
        lines.push(list("key", &table.key));
        if !table.late.is_empty() {
            lines.push(list("late", &table.late));
        }
    }
    append(driver, "set", &set.name, None, 0, &lines.join("\n"), &set.written_at)
}

/// Writes down rows that were loaded, or found.
pub(super) fn add_rows(
    driver: &mut dyn Driver,
    kind: &str,
    set: &str,
    table: &str,
    rows: &[LedgerRow],
    now: &str,
) -> Result<(), Error> {
    let mut piece = Piece::default();
    rows.iter().for_each(|row| piece.push(row));
    add(driver, kind, set, table, &piece, now)
}

/// Writes down a piece.
pub(super) fn add(
    driver: &mut dyn Driver,
    kind: &str,
    set: &str,
    table: &str,
    piece: &Piece,
    now: &str,
) -> Result<(), Error> {
    let count = i64::try_from(piece.rows).unwrap_or(i64::MAX);
    append(driver, kind, set, Some(table), count, &piece.body, now)
}

fn append(
    driver: &mut dyn Driver,
    kind: &str,
    name: &str,
    table: Option<&str>,
    rows: i64,
    body: &str,
    now: &str,
) -> Result<(), Error> {
    let parameters =
        [kind.into(), name.into(), table.into(), rows.into(), body.into(), now.into(), Cell::from(FORMAT)];
    driver.own(
        "INSERT INTO main.whimbrel_seeds (entry, kind, name, table_name, row_count, body, written_at, format) \
         SELECT COALESCE(MAX(entry), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM main.whimbrel_seeds",
        &parameters,
    )?;
    Ok(())
}

/// The pieces of a set, from the last.
pub(super) fn chunks(driver: &mut dyn Driver, kind: &str, set: &str) -> Result<Vec<Chunk>, Error> {
    let sql = "SELECT entry, table_name, row_count FROM main.whimbrel_seeds WHERE kind = ?1 AND name = ?2 \
               ORDER BY entry DESC";
    let rows = driver.own_rows(TABLE, sql, &[kind.into(), set.into()])?.unwrap_or_default();
    let chunk = |row: Row| {
        let mut cells = row.into_iter();
        let entry = cells.next()?.integer()?;
        let table = cells.next()?.text()?;
        Some(Chunk { entry, table, rows: cells.next()?.integer()? })
    };
    rows.into_iter().map(|row| chunk(row).ok_or_else(unreadable)).collect()
}

/// The rows of a piece.
pub(super) fn rows(driver: &mut dyn Driver, entry: i64) -> Result<Vec<LedgerRow>, Error> {
    let sql = "SELECT body FROM main.whimbrel_seeds WHERE entry = ?1";
    let found = driver.own(sql, &[entry.into()])?;
    let body = found.into_iter().flatten().next().and_then(Cell::text).ok_or_else(unreadable)?;
    let mut rows: Vec<LedgerRow> = Vec::new();
    for line in body.lines() {
        let row = line_read(line, rows.last()).ok_or_else(unreadable)?;
        rows.push(row);
    }
    Ok(rows)
}

fn line_read(line: &str, before: Option<&LedgerRow>) -> Option<LedgerRow> {
    let hash = |digits: &str| u64::from_str_radix(digits, 16).ok();
    let mut words = line.split('\t');
    let first = words.next()?;
    let Some(label) = words.next() else {
        let before = before?;
        let [number] = before.key.as_slice() else { return None };
        let number = number.parse::<i64>().ok()?.checked_add(1)?;
        let (ordinal, key) = (before.ordinal.checked_add(1)?, vec![number.to_string()]);
        return Some(LedgerRow { ordinal, label: None, hash: hash(first)?, key });
    };
    let label = unescaped(label);
    let label = (!label.is_empty()).then_some(label);
    let hash = hash(words.next()?)?;
    Some(LedgerRow { ordinal: first.parse().ok()?, label, hash, key: words.map(unescaped).collect() })
}

/// Takes a piece out, or everything of a set.
pub(super) fn remove(driver: &mut dyn Driver, entry: i64) -> Result<(), Error> {
    driver.own("DELETE FROM main.whimbrel_seeds WHERE entry = ?1", &[entry.into()])?;
    Ok(())
}

/// Takes out that a set is loaded, and which rows it found.
pub(super) fn remove_set(driver: &mut dyn Driver, set: &str) -> Result<(), Error> {
    driver.own(
        "DELETE FROM main.whimbrel_seeds WHERE name = ?1 AND kind <> 'environment' AND kind <> 'rows'",
        &[set.into()],
    )?;
    Ok(())
}

/// How many rows of each table a set has loaded.
pub(super) fn counts(driver: &mut dyn Driver, set: &str) -> Result<BTreeMap<String, i64>, Error> {
    let mut counts = BTreeMap::new();
    for chunk in chunks(driver, "rows", set)? {
        *counts.entry(chunk.table).or_default() += chunk.rows;
    }
    Ok(counts)
}

fn unreadable() -> Error {
    Error::new(ErrorKind::BadHistory, "the table whimbrel_seeds holds what no whimbrel wrote")
        .help("restore it from a backup, or drop it: then nothing is known of seeds, and their rows stay")
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '\t', '\n', '\r']) {
        return text.into();
    }
    let text = text.replace('%', "%25").replace('\t', "%09").replace('\n', "%0a").replace('\r', "%0d");
    text.into()
}

fn unescaped(text: &str) -> String {
    text.replace("%0d", "\r").replace("%0a", "\n").replace("%09", "\t").replace("%25", "%")
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
