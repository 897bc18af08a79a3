//! Files that are there already, or not yet.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::output::Failure;
use super::super::write::{Act, Planned};
use super::site::Site;
use super::toml::Toml;

/// A TOML file, there or not yet, and what it gets.
pub(super) struct TomlFile {
    path: PathBuf,
    pub(super) shown: String,
    previous: Option<String>,
    pub(super) toml: Toml,
    /// What it gets, as lines for a reader.
    pub(super) added: Vec<String>,
}

impl TomlFile {
    pub(super) fn read(site: &Site, path: PathBuf) -> Result<Self, Failure> {
        let previous = read_if_there(site, &path)?;
        let toml = Toml::new(previous.clone().unwrap_or_default())
            .map_err(|error| unreadable(site, &path, &error))?;
        Ok(Self { shown: site.shown(&path), path, previous, toml, added: Vec::new() })
    }

    pub(super) fn insert(&mut self, table: &str, key: &str, value: &str) -> bool {
        let inserted = self.toml.insert(table, key, value);
        if inserted {
            self.added.push(format!("[{table}] {key} = {value}"));
        }
        inserted
    }

    pub(super) fn planned(self) -> Planned {
        let act = match self.previous {
            _ if self.added.is_empty() => Act::Keep,
            None => Act::Create(self.toml.text),
            Some(previous) => Act::Edit { previous, next: self.toml.text, added: self.added },
        };
        Planned { path: self.path, shown: self.shown, act }
    }
}

/// The text of a file, if it is there.
pub(super) fn read_if_there(site: &Site, path: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(site, path, &error.to_string())),
    }
}

/// The text of a file that must be there.
pub(super) fn read(site: &Site, path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| unreadable(site, path, &error.to_string()))
}

fn unreadable(site: &Site, path: &Path, error: &str) -> Failure {
    Failure::failed(format!("{}: {error}; nothing was written", site.shown(path)))
}
