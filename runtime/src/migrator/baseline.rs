//! A database that was there before whimbrel, taken over as it is.

use std::time::{Duration, Instant, SystemTime};

use super::likeness::Likeness;
use super::run::{event, underway};
use super::{Apply, Completed, Goal, Migrator, Progress, Report};
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::execute::{Prepared, in_transaction};
use crate::history::{self, Event, Method, Newest};
use crate::journal;
use crate::project::{Direction, Migration, Project};

/// So many differences are told.
const TOLD: usize = 20;

impl Migrator<'_> {
    /// Marks migrations applied on a database that is already what they lead to, without running them.
    ///
    /// The database is compared with the schema first, under the lock, and nothing is written unless they are
    /// the same. What it has besides, and the snapshot of a baseline names as `unmanaged`, is known.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Drifted`] with what differs if the database is something else, [`ErrorKind::Refused`] if it has
    /// a history.
    pub fn baseline(&mut self, target: Apply<'_>) -> Result<Report, Error> {
        self.driver.check_idle()?;
        // Before a file is created, and before anybody else has to wait.
        let migrations = self.plan_baseline(target)?;
        self.alone(|migrator| migrator.mark(migrations))
            .map_err(|error| error.context("the database cannot be marked"))?;
        let completed = migrations.iter().map(marked).collect();
        Ok(Report { completed, head: migrations.last().map(|last| last.revision.to_owned()) })
    }

    fn mark(&mut self, migrations: &'static [Migration]) -> Result<(), Error> {
        let (project, actor) = (self.project, &self.actor);
        // Where tables are not created in transactions, they come first, and stay empty if this ends here.
        if !self.driver.capabilities().transactional_ddl {
            check(&mut *self.driver, project, migrations.len())?;
            create_tables(&mut *self.driver)?;
        }
        let progress = &mut self.progress;
        let mut waiting = |holder: Option<&str>| {
            if let Some(tell) = progress {
                tell(Progress::Waiting { holder });
            }
        };
        in_transaction(&mut *self.driver, &Prepared::nothing(), &mut waiting, |driver| {
            check(driver, project, migrations.len())?;
            if driver.capabilities().transactional_ddl {
                create_tables(driver)?;
            }
            for migration in migrations {
                let started = (SystemTime::now(), Instant::now());
                let event = event(migration, Direction::Upgrade, Some(migration), started, actor);
                history::append(driver, &Event { method: Method::Baseline, ..event })?;
            }
            Ok(())
        })
    }

    /// The migrations that [`baseline`](Migrator::baseline) would mark. Nothing is written.
    ///
    /// # Errors
    ///
    /// As for [`baseline`](Migrator::baseline).
    pub fn plan_baseline(&mut self, target: Apply<'_>) -> Result<&'static [Migration], Error> {
        let (Goal::AtLeast(count) | Goal::AtMost(count)) = target.goal(self.project)?;
        check(&mut *self.driver, self.project, count)?;
        Ok(self.project.migrations.get(..count).unwrap_or_default())
    }
}

fn marked(migration: &Migration) -> Completed {
    Completed {
        revision: migration.revision.to_owned(),
        direction: Direction::Upgrade,
        method: Method::Baseline,
        steps: 0,
        statements: 0,
        duration: Duration::ZERO,
    }
}

fn create_tables(driver: &mut dyn Driver) -> Result<(), Error> {
    journal::create(driver)?;
    history::create(driver)?;
    Ok(())
}

/// Whether a database without a history is what so many migrations lead to.
fn check(driver: &mut dyn Driver, project: &Project, count: usize) -> Result<(), Error> {
    match history::newest(driver)? {
        Newest::NoTable => journal::refuse_orphan(driver)?,
        // What another baseline left that came no further.
        Newest::Head(None) if driver.journals() && history::events(driver)?.is_empty() => {
            if let Some(position) = journal::position(driver)? {
                return Err(underway(&position.whose, None));
            }
        }
        Newest::Head(head) => return Err(has_history(head.map(|head| head.revision))),
    }
    let Some(last) = count.checked_sub(1).and_then(|index| project.migrations.get(index)) else {
        return Err(Error::new(ErrorKind::Usage, "there is no migration that could be marked applied")
            .help("write one for what is there already: cargo xtask migrate-import --url URL"));
    };
    let likeness = Likeness::of(driver, project)?;
    let differences = likeness.differences(count);
    if differences.is_empty() {
        return Ok(());
    }
    let error = drifted(&format!("the database is not what {} leads to", last.revision), &differences);
    Err(match likeness.alike()[..] {
        [other] if other > 0 => {
            let revision = project.migrations[other - 1].revision;
            error.help(format!("it is what {revision} leads to: migrate baseline --to {revision}"))
        }
        _ => error.help(
            "mend what differs; or, if it is to stay as it is and is in the database alone, name the line in `unmanaged` \
             of the snapshot",
        ),
    })
}

fn has_history(head: Option<String>) -> Error {
    let where_it_is = match head {
        Some(head) => format!("which is at {head}"),
        None => "in which nothing is applied".to_owned(),
    };
    Error::new(
        ErrorKind::Refused,
        format!("the database has a history, {where_it_is}; a baseline begins one"),
    )
    .help("see what is pending: migrate status; a history that is wrong: migrate verify")
}

/// What a database has otherwise than it would have to.
pub(super) fn drifted(what: &str, differences: &[String]) -> Error {
    let mut lines: String =
        differences.iter().take(TOLD).map(|line| format!("\n  {}", one_line(line))).collect();
    if differences.len() > TOLD {
        lines += &format!("\n  and {} more", differences.len() - TOLD);
    }
    Error::new(
        ErrorKind::Drifted,
        format!("{what} (+ is in the database alone, - only in the schema):{lines}"),
    )
}

/// What a database holds must not look like a line of the report.
fn one_line(text: &str) -> String {
    text.replace('\n', "\\n")
}
