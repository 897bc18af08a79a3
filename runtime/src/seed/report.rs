//! What was done with seeds, and what there is.

use std::fmt;
use std::time::Duration;

/// What a run has done.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SeedReport {
    /// The sets, in the order in which they were looked at.
    pub sets: Vec<SeededSet>,
}

/// A set of a run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SeededSet {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Its tables, in the order in which they were loaded.
    pub tables: Vec<SeededTable>,
    /// Rows of an earlier load that were left, because they were edited since or something else references
    /// them.
    pub kept: Vec<Kept>,
    /// How long it took.
    pub duration: Duration,
}

/// What became of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was loaded.
    Loaded,
    /// It was loaded before as it is, so nothing was done.
    Unchanged,
    /// It was loaded before otherwise; what was left of that was cleaned, and it was loaded anew.
    Reloaded,
}

impl Outcome {
    /// The word of reports and JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Unchanged => "unchanged",
            Self::Reloaded => "reloaded",
        }
    }
}

/// A table of a set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SeededTable {
    /// Its name.
    pub name: String,
    /// How many rows were inserted.
    pub inserted: u64,
    /// How many that were there were made what is written.
    pub updated: u64,
    /// How many that were there were left.
    pub found: u64,
}

impl SeededSet {
    /// How many rows were inserted.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.inserted).sum()
    }
}

/// A row that stays though its set is cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// Its table.
    pub table: String,
    /// Its key, as `id = 7`.
    pub key: String,
    /// Its label, if it has one.
    pub label: Option<String>,
    /// Why it stays.
    pub reason: Reason,
}

/// Why a row stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It was edited after it had been loaded.
    Edited,
    /// A row that stays references it.
    Referenced,
    /// A migration has changed the columns that it was loaded with, so nobody can tell.
    Migrated,
}

impl Reason {
    /// The word of JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Referenced => "referenced",
            Self::Migrated => "migrated",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Edited => "edited since",
            Self::Referenced => "referenced by a row that stays",
            Self::Migrated => "a migration changed its columns",
        })
    }
}

/// What was cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cleaned {
    /// The set.
    pub set: String,
    /// For each table how many rows were removed.
    pub removed: Vec<(String, u64)>,
    /// The rows that stay.
    pub kept: Vec<Kept>,
    /// How many rows were gone already.
    pub missing: u64,
}

/// A set that is loaded.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SeedStatus {
    /// The set.
    pub set: String,
    /// How it stands to the set that the program has.
    pub state: SeedState,
    /// What its values followed from.
    pub seed: String,
    /// By how much the numbers of its rows were multiplied.
    pub size: f64,
    /// When it was loaded, in UTC.
    pub loaded_at: String,
    /// For each table how many rows it loaded.
    pub tables: Vec<(String, u64)>,
}

/// How a set that was loaded stands to the one that the program has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeedState {
    /// It is the same.
    Current,
    /// It has changed since, or the schema has.
    Changed,
    /// It was cleaned, and some of its rows stayed.
    Cleaned,
    /// The program has none of this name.
    Unknown,
}

impl SeedState {
    /// The word of the JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Changed => "changed",
            Self::Cleaned => "cleaned",
            Self::Unknown => "unknown",
        }
    }
}

/// What a run would do with a set.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PlannedSeeds {
    /// The set.
    pub set: String,
    /// What would become of it.
    pub outcome: Outcome,
    /// Its tables, in the order in which they would be loaded.
    pub tables: Vec<PlannedTable>,
}

/// What a run would do with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedTable {
    /// Its name.
    pub name: String,
    /// How rows that are written out meet those that are there: `insert`, `upsert` or `ensure`.
    pub mode: &'static str,
    /// How many rows are written out.
    pub written: u64,
    /// How many are made.
    pub made: u64,
    /// Columns that are filled once all rows are there.
    pub late: Vec<String>,
}

/// What goes on while seeds are loaded.
#[derive(Debug)]
#[non_exhaustive]
pub enum SeedProgress<'p> {
    /// Another program has to be waited for.
    Waiting {
        /// Who that is, where the database knows.
        holder: Option<&'p str>,
    },
    /// Rows of a table have been loaded.
    Rows {
        /// The set.
        set: &'p str,
        /// The table.
        table: &'p str,
        /// How many of its rows are loaded.
        done: u64,
        /// How many there are.
        total: u64,
    },
    /// A set is done.
    Set(&'p SeededSet),
}
