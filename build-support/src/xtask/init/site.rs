//! What cargo says about a package and the workspace around it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::output::Failure;
use super::super::package::metadata;

/// A package that is to keep a database.
pub(super) struct Site {
    pub(super) name: String,
    pub(super) root: PathBuf,
    /// The root of its workspace; the package's own where it is alone.
    pub(super) workspace: PathBuf,
    pub(super) library: Option<Library>,
    pub(super) binaries: Vec<Binary>,
    pub(super) default_run: bool,
    pub(super) build_script: Option<PathBuf>,
    /// The program of a member `xtask`.
    pub(super) xtask: Option<PathBuf>,
}

/// The library of a package.
pub(super) struct Library {
    pub(super) path: PathBuf,
    /// Its name in code.
    pub(super) name: String,
    /// Whether programs of the package can use it.
    pub(super) linkable: bool,
}

/// A program of a package.
pub(super) struct Binary {
    pub(super) name: String,
    pub(super) path: PathBuf,
}

impl Site {
    /// The package named; else the one around a directory.
    pub(super) fn find(name: Option<&str>, here: &Path) -> Result<Self, Failure> {
        let here = here.canonicalize().map_err(|error| {
            Failure::usage(format!("the directory `{}` cannot be entered: {error}", here.display()))
        })?;
        if !here.ancestors().any(|directory| directory.join("Cargo.toml").is_file()) {
            return Err(Failure::usage(format!(
                "there is no Cargo.toml in `{}` or above; make a package first: cargo new --lib NAME",
                here.display()
            )));
        }
        let metadata = metadata(&here)?;
        let members = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let package = match name {
            Some(name) => members.iter().find(|member| member["name"] == name),
            None => around(members, &here),
        };
        let package = package.ok_or_else(|| Failure::usage(choose_one(members, name)))?;
        let workspace = metadata["workspace_root"].as_str().map(PathBuf::from);
        let xtask = members.iter().find(|member| member["name"] == "xtask");
        let xtask = xtask.and_then(|member| targets(member, "bin").next()).and_then(path);
        Self::read(package, workspace, xtask)
            .ok_or_else(|| Failure::failed("cargo metadata does not tell where the package is"))?
            .checked()
    }

    fn read(package: &Value, workspace: Option<PathBuf>, xtask: Option<PathBuf>) -> Option<Self> {
        let root = manifest_directory(package)?;
        let library = LIBRARIES.iter().find_map(|kind| targets(package, kind).next());
        let binaries = targets(package, "bin");
        Some(Self {
            name: package["name"].as_str()?.to_owned(),
            workspace: workspace.unwrap_or_else(|| root.clone()),
            root,
            library: library.and_then(|target| {
                let linkable = ["lib", "rlib", "dylib"].iter().any(|kind| is_of(target, kind));
                let name = target["name"].as_str()?.replace('-', "_");
                Some(Library { path: path(target)?, name, linkable })
            }),
            binaries: binaries
                .filter_map(|target| {
                    Some(Binary { name: target["name"].as_str()?.to_owned(), path: path(target)? })
                })
                .collect(),
            default_run: package["default_run"].is_string(),
            build_script: targets(package, "custom-build").next().and_then(path),
            xtask,
        })
    }

    fn checked(self) -> Result<Self, Failure> {
        match &self.library {
            Some(Library { path, .. }) if !path.is_file() => {
                Err(Failure::usage(format!("the library {} does not exist", self.shown(path))))
            }
            _ => Ok(self),
        }
    }

    /// The name of the library in code, which may yet have to be created.
    pub(super) fn crate_name(&self) -> String {
        let default = || self.name.replace('-', "_");
        self.library.as_ref().map_or_else(default, |library| library.name.clone())
    }

    /// A path as messages show it: from the root of the workspace, with `/`.
    pub(super) fn shown(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.workspace).unwrap_or(path);
        let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        parts.join("/")
    }
}

/// What a library may be. A package of procedural macros has none that others could use at run time.
const LIBRARIES: [&str; 5] = ["lib", "rlib", "dylib", "cdylib", "staticlib"];

/// The innermost package around a directory.
fn around<'a>(members: &'a [Value], here: &Path) -> Option<&'a Value> {
    let depth = |member: &Value| {
        let root = manifest_directory(member)?.canonicalize().ok()?;
        here.starts_with(&root).then(|| root.components().count())
    };
    members
        .iter()
        .filter_map(|member| Some((depth(member)?, member)))
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, member)| member)
}

fn choose_one(members: &[Value], name: Option<&str>) -> String {
    let names: Vec<&str> = members.iter().filter_map(|member| member["name"].as_str()).collect();
    let what = match name {
        Some(name) => format!("there is no package `{name}` in this workspace"),
        None => "this directory is in a workspace, but in no package of it".to_owned(),
    };
    match names[..] {
        [] => format!("{what}; make one first: cargo new --lib NAME"),
        _ => format!("{what}; choose one by -p NAME or --package-dir DIR: {}", names.join(", ")),
    }
}

fn targets<'a>(package: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let targets = package["targets"].as_array().map(Vec::as_slice).unwrap_or_default();
    targets.iter().filter(move |target| is_of(target, kind))
}

fn is_of(target: &Value, kind: &str) -> bool {
    target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|found| found == kind))
}

fn path(target: &Value) -> Option<PathBuf> {
    target["src_path"].as_str().map(PathBuf::from)
}

fn manifest_directory(package: &Value) -> Option<PathBuf> {
    Some(Path::new(package["manifest_path"].as_str()?).parent()?.to_owned())
}
