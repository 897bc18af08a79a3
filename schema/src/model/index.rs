use std::collections::BTreeMap;

use crate::{Dialect, Name, Only, Sql};

/// An index over columns of a table, or over what is computed from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// What rows are sorted by, in order.
    pub columns: Vec<IndexColumn>,
    /// Whether it also forbids two rows with the same key.
    pub unique: bool,
    /// For a partial index, which rows it holds.
    pub predicate: Option<Sql>,
    /// Columns whose values it holds beside the key, so that the table need not be read.
    pub include: Vec<Name>,
    /// How it is kept, where the database's usual way is not it.
    pub method: BTreeMap<Dialect, String>,
    /// The dialects that have it.
    pub only: Only,
}

/// One part of an index's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexColumn {
    /// What is sorted.
    pub key: IndexKey,
    /// The direction in which it is kept.
    pub order: SortOrder,
}

/// What one part of an index sorts by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexKey {
    /// A column.
    Column(Name),
    /// An expression over the row.
    Expression(Sql),
}

/// The direction of a column in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    /// From small to large.
    Ascending,
    /// From large to small.
    Descending,
}

impl Index {
    /// An index over these columns, each from small to large.
    pub fn new(columns: impl IntoIterator<Item = Name>) -> Self {
        Self {
            columns: columns.into_iter().map(|name| IndexColumn::new(name, SortOrder::Ascending)).collect(),
            unique: false,
            predicate: None,
            include: Vec::new(),
            method: BTreeMap::new(),
            only: Only::Everywhere,
        }
    }

    /// The columns that it names: those of its key, then those it holds beside. Those that only stand
    /// in an expression are not among them.
    pub fn named_columns(&self) -> impl Iterator<Item = &Name> {
        self.columns.iter().filter_map(|part| part.key.column()).chain(&self.include)
    }

    /// Whether the index names a column.
    pub fn mentions(&self, column: &str) -> bool {
        self.named_columns().any(|name| name == column)
    }

    /// The SQL in it: of its expressions, and of its predicate.
    pub fn sqls(&self) -> impl Iterator<Item = &Sql> {
        let expressions = self.columns.iter().filter_map(|part| match &part.key {
            IndexKey::Column(_) => None,
            IndexKey::Expression(sql) => Some(sql),
        });
        expressions.chain(&self.predicate)
    }

    pub(crate) fn columns_mut(&mut self) -> impl Iterator<Item = &mut Name> {
        let keys = self.columns.iter_mut().filter_map(|part| match &mut part.key {
            IndexKey::Column(name) => Some(name),
            IndexKey::Expression(_) => None,
        });
        keys.chain(&mut self.include)
    }

    pub(super) fn is_unique_over(&self, same: impl Fn(&[Name]) -> bool) -> bool {
        let columns: Option<Vec<Name>> = self.columns.iter().map(|part| part.key.column().cloned()).collect();
        self.unique
            && self.predicate.is_none()
            && self.only == Only::Everywhere
            && columns.is_some_and(|columns| same(&columns))
    }
}

impl IndexColumn {
    /// A column in a direction.
    pub const fn new(column: Name, order: SortOrder) -> Self {
        Self { key: IndexKey::Column(column), order }
    }
}

impl IndexKey {
    /// The column, unless it is an expression.
    pub const fn column(&self) -> Option<&Name> {
        match self {
            Self::Column(name) => Some(name),
            Self::Expression(_) => None,
        }
    }
}
