//! SQL that a person wrote, for one dialect or for all.

use std::collections::BTreeMap;

use crate::Dialect;

/// A piece of hand-written SQL: one text for every dialect, or a text for each.
///
/// ```
/// use whimbrel_schema::{Dialect, Sql};
///
/// let now = Sql::from("CURRENT_TIMESTAMP");
/// assert_eq!(now.text(Dialect::Sqlite), Some("CURRENT_TIMESTAMP"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sql {
    /// The same text everywhere.
    Same(String),
    /// A text for each dialect named.
    Each(BTreeMap<Dialect, String>),
}

impl Sql {
    /// The text for a dialect, if there is one.
    pub fn text(&self, dialect: Dialect) -> Option<&str> {
        match self {
            Self::Same(text) => Some(text),
            Self::Each(texts) => texts.get(&dialect).map(String::as_str),
        }
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Self {
        Self::Same(text.to_owned())
    }
}
