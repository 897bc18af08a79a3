//! What the archive keeps, and for how long.

use std::time::SystemTime;

use whimbrel_schema::Age;

use super::Migrator;
use crate::archive::{self, Archived, ArchivedRows};
use crate::clock::timestamp;
use crate::driver::Driver;
use crate::error::Error;
use crate::execute::{Prepared, in_order, in_transaction};

impl Migrator<'_> {
    /// What the archive keeps, from the first entry.
    ///
    /// # Errors
    ///
    /// If the archive cannot be read.
    pub fn archived(&mut self) -> Result<Vec<Archived>, Error> {
        archive::list(&mut *self.driver)
    }

    /// The rows of an entry of the archive, at most `limit` of them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) if there is no such entry.
    pub fn archived_rows(&mut self, entry: i64, limit: usize) -> Result<ArchivedRows, Error> {
        archive::show(&mut *self.driver, entry, limit)
    }

    /// The entries of the archive that are older than an age, from the first.
    ///
    /// # Errors
    ///
    /// If the archive cannot be read.
    pub fn archived_before(&mut self, age: Age) -> Result<Vec<Archived>, Error> {
        let limit = SystemTime::now().checked_sub(age.into()).map(timestamp).unwrap_or_default();
        let mut entries = self.archived()?;
        // Timestamps are all of one form and in UTC, so their texts are in the order of time.
        entries.retain(|entry| entry.archived_at < limit);
        Ok(entries)
    }

    /// The entries that the archive has kept for as long as it is to. They stay until they are
    /// [purged](Migrator::purge): no migration destroys what it was not written to destroy.
    ///
    /// # Errors
    ///
    /// If the archive cannot be read.
    pub fn overdue(&mut self) -> Result<Vec<Archived>, Error> {
        self.retention().map_or(Ok(Vec::new()), |age| self.archived_before(age))
    }

    /// How long the archive is to keep what it has, where there is an end.
    pub fn retention(&self) -> Option<Age> {
        self.policy.archive.retention()
    }

    /// Destroys entries of the archive for good: all of them, or none if one does not exist.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) if one does not exist.
    pub fn purge(&mut self, entries: &[i64]) -> Result<Vec<Archived>, Error> {
        self.alone(|migrator| {
            let purge = |driver: &mut dyn Driver| {
                // Asked first, where not all can be undone.
                let known = archive::list(driver)?;
                entries.iter().try_for_each(|entry| archive::entry_of(&known, *entry).map(drop))?;
                entries.iter().map(|entry| archive::purge(driver, *entry)).collect()
            };
            let driver = &mut *migrator.driver;
            match driver.capabilities().transactional_ddl {
                true => in_transaction(driver, &Prepared::nothing(), &mut |_| {}, purge),
                false => in_order(driver, &Prepared::nothing(), purge),
            }
        })
    }
}
