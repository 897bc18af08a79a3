//! A fresh database: what the first migrations lead to is created at once.

use std::time::{Duration, Instant, SystemTime};

use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{Dialect, Operation, Pair, Schema};

use super::run::{event, fits, start_history, usable};
use super::task::place;
use super::{Completed, Migrator, Progress};
use crate::archive::Act;
use crate::driver::Driver;
use crate::error::Error;
use crate::execute::{Course, Prepared, in_order, in_transaction, prepare, record, take_steps};
use crate::history::{self, Method, Newest};
use crate::journal::{self, Whose};
use crate::project::{Direction, Migration};

/// Migrations that an empty database need not take one by one.
///
/// A migration without code that makes rows does to a database without rows nothing but define it, so a
/// run of them is as good as the schema at its end. The first that inserts rows, or has SQL or Rust code by
/// hand, ends the run.
pub(super) struct Jump {
    /// The migrations, from the first.
    pub(super) migrations: &'static [Migration],
    /// What creates the schema of the last of them.
    pub(super) prepared: Prepared,
}

/// The jump that leads over as many of these migrations as can be; `None` where it would not be worth a
/// word. `schemas` are the one before the first migration and those after each.
///
/// # Errors
///
/// If a migration departs from its proven steps. Those that are jumped over are heard as well, so that
/// nothing runs that was not proven.
pub(super) fn jump(
    migrations: &'static [Migration],
    schemas: &[Schema],
    dialect: Dialect,
) -> Result<Option<Jump>, Error> {
    let mut count = 0;
    for migration in migrations {
        let operations = record(&migration.upgrade)
            .map_err(|error| error.context(place(migration, Direction::Upgrade)))?;
        if operations.iter().any(Operation::leaves_rows) {
            break;
        }
        count += 1;
    }
    let target = match schemas.get(count) {
        Some(target) if count > 1 => target,
        _ => return Ok(None),
    };
    let schemas = Pair::new(&schemas[0], target);
    let prepared = prepare(dialect, &plan(schemas, &Intent::default()).upgrade, schemas)?;
    Ok(Some(Jump { migrations: &migrations[..count], prepared }))
}

impl Migrator<'_> {
    /// Jumps, in one transaction with an event for each migration; `None` if the database is no longer
    /// empty.
    pub(super) fn take_jump(&mut self, jump: &Jump) -> Result<Option<Vec<Completed>>, Error> {
        let Some(last) = jump.migrations.last() else { return Ok(Some(Vec::new())) };
        let began = Instant::now();
        let actor = &self.actor;
        let act = Act { revision: last.revision, direction: Direction::Upgrade, actor, archive: false };
        let started = (SystemTime::now(), began);
        let write_events = |driver: &mut dyn Driver| -> Result<(), Error> {
            usable(&[], driver.unusable()?)?;
            for migration in jump.migrations {
                let event = event(migration, Direction::Upgrade, Some(migration), started, actor);
                history::append(driver, &history::Event { method: Method::Jump, ..event })?;
            }
            Ok(())
        };
        let result = if jump.prepared.is_whole(&*self.driver) {
            let progress = &mut self.progress;
            let mut waiting = |holder: Option<&str>| {
                if let Some(tell) = progress {
                    tell(Progress::Waiting { holder });
                }
            };
            in_transaction(&mut *self.driver, &jump.prepared, &mut waiting, |driver| {
                // Only now are other migrators shut out, so only now is this sure.
                if history::newest(driver)? != Newest::NoTable || !driver.is_empty()? {
                    return Ok(None);
                }
                start_history(driver)?;
                let statements = create(driver, &jump.prepared, &act)?;
                write_events(driver)?;
                Ok(Some(statements))
            })
        } else {
            let whose = Whose {
                revision: last.revision.to_owned(),
                hash: last.hash.to_owned(),
                direction: Direction::Upgrade,
                method: Method::Jump,
            };
            in_order(&mut *self.driver, &jump.prepared, |driver| {
                let newest = history::newest(driver)?;
                let position = journal::position(driver)?;
                let begun = position.is_some();
                if !matches!(newest, Newest::NoTable | Newest::Head(None)) || !(begun || driver.is_empty()?) {
                    return Ok(None);
                }
                fits(position.as_ref(), &whose)?;
                if newest == Newest::NoTable {
                    start_history(driver)?;
                }
                let mut course = Course::new(driver, whose, act, position);
                for (index, step) in jump.prepared.steps.iter().enumerate() {
                    course
                        .take(index + 1, step, None)
                        .map_err(|error| error.context(format!("`{}`", step.text)))?;
                }
                course.finish(write_events).map(Some)
            })
        };
        let result = result.map_err(|error| {
            error
                .context(format!("the empty database cannot become that of {}", last.revision))
                .help("`migrate apply --no-jump` takes the migrations one by one, on a database in which nothing is")
        });
        let Some(statements) = result? else { return Ok(None) };
        let mut completed: Vec<Completed> = jump
            .migrations
            .iter()
            .map(|migration| Completed {
                revision: migration.revision.to_owned(),
                direction: Direction::Upgrade,
                method: Method::Jump,
                steps: 0,
                statements: 0,
                duration: Duration::ZERO,
            })
            .collect();
        if let Some(last) = completed.last_mut() {
            (last.statements, last.duration) = (statements, began.elapsed());
        }
        self.tell(Progress::Jumped(&completed));
        Ok(Some(completed))
    }
}

fn create(driver: &mut dyn Driver, prepared: &Prepared, act: &Act<'_>) -> Result<usize, Error> {
    let mut failed = None;
    let statements = take_steps(driver, prepared, act, &mut failed).map_err(|error| {
        match failed.and_then(|index| prepared.steps.get(index)) {
            Some(step) => error.context(format!("`{}`", step.text)),
            None => error,
        }
    })?;
    Ok(statements)
}
