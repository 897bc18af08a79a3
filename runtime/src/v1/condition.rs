//! Conditions on rows.

use std::marker::PhantomData;

use whimbrel_schema::{Expression, Operator};

use super::computed::binary;
use super::{Draft, SqlText};

/// A condition on a row of `Row`; comparisons of [`Column`](crate::Column) make it.
pub struct Condition<Row> {
    draft: Draft,
    marker: PhantomData<fn() -> Row>,
}

/// What says which rows of `Row` are meant: a [`Condition`] or [`sql`](super::sql).
///
/// Only this crate implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition on rows of `{Row}`",
    label = "not a condition on rows of `{Row}`",
    note = "conditions are comparisons of the columns of `{Row}`, as `.eq(..)` and `.is_null()`, or `sql(\"..\")`"
)]
pub trait Filter<Row> {
    /// The condition as the core knows it.
    #[doc(hidden)]
    fn condition(self) -> Draft;
}

impl<Row> Filter<Row> for Condition<Row> {
    fn condition(self) -> Draft {
        self.draft
    }
}

impl<Row> Filter<Row> for SqlText {
    fn condition(self) -> Draft {
        self.into_draft()
    }
}

impl<Row> Condition<Row> {
    pub(super) fn new(draft: Draft) -> Self {
        Self { draft, marker: PhantomData }
    }

    /// Both conditions.
    #[must_use]
    pub fn and(self, other: impl Filter<Row>) -> Self {
        Self::new(binary(self.draft, Operator::And, other.condition()))
    }

    /// Either condition, or both.
    #[must_use]
    pub fn or(self, other: impl Filter<Row>) -> Self {
        Self::new(binary(self.draft, Operator::Or, other.condition()))
    }

    /// The opposite.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "migrations read better with a method than with `!`")]
    pub fn not(self) -> Self {
        Self::new(self.draft.map(Expression::Not))
    }
}
