//! What a database has otherwise than its history says.

use serde_json::{Value, json};

use super::paint::Paint;
use super::text::line;
use crate::error::visible_line;
use crate::{Beside, Difference, DifferenceKind, Drift, Error, Unmanaged};

/// What the command ends with where there is drift.
pub(super) const EXIT_CODE: u8 = 4;

/// For people.
pub(super) fn text(head: Option<&str>, drift: &Drift, paint: Paint) -> String {
    let head = head.unwrap_or("the beginning, with nothing applied");
    let mut out = String::new();
    if drift.is_none() {
        line(&mut out, &format!("{}: the database is what it should be at {head}", paint.good("no drift")));
    } else {
        line(&mut out, &format!("{}: the database is not what it should be at {head}", paint.bad("drift")));
        for difference in &drift.differences {
            let words = visible_line(&difference.to_string());
            line(&mut out, &format!("  {}", paint_of(difference, paint, &words)));
        }
        for part in &drift.unmanaged {
            line(&mut out, &format!("  ! {}", visible_line(&part.to_string())));
        }
        line(
            &mut out,
            &paint.faint("+ is in the database alone, - only in the schema, ! cannot be said in it"),
        );
    }
    if !drift.mending.is_empty() {
        line(&mut out, "\nthis would mend it:");
        drift.mending.iter().for_each(|act| line(&mut out, &format!("  {}", visible_line(&act.to_string()))));
    }
    if !drift.beside.is_empty() {
        line(&mut out, "\nnot managed by whimbrel, and no drift:");
        drift
            .beside
            .iter()
            .for_each(|other| line(&mut out, &format!("  {}", visible_line(&other.to_string()))));
    }
    if !drift.is_none() {
        line(&mut out, &paint.faint("\nnothing was changed"));
    }
    out
}

fn paint_of(difference: &Difference, paint: Paint, words: &str) -> String {
    match difference.kind {
        DifferenceKind::Added => paint.good(words),
        DifferenceKind::Dropped => paint.bad(words),
        DifferenceKind::Changed | DifferenceKind::Renamed => paint.notice(words),
    }
}

/// For programs.
pub(super) fn json(head: Option<&str>, drift: &Drift) -> String {
    super::json::text(json!({
        "command": "drift",
        "head": head,
        "drift": !drift.is_none(),
        "differences": drift.differences.iter().map(difference).collect::<Vec<_>>(),
        "unmanaged": drift.unmanaged.iter().map(unmanaged).collect::<Vec<_>>(),
        "mending": drift.mending.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "beside": drift.beside.iter().map(beside).collect::<Vec<_>>(),
    }))
}

/// A line for each thing that differs; where it could not be found out, one that says why.
pub(super) fn lines(drift: &Result<Drift, Error>) -> Vec<String> {
    match drift {
        Ok(drift) => {
            let unmanaged = drift.unmanaged.iter().map(|part| format!("! {part}"));
            drift.differences.iter().map(ToString::to_string).chain(unmanaged).collect()
        }
        Err(error) => vec![format!("? it could not be compared: {}", error.message())],
    }
}

fn difference(difference: &Difference) -> Value {
    json!({
        "kind": match difference.kind {
            DifferenceKind::Added => "added",
            DifferenceKind::Dropped => "dropped",
            DifferenceKind::Changed => "changed",
            DifferenceKind::Renamed => "renamed",
        },
        "object": difference.name,
        "expected": difference.definition.previous,
        "found": difference.definition.next,
    })
}

fn unmanaged(part: &Unmanaged) -> Value {
    json!({
        "object": part.object,
        "table": part.table.as_ref().map(ToString::to_string),
        "reason": part.reason,
    })
}

fn beside(other: &Beside) -> Value {
    json!({ "object": other.object, "reason": other.reason })
}
