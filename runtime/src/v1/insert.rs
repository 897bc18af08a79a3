//! Statements that insert rows.

use std::marker::PhantomData;

use whimbrel_schema::{DataStatement, Name};

use super::change::{Change, Decided, Undecided};
use super::{Editor, Filter, Result, Value};
use crate::{Column, Table};

/// No row: an insert has none that its values could be read from.
pub struct NoRow;

/// An insert of one row into `T`.
#[must_use = "an insert does nothing until `.run()?`"]
pub struct Insert<'e, 'm, T> {
    change: Change<'e, 'm>,
    marker: PhantomData<fn() -> T>,
}

/// An insert of a row into `T` for each row of `S`, or for those that a filter chooses.
#[must_use = "an insert does nothing until `.run()?`"]
pub struct InsertFrom<'e, 'm, T, S, Rows = Undecided> {
    change: Change<'e, 'm>,
    marker: Marker<(T, S, Rows)>,
}

type Marker<T> = PhantomData<fn() -> T>;

impl<'e, 'm, T: Table> Insert<'e, 'm, T> {
    pub(super) fn new(editor: &'e mut Editor<'m>) -> Self {
        Self { change: Change::new(editor), marker: PhantomData }
    }

    /// Gives a column a value.
    pub fn set<Ty>(self, column: Column<T, Ty>, value: impl Value<NoRow, Ty>) -> Self {
        Self { change: self.change.set(column.name(), value.draft()), marker: PhantomData }
    }

    /// Runs it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, a value is none, or the SQL fails.
    pub fn run(self) -> Result<()> {
        self.change.run(T::NAME, |table, set, _| DataStatement::Insert { table, set })
    }
}

impl<'e, 'm, T: Table, S: Table> InsertFrom<'e, 'm, T, S, Undecided> {
    pub(super) fn new(editor: &'e mut Editor<'m>) -> Self {
        Self { change: Change::new(editor), marker: PhantomData }
    }

    /// Only for the rows of the source for which a condition holds.
    pub fn filter(self, condition: impl Filter<S>) -> InsertFrom<'e, 'm, T, S, Decided> {
        InsertFrom { change: self.change.filter(condition.condition()), marker: PhantomData }
    }
}

impl<T: Table, S: Table, Rows> InsertFrom<'_, '_, T, S, Rows> {
    /// Gives a column a value computed from a row of the source.
    pub fn set<Ty>(self, column: Column<T, Ty>, value: impl Value<S, Ty>) -> Self {
        Self { change: self.change.set(column.name(), value.draft()), marker: PhantomData }
    }

    /// Runs it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, a value is none, or the SQL fails.
    pub fn run(self) -> Result<()> {
        let source = Name::new(S::NAME);
        self.change.run(T::NAME, |table, set, filter| DataStatement::InsertFrom {
            table,
            source,
            set,
            filter,
        })
    }
}
