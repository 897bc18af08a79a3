//! All files that are planned, or none.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// One file.
pub(super) struct Planned {
    pub(super) path: PathBuf,
    /// The path as messages show it.
    pub(super) shown: String,
    pub(super) act: Act,
}

/// What becomes of a file.
pub(super) enum Act {
    /// It is not there yet.
    Create(String),
    /// It gets lines besides those it has.
    Edit { previous: String, next: String, added: Vec<String> },
    /// It stays as it is.
    Keep,
}

/// Writes every file. If one cannot be written, or what is there then is not `good`, all becomes what it was;
/// the error says so.
pub(super) fn write(files: &[Planned], good: impl Fn() -> Result<(), String>) -> Result<(), String> {
    let mut undo = Vec::new();
    let mut written = files.iter().try_for_each(|file| {
        write_file(file, &mut undo).map_err(|error| format!("{} cannot be written: {error}", file.shown))
    });
    if written.is_ok() {
        written = good();
    }
    written.map_err(|error| {
        let failed = undo.iter().rev().filter(|undo| undo.run().is_err()).count();
        let state = if failed == 0 { "nothing was changed" } else { "not all of it could be taken back" };
        format!("{error}; {state}")
    })
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
