//! What a user's project has, and the chores of this workspace: those are matched first.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use whimbrel_schema::language::fill_guide;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["ci"] => ci(),
        ["guide"] => guide(),
        [chore @ ("ci" | "guide"), ..] => {
            eprintln!(
                "error: `{chore}` is a chore of this workspace and takes no arguments: .ci/run and docs/ say what it does"
            );
            ExitCode::from(2)
        }
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
