use crate::{Only, Sql};

/// A condition that every row must satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The condition.
    pub condition: Sql,
    /// The dialects that have it.
    pub only: Only,
}

impl Check {
    /// A condition on every dialect.
    pub fn new(condition: impl Into<Sql>) -> Self {
        Self { condition: condition.into(), only: Only::Everywhere }
    }
}
