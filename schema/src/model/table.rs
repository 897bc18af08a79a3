use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{Check, Column, ForeignKey, Index, TableOptions};
use crate::Name;

/// A table with everything that belongs to it.
///
/// Equality ignores the order of columns (a reorder is no change) and all documentation.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// What it is for; becomes documentation of the generated token.
    pub doc: Option<String>,
    /// What Rust calls it, where its name alone does not say.
    pub rust_name: Option<String>,
    /// The columns in the order of `CREATE TABLE`.
    pub columns: IndexMap<Name, Column>,
    /// The primary key, if the table has one.
    pub primary_key: Option<PrimaryKey>,
    /// Unique constraints by name.
    pub uniques: BTreeMap<Name, Unique>,
    /// Foreign keys by name.
    pub foreign_keys: BTreeMap<Name, ForeignKey>,
    /// Check constraints by name.
    pub checks: BTreeMap<Name, Check>,
    /// Indexes by name.
    pub indexes: BTreeMap<Name, Index>,
    /// What only one database has for it.
    pub options: TableOptions,
}

/// The columns that identify a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryKey {
    /// The columns, in the order of the key.
    pub columns: Vec<Name>,
}

/// A constraint that no two rows agree in these columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unique {
    /// The columns, in the order of the constraint.
    pub columns: Vec<Name>,
}

impl Table {
    /// A table without columns, to be filled.
    pub fn new(name: Name) -> Self {
        Self {
            name,
            doc: None,
            rust_name: None,
            columns: IndexMap::new(),
            primary_key: None,
            uniques: BTreeMap::new(),
            foreign_keys: BTreeMap::new(),
            checks: BTreeMap::new(),
            indexes: BTreeMap::new(),
            options: TableOptions::default(),
        }
    }

    /// The column with this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(name)
    }

    /// The columns that rows are written with: all but generated ones.
    pub fn written_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.values().filter(|column| column.is_written())
    }

    /// The primary key's columns; empty without a key.
    pub fn key_columns(&self) -> &[Name] {
        self.primary_key.as_ref().map_or(&[], |key| &key.columns)
    }

    /// Whether exactly these columns, in any order, are unique: as primary key, constraint or
    /// unique index over all rows.
    pub fn is_unique(&self, columns: &[Name]) -> bool {
        self.keys_over(columns).next().is_some()
    }

    /// The keys of exactly these columns, in any order, that hold for all rows.
    pub(crate) fn keys_over<'a>(&'a self, columns: &'a [Name]) -> impl Iterator<Item = Key<'a>> {
        let same = move |key: &[Name]| {
            key.len() == columns.len() && key.iter().all(|column| columns.contains(column))
        };
        let primary = self.primary_key.iter().filter(move |key| same(&key.columns)).map(Key::Primary);
        let uniques = self.uniques.iter().filter(move |(_, unique)| same(&unique.columns));
        let indexes = self.indexes.iter().filter(move |(_, index)| index.is_unique_over(same));
        primary
            .chain(uniques.map(|(name, unique)| Key::Unique(name, unique)))
            .chain(indexes.map(|(name, index)| Key::Index(name, index)))
    }
}

/// What says that values are unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    Primary(&'a PrimaryKey),
    Unique(&'a Name, &'a Unique),
    Index(&'a Name, &'a Index),
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        // Taken apart, so that a new field cannot be forgotten here.
        let Self {
            name,
            doc: _,
            rust_name,
            columns,
            primary_key,
            uniques,
            foreign_keys,
            checks,
            indexes,
            options,
        } = self;
        *name == other.name
            && *rust_name == other.rust_name
            && *columns == other.columns
            && *primary_key == other.primary_key
            && *uniques == other.uniques
            && *foreign_keys == other.foreign_keys
            && *checks == other.checks
            && *indexes == other.indexes
            && *options == other.options
    }
}

impl Eq for Table {}
