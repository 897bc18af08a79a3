//! `migrate-seal`: records the hashes of migrations again, after an edit of one that no database
//! has applied.

use std::process::ExitCode;

use lexopt::Parser;
use whimbrel_schema::{Code, Diagnostic};

use super::output::{self, Failure, Outcome};
use super::package::Package;
use crate::analysis::Analysis;
use crate::chain;
use crate::codegen::write_if_changed;

pub(super) fn run(package: &Package, mut parser: Parser) -> Outcome {
    if let Some(argument) = parser.next()? {
        return Err(argument.unexpected().into());
    }
    let analysis = Analysis::of(&package.root);
    let others: Vec<Diagnostic> = analysis
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code != Code::SEALED_EDITED)
        .cloned()
        .collect();
    if !others.is_empty() {
        output::print_diagnostics(&others, analysis.sources());
        return Err(Failure::failed("mend this first; nothing was sealed"));
    }
    let resealed = chain::reseal(&analysis.chain);
    for (link, snapshot) in &resealed {
        write_if_changed(&link.files.snapshot_path(), &snapshot.to_string())
            .map_err(|error| Failure::failed(format!("{}: {error}", link.files.snapshot_path().display())))?;
        let parent = snapshot.parent.as_deref().unwrap_or_default();
        output::print(&format!("`{}` now seals `{parent}` as it is\n", link.revision()));
    }
    if resealed.is_empty() {
        output::print("every migration is as it was sealed; nothing to do\n");
    } else {
        output::eprint(
            "databases that applied one of these before the edit will refuse to go on: \
             their history holds the hash from before\n",
        );
    }
    output::remind_of_seeds(&analysis.seed_diagnostics);
    Ok(ExitCode::SUCCESS)
}
