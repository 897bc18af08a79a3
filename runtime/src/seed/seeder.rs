//! The door to seeds: what is loaded, planned, cleaned and told.

use std::path::{Path, PathBuf};

use whimbrel_schema::Schema;
use whimbrel_schema::seed::{Loading, Seeds, World};

use super::ledger::Wanted;
use super::policy::{self, Policy};
use super::report::{
    Cleaned, Outcome, PlannedSeeds, PlannedTable, SeedProgress, SeedReport, SeedState, SeedStatus,
};
use super::{export, ledger, run, sources};
use crate::chain;
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;

/// Loads the seeds of a project into one database, and takes them out again.
///
/// Each set is one transaction with what the ledger says of it: after a crash it is loaded or it is not.
/// Migrators and other seeders are shut out meanwhile. The database must have all migrations of the program.
pub struct Seeder<'c> {
    pub(super) migrator: Migrator<'c>,
    pub(super) schema: Schema,
    pub(super) seeds: Seeds,
    pub(super) options: Options,
    pub(super) progress: Option<Listener<'c>>,
    file: Option<PathBuf>,
}

/// What a run was told besides its sets.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    pub(super) environment: Option<String>,
    pub(super) size: Option<String>,
    pub(super) seed: Option<String>,
    pub(super) confirmed: Option<String>,
}

pub(super) type Listener<'c> = Box<dyn FnMut(SeedProgress<'_>) + 'c>;

/// Which sets are meant; those that they need come with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope<'s> {
    /// Those that seeds.toml has for the environment.
    Environment,
    /// All of them.
    All,
    /// One.
    Set(&'s str),
    /// Those with rows of a table.
    Table(&'s str),
    /// The set of the file that was [named](Seeder::file).
    File,
}

/// A set that is to be loaded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meant {
    pub(super) set: usize,
    pub(super) wish: Wish,
}

/// Why a set is to be loaded.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wish {
    /// It was asked for.
    Asked,
    /// One that was asked for needs it.
    Needed,
}

impl Wish {
    /// How the set is wanted, where this seed and this size were asked for.
    pub(super) const fn wanted(self, seed: &str, size: f64) -> Wanted<'_> {
        match self {
            Self::Asked => Wanted::Of { seed, size },
            Self::Needed => Wanted::There,
        }
    }
}

impl<'c> Seeder<'c> {
    /// A seeder on the connection of a migrator.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] with the whole report if seeds are wrong for this database; the build does not let
    /// that be.
    pub fn new(migrator: Migrator<'c>) -> Result<Self, Error> {
        let project = migrator.project();
        let schema = chain::schemas(project, project.migrations.len())?.pop().unwrap_or_default();
        let dialect = migrator.dialect();
        let seeds = sources::read(project, &schema, dialect, None)?;
        let options = Options::default();
        Ok(Self { migrator, schema, seeds, options, progress: None, file: None })
    }

    /// Takes in a file of seeds besides those of the program, checked as they are. Its set stands for one of
    /// the same name. Paths in it begin at its own directory, and then at that of the seeds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] with the whole report if something is wrong with it.
    pub fn file(mut self, path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        self.seeds =
            sources::read(self.migrator.project(), &self.schema, self.migrator.dialect(), Some(path))?;
        self.file = Some(path.to_owned());
        Ok(self)
    }

    /// Which environment the database is. It is written down there with the first load, and no other is
    /// taken for it later.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.options.environment = Some(name.into());
        self
    }

    /// The size of seeds.toml by which numbers of rows are multiplied, instead of that of the environment; or
    /// the factor itself, as `0.5`.
    #[must_use]
    pub fn size(mut self, size: impl Into<String>) -> Self {
        self.options.size = Some(size.into());
        self
    }

    /// What values follow from, instead of what seeds.toml says.
    #[must_use]
    pub fn seed(mut self, seed: impl Into<String>) -> Self {
        self.options.seed = Some(seed.into());
        self
    }

    /// The environment, named once more, where it wants that.
    #[must_use]
    pub fn confirm(mut self, environment: impl Into<String>) -> Self {
        self.options.confirmed = Some(environment.into());
        self
    }

    /// A function that hears how far loading is.
    #[must_use]
    pub fn on_progress(mut self, progress: impl FnMut(SeedProgress<'_>) + 'c) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// The names of the sets, each behind those that it needs.
    pub fn sets(&self) -> impl Iterator<Item = &str> {
        self.seeds.sets.iter().map(|set| set.name.as_str())
    }

    /// Loads sets. One that is loaded as it is now is left; one that is loaded otherwise is cleaned and
    /// loaded anew.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`] if a migration is not applied, [`ErrorKind::Refused`] for what the environment
    /// does not take, and those of the database. Sets done before stay done: [`Error::completed`].
    pub fn run(&mut self, scope: Scope<'_>) -> Result<SeedReport, Error> {
        run::run(self, scope)
    }

    /// What [`run`](Self::run) would do. Nothing is written.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub fn plan(&mut self, scope: Scope<'_>) -> Result<Vec<PlannedSeeds>, Error> {
        self.ready()?;
        let policy = self.policy()?;
        let sets = self.meant(scope, &policy)?;
        policy.check_sets(&self.seeds, sets.iter().map(|meant| meant.set))?;
        let (seed, size) = self.values(&policy)?;
        let loaded = ledger::sets(self.migrator.driver())?;
        let project = self.migrator.project();
        let functions = |path: &str, call: &mut super::Call| sources::call(project, path, call);
        let mut world = World::new(&self.seeds, &functions);
        let mut planned = Vec::new();
        for set in sets {
            let Meant { set, wish } = set;
            let definition = &self.seeds.sets[set];
            world
                .add(set, Loading { seed: seed.clone(), size, ..Loading::default() })
                .map_err(super::load::unmade)?;
            let known = loaded.iter().find(|known| known.name == definition.name);
            let outcome = match known {
                None => Outcome::Loaded,
                Some(known) if known.is_same(definition, wish.wanted(&seed, size)) => Outcome::Unchanged,
                Some(_) => Outcome::Reloaded,
            };
            let table = |table: &usize| {
                let rows = &definition.tables[*table];
                let written = rows.rows.len() as u64;
                PlannedTable {
                    name: rows.table.name.as_str().to_owned(),
                    mode: rows.mode.key(),
                    written,
                    made: world.count(set, *table) - written,
                    late: rows
                        .late
                        .iter()
                        .map(|column| rows.columns[*column].name.as_str().to_owned())
                        .collect(),
                }
            };
            let tables = definition.order.iter().map(table).collect();
            planned.push(PlannedSeeds { set: definition.name.clone(), outcome, tables });
        }
        Ok(planned)
    }

    /// The sets that are loaded. Nothing is written.
    ///
    /// # Errors
    ///
    /// If the ledger cannot be read.
    pub fn status(&mut self) -> Result<Vec<SeedStatus>, Error> {
        let mut status = Vec::new();
        for loaded in ledger::sets(self.migrator.driver())? {
            let counts = ledger::counts(self.migrator.driver(), &loaded.name)?;
            let known = self.seeds.sets.iter().find(|set| set.name == loaded.name);
            let count = |table: &ledger::LoadedTable| {
                let rows = counts.get(&table.name).copied().unwrap_or(0);
                (table.name.clone(), u64::try_from(rows).unwrap_or(0))
            };
            status.push(SeedStatus {
                state: match known {
                    _ if loaded.is_leftover() => SeedState::Cleaned,
                    Some(set) if set.hash == loaded.hash => SeedState::Current,
                    Some(_) => SeedState::Changed,
                    None => SeedState::Unknown,
                },
                seed: loaded.seed.clone(),
                size: loaded.size,
                loaded_at: loaded.written_at.clone(),
                tables: loaded.tables.iter().map(count).collect(),
                set: loaded.name,
            });
        }
        Ok(status)
    }

    /// The environment that the database says it is.
    ///
    /// # Errors
    ///
    /// If the ledger cannot be read.
    pub fn database_environment(&mut self) -> Result<Option<String>, Error> {
        ledger::environment(self.migrator.driver())
    }

    /// Takes out the rows that sets have loaded: all of them, or one with those that need it. Rows that were
    /// edited since, and those that rows reference that stay, are left and listed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] if the set is not loaded, [`ErrorKind::Refused`] in a protected environment.
    pub fn clean(&mut self, set: Option<&str>) -> Result<Vec<Cleaned>, Error> {
        run::clean(self, set)
    }

    /// What [`clean`](Self::clean) would do. It is done in a transaction that is rolled back, so that rows are
    /// locked meanwhile and nothing is changed; [`confirm`](Self::confirm) is not asked for.
    ///
    /// # Errors
    ///
    /// As for [`clean`](Self::clean).
    pub fn plan_clean(&mut self, set: Option<&str>) -> Result<Vec<Cleaned>, Error> {
        run::plan_clean(self, set)
    }

    /// The rows of tables as the text of a seed file. Rows reference each other by labels there, so that they can
    /// be loaded where other rows have their numbers.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] if there is no such table, and those of the database.
    pub fn export(&mut self, tables: &[String]) -> Result<String, Error> {
        export::export(self, tables)
    }

    pub(super) fn ready(&mut self) -> Result<(), Error> {
        self.migrator.driver().check_idle()?;
        self.migrator.check().map_err(|error| match error.kind() {
            ErrorKind::Pending => error.context("seeds are for the newest schema"),
            _ => error,
        })
    }

    pub(super) fn policy(&mut self) -> Result<Policy, Error> {
        let project = self.migrator.project();
        policy::of(self.migrator.driver(), project, &self.seeds, self.options.environment.as_deref())
    }

    /// The sets that are meant, each behind those that it needs.
    pub(super) fn meant(&self, scope: Scope<'_>, policy: &Policy) -> Result<Vec<Meant>, Error> {
        let named = |name: &str| self.seeds.set(name).ok_or_else(|| self.unknown_set(name));
        let own: Vec<usize> = match scope {
            Scope::All if self.seeds.sets.is_empty() => {
                let error = Error::new(ErrorKind::Usage, "the program has no seeds");
                return Err(error.help("see [seeds] of whimbrel.toml"));
            }
            Scope::All => (0..self.seeds.sets.len()).collect(),
            Scope::Set(name) => vec![named(name)?],
            Scope::Table(table) => {
                let with =
                    |set: &usize| self.seeds.sets[*set].tables.iter().any(|rows| rows.table.name == *table);
                let sets: Vec<usize> = (0..self.seeds.sets.len()).filter(with).collect();
                if sets.is_empty() {
                    return Err(self.unknown_table(table));
                }
                sets
            }
            Scope::File => match (&self.file, self.seeds.sets.last()) {
                (Some(path), _) => vec![self.of_file(path)?],
                (None, _) => return Err(Error::new(ErrorKind::Usage, "no file of seeds was named")),
            },
            Scope::Environment => {
                let Some(environment) = &policy.environment else {
                    let error = match &policy.name {
                        Some(name) => {
                            Error::new(ErrorKind::Usage, format!("seeds.toml has no environment `{name}`"))
                                .help(format!("add it: [environment.{name}] sets = [\"...\"]"))
                        }
                        None => {
                            Error::new(ErrorKind::Usage, "nothing says which environment this database is")
                                .help("name it: --env dev")
                        }
                    };
                    return Err(error.help("or name what to load: seed set NAME, seed all"));
                };
                environment.sets.iter().map(|name| named(name)).collect::<Result<_, Error>>()?
            }
        };
        let needed = own.iter().flat_map(|set| &self.seeds.sets[*set].needs);
        let mut all: Vec<usize> = needed.copied().chain(own.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        let wish = |set: &usize| if own.contains(set) { Wish::Asked } else { Wish::Needed };
        Ok(all.into_iter().map(|set| Meant { wish: wish(&set), set }).collect())
    }

    fn of_file(&self, path: &Path) -> Result<usize, Error> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(ErrorKind::Usage, format!("{} cannot be read: {error}", path.display()))
        })?;
        let name = sources::set_of(&text).unwrap_or_default();
        self.seeds.set(&name).ok_or_else(|| self.unknown_set(&name))
    }

    fn unknown_set(&self, name: &str) -> Error {
        let names: Vec<&str> = self.sets().collect();
        let error = Error::new(ErrorKind::Usage, format!("there is no set `{name}`"));
        match whimbrel_schema::closest(name, names.iter().copied()) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None if names.is_empty() => error.help("the program has no seeds: see [seeds] of whimbrel.toml"),
            None => error.help(format!("there are {}", names.join(", "))),
        }
    }

    fn unknown_table(&self, name: &str) -> Error {
        let tables = self.seeds.sets.iter().flat_map(|set| &set.tables).map(|rows| rows.table.name.as_str());
        let tables: Vec<&str> = tables.collect();
        let error = Error::new(ErrorKind::Usage, format!("no set has rows of a table `{name}`"));
        match whimbrel_schema::closest(name, tables.iter().copied()) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error.help("migrate seed plan all shows what there is"),
        }
    }

    /// What values follow from, and by how much numbers of rows are multiplied.
    pub(super) fn values(&self, policy: &Policy) -> Result<(String, f64), Error> {
        let manifest = &self.seeds.manifest;
        let seed = self.options.seed.clone().unwrap_or_else(|| manifest.seed.clone());
        let own = policy.environment.as_ref().and_then(|environment| environment.size.clone());
        let Some(size) = self.options.size.clone().or(own) else { return Ok((seed, 1.0)) };
        if let Some(factor) = manifest.sizes.get(&size) {
            return Ok((seed, *factor));
        }
        match size.parse::<f64>() {
            Ok(factor) if factor > 0.0 && factor <= 1e9 => Ok((seed, factor)),
            Ok(_) => Err(Error::new(ErrorKind::Usage, format!("`{size}` is no size"))
                .help("a size multiplies numbers of rows, and is above 0 and at most 1000000000")),
            _ => {
                let names: Vec<&str> = manifest.sizes.keys().map(String::as_str).collect();
                let error = Error::new(ErrorKind::Usage, format!("there is no size `{size}`"));
                Err(match whimbrel_schema::closest(&size, names.iter().copied()) {
                    Some(meant) => error.help(format!("did you mean `{meant}`?")),
                    None => error.help(format!(
                        "write a number, as 0.1, or one of seeds.toml: {}",
                        if names.is_empty() { "it has none".to_owned() } else { names.join(", ") }
                    )),
                })
            }
        }
    }
}
