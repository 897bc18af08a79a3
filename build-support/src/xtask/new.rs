//! `migrate-new`: a migration for what changed in the schema.

mod ask;
mod hint;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use lexopt::{Arg, Parser, ValueExt as _};
use whimbrel_schema::{Config, Diagnostic, Difference, Name, Severity, Snapshot, Sql};

use ask::Terminal;

use super::editor;
use super::output::{self, Failure, Outcome};
use super::package::Package;
use crate::analysis::Analysis;
use crate::draft::{self, Draft, Wishes, shell_word};
use crate::hazards::{Judged, judge};
use crate::name::slug;

/// What the command line asks for.
pub(super) struct Request {
    pub(super) name: String,
    pub(super) wishes: Wishes,
    dry_run: bool,
}

pub(super) fn run(package: &Package, parser: Parser) -> Outcome {
    let mut request = parse(parser)?;
    let mut analysis = Analysis::of(&package.root);
    if !analysis.diagnostics.is_empty() {
        output::print_diagnostics(&analysis.diagnostics, analysis.sources());
        return Err(Failure::failed("mend this first; no migration was written"));
    }
    let rustfmt = |code: String| formatted(code, &package.root);
    let mut terminal = Terminal::attached();
    let mut hints = Vec::new();
    let draft = loop {
        let refusal = match draft::draft(&mut analysis, &request.name, &request.wishes, &rustfmt) {
            Ok(draft) => break draft,
            Err(refusal) => refusal,
        };
        let asked = refusal.doubt.as_ref().zip(terminal.as_mut());
        match asked.and_then(|(doubt, terminal)| ask::settle(doubt, terminal, &mut request.wishes)) {
            Some(hint) => hints.extend(hint),
            None => return refuse(&refusal.diagnostics, &analysis),
        }
    };
    let Some(draft) = draft else {
        output::print("the schema is what the migrations lead to; nothing to do\n");
        output::eprint("for a migration of data alone: cargo xtask migrate-new NAME --empty\n");
        output::remind_of_seeds(&analysis.seed_diagnostics);
        return Ok(ExitCode::SUCCESS);
    };
    output::print(&summary(&draft, &analysis.config));
    if request.dry_run {
        output::print(&preview(&draft));
        output::remind_of_seeds(&analysis.seed_diagnostics);
        return Ok(ExitCode::SUCCESS);
    }
    let directory = write(&package.root, &draft)
        .map_err(|(path, error)| Failure::failed(format!("{} cannot be written: {error}", path.display())))?;
    output::print(&format!("written to {}\n", shown(&directory)));
    for hint in &hints {
        match hint::write(&package.root, hint) {
            Some(path) => output::print(&format!("{hint} is said in {path} now\n")),
            None => output::eprint(&format!(
                "{hint} is not said in the schema; the migration does it all the same\n"
            )),
        }
    }
    editor::renew(package)?;
    output::remind_of_seeds(&analysis.seed_diagnostics);
    Ok(ExitCode::SUCCESS)
}

fn refuse(diagnostics: &[Diagnostic], analysis: &Analysis) -> Outcome {
    output::print_diagnostics(diagnostics, analysis.sources());
    Err(Failure::failed("no migration was written"))
}

pub(super) fn parse(mut parser: Parser) -> Result<Request, Failure> {
    let mut name = None;
    let mut wishes = Wishes { command: command(&mut parser)?, ..Wishes::default() };
    let mut dry_run = false;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("empty") => wishes.empty = true,
            Arg::Long("dry-run") => dry_run = true,
            Arg::Long("rename") => rename(&parser.value()?.string()?, &mut wishes)?,
            Arg::Long("using") => {
                let text = parser.value()?.string()?;
                let (column, sql) = split(&text, "T.C=SQL")?;
                wishes.conversions.insert(column_of(column)?, Sql::from(sql));
            }
            Arg::Long("using-back") => {
                let text = parser.value()?.string()?;
                let (column, sql) = split(&text, "T.C=SQL")?;
                wishes.conversions_back.insert(column_of(column)?, Sql::from(sql));
            }
            Arg::Long("backfill") => {
                let text = parser.value()?.string()?;
                let (column, value) = split(&text, "T.C=VALUE")?;
                wishes.backfills.insert(column_of(column)?, value.to_owned());
            }
            Arg::Long("accept") => {
                let text = parser.value()?.string()?;
                let (hazard, reason) = split(&text, "CODE:OBJECT=REASON")?;
                wishes.accept.insert(hazard.to_owned(), reason.to_owned());
            }
            Arg::Long("irreversible") => wishes.irreversible = Some(parser.value()?.string()?),
            Arg::Value(value) if name.is_none() => name = Some(value.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let name =
        name.ok_or_else(|| Failure::usage("a migration needs a name: cargo xtask migrate-new add_settings"))?;
    let name =
        slug(&name).ok_or_else(|| Failure::usage("a name is made of letters, digits and underscores"))?;
    Ok(Request { name, wishes, dry_run })
}

/// The command line as it can be given again.
fn command(parser: &mut Parser) -> Result<String, Failure> {
    let words: Vec<String> =
        parser.raw_args()?.as_slice().iter().map(|word| shell_word(&word.to_string_lossy())).collect();
    Ok(["cargo xtask migrate-new"]
        .into_iter()
        .chain(words.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(" "))
}

fn split<'a>(text: &'a str, form: &str) -> Result<(&'a str, &'a str), Failure> {
    let parts = text.split_once('=').filter(|(left, right)| !left.is_empty() && !right.trim().is_empty());
    parts.ok_or_else(|| Failure::usage(format!("`{text}` is not of the form {form}")))
}

fn column_of(text: &str) -> Result<(Name, Name), Failure> {
    let parts = text.split_once('.');
    let (table, column) =
        parts.ok_or_else(|| Failure::usage(format!("`{text}` is not of the form TABLE.COLUMN")))?;
    Ok((Name::new(table), Name::new(column)))
}

/// `users.a=users.b` renames a column, `mail=emails` a table.
fn rename(text: &str, wishes: &mut Wishes) -> Result<(), Failure> {
    let (previous, next) = split(text, "TABLE.COLUMN=TABLE.COLUMN")?;
    match (previous.split_once('.'), next.split_once('.')) {
        (Some((_, previous)), Some((table, next))) => {
            wishes.renamed_columns.insert((Name::new(table), Name::new(next)), Name::new(previous));
        }
        (None, None) => {
            wishes.renamed_tables.insert(Name::new(next), Name::new(previous));
        }
        _ => {
            return Err(Failure::usage(format!(
                "`{text}` renames a table to a column; write T.A=T.B or T=U"
            )));
        }
    }
    Ok(())
}

/// What the migration does, as its author wants to see it at once.
fn summary(draft: &Draft, config: &Config) -> String {
    let mut text = format!("{}\n", draft.revision);
    let width = draft.differences.iter().map(|difference| difference.name.len()).max().unwrap_or(0).min(48);
    for difference in &draft.differences {
        text += &format!("  {}\n", aligned(difference, width));
    }
    if draft.differences.is_empty() {
        text += "  no change of the schema\n";
    }
    text += &match &draft.reversal.words()[..] {
        [] | [_] => format!("  reversal: {}\n", draft.reversal),
        words => {
            let head = format!("  reversal: {}\n", draft.reversal.key());
            words.iter().fold(head, |text, words| text + "    " + words + "\n")
        }
    };
    text + &hazards(draft, config)
}

/// What weighs by itself has a line of its own; notes of one rule share one.
fn hazards(draft: &Draft, config: &Config) -> String {
    let judged = judge(&draft.hazards, &draft.accept, config, Snapshot::HAZARDS, true);
    let (notes, heavy): (Vec<_>, Vec<_>) =
        judged.into_iter().partition(|judged| judged.severity == Severity::Inform);
    let mut text = String::new();
    if heavy.is_empty() {
        text += "  hazards: none\n";
    }
    for Judged { hazard, severity, accepted } in heavy {
        let word = if severity == Severity::Error { "hazard" } else { "warning" };
        let accepted = accepted.map_or_else(String::new, |reason| format!(" (accepted: {reason})"));
        text += &format!("  {word}: {hazard}{accepted}\n");
    }
    for notes in notes.chunk_by(|one, other| one.hazard.code == other.hazard.code) {
        match notes {
            [one] => text += &format!("  note: {}\n", one.hazard),
            [first, ..] => {
                let objects: Vec<&str> =
                    notes.iter().map(|note| note.hazard.object.as_str()).take(5).collect();
                let more = if notes.len() > 5 { ", .." } else { "" };
                let code = first.hazard.code;
                text += &format!("  note: {code}: {} times ({}{more})\n", notes.len(), objects.join(", "));
            }
            [] => {}
        }
    }
    text
}

fn aligned(difference: &Difference, width: usize) -> String {
    let line = difference.to_string();
    match line.split_once("  ") {
        Some((name, definition)) => format!("{name:<width$}  {definition}", width = width + 2),
        None => line,
    }
}

fn preview(draft: &Draft) -> String {
    let mut text = format!("\n--- migration.rs\n{}\n--- snapshot.toml\n{}\n", draft.code, draft.snapshot);
    for (dialect, sql) in &draft.sql {
        for (direction, statements) in [("upgrade", &sql.previous), ("downgrade", &sql.next)] {
            text += &format!("--- SQL of the {direction}, on {dialect}\n");
            for statement in statements {
                text += &format!("{statement}\n");
            }
            text += "\n";
        }
    }
    text + "nothing was written\n"
}

/// Writes both files under a hidden name first, so that a build never sees half a migration.
fn write(root: &Path, draft: &Draft) -> Result<PathBuf, (PathBuf, std::io::Error)> {
    let migrations = root.join("migrations");
    let directory = migrations.join(&draft.revision);
    let part = migrations.join(format!(".{}.part", draft.revision));
    let files =
        BTreeMap::from([("migration.rs", draft.code.clone()), ("snapshot.toml", draft.snapshot.to_string())]);
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    // What an interrupted run left here is ours alone.
    if part.exists() {
        std::fs::remove_dir_all(&part).map_err(at(&part))?;
    }
    std::fs::create_dir_all(&part).map_err(at(&part))?;
    for (name, text) in files {
        let path = part.join(name);
        std::fs::write(&path, text).map_err(at(&path))?;
    }
    std::fs::rename(&part, &directory).map_err(at(&directory))?;
    Ok(directory)
}

/// Code as the project's rustfmt writes it, because `cargo fmt` does not reach migrations. Where
/// there is no rustfmt the code stays as it was generated.
pub(super) fn formatted(code: String, root: &Path) -> String {
    let child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return code };
    let written = child.stdin.take().is_some_and(|mut input| input.write_all(code.as_bytes()).is_ok());
    match child.wait_with_output() {
        Ok(output) if written && output.status.success() => String::from_utf8(output.stdout).unwrap_or(code),
        _ => code,
    }
}

/// A path as it can be clicked on: relative to the current directory if it lies below.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let relative = path.strip_prefix(here).unwrap_or(path);
    let parts: Vec<String> =
        relative.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}
