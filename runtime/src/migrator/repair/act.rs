//! What a repair does, as data.

use std::fmt;

use super::found::Found;
use crate::history::{Event, Method};
use crate::project::Direction;

/// What a repair has done, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repaired {
    /// What, in order; empty if nothing was wrong.
    pub acts: Vec<RepairAct>,
    /// The newest revision applied, by the history as it is then.
    pub head: Option<String>,
}

/// One thing that a repair does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RepairAct {
    /// The tables `whimbrel_history` and `whimbrel_journal` are created, as far as they are not there.
    CreateHistory,
    /// A row of the history is taken out. The journal keeps its text.
    Remove {
        /// The row, as text.
        row: String,
    },
    /// An event is written.
    Write {
        /// Its number.
        number: i64,
        /// The revision applied or rolled back.
        revision: String,
        /// Which of the two.
        direction: Direction,
        /// By what; [`Method::Repair`] unless the event was there already and has another place now.
        method: Method,
    },
    /// A table gets another name.
    Rename {
        /// The name that it has.
        previous: String,
        /// The name that it gets.
        next: String,
    },
}

impl RepairAct {
    /// Whether it is about a table as a whole.
    pub(super) fn is_of_table(&self) -> bool {
        matches!(self, Self::CreateHistory | Self::Rename { .. })
    }

    /// The row that goes, if one does.
    pub(super) fn row(&self) -> Option<&str> {
        match self {
            Self::Remove { row } => Some(row),
            Self::CreateHistory | Self::Write { .. } | Self::Rename { .. } => None,
        }
    }

    pub(super) fn removed(row: &Found) -> Self {
        Self::Remove { row: row.text.clone() }
    }

    pub(super) fn written(event: &Event) -> Self {
        let Event { number, revision, direction, method, .. } = event.clone();
        Self::Write { number, revision, direction, method }
    }
}

impl fmt::Display for RepairAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateHistory => f.write_str("create the tables of the history"),
            Self::Remove { row } => write!(f, "remove {row}"),
            Self::Write { number, revision, direction, method } => {
                write!(f, "write event {number}: {direction} {revision}")?;
                match method {
                    Method::Repair => f.write_str(", by this repair"),
                    Method::Steps | Method::Jump | Method::Baseline => f.write_str(", as it was before"),
                }
            }
            Self::Rename { previous, next } => write!(f, "rename the table {previous} to {next}"),
        }
    }
}
