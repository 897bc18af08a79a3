//! The files of a new project, as they are written.

use std::path::{Path, PathBuf};

use super::super::output::Failure;

/// Where the project gets whimbrel from.
pub(super) enum Origin {
    /// The registry, in the version of this program.
    Registry,
    /// A checkout of whimbrel's repository.
    Checkout(PathBuf),
}

impl Origin {
    /// The repository in a directory.
    pub(super) fn checkout(directory: &Path) -> Result<Self, Failure> {
        let found = directory.canonicalize().ok().filter(|root| {
            ["runtime", "build-support"].iter().all(|part| root.join(part).join("Cargo.toml").is_file())
        });
        found.map(Self::Checkout).ok_or_else(|| {
            Failure::usage(format!(
                "`{}` is no checkout of whimbrel: it has no runtime/Cargo.toml and build-support/Cargo.toml",
                directory.display()
            ))
        })
    }

    /// The value of the dependency `whimbrel`.
    pub(super) fn runtime(&self) -> String {
        self.dependency("runtime")
    }

    /// The value of the dependency `whimbrel-build`.
    pub(super) fn build_support(&self) -> String {
        self.dependency("build-support")
    }

    fn dependency(&self, directory: &str) -> String {
        match self {
            // The crates have one version, which the workspace gives them.
            Self::Registry => format!("{:?}", env!("CARGO_PKG_VERSION")),
            Self::Checkout(root) => {
                format!("{{ path = {} }}", string(&root.join(directory).display().to_string()))
            }
        }
    }
}

/// A string of TOML; those of JSON are among them, but for one character.
pub(in crate::xtask) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

pub(super) const BUILD_SCRIPT: &str = "\
fn main() {
    whimbrel_build::emit();
}
";

/// The module that a library gets.
pub(super) const MODULE: &str = "\
/// The tables of the database at every version, and the migrations between them.
pub mod db {
    whimbrel::include_db!();
}
";

pub(super) fn migrate(library: &str) -> String {
    format!(
        "\
//! Applies and rolls back the migrations of this package.

use std::process::ExitCode;

fn main() -> ExitCode {{
    whimbrel::cli::main(&{library}::db::PROJECT)
}}
"
    )
}

pub(super) fn config(package: &str) -> String {
    format!(
        "\
#:schema ./.whimbrel/whimbrel.json
# The databases that every schema and every migration must fit.
dialects = [\"sqlite\"]

# Where no other is named, by --env or --url. The path is relative to this package.
[environment.dev]
url = {}
",
        string(&format!("sqlite:{package}.db"))
    )
}

pub(super) const SCHEMA: &str = "\
#:schema ../.whimbrel/schema.json
# What the database should be: tables, in as many files as you like. This one could be the first; take the
# `# ` away and make it yours.
#
# [table.notes]
# doc = \"Something worth remembering.\"
#
# [table.notes.columns]
# id         = { type = \"bigint\", primary_key = true, auto_increment = true }
# title      = \"varchar(200)\"
# body       = \"text?\"                     # with `?` it may be NULL, without it is NOT NULL
# created_at = { type = \"timestamptz\", default = { sql = \"CURRENT_TIMESTAMP\" } }
#
# [table.notes.indexes]
# notes_created_idx = [\"created_at desc\"]
";

pub(super) fn xtask_manifest(origin: &Origin) -> String {
    format!(
        "\
[package]
name = \"xtask\"
version = \"0.1.0\"
edition = \"2024\"
publish = false

[dependencies]
whimbrel-build = {}
",
        origin.build_support()
    )
}

pub(super) const XTASK: &str = "\
//! The commands of this project: `cargo xtask --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    whimbrel_build::xtask::main()
}
";

/// The value of the alias in `.cargo/config.toml`.
pub(super) const ALIAS: &str = "\"run --package xtask --\"";

/// What git should not see: databases, and what SQLite puts beside them.
pub(super) const IGNORED: [&str; 4] = ["*.db", "*.db-journal", "*.db-shm", "*.db-wal"];
