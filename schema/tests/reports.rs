//! What the author of a schema is told: one reviewed report for each case.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::fs;
use std::path::Path;

use whimbrel_schema::{
    Config, Diagnostic, Dialect, Document, Snapshot, SourceId, Sources, Style, parse, report_all, validate,
};

/// The files of a case: the first one, and those behind lines of the form `#### PATH`.
fn sources(text: &str, path: &str) -> (Sources, Vec<SourceId>) {
    let (mut sources, mut ids) = (Sources::default(), Vec::new());
    let mut parts = text.split("#### ");
    ids.push(sources.add(path, parts.next().unwrap_or("")));
    for part in parts {
        let (path, text) = part.split_once('\n').unwrap();
        ids.push(sources.add(path, text));
    }
    (sources, ids)
}

fn check_each(directory: &str, diagnostics: impl Fn(&Sources, &[SourceId]) -> Vec<Diagnostic>) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(directory);
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let kind = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let (sources, ids) = sources(&fs::read_to_string(&path).unwrap(), &format!("{kind}/{name}.toml"));
        let diagnostics = diagnostics(&sources, &ids);
        for diagnostic in &diagnostics {
            assert!(!diagnostic.labels.is_empty(), "{diagnostic:?} has no place");
            assert!(!diagnostic.help.is_empty(), "{diagnostic:?} has no remedy");
        }
        let report = report_all(&diagnostics, &sources, Style::Plain);
        insta::assert_snapshot!(format!("{kind}_{name}"), report);
    }
}

#[path = "support/seeds.rs"]
mod seeds;

/// The first file of a case is a seed file; the others are what it is about.
#[test]
fn seed_files() {
    check_each("seed", |sources, ids| {
        let files: Vec<(&str, &str)> = ids
            .iter()
            .map(|id| (sources.get(*id).path.as_str(), sources.get(*id).text.as_ref()))
            .map(|(path, text)| (if path.starts_with("seed/") { "seeds/demo.toml" } else { path }, text))
            .collect();
        let (_, _, checked) = seeds::checked(&files);
        checked.diagnostics
    });
}

#[test]
fn schemas() {
    check_each("schema", |sources, ids| {
        let documents: Vec<Document> = ids.iter().map(|id| parse(sources, *id)).collect();
        validate(&documents, &Dialect::ALL).diagnostics
    });
}

#[test]
fn snapshots() {
    check_each("snapshot", |sources, ids| Snapshot::parse(sources, ids[0]).diagnostics);
}

#[test]
fn configurations() {
    check_each("config", |sources, ids| Config::parse(sources, ids[0]).1);
}
