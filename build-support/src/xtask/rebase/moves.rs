//! Directories of migrations that get other names and other files: all of them, or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One directory.
pub(in crate::xtask) struct Move {
    /// Its name below `migrations`.
    pub(in crate::xtask) was: String,
    /// The files as they were read.
    pub(in crate::xtask) read: [(String, String); 2],
    /// Its next name and files; `None` if it goes. Other files in it come along.
    pub(in crate::xtask) is: Option<(String, [(String, String); 2])>,
}

/// Carries all of it out. What fails is taken back, and the error says so.
///
/// New directories are written under hidden names first, and those that go get hidden names before they are removed, so
/// that a build never sees half of it.
pub(in crate::xtask) fn carry_out(root: &Path, moves: &[Move]) -> Result<(), String> {
    let migrations = root.join("migrations");
    let mut renamed = Vec::new();
    let result = prepare(&migrations, moves).and_then(|()| exchange(&migrations, moves, &mut renamed));
    let hidden = |name: &str, end: &str| migrations.join(format!(".{name}.{end}"));
    let clean = |end: &str| {
        for Move { was, is, .. } in moves {
            let name = if end == "old" { Some(was) } else { is.as_ref().map(|(name, _)| name) };
            // What cannot be removed is hidden, and no migration.
            let _ = name.map(|name| fs::remove_dir_all(hidden(name, end)));
        }
    };
    match result {
        Ok(()) => {
            clean("old");
            Ok(())
        }
        Err((path, error)) => {
            let failed = renamed.iter().rev().filter(|(from, to)| fs::rename(to, from).is_err()).count();
            clean("part");
            let state = if failed == 0 { "nothing was changed" } else { "not all of it could be taken back" };
            Err(format!("{} cannot be changed: {error}; {state}", path.display()))
        }
    }
}

type Problem = (PathBuf, io::Error);

fn at<T>(path: &Path, result: io::Result<T>) -> Result<T, Problem> {
    result.map_err(|error| (path.to_owned(), error))
}

/// Writes what is new under hidden names.
fn prepare(migrations: &Path, moves: &[Move]) -> Result<(), Problem> {
    for Move { was, read, is } in moves {
        let from = migrations.join(was);
        for (name, text) in read {
            let path = from.join(name);
            if at(&path, fs::read_to_string(&path))? != *text {
                return Err((path, io::Error::other("it has changed meanwhile")));
            }
        }
        let Some((next, files)) = is else { continue };
        let part = migrations.join(format!(".{next}.part"));
        // What an interrupted run left here is ours alone.
        if part.exists() {
            at(&part, fs::remove_dir_all(&part))?;
        }
        at(&part, fs::create_dir_all(&part))?;
        for entry in at(&from, fs::read_dir(&from))? {
            let path = at(&from, entry)?.path();
            if !path.is_file() {
                return Err((path, io::Error::other("only files can be moved with a migration")));
            }
            let target = path.file_name().map(|name| part.join(name)).unwrap_or_else(|| part.clone());
            at(&path, fs::copy(&path, target))?;
        }
        for (name, text) in files {
            let path = part.join(name);
            at(&path, fs::write(&path, text))?;
        }
    }
    Ok(())
}

/// Hides what goes, and shows what comes.
fn exchange(migrations: &Path, moves: &[Move], renamed: &mut Vec<(PathBuf, PathBuf)>) -> Result<(), Problem> {
    let mut rename = |from: PathBuf, to: PathBuf| {
        if to.exists() {
            return Err((to, io::Error::other("it is there already")));
        }
        at(&from, fs::rename(&from, &to))?;
        renamed.push((from, to));
        Ok(())
    };
    for Move { was, .. } in moves {
        let old = migrations.join(format!(".{was}.old"));
        if old.exists() {
            at(&old, fs::remove_dir_all(&old))?;
        }
        rename(migrations.join(was), old)?;
    }
    for (next, _) in moves.iter().filter_map(|moved| moved.is.as_ref()) {
        rename(migrations.join(format!(".{next}.part")), migrations.join(next))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

    use super::*;

    fn files(mark: &str) -> [(String, String); 2] {
        ["migration.rs", "snapshot.toml"].map(|name| (name.to_owned(), format!("{name} {mark}")))
    }

    fn package() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for name in ["0004_a", "0005_b"] {
            let directory = root.path().join("migrations").join(name);
            fs::create_dir_all(&directory).unwrap();
            for (file, text) in files(name) {
                fs::write(directory.join(file), text).unwrap();
            }
        }
        fs::write(root.path().join("migrations/0004_a/notes.md"), "why").unwrap();
        root
    }

    fn listing(root: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(root.join("migrations"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn moved(was: &str, is: Option<&str>) -> Move {
        Move { was: was.to_owned(), read: files(was), is: is.map(|name| (name.to_owned(), files("next"))) }
    }

    #[test]
    fn a_name_that_is_given_up_is_taken() {
        let root = package();
        carry_out(root.path(), &[moved("0004_a", Some("0005_b")), moved("0005_b", Some("0006_b"))]).unwrap();
        assert_eq!(listing(root.path()), ["0005_b", "0006_b"]);
        assert_eq!(fs::read_to_string(root.path().join("migrations/0005_b/notes.md")).unwrap(), "why");
        assert_eq!(
            fs::read_to_string(root.path().join("migrations/0006_b/migration.rs")).unwrap(),
            "migration.rs next"
        );
    }

    #[test]
    fn what_an_interrupted_run_left_is_in_nobodys_way() {
        let root = package();
        for left in [".0007_a.part", ".0004_a.old"] {
            let directory = root.path().join("migrations").join(left);
            fs::create_dir_all(&directory).unwrap();
            fs::write(directory.join("left.rs"), "half of it").unwrap();
        }
        carry_out(root.path(), &[moved("0004_a", Some("0007_a"))]).unwrap();
        assert_eq!(listing(root.path()), ["0005_b", "0007_a"]);
        assert!(!root.path().join("migrations/0007_a/left.rs").exists());
        // What cannot be moved along is not left behind either.
        fs::create_dir_all(root.path().join("migrations/0005_b/data")).unwrap();
        let error = carry_out(root.path(), &[moved("0005_b", Some("0006_b"))]).unwrap_err();
        assert!(error.contains("only files can be moved with a migration; nothing was changed"), "{error}");
        assert_eq!(listing(root.path()), ["0005_b", "0007_a"]);
    }

    #[test]
    fn what_fails_is_taken_back() {
        let root = package();
        fs::create_dir_all(root.path().join("migrations/0006_b")).unwrap();
        let error =
            carry_out(root.path(), &[moved("0004_a", Some("0007_a")), moved("0005_b", Some("0006_b"))]);
        assert!(error.unwrap_err().contains("nothing was changed"));
        assert_eq!(listing(root.path()), ["0004_a", "0005_b", "0006_b"]);
        assert_eq!(
            fs::read_to_string(root.path().join("migrations/0004_a/migration.rs")).unwrap(),
            "migration.rs 0004_a"
        );
        // And what was edited meanwhile is nobody's to move.
        fs::write(root.path().join("migrations/0005_b/migration.rs"), "edited").unwrap();
        let error =
            carry_out(root.path(), &[moved("0004_a", None), moved("0005_b", Some("0007_b"))]).unwrap_err();
        assert!(error.contains("it has changed meanwhile; nothing was changed"), "{error}");
        assert_eq!(listing(root.path()), ["0004_a", "0005_b", "0006_b"]);
    }
}
