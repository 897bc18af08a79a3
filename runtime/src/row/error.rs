//! Why a row cannot be read.

use std::fmt;

use crate::error::visible;
use crate::scalar::Misread;

/// Why a row of a query cannot be read: it names the table, the column, what was expected and what was
/// found, but never the value.
///
/// Drivers' errors are made of it: with rusqlite a missing column is `InvalidColumnName`, and a value
/// of another type `FromSqlConversionFailure`, whose source this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    table: Option<&'static str>,
    column: String,
    wrong: Wrong,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The result has these columns.
    Missing(Vec<String>),
    /// The result has it more than once.
    Several,
    /// The value does not fit the type.
    Value {
        /// The place of the column in the result.
        index: usize,
        misread: Misread,
    },
}

impl RowError {
    pub(crate) fn new(table: Option<&'static str>, column: &str, wrong: Wrong) -> Self {
        Self { table, column: column.to_owned(), wrong }
    }

    /// The table whose row was read, unless the column was named by itself.
    pub fn table(&self) -> Option<&str> {
        self.table
    }

    /// The column.
    pub fn column(&self) -> &str {
        &self.column
    }

    #[cfg(feature = "sqlite")]
    pub(crate) fn wrong(&self) -> &Wrong {
        &self.wrong
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = match self.table {
            Some(table) => format!("column `{}` of table `{table}`", self.column),
            None => format!("column `{}`", self.column),
        };
        let text = match &self.wrong {
            Wrong::Missing(names) => {
                format!("the result has no {column}; it has {}: select that column as well", names.join(", "))
            }
            Wrong::Several => {
                format!("the result has more than one {column}: give the others another name with AS")
            }
            Wrong::Value { misread, .. } => format!("{column} {misread}"),
        };
        f.write_str(&visible(&text))
    }
}

impl std::error::Error for RowError {}
