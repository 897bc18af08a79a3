//! Histories that are damaged, mended from what the database is.
//!
//! Nothing is claimed that was not compared: a history is written anew only where the database is exactly what
//! some revision leads to. What is taken out of it is kept in the journal.

mod act;
mod aside;
mod found;
mod mended;

pub use act::{RepairAct, Repaired};

use whimbrel_schema::closest;

use self::found::{Found, claimed, found, still_applied};
use self::mended::{Mended, mend};
use super::baseline::drifted;
use super::likeness::Likeness;
use super::run::underway;
use super::{Migrator, Progress, state};
use crate::chain::find;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::execute::{Prepared, in_transaction};
use crate::history::{self, Event};
use crate::journal;
use crate::project::Project;

/// What is to be repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair<'a> {
    /// Events that are missing, came in addition, or cannot be read.
    History {
        /// The revision that the database is at, where several lead to what it is.
        to: Option<&'a str>,
    },
    /// Events of a revision that the program does not have and that never ran.
    Forget(&'a str),
    /// A table of another program that has the name of one of whimbrel's.
    SetAside,
}

/// A repair, ready to be done.
struct Plan {
    acts: Vec<RepairAct>,
    events: Vec<Event>,
    /// How many events stay.
    kept: usize,
    head: Option<String>,
}

impl Migrator<'_> {
    /// Repairs what is wrong with the history, and nothing else: no table of the database is touched.
    ///
    /// Everything happens in one transaction, under the lock that migrators take. Where there is nothing to
    /// repair, nothing is written.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Drifted`] if the database is what no revision leads to, [`ErrorKind::Refused`] if several do,
    /// [`ErrorKind::Edited`] or [`ErrorKind::UnknownRevision`] if something else has to be mended first.
    pub fn repair(&mut self, repair: Repair<'_>) -> Result<Repaired, Error> {
        self.driver.check_idle()?;
        // Refused before a file is created and before anybody else has to wait.
        let planned = self.plan_repair(repair)?;
        if planned.acts.is_empty() {
            return Ok(planned);
        }
        self.alone(|migrator| migrator.repair_alone(repair))
            .map_err(|error| error.context("the history cannot be repaired"))
    }

    fn repair_alone(&mut self, repair: Repair<'_>) -> Result<Repaired, Error> {
        let (project, actor) = (self.project, &self.actor);
        let driver = &mut *self.driver;
        // Tables that are none of whimbrel's are told by errors, which no transaction survives everywhere.
        let aside = match repair {
            Repair::SetAside => aside::acts(driver)?,
            Repair::History { .. } | Repair::Forget(_) => Vec::new(),
        };
        // Where tables are not created in transactions, they come first.
        let mut before = Vec::new();
        if !driver.capabilities().transactional_ddl {
            before = match repair {
                Repair::SetAside => aside.clone(),
                Repair::History { .. } | Repair::Forget(_) => plan(driver, project, repair, actor)?.acts,
            };
            before.retain(RepairAct::is_of_table);
            change_tables(driver, &before)?;
            if repair == Repair::SetAside {
                return Ok(Repaired { acts: before, head: None });
            }
        }
        let progress = &mut self.progress;
        let mut waiting = |holder: Option<&str>| {
            if let Some(tell) = progress {
                tell(Progress::Waiting { holder });
            }
        };
        in_transaction(driver, &Prepared::nothing(), &mut waiting, |driver| {
            let plan = match repair {
                Repair::SetAside => Plan { acts: aside, events: Vec::new(), kept: 0, head: None },
                Repair::History { .. } | Repair::Forget(_) => plan(driver, project, repair, actor)?,
            };
            change_tables(driver, &plan.acts)?;
            change_rows(driver, &plan, actor)?;
            before.extend(plan.acts);
            Ok(Repaired { acts: before, head: plan.head })
        })
    }

    /// What [`repair`](Migrator::repair) would do. Nothing is written.
    ///
    /// # Errors
    ///
    /// As for [`repair`](Migrator::repair).
    pub fn plan_repair(&mut self, repair: Repair<'_>) -> Result<Repaired, Error> {
        let plan = plan(&mut *self.driver, self.project, repair, &self.actor)?;
        Ok(Repaired { acts: plan.acts, head: plan.head })
    }
}

fn plan(driver: &mut dyn Driver, project: &Project, repair: Repair<'_>, actor: &str) -> Result<Plan, Error> {
    match repair {
        Repair::SetAside => Ok(Plan { acts: aside::acts(driver)?, events: Vec::new(), kept: 0, head: None }),
        Repair::History { to } => plan_history(driver, project, to, None, actor),
        Repair::Forget(revision) => plan_history(driver, project, None, Some(revision), actor),
    }
}

fn plan_history(
    driver: &mut dyn Driver,
    project: &Project,
    to: Option<&str>,
    forget: Option<&str>,
    actor: &str,
) -> Result<Plan, Error> {
    let rows = history::rows(driver)?;
    let has_journal = journal::is_there(driver)?;
    if rows.is_none() && !has_journal {
        return Err(Error::new(ErrorKind::Refused, "the database has no history that could be repaired")
            .help("one that was there before whimbrel gets one: migrate baseline"));
    }
    if let Some(position) = journal::position(driver)? {
        return Err(underway(&position.whose, None));
    }
    let mut acts = Vec::new();
    acts.extend((rows.is_none() || !has_journal).then_some(RepairAct::CreateHistory));
    let found = found(rows.unwrap_or_default())?;
    check_unknown(&found, project, forget)?;
    let likeness = Likeness::of(driver, project)?;
    let target = target(&found, project, &likeness, to)?;
    let Mended { kept, events } = mend(&found, project, target, actor);
    check_edited(&events, project)?;
    let is_new = |event: &&Event| !found.iter().any(|row| row.event.as_ref() == Some(*event));
    let stays = |row: &&Found| row.event.as_ref().is_some_and(|event| events.contains(event));
    acts.extend(found.iter().skip(kept).filter(|row| !stays(row)).map(RepairAct::removed));
    acts.extend(events.iter().filter(is_new).map(RepairAct::written));
    let head = target.checked_sub(1).and_then(|index| project.migrations.get(index));
    Ok(Plan { acts, events, kept, head: head.map(|head| head.revision.to_owned()) })
}

/// After how many migrations the database is what it is.
fn target(found: &[Found], project: &Project, likeness: &Likeness, to: Option<&str>) -> Result<usize, Error> {
    let alike = likeness.alike();
    let claimed = claimed(found, project);
    if let Some(revision) = to {
        let wanted = find(project, revision)? + 1;
        return if alike.contains(&wanted) { Ok(wanted) } else { Err(other(project, likeness, wanted)) };
    }
    match (claimed.filter(|claimed| alike.contains(claimed)), &alike[..]) {
        (Some(claimed), _) => Ok(claimed),
        (None, [only]) => Ok(*only),
        (None, []) => Err(other(project, likeness, claimed.unwrap_or(project.migrations.len()))),
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|applied| name(project, *applied)).collect();
            Err(Error::new(
                ErrorKind::Refused,
                format!("the database is what several revisions lead to: {}", names.join(", ")),
            )
            .help("say which of them it is at: migrate repair --history --to REV"))
        }
    }
}

fn name(project: &Project, applied: usize) -> &'static str {
    let migration = applied.checked_sub(1).and_then(|index| project.migrations.get(index));
    migration.map_or("the beginning", |migration| migration.revision)
}

fn other(project: &Project, likeness: &Likeness, applied: usize) -> Error {
    let what = format!("the database is not what {} leads to", name(project, applied));
    drifted(&what, &likeness.differences(applied))
        .help("mend what differs, and repair the history then; or restore both from a backup")
}

/// An event of a revision that the program does not have may be that of a newer program, and right.
fn check_unknown(found: &[Found], project: &Project, forget: Option<&str>) -> Result<(), Error> {
    let known = |revision: &str| project.migrations.iter().any(|migration| migration.revision == revision);
    if let Some(revision) = forget {
        let named = || found.iter().filter_map(|row| Some(row.event.as_ref()?.revision.as_str()));
        if known(revision) {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{revision} is a migration of this program, which cannot be forgotten"),
            )
            .help(format!("roll it back, or see whether its event is wrong: {}", history::MEND)));
        }
        if !named().any(|other| other == revision) {
            let error = Error::new(ErrorKind::Usage, format!("the history does not name {revision}"));
            return Err(match closest(revision, named().filter(|other| !known(other))) {
                Some(similar) => error.help(format!("did you mean `{similar}`?")),
                None => error,
            });
        }
    }
    let events: Vec<Event> = found.iter().filter_map(|row| row.event.clone()).collect();
    let unknown = still_applied(&events)
        .into_iter()
        .find(|head| !known(&head.revision) && Some(&*head.revision) != forget);
    unknown.map_or(Ok(()), |head| Err(state::unknown(&head, project)))
}

/// A migration that was changed after it had been applied is not made right by new words.
fn check_edited(events: &[Event], project: &Project) -> Result<(), Error> {
    for head in still_applied(events) {
        let migration = project.migrations.iter().find(|migration| migration.revision == head.revision);
        if let Some(migration) = migration.filter(|migration| migration.hash != head.hash) {
            return Err(state::edited(&head, migration.hash));
        }
    }
    Ok(())
}

fn change_tables(driver: &mut dyn Driver, acts: &[RepairAct]) -> Result<(), Error> {
    for act in acts {
        match act {
            RepairAct::CreateHistory => {
                journal::create(driver)?;
                history::create(driver)?;
            }
            RepairAct::Rename { previous, next } => aside::rename(driver, previous, next)?,
            RepairAct::Remove { .. } | RepairAct::Write { .. } => {}
        }
    }
    Ok(())
}

fn change_rows(driver: &mut dyn Driver, plan: &Plan, actor: &str) -> Result<(), Error> {
    let removed: Vec<&str> = plan.acts.iter().filter_map(RepairAct::row).collect();
    if removed.is_empty() && plan.events.is_empty() {
        return Ok(());
    }
    for row in removed {
        journal::note_removed(driver, row, actor)?;
    }
    history::remove_but(driver, i64::try_from(plan.kept).unwrap_or(i64::MAX))?;
    for event in &plan.events {
        history::append(driver, event)?;
    }
    Ok(())
}
