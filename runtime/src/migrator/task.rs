//! What has to be done to reach a goal, checked before any of it is done.

use std::collections::BTreeSet;

use whimbrel_schema::{Archiving, Dialect, Operation, Pair, Schema};

use super::jump::{Jump, jump};
use super::run::{underway, whose};
use super::target::Goal;
use crate::chain;
use crate::error::{Error, ErrorKind};
use crate::execute::{Prepared, prepare, record};
use crate::history::{Head, Method};
use crate::journal::Position;
use crate::project::{Destruction, Direction, Downgrade, Migration, Project, Steps};

/// One migration to take in one direction, with its SQL.
pub(super) struct Task {
    pub(super) migration: &'static Migration,
    pub(super) direction: Direction,
    /// The function and its proven steps; `None` where there is nothing to undo.
    pub(super) steps: Option<&'static Steps>,
    pub(super) prepared: Prepared,
    /// What its steps do.
    pub(super) operations: Vec<Operation>,
    /// The schemas that they lead from and to.
    pub(super) schemas: Pair<Schema>,
    /// Its place in the chain.
    index: usize,
    /// The newest migrations before and after.
    pub(super) heads: Pair<Option<&'static Migration>>,
}

/// What may be destroyed.
pub(super) struct Policy {
    pub(super) destructive: bool,
    pub(super) allowed: BTreeSet<String>,
    /// What becomes of values that are destroyed.
    pub(super) archive: Archiving,
}

/// Where a database stands before a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// There is nothing in it, and it may jump.
    Empty,
    /// It is in the middle of a jump over so many migrations.
    Amid(usize),
    /// So many migrations are applied.
    At(usize),
}

/// How a goal is reached: by a jump, if there is one, and by tasks.
pub(super) struct Route {
    start: Start,
    pub(super) jump: Option<Jump>,
    pub(super) tasks: Vec<Task>,
}

/// The way that leads from a start to the goal. Every function is heard and held to
/// its proven steps here, before any SQL of any task.
///
/// # Errors
///
/// If one of them has no way back or departs from its steps.
pub(super) fn route(project: &Project, goal: Goal, start: Start, dialect: Dialect) -> Result<Route, Error> {
    let applied = start.applied();
    let (direction, mut indexes): (Direction, Vec<usize>) = match goal {
        Goal::AtLeast(count) => (Direction::Upgrade, (applied..count).collect()),
        Goal::AtMost(count) => (Direction::Downgrade, (count..applied).rev().collect()),
    };
    let Some(highest) = indexes.iter().max() else {
        return Ok(Route { start, jump: None, tasks: Vec::new() });
    };
    let migrations = project.migrations;
    refuse_irreversible(indexes.iter().filter_map(|index| migrations.get(*index)), direction)?;
    let schemas = chain::schemas(project, highest + 1)?;
    let jump = match (start, direction) {
        (Start::Empty, Direction::Upgrade) => jump(&migrations[..=*highest], &schemas, dialect)?,
        // No further than it was begun, whatever has come since.
        (Start::Amid(count), Direction::Upgrade) if count <= highest + 1 => {
            jump(&migrations[..count], &schemas, dialect)?
        }
        (Start::Empty | Start::Amid(_), _) | (Start::At(_), _) => None,
    };
    indexes.drain(..jump.as_ref().map_or(0, |jump| jump.migrations.len()));
    let task = |index: usize| -> Result<Task, Error> {
        let migration = &migrations[index];
        let before = index.checked_sub(1).and_then(|before| migrations.get(before));
        let upward = Pair::new(&schemas[index], &schemas[index + 1]);
        let (steps, schemas, heads) = match (direction, &migration.downgrade) {
            (Direction::Upgrade, _) => (Some(&migration.upgrade), upward, Pair::new(before, Some(migration))),
            (Direction::Downgrade, Downgrade::Steps(steps)) => {
                (Some(steps), upward.swap(), Pair::new(Some(migration), before))
            }
            (Direction::Downgrade, Downgrade::NothingToUndo(_) | Downgrade::Irreversible(_)) => {
                (None, upward.swap(), Pair::new(Some(migration), before))
            }
        };
        let operations = steps.map_or(Ok(Vec::new()), record);
        let prepared = operations
            .and_then(|operations| Ok((prepare(dialect, &operations, schemas)?, operations)))
            .map_err(|error| error.context(place(migration, direction)))?;
        let ((prepared, operations), schemas) = (prepared, schemas.map(Schema::clone));
        Ok(Task { migration, direction, steps, prepared, operations, schemas, index, heads })
    };
    let tasks = indexes.iter().copied().map(task).collect::<Result<_, Error>>()?;
    Ok(Route { start, jump, tasks })
}

impl Route {
    /// Whether it begins with what a database is in the middle of, if it is in the middle of anything.
    pub(super) fn goes_on_from(&self, position: Option<&Position>) -> Result<(), Error> {
        let Some(begun) = position.map(|position| &position.whose) else { return Ok(()) };
        let jumped = self.jump.as_ref().and_then(|jump| jump.migrations.last());
        let first = self.tasks.first().map(whose);
        let goes_on = match begun.method {
            Method::Jump => jumped.is_some_and(|last| last.revision == begun.revision),
            Method::Steps => jumped.is_none() && first.as_ref() == Some(begun),
            // They take no steps, so nothing is in the middle of one.
            Method::Baseline | Method::Repair => false,
        };
        if goes_on { Ok(()) } else { Err(underway(begun, first.as_ref())) }
    }
}

fn refuse_irreversible<'m>(
    migrations: impl Iterator<Item = &'m Migration>,
    direction: Direction,
) -> Result<(), Error> {
    for migration in migrations {
        match (direction, migration.downgrade) {
            (Direction::Downgrade, Downgrade::Irreversible(reason)) => {
                return Err(Error::new(
                    ErrorKind::Refused,
                    format!("migration {} cannot be rolled back: {reason}", migration.revision),
                )
                .help("restore a backup, or write a new migration that leads on from here"));
            }
            (Direction::Downgrade, Downgrade::Steps(_) | Downgrade::NothingToUndo(_))
            | (Direction::Upgrade, _) => {}
        }
    }
    Ok(())
}

/// Words for where an error happened.
pub(super) fn place(migration: &Migration, direction: Direction) -> String {
    match direction {
        Direction::Upgrade => format!("migration {} cannot be applied", migration.revision),
        Direction::Downgrade => format!("migration {} cannot be rolled back", migration.revision),
    }
}

impl Start {
    fn applied(self) -> usize {
        match self {
            Self::Empty | Self::Amid(_) => 0,
            Self::At(applied) => applied,
        }
    }
}

impl Task {
    /// How many migrations are applied once it is done.
    pub(super) fn applied_after(&self) -> usize {
        match self.direction {
            Direction::Upgrade => self.index + 1,
            Direction::Downgrade => self.index,
        }
    }

    /// What the history must show before it.
    pub(super) fn head_before(&self) -> Option<Head> {
        self.heads
            .previous
            .map(|head| Head { revision: head.revision.to_owned(), hash: head.hash.to_owned() })
    }

    /// What it destroys.
    pub(super) fn destroys(&self) -> &'static [Destruction] {
        self.migration.destroys(self.direction)
    }
}

impl Policy {
    /// Refuses tasks that destroy what is not allowed.
    pub(super) fn check(&self, route: &Route) -> Result<(), Error> {
        // Where nothing is applied there is nothing but what the same run creates.
        if route.start.applied() == 0 {
            return Ok(());
        }
        let destroyed =
            route.tasks.iter().flat_map(|task| task.destroys().iter().map(move |what| (task, what)));
        let destroyed: Vec<(&Task, &Destruction)> =
            destroyed.filter(|(_, what)| !self.allowed.contains(&what.name())).collect();
        if !self.destructive && !destroyed.is_empty() {
            let certain = destroyed.iter().any(|(_, what)| !what.is_opaque());
            return Err(refuse(
                &destroyed,
                match certain {
                    true => "values would be destroyed, which this environment does not allow",
                    false => "hand-written code may destroy values, which this environment does not allow",
                },
            ));
        }
        // The author of a migration accepted what it drops; nobody yet accepted what rolling it back
        // drops, so that is asked where nothing is kept. Code that the author wrote by hand as the way
        // back is no loss in itself.
        let excused = |what: &Destruction| what.is_statement() || (what.kept && self.archive.is_on());
        let lossy = destroyed
            .into_iter()
            .filter(|(task, what)| task.direction == Direction::Downgrade && !excused(what));
        let lossy: Vec<(&Task, &Destruction)> = lossy.collect();
        if lossy.is_empty() {
            Ok(())
        } else {
            Err(refuse(&lossy, "rolling back would destroy values that the archive cannot keep"))
        }
    }
}

fn refuse(destroyed: &[(&Task, &Destruction)], why: &str) -> Error {
    let lines: Vec<String> = destroyed
        .iter()
        .map(|(task, what)| format!("\n  {} of {} {what}", task.direction, task.migration.revision))
        .collect();
    let allows: Vec<String> = destroyed.iter().map(|(_, what)| format!("--allow {}", what.name())).collect();
    Error::new(ErrorKind::Refused, format!("{why}:{}", lines.concat()))
        .help(format!("if they may go, allow it by name: {}", allows.join(" ")))
}
