//! `migrate verify` and `migrate wait`.

use serde_json::json;
use whimbrel_schema::text::counted;

use super::arguments::Request;
use super::paint::Paint;
use super::run::{Shell, show};
use super::text::line;
use crate::error::Error;
use crate::{Migrator, Verified};

pub(super) fn verify(
    migrator: &mut Migrator<'_>,
    request: &Request,
    shell: &mut Shell<'_>,
) -> Result<(), Error> {
    let verified = migrator.verify()?;
    show(shell, request, || self::json(&verified), |paint| text(&verified, paint));
    Ok(())
}

fn text(verified: &Verified, paint: Paint) -> String {
    let Verified { head, events, applied, pending } = verified;
    let mut out = String::new();
    let words = paint.good("the history is right");
    line(
        &mut out,
        &format!("{words}: {}, {} applied, {pending} pending", counted(*events, "event"), applied),
    );
    let head = head.as_deref().unwrap_or("the beginning, with nothing applied");
    line(&mut out, &format!("the database is at {head}"));
    out
}

fn json(verified: &Verified) -> String {
    super::json::text(json!({
        "command": "verify",
        "head": verified.head,
        "events": verified.events,
        "applied": verified.applied,
        "pending": verified.pending,
    }))
}

/// After the wait is over.
pub(super) fn waited(
    migrator: &mut Migrator<'_>,
    request: &Request,
    shell: &mut Shell<'_>,
) -> Result<(), Error> {
    let head = migrator.status()?.head;
    show(
        shell,
        request,
        || super::json::text(json!({ "command": "wait", "head": head, "pending": 0 })),
        |_| {
            format!("nothing is pending: the database is at {}\n", head.as_deref().unwrap_or("the beginning"))
        },
    );
    Ok(())
}
