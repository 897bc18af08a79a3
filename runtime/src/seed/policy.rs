//! Which environment a database is, and what may be loaded there.

use whimbrel_schema::closest;
use whimbrel_schema::seed::{SeedEnvironment, Seeds};

use super::ledger;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::project::Project;

/// What holds in an environment.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    pub(super) environment: Option<SeedEnvironment>,
    /// Its name, by which the database knows itself.
    pub(super) name: Option<String>,
    pub(super) protected: bool,
    pub(super) confirm: bool,
}

/// The policy of a database that is said to be an environment; it is the one that it was before.
///
/// # Errors
///
/// [`ErrorKind::Refused`] if it is another one, [`ErrorKind::Usage`] if there is none of this name.
pub(super) fn of(
    driver: &mut dyn Driver,
    project: &Project,
    seeds: &Seeds,
    asked: Option<&str>,
) -> Result<Policy, Error> {
    let known = ledger::environment(driver)?;
    if let (Some(known), Some(asked)) = (&known, asked)
        && known != asked
    {
        return Err(Error::new(
            ErrorKind::Refused,
            format!("this database is environment `{known}`, and seeds of `{asked}` were asked for"),
        )
        .help(format!("name its own: --env {known}"))
        .help("or give the URL of the database that is meant"));
    }
    let name = known.or_else(|| asked.map(str::to_owned));
    let Some(name) = name else {
        return Ok(Policy { environment: None, name: None, protected: false, confirm: false });
    };
    let environment = seeds.manifest.environments.iter().find(|one| one.name == name).cloned();
    let database = project.environments.iter().find(|one| one.name == name);
    if environment.is_none() && database.is_none() {
        let names = seeds.manifest.environments.iter().map(|one| one.name.as_str());
        let error = Error::new(ErrorKind::Usage, format!("there is no environment `{name}`"));
        return Err(match closest(&name, names) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error.help(format!("add it to seeds.toml: [environment.{name}]")),
        });
    }
    let protected =
        environment.as_ref().is_some_and(|one| one.protect) || database.is_some_and(|one| one.protect);
    let confirm = environment.as_ref().is_some_and(|one| one.confirm);
    Ok(Policy { environment, name: Some(name), protected, confirm })
}

impl Policy {
    /// Refuses what the environment does not take.
    pub(super) fn check_sets(
        &self,
        seeds: &Seeds,
        mut sets: impl Iterator<Item = usize>,
    ) -> Result<(), Error> {
        if !self.protected {
            return Ok(());
        }
        let own = self.environment.iter().flat_map(|one| &one.sets).filter_map(|name| seeds.set(name));
        let own: Vec<usize> =
            own.flat_map(|set| seeds.sets[set].needs.iter().copied().chain([set])).collect();
        let Some(foreign) = sets.find(|set| !own.contains(set)) else { return Ok(()) };
        let name = self.name.as_deref().unwrap_or_default();
        Err(Error::new(
            ErrorKind::Refused,
            format!(
                "environment `{name}` is protected, and set `{}` is none of its own",
                seeds.sets[foreign].name
            ),
        )
        .help("if it belongs there, add it to the `sets` of the environment in seeds.toml"))
    }

    /// Refuses to remove anything from a protected environment.
    pub(super) fn check_clean(&self) -> Result<(), Error> {
        match (&self.name, self.protected) {
            (Some(name), true) => Err(Error::new(
                ErrorKind::Refused,
                format!("environment `{name}` is protected, so nothing is cleaned there"),
            )
            .help("remove rows by a migration, which is reviewed")),
            _ => Ok(()),
        }
    }

    /// Refuses what was not confirmed.
    pub(super) fn check_confirmed(&self, confirmed: Option<&str>) -> Result<(), Error> {
        match &self.name {
            Some(name) if self.confirm && confirmed != Some(name) => Err(Error::new(
                ErrorKind::Refused,
                format!("environment `{name}` wants to be named once more before anything is loaded"),
            )
            .help(format!("if it is meant: --confirm {name}"))),
            _ => Ok(()),
        }
    }
}
