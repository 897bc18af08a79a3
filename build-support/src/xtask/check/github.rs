//! What was found, as commands by which a run on GitHub Actions annotates lines.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message>

use whimbrel_schema::Level;
use whimbrel_schema::text::visible;

use super::Checked;
use super::finding::{Finding, Place};

impl Checked<'_> {
    /// One line for each finding.
    pub(super) fn github(&self) -> String {
        self.findings.iter().map(|finding| command(finding) + "\n").collect()
    }
}

fn command(finding: &Finding) -> String {
    let mut properties: Vec<(&str, String)> = finding.places.first().map(place).unwrap_or_default();
    properties.push(("title", finding.code.to_string()));
    let properties: Vec<String> =
        properties.into_iter().map(|(key, value)| format!("{key}={}", property(&value))).collect();
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    format!("::{level} {}::{}", properties.join(","), data(&visible(&finding.text())))
}

/// A range of several lines has no columns: with them the whole place is dropped.
fn place(place: &Place) -> Vec<(&'static str, String)> {
    let Place { file, start, end, .. } = place;
    let mut properties = vec![("file", file.clone()), ("line", start.line.to_string())];
    if start.line == end.line {
        properties.push(("col", start.column.to_string()));
    }
    properties.push(("endLine", end.line.to_string()));
    if start.line == end.line {
        properties.push(("endColumn", end.column.to_string()));
    }
    properties
}

/// Text behind the `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
