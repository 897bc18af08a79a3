use crate::Sql;

/// A condition that every row must satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The condition.
    pub condition: Sql,
}
