use std::collections::BTreeMap;
use std::sync::Arc;

use super::Fake;
use crate::{Name, Table, Value};

/// All seeds of a package, checked against its schema.
#[derive(Debug, Clone)]
pub struct Seeds {
    /// What seeds.toml says.
    pub manifest: Manifest,
    /// The sets, each behind those it needs.
    pub sets: Vec<SeedSet>,
}

impl Seeds {
    /// The number of the set with this name.
    pub fn set(&self, name: &str) -> Option<usize> {
        self.sets.iter().position(|set| set.name == name)
    }
}

/// `seeds.toml`.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// What all values that are made follow from.
    pub seed: String,
    /// The time that values call now, in microseconds since 1970.
    pub now: i64,
    /// By how much each size multiplies the numbers of rows.
    pub sizes: BTreeMap<String, f64>,
    /// What is loaded where.
    pub environments: Vec<SeedEnvironment>,
}

impl Default for Manifest {
    fn default() -> Self {
        // 2026-01-01 00:00:00
        let now = 1_767_225_600_000_000;
        Self { seed: "whimbrel".to_owned(), now, sizes: BTreeMap::new(), environments: Vec::new() }
    }
}

/// `[environment.NAME]` of seeds.toml.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedEnvironment {
    /// Its name, which is that of an environment in whimbrel.toml where it has a database there.
    pub name: String,
    /// The sets that `seed run` loads.
    pub sets: Vec<String>,
    /// The size that is meant where none is named.
    pub size: Option<String>,
    /// Whether nothing but these sets is loaded, and nothing cleaned.
    pub protect: bool,
    /// Whether a run has to name the environment once more.
    pub confirm: bool,
}

/// Rows that are loaded together, and are there or not.
#[derive(Debug, Clone)]
pub struct SeedSet {
    /// Its name.
    pub name: String,
    /// The sets whose rows it may name, each behind those that it needs itself.
    pub needs: Vec<usize>,
    /// Its tables, in the order of the files.
    pub tables: Vec<SeedTable>,
    /// The order in which tables are loaded.
    pub order: Vec<usize>,
    /// Whether foreign keys have to wait for the end of the transaction.
    pub deferred: bool,
    /// A hash of all that its rows follow from, but for the seed and the size.
    pub hash: String,
}

impl SeedSet {
    /// Whether all of its rows are written out, so that neither seed nor size make others of them.
    pub fn is_written(&self) -> bool {
        self.tables.iter().all(|table| table.groups.is_empty())
    }
}

/// How rows of a table that are written out meet those that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are inserted; one that is there is an error.
    Insert,
    /// One that is there is made what is written.
    Upsert,
    /// One that is there is left as it is.
    Ensure,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Insert, Self::Upsert, Self::Ensure];

    /// The word of seed files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Upsert => "upsert",
            Self::Ensure => "ensure",
        }
    }
}

/// The rows of one table in a set.
#[derive(Debug, Clone)]
pub struct SeedTable {
    /// The table.
    pub table: Arc<Table>,
    /// How rows that are written out meet those that are there.
    pub mode: Mode,
    /// The columns by which they are found.
    pub matching: Vec<Name>,
    /// The columns that have values here: all but those that the database fills by itself.
    pub columns: Vec<SeedColumn>,
    /// Which of them identify a row.
    pub key: Vec<usize>,
    /// The rows that are written out.
    pub rows: Vec<SeedRow>,
    /// In which order they are inserted.
    pub row_order: Vec<usize>,
    /// The rows that are made.
    pub groups: Vec<Group>,
    /// Columns that are filled once all rows are there.
    pub late: Vec<usize>,
}

impl SeedTable {
    /// The number of the column with this name, if it has values here.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == *name)
    }

    /// The column that the database numbers, if rows leave that to it.
    pub fn numbered(&self) -> Option<usize> {
        self.columns.iter().position(|column| column.numbered)
    }
}

/// A column that has values.
#[derive(Debug, Clone)]
pub struct SeedColumn {
    /// Its name.
    pub name: Name,
    /// Its place among the columns of the table.
    pub(crate) place: usize,
    /// Whether the database numbers it, so that its sequence has to be moved on.
    pub numbered: bool,
}

/// A row that is written out.
#[derive(Debug, Clone)]
pub struct SeedRow {
    /// What other rows call it.
    pub label: Option<String>,
    pub(crate) cells: Vec<Maker>,
}

/// Rows that are made alike.
#[derive(Debug, Clone)]
pub struct Group {
    /// What its values are keyed by.
    pub(crate) name: String,
    pub(crate) count: Count,
    /// The rows for each of which there are some.
    pub(crate) parents: Option<Pool>,
    pub(crate) cells: Vec<Maker>,
    /// For each column, among which rows its values are distinct.
    pub(crate) distinct: Vec<Distinct>,
    /// Columns that are distinct together.
    pub(crate) joints: Vec<Joint>,
    /// A column that names the parent, of which the schema wants one row for each: parents with a row that is
    /// written out get none.
    pub(crate) lone: Option<Name>,
}

/// Among which rows the values of a column are distinct by construction.
///
/// In their order each has all that those before it have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Distinct {
    No,
    /// Among those of one parent.
    OfParent,
    /// Among all of the table.
    OfTable,
}

/// Columns of which no two rows have the same values together, as those of a table between two others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Joint {
    /// Each once, and at least two.
    pub(crate) columns: Vec<usize>,
    /// Among which rows.
    pub(crate) distinct: Distinct,
}

/// Tables of sets whose rows are meant together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pool(pub(crate) Vec<(usize, usize)>);

/// How many rows.
#[derive(Debug, Clone)]
pub(crate) enum Count {
    Between(u64, u64),
    /// Numbers, each with the sum of its weight and those before it.
    Weighted(Vec<(u64, u64)>),
    /// One, by this share of 2^53, or none.
    Chance(u64),
}

impl Count {
    pub(crate) fn greatest(&self) -> u64 {
        match self {
            Self::Between(_, most) => *most,
            Self::Weighted(numbers) => numbers.iter().map(|(number, _)| *number).max().unwrap_or(0),
            Self::Chance(_) => 1,
        }
    }
}

/// How the value of a cell comes about.
#[derive(Debug, Clone)]
pub(crate) enum Maker {
    Constant(Option<Value>),
    /// What the database would number it.
    Number,
    /// A column of a row that is named.
    Label {
        set: usize,
        table: usize,
        row: usize,
        column: usize,
    },
    /// A column of the parent row.
    Parent {
        column: Name,
    },
    Pick(Vec<Maker>, Option<Vec<u64>>),
    Fake(Fake),
    Text(Template),
    Reference(Reference),
    /// By the value of another column, of the same row or of an ancestor.
    Cases {
        by: Gap,
        cases: Vec<(Option<Value>, Maker)>,
        otherwise: Box<Maker>,
    },
    /// A whole number of units: a decimal has digits behind its point, a time so many microseconds.
    Between {
        low: i64,
        high: i64,
        unit: Unit,
    },
    BetweenFloat {
        low: f64,
        high: f64,
    },
    Normal {
        mean: f64,
        deviation: f64,
        low: f64,
        high: f64,
    },
    LogNormal {
        median: f64,
        sigma: f64,
        low: f64,
        high: f64,
    },
    /// By a share of 2^53.
    Chance {
        share: u64,
        then: Box<Maker>,
        otherwise: Box<Maker>,
    },
    /// A function of the program.
    Call(String),
}

/// What a whole number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    One,
    /// Decimals with so many digits behind the point.
    Scale(u32),
    /// So many microseconds.
    Microseconds(i64),
}

impl Maker {
    /// The references among the ways in which a value may come about.
    pub(crate) fn references(&self) -> Vec<&Reference> {
        match self {
            Self::Reference(reference) => vec![reference],
            Self::Pick(items, _) => items.iter().flat_map(Self::references).collect(),
            Self::Cases { cases, otherwise, .. } => {
                let cases = cases.iter().map(|(_, maker)| maker);
                cases.chain([&**otherwise]).flat_map(Self::references).collect()
            }
            Self::Chance { then, otherwise, .. } => {
                [then, otherwise].into_iter().flat_map(|maker| maker.references()).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A foreign key that is filled with rows of its table.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The foreign key, so that all of its columns choose the same row.
    pub(crate) key: Name,
    pub(crate) pool: Pool,
    pub(crate) column: Name,
    /// Columns that the row chosen must have in common: this one's, or its parent's, and the other's.
    pub(crate) same: Option<Name>,
    /// Whether no row is to be chosen twice, whatever the schema says.
    pub(crate) distinct: bool,
    /// Labels with the sums of their weights; nothing else is chosen then.
    pub(crate) weights: Vec<((usize, usize, usize), u64)>,
    /// Whether it is the table itself, whose later rows are not there yet.
    pub(crate) own: bool,
}

/// A text with gaps.
#[derive(Debug, Clone)]
pub(crate) struct Template(pub(crate) Vec<Part>);

#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(String),
    Gap(Gap, Vec<Filter>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The number of the row in its group, or among those of its parent, from 1.
    Number,
    /// The number of the row in its table, from 1.
    Row,
    Own(usize),
    /// A column of an ancestor, that many steps up.
    Parent(usize, Name),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    Lower,
    Upper,
    Slug,
    First,
    Last,
    Pad(usize),
}

impl Filter {
    pub(crate) const WORDS: [&'static str; 6] = ["lower", "upper", "slug", "first", "last", "pad:6"];

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "lower" => Self::Lower,
            "upper" => Self::Upper,
            "slug" => Self::Slug,
            "first" => Self::First,
            "last" => Self::Last,
            other => Self::Pad(other.strip_prefix("pad:")?.parse().ok().filter(|width| *width <= 64)?),
        })
    }

    pub(crate) fn apply(self, text: &str) -> String {
        match self {
            Self::Lower => text.to_lowercase(),
            Self::Upper => text.to_uppercase(),
            Self::First => text.split_whitespace().next().unwrap_or_default().to_owned(),
            Self::Last => text.split_whitespace().next_back().unwrap_or_default().to_owned(),
            Self::Pad(width) => format!("{text:0>width$}"),
            Self::Slug => {
                let mut slug = String::with_capacity(text.len());
                for character in text.chars() {
                    if character.is_alphanumeric() {
                        slug.extend(character.to_lowercase());
                    } else if !slug.is_empty() && !slug.ends_with('-') {
                        slug.push('-');
                    }
                }
                slug.truncate(slug.trim_end_matches('-').len());
                slug
            }
        }
    }
}
