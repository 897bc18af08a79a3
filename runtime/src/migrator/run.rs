//! Running one migration.

use std::time::{Instant, SystemTime};

use whimbrel_schema::Operation;

use super::task::{Task, place};
use super::{Completed, Migrator, Progress};
use crate::archive::Act;
use crate::clock::timestamp;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::execute::{Follower, call, in_transaction};
use crate::history::{self, Event, Method, Newest};
use crate::journal;
use crate::project::{Direction, Migration};
use crate::v1::{Code, Rows};

impl Migrator<'_> {
    /// Does a task; `None` if another migrator has moved the database meanwhile.
    pub(super) fn run(&mut self, task: &Task) -> Result<Option<Completed>, Error> {
        let revision = task.migration.revision;
        let steps = task.prepared.steps.len();
        let destroys = task.destroys();
        self.tell(Progress::Started { revision, direction: task.direction, steps, destroys });
        let began = Instant::now();
        let mut failed_step = None;
        let actor = &self.actor;
        let act = Act { revision, direction: task.direction, actor, archive: self.policy.archive.is_on() };
        let progress = &mut self.progress;
        let mut waiting = || {
            if let Some(tell) = progress {
                tell(Progress::Waiting);
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
        match result {
            Ok(None) => Ok(None),
            Ok(Some(statements)) => {
                let completed = Completed {
                    revision: revision.to_owned(),
                    direction: task.direction,
                    method: Method::Steps,
                    steps,
                    statements,
                    duration: began.elapsed(),
                };
                self.tell(Progress::Finished(&completed));
                Ok(Some(completed))
            }
            Err(error) => {
                if error.kind() == ErrorKind::Failed && !self.driver.in_transaction() {
                    let driver = &mut *self.driver;
                    journal::note_failure(driver, revision, task.direction, failed_step, &error, &self.actor);
                }
                let error = match error.kind() {
                    ErrorKind::Failed if !self.driver.in_transaction() => error.help(unchanged(task)),
                    _ => error,
                };
                Err(error.context(place(task.migration, task.direction)))
            }
        }
    }

    pub(super) fn tell(&mut self, progress: Progress<'_>) {
        if let Some(tell) = &mut self.progress {
            tell(progress);
        }
    }
}

/// What to do about a migration that has failed, and has done nothing.
fn unchanged(task: &Task) -> String {
    let revision = task.migration.revision;
    match task.direction {
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
    history::create(driver)?;
    journal::create(driver)?;
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
