//! The rows of a history that may be damaged.

use crate::driver::{Cell, Row};
use crate::error::Error;
use crate::history::{self, Event, Head};
use crate::project::{Direction, Project};

/// A row as it is.
pub(super) struct Found {
    /// What it says; `None` if it cannot be read.
    pub(super) event: Option<Event>,
    /// All of it, as text.
    pub(super) text: String,
}

/// The columns, in the order in which rows are read.
const COLUMNS: [&str; 12] = [
    "event",
    "revision",
    "direction",
    "method",
    "head_after",
    "head_hash_after",
    "started_at",
    "finished_at",
    "duration_ms",
    "actor",
    "tool_version",
    "format",
];

/// Takes rows for what they are.
///
/// # Errors
///
/// If a newer whimbrel wrote one: it knows what this one does not.
pub(super) fn found(rows: Vec<Row>) -> Result<Vec<Found>, Error> {
    rows.into_iter()
        .map(|row| {
            let newer = history::is_of_newer(&row);
            let text = text(&row);
            match (history::event(row), newer) {
                (Err(error), true) => Err(error),
                (event, _) => Ok(Found { event: event.ok(), text }),
            }
        })
        .collect()
}

fn text(row: &Row) -> String {
    let cell = |(column, cell): (&&str, &Cell)| {
        format!("{column}={}", cell.clone().shown().unwrap_or_else(|| "NULL".to_owned()))
    };
    COLUMNS.iter().zip(row).map(cell).collect::<Vec<_>>().join(" ")
}

/// The revisions that were applied and not rolled back, in whatever order that was, each with the hash of the
/// last time.
pub(super) fn still_applied(events: &[Event]) -> Vec<Head> {
    let mut applied: Vec<Head> = Vec::new();
    for event in events {
        applied.retain(|head| head.revision != event.revision);
        if event.direction == Direction::Upgrade {
            let hash = event.head_hash_after.clone().unwrap_or_default();
            applied.push(Head { revision: event.revision.clone(), hash });
        }
    }
    applied
}

/// After how many migrations the database is by the word of the newest event that can be read and speaks of a
/// migration of the project.
pub(super) fn claimed(found: &[Found], project: &Project) -> Option<usize> {
    found.iter().rev().filter_map(|row| row.event.as_ref()).find_map(|event| match &event.head_after {
        None => Some(0),
        Some(revision) => {
            let index = project.migrations.iter().position(|migration| migration.revision == *revision)?;
            Some(index + 1)
        }
    })
}
