//! Tables that come back with values which the archive does not have.

use std::marker::PhantomData;

use whimbrel_schema::{Name, Operation};

use super::change::Change;
use super::{Editor, NoRow, Result, Value};
use crate::{Column, Table};

/// The return of a dropped table.
#[must_use = "a table is not restored until `.run()?`"]
pub struct RestoreTable<'e, 'm, T> {
    change: Change<'e, 'm>,
    marker: PhantomData<fn() -> T>,
}

impl<'e, 'm, T: Table> RestoreTable<'e, 'm, T> {
    pub(super) fn new(editor: &'e mut Editor<'m>) -> Self {
        Self { change: Change::new(editor), marker: PhantomData }
    }

    /// Gives every row a value in a personal column.
    pub fn set<Ty>(self, column: Column<T, Ty>, value: impl Value<NoRow, Ty>) -> Self {
        Self { change: self.change.set(column.name(), value.draft()), marker: PhantomData }
    }

    /// Runs it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, a value is none, or the SQL fails.
    pub fn run(self) -> Result<()> {
        self.change.run_as(|set| Operation::RestoreTable { table: Name::new(T::NAME), set })
    }
}
