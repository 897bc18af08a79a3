//! The whole history, compared with the project and with the database.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::Migrator;
use crate::error::{Error, ErrorKind};
use crate::history::{self, Newest};
use crate::journal;
use crate::project::Project;

/// A history that is right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The newest revision applied.
    pub head: Option<String>,
    /// How many events there are.
    pub events: usize,
    /// How many migrations are applied.
    pub applied: usize,
    /// How many are not.
    pub pending: usize,
}

/// How long a wait is between two looks, at first and at most.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];

impl Migrator<'_> {
    /// Reads all of the history, and compares it with the project, and with what the database is. Nothing is
    /// written.
    ///
    /// A database that has drifted has still a history that is right; one that is exactly what another revision
    /// leads to has not.
    ///
    /// # Errors
    ///
    /// What is wrong, with the command that mends it.
    pub fn verify(&mut self) -> Result<Verified, Error> {
        if history::newest(&mut *self.driver)? == Newest::NoTable {
            journal::refuse_orphan(&mut *self.driver)?;
        }
        let state = self.state()?;
        let migrations = self.project.migrations;
        let head = state.applied.checked_sub(1).and_then(|index| migrations.get(index));
        let head = head.map(|migration| migration.revision.to_owned());
        // A database that cannot be compared has still a history that can.
        if let Ok(Some(remedy)) = self.lost() {
            let at = head.as_deref().unwrap_or("the beginning, with nothing applied");
            let message = format!("by its history the database is at {at}, and it is not what that leads to");
            return Err(Error::new(ErrorKind::BadHistory, message).help(remedy));
        }
        Ok(Verified {
            head,
            events: state.events.len(),
            applied: state.applied,
            pending: migrations.len().saturating_sub(state.applied),
        })
    }

    /// Waits until every migration is applied, by whoever does that, on the database of a URL. Paths in it are
    /// relative to `base`.
    ///
    /// It connects anew for each look, so the database may also be one that is yet to be created or started.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`] if the time is up, or why the database could not be asked then; what no waiting
    /// mends, as a history that disagrees with the project, at once.
    pub fn wait_until_applied(
        project: &Project,
        url: &str,
        base: impl AsRef<Path>,
        timeout: Duration,
    ) -> Result<(), Error> {
        let started = Instant::now();
        let [mut pause, longest] = PAUSES;
        loop {
            let looked =
                Migrator::open(project, url, base.as_ref()).and_then(|mut migrator| migrator.check());
            let error = match looked {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let passing =
                matches!(error.kind(), ErrorKind::Pending | ErrorKind::Failed | ErrorKind::LockBusy);
            let left = timeout.saturating_sub(started.elapsed());
            if !passing || left.is_zero() {
                return Err(error);
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(longest);
        }
    }
}
