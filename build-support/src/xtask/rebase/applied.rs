//! What the databases of a project have applied.

use std::path::Path;

use whimbrel::{Direction, Event, Migrator, Project};
use whimbrel_schema::{Config, EnvironmentUrl};

/// A database of whimbrel.toml, and the revisions applied there, or why they are not known.
pub(in crate::xtask) struct Asked {
    pub(in crate::xtask) environment: String,
    pub(in crate::xtask) answer: Result<Vec<String>, String>,
}

/// A project that knows nothing: it only reads.
static NOTHING: Project = Project { package: "", environments: &[], migrations: &[], seeds: None };

/// Asks the database of every environment. A database that is not there yet has applied nothing.
pub(in crate::xtask) fn asked_databases(config: &Config, root: &Path) -> Vec<Asked> {
    let environments = config.environments.iter();
    environments
        .map(|environment| {
            let url = match &environment.url {
                EnvironmentUrl::Literal(url) => Ok(url.clone()),
                EnvironmentUrl::Variable(name) => std::env::var(name)
                    .ok()
                    .filter(|url| !url.is_empty())
                    .ok_or_else(|| format!("the environment variable {name} is not set")),
            };
            let answer = url.and_then(|url| applied(&url, root).map_err(|error| error.message()));
            Asked { environment: environment.name.clone(), answer }
        })
        .collect()
}

fn applied(url: &str, root: &Path) -> Result<Vec<String>, whimbrel::Error> {
    let events = Migrator::open(&NOTHING, url, root)?.history()?;
    let mut applied: Vec<String> = Vec::new();
    for Event { revision, direction, .. } in events {
        match direction {
            Direction::Upgrade => applied.push(revision),
            Direction::Downgrade => applied.retain(|known| *known != revision),
        }
    }
    Ok(applied)
}
