//! The program `whimbrel`: the commands of an xtask, from any directory.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program far from any package.
fn whimbrel(arguments: &[&str]) -> Output {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_whimbrel"));
    command.args(arguments).current_dir(&elsewhere).env_remove("WHIMBREL_PACKAGE_DIR");
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_owned()).unwrap()
}

/// A library without a line of code.
fn package(root: &Path) {
    let manifest = "[package]\nname = \"notes\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::create_dir(root.join("src")).unwrap();
    fs::write(root.join("src/lib.rs"), "").unwrap();
}

#[test]
fn a_package_is_made_and_checked_from_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    package(directory.path());
    let root = directory.path().to_str().unwrap();
    let made = whimbrel(&["migrate-init", "--package-dir", root]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let manifest = fs::read_to_string(directory.path().join("Cargo.toml")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(manifest.contains(&format!("[dependencies]\nwhimbrel = \"{version}\"\n")), "{manifest}");
    assert!(
        manifest.contains(&format!("[build-dependencies]\nwhimbrel-build = \"{version}\"\n")),
        "{manifest}"
    );
    let checked = whimbrel(&["--package-dir", root, "migrate-check"]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    assert!(text(&checked.stdout).starts_with("notes: 0 tables, 0 migrations"), "{}", text(&checked.stdout));
}

#[test]
fn it_tells_its_commands_and_what_is_missing() {
    let help = whimbrel(&["--help"]);
    assert!(help.status.success() && text(&help.stdout).contains("migrate-init"));
    let lost = whimbrel(&["migrate-check"]);
    assert_eq!(lost.status.code(), Some(2), "{}", text(&lost.stderr));
    let lost = whimbrel(&["migrate-init"]);
    assert_eq!(lost.status.code(), Some(2));
    assert!(text(&lost.stderr).contains("cargo new --lib NAME"), "{}", text(&lost.stderr));
}
