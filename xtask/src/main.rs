//! What a user's project has, and the chores of this workspace: those are matched first.

use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("ci") => ci(),
        _ => whimbrel_build::xtask::main(),
    }
}

/// Runs what CI runs.
fn ci() -> ExitCode {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../.ci/run");
    match Command::new("bash").arg(script).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: bash cannot be run: {error}");
            ExitCode::FAILURE
        }
    }
}
