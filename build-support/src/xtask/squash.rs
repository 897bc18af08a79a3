//! `migrate-squash`: the first migrations become one, which databases that have them take for applied.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::text::counted;
use whimbrel_schema::{Code, Diagnostic, Pair, Schema, Snapshot, closest};

use super::editor;
use super::new::formatted;
use super::output::{self, Failure, Outcome};
use super::package::Package;
use super::rebase::applied::{Asked, asked_databases};
use super::rebase::moves::{Move, carry_out};
use crate::analysis::Analysis;
use crate::chain::{self, Chain, Link, content_hash};
use crate::code::write::{self, NewMigration};
use crate::hazards::judge;
use crate::inputs::{Inputs, MigrationFiles};

/// What the command line asks for.
struct Request {
    through: String,
    dry_run: bool,
}

/// The migration that stands for others.
struct Squashed {
    snapshot: Snapshot,
    code: String,
}

pub(super) fn run(package: &Package, parser: Parser) -> Outcome {
    let request = parse(parser)?;
    let mut analysis = Analysis::of(&package.root);
    if !analysis.diagnostics.is_empty() {
        output::print_diagnostics(&analysis.diagnostics, analysis.sources());
        return Err(Failure::failed("mend this first; nothing was changed"));
    }
    let count = through(&analysis, &request.through)?;
    let revision =
        analysis.chain.links.get(count - 1).map(|link| link.revision().to_owned()).unwrap_or_default();
    if count == 1 {
        output::print("the first migration stands for itself; nothing to do\n");
        return Ok(ExitCode::SUCCESS);
    }
    let making_rows = making_rows(analysis.chain.links.get(..count).unwrap_or_default());
    if !making_rows.is_empty() {
        output::print_diagnostics(&making_rows, analysis.sources());
        return Err(Failure::refused(
            "what these steps do to a new database would be lost; squash through one before them; nothing was changed",
        ));
    }
    refuse_behind(package, &analysis, count)?;
    let squashed = squash(&mut analysis, count, package)?;
    let texts = after(&analysis.inputs, &analysis.chain, count, &squashed);
    prove(package, &analysis, &texts)?;
    output::print(&summary(&squashed));
    if request.dry_run {
        output::print("nothing was changed\n");
        output::remind_of_seeds(&analysis.seed_diagnostics);
        return Ok(ExitCode::SUCCESS);
    }
    carry_out(&package.root, &moves(&analysis, count, &squashed)).map_err(Failure::failed)?;
    output::eprint(&format!(
        "databases that have applied up to {revision} go on from there; one that has applied less needs the program of before first\n"
    ));
    editor::renew(package)?;
    output::remind_of_seeds(&analysis.seed_diagnostics);
    Ok(ExitCode::SUCCESS)
}

fn parse(mut parser: Parser) -> Result<Request, Failure> {
    let (mut through, mut dry_run) = (None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("through") => through = Some(parser.value()?.string()?),
            Arg::Long("dry-run") => dry_run = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let through = through.ok_or_else(|| {
        Failure::usage("through which migration? cargo xtask migrate-squash --through 0005_add_settings; every database must have applied it")
    })?;
    Ok(Request { through, dry_run })
}

/// How many migrations there are up to a revision.
fn through(analysis: &Analysis, revision: &str) -> Result<usize, Failure> {
    let known: Vec<&str> = analysis.chain.links.iter().map(Link::revision).collect();
    match known.iter().position(|name| *name == revision) {
        Some(index) => Ok(index + 1),
        None => Err(Failure::usage(match closest(revision, known) {
            Some(name) => format!("there is no migration `{revision}`; did you mean `{name}`?"),
            None => format!("there is no migration `{revision}`"),
        })),
    }
}

/// The steps that make rows in a database that has none, or may: whoever begins with the schema at their end would
/// not have them.
fn making_rows(links: &[Link]) -> Vec<Diagnostic> {
    let steps = links.iter().filter_map(|link| Some((link, link.code.as_ref()?)));
    let steps = steps.flat_map(|(link, code)| code.upgrade.steps.iter().map(move |step| (link, step)));
    steps
        .filter(|(_, step)| step.operation.leaves_rows())
        .map(|(link, step)| {
            Diagnostic::new(Code::BAD_STATEMENT, format!("`{}` makes rows, or may", link.revision()))
                .label(step.span, "this step does something to an empty database as well")
        })
        .collect()
}

/// A database that has a part of them could not go on.
fn refuse_behind(package: &Package, analysis: &Analysis, count: usize) -> Result<(), Failure> {
    let links = analysis.chain.links.get(..count).unwrap_or_default();
    let Some(last) = links.last() else { return Ok(()) };
    let mut problems = Vec::new();
    for Asked { environment, answer } in asked_databases(&analysis.config, &package.root) {
        match answer {
            Ok(applied) => {
                let is_behind =
                    !applied.is_empty() && !applied.iter().any(|revision| revision == last.revision());
                problems.extend(is_behind.then(|| {
                    format!(
                        "the database of `{environment}` has not applied {} yet: cargo xtask migrate apply --env {environment}",
                        last.revision()
                    )
                }));
            }
            Err(reason) => {
                output::eprint(&format!("note: the database of `{environment}` was not asked: {reason}\n"));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::refused(problems.join("\n  "))) }
}

/// Writes the migration that makes at once what those make one by one, under the name of the last of them.
fn squash(analysis: &mut Analysis, count: usize, package: &Package) -> Result<Squashed, Failure> {
    let links = analysis.chain.links.get(..count).unwrap_or_default();
    let Some(last) = links.last() else { return Err(Failure::failed("there is no migration")) };
    let nothing = Schema::default();
    let schemas = Pair::new(&nothing, &last.schema);
    let mut snapshot = Snapshot::new(last.revision());
    (snapshot.changed, snapshot.dropped) = Snapshot::between(schemas);
    for link in links {
        match link.snapshot.replaces.is_empty() {
            true => snapshot.replaces.push(link.revision().to_owned()),
            false => snapshot.replaces.extend(link.snapshot.replaces.iter().cloned()),
        }
    }
    snapshot.replaces_hash.clone_from(&last.hash);
    snapshot.unmanaged =
        links.iter().flat_map(|link| link.snapshot.unmanaged.iter().cloned()).collect::<BTreeSet<_>>();
    let first = snapshot.replaces.first().cloned().unwrap_or_default();
    let reason = format!("it stands for what came before, from {first} to {}", last.revision());
    let steps = plan(schemas, &Intent::default()).upgrade;
    let code = formatted(
        write::write(&NewMigration {
            remarks: vec![format!("All that was before, from {first} to {}.", last.revision())],
            versions: Pair::new(None, Some(last.number)),
            schemas,
            upgrade: &steps,
            downgrade: Err(&reason),
        }),
        &package.root,
    );
    let plain = Snapshot { replaces: Vec::new(), replaces_hash: None, ..snapshot.clone() };
    let sources = &mut analysis.inputs.sources;
    let path = format!("migrations/{}", snapshot.revision);
    let files = MigrationFiles {
        name: snapshot.revision.clone(),
        directory: last.files.directory.clone(),
        code: Some(sources.add(format!("{path}/migration.rs"), &code)),
        snapshot: Some(sources.add(format!("{path}/snapshot.toml"), plain.to_string())),
    };
    let link = match chain::prove(&Chain::default(), files, sources) {
        Ok(link) => link,
        Err(diagnostics) => {
            output::print_diagnostics(&diagnostics, sources);
            return Err(Failure::failed("the migrations cannot be made one; nothing was changed"));
        }
    };
    let nothing = BTreeMap::new();
    let judged = judge(&link.hazards.previous, &nothing, &analysis.config, Snapshot::HAZARDS, true);
    let refused = judged.iter().filter(|judged| judged.is_refused());
    let reason = "it was so before it stood for others";
    snapshot.accept = refused.map(|judged| (judged.hazard.name(), reason.to_owned())).collect();
    snapshot.seal = link.code.as_ref().map(|code| content_hash(None, &snapshot, code));
    Ok(Squashed { snapshot, code })
}

/// The files of the package as they will be.
fn after(inputs: &Inputs, chain: &Chain, count: usize, squashed: &Squashed) -> BTreeMap<String, String> {
    let gone: Vec<&str> = chain.links.iter().take(count).map(Link::revision).collect();
    let mut texts = inputs.texts();
    texts.retain(|path, _| !gone.iter().any(|name| path.starts_with(&format!("migrations/{name}/"))));
    let directory = format!("migrations/{}", squashed.snapshot.revision);
    texts.insert(format!("{directory}/migration.rs"), squashed.code.clone());
    texts.insert(format!("{directory}/snapshot.toml"), squashed.snapshot.to_string());
    texts
}

/// Checks the package as it will be: it builds, and every schema from there on is what it was.
fn prove(package: &Package, before: &Analysis, texts: &BTreeMap<String, String>) -> Result<(), Failure> {
    let mut analysis = Analysis::new(Inputs::read(&package.root).with_texts(texts));
    super::check::tried(&mut analysis);
    if !analysis.diagnostics.is_empty() {
        output::print_diagnostics(&analysis.diagnostics, analysis.sources());
        return Err(Failure::failed("the package would not build; nothing was changed"));
    }
    let was = |link: &Link| before.chain.links.iter().find(|other| other.revision() == link.revision());
    let same = |link: &Link| was(link).is_some_and(|was| was.schema == link.schema && was.hash == link.hash);
    match analysis.chain.links.iter().find(|link| !same(link)) {
        None => Ok(()),
        Some(link) => Err(Failure::failed(format!(
            "`{}` would lead to another schema than it does; nothing was changed",
            link.revision()
        ))),
    }
}

fn moves(analysis: &Analysis, count: usize, squashed: &Squashed) -> Vec<Move> {
    let texts = analysis.inputs.texts();
    let links = analysis.chain.links.iter().take(count);
    links
        .map(|link| {
            let was = link.revision().to_owned();
            let read = ["migration.rs", "snapshot.toml"].map(|file| {
                (file.to_owned(), texts.get(&format!("migrations/{was}/{file}")).cloned().unwrap_or_default())
            });
            let is = (was == squashed.snapshot.revision).then(|| {
                let files = [
                    ("migration.rs".to_owned(), squashed.code.clone()),
                    ("snapshot.toml".to_owned(), squashed.snapshot.to_string()),
                ];
                (was.clone(), files)
            });
            Move { was, read, is }
        })
        .collect()
}

fn summary(squashed: &Squashed) -> String {
    let Snapshot { revision, replaces, changed, .. } = &squashed.snapshot;
    let mut text = format!("{revision} stands for {}:\n", counted(replaces.len(), "migration"));
    for name in replaces {
        text += &format!("  {name}\n");
    }
    text + &format!("it makes {} at once; its hash stays\n", counted(changed.tables.len(), "table"))
}
