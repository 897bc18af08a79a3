//! Reports for people.

use std::fmt::Write;
use std::path::Path;

use whimbrel_schema::Statement;
use whimbrel_schema::text::counted;

use super::arguments::Command;
use super::paint::Paint;
use crate::error::{visible, visible_line};
use crate::project::{Destruction, Direction, Migration, Project, Reversal};
use crate::url::Url;
use crate::{
    Archived, ArchivedRows, Attempt, Completed, Drift, Error, Event, Method, Planned, Probed, Report, Status,
};

/// The width of the column of revisions.
pub(super) fn revision_width(project: &Project) -> usize {
    project.migrations.iter().map(|migration| migration.revision.len()).max().unwrap_or(0)
}

/// What a migration is about to destroy, said before it does.
pub(super) fn losses(revision: &str, destroys: &[Destruction], paint: Paint) -> String {
    let line = |what: &Destruction| {
        format!("{} {revision} {}\n", paint.notice("caution:"), visible_line(&what.to_string()))
    };
    destroys.iter().map(line).collect()
}

/// What is said once while another program holds the database.
pub(super) fn waiting(holder: Option<&str>) -> String {
    match holder {
        Some(holder) => format!("waiting for another migrator: {}\n", visible_line(holder)),
        None => "waiting for the database: another program writes to it\n".to_owned(),
    }
}

/// The line of a migration that is done.
pub(super) fn completed(done: &Completed, width: usize, paint: Paint) -> String {
    let what = match done.direction {
        Direction::Upgrade => paint.good("applied    "),
        Direction::Downgrade => paint.notice("rolled back"),
    };
    format!(
        "{what}  {:width$}  {:>9}  {:>14}  {:>8}\n",
        done.revision,
        counted(done.steps, "step"),
        counted(done.statements, "statement"),
        format!("{} ms", done.duration.as_millis()),
    )
}

/// The line of a jump.
pub(super) fn jumped(completed: &[Completed], width: usize, paint: Paint) -> String {
    let Some(last) = completed.last() else { return String::new() };
    format!(
        "{}  {:width$}  {:>9}  {:>14}  {:>8}\n",
        paint.good("created    "),
        last.revision,
        format!("of {}", completed.len()),
        counted(last.statements, "statement"),
        format!("{} ms", last.duration.as_millis()),
    )
}

/// The last line of a run.
pub(super) fn report(command: &Command, report: &Report, paint: Paint) -> String {
    let head = report.head.as_deref().unwrap_or("the beginning, with nothing applied");
    match (report.completed.len(), command) {
        (0, Command::Rollback { .. }) => format!("nothing to roll back: the database is at {head}\n"),
        (0, _) => format!("{}: the database is at {head}\n", paint.good("up to date")),
        (done, Command::Rollback { .. }) => {
            format!("{} rolled back: the database is at {head}\n", counted(done, "migration"))
        }
        (done, _) => format!("{} applied: the database is at {head}\n", counted(done, "migration")),
    }
}

/// The SQL that would run, which is also what a database could be given. Drift stands before it.
pub(super) fn plan(plan: &[Planned], drift: &Result<Drift, Error>, paint: Paint) -> String {
    let mut out = String::new();
    let lines = super::drift::lines(drift);
    if !lines.is_empty() {
        comment(&mut out, paint, "drift: the database is not what its history says");
        lines.iter().for_each(|words| comment(&mut out, paint, &format!("  {words}")));
        out.push('\n');
    }
    if plan.is_empty() {
        comment(&mut out, paint, "nothing to do");
        return out;
    }
    for planned in plan {
        let act = match planned.direction {
            Direction::Upgrade => "apply",
            Direction::Downgrade => "roll back",
        };
        match &planned.jump[..] {
            [] => comment(&mut out, paint, &format!("{act} {}", planned.revision)),
            [first, ..] => comment(
                &mut out,
                paint,
                &format!(
                    "create what {} lead to, from {first} to {}: the database is empty",
                    counted(planned.jump.len(), "migration"),
                    planned.revision
                ),
            ),
        }
        for words in losses_of(planned) {
            comment(&mut out, paint, &words);
        }
        for probed in &planned.probes {
            comment(&mut out, paint, &told(probed));
        }
        let statements = planned.steps.iter().flat_map(|step| &step.statements);
        let suspends = statements.into_iter().any(Statement::suspends_foreign_keys);
        if suspends {
            line(&mut out, "PRAGMA foreign_keys = OFF;");
        }
        line(&mut out, "BEGIN IMMEDIATE;");
        for (index, step) in planned.steps.iter().enumerate() {
            comment(&mut out, paint, &format!("step {}: {}", index + 1, step.text));
            for statement in &step.statements {
                line(&mut out, &visible(&statement.to_string()));
            }
            if step.runs_code {
                comment(
                    &mut out,
                    paint,
                    "Rust code of the migration runs here; its SQL is made when it runs",
                );
            }
        }
        let check = if suspends { "foreign keys are checked and " } else { "" };
        let events = if planned.jump.is_empty() { "the event is" } else { "the events are" };
        comment(&mut out, paint, &format!("{check}{events} added to the history here"));
        line(&mut out, "COMMIT;");
        if suspends {
            line(&mut out, "PRAGMA foreign_keys = ON;");
        }
        out.push('\n');
    }
    comment(&mut out, paint, "nothing was written");
    out
}

/// What a migration does to data in the direction at hand. The way up tells the way back as well, because
/// it decides about it; the way back has nothing more to decide than what it loses itself.
fn losses_of(planned: &Planned) -> Vec<String> {
    let reversal = match planned.direction {
        Direction::Upgrade if !planned.jump.is_empty() => None,
        Direction::Upgrade => Some(format!("reversal: {}", planned.reversal)),
        Direction::Downgrade if planned.destroys.is_empty() => Some("destroys: nothing".to_owned()),
        Direction::Downgrade => None,
    };
    let destroys = planned.destroys.iter().map(|what| {
        let act = if what.is_opaque() { "by hand" } else { "destroys" };
        let kept = match (planned.direction, what.is_opaque()) {
            (Direction::Upgrade, _) | (Direction::Downgrade, true) => "",
            (Direction::Downgrade, false) if what.kept && planned.archives => "; the archive keeps it",
            (Direction::Downgrade, false) => "; it is not kept",
        };
        format!("{act}: {what}{kept}")
    });
    reversal.into_iter().chain(destroys).collect()
}

/// What rows say about a hazard.
fn told(probed: &Probed) -> String {
    let act = if probed.fails && probed.count > 0 { "fails" } else { "rows" };
    match probed.count {
        0 => format!("{act}: {}: none", probed.name),
        _ => format!("{act}: {}: {}; {}", probed.name, probed.rows(), probed.query),
    }
}

/// What rows say about the hazards of a migration, where there are any.
fn probed(out: &mut String, revision: &str, probed: &[Probed], paint: Paint) {
    for probed in probed.iter().filter(|probed| probed.revision == revision && probed.count > 0) {
        line(out, &paint.notice(&format!("  {}", visible_line(&told(probed)))));
    }
}

/// The migrations that are not applied.
pub(super) fn pending(pending: &[&Migration], probes: &[Probed], paint: Paint) -> String {
    if pending.is_empty() {
        return paint.good("nothing is pending") + "\n";
    }
    let width = pending.iter().map(|migration| migration.revision.len()).max().unwrap_or(0);
    let mut out = String::new();
    for migration in pending {
        let reversal = match migration.reversal {
            Reversal::Lossless => paint.good("lossless"),
            other @ (Reversal::Archived(_) | Reversal::Lossy(_) | Reversal::Irreversible(_)) => {
                paint.notice(&visible_line(&other.to_string()))
            }
        };
        line(&mut out, &format!("{:width$}  {reversal}", migration.revision));
        probed(&mut out, migration.revision, probes, paint);
    }
    out
}

/// Where the database stands.
pub(super) fn status(
    status: &Status,
    probes: &[Probed],
    drift: &Result<Drift, Error>,
    url: &Url,
    file: Option<&Path>,
    environment: Option<&str>,
    paint: Paint,
) -> String {
    let mut out = String::new();
    let environment = environment.map_or_else(String::new, |name| format!(" ({})", visible_line(name)));
    line(&mut out, &format!("database  {url}{environment}"));
    if let Some(file) = file {
        let missing = if file.exists() { "" } else { " (not there yet; the first migration creates it)" };
        line(&mut out, &format!("file      {}{missing}", visible(&file.display().to_string())));
    }
    let head = status.head.as_deref().unwrap_or("nothing applied");
    line(&mut out, &format!("at        {}", paint.strong(head)));
    if let Some(underway) = &status.underway {
        let open =
            if underway.uncertain { ", and what came of the next statement is not known yet" } else { "" };
        let words = format!(
            "in the {} of {}, at step {}{open}; the next run goes on from there",
            underway.direction,
            visible_line(&underway.revision),
            underway.step
        );
        line(&mut out, &format!("middle    {}", paint.notice(&words)));
    }
    match super::drift::lines(drift).len() {
        0 => {}
        found => {
            let words = format!("{}; migrate drift shows what", counted(found, "difference"));
            line(&mut out, &format!("drift     {}", paint.notice(&words)));
        }
    }
    let names = status.applied.iter().map(|applied| &applied.revision).chain(&status.pending);
    let width = names.map(String::len).max().unwrap_or(0);
    for applied in &status.applied {
        line(
            &mut out,
            &format!(
                "{}   {:width$}  {}",
                paint.good("applied"),
                applied.revision,
                visible_line(&applied.at)
            ),
        );
    }
    for revision in &status.pending {
        line(&mut out, &format!("{}   {revision}", paint.notice("pending")));
        probed(&mut out, revision, probes, paint);
    }
    out
}

/// What happened to the database.
pub(super) fn history(
    project: &Project,
    events: &[Event],
    failures: &[Attempt],
    detailed: bool,
    paint: Paint,
) -> String {
    if events.is_empty() && failures.is_empty() {
        return "nothing has happened yet\n".to_owned();
    }
    let width = events.iter().map(|event| event.revision.len()).max().unwrap_or(0);
    let mut out = String::new();
    for event in events {
        let direction = match event.direction {
            Direction::Upgrade => paint.good("upgrade  "),
            Direction::Downgrade => paint.notice("downgrade"),
        };
        let method = match event.method {
            Method::Steps => "",
            Method::Jump => "  by a jump",
            Method::Baseline => "  as a baseline",
            Method::Repair => "  by a repair",
        };
        // The way back has been gone, so it is told of the way up alone.
        let reversal = project.reversal_of(&event.revision).filter(|_| event.direction == Direction::Upgrade);
        let row = format!(
            "{:>4}  {}  {direction}  {:width$}  {}{method}",
            event.number,
            visible_line(&event.finished_at),
            visible_line(&event.revision),
            reversal.map_or("", Reversal::key)
        );
        line(&mut out, row.trim_end());
        if detailed {
            if let Some(reversal) = reversal {
                line(&mut out, &paint.faint(&visible_line(&format!("      reversal: {reversal}"))));
            }
            let head = match (&event.head_after, &event.head_hash_after) {
                (Some(head), Some(hash)) => format!("{head} {hash}"),
                _ => "nothing applied".to_owned(),
            };
            let details = format!(
                "      by {}, whimbrel {}, {} ms, then at {head}",
                event.actor, event.tool_version, event.duration_ms
            );
            line(&mut out, &paint.faint(&visible_line(&details)));
        }
    }
    for failure in failures {
        let step = failure.step.map_or_else(String::new, |step| format!(", step {step}"));
        let row = format!("failed  {}  {} {}{step}", failure.at, failure.direction, failure.revision);
        line(&mut out, &paint.bad(&visible_line(&row)));
        let detail = failure.detail.as_deref().unwrap_or("");
        detail.lines().for_each(|detail| line(&mut out, &format!("      {}", visible(detail))));
    }
    out
}

/// What the archive keeps.
pub(super) fn archive(entries: &[Archived], paint: Paint) -> String {
    if entries.is_empty() {
        return "the archive is empty\n".to_owned();
    }
    let width = entries.iter().map(|entry| entry.object.len()).max().unwrap_or(0);
    let mut out = String::new();
    for entry in entries {
        let row = format!(
            "{:>4}  {}  {:6}  {:width$}  {:>10}  by the {} of {}",
            entry.entry,
            entry.archived_at,
            entry.kind,
            entry.object,
            counted(entry.rows, "row"),
            entry.direction,
            entry.revision
        );
        line(&mut out, &visible_line(&row));
    }
    line(&mut out, &paint.faint("migrate archive show ENTRY shows the rows of one"));
    out
}

/// What an entry of the archive holds.
pub(super) fn archived_rows(rows: &ArchivedRows, paint: Paint) -> String {
    let mut out = String::new();
    line(&mut out, &paint.strong(&visible_line(&rows.columns.join(" | "))));
    for row in &rows.rows {
        let cells: Vec<String> =
            row.iter().map(|cell| cell.as_deref().map_or("NULL".to_owned(), visible_line)).collect();
        line(&mut out, &cells.join(" | "));
    }
    let shown = i64::try_from(rows.rows.len()).unwrap_or(i64::MAX);
    if shown < rows.entry.rows {
        line(&mut out, &paint.faint(&format!("and {} more; --rows N shows more", rows.entry.rows - shown)));
    }
    out
}

/// A comment of SQL, which must not end before its line does.
fn comment(out: &mut String, paint: Paint, words: &str) {
    line(out, &paint.faint(&format!("-- {}", visible_line(words))));
}

pub(super) fn line(out: &mut String, words: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{words}");
}
