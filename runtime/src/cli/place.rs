//! Which database is meant, and where its package is.

use std::path::{Path, PathBuf};

use whimbrel_schema::closest;

use crate::error::{Error, ErrorKind};
use crate::project::{Environment, EnvironmentUrl, Project};
use crate::url::Url;

/// The variable that names the package's directory; `cargo xtask` sets it.
const PACKAGE: &str = "WHIMBREL_PACKAGE_DIR";
/// The variable that names a database by its URL.
const DATABASE: &str = "DATABASE_URL";
/// The environment that is meant where nothing is said, if there is one of this name.
const DEFAULT: &str = "dev";

/// Reads an environment variable.
pub(super) type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The database meant, and the environment whose policy holds there.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) url: String,
    pub(super) environment: Option<&'static Environment>,
}

/// Finds the database: the URL given, else the environment given, else `DATABASE_URL`, else the
/// environment `dev`, else the first one.
///
/// A URL whose database an environment has as well stands for that environment, so that its policy cannot be
/// forgotten by spelling out its URL.
pub(super) fn find(
    project: &Project,
    url: Option<&str>,
    environment: Option<&str>,
    base: &Path,
    variable: Variable<'_>,
) -> Result<Place, Error> {
    let named = environment.map(|name| by_name(project, name)).transpose()?;
    if let Some(url) = url {
        let environment = named.or_else(|| by_url(project, url, base, variable));
        return Ok(Place { url: url.to_owned(), environment });
    }
    if let Some(environment) = named {
        return Ok(Place { url: resolve(environment, variable)?, environment: Some(environment) });
    }
    if let Some(url) = variable(DATABASE).filter(|url| !url.is_empty()) {
        let environment = by_url(project, &url, base, variable);
        return Ok(Place { url, environment });
    }
    let default = project.environments.iter().find(|environment| environment.name == DEFAULT);
    match default.or_else(|| project.environments.first()) {
        Some(environment) => {
            Ok(Place { url: resolve(environment, variable)?, environment: Some(environment) })
        }
        None => Err(Error::new(ErrorKind::Usage, "nothing says which database is meant")
            .help("give its URL: --url sqlite:mail.db")
            .help("or name an environment in whimbrel.toml: [environment.dev] url = \"sqlite:mail.db\"")),
    }
}

/// The directory that paths are relative to.
pub(super) fn package(directory: &Path, variable: Variable<'_>) -> PathBuf {
    if let Some(package) = variable(PACKAGE).filter(|package| !package.is_empty()) {
        return directory.join(package);
    }
    let is_package = |directory: &&Path| directory.join("whimbrel.toml").is_file();
    directory.ancestors().find(is_package).unwrap_or(directory).to_owned()
}

fn by_name(project: &Project, name: &str) -> Result<&'static Environment, Error> {
    if let Some(environment) = project.environments.iter().find(|environment| environment.name == name) {
        return Ok(environment);
    }
    let names: Vec<&str> = project.environments.iter().map(|environment| environment.name).collect();
    let error = Error::new(ErrorKind::Usage, format!("whimbrel.toml has no environment `{name}`"));
    Err(match closest(name, names.iter().copied()) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None if names.is_empty() => error.help("it has none; add [environment.dev]"),
        None => error.help(format!("it has {}", names.join(", "))),
    })
}

fn by_url(project: &Project, url: &str, base: &Path, variable: Variable<'_>) -> Option<&'static Environment> {
    let url = Url::parse(url).ok()?;
    project.environments.iter().find(|environment| environment.is_at(&url, base, variable))
}

fn resolve(environment: &Environment, variable: Variable<'_>) -> Result<String, Error> {
    match environment.url {
        EnvironmentUrl::Literal(url) => Ok(url.to_owned()),
        EnvironmentUrl::Variable(name) => variable(name).filter(|url| !url.is_empty()).ok_or_else(|| {
            Error::new(
                ErrorKind::Usage,
                format!("environment `{}` takes its URL from {name}, which is not set", environment.name),
            )
            .help(format!("set {name}, or name another environment with --env"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Archiving, Timeouts};

    static PROJECT: Project = Project {
        package: "mail",
        environments: &[
            Environment {
                name: "ci",
                url: EnvironmentUrl::Literal("sqlite::memory:"),
                protect: false,
                allow_destructive: true,
                archive: Archiving::Forever,
                timeouts: Timeouts::NONE,
            },
            Environment {
                name: "dev",
                url: EnvironmentUrl::Literal("sqlite:mail.db"),
                protect: false,
                allow_destructive: true,
                archive: Archiving::Forever,
                timeouts: Timeouts::NONE,
            },
            Environment {
                name: "production",
                url: EnvironmentUrl::Variable("DATABASE_URL"),
                protect: true,
                allow_destructive: false,
                archive: Archiving::Forever,
                timeouts: Timeouts::NONE,
            },
        ],
        migrations: &[],
        seeds: None,
    };

    fn found(url: Option<&str>, environment: Option<&str>, database: Option<&str>) -> (String, String) {
        let variable = |name: &str| database.filter(|_| name == "DATABASE_URL").map(str::to_owned);
        let place = find(&PROJECT, url, environment, Path::new("/package"), &variable).unwrap();
        (place.url, place.environment.map_or("none", |environment| environment.name).to_owned())
    }

    #[test]
    fn chooses_in_order() {
        let pair = |url: &str, name: &str| (url.to_owned(), name.to_owned());
        assert_eq!(found(None, None, None), pair("sqlite:mail.db", "dev"));
        assert_eq!(found(None, None, Some("sqlite:p.db")), pair("sqlite:p.db", "production"));
        assert_eq!(found(None, Some("ci"), Some("sqlite:p.db")), pair("sqlite::memory:", "ci"));
        assert_eq!(found(Some("sqlite:x.db"), None, None), pair("sqlite:x.db", "none"));
        assert_eq!(found(Some("sqlite:p.db"), None, Some("sqlite:p.db")), pair("sqlite:p.db", "production"));
        assert_eq!(found(Some("sqlite://./mail.db"), None, None), pair("sqlite://./mail.db", "dev"));
        assert_eq!(
            found(Some("sqlite:/package/mail.db"), None, None),
            pair("sqlite:/package/mail.db", "dev")
        );
        assert_eq!(found(Some("sqlite:x.db"), Some("production"), None), pair("sqlite:x.db", "production"));
    }

    #[test]
    fn says_what_is_missing() {
        let wrong = |environment| {
            find(&PROJECT, None, Some(environment), Path::new(""), &|_| None).unwrap_err().to_string()
        };
        assert!(wrong("produktion").contains("did you mean `production`?"));
        assert!(wrong("production").contains("DATABASE_URL, which is not set"));
    }
}
