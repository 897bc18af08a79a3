//! `migrate-rebase`: of two heads one is put behind the other.

#[cfg_attr(not(any(feature = "replay", feature = "postgres", feature = "mysql")), path = "unasked.rs")]
pub(super) mod applied;
pub(super) mod moves;

use std::collections::BTreeMap;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};
use whimbrel_schema::{Config, Diagnostic, Document, Snapshot, parse, validate};

use self::applied::{Asked, asked_databases};
use self::moves::{Move, carry_out};
use super::editor;
use super::git::Git;
use super::new::formatted;
use super::output::{self, Failure, Outcome};
use super::package::Package;
use crate::analysis::Analysis;
use crate::inputs::Inputs;
use crate::rebase::{self, Lines, Moved, NoLines, Placed, Stays};

/// What the command line asks for.
struct Request {
    onto: Option<String>,
    base: Option<String>,
    dry_run: bool,
}

pub(super) fn run(package: &Package, parser: Parser) -> Outcome {
    let request = parse_line(parser)?;
    let mut inputs = Inputs::read(&package.root);
    if !inputs.diagnostics.is_empty() {
        output::print_diagnostics(&inputs.diagnostics, &inputs.sources);
        return Err(Failure::failed("mend this first; nothing was changed"));
    }
    let unread = unread(&inputs);
    if !unread.is_empty() {
        output::print_diagnostics(&unread, &inputs.sources);
        return Err(Failure::failed("mend this first; nothing was changed"));
    }
    let Some(lines) = find_lines(package, &inputs, &request)? else {
        output::print("there is one head; nothing to do\n");
        return Ok(ExitCode::SUCCESS);
    };
    let (config, documents) = schema_files(&inputs);
    refuse_applied(package, &config, &lines)?;
    let validated = validate(&documents, &config.dialects);
    let files = validated.diagnostics.is_empty().then_some(&validated.schema);
    let rustfmt = |code: String| formatted(code, &package.root);
    let moved = match rebase::rebase(&mut inputs, &lines, &config, files, &rustfmt) {
        Ok(moved) => moved,
        Err(diagnostics) => {
            output::print_diagnostics(&diagnostics, &inputs.sources);
            return Err(Failure::failed("one cannot be put behind the other; nothing was changed"));
        }
    };
    let Proven { dangers, seeds } = prove_whole(package, &inputs, &moved)?;
    output::print(&summary(&lines, &moved));
    if request.dry_run {
        output::print("nothing was changed\n");
        output::remind_of_seeds(&seeds);
        return Ok(ExitCode::SUCCESS);
    }
    carry_out(&package.root, &moves(&inputs, &moved)).map_err(Failure::failed)?;
    if !dangers.is_empty() {
        output::eprint("what a person has to accept before it builds: cargo xtask migrate-check\n");
    }
    output::eprint(
        "read the migrations that were moved, and commit them: what they do may mean another thing now\n",
    );
    editor::renew(package)?;
    output::remind_of_seeds(&seeds);
    Ok(ExitCode::SUCCESS)
}

/// What is wrong with snapshots, without which nobody knows what follows what.
fn unread(inputs: &Inputs) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for files in &inputs.migrations {
        let Some(id) = files.snapshot else { continue };
        let conflict = inputs.sources.get(id).text.lines().any(|line| line.starts_with("<<<<<<< "));
        let diagnostics = Snapshot::parse(&inputs.sources, id).diagnostics;
        let hint = format!(
            "two branches have a migration `{}`: take theirs as it is, and yours under another name, the directory and \
             `revision` in its snapshot",
            files.name
        );
        found.extend(diagnostics.into_iter().map(|diagnostic| match conflict {
            true => diagnostic.help(hint.clone()),
            false => diagnostic,
        }));
    }
    found
}

fn parse_line(mut parser: Parser) -> Result<Request, Failure> {
    let (mut onto, mut base, mut dry_run) = (None, None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("onto") => onto = Some(parser.value()?.string()?),
            Arg::Long("base") => base = Some(parser.value()?.string()?),
            Arg::Long("dry-run") => dry_run = true,
            other => return Err(other.unexpected().into()),
        }
    }
    if onto.is_some() && base.is_some() {
        return Err(Failure::usage(
            "--onto names a migration that stays, and --base a branch: one of them is enough",
        ));
    }
    Ok(Request { onto, base, dry_run })
}

/// The two lines, as far as somebody said which of them stays.
fn find_lines(package: &Package, inputs: &Inputs, request: &Request) -> Result<Option<Lines>, Failure> {
    let found = |stays: &Stays| match rebase::lines(inputs, stays) {
        Ok(lines) if lines.ours.is_empty() => Ok(None),
        Ok(lines) => Ok(Some(lines)),
        Err(NoLines::OneHead) => Ok(None),
        Err(NoLines::Unclear(message)) => Err(Failure::usage(message)),
    };
    match (&request.onto, &request.base) {
        (Some(revision), _) => found(&Stays::With(revision.clone())),
        (None, Some(name)) => {
            let git = Git::around(&package.root)?;
            let commit = git.commit(name)?;
            found(&Stays::On(name.clone(), git.migrations(&commit)?))
        }
        (None, None) if rebase::heads(inputs).len() < 2 => Ok(None),
        (None, None) => upstream(package, inputs),
    }
}

/// The lines by the branch that this one is to be merged into, if git knows one that tells them apart.
fn upstream(package: &Package, inputs: &Inputs) -> Result<Option<Lines>, Failure> {
    let heads = rebase::heads(inputs);
    if let Ok(git) = Git::around(&package.root) {
        for name in ["@{upstream}", "origin/HEAD"] {
            let Some(commit) = git.find(name)? else { continue };
            let name = git.name(name);
            let stays = Stays::On(name.clone(), git.migrations(&commit)?);
            if let Ok(lines) = rebase::lines(inputs, &stays) {
                output::print(&format!("what {name} has stays; --onto or --base would say another\n"));
                return Ok(Some(lines));
            }
        }
    }
    Err(Failure::usage(format!(
        "which line stays? {}; or --base BRANCH for the one whose head that branch has. It is the one that \
         databases may have applied",
        rebase::asked(&heads)
    )))
}

fn schema_files(inputs: &Inputs) -> (Config, Vec<Document>) {
    let config = inputs.config.map(|id| Config::parse(&inputs.sources, id).0).unwrap_or_default();
    (config, inputs.schema.iter().map(|id| parse(&inputs.sources, *id)).collect())
}

/// What a database has applied keeps its name for ever.
fn refuse_applied(package: &Package, config: &Config, lines: &Lines) -> Result<(), Failure> {
    let mut problems = Vec::new();
    for Asked { environment, answer } in asked_databases(config, &package.root) {
        match answer {
            Ok(applied) => {
                if let Some(first) = lines.ours.iter().find(|revision| applied.contains(revision)) {
                    let stays = lines.common.last();
                    let back = match stays {
                        Some(last) => format!("--revision {last}"),
                        None => "--all".to_owned(),
                    };
                    problems.push(format!(
                        "the database of `{environment}` has applied `{first}`; before the merge, on the branch that has \
                         it: cargo xtask migrate rollback --env {environment} {back}"
                    ));
                }
            }
            Err(reason) => {
                output::eprint(&format!("note: the database of `{environment}` was not asked: {reason}\n"));
            }
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    problems.push(
        "what a database has applied is never renumbered. If it must keep it, put the other line behind this one: --onto \
         the head that stays"
            .to_owned(),
    );
    Err(Failure::refused(problems.join("\n  ")))
}

/// What a person has to see to after the move, before the package builds.
struct Proven {
    /// The hazards that nobody has accepted.
    dangers: Vec<Diagnostic>,
    /// What is wrong with the seeds.
    seeds: Vec<Diagnostic>,
}

/// Checks the package as it will be. What is only dangerous comes back, and so do the seeds, which can be mended when
/// the migrations are one line.
fn prove_whole(package: &Package, inputs: &Inputs, moved: &[Moved]) -> Result<Proven, Failure> {
    let mut texts: BTreeMap<String, String> = inputs.texts();
    texts
        .retain(|path, _| !moved.iter().any(|moved| path.starts_with(&format!("migrations/{}/", moved.was))));
    for placed in moved.iter().filter_map(|moved| moved.is.as_ref()) {
        let directory = format!("migrations/{}", placed.snapshot.revision);
        texts.insert(format!("{directory}/migration.rs"), placed.code.clone());
        texts.insert(format!("{directory}/snapshot.toml"), placed.snapshot.to_string());
    }
    let mut analysis = Analysis::new(Inputs::read(&package.root).with_texts(&texts));
    super::check::tried(&mut analysis);
    let found = analysis.diagnostics.iter().chain(&analysis.ahead).cloned();
    let (dangers, wrong): (Vec<Diagnostic>, Vec<Diagnostic>) =
        found.partition(|diagnostic| diagnostic.code.to_string().starts_with("WH"));
    if wrong.is_empty() {
        output::print_diagnostics(&dangers, analysis.sources());
        return Ok(Proven { dangers, seeds: analysis.seed_diagnostics });
    }
    output::print_diagnostics(&wrong, analysis.sources());
    Err(Failure::failed(match analysis.ahead {
        Some(_) => {
            "the files below schema/ say something else than both lines of migrations together, as above: git merges them \
             line by line, so mend them, and run this again; nothing was changed"
        }
        None => {
            "the package would not build; nothing was changed. Write your own migration as it has to be in its next place, and run \
             this again"
        }
    }))
}

fn moves(inputs: &Inputs, moved: &[Moved]) -> Vec<Move> {
    let texts = inputs.texts();
    let file = |name: &str, file: &str| {
        (file.to_owned(), texts.get(&format!("migrations/{name}/{file}")).cloned().unwrap_or_default())
    };
    moved
        .iter()
        .map(|Moved { was, is }| Move {
            was: was.clone(),
            read: ["migration.rs", "snapshot.toml"].map(|name| file(was, name)),
            is: is.as_ref().map(|placed| {
                let files = [
                    ("migration.rs".to_owned(), placed.code.clone()),
                    ("snapshot.toml".to_owned(), placed.snapshot.to_string()),
                ];
                (placed.snapshot.revision.clone(), files)
            }),
        })
        .collect()
}

/// What stays, and what became of the rest.
fn summary(lines: &Lines, moved: &[Moved]) -> String {
    let mut text = match lines.theirs.last().or(lines.common.last()) {
        Some(last) => format!("behind `{last}`, which stays:\n"),
        None => String::new(),
    };
    for Moved { was, is } in moved {
        let Some(Placed { snapshot, differences, remarks, unaccepted, .. }) = is else {
            text += &format!("{was} is gone: the other line does all that it did\n");
            continue;
        };
        let revision = &snapshot.revision;
        text += &if was == revision { format!("{revision}\n") } else { format!("{was} is now {revision}\n") };
        for difference in differences {
            text += &format!("  {difference}\n");
        }
        for name in unaccepted {
            text += &format!("  no longer accepted, because there is no such hazard: {name}\n");
        }
        for remark in remarks {
            text += &format!("  look at migrations/{revision}/migration.rs again {remark}\n");
        }
    }
    text
}
