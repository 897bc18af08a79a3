//! The oldest Rust that compiles the workspace, and that nothing in it asks for a newer one.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// The packages that do not say which Rust they need. Cargo's resolver takes them as fit for any, so a
/// new one here is to be looked at first.
const SILENT: [&str; 14] = [
    "fallible-iterator",
    "fallible-streaming-iterator",
    "httparse",
    "lexopt",
    "libsqlite3-sys",
    "matchit",
    "mime",
    "rusqlite",
    "smallvec",
    "sync_wrapper",
    "tinyvec",
    "tower-layer",
    "tower-service",
    "vcpkg",
];

#[test]
fn every_crate_says_which_rust_it_needs() {
    let metadata = metadata();
    let ours = oldest_rust();
    let members: Vec<&Value> = packages(&metadata).filter(|package| package["source"].is_null()).collect();
    assert_eq!(members.len(), metadata["workspace_members"].as_array().unwrap().len());
    for package in members {
        assert_eq!(package["rust_version"], *ours, "{} has another `rust-version`", package["name"]);
    }
}

#[test]
fn no_dependency_needs_a_newer_rust() {
    let metadata = metadata();
    let ours = number(&oldest_rust());
    for package in packages(&metadata) {
        let name = package["name"].as_str().unwrap();
        match package["rust_version"].as_str() {
            Some(theirs) => assert!(
                number(theirs) <= ours,
                "{name} {} in Cargo.lock needs Rust {theirs}: take an older one, or raise `rust-version`",
                package["version"]
            ),
            None => assert!(SILENT.contains(&name), "{name} does not say which Rust it needs: look it up"),
        }
    }
}

/// The resolver that prefers versions fit for `rust-version`, and the lint that knows what the standard
/// library had then.
#[test]
fn cargo_and_clippy_keep_to_it() {
    let manifest = manifest(".");
    let has = |manifest: &str, line: &str| manifest.lines().any(|other| other == line);
    assert!(has(&manifest, "resolver = \"3\""));
    assert!(has(&manifest, "incompatible_msrv = \"warn\""));
    for package in packages(&metadata()).filter(|package| package["source"].is_null()) {
        let path = Path::new(package["manifest_path"].as_str().unwrap());
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains("[lints]\nworkspace = true\n"), "{} has other lints", path.display());
    }
}

/// What cargo knows of the packages that this platform needs, as `Cargo.lock` has them.
fn metadata() -> Value {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", &host()])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn host() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().unwrap().iter()
}

/// `rust-version` of the workspace.
fn oldest_rust() -> String {
    let manifest = manifest(".");
    let line = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")).unwrap();
    line.trim_end_matches('"').to_owned()
}

/// `1.88` and `1.88.0` are the same.
fn number(version: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    parts.resize(3, 0);
    parts
}

fn manifest(directory: &str) -> String {
    fs::read_to_string(root().join(directory).join("Cargo.toml")).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
