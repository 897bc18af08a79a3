//! What a user's project has, and the chores of this workspace: those are matched first.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use whimbrel_schema::language::fill_guide;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("ci") => ci(),
        Some("guide") => guide(),
        _ => whimbrel_build::xtask::main(),
    }
}

/// Writes the tables of keys into the guide.
fn guide() -> ExitCode {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    for page in ["schema-language.md", "workflow.md", "seeds.md"] {
        let path = guide.join(page);
        let written = fs::read_to_string(&path).and_then(|text| fs::write(&path, fill_guide(&text)));
        if let Err(error) = written {
            eprintln!("error: docs/{page}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
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
