//! Steps that let programs go on meanwhile.

use super::{Editor, Result, TableEditor};
use crate::{Index, Table};

/// Takes steps in the form that lets programs go on meanwhile.
///
/// On PostgreSQL indexes are built and dropped `CONCURRENTLY`, constraints are added `NOT VALID` and validated
/// afterwards, and rows are read before a column becomes NOT NULL. On MySQL and MariaDB the server is held to
/// do without a copy of the table and without keeping writers out, and refuses otherwise. On SQLite it is as
/// without.
///
/// On PostgreSQL such a migration is no single transaction: what is done stays done, and the journal tells how
/// far it came.
#[must_use = "this alone is no step"]
pub struct Online<'e, 'm> {
    editor: &'e mut Editor<'m>,
}

impl<'e, 'm> Online<'e, 'm> {
    pub(super) fn new(editor: &'e mut Editor<'m>) -> Self {
        Self { editor }
    }

    /// Creates an index.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn create_index<T: Table>(self, index: Index<T>) -> Result<()> {
        self.editor.create_index_of(T::NAME, index.name(), true)
    }

    /// Drops an index.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn drop_index<T: Table>(self, index: Index<T>) -> Result<()> {
        self.editor.drop_index_of(T::NAME, index.name(), true)
    }

    /// Changes a table.
    ///
    /// A table that is also renamed is renamed first.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn alter_table<P: Table, N: Table>(
        self,
        _previous: P,
        _next: N,
        change: impl FnOnce(&mut TableEditor<P, N>),
    ) -> Result<()> {
        let mut table = TableEditor::new();
        change(&mut table);
        self.editor.alter(N::NAME, table.into_alterations(), true)
    }
}
