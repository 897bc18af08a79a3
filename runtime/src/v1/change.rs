//! Statements that change or delete rows.

use std::marker::PhantomData;

use whimbrel_schema::{DataStatement, Expression, Name, Operation};

use super::{Draft, Editor, Filter, Result, Value};
use crate::{Column, Table};

/// Nothing says yet which rows a statement means.
pub struct Undecided;

/// It is said which rows a statement means.
pub struct Decided;

/// Whether it is said which rows a statement means.
#[diagnostic::on_unimplemented(
    message = "nothing says which rows this statement means",
    label = "add `.filter(..)` or `.every_row()` before `.run()`"
)]
pub trait Chosen {}

impl Chosen for Decided {}

/// An update to which nothing is assigned yet.
#[must_use = "an update does nothing until `.set(..)`, `.filter(..)` or `.every_row()`, and `.run()?`"]
pub struct UpdateStart<'e, 'm, T> {
    editor: &'e mut Editor<'m>,
    marker: PhantomData<fn() -> T>,
}

/// An update of rows of `T`.
#[must_use = "an update does nothing until `.run()?`"]
pub struct Update<'e, 'm, T, Rows> {
    change: Change<'e, 'm>,
    marker: PhantomData<fn() -> (T, Rows)>,
}

/// A deletion of rows of `T`.
#[must_use = "a delete does nothing until `.run()?`"]
pub struct Delete<'e, 'm, T, Rows> {
    change: Change<'e, 'm>,
    marker: PhantomData<fn() -> (T, Rows)>,
}

/// A value for the rows that have NULL in a column.
#[must_use = "a backfill does nothing until `.run()?`"]
pub struct Backfill<'e, 'm> {
    editor: &'e mut Editor<'m>,
    operation: Result<Operation, String>,
}

/// The parts of a statement, free of types.
pub(super) struct Change<'e, 'm> {
    pub(super) editor: &'e mut Editor<'m>,
    set: Result<Vec<(Name, Expression)>, String>,
    filter: Result<Option<Expression>, String>,
}

impl<'e, 'm, T: Table> UpdateStart<'e, 'm, T> {
    pub(super) fn new(editor: &'e mut Editor<'m>) -> Self {
        Self { editor, marker: PhantomData }
    }

    /// Gives a column a value.
    pub fn set<Ty>(self, column: Column<T, Ty>, value: impl Value<T, Ty>) -> Update<'e, 'm, T, Undecided> {
        Update { change: Change::new(self.editor).set(column.name(), value.draft()), marker: PhantomData }
    }
}

impl<T: Table, Rows> Update<'_, '_, T, Rows> {
    /// Gives a column a value.
    pub fn set<Ty>(self, column: Column<T, Ty>, value: impl Value<T, Ty>) -> Self {
        Self { change: self.change.set(column.name(), value.draft()), marker: PhantomData }
    }

    /// Runs it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, a value is none, or the SQL fails.
    pub fn run(self) -> Result<()>
    where
        Rows: Chosen,
    {
        self.change.run(T::NAME, |table, set, filter| DataStatement::Update { table, set, filter })
    }
}

impl<'e, 'm, T: Table> Update<'e, 'm, T, Undecided> {
    /// Only the rows for which a condition holds.
    pub fn filter(self, condition: impl Filter<T>) -> Update<'e, 'm, T, Decided> {
        Update { change: self.change.filter(condition.condition()), marker: PhantomData }
    }

    /// Every row of the table.
    pub fn every_row(self) -> Update<'e, 'm, T, Decided> {
        Update { change: self.change, marker: PhantomData }
    }
}

impl<'e, 'm, T: Table> Delete<'e, 'm, T, Undecided> {
    pub(super) fn new(editor: &'e mut Editor<'m>) -> Self {
        Self { change: Change::new(editor), marker: PhantomData }
    }

    /// Only the rows for which a condition holds.
    pub fn filter(self, condition: impl Filter<T>) -> Delete<'e, 'm, T, Decided> {
        Delete { change: self.change.filter(condition.condition()), marker: PhantomData }
    }

    /// Every row of the table.
    pub fn every_row(self) -> Delete<'e, 'm, T, Decided> {
        Delete { change: self.change, marker: PhantomData }
    }
}

impl<T: Table, Rows> Delete<'_, '_, T, Rows> {
    /// Runs it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, a value is none, or the SQL fails.
    pub fn run(self) -> Result<()>
    where
        Rows: Chosen,
    {
        self.change.run(T::NAME, |table, _, filter| DataStatement::Delete { table, filter })
    }
}

impl<'e, 'm> Backfill<'e, 'm> {
    pub(super) fn new(editor: &'e mut Editor<'m>, table: &str, column: &str, value: Draft) -> Self {
        let operation = value.0.map(|value| {
            Operation::Data(DataStatement::Backfill {
                table: Name::new(table),
                column: Name::new(column),
                value,
            })
        });
        Self { editor, operation }
    }

    /// Runs it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, the value is none, or the SQL fails.
    pub fn run(self) -> Result<()> {
        self.editor.step_or(self.operation)
    }
}

impl<'e, 'm> Change<'e, 'm> {
    pub(super) fn new(editor: &'e mut Editor<'m>) -> Self {
        Self { editor, set: Ok(Vec::new()), filter: Ok(None) }
    }

    pub(super) fn set(mut self, column: &str, value: Draft) -> Self {
        self.set = self.set.and_then(|mut set| {
            set.push((Name::new(column), value.0?));
            Ok(set)
        });
        self
    }

    pub(super) fn filter(mut self, condition: Draft) -> Self {
        self.filter = condition.0.map(Some);
        self
    }

    /// For what has no filter.
    pub(super) fn run_as(self, make: impl FnOnce(Vec<(Name, Expression)>) -> Operation) -> Result<()> {
        self.editor.step_or(self.set.map(make))
    }

    pub(super) fn run(
        self,
        table: &str,
        make: impl FnOnce(Name, Vec<(Name, Expression)>, Option<Expression>) -> DataStatement,
    ) -> Result<()> {
        let operation =
            self.set.and_then(|set| Ok(Operation::Data(make(Name::new(table), set, self.filter?))));
        self.editor.step_or(operation)
    }
}
