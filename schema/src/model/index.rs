use crate::{Name, Sql};

/// An index over columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// The columns, in order.
    pub columns: Vec<IndexColumn>,
    /// Whether it also forbids two rows with the same key.
    pub unique: bool,
    /// For a partial index, which rows it holds.
    pub predicate: Option<Sql>,
}

/// One column of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexColumn {
    /// The column.
    pub name: Name,
    /// The direction in which it is kept.
    pub order: SortOrder,
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
    /// Whether the index mentions a column in its key.
    pub fn mentions(&self, column: &str) -> bool {
        self.columns.iter().any(|part| part.name == *column)
    }

    pub(super) fn is_unique_over(&self, same: impl Fn(&[Name]) -> bool) -> bool {
        let columns: Vec<Name> = self.columns.iter().map(|part| part.name.clone()).collect();
        self.unique && self.predicate.is_none() && same(&columns)
    }
}
