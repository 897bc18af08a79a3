//! Running what a command line asks for.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::arguments::{Asked, Command, Mode, Request, Route, Target, parse, wants_json};
use super::paint::Paint;
use super::place::{self, Place, Variable};
use super::{baseline, drift, help, json, purge, repair, seed, text, verify};
use crate::error::{Error, ErrorKind};
use crate::project::Project;
use crate::url::Url;
use crate::{Apply, Archived, Drift, Migrator, Planned, Progress, Report, Rollback};

/// The world outside.
pub(super) struct Shell<'a> {
    pub(super) directory: PathBuf,
    pub(super) variable: Variable<'a>,
    pub(super) out: &'a mut dyn Write,
    pub(super) out_paint: Paint,
    pub(super) err: &'a mut dyn Write,
    /// Whether lines there can be drawn over.
    pub(super) err_terminal: bool,
    pub(super) err_paint: Paint,
}

/// Runs it and gives the exit code.
pub(super) fn run(project: &'static Project, arguments: Vec<OsString>, shell: &mut Shell<'_>) -> u8 {
    let json = wants_json(&arguments);
    match asked(project, arguments, shell) {
        Ok(code) => code,
        Err(error) => {
            if json {
                say(shell.out, &json::error(&error));
            }
            say(shell.err, &format!("{} {error}\n", shell.err_paint.bad("error:")));
            error.kind().exit_code()
        }
    }
}

fn asked(project: &'static Project, arguments: Vec<OsString>, shell: &mut Shell<'_>) -> Result<u8, Error> {
    match parse(arguments)? {
        Asked::Help(topic) => say(shell.out, help::help(topic)),
        Asked::Version => say(shell.out, &format!("{} (whimbrel {})\n", project.package, crate::VERSION)),
        Asked::Run(request) => return command(project, &request, shell),
    }
    Ok(0)
}

fn command(project: &'static Project, request: &Request, shell: &mut Shell<'_>) -> Result<u8, Error> {
    let base = place::package(&shell.directory, shell.variable);
    if let Command::Seed(asked) = &request.command {
        return seed::seed(project, asked, request, &base, shell);
    }
    let place = place::find(project, request.url.as_deref(), request.env.as_deref(), &base, shell.variable)?;
    if let Command::Wait { timeout } = request.command {
        Migrator::wait_until_applied(project, &place.url, &base, timeout)?;
    }
    let mut migrator = Migrator::open(project, &place.url, &base)?;
    if let Some(environment) = place.environment {
        migrator = migrator.allow_destructive(environment.allow_destructive).archive(environment.archive);
        migrator = migrator.timeouts(environment.timeouts)?;
    }
    if let Some(wait) = request.wait {
        migrator = migrator.wait(wait)?;
    }
    migrator = request.allow.iter().fold(migrator, |migrator, name| migrator.allow(name));
    match &request.command {
        Command::Apply { to, route, mode } => {
            migrator = migrator.jump(*route == Route::Shortest);
            let target = to.as_deref().map_or(Apply::All, Apply::To);
            match mode {
                Mode::DryRun => {
                    let plan = migrator.plan_apply(target)?;
                    show_plan(&plan, &migrator.drift(), request, shell);
                }
                Mode::Run => act(project, migrator, request, shell, |migrator| migrator.apply(target))?,
            }
        }
        Command::Rollback { target, mode } => {
            let target = match target {
                Target::Steps(steps) => Rollback::Steps(*steps),
                Target::Revision(revision) => Rollback::To(revision),
                Target::All => Rollback::All,
            };
            match mode {
                Mode::DryRun => {
                    let plan = migrator.plan_rollback(target)?;
                    show_plan(&plan, &migrator.drift(), request, shell);
                }
                Mode::Run => act(project, migrator, request, shell, |migrator| migrator.rollback(target))?,
            }
        }
        Command::Pending => {
            let pending = migrator.pending()?;
            let probes = if pending.is_empty() { Vec::new() } else { migrator.probe(Apply::All)? };
            show(
                shell,
                request,
                || json::pending(&pending, &probes),
                |paint| text::pending(&pending, &probes, paint),
            );
        }
        Command::Status { check } => return status(&mut migrator, *check, &place, &base, request, shell),
        Command::Drift => {
            let head = migrator.status()?.head;
            let drift = migrator.drift()?;
            show(
                shell,
                request,
                || drift::json(head.as_deref(), &drift),
                |paint| drift::text(head.as_deref(), &drift, paint),
            );
            return Ok(if drift.is_none() { 0 } else { drift::EXIT_CODE });
        }
        Command::Verify => verify::verify(&mut migrator, request, shell)?,
        // Asked for above, because its environments are others as well.
        Command::Seed(_) => {}
        Command::Wait { .. } => verify::waited(&mut migrator, request, shell)?,
        Command::Repair { what, mode } => repair::repair(&mut migrator, what, *mode, request, shell)?,
        Command::Baseline { to, mode } => {
            let target = to.as_deref().map_or(Apply::All, Apply::To);
            baseline::baseline(&mut migrator, target, *mode, request, shell)?;
        }
        Command::ArchiveList => {
            let entries = migrator.archived()?;
            show(shell, request, || json::archive(&entries), |paint| text::archive(&entries, paint));
        }
        Command::ArchiveShow { entry, rows } => {
            let rows = migrator.archived_rows(*entry, *rows)?;
            show(shell, request, || json::archived_rows(&rows), |paint| text::archived_rows(&rows, paint));
        }
        Command::ArchivePurge { entries, mode } => {
            purge::purge(&mut migrator, entries, *mode, request, shell)?;
        }
        Command::History { detailed } => {
            let events = migrator.history()?;
            let failures = if *detailed { migrator.failures()? } else { Vec::new() };
            show(
                shell,
                request,
                || json::history(project, &events, detailed.then_some(failures.as_slice())),
                |paint| text::history(project, &events, &failures, *detailed, paint),
            );
        }
    }
    Ok(0)
}

fn act<'c>(
    project: &'static Project,
    migrator: Migrator<'c>,
    request: &Request,
    shell: &'c mut Shell<'_>,
    run: impl FnOnce(&mut Migrator<'_>) -> Result<Report, Error>,
) -> Result<(), Error> {
    if request.json {
        let mut migrator = migrator;
        let report = run(&mut migrator)?;
        let overdue = overdue(&mut migrator, request);
        say(shell.out, &json::report(&request.command, &report, &overdue));
        return Ok(());
    }
    let paint = shell.out_paint;
    let width = text::revision_width(project);
    let (report, overdue, retention) = {
        let (out, err, err_paint) = (&mut *shell.out, &mut *shell.err, shell.err_paint);
        let mut migrator = migrator.on_progress(|progress| match progress {
            Progress::Started { revision, destroys, .. } => {
                say(err, &text::losses(revision, destroys, err_paint))
            }
            Progress::Waiting { holder } => say(err, &text::waiting(holder)),
            Progress::Finished(done) => say(out, &text::completed(done, width, paint)),
            Progress::Jumped(done) => say(out, &text::jumped(done, width, paint)),
        });
        let report = run(&mut migrator)?;
        (report, overdue(&mut migrator, request), migrator.retention())
    };
    say(shell.out, &text::report(&request.command, &report, paint));
    if let Some(age) = retention {
        say(shell.err, &purge::overdue(&overdue, age, shell.err_paint));
    }
    Ok(())
}

/// What the archive has kept long enough, which is said where a deployment looks. What was applied is
/// applied, so an archive that cannot be read is no failure of that; `archive list` tells.
fn overdue(migrator: &mut Migrator<'_>, request: &Request) -> Vec<Archived> {
    match &request.command {
        Command::Apply { .. } => migrator.overdue().unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn status(
    migrator: &mut Migrator<'_>,
    check: bool,
    place: &Place,
    base: &Path,
    request: &Request,
    shell: &mut Shell<'_>,
) -> Result<u8, Error> {
    let status = migrator.status()?;
    let drift = migrator.drift();
    let probes = if status.pending.is_empty() { Vec::new() } else { migrator.probe(Apply::All)? };
    let url = Url::parse(&place.url)?;
    let name = place.environment.map(|environment| environment.name);
    show(
        shell,
        request,
        || json::status(&status, &probes, &drift, &url, name),
        |paint| text::status(&status, &probes, &drift, &url, url.file(base).as_deref(), name, paint),
    );
    Ok(if check && (!status.pending.is_empty() || status.underway.is_some()) {
        ErrorKind::Pending.exit_code()
    } else {
        0
    })
}

fn show_plan(plan: &[Planned], drift: &Result<Drift, Error>, request: &Request, shell: &mut Shell<'_>) {
    show(
        shell,
        request,
        || json::plan(&request.command, plan, drift),
        |paint| text::plan(plan, drift, paint),
    );
}

pub(super) fn show(
    shell: &mut Shell<'_>,
    request: &Request,
    json: impl FnOnce() -> String,
    text: impl FnOnce(Paint) -> String,
) {
    let words = if request.json { json() } else { text(shell.out_paint) };
    say(shell.out, &words);
}

/// A reader that went away, as `head` does, is no error of the command.
pub(super) fn say(out: &mut dyn Write, words: &str) {
    let _ = out.write_all(words.as_bytes()).and_then(|()| out.flush());
}
