//! What was done, and where a database stands.

use std::time::Duration;

use super::state::State;
use crate::history::Method;
use crate::journal::Position;
use crate::project::{Destruction, Direction, Migration, Project};

/// What a run has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The migrations, in the order in which they were done; empty if there was nothing to do.
    pub completed: Vec<Completed>,
    /// The newest revision applied now.
    pub head: Option<String>,
}

/// A migration that was applied or rolled back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completed {
    /// Its revision.
    pub revision: String,
    /// Which way it was taken.
    pub direction: Direction,
    /// By what. A jump takes several at once: its SQL and its time are those of the last of them.
    pub method: Method,
    /// How many steps it took.
    pub steps: usize,
    /// How many SQL texts.
    pub statements: usize,
    /// How long it took.
    pub duration: Duration,
}

/// What a run tells while it runs.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// A migration begins.
    Started {
        /// Its revision.
        revision: &'a str,
        /// Which way it is taken.
        direction: Direction,
        /// How many steps it will take.
        steps: usize,
        /// What it will destroy.
        destroys: &'a [Destruction],
    },
    /// Another program writes to the database, and has to be waited for.
    Waiting {
        /// Who it is and since when, where the database knows.
        holder: Option<&'a str>,
    },
    /// A migration is done, and lasts.
    Finished(&'a Completed),
    /// An empty database has become that of the last of these migrations, and lasts.
    Jumped(&'a [Completed]),
}

/// A migration that has begun on a database and is not finished, because something interrupted it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Underway {
    /// Its revision; of a jump, that to which it leads.
    pub revision: String,
    /// Which way it is taken.
    pub direction: Direction,
    /// By what.
    pub method: Method,
    /// The newest of its steps of which something is known to be done, from 1.
    pub step: usize,
    /// Whether a statement has begun whose end nobody saw; the next run finds out what came of it.
    pub uncertain: bool,
}

/// Where a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The newest revision applied.
    pub head: Option<String>,
    /// All revisions applied, from the first.
    pub applied: Vec<Applied>,
    /// The revisions that are not, from the first.
    pub pending: Vec<String>,
    /// The migration that has begun and is not finished; there is none where a migration is one transaction.
    pub underway: Option<Underway>,
}

/// A migration that is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// Its revision.
    pub revision: String,
    /// When it was applied, in UTC.
    pub at: String,
    /// Who applied it.
    pub actor: String,
}

pub(super) fn status(project: &Project, state: &State) -> Status {
    let (applied, pending) = project.migrations.split_at(state.applied.min(project.migrations.len()));
    let applied_at = |migration: &Migration| {
        let mut events = state.events.iter().rev();
        let event = events
            .find(|event| event.direction == Direction::Upgrade && event.revision == migration.revision)?;
        Some(Applied {
            revision: event.revision.clone(),
            at: event.finished_at.clone(),
            actor: event.actor.clone(),
        })
    };
    Status {
        head: applied.last().map(|migration| migration.revision.to_owned()),
        applied: applied.iter().filter_map(applied_at).collect(),
        pending: pending.iter().map(|migration| migration.revision.to_owned()).collect(),
        underway: state.position.as_ref().map(underway),
    }
}

fn underway(Position { whose, done, uncertain }: &Position) -> Underway {
    Underway {
        revision: whose.revision.clone(),
        direction: whose.direction,
        method: whose.method,
        step: done.map_or(1, |unit| unit.step),
        uncertain: uncertain.is_some(),
    }
}
