//! The repository around a package, asked by the program `git`.

mod merge;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::output::Failure;

pub(super) use merge::{Merged, merged};

/// A package in a repository.
#[derive(Debug)]
pub(super) struct Git {
    /// The package's directory, in which every command runs.
    directory: PathBuf,
}

/// Files by their paths in the package, with `/`.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// What of a package decides about its database.
const PATHS: [&str; 3] = ["migrations", "schema", "whimbrel.toml"];

impl Git {
    /// The repository that a package lies in.
    pub(super) fn around(package: &Path) -> Result<Self, Failure> {
        let git = Self { directory: package.to_owned() };
        match git.run(&["rev-parse", "--git-dir"])? {
            Ok(_) => Ok(git),
            Err(message) => Err(Failure::usage(format!(
                "the package is in no repository that git can read, so that nothing can be compared with a \
                 branch: {message}"
            ))),
        }
    }

    /// The commit that a name stands for.
    pub(super) fn commit(&self, name: &str) -> Result<String, Failure> {
        self.find(name)?.ok_or_else(|| {
            Failure::usage(format!(
                "git knows no commit `{name}`; fetch it first, as by `git fetch origin`, or name another, as \
                 `origin/main`"
            ))
        })
    }

    /// The same; `None` if there is no such commit.
    pub(super) fn find(&self, name: &str) -> Result<Option<String>, Failure> {
        let wanted = format!("{name}^{{commit}}");
        Ok(self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?.ok())
    }

    /// The commit at which this branch and a commit parted.
    pub(super) fn parting(&self, commit: &str) -> Result<String, Failure> {
        self.run(&["merge-base", "HEAD", commit])?.map_err(|_| {
            Failure::usage(format!(
                "git knows no commit that both this branch and {} come from; a checkout without history gets it \
                 by `git fetch --unshallow`, and on GitHub by `fetch-depth: 0` of actions/checkout",
                short(commit)
            ))
        })
    }

    /// The files that decide about the database, as a commit has them.
    pub(super) fn schema(&self, commit: &str) -> Result<Files, Failure> {
        self.files(commit, &PATHS, is_read)
    }

    /// The files below a directory of the package, as a commit has them; hidden ones are none of ours.
    fn below(&self, commit: &str, directory: &str) -> Result<Files, Failure> {
        self.files(commit, &[directory], |path| !is_hidden(path))
    }

    /// Some of the files below some paths, as a commit has them. Links and submodules are none.
    fn files(&self, commit: &str, below: &[&str], wanted: fn(&str) -> bool) -> Result<Files, Failure> {
        let mut arguments = vec!["ls-tree", "-r", "-z", commit, "--"];
        arguments.extend(below);
        let listing = self.run(&arguments)?.map_err(Failure::failed)?;
        let entries = listing.split('\0').filter_map(|entry| entry.split_once('\t'));
        let files: Vec<(&str, &str)> = entries
            .filter(|(_, path)| wanted(path))
            .filter_map(|(about, path)| match about.split(' ').collect::<Vec<_>>()[..] {
                [mode, "blob", id] if mode.starts_with("100") => Some((id, path)),
                _ => None,
            })
            .collect();
        let contents = self.blobs(&files.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
        Ok(files.iter().map(|(_, path)| (*path).to_owned()).zip(contents).collect())
    }

    /// The names of the migrations that a commit has.
    pub(super) fn migrations(&self, commit: &str) -> Result<BTreeSet<String>, Failure> {
        let arguments = ["ls-tree", "-d", "-z", "--name-only", commit, "--", "migrations/"];
        let listing = self.run(&arguments)?.map_err(Failure::failed)?;
        let names = listing.split('\0').filter_map(|path| path.strip_prefix("migrations/"));
        Ok(names.map(str::to_owned).collect())
    }

    /// What people call a commit that is named by a rule.
    pub(super) fn name(&self, rule: &str) -> String {
        match self.run(&["rev-parse", "--abbrev-ref", rule]) {
            Ok(Ok(name)) if !name.is_empty() => name,
            _ => rule.to_owned(),
        }
    }

    /// The contents of objects, one after the other.
    fn blobs(&self, ids: &[&str]) -> Result<Vec<Vec<u8>>, Failure> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let unread = |what: &str| Failure::failed(format!("git cannot read the files of a commit: {what}"));
        let mut child = self
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| missing(&error))?;
        let mut input = child.stdin.take().ok_or_else(|| unread("it takes no input"))?;
        let wanted: String = ids.iter().map(|id| format!("{id}\n")).collect();
        // At the same time, because each side stops when nobody reads what it has said.
        let writer = std::thread::spawn(move || input.write_all(wanted.as_bytes()));
        let output = child.wait_with_output().map_err(|error| unread(&error.to_string()))?;
        if !matches!(writer.join(), Ok(Ok(()))) {
            return Err(unread("it ended early"));
        }
        let mut rest = &output.stdout[..];
        ids.iter().map(|id| blob(&mut rest).ok_or_else(|| unread(&format!("{id} is not there")))).collect()
    }

    /// Runs git. `Err` inside is what it says where it fails.
    fn run(&self, arguments: &[&str]) -> Result<Result<String, String>, Failure> {
        let output =
            self.command(arguments).stdin(Stdio::null()).output().map_err(|error| missing(&error))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches('\n').to_owned();
        Ok(if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        // Nothing is written, and nobody is asked.
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0");
        command
    }
}

/// The next object in what `cat-file --batch` says: a line about it, and its bytes.
fn blob(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let size = str::from_utf8(rest.get(..end)?).ok()?.rsplit(' ').next()?.parse::<usize>().ok()?;
    let start = end.checked_add(1)?;
    let bytes = rest.get(start..start.checked_add(size)?)?.to_vec();
    *rest = rest.get(start + size + 1..)?;
    Some(bytes)
}

/// Whether the build reads a file of the package.
fn is_read(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    !is_hidden(path)
        && match parts[..] {
            ["whimbrel.toml"] => true,
            ["schema", .., file] => file.ends_with(".toml"),
            ["migrations", _, file] => file == "migration.rs" || file == "snapshot.toml",
            _ => false,
        }
}

/// Whether a file or a directory above it is hidden.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

/// Enough of a commit's name to tell it from another.
fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

fn missing(error: &std::io::Error) -> Failure {
    Failure::usage(format!("the program `git`, which knows the branches, cannot be run: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_taken_by_their_sizes() {
        let mut rest = &b"aa blob 3\nx\ny\nbb blob 0\n\ncc missing\n"[..];
        assert_eq!(blob(&mut rest).as_deref(), Some(&b"x\ny"[..]));
        assert_eq!(blob(&mut rest).as_deref(), Some(&b""[..]));
        assert_eq!(blob(&mut rest), None);
    }

    #[test]
    fn only_what_the_build_reads_counts() {
        assert!(is_read("migrations/0001_a/snapshot.toml") && is_read("schema/deep/a.toml"));
        assert!(!is_read("migrations/0001_a/notes.md") && !is_read("migrations/.0001_a.part/migration.rs"));
        assert!(!is_read("schema/README.md") && !is_read("src/schema/a.toml"));
    }
}
