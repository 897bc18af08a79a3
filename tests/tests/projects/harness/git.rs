//! Repositories around workspaces.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::run::{Ran, run, surroundings};
use super::{Package, Workspace};

/// A repository of git, driven by the real program.
pub(crate) struct Repository {
    directory: PathBuf,
}

impl Workspace {
    /// Puts the workspace under version control, on a branch `main` with all that is there.
    pub(crate) fn repository(&self) -> Repository {
        let repository = Repository { directory: self.path().to_owned() };
        std::fs::write(self.path().join(".gitignore"), "*.db\n*.db-*\n*.migrate\n/target\n").unwrap();
        repository.git(&["init", "--quiet", "--initial-branch", "main"]).ends(0);
        repository.commit("the beginning");
        repository
    }
}

impl Repository {
    /// One that is there already.
    pub(crate) fn at(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// Runs git, which knows no configuration but its own.
    pub(crate) fn git(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new("git");
        surroundings(&mut command, &self.directory);
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        let who = [
            "user.name=Ada",
            "user.email=ada@example.com",
            "commit.gpgsign=false",
            "merge.conflictStyle=merge",
        ];
        run(command.args(who.iter().flat_map(|setting| ["-c", setting])).args(arguments))
    }

    /// Commits everything that is there.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]).ends(0);
        self.git(&["commit", "--quiet", "--message", message]).ends(0);
    }

    /// Goes to a new branch that begins at another.
    pub(crate) fn branch(&self, name: &str, from: &str) {
        self.git(&["switch", "--quiet", "--create", name, from]).ends(0);
    }

    /// Goes to a branch.
    pub(crate) fn switch(&self, name: &str) {
        self.git(&["switch", "--quiet", name]).ends(0);
    }
}

impl Package {
    /// Adds to the schema, and writes the migration.
    pub(crate) fn evolve(&self, name: &str, more: &[&str]) {
        let arguments: Vec<&str> = ["migrate-new", name].iter().chain(more).copied().collect();
        self.xtask(&arguments).ends(0);
    }
}
