//! All files of a plan, or none.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::plan::{Act, Plan, Planned};

/// Writes every file. If one cannot be written, those before it become what they were; the error says so.
pub(super) fn write(plan: &Plan) -> Result<(), String> {
    let mut undo = Vec::new();
    for file in &plan.files {
        if let Err(error) = write_file(file, &mut undo) {
            let restored = undo.iter().rev().all(|undo| undo.run().is_ok());
            let state = if restored { "nothing was changed" } else { "some of the files were written" };
            return Err(format!("{} cannot be written: {error}; {state}", file.shown));
        }
    }
    Ok(())
}

/// What takes one act back.
enum Undo {
    RemoveFile(PathBuf),
    RemoveDirectory(PathBuf),
    Restore(PathBuf, String),
}

impl Undo {
    fn run(&self) -> io::Result<()> {
        match self {
            Self::RemoveFile(path) => fs::remove_file(path),
            Self::RemoveDirectory(path) => fs::remove_dir(path),
            Self::Restore(path, text) => fs::write(path, text),
        }
    }
}

fn write_file(file: &Planned, undo: &mut Vec<Undo>) -> io::Result<()> {
    match &file.act {
        Act::Keep => Ok(()),
        Act::Create(text) => {
            create_directories(file.path.parent(), undo)?;
            // Fails where a file has come since it was looked for, so that nothing is overwritten.
            let mut created = OpenOptions::new().write(true).create_new(true).open(&file.path)?;
            undo.push(Undo::RemoveFile(file.path.clone()));
            created.write_all(text.as_bytes())
        }
        Act::Edit { previous, next, .. } => {
            if fs::read_to_string(&file.path)? != *previous {
                return Err(io::Error::other("it has changed meanwhile"));
            }
            undo.push(Undo::Restore(file.path.clone(), previous.clone()));
            fs::write(&file.path, next)
        }
    }
}

fn create_directories(directory: Option<&Path>, undo: &mut Vec<Undo>) -> io::Result<()> {
    let Some(directory) = directory.filter(|directory| !directory.is_dir()) else { return Ok(()) };
    create_directories(directory.parent(), undo)?;
    fs::create_dir(directory)?;
    undo.push(Undo::RemoveDirectory(directory.to_owned()));
    Ok(())
}
