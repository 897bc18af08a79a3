//! Which package a command is about.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::output::Failure;

/// A Cargo package that has a whimbrel.toml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) root: PathBuf,
}

/// The package named; else the one around a directory; else the only one of the workspace there.
pub(super) fn find(name: Option<&str>, here: &Path) -> Result<Package, Failure> {
    let packages = packages(here)?.into_iter().filter(has_config).collect::<Vec<_>>();
    choose(&packages, name, &canonical(here))
}

#[cfg_attr(
    not(any(feature = "replay", feature = "postgres", feature = "mysql")),
    allow(dead_code, reason = "imports alone need it")
)]
/// The same; where none has a whimbrel.toml, one that may get it: the package named, else the one around a
/// directory, else the only one of the workspace there but for its xtask.
pub(super) fn find_or_bare(name: Option<&str>, here: &Path) -> Result<Package, Failure> {
    let all = packages(here)?;
    let with: Vec<Package> = all.iter().filter(|package| has_config(package)).cloned().collect();
    let found = choose(&with, name, &canonical(here));
    if found.is_ok() || !with.is_empty() {
        return found;
    }
    let bare: Vec<Package> = all.into_iter().filter(|package| package.name != "xtask").collect();
    choose(&bare, name, &canonical(here)).or(found)
}

/// The packages of the workspace around a directory, by name.
fn packages(here: &Path) -> Result<Vec<Package>, Failure> {
    let metadata = metadata(here)?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut packages: Vec<Package> = packages.iter().filter_map(package).collect();
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(packages)
}

/// As cargo writes paths.
fn canonical(here: &Path) -> PathBuf {
    here.canonicalize().unwrap_or_else(|_| here.to_owned())
}

fn has_config(package: &Package) -> bool {
    package.root.join("whimbrel.toml").is_file()
}

fn choose(packages: &[Package], name: Option<&str>, here: &Path) -> Result<Package, Failure> {
    let names = || packages.iter().map(|package| package.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(name) = name {
        return packages.iter().find(|package| package.name == name).cloned().ok_or_else(|| {
            Failure::usage(match packages {
                [] => format!("package `{name}` has no whimbrel.toml; create it beside its Cargo.toml"),
                _ => format!("no package `{name}` has a whimbrel.toml; these have: {}", names()),
            })
        });
    }
    let around = packages.iter().filter(|package| here.starts_with(&package.root));
    match (around.max_by_key(|package| package.root.components().count()), packages) {
        (Some(package), _) | (None, [package]) => Ok(package.clone()),
        (None, []) => Err(Failure::usage(
            "no package of this workspace has a whimbrel.toml; create one beside the Cargo.toml of the package \
             that keeps the database (an empty file is enough)",
        )),
        (None, _) => Err(Failure::usage(format!(
            "several packages have a whimbrel.toml: {}; choose one by -p NAME",
            names()
        ))),
    }
}

/// What cargo says about the workspace around a directory.
pub(super) fn metadata(here: &Path) -> Result<Value, Failure> {
    let output = Command::new(cargo())
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(here)
        .output()
        .map_err(|error| Failure::failed(format!("cargo cannot be run: {error}")))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::usage(format!("cargo metadata failed:\n{}", message.trim_end())));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::failed(format!("cargo metadata gave no JSON: {error}")))
}

fn package(metadata: &Value) -> Option<Package> {
    let root = Path::new(metadata["manifest_path"].as_str()?).parent()?.to_owned();
    let name = metadata["name"].as_str()?.to_owned();
    Some(Package { name, root })
}

/// The cargo that runs this xtask.
pub(super) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, root: &str) -> Package {
        Package { name: name.to_owned(), root: PathBuf::from(root) }
    }

    #[test]
    fn the_nearest_package_wins() {
        let packages = [package("outer", "/w"), package("inner", "/w/inner")];
        let chosen = |here: &str| choose(&packages, None, Path::new(here)).map(|package| package.name).ok();
        assert_eq!(chosen("/w/inner/src").as_deref(), Some("inner"));
        assert_eq!(chosen("/w/other").as_deref(), Some("outer"));
        assert_eq!(chosen("/elsewhere"), None);
    }

    #[test]
    fn the_only_package_is_meant_from_anywhere() {
        let only = [package("app", "/w/app")];
        assert!(choose(&only, None, Path::new("/w")).is_ok());
        assert!(choose(&only, Some("other"), Path::new("/w")).is_err());
        assert!(choose(&[], None, Path::new("/w")).is_err());
    }
}
