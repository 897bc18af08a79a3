use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::analysis::Analysis;
use crate::codegen::{generate, write_if_changed};
use crate::inputs::Inputs;

/// The whole of a `build.rs`: checks the package's schema and migrations, and generates the module
/// that `whimbrel::include_db!()` includes.
///
/// A bad schema does not fail the build script: everything that did parse is generated, with a
/// `compile_error!` for each error, so that rustc and editors show the errors and still know all
/// names. Only what makes it impossible to write `OUT_DIR` at all ends the script.
///
/// # Panics
///
/// Outside of a build script, where Cargo's `CARGO_MANIFEST_DIR` and `OUT_DIR` are not set, and if
/// `OUT_DIR` cannot be written.
///
/// ```no_run
/// whimbrel_build::emit();
/// ```
#[allow(clippy::panic, reason = "a build script has no other way to tell Cargo that it cannot write")]
pub fn emit() {
    if let Err(error) = try_emit() {
        panic!("whimbrel: {error}");
    }
}

fn try_emit() -> io::Result<()> {
    let root = directory("CARGO_MANIFEST_DIR")?;
    let out = directory("OUT_DIR")?.join("whimbrel");
    let package = env::var("CARGO_PKG_NAME").unwrap_or_default();
    let analysis = replayed(Analysis::of(&root), &out)?;
    let generated = generate(&analysis, &package);
    write_if_changed(&out.join("modules.rs"), &generated.modules)?;
    write_if_changed(&out.join("db.rs"), &generated.db)?;
    let failed = !analysis.all().is_empty();
    announce(&analysis.inputs, failed)
}

/// Tries the migrations that no earlier build has tried.
#[cfg(feature = "replay")]
fn replayed(mut analysis: Analysis, out: &Path) -> io::Result<Analysis> {
    std::fs::create_dir_all(out)?;
    let mut proven = crate::replay::Proven::read(&out.join("replayed"));
    crate::replay::replay(&mut analysis, &mut proven);
    proven.write()?;
    Ok(analysis)
}

#[cfg(not(feature = "replay"))]
fn replayed(analysis: Analysis, out: &Path) -> io::Result<Analysis> {
    std::fs::create_dir_all(out).map(|()| analysis)
}

/// Tells Cargo what the module is made of. For a path that is missing Cargo runs the script again at
/// every build, so one is named only while it may be what is wrong, or while there is nothing else
/// to see a first migration by.
fn announce(inputs: &Inputs, failed: bool) -> io::Result<()> {
    let mut output = io::stdout().lock();
    for path in &inputs.watched {
        let plain = !shown(path).contains(['\n', '\r']);
        if plain && (failed || inputs.migrations.is_empty() || path.exists()) {
            writeln!(output, "cargo::rerun-if-changed={}", shown(path))?;
        }
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn directory(variable: &str) -> io::Result<PathBuf> {
    let missing = || io::Error::other(format!("{variable} is not set: `emit` belongs in a build.rs"));
    env::var_os(variable).map(PathBuf::from).ok_or_else(missing)
}
