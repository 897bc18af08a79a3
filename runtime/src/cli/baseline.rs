//! `migrate baseline`.

use serde_json::json;

use super::arguments::{Mode, Request};
use super::paint::Paint;
use super::run::{Shell, show};
use super::text::line;
use crate::error::Error;
use crate::{Apply, Migrator};

pub(super) fn baseline(
    migrator: &mut Migrator<'_>,
    target: Apply<'_>,
    mode: Mode,
    request: &Request,
    shell: &mut Shell<'_>,
) -> Result<(), Error> {
    let marked: Vec<String> = match mode {
        Mode::DryRun => {
            let planned = migrator.plan_baseline(target)?;
            planned.iter().map(|migration| migration.revision.to_owned()).collect()
        }
        Mode::Run => migrator.baseline(target)?.completed.into_iter().map(|done| done.revision).collect(),
    };
    show(shell, request, || self::json(&marked, mode), |paint| text(&marked, mode, paint));
    Ok(())
}

fn text(marked: &[String], mode: Mode, paint: Paint) -> String {
    let mut out = String::new();
    let word = if mode == Mode::DryRun { "would be marked" } else { "marked" };
    for revision in marked {
        line(&mut out, &format!("{}  {revision}", paint.good(word)));
    }
    let head = marked.last().map_or("", String::as_str);
    line(&mut out, &format!("the database is what {head} leads to; none of its tables was touched"));
    if mode == Mode::DryRun {
        line(&mut out, &paint.faint("nothing was written"));
    }
    out
}

fn json(marked: &[String], mode: Mode) -> String {
    super::json::text(json!({
        "command": "baseline",
        "dry_run": mode == Mode::DryRun,
        "head": marked.last(),
        "marked": marked,
    }))
}
