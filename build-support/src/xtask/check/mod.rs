//! `migrate-check`: what the build checks, without building.

mod finding;
mod github;
mod json;
mod sarif;

use std::path::Path;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};
use whimbrel_schema::text::counted;
use whimbrel_schema::{Code, Diagnostic, Level, closest};

use super::editor;
use super::git::{self, Git, Merged};
use super::output::{self, Failure, Outcome};
use super::package::Package;
use super::repository;
use crate::analysis::Analysis;
use crate::inputs::Inputs;
use finding::Finding;

pub(super) fn run(package: &Package, parser: Parser) -> Outcome {
    let Request { format, every, base } = parse(parser)?;
    let here = Inputs::read(&package.root);
    let merged = match &base {
        Some(base) => git::merged(&Git::around(&package.root)?, here, base)?,
        None => Merged::with_nothing(here),
    };
    let (mut analysis, conflicts) = merged.analysed();
    let mut notes = tried(&mut analysis);
    notes.extend(
        conflicts.iter().map(|path| format!("git cannot merge {path} by itself; merge, and mend it by hand")),
    );
    let errors = analysis.all();
    let earlier = analysis.remarks.previous.iter().filter(|_| every);
    let remarks = earlier.chain(&analysis.remarks.next).cloned();
    let diagnostics: Vec<Diagnostic> = errors.iter().cloned().chain(remarks).collect();
    match format {
        Format::Human => {
            print_for_people(package, &analysis, &diagnostics, every);
            notes.iter().for_each(|note| output::eprint(&format!("note: {note}\n")));
            editor::remind(package);
        }
        Format::Json => output::print(&checked(package, &analysis, &diagnostics, &notes).json()),
        Format::Github => output::print(&checked(package, &analysis, &diagnostics, &notes).github()),
        Format::Sarif => output::print(&checked(package, &analysis, &diagnostics, &notes).sarif()),
    }
    Ok(match &errors[..] {
        _ if !conflicts.is_empty() => ExitCode::FAILURE,
        [] => ExitCode::SUCCESS,
        [only] if only.code == Code::SCHEMA_AHEAD => ExitCode::from(3),
        _ => ExitCode::FAILURE,
    })
}

/// Who reads what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// A person at a terminal.
    Human,
    /// A program.
    Json,
    /// GitHub Actions, which annotates the lines of a pull request.
    Github,
    /// Whatever reads the interchange format of static analysis.
    Sarif,
}

const FORMATS: [(&str, Format); 4] =
    [("human", Format::Human), ("json", Format::Json), ("github", Format::Github), ("sarif", Format::Sarif)];

/// What the command line asks for.
struct Request {
    format: Format,
    /// Whether hazards of every migration are told, and not only those of the newest.
    every: bool,
    /// The branch or commit with which the package is merged before it is checked.
    base: Option<String>,
}

fn parse(mut parser: Parser) -> Result<Request, Failure> {
    let (mut format, mut every, mut base) = (Format::Human, false, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("format") => {
                let word = parser.value()?.string()?;
                let known = FORMATS.iter().find(|(name, _)| *name == word);
                format = known.ok_or_else(|| no_format(&word))?.1;
            }
            Arg::Long("json") => format = Format::Json,
            Arg::Long("all") => every = true,
            Arg::Long("base") => base = Some(parser.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Request { format, every, base })
}

fn no_format(word: &str) -> Failure {
    let names = FORMATS.map(|(name, _)| name);
    let help = match closest(word, names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the formats are {}", names.join(", ")),
    };
    Failure::usage(format!("there is no format `{word}`; {help}"))
}

/// Tries every migration on rows, and tells what could not be tried.
#[cfg(feature = "replay")]
pub(super) fn tried(analysis: &mut Analysis) -> Vec<String> {
    crate::replay::replay(analysis, &mut crate::replay::Proven::default())
}

#[cfg(not(feature = "replay"))]
pub(super) fn tried(_: &mut Analysis) -> Vec<String> {
    Vec::new()
}

fn print_for_people(package: &Package, analysis: &Analysis, diagnostics: &[Diagnostic], every: bool) {
    let (notes, heavy): (Vec<_>, Vec<_>) =
        diagnostics.iter().cloned().partition(|diagnostic| diagnostic.level == Level::Note);
    output::print_diagnostics(&heavy, analysis.sources());
    for note in notes {
        let place = note.labels.first().map(|label| {
            let source = &analysis.sources().get(label.span.source).path;
            format!(" ({source}:{})", analysis.sources().position(label.span).line)
        });
        output::eprint(&format!("note[{}]: {}{}\n", note.code, note.message, place.unwrap_or_default()));
    }
    if diagnostics.iter().all(|diagnostic| diagnostic.level != Level::Error) {
        let (tables, migrations) = (analysis.schema.schema.tables.len(), analysis.chain.links.len());
        output::print(&format!(
            "{}: {}, {}: schema and migrations agree, and every migration leads there and back\n",
            package.name,
            counted(tables, "table"),
            counted(migrations, "migration")
        ));
    }
    let earlier = analysis.remarks.previous.iter().filter(|remark| remark.level == Level::Warning).count();
    if earlier > 0 && !every {
        output::eprint(&format!(
            "{} of earlier migrations: migrate-check --all shows them\n",
            counted(earlier, "warning")
        ));
    }
}

/// What was checked, and what was found, for programs.
struct Checked<'a> {
    package: &'a str,
    /// The package's directory in the repository; empty for its root.
    directory: String,
    tables: usize,
    migrations: usize,
    /// What could not be tried.
    notes: &'a [String],
    findings: Vec<Finding>,
}

fn checked<'a>(
    package: &'a Package,
    analysis: &Analysis,
    diagnostics: &[Diagnostic],
    notes: &'a [String],
) -> Checked<'a> {
    let workspace = std::env::var_os("GITHUB_WORKSPACE");
    let directory = repository::directory(&package.root, workspace.as_deref().map(Path::new));
    let finding = |diagnostic| Finding::new(diagnostic, analysis.sources(), &directory);
    Checked {
        package: &package.name,
        findings: diagnostics.iter().map(finding).collect(),
        directory,
        tables: analysis.schema.schema.tables.len(),
        migrations: analysis.chain.links.len(),
        notes,
    }
}

#[cfg(test)]
mod tests;
