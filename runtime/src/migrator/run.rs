//! Running one migration.

use std::time::{Duration, Instant, SystemTime};

use whimbrel_schema::Operation;

use super::task::{Task, place};
use super::{Completed, Migrator, Progress};
use crate::archive::Act;
use crate::clock::timestamp;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::execute::{Course, Follower, call, in_order, in_transaction};
use crate::history::{self, Event, Head, Method, Newest};
use crate::journal::{self, Position, Unit, Whose};
use crate::project::{Direction, Migration};
use crate::v1::{Code, Rows};

/// The first pause before a migration is tried again that did not get its locks.
const PAUSE: Duration = Duration::from_millis(250);

impl Migrator<'_> {
    /// Does a task; `None` if another migrator has moved the database meanwhile. Where another session keeps
    /// it from its locks it is tried again, and where the connection is lost the history tells what came of
    /// it.
    pub(super) fn run(&mut self, task: &Task) -> Result<Option<Completed>, Error> {
        let (began, mut pause) = (Instant::now(), PAUSE);
        loop {
            let error = match self.attempt(task) {
                Ok(completed) => return Ok(completed),
                Err(error) => error,
            };
            let left = self.driver.patience().saturating_sub(began.elapsed());
            match error.kind() {
                ErrorKind::LockBusy if !left.is_zero() => {
                    self.tell(Progress::Waiting { holder: None });
                    std::thread::sleep(pause.min(left));
                    pause *= 2;
                }
                ErrorKind::Disconnected => return self.find_out(task, error, began),
                _ => return Err(error),
            }
        }
    }

    fn attempt(&mut self, task: &Task) -> Result<Option<Completed>, Error> {
        let revision = task.migration.revision;
        let steps = task.prepared.steps.len();
        let destroys = task.destroys();
        self.tell(Progress::Started { revision, direction: task.direction, steps, destroys });
        let began = Instant::now();
        let statements = if task.prepared.is_whole(&*self.driver) {
            self.take_whole(task)?
        } else {
            self.take_in_order(task)?
        };
        let Some(statements) = statements else { return Ok(None) };
        let completed = completed(task, statements, began);
        self.tell(Progress::Finished(&completed));
        Ok(Some(completed))
    }

    /// Takes a migration in one transaction, with its event.
    fn take_whole(&mut self, task: &Task) -> Result<Option<usize>, Error> {
        let revision = task.migration.revision;
        let mut failed_step = None;
        let actor = &self.actor;
        let act = Act { revision, direction: task.direction, actor, archive: self.policy.archive.is_on() };
        let progress = &mut self.progress;
        let mut waiting = |holder: Option<&str>| {
            if let Some(tell) = progress {
                tell(Progress::Waiting { holder });
            }
        };
        let result = in_transaction(&mut *self.driver, &task.prepared, &mut waiting, |driver| {
            // Only now are other migrators shut out, so only now is this sure.
            let newest = history::newest(driver)?;
            if !stands_at(&newest, task) {
                return Ok(None);
            }
            if newest == Newest::NoTable {
                start_history(driver)?;
            }
            let started = (SystemTime::now(), Instant::now());
            let unusable_before = driver.unusable()?;
            let statements = take_steps(driver, task, &act, &mut failed_step)?;
            usable(&unusable_before, driver.unusable()?)?;
            history::append(driver, &event(task.migration, task.direction, task.heads.next, started, actor))?;
            Ok(Some(statements))
        });
        result.map_err(|error| {
            let at_rest = error.kind() == ErrorKind::Failed && !self.driver.in_transaction();
            if at_rest {
                // By its step alone: nothing of it stays, so there is nothing to go on from.
                let unit = failed_step.map(|step| Unit { step, statement: 1 });
                journal::note_failure(&mut *self.driver, &whose(task), unit, &error, &self.actor);
            }
            let error = if at_rest { error.help(unchanged(task, failed_step)) } else { error };
            error.context(place(task.migration, task.direction))
        })
    }

    /// Takes a migration of which not every statement is part of a transaction. What an earlier attempt has
    /// done of it is not done again.
    fn take_in_order(&mut self, task: &Task) -> Result<Option<usize>, Error> {
        let revision = task.migration.revision;
        let actor = &self.actor;
        let act = Act { revision, direction: task.direction, actor, archive: self.policy.archive.is_on() };
        let result = in_order(&mut *self.driver, &task.prepared, |driver| {
            let newest = history::newest(driver)?;
            if !stands_at(&newest, task) {
                return Ok(None);
            }
            if newest == Newest::NoTable {
                start_history(driver)?;
            }
            let started = (SystemTime::now(), Instant::now());
            let position = journal::position(driver)?;
            fits(position.as_ref(), &whose(task))?;
            let unusable_before = driver.unusable()?;
            let mut course = Course::new(driver, whose(task), act, position);
            follow(&mut course, task)?;
            let statements = course.finish(|driver| {
                usable(&unusable_before, driver.unusable()?)?;
                let event = event(task.migration, task.direction, task.heads.next, started, actor);
                Ok(history::append(driver, &event)?)
            });
            statements.map(Some)
        });
        result.map_err(|error| {
            let error = match error.kind() {
                ErrorKind::Failed => error.help(
                    "what was done before this stays; mend the cause and run this again: it goes on from there",
                ),
                _ => error,
            };
            error.context(place(task.migration, task.direction))
        })
    }

    /// Connects again, and tells by the history what came of a migration during which the connection was
    /// lost.
    fn find_out(&mut self, task: &Task, lost: Error, began: Instant) -> Result<Option<Completed>, Error> {
        let unknown = |error: Error| {
            error.help("whether it was done is not known: `migrate status` tells, as soon as the server can be reached")
        };
        match self.driver.reconnect() {
            Ok(true) => {}
            Ok(false) => return Err(unknown(lost)),
            Err(second) => return Err(unknown(lost).help(format!("besides, {}", second.message()))),
        }
        let newest = match history::newest(&mut *self.driver) {
            Ok(newest) => newest,
            Err(second) => return Err(unknown(lost).help(format!("besides, {}", second.message()))),
        };
        let after = task.heads.next.map(head);
        if newest == Newest::Head(after) {
            let completed = completed(task, 0, began);
            self.tell(Progress::Finished(&completed));
            return Ok(Some(completed));
        }
        Err(match task.prepared.is_whole(&*self.driver) {
            true => lost.help("the server has been reached again: nothing of the migration was done"),
            false => lost.help("the server has been reached again: the migration is not finished; run this again, and it goes on"),
        })
    }

    pub(super) fn tell(&mut self, progress: Progress<'_>) {
        if let Some(tell) = &mut self.progress {
            tell(progress);
        }
    }
}

/// What to do about a migration that has failed, and has done nothing: at the step of this number, or after the last.
/// What somebody wrote by hand is mended where it stands, for no command makes it again.
fn unchanged(task: &Task, failed: Option<usize>) -> String {
    let revision = task.migration.revision;
    let by_hand = |operation: &Operation| operation.is_opaque() || matches!(operation, Operation::Data(_));
    let step = failed.and_then(|number| task.operations.get(number.checked_sub(1)?));
    let any_by_hand = task.operations.iter().any(by_hand);
    match task.direction {
        Direction::Upgrade if step.map_or(any_by_hand, by_hand) => format!(
            "nothing of it was done; if no database has {revision}, mend its code by hand, in \
             migrations/{revision}/migration.rs; if others follow it, then: cargo xtask migrate-seal"
        ),
        Direction::Upgrade if any_by_hand => format!(
            "nothing of it was done; if no database has {revision}, mend the schema, keep the code that was written by \
             hand in migrations/{revision}/migration.rs, remove the directory, make it again (cargo xtask migrate-new \
             NAME), and put that code back"
        ),
        Direction::Upgrade => format!(
            "nothing of it was done; if no database has {revision}, mend the schema, remove the migration's directory, \
             and make it again: cargo xtask migrate-new NAME"
        ),
        Direction::Downgrade => "nothing of it was done".to_owned(),
    }
}

/// Creates what whimbrel writes down what it does in.
pub(super) fn start_history(driver: &mut dyn Driver) -> Result<(), Error> {
    journal::refuse_orphan(driver)?;
    // Where each is on its own: a history without a journal would be taken for one that needs none.
    journal::create(driver)?;
    history::create(driver)?;
    Ok(())
}

/// What reads or watches a table must work with it as it is now. What was broken before is not this
/// migration's fault.
pub(super) fn usable(before: &[String], after: Vec<String>) -> Result<(), Error> {
    let broken: Vec<&String> = after.iter().filter(|problem| !before.contains(problem)).collect();
    if broken.is_empty() {
        return Ok(());
    }
    let lines: String = broken.iter().map(|problem| format!("\n  {problem}")).collect();
    Err(Error::failed(format!("it would leave what cannot be used:{lines}"))
        .help("let their SQL in the schema name tables and columns as they are after the migration"))
}

fn stands_at(newest: &Newest, task: &Task) -> bool {
    match newest {
        Newest::NoTable => task.head_before().is_none(),
        Newest::Head(head) => *head == task.head_before(),
    }
}

/// Whether what has begun on a database is this.
pub(super) fn fits(position: Option<&Position>, whose: &Whose) -> Result<(), Error> {
    match position {
        Some(position) if position.whose != *whose => Err(underway(&position.whose, Some(whose))),
        Some(_) | None => Ok(()),
    }
}

/// The error of a database that is in the middle of something else than what is to be done.
pub(super) fn underway(begun: &Whose, wanted: Option<&Whose>) -> Error {
    let what = format!("{} of {}", begun.direction, begun.revision);
    let same = |wanted: &Whose| wanted.revision == begun.revision && wanted.direction == begun.direction;
    if wanted.is_some_and(|wanted| same(wanted) && wanted.hash != begun.hash) {
        return Error::new(
            ErrorKind::Underway,
            format!(
                "the database is in the middle of the {what}, and the migration was changed since it began"
            ),
        )
        .help("undo the change, and run this again: it goes on where it stopped");
    }
    let finish = match begun.direction {
        Direction::Upgrade => format!("migrate apply --to {}", begun.revision),
        Direction::Downgrade => "migrate rollback --steps 1".to_owned(),
    };
    Error::new(ErrorKind::Underway, format!("the database is in the middle of the {what}"))
        .help(format!("finish that first: {finish}"))
}

pub(super) fn whose(task: &Task) -> Whose {
    Whose {
        revision: task.migration.revision.to_owned(),
        hash: task.migration.hash.to_owned(),
        direction: task.direction,
        method: Method::Steps,
    }
}

fn head(migration: &Migration) -> Head {
    Head { revision: migration.revision.to_owned(), hash: migration.hash.to_owned() }
}

fn completed(task: &Task, statements: usize, began: Instant) -> Completed {
    Completed {
        revision: task.migration.revision.to_owned(),
        direction: task.direction,
        method: Method::Steps,
        steps: task.prepared.steps.len(),
        statements,
        duration: began.elapsed(),
    }
}

/// Calls the migration's function, which takes its steps one by one on a course.
fn follow(course: &mut Course<'_>, task: &Task) -> Result<(), Error> {
    let Some(steps) = task.steps else { return Ok(()) };
    let mut take = |index: usize, _: Operation, code: Option<Code<'_>>| match task.prepared.steps.get(index) {
        // The follower has compared the operation with the step, whose SQL was written before.
        Some(step) => course.take(index + 1, step, code),
        None => Ok(()),
    };
    let mut follower = Follower::new(steps.steps, &mut take);
    call(steps.run, &mut follower)
}

/// Calls the migration's function, which takes its steps one by one, and counts the SQL texts.
fn take_steps(
    driver: &mut dyn Driver,
    task: &Task,
    act: &Act<'_>,
    failed: &mut Option<usize>,
) -> Result<usize, Error> {
    let Some(steps) = task.steps else { return Ok(0) };
    let mut statements = 0;
    // The follower has compared the operation with the step, whose SQL was written before.
    let mut take = |index: usize, _: Operation, code: Option<Code<'_>>| {
        for statement in task.prepared.steps.get(index).into_iter().flat_map(|step| &step.statements) {
            statements += driver.run(statement, act)?;
        }
        let Some(code) = code else { return Ok(()) };
        let mut rows = Rows::new(driver);
        let result = code(&mut rows);
        statements += rows.statements();
        result
    };
    let mut follower = Follower::new(steps.steps, &mut take);
    let result = call(steps.run, &mut follower);
    if result.is_err() {
        *failed = follower.number();
    }
    result.map(|()| statements)
}

/// The event of a migration that was taken by its steps, after which `head` is the newest applied.
pub(super) fn event(
    migration: &Migration,
    direction: Direction,
    head: Option<&Migration>,
    (started, clock): (SystemTime, Instant),
    actor: &str,
) -> Event {
    Event {
        number: 0,
        revision: migration.revision.to_owned(),
        direction,
        method: Method::Steps,
        head_after: head.map(|head| head.revision.to_owned()),
        head_hash_after: head.map(|head| head.hash.to_owned()),
        started_at: timestamp(started),
        finished_at: timestamp(SystemTime::now()),
        duration_ms: i64::try_from(clock.elapsed().as_millis()).unwrap_or(i64::MAX),
        actor: actor.to_owned(),
        tool_version: crate::VERSION.to_owned(),
    }
}
