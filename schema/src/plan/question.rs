use crate::{ColumnType, Name, Pair};

/// Something that only the author of a change can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Existing rows would have no value in a NOT NULL column.
    Backfill {
        /// The table.
        table: Name,
        /// The column, by its next name.
        column: Name,
    },
    /// Values of one type do not become values of the other by themselves.
    Using {
        /// The table.
        table: Name,
        /// The column, by its next name.
        column: Name,
        /// The two types.
        types: Pair<ColumnType>,
    },
    /// The same on the way back, where no one can be asked.
    NoWayBack(Box<Question>),
}

impl Question {
    /// The column in question.
    pub fn column(&self) -> (&Name, &Name) {
        match self {
            Self::Backfill { table, column } | Self::Using { table, column, .. } => (table, column),
            Self::NoWayBack(question) => question.column(),
        }
    }
}
