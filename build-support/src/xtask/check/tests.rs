//! What programs are told: reviewed documents, and the rules of each format.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::fs;

use serde_json::Value;

use super::*;

/// A schema with errors in two places of a file whose name wants escaping, in a package below the root.
fn with_checked(check: impl Fn(&Checked<'_>)) {
    let repository = tempfile::tempdir().unwrap();
    let root = repository.path().join("crates/mail");
    fs::create_dir_all(root.join("schema")).unwrap();
    fs::create_dir(repository.path().join(".git")).unwrap();
    fs::write(root.join("whimbrel.toml"), "").unwrap();
    let text = "[table.users.columns]\nid = { type = \"bigint\", primary_key = true }\n\
                # ä\n\"né\" = { type = \"text\", references = \"users.id\" }\n\
                rate = { type = \"text\", default = { sql = \"\"\"\n100%\"\"\", \"sqx\u{202e}\" = \"\" } }\n\
                [table.drafts]\ncolumns = [\n  1,\n]\n";
    fs::write(root.join("schema/a, b: 100%.toml"), text).unwrap();
    let package = Package { name: "mail".to_owned(), root: root.clone() };
    let analysis = Analysis::of(&root);
    check(&checked(&package, &analysis, &analysis.all(), &["no rows could be made for t".to_owned()]));
}

#[test]
fn json() {
    with_checked(|checked| {
        insta::assert_snapshot!(checked.json());
        let document: Value = serde_json::from_str(&checked.json()).unwrap();
        assert_eq!(document["diagnostics"][0]["file"], "crates/mail/schema/a, b: 100%.toml");
    });
}

#[test]
fn github() {
    with_checked(|checked| {
        let text = checked.github();
        insta::assert_snapshot!(text);
        assert!(text.contains("\\u{202e}") && !text.contains('\u{202e}'), "a log shows what is there");
        for line in text.lines() {
            let (properties, _) = line.strip_prefix("::error ").unwrap().split_once("::").unwrap();
            let properties: Vec<_> = properties.split(',').map(|one| one.split_once('=').unwrap()).collect();
            assert_eq!(properties.first().unwrap().0, "file");
            assert_eq!(properties.last().unwrap().0, "title");
            assert!(properties.iter().all(|(_, value)| !value.contains(':')));
        }
    });
}

/// The reviewed document is valid by the JSON schema of the standard, which is too large to be kept
/// here.
#[test]
fn sarif() {
    with_checked(|checked| {
        insta::assert_snapshot!(checked.sarif());
        let log: Value = serde_json::from_str(&checked.sarif()).unwrap();
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(!rule["help"]["text"].as_str().unwrap().is_empty());
            let place = &result["locations"][0]["physicalLocation"];
            assert!(
                place["artifactLocation"]["uri"]
                    .as_str()
                    .unwrap()
                    .starts_with("crates/mail/schema/a%2C%20b%3A")
            );
            let region = &place["region"];
            let at =
                |line: &str, column: &str| (region[line].as_u64().unwrap(), region[column].as_u64().unwrap());
            assert!(
                at("startLine", "startColumn") <= at("endLine", "endColumn")
                    && at("startLine", "startColumn").1 > 0
            );
        }
    });
}

#[test]
fn nothing_found_is_a_document_as_well() {
    let checked = Checked {
        package: "mail",
        directory: String::new(),
        tables: 2,
        migrations: 1,
        notes: &[],
        findings: Vec::new(),
    };
    let document: Value = serde_json::from_str(&checked.json()).unwrap();
    assert_eq!(document["diagnostics"], Value::Array(Vec::new()));
    let log: Value = serde_json::from_str(&checked.sarif()).unwrap();
    assert_eq!(log["runs"][0]["results"], Value::Array(Vec::new()));
    assert_eq!(checked.github(), "");
}

#[test]
fn formats_are_known_by_name() {
    let parse =
        |words: &[&str]| parse(Parser::from_args(words.iter().copied())).map(|Request { format, .. }| format);
    assert_eq!(parse(&[]).unwrap(), Format::Human);
    assert_eq!(parse(&["--json"]).unwrap(), Format::Json);
    assert_eq!(parse(&["--format", "sarif"]).unwrap(), Format::Sarif);
    assert_eq!(parse(&["--format=github"]).unwrap(), Format::Github);
    let failure = format!("{:?}", parse(&["--format", "jsn"]).unwrap_err());
    assert!(failure.contains("did you mean `json`?"), "{failure}");
}
