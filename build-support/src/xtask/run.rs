//! `migrate ..`: builds the package's `migrate` binary and runs it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;

use super::output::{Failure, Outcome};
use super::package::{Package, cargo};

pub(super) fn run(package: &Package, arguments: Vec<OsString>) -> Outcome {
    let binary = build(package)?;
    let status = Command::new(&binary)
        .args(arguments)
        .env("WHIMBREL_PACKAGE_DIR", &package.root)
        .status()
        .map_err(|error| Failure::failed(format!("`{}` cannot be run: {error}", binary.display())))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Builds with `-p`, so that the features of other members of the workspace play no part.
fn build(package: &Package) -> Result<PathBuf, Failure> {
    let output = Command::new(cargo())
        .args(["build", "--message-format", "json-render-diagnostics", "--bin", "migrate", "--package"])
        .arg(&package.name)
        .arg("--manifest-path")
        .arg(package.root.join("Cargo.toml"))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::failed(format!("cargo cannot be run: {error}")))?;
    if !output.status.success() {
        return Err(Failure::reported());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let executable = text.lines().rev().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_ours = message["target"]["name"] == "migrate" && message["target"]["kind"][0] == "bin";
        is_ours.then(|| message["executable"].as_str().map(PathBuf::from)).flatten()
    });
    executable.ok_or_else(|| {
        Failure::usage(format!(
            "package `{}` has no binary `migrate`; create src/bin/migrate.rs with \
             `fn main() -> std::process::ExitCode {{ whimbrel::cli::main(&{}::db::PROJECT) }}`",
            package.name,
            package.name.replace('-', "_")
        ))
    })
}
