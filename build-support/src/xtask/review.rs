//! `migrate-review`: what new migrations do, for those who review them.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};
use whimbrel_schema::closest;

use super::git::{self, Files, Git, Merged};
use super::output::{self, Failure, Outcome};
use super::package::Package;
use crate::analysis::Analysis;
use crate::inputs::Inputs;
use crate::review::{html, json, markdown, review};

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// A person, in a pull request or at a terminal.
    Markdown,
    /// A program.
    Json,
    /// A person with a browser.
    Html,
}

const FORMATS: [(&str, Format); 3] =
    [("markdown", Format::Markdown), ("json", Format::Json), ("html", Format::Html)];

/// What the command line asks for.
struct Request {
    base: Option<String>,
    revisions: Vec<String>,
    all: bool,
    format: Format,
}

pub(super) fn run(package: &Package, parser: Parser) -> Outcome {
    let request = parse(parser)?;
    let here = Inputs::read(&package.root);
    let (merged, theirs) = match &request.base {
        Some(base) => {
            let git = Git::around(&package.root)?;
            let commit = git.commit(base)?;
            let theirs = git.schema(&commit)?;
            (git::merged(&git, here, base)?, Some(theirs))
        }
        None => (Merged::with_nothing(here), None),
    };
    let (analysis, conflicts) = merged.analysed();
    for path in conflicts {
        output::eprint(&format!("note: git cannot merge {path} by itself; it is taken as it is here\n"));
    }
    if !analysis.diagnostics.is_empty() {
        // A review of what does not hold would be of something else.
        output::print_diagnostics(&analysis.diagnostics, analysis.sources());
        return Err(Failure::failed("mend this first; then there is something to review"));
    }
    let last = analysis.chain.links.last().map(|link| link.revision().to_owned());
    if let Some(missing) = unknown(&request.revisions, &analysis) {
        return Err(Failure::usage(missing));
    }
    let known = theirs.map(|theirs| known(&theirs, &analysis.inputs.texts()));
    let wanted = |revision: &str| match (&known, &request.revisions[..]) {
        _ if request.all => true,
        (None, []) => last.as_deref() == Some(revision),
        (Some(known), []) => !known.contains(revision),
        (_, revisions) => revisions.iter().any(|wanted| wanted == revision),
    };
    let reviews = review(&analysis, &wanted);
    let text = match request.format {
        Format::Markdown if reviews.is_empty() => "No new migration.\n".to_owned(),
        Format::Markdown => markdown(&reviews),
        Format::Json => json(&reviews, &package.name),
        Format::Html => html(&reviews, &package.name),
    };
    output::print(&text);
    if analysis.ahead.is_some() {
        output::eprint(
            "note: the schema is ahead of the migrations, so a migration is missing: cargo xtask migrate-check\n",
        );
    }
    output::remind_of_seeds(&analysis.seed_diagnostics);
    Ok(ExitCode::SUCCESS)
}

/// The migrations that the base has as well, with the same text. One that it has with another is no less new: what it
/// does may be something else, or all that many did that it stands for.
fn known(theirs: &Files, here: &BTreeMap<String, String>) -> BTreeSet<String> {
    let parts = |path: &str| match path.split('/').collect::<Vec<_>>()[..] {
        ["migrations", revision, _] => Some(revision.to_owned()),
        _ => None,
    };
    let same = |path: &str| match (theirs.get(path), here.get(path)) {
        // Git may write other ends of lines into files than into its objects.
        (Some(theirs), Some(here)) => String::from_utf8_lossy(theirs).lines().eq(here.lines()),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    let both = theirs.keys().filter_map(|path| parts(path));
    both.filter(|revision| {
        ["migration.rs", "snapshot.toml"].iter().all(|file| same(&format!("migrations/{revision}/{file}")))
    })
    .collect()
}

fn parse(mut parser: Parser) -> Result<Request, Failure> {
    let mut request = Request { base: None, revisions: Vec::new(), all: false, format: Format::Markdown };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("base") => request.base = Some(parser.value()?.string()?),
            Arg::Long("all") => request.all = true,
            Arg::Long("format") => {
                let word = parser.value()?.string()?;
                let known = FORMATS.iter().find(|(name, _)| *name == word);
                request.format = known.ok_or_else(|| no_format(&word))?.1;
            }
            Arg::Long("json") => request.format = Format::Json,
            Arg::Value(revision) => request.revisions.push(revision.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(request)
}

fn no_format(word: &str) -> Failure {
    let names = FORMATS.map(|(name, _)| name);
    let help = match closest(word, names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the formats are {}", names.join(", ")),
    };
    Failure::usage(format!("there is no format `{word}`; {help}"))
}

fn unknown(wanted: &[String], analysis: &Analysis) -> Option<String> {
    let known: Vec<&str> = analysis.chain.links.iter().map(|link| link.revision()).collect();
    let missing = wanted.iter().find(|revision| !known.contains(&revision.as_str()))?;
    let help = match closest(missing, known.iter().copied()) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    };
    Some(format!("there is no migration `{missing}`{help}"))
}
