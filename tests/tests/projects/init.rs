//! `migrate-init` in packages as `cargo new` makes them, and in others: what it writes builds, and takes a
//! first migration to a database.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::harness::{Package, Ran, line, repository};

const TABLE: &str = "\
[table.notes.columns]
id    = { type = \"bigint\", primary_key = true, auto_increment = true }
title = \"varchar(200)\"
";

/// An empty directory outside of every workspace.
fn outside() -> TempDir {
    tempfile::Builder::new().prefix("whimbrel-init-").tempdir().unwrap()
}

/// A package as cargo makes it, such as `--lib notes`, with the versions that are known to be here, because
/// a test asks no network.
fn cargo_new(directory: &Path, arguments: &str) -> Package {
    line(directory, &format!("cargo new {arguments}")).ends(0);
    let name = arguments.rsplit(' ').next().unwrap().to_owned();
    Package { root: directory.join(&name), name }
}

fn lock(workspace: &Path) {
    fs::copy(repository().join("Cargo.lock"), workspace.join("Cargo.lock")).unwrap();
}

#[track_caller]
fn init(package: &Package) -> Ran {
    package.xtask(&["migrate-init", "--path", repository().to_str().unwrap()]).ends(0)
}

/// The project builds without a warning, takes a migration to a database, and gets nothing by a second run.
#[track_caller]
fn works(package: &Package) {
    let builds = |command: &str| {
        let ran = line(&package.root, command).ends(0);
        assert!(!ran.err.contains("warning"), "`{command}`:\n{}", ran.err);
    };
    builds("cargo build --all-targets");
    package.append("schema/tables.toml", TABLE);
    line(&package.root, "cargo xtask migrate-new create_notes").ends(0).says("+ table notes");
    builds("cargo build");
    line(&package.root, "cargo xtask migrate apply").ends(0).says("1 migration applied");
    let database = rusqlite::Connection::open(package.path(&format!("{}.db", package.name))).unwrap();
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'notes'";
    assert_eq!(database.query_row(tables, [], |row| row.get::<_, u32>(0)), Ok(1));
    drop(database);

    let before = package.listing();
    init(package).says("everything is there already; nothing was written");
    assert_eq!(package.listing(), before, "a second run wrote something");
}

#[test]
fn a_new_library() {
    let directory = outside();
    let package = cargo_new(directory.path(), "--lib init-lib");
    lock(&package.root);
    let before = package.listing();
    package
        .xtask(&["migrate-init", "--path", repository().to_str().unwrap(), "--dry-run"])
        .ends(0)
        .says("create  build.rs")
        .says("nothing was written");
    assert_eq!(package.listing(), before, "a dry run wrote something");
    init(&package)
        .says("edit    src/lib.rs")
        .says("cargo xtask migrate-new")
        .says("cargo xtask migrate apply");
    let library = package.read("src/lib.rs");
    let places =
        ["pub fn add", "whimbrel::include_db!();", "#[cfg(test)]"].map(|words| library.find(words).unwrap());
    assert!(places.is_sorted(), "{library}");
    works(&package);
    assert_eq!(package.read(".gitignore"), "/target\n*.db\n*.db-journal\n*.db-shm\n*.db-wal\n");
}

#[test]
fn a_new_program() {
    let directory = outside();
    let package = cargo_new(directory.path(), "--bin init-bin");
    lock(&package.root);
    init(&package).says("create  src/lib.rs");
    works(&package);
    // Although there are two programs now.
    line(&package.root, "cargo run").ends(0).says("Hello, world!");
}

#[test]
fn a_member_of_a_workspace() {
    let directory = outside();
    let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\n    \"init-other\", # first\n]\n\n# Ours.\n[profile.dev]\n";
    fs::write(directory.path().join("Cargo.toml"), manifest).unwrap();
    let other = cargo_new(directory.path(), "--lib init-other");
    let package = cargo_new(directory.path(), "--lib init-member");
    lock(directory.path());
    // In the workspace, nobody knows which package is meant.
    let workspace = Package { name: String::new(), root: directory.path().to_owned() };
    workspace.xtask(&["migrate-init"]).ends(2).complains("init-member, init-other");
    let untouched = other.listing();
    let arguments = ["-p", "init-member", "migrate-init", "--path", repository().to_str().unwrap()];
    workspace.xtask(&arguments).ends(0).says("create  xtask/Cargo.toml").says("create  init-member/build.rs");
    works(&package);
    assert_eq!(other.listing(), untouched, "another member was written to");
    let manifest = workspace.read("Cargo.toml");
    assert!(manifest.contains("# first\n    \"xtask\",\n]\n\n# Ours.\n[profile.dev]\n"), "{manifest}");
}

#[test]
fn a_package_with_files_of_its_own() {
    let directory = outside();
    let package = cargo_new(directory.path(), "--lib init-old");
    lock(&package.root);
    let script = "fn main() {\n    println!(\"cargo::rerun-if-env-changed=INIT_OLD\");\n}\n";
    package.write("build.rs", script);
    package.write(".cargo/config.toml", "[alias]\nb = \"build\" # short\n");
    package.write("whimbrel.toml", "# Ours.\n[environment.dev]\nurl = \"sqlite:init-old.db\"\n");
    package.write("src/lib.rs", "//! Ours.\n\nmod db {}\n");
    package.append("Cargo.toml", "# Nothing yet.\n\n[features]\n");
    init(&package)
        .says("keep    build.rs")
        .says("keep    whimbrel.toml")
        .says("keep    src/lib.rs")
        .complains("build.rs: call `whimbrel_build::emit();`")
        .complains("src/lib.rs: it names something else `db`")
        .complains("pub mod db { whimbrel::include_db!(); }");
    assert_eq!(package.read("build.rs"), script);
    assert_eq!(package.read("src/lib.rs"), "//! Ours.\n\nmod db {}\n");
    assert!(package.read("whimbrel.toml").starts_with("# Ours."));
    assert_eq!(
        package.read(".cargo/config.toml"),
        "[alias]\nb = \"build\" # short\nxtask = \"run --package xtask --\"\n"
    );
    assert!(package.read("Cargo.toml").contains("# Nothing yet.\n\n[features]\n\n[build-dependencies]\n"));

    // What it asked for.
    package.replace("build.rs", "fn main() {\n", "fn main() {\n    whimbrel_build::emit();\n");
    package.replace("src/lib.rs", "mod db {}", "pub mod db {\n    whimbrel::include_db!();\n}");
    works(&package);
}

#[test]
fn a_workspace_with_an_xtask_of_its_own() {
    let directory = outside();
    let package = cargo_new(directory.path(), "--lib init-tasks");
    package.append("Cargo.toml", "\n[workspace]\nmembers = [\"xtask\"]\n");
    let xtask = Package { name: "xtask".to_owned(), root: package.path("xtask") };
    xtask.write("Cargo.toml", "[package]\nname = \"xtask\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    xtask.write("src/main.rs", "fn main() {}\n");
    let before = xtask.listing();
    init(&package).complains("xtask/src/main.rs: end its `main` with `whimbrel_build::xtask::main()`");
    assert_eq!(xtask.listing(), before);
    assert_eq!(package.read("Cargo.toml").matches("\"xtask\"").count(), 1);
}

#[test]
fn nothing_is_written_where_one_file_cannot_be() {
    let directory = outside();
    let package = cargo_new(directory.path(), "--lib init-broken");
    // A file stands where a directory would be made, after other files were written.
    package.write("xtask/src/readme.txt", "");
    fs::write(package.path("src/bin"), "").unwrap();
    let before = package.listing();
    package.xtask(&["migrate-init"]).ends(1).complains("src/bin/migrate.rs").complains("nothing was changed");
    // The times of directories are not what they were.
    let names = |listing: Vec<String>| -> Vec<String> {
        listing.iter().map(|line| line.rsplit_once(" SystemTime").unwrap().0.to_owned()).collect()
    };
    assert_eq!(names(package.listing()), names(before));

    // Cargo would take .cargo for a member of such a workspace.
    fs::remove_file(package.path("src/bin")).unwrap();
    package
        .append("Cargo.toml", "\n[workspace]\nmembers = [\"*\"]\nexclude = [\".git\", \"src\", \"xtask\"]\n");
    let before = package.listing();
    package
        .xtask(&["migrate-init"])
        .ends(1)
        .complains("exclude = [\".cargo\"]")
        .complains("nothing was changed");
    assert_eq!(names(package.listing()), names(before));

    package.write("Cargo.toml", "[package]\nname = \"init-broken\"\nversion = 1\n");
    package.xtask(&["migrate-init"]).ends(2).complains("cargo metadata failed");
    let empty = Package { name: String::new(), root: directory.path().to_owned() };
    empty.xtask(&["migrate-init"]).ends(2).complains("make a package first: cargo new --lib NAME");
}
