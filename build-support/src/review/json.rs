//! Reviews as JSON. Keys are only ever added.

use serde_json::{Value, json};
use whimbrel_schema::DifferenceKind;

use super::diagram::mermaid;
use super::{Danger, Review};

/// The document that docs/teams.md describes.
pub(crate) fn json(reviews: &[Review], package: &str) -> String {
    let document = json!({
        "command": "migrate-review",
        "package": package,
        "migrations": reviews.iter().map(one).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn one(review: &Review) -> Value {
    let changes = review.changes.iter().map(|difference| {
        json!({
            "kind": match difference.kind {
                DifferenceKind::Added => "added",
                DifferenceKind::Dropped => "dropped",
                DifferenceKind::Changed => "changed",
                DifferenceKind::Renamed => "renamed",
            },
            "name": difference.name,
            "previous": difference.definition.previous,
            "next": difference.definition.next,
        })
    });
    let sql = review.sql.iter().map(|(dialect, sql)| {
        (dialect.key().to_owned(), json!({ "upgrade": sql.previous, "downgrade": sql.next }))
    });
    json!({
        "revision": review.revision,
        "parent": review.parent,
        "replaces": review.replaces,
        "hash": review.hash,
        "remarks": review.remarks,
        "changes": changes.collect::<Vec<_>>(),
        "hazards": review.dangers.iter().map(danger).collect::<Vec<_>>(),
        "locks": review.locks.iter().map(danger).collect::<Vec<_>>(),
        "reversal": review.reversal,
        "losses": review.losses,
        "opaque_steps": { "upgrade": review.opaque.previous, "downgrade": review.opaque.next },
        "sql": sql.collect::<serde_json::Map<_, _>>(),
        "diagram": mermaid(&review.diagram),
    })
}

fn danger(danger: &Danger) -> Value {
    json!({
        "code": danger.code.to_string(),
        "name": danger.name,
        "severity": danger.weight.key(),
        "message": danger.what,
        "reason": danger.reason,
        "alternative": danger.safer,
        "accepted": danger.accepted,
        "dialects": danger.dialects.iter().map(|dialect| dialect.key()).collect::<Vec<_>>(),
    })
}
