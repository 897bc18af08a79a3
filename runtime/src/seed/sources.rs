//! The files of the seeds, as they are part of the program or lie in a directory.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use whimbrel_schema::seed::{Call, DataFiles, SeedContext, SeedSources, Seeds, check_seeds};
use whimbrel_schema::{Dialect, Schema, Sources, Style, Value, report_all};

use crate::error::{Error, ErrorKind};
use crate::project::{Project, SeedFiles};

/// No files.
const NONE: SeedFiles = SeedFiles { directory: "seeds", texts: &[], data: &[], functions: &[] };

/// The seeds of a program, and of a file beside them, checked against a schema.
///
/// # Errors
///
/// [`ErrorKind::Usage`] with the whole report if something is wrong with them.
pub(super) fn read(
    project: &Project,
    schema: &Schema,
    dialect: Dialect,
    own: Option<&Path>,
) -> Result<Seeds, Error> {
    let files = project.seeds.unwrap_or(&NONE);
    let mut sources = Sources::default();
    let mut seeds = SeedSources::default();
    let mut data = Data { files, directory: None };
    let mut replaced = None;
    if let Some(path) = own {
        let text = fs::read_to_string(path).map_err(|error| {
            Error::new(ErrorKind::Usage, format!("{} cannot be read: {error}", path.display()))
        })?;
        replaced = set_of(&text);
        seeds.files.push(sources.add(path.display().to_string(), text));
        data.directory = Some(path.parent().unwrap_or(Path::new("")).to_owned());
    }
    let manifest = format!("{}/seeds.toml", files.directory);
    let mut is_in_place_of_another = false;
    for (path, text) in files.texts {
        // A set of the file stands for the one of the program.
        if replaced.is_some() && set_of(text) == replaced {
            is_in_place_of_another = true;
            continue;
        }
        let id = sources.add(*path, *text);
        match *path == manifest {
            true => seeds.manifest = Some(id),
            false => seeds.files.push(id),
        }
    }
    let functions: Vec<&str> = files
        .functions
        .iter()
        .map(|function| function.path)
        .collect::<BTreeSet<&str>>()
        .into_iter()
        .collect();
    let protected: Vec<String> = project
        .environments
        .iter()
        .filter(|environment| environment.protect)
        .map(|environment| environment.name.to_owned())
        .collect();
    let context = SeedContext {
        schema,
        dialects: &[dialect],
        protected: &protected,
        data: &data,
        functions: Some(&functions),
    };
    let checked = check_seeds(&sources, &seeds, context);
    if checked.diagnostics.is_empty() {
        return Ok(checked.seeds);
    }
    let report = report_all(&checked.diagnostics, &sources, Style::Plain);
    let error = Error::new(ErrorKind::Usage, format!("something is wrong with seeds\n{}", report.trim_end()));
    Err(match replaced.filter(|_| is_in_place_of_another) {
        Some(set) => error.help(format!(
            "the file has set `{set}` in the place of the program's; under another name it would be one more"
        )),
        None => error,
    })
}

/// The set that a file says at its head that it belongs to.
pub(super) fn set_of(text: &str) -> Option<String> {
    text.lines().take_while(|line| !line.trim_start().starts_with('[')).find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "set").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    })
}

/// Calls a function of the program.
pub(super) fn call(project: &Project, path: &str, call: &mut Call) -> Option<Option<Value>> {
    let functions = project.seeds.map_or(&[][..], |files| files.functions);
    functions.iter().find(|function| function.path == path).map(|function| (function.call)(call))
}

/// Files in the program, and in a directory.
struct Data {
    files: &'static SeedFiles,
    directory: Option<PathBuf>,
}

/// Larger ones are refused, as they are by the build.
const SIZE_LIMIT: u64 = 16 * 1024 * 1024;

impl DataFiles for Data {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        if let Some(directory) = &self.directory {
            let place = directory.join(path);
            if let Ok(metadata) = fs::symlink_metadata(&place) {
                if !metadata.is_file() || metadata.len() > SIZE_LIMIT {
                    return Err("is no regular file of at most 16 MiB".to_owned());
                }
                return fs::read(&place).map(Arc::from).map_err(|error| format!("cannot be read: {error}"));
            }
        }
        let found = self.files.data.iter().find(|(known, _)| *known == path);
        found.map(|(_, bytes)| Arc::from(*bytes)).ok_or_else(|| "is not there".to_owned())
    }

    fn paths(&self) -> Vec<String> {
        self.files.data.iter().map(|(path, _)| (*path).to_owned()).collect()
    }
}
