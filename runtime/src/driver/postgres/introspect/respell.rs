//! How this server spells the SQL of a schema.

use whimbrel_schema::{Introspected, Schema, Trial, Trials, read_postgres};

use super::{apart, catalogue, home, namespace};
use crate::driver::{Fault, FaultKind, Postgres};

impl Postgres<'_> {
    /// A schema in the spelling of this server, to be compared with what was found. What the server is asked
    /// is in temporary tables and views, which are gone afterwards.
    pub(super) fn respelled(&mut self, expected: &Schema, found: &Introspected) -> Result<Schema, Fault> {
        let trials = Trials::new(found, expected, "");
        let all = trials.all();
        if all.is_empty() {
            return Ok(trials.respelled(&[], &Introspected::default()));
        }
        apart(self, |driver| {
            let mut taken = Vec::new();
            for trial in all {
                if driver.take(&trial)? {
                    taken.push(trial);
                    continue;
                }
                for part in trials.apart(&trial) {
                    if driver.take(&part)? {
                        taken.push(part);
                    }
                }
            }
            let places = (namespace(driver, "SELECT pg_my_temp_schema()", &[])?, home(driver)?);
            let read = match places {
                (Some(trials), Some(home)) => read_postgres(&catalogue(driver, trials, home)?),
                _ => Introspected::default(),
            };
            Ok(trials.respelled(&taken, &read))
        })
    }

    /// Makes a trial, or finds that the server understands it no longer: what it names is not there, or is
    /// otherwise.
    fn take(&mut self, trial: &Trial) -> Result<bool, Fault> {
        self.rows("SAVEPOINT whimbrel_trial", &[])?;
        match trial.create.iter().try_for_each(|sql| self.rows(sql, &[]).map(drop)) {
            Ok(()) => Ok(true),
            Err(fault) if undecided(fault.kind) => Err(fault),
            Err(_) => {
                self.rows("ROLLBACK TO SAVEPOINT whimbrel_trial", &[])?;
                Ok(false)
            }
        }
    }
}

/// Whether a fault says nothing of the SQL that it answers, so that nothing is known.
const fn undecided(kind: FaultKind) -> bool {
    !matches!(kind, FaultKind::MissingTable | FaultKind::MissingColumn | FaultKind::Other)
}
