//! The oldest Rust that compiles the workspace, and that nothing in it asks for a newer one.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// The packages in a user's build that do not say which Rust they need. Cargo's resolver takes them as
/// fit for any, so a new one here is to be looked at first.
const SILENT: [&str; 35] = [
    "adler2",
    "arc-swap",
    "block-buffer",
    "bufstream",
    "cpufeatures",
    "crypto-common",
    "csv-core",
    "digest",
    "fallible-iterator",
    "fallible-streaming-iterator",
    "generic-array",
    "getrandom",
    "lexopt",
    "libsqlite3-sys",
    "miniz_oxide",
    "mysql",
    "mysql_common",
    "rusqlite",
    "rustls-pemfile",
    "saturating",
    "scopeguard",
    "sha1",
    "sha2",
    "simd-adler32",
    "siphasher",
    "smallvec",
    "stable_deref_trait",
    "stringprep",
    "subtle",
    "tinyvec",
    "tokio-postgres-rustls",
    "unicode-properties",
    "untrusted",
    "vcpkg",
    "version_check",
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
    let built = built_for_users(&metadata);
    for package in packages(&metadata) {
        let name = package["name"].as_str().unwrap();
        match package["rust_version"].as_str() {
            Some(theirs) => assert!(
                number(theirs) <= ours,
                "{name} {} in Cargo.lock needs Rust {theirs}: take an older one, or raise `rust-version`",
                package["version"]
            ),
            // What only tests are made of needs the Rust that they are run with.
            None if !built.contains(package["id"].as_str().unwrap()) => {}
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

/// The packages that the published ones are built from, by their ids.
fn built_for_users(metadata: &Value) -> BTreeSet<&str> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let nodes: BTreeMap<&str, &Value> =
        nodes.iter().map(|node| (node["id"].as_str().unwrap(), node)).collect();
    let published = ["whimbrel", "whimbrel-build", "whimbrel-schema"];
    let mut waiting: Vec<&str> = packages(metadata)
        .filter(|package| published.contains(&package["name"].as_str().unwrap()))
        .map(|package| package["id"].as_str().unwrap())
        .collect();
    let mut built = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !built.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                waiting.push(dependency["pkg"].as_str().unwrap());
            }
        }
    }
    built
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
