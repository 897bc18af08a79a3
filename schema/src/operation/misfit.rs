use std::fmt;

/// Why an operation cannot be done where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// What kind of misfit it is.
    pub kind: MisfitKind,
    /// What is wrong, in a sentence.
    pub message: String,
}

/// The kinds of [`Misfit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MisfitKind {
    /// Something is not there, or is already there, at this position.
    Position,
    /// The schema that the migration leads to does not define it.
    Definition,
    /// Something else still needs what would be dropped.
    Dependency,
    /// A data statement does not fit the tables at this position.
    Data,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Misfit {}

pub(super) fn misfit<T>(kind: MisfitKind, message: impl Into<String>) -> Result<T, Misfit> {
    Err(Misfit { kind, message: message.into() })
}
