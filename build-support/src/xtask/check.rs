//! `migrate-check`: what the build checks, without building.

use std::process::ExitCode;

use lexopt::Parser;
use whimbrel_schema::Code;

use super::output::{self, Outcome};
use super::package::Package;
use crate::analysis::Analysis;

pub(super) fn run(package: &Package, mut parser: Parser) -> Outcome {
    if let Some(argument) = parser.next()? {
        return Err(argument.unexpected().into());
    }
    let analysis = Analysis::of(&package.root);
    let diagnostics = analysis.all();
    output::print_diagnostics(&diagnostics, analysis.sources());
    Ok(match &diagnostics[..] {
        [] => {
            let (tables, migrations) = (analysis.schema.schema.tables.len(), analysis.chain.links.len());
            output::print(&format!(
                "{}: {}, {}: schema and migrations agree, and every migration leads there and back\n",
                package.name,
                counted(tables, "table"),
                counted(migrations, "migration")
            ));
            ExitCode::SUCCESS
        }
        [only] if only.code == Code::SCHEMA_AHEAD => ExitCode::from(3),
        _ => ExitCode::FAILURE,
    })
}

/// A number with its noun.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
