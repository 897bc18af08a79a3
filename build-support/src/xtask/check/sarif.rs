//! What was found, in SARIF 2.1.0, the interchange format of static analysis.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeSet;

use serde_json::{Value, json};
use whimbrel_schema::{Explanation, HazardCode, Severity};

use super::Checked;
use super::finding::{Finding, Place};
use crate::xtask::explain;

impl Checked<'_> {
    /// A log with one run.
    pub(super) fn sarif(&self) -> String {
        let rules = rules(&self.findings);
        let log = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "whimbrel",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules.iter().map(|rule| self::rule(rule)).collect::<Vec<_>>(),
                } },
                "columnKind": "unicodeCodePoints",
                "results": self.findings.iter().map(|finding| result(finding, &rules)).collect::<Vec<_>>(),
            }],
        });
        format!("{log:#}\n")
    }
}

/// The explanations of the codes that were found, in order.
fn rules(findings: &[Finding]) -> Vec<&'static Explanation> {
    let found: BTreeSet<String> = findings.iter().map(|finding| finding.code.to_string()).collect();
    explain::all().filter(|explanation| found.contains(explanation.code)).collect()
}

fn rule(explanation: &Explanation) -> Value {
    let Explanation { code, title, text } = explanation;
    let level = match HazardCode::from_text(code).map(|code| code.rule().severity) {
        None | Some(Severity::Error) => "error",
        Some(Severity::Warn) => "warning",
        Some(Severity::Inform | Severity::Off) => "note",
    };
    json!({
        "id": code,
        "shortDescription": { "text": title },
        "fullDescription": { "text": title },
        "help": { "text": text, "markdown": text },
        "defaultConfiguration": { "level": level },
    })
}

fn result(finding: &Finding, rules: &[&Explanation]) -> Value {
    let code = finding.code.to_string();
    let mut result = json!({
        "ruleId": code,
        "ruleIndex": rules.iter().position(|rule| rule.code == code),
        "level": finding.level.key(),
        "message": { "text": finding.text() },
        "locations": finding.places.iter().take(1).map(location).collect::<Vec<_>>(),
    });
    let related: Vec<Value> = finding.places.iter().skip(1).map(location).collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

fn location(place: &Place) -> Value {
    let Place { file, start, end, message } = place;
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(file), "uriBaseId": "%SRCROOT%" },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        },
        "message": { "text": message },
    })
}

/// A relative path as a reference in a URI: what is not plain is escaped byte by byte.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}
