use std::collections::BTreeSet;

use crate::Dialect;

/// The dialects that an object is there on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Only {
    /// All of them.
    #[default]
    Everywhere,
    /// These, and not the others.
    On(BTreeSet<Dialect>),
}

impl Only {
    /// Whether the object is there on a dialect.
    ///
    /// ```
    /// use whimbrel_schema::{Dialect, Only};
    ///
    /// let only = Only::On([Dialect::Postgres].into());
    /// assert!(only.includes(Dialect::Postgres) && !only.includes(Dialect::Sqlite));
    /// assert!(Only::Everywhere.includes(Dialect::Sqlite));
    /// ```
    pub fn includes(&self, dialect: Dialect) -> bool {
        match self {
            Self::Everywhere => true,
            Self::On(dialects) => dialects.contains(&dialect),
        }
    }
}
