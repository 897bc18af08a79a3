//! Reviews as one page that loads nothing.

use whimbrel_schema::text::counted;
use whimbrel_schema::{DifferenceKind, Pair, Severity};

use super::svg::svg;
use super::{Danger, Review};

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1f2328;background:#fff}
h2{border-bottom:1px solid #d1d9e0;padding-bottom:.3rem;margin-top:3rem}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #d1d9e0;padding:.3rem .6rem;text-align:left;vertical-align:top}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{background:#f6f8fa;padding:1rem;overflow:auto;border-radius:6px}
details{margin:.6rem 0}summary{cursor:pointer}
.error{color:#cf222e;font-weight:600}
svg.diagram{max-width:100%;height:auto}svg rect{fill:#f6f8fa;stroke:#8c959f}
svg .new rect{fill:#dafbe1;stroke:#1a7f37}svg .changed rect{fill:#fff8c5;stroke:#9a6700}svg .dropped rect{fill:#ffebe9;stroke:#cf222e}
svg text{font:13px ui-monospace,monospace;fill:#1f2328}svg .name{font-weight:600}
svg text.new{fill:#1a7f37}svg text.changed{fill:#9a6700}svg text.dropped{fill:#cf222e;text-decoration:line-through}
svg .edge{fill:none;stroke:#57606a;stroke-width:1.5}
";

/// The page.
pub(crate) fn html(reviews: &[Review], package: &str) -> String {
    let body: String = reviews.iter().map(one).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>Migrations of {0}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>Migrations of {0}</h1>\n{body}</body>\n</html>\n",
        escaped(package)
    )
}

fn one(review: &Review) -> String {
    let mut text = format!("<section id=\"{0}\">\n<h2>{0}</h2>\n", escaped(&review.revision));
    for paragraph in review.remarks.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        text += &format!("<p>{}</p>\n", escaped(paragraph));
    }
    let behind = match &review.parent {
        Some(parent) => format!("Behind <code>{}</code>.", escaped(parent)),
        None => "The first migration.".to_owned(),
    };
    text += &format!("<p>{behind} Rolling back is <strong>{}</strong>.</p>\n", review.reversal);
    text += &list(review.losses.iter().map(|loss| escaped(loss)));
    if !review.replaces.is_empty() {
        text += &format!(
            "<p>It <strong>stands for</strong> {}, and runs only where none of them has been applied:</p>\n",
            counted(review.replaces.len(), "migration")
        );
        text += &list(review.replaces.iter().map(|name| format!("<code>{}</code>", escaped(name))));
    }
    text += &changes(review);
    if !review.diagram.tables.is_empty() {
        text += &svg(&review.diagram, &format!("tables that {} changes", review.revision));
    }
    text += &dangers(review);
    text += "<h3>Locks</h3>\n";
    text += &match &review.locks[..] {
        [] => "<p>None that would keep others waiting.</p>\n".to_owned(),
        locks => list(locks.iter().map(|danger| {
            let what = escaped(&danger.what) + &review.only_on(danger);
            format!("{what}: {} <code>{}</code>", escaped(danger.reason), danger.code)
        })),
    };
    if review.opaque.previous + review.opaque.next > 0 {
        text += &format!(
            "<p><strong>Rust code</strong> runs on rows in {}; read <code>migrations/{}/migration.rs</code>.</p>\n",
            counted(review.opaque.previous + review.opaque.next, "step"),
            escaped(&review.revision)
        );
    }
    for (dialect, Pair { previous: up, next: down }) in &review.sql {
        text += &format!(
            "<details><summary>SQL on {dialect}: {} up, {} down</summary>\n<pre>-- upgrade\n{}\n\n-- downgrade\n{}</pre>\n</details>\n",
            counted(up.len(), "statement"),
            down.len(),
            escaped(&up.join("\n")),
            escaped(&down.join("\n"))
        );
    }
    text + "</section>\n"
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("<li>{item}</li>\n")).collect();
    if items.is_empty() { items } else { format!("<ul>\n{items}</ul>\n") }
}

fn changes(review: &Review) -> String {
    if review.changes.is_empty() {
        return "<p>No change of the schema.</p>\n".to_owned();
    }
    let rows = review.changes.iter().map(|difference| {
        let act = match difference.kind {
            DifferenceKind::Added => "new",
            DifferenceKind::Dropped => "dropped",
            DifferenceKind::Changed => "changed",
            DifferenceKind::Renamed => "renamed",
        };
        let side = |definition: &Option<String>| escaped(definition.as_deref().unwrap_or(""));
        format!(
            "<tr><td>{act}</td><td><code>{}</code></td><td><code>{}</code></td><td><code>{}</code></td></tr>\n",
            escaped(&difference.name),
            side(&difference.definition.previous),
            side(&difference.definition.next)
        )
    });
    let rows: String = rows.collect();
    format!("<table>\n<tr><th></th><th>What</th><th>Before</th><th>After</th></tr>\n{rows}</table>\n")
}

fn dangers(review: &Review) -> String {
    let rows: String = review.dangers.iter().map(|danger| row(danger, review)).collect();
    match rows.is_empty() {
        true => "<h3>Hazards</h3>\n<p>None.</p>\n".to_owned(),
        false => format!(
            "<h3>Hazards</h3>\n<table>\n<tr><th>Weight</th><th>Code</th><th>What</th><th>Safer</th></tr>\n{rows}</table>\n"
        ),
    }
}

fn row(danger: &Danger, review: &Review) -> String {
    let weight = match (danger.weight, &danger.accepted) {
        (_, Some(reason)) => format!("accepted: {}", escaped(reason)),
        (Severity::Error, None) => "<span class=\"error\">error</span>".to_owned(),
        (weight, None) => weight.key().to_owned(),
    };
    format!(
        "<tr><td>{weight}</td><td><code>{}</code></td><td>{}{}</td><td>{}</td></tr>\n",
        escaped(&danger.name),
        escaped(&danger.what),
        review.only_on(danger),
        escaped(danger.safer)
    )
}

/// Text of others that stays text.
pub(super) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            letter => shown.push(letter),
        }
    }
    shown
}
