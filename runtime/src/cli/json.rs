//! Reports for programs. Keys are only ever added.

use serde_json::{Value, json};
use whimbrel_schema::text::is_hidden;

use super::arguments::Command;
use crate::project::{Destruction, Migration, Project, Reversal};
use crate::url::Url;
use crate::{
    Archived, ArchivedRows, Attempt, Completed, Drift, Error, Event, Planned, Probed, Report, Status,
};

/// What a run has done.
pub(super) fn report(command: &Command, report: &Report, overdue: &[Archived]) -> String {
    text(json!({
        "command": name(command),
        "head": report.head,
        "completed": report.completed.iter().map(completed).collect::<Vec<_>>(),
        "overdue": overdue.iter().map(archived).collect::<Vec<_>>(),
    }))
}

/// What would be done.
pub(super) fn plan(command: &Command, plan: &[Planned], drift: &Result<Drift, Error>) -> String {
    text(json!({
        "command": name(command),
        "dry_run": true,
        "drift": super::drift::lines(drift),
        "planned": plan.iter().map(planned).collect::<Vec<_>>(),
    }))
}

/// The migrations that are not applied.
pub(super) fn pending(pending: &[&Migration], probes: &[Probed]) -> String {
    let migration = |migration: &&Migration| {
        json!({
            "revision": migration.revision,
            "hash": migration.hash,
            "reversal": reversal(migration.reversal),
            "destroys": destroys(migration.upgrade_destroys),
            "probes": probed(probes.iter().filter(|probed| probed.revision == migration.revision)),
        })
    };
    text(json!({ "command": "pending", "pending": pending.iter().map(migration).collect::<Vec<_>>() }))
}

/// Where the database stands.
pub(super) fn status(
    status: &Status,
    probes: &[Probed],
    drift: &Result<Drift, Error>,
    url: &Url,
    environment: Option<&str>,
) -> String {
    let applied: Vec<Value> = status
        .applied
        .iter()
        .map(|applied| json!({ "revision": applied.revision, "at": applied.at, "actor": applied.actor }))
        .collect();
    text(json!({
        "command": "status",
        "url": url.to_string(),
        "environment": environment,
        "head": status.head,
        "applied": applied,
        "pending": status.pending,
        "underway": status.underway.as_ref().map(|underway| json!({
            "revision": underway.revision,
            "direction": underway.direction.key(),
            "method": underway.method.key(),
            "step": underway.step,
            "uncertain": underway.uncertain,
        })),
        "drift": super::drift::lines(drift),
        "probes": probed(probes),
    }))
}

/// What the archive keeps.
pub(super) fn archive(entries: &[Archived]) -> String {
    text(
        json!({ "command": "archive", "act": "list", "entries": entries.iter().map(archived).collect::<Vec<_>>() }),
    )
}

/// What is gone from it, or would be.
pub(super) fn purged(entries: &[Archived], dry_run: bool) -> String {
    text(json!({
        "command": "archive",
        "act": "purge",
        "dry_run": dry_run,
        "entries": entries.iter().map(archived).collect::<Vec<_>>(),
    }))
}

/// What an entry of the archive holds.
pub(super) fn archived_rows(rows: &ArchivedRows) -> String {
    text(json!({
        "command": "archive",
        "act": "show",
        "entry": archived(&rows.entry),
        "columns": rows.columns,
        "rows": rows.rows,
    }))
}

fn archived(entry: &Archived) -> Value {
    json!({
        "entry": entry.entry,
        "revision": entry.revision,
        "direction": entry.direction,
        "kind": entry.kind,
        "object": entry.object,
        "rows": entry.rows,
        "archived_at": entry.archived_at,
        "actor": entry.actor,
    })
}

/// What happened to the database; with `failures`, what failed as well.
pub(super) fn history(project: &Project, events: &[Event], failures: Option<&[Attempt]>) -> String {
    let events: Vec<Value> = events.iter().map(|one| event(project, one)).collect();
    let mut value = json!({ "command": "history", "events": events });
    if let (Some(failures), Some(map)) = (failures, value.as_object_mut()) {
        map.insert("failures".to_owned(), failures.iter().map(attempt).collect());
    }
    text(value)
}

/// Why nothing else is said.
pub(super) fn error(error: &Error) -> String {
    text(json!({
        "error": {
            "kind": error.kind().key(),
            "exit_code": error.kind().exit_code(),
            "message": error.message(),
            "help": error.remedies(),
        },
        "completed": error.completed(),
    }))
}

fn name(command: &Command) -> &'static str {
    match command {
        Command::Apply { .. } => "apply",
        Command::Rollback { .. } => "rollback",
        Command::Pending => "pending",
        Command::Status { .. } => "status",
        Command::History { .. } => "history",
        Command::Drift => "drift",
        Command::Verify => "verify",
        Command::Wait { .. } => "wait",
        Command::Baseline { .. } => "baseline",
        Command::Repair { .. } => "repair",
        Command::Seed(_) => "seed",
        Command::ArchiveList | Command::ArchiveShow { .. } | Command::ArchivePurge { .. } => "archive",
    }
}

fn completed(done: &Completed) -> Value {
    json!({
        "revision": done.revision,
        "direction": done.direction.key(),
        "method": done.method.key(),
        "steps": done.steps,
        "statements": done.statements,
        "duration_ms": u64::try_from(done.duration.as_millis()).unwrap_or(u64::MAX),
    })
}

fn planned(planned: &Planned) -> Value {
    let steps: Vec<Value> = planned
        .steps
        .iter()
        .map(|step| {
            let sql: Vec<&str> = step.statements.iter().flat_map(|statement| statement.texts()).collect();
            json!({ "text": step.text, "sql": sql, "runs_code": step.runs_code })
        })
        .collect();
    json!({
        "revision": planned.revision,
        "jump": planned.jump,
        "direction": planned.direction.key(),
        "reversal": reversal(planned.reversal),
        "destroys": destroys(planned.destroys),
        "probes": probed(&planned.probes),
        "steps": steps,
    })
}

fn reversal(reversal: Reversal) -> Value {
    let details = match reversal {
        Reversal::Lossless => Vec::new(),
        Reversal::Archived(what) | Reversal::Lossy(what) => what.to_vec(),
        Reversal::Irreversible(reason) => vec![reason],
    };
    json!({ "kind": reversal.key(), "details": details })
}

fn destroys(destroys: &[Destruction]) -> Value {
    destroys
        .iter()
        .map(|what| json!({ "name": what.name(), "words": what.words, "kept": what.kept }))
        .collect()
}

/// What rows say about hazards.
fn probed<'a>(probed: impl IntoIterator<Item = &'a Probed>) -> Value {
    let one = |probed: &Probed| {
        let Probed { revision, name, words, count, table, sample, fails, query, .. } = probed;
        json!({
            "revision": revision,
            "name": name,
            "words": words,
            "count": count,
            "table": table,
            "sample": sample,
            "fails": fails,
            "query": query,
        })
    };
    probed.into_iter().map(one).collect()
}

/// The reversal is that of the migration, if the program has it.
fn event(project: &Project, event: &Event) -> Value {
    json!({
        "event": event.number,
        "revision": event.revision,
        "direction": event.direction.key(),
        "method": event.method.key(),
        "reversal": project.reversal_of(&event.revision).map(reversal),
        "head_after": event.head_after,
        "head_hash_after": event.head_hash_after,
        "started_at": event.started_at,
        "finished_at": event.finished_at,
        "duration_ms": event.duration_ms,
        "actor": event.actor,
        "tool_version": event.tool_version,
    })
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "revision": attempt.revision,
        "direction": attempt.direction,
        "step": attempt.step,
        "detail": attempt.detail,
        "at": attempt.at,
        "actor": attempt.actor,
    })
}

/// JSON that a terminal can show: hidden characters, which stand only in texts, are escaped.
pub(super) fn text(value: Value) -> String {
    let mut result = String::new();
    for character in format!("{value:#}\n").chars() {
        if is_hidden(character) && character != '\n' {
            let mut units = [0; 2];
            result.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            result.push(character);
        }
    }
    result
}
