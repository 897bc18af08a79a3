//! A history that follows from itself and ends where the database is.

use std::time::{Instant, SystemTime};

use super::found::Found;
use crate::history::{self, Event, Method};
use crate::migrator::run::event;
use crate::migrator::state::compare;
use crate::project::{Direction, Migration, Project};

/// What becomes of a history.
pub(super) struct Mended {
    /// So many events stay as they are: the longest beginning that nothing is wrong with.
    pub(super) kept: usize,
    /// What follows them, numbered. Events that were there are among them where they still say something; what
    /// is missing between them is written by the repair.
    pub(super) events: Vec<Event>,
}

/// Mends rows so that in the end `target` migrations are applied.
pub(super) fn mend(found: &[Found], project: &Project, target: usize, actor: &str) -> Mended {
    let (kept, applied) = sound(found, project);
    let mut writing = Writing { project, actor, kept, applied, events: Vec::new() };
    for event in found.iter().skip(kept).filter_map(|row| row.event.as_ref()) {
        let index = project.migrations.iter().position(|migration| migration.revision == event.revision);
        match (event.direction, index) {
            (Direction::Upgrade, Some(index)) if writing.applied <= index && index < target => {
                writing.apply_until(index);
                writing.push(event.clone(), index + 1);
            }
            (Direction::Downgrade, Some(index)) if writing.applied == index + 1 && target <= index => {
                writing.push(event.clone(), index);
            }
            // It is there twice, or of what the database is not.
            _ => {}
        }
    }
    writing.apply_until(target);
    writing.roll_back_until(target);
    Mended { kept, events: writing.events }
}

/// The longest beginning that follows from itself and leads to a point of the project, and how many migrations
/// are applied after it.
fn sound(found: &[Found], project: &Project) -> (usize, usize) {
    let events: Vec<Event> = found.iter().map_while(|row| row.event.clone()).collect();
    let applied = |count: &usize| {
        let applied = history::replay(&events[..*count]).ok()?;
        Some((*count, compare(&applied, project).ok()?))
    };
    (0..=events.len()).rev().find_map(|count| applied(&count)).unwrap_or((0, 0))
}

struct Writing<'a> {
    project: &'a Project,
    actor: &'a str,
    kept: usize,
    applied: usize,
    events: Vec<Event>,
}

impl Writing<'_> {
    fn apply_until(&mut self, target: usize) {
        while self.applied < target
            && let Some(migration) = self.project.migrations.get(self.applied)
        {
            let event = self.made(migration, Direction::Upgrade);
            self.push(event, self.applied + 1);
        }
    }

    fn roll_back_until(&mut self, target: usize) {
        while self.applied > target
            && let Some(migration) = self.project.migrations.get(self.applied - 1)
        {
            let event = self.made(migration, Direction::Downgrade);
            self.push(event, self.applied - 1);
        }
    }

    fn made(&self, migration: &Migration, direction: Direction) -> Event {
        let now = (SystemTime::now(), Instant::now());
        Event { method: Method::Repair, ..event(migration, direction, None, now, self.actor) }
    }

    /// Adds an event after which so many migrations are applied.
    fn push(&mut self, event: Event, applied: usize) {
        let head = applied.checked_sub(1).and_then(|index| self.project.migrations.get(index));
        // What it says of its own revision is its own word: whether that was edited is judged later.
        let own =
            event.head_hash_after.clone().filter(|_| event.head_after.as_deref() == Some(&*event.revision));
        let hash = match event.direction {
            Direction::Upgrade => own,
            Direction::Downgrade => None,
        };
        self.applied = applied;
        self.events.push(Event {
            number: i64::try_from(self.kept + self.events.len() + 1).unwrap_or(i64::MAX),
            head_after: head.map(|head| head.revision.to_owned()),
            head_hash_after: hash.or_else(|| head.map(|head| head.hash.to_owned())),
            ..event
        });
    }
}
