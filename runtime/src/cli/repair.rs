//! `migrate repair`.

use serde_json::{Value, json};

use super::arguments::{Damage, Mode, Request};
use super::paint::Paint;
use super::run::{Shell, show};
use super::text::line;
use crate::error::{Error, visible_line};
use crate::{Migrator, Repair, RepairAct, Repaired};

pub(super) fn repair(
    migrator: &mut Migrator<'_>,
    what: &Damage,
    mode: Mode,
    request: &Request,
    shell: &mut Shell<'_>,
) -> Result<(), Error> {
    let repair = match what {
        Damage::History { to } => Repair::History { to: to.as_deref() },
        Damage::Forget(revision) => Repair::Forget(revision),
        Damage::SetAside => Repair::SetAside,
    };
    let repaired = match mode {
        Mode::DryRun => migrator.plan_repair(repair)?,
        Mode::Run => migrator.repair(repair)?,
    };
    show(shell, request, || self::json(&repaired, mode), |paint| text(&repaired, mode, paint));
    Ok(())
}

fn text(repaired: &Repaired, mode: Mode, paint: Paint) -> String {
    if repaired.acts.is_empty() {
        return "there is nothing to repair; nothing was written\n".to_owned();
    }
    let mut out = String::new();
    let word = if mode == Mode::DryRun { "would " } else { "" };
    for act in &repaired.acts {
        line(&mut out, &format!("  {word}{}", paint_of(act, paint, &visible_line(&act.to_string()))));
    }
    if let Some(head) = &repaired.head {
        line(&mut out, &format!("by its history the database is at {head}, which is what it is"));
    }
    if mode == Mode::DryRun {
        line(&mut out, &paint.faint("nothing was written"));
    }
    out
}

fn paint_of(act: &RepairAct, paint: Paint, words: &str) -> String {
    match act {
        RepairAct::Remove { .. } => paint.bad(words),
        RepairAct::CreateHistory | RepairAct::Write { .. } => paint.good(words),
        RepairAct::Rename { .. } => paint.notice(words),
    }
}

fn json(repaired: &Repaired, mode: Mode) -> String {
    super::json::text(json!({
        "command": "repair",
        "dry_run": mode == Mode::DryRun,
        "acts": repaired.acts.iter().map(act).collect::<Vec<_>>(),
        "head": repaired.head,
    }))
}

fn act(act: &RepairAct) -> Value {
    match act {
        RepairAct::CreateHistory => json!({ "act": "create_history" }),
        RepairAct::Remove { row } => json!({ "act": "remove", "row": row }),
        RepairAct::Write { number, revision, direction, method } => json!({
            "act": "write",
            "event": number,
            "revision": revision,
            "direction": direction.key(),
            "method": method.key(),
        }),
        RepairAct::Rename { previous, next } => {
            json!({ "act": "rename", "previous": previous, "next": next })
        }
    }
}
