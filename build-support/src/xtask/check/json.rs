//! What was found, as JSON. Keys are only ever added.

use serde_json::{Value, json};

use super::Checked;
use super::finding::{Finding, Place};

impl Checked<'_> {
    /// The document that docs/workflow.md describes.
    pub(super) fn json(&self) -> String {
        let document = json!({
            "command": "migrate-check",
            "package": self.package,
            "directory": self.directory,
            "tables": self.tables,
            "migrations": self.migrations,
            "notes": self.notes,
            "diagnostics": self.findings.iter().map(diagnostic).collect::<Vec<_>>(),
        });
        format!("{document:#}\n")
    }
}

/// The place of the diagnostic is that of its first label.
fn diagnostic(finding: &Finding) -> Value {
    let primary = finding.places.first();
    json!({
        "code": finding.code.to_string(),
        "severity": finding.level.key(),
        "message": finding.message,
        "file": primary.map(|place| &place.file),
        "line": primary.map(|place| place.start.line),
        "column": primary.map(|place| place.start.column),
        "end_line": primary.map(|place| place.end.line),
        "end_column": primary.map(|place| place.end.column),
        "labels": finding.places.iter().map(label).collect::<Vec<_>>(),
        "help": finding.help,
    })
}

fn label(place: &Place) -> Value {
    json!({
        "file": place.file,
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
        "message": place.message,
    })
}
