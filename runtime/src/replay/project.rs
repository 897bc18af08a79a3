//! The migrations of a project, taken by the migrator itself.

use whimbrel_schema::{Operation, Pair, Schema};

use super::involved::involved;
use super::way::{Ground, Load, Refused, Way};
use super::{Failure, Problem, Replayed, catalogue, there_and_back};
use crate::chain;
use crate::driver::Sqlite;
use crate::error::Error;
use crate::execute::record;
use crate::migrator::{Apply, Migrator, Rollback};
use crate::project::{Direction, Downgrade, Migration, Project};

/// Takes each migration from the version before it: with rows, their Rust code included.
pub(crate) fn replay_project(project: &'static Project) -> Result<Replayed, Error> {
    let schemas = chain::schemas(project, project.migrations.len())?;
    let mut replayed = Replayed::default();
    let mut image = Sqlite::in_memory()?.image()?;
    for (migration, pair) in project.migrations.iter().zip(schemas.windows(2)) {
        let [previous, next] = pair else { continue };
        let ground = Taken::new(project, migration, image)?;
        ground.replay(Pair::new(previous, next), &mut replayed)?;
        image = ground.images.next;
    }
    Ok(replayed)
}

/// Databases of a project before and after a migration.
struct Taken {
    project: &'static Project,
    migration: &'static Migration,
    images: Pair<Vec<u8>>,
}

impl Taken {
    fn new(project: &'static Project, migration: &'static Migration, image: Vec<u8>) -> Result<Self, Error> {
        let mut driver = Sqlite::of_image(&image)?;
        migrate(project, migration, Direction::Upgrade, &mut driver)?;
        Ok(Self { project, migration, images: Pair::new(image, driver.image()?) })
    }

    fn replay(&self, schemas: Pair<&Schema>, replayed: &mut Replayed) -> Result<(), Error> {
        let upgrade = record(&self.migration.upgrade)?;
        let downgrade = match &self.migration.downgrade {
            Downgrade::Steps(steps) => Some(record(steps)?),
            Downgrade::NothingToUndo(_) => Some(Vec::new()),
            Downgrade::Irreversible(_) => None,
        };
        let operations = || upgrade.iter().chain(downgrade.iter().flatten());
        // Rust code may read any table.
        let parts = match operations().any(|operation| *operation == Operation::Code) {
            true => schemas.map(Schema::clone),
            false => involved(schemas, operations()),
        };
        let parts = parts.as_ref();
        let of_image = |image: &Vec<u8>| Ok::<_, Error>(catalogue(&mut Sqlite::of_image(image)?)?);
        let catalogues = Pair::new(of_image(&self.images.previous)?, of_image(&self.images.next)?);
        let catalogues = catalogues.as_ref();
        self.arrives(schemas.next, catalogues.next)?;
        let there = Way::new(parts, catalogues, &upgrade, Direction::Upgrade, self);
        let back = downgrade.as_ref().map(|downgrade| {
            Way::new(parts.swap(), catalogues.swap(), downgrade, Direction::Downgrade, self)
        });
        there_and_back(&there, back.as_ref(), replayed).map_err(|problem| self.error(problem))
    }

    /// The migrated database is what a fresh one of the schema is.
    fn arrives(&self, schema: &Schema, found: &super::Catalogue) -> Result<(), Error> {
        let wanted = catalogue(&mut super::created(schema)?)?;
        let differences = found.differences(&wanted);
        if differences.is_empty() {
            return Ok(());
        }
        let lines: String = differences.iter().map(|line| format!("\n  {line}")).collect();
        let message = format!("the database is not what its schema says{lines}");
        Err(Error::failed(message).context(format!("migration {}", self.migration.revision)))
    }

    fn error(&self, problem: Problem) -> Error {
        let revision = self.migration.revision;
        match problem {
            Problem::Failed(Failure { direction, message, after, details, .. }) => {
                let after = if after.is_empty() { String::new() } else { format!(", {after}") };
                let details: String = details.iter().map(|line| format!("\n  {line}")).collect();
                Error::failed(format!("{message}{details}"))
                    .context(format!("the {direction} of migration {revision} does not hold{after}"))
            }
            Problem::Rejected(defects) => {
                let words: Vec<&str> = defects.iter().map(|defect| defect.message.as_str()).collect();
                Error::failed(words.join("; ")).context(format!("migration {revision}"))
            }
            Problem::Broken(error) => error.context(format!("migration {revision} cannot be tried")),
        }
    }
}

impl Ground for Taken {
    fn empty(&self, way: &Way<'_>) -> Result<Sqlite<'static>, Error> {
        Sqlite::of_image(match way.direction {
            Direction::Upgrade => &self.images.previous,
            Direction::Downgrade => &self.images.next,
        })
    }

    fn go(&self, way: &Way<'_>, driver: &mut Sqlite<'static>, _: Load) -> Result<(), Refused> {
        migrate(self.project, self.migration, way.direction, driver)
            .map_err(|error| Refused { step: None, message: error.message() })
    }

    fn runs_code(&self) -> bool {
        true
    }
}

fn migrate(
    project: &'static Project,
    migration: &'static Migration,
    direction: Direction,
    driver: &mut Sqlite<'static>,
) -> Result<(), Error> {
    let Some(connection) = driver.connection_mut() else { return Ok(()) };
    let mut migrator = Migrator::new(project, connection).actor("whimbrel::testing");
    for destruction in migration.downgrade_destroys {
        migrator = migrator.allow(destruction.name());
    }
    match direction {
        Direction::Upgrade => migrator.apply(Apply::To(migration.revision)),
        Direction::Downgrade => migrator.rollback(Rollback::Steps(1)),
    }
    .map(drop)
}
