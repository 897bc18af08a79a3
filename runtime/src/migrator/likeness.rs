//! Which revision a database looks like, whatever its history says.

use std::collections::BTreeSet;

use whimbrel_schema::{Difference, DifferenceKind, Drift, Introspected, Object, Schema, drift_beyond};

use super::{Migrator, state};
use crate::chain::{self, Version};
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::history::{self, Newest};
use crate::project::Project;

/// A database beside the versions that a project knows.
pub(super) struct Likeness {
    versions: Vec<Version>,
    /// Every table, view and trigger of any version, as drift names what lies beside.
    known: BTreeSet<String>,
    found: Introspected,
}

impl Likeness {
    /// Looks at a database.
    pub(super) fn of(driver: &mut dyn Driver, project: &Project) -> Result<Self, Error> {
        let versions = chain::versions(project, project.migrations.len())?;
        let known = versions.iter().flat_map(|version| names(&version.schema)).collect();
        let found = driver.introspect()?;
        Ok(Self { versions, known, found })
    }

    /// What the database has otherwise than after so many migrations. What another version has and this one has
    /// not is part of it, so that no version is taken for a later one that only has more.
    pub(super) fn differences(&self, driver: &mut dyn Driver, applied: usize) -> Result<Vec<String>, Error> {
        let Some(version) = self.versions.get(applied) else {
            return Ok(vec!["there is no such version".to_owned()]);
        };
        let schema = driver.respell(&version.schema, &self.found)?;
        let drift = drift_beyond(&schema, &version.known, &self.found);
        let mut lines = lines(&drift);
        lines.extend(self.beside(&drift));
        Ok(lines)
    }

    /// After how many migrations the database would be what it is: every number for which that is so.
    pub(super) fn alike(&self, driver: &mut dyn Driver) -> Result<Vec<usize>, Error> {
        let mut alike = Vec::new();
        for applied in 0..self.versions.len() {
            if self.may_be(applied) && self.differences(driver, applied)?.is_empty() {
                alike.push(applied);
            }
        }
        Ok(alike)
    }

    /// Whether the database has the tables and columns of a version, whatever the rest is. It costs nothing, while
    /// to compare texts servers are asked.
    fn may_be(&self, applied: usize) -> bool {
        let Some(version) = self.versions.get(applied) else { return false };
        let drift = drift_beyond(&version.schema, &version.known, &self.found);
        let came_or_went = |difference: &Difference| {
            matches!(difference.object, Object::Table(_) | Object::Column(..))
                && matches!(difference.kind, DifferenceKind::Added | DifferenceKind::Dropped)
        };
        !drift.differences.iter().any(came_or_went) && self.beside(&drift).is_empty()
    }

    /// What the database has of other versions. What has a reason is a part that this version knows of.
    fn beside(&self, drift: &Drift) -> Vec<String> {
        let beside = drift.beside.iter().filter(|other| other.reason.is_none());
        let beside = beside.filter(|other| self.known.contains(&other.object));
        beside.map(|other| format!("+ {}", other.object)).collect()
    }
}

impl Migrator<'_> {
    /// Says so where a migration may have failed because the database is further than its history says.
    pub(super) fn told_if_lost(&mut self, error: Error) -> Error {
        if error.kind() != ErrorKind::Failed || self.driver.in_transaction() {
            return error;
        }
        match self.lost() {
            Ok(Some(remedy)) => error.help(remedy),
            Ok(None) | Err(_) => error,
        }
    }

    /// What mends the history of a database that is what another revision leads to.
    pub(super) fn lost(&mut self) -> Result<Option<String>, Error> {
        let driver = &mut *self.driver;
        let newest = history::newest(driver)?;
        let applied = state::applied(driver, self.project)?;
        let alike = Likeness::of(driver, self.project)?.alike(driver)?;
        if alike.contains(&applied) || alike.iter().all(|other| *other == 0) {
            return Ok(None);
        }
        let is_at = |other: &usize| self.project.migrations.get(other.checked_sub(1)?);
        let revision = alike.iter().rev().find_map(is_at).map_or("", |migration| migration.revision);
        let (state, command) = match newest {
            Newest::NoTable => ("has no history", format!("migrate baseline --to {revision}")),
            Newest::Head(_) => ("its history says otherwise", "migrate repair --history".to_owned()),
        };
        Ok(Some(format!("the database is what {revision} leads to, and {state}: {command}")))
    }
}

fn names(schema: &Schema) -> Vec<String> {
    let tables = schema.tables.keys().map(|name| format!("table {name}"));
    let views = schema.views.keys().map(|name| format!("view {name}"));
    let triggers = schema.triggers.keys().map(|name| format!("trigger {name}"));
    tables.chain(views).chain(triggers).collect()
}

fn lines(drift: &Drift) -> Vec<String> {
    let differences = drift.differences.iter().map(ToString::to_string);
    differences.chain(drift.unmanaged.iter().map(|part| format!("! {part}"))).collect()
}
