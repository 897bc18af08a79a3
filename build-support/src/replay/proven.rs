//! Which migrations an earlier build has proven.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};
use whimbrel::replay::sqlite_version;

use crate::codegen::write_if_changed;

/// The hashes of migrations that were replayed and hold. A hash covers its migration and, through the
/// hashes of its parents, the schema before it.
///
/// They are kept in a file below `OUT_DIR` that says which program and which SQLite has proven them, and
/// ends with a digest of itself. A file that says something else, or is not whole, proves nothing. No
/// failure is ever in it.
#[derive(Debug, Default)]
pub(crate) struct Proven {
    hashes: BTreeSet<String>,
    file: Option<(PathBuf, String)>,
}

impl Proven {
    /// What a file says, if it can be believed.
    pub(crate) fn read(path: &Path) -> Self {
        let Some(head) = head() else { return Self::default() };
        let hashes =
            std::fs::read_to_string(path).ok().and_then(|text| parse(&text, &head)).unwrap_or_default();
        Self { hashes, file: Some((path.to_owned(), head)) }
    }

    pub(super) fn has(&self, hash: &str) -> bool {
        self.hashes.contains(hash)
    }

    pub(super) fn add(&mut self, hash: &str) {
        self.hashes.insert(hash.to_owned());
    }

    /// Forgets all but these.
    pub(super) fn keep<'a>(&mut self, hashes: impl Iterator<Item = &'a str>) {
        let known: BTreeSet<&str> = hashes.collect();
        self.hashes.retain(|hash| known.contains(hash.as_str()));
    }

    /// Writes the file, if there is one.
    pub(crate) fn write(&self) -> io::Result<()> {
        match &self.file {
            Some((path, head)) => write_if_changed(path, &format(&self.hashes, head)),
            None => Ok(()),
        }
    }
}

/// What the proofs were made with: this program, by its size and time, since its version stays the same
/// while it is worked on; and its SQLite.
fn head() -> Option<String> {
    let program = std::fs::metadata(std::env::current_exe().ok()?).ok()?;
    let time = program.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    let sqlite = sqlite_version().ok()?;
    let version = env!("CARGO_PKG_VERSION");
    Some(format!("whimbrel {version}, SQLite {sqlite}, program {} {time}", program.len()))
}

fn format(hashes: &BTreeSet<String>, head: &str) -> String {
    let lines: String = hashes.iter().map(|hash| format!("{hash}\n")).collect();
    let text = format!("{head}\n{lines}");
    format!("{text}{}\n", digest(&text))
}

fn parse(text: &str, head: &str) -> Option<BTreeSet<String>> {
    let (text, end) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    let text = format!("{text}\n");
    if end != digest(&text) {
        return None;
    }
    let mut lines = text.lines();
    (lines.next()? == head).then(|| lines.map(str::to_owned).collect())
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_file_of_the_same_program_is_believed() {
        let hashes: BTreeSet<String> = ["w1:a", "w1:b"].map(str::to_owned).into();
        let text = format(&hashes, "one");
        assert_eq!(parse(&text, "one"), Some(hashes.clone()));
        assert_eq!(parse(&text, "other"), None);
        assert_eq!(parse(&text.replace("w1:b", "w1:c"), "one"), None);
        for end in 0..text.len() {
            assert_eq!(parse(&text[..end], "one"), None, "cut at {end}");
        }
        assert_eq!(parse(&format(&BTreeSet::new(), "one"), "one"), Some(BTreeSet::new()));
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("replayed");
        let mut proven = Proven::read(&path);
        proven.add("w1:a");
        proven.add("w1:b");
        proven.keep(["w1:b"].into_iter());
        proven.write().unwrap();
        let again = Proven::read(&path);
        assert!(again.has("w1:b") && !again.has("w1:a"));
        std::fs::write(&path, "").unwrap();
        assert!(!Proven::read(&path).has("w1:b"));
    }
}
