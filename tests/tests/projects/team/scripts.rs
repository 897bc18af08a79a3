//! ci/validate, ci/apply and ci/comment among programs that write down how they were called.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::harness::{Ran, repository, script};

/// A directory with programs, in which scripts run.
struct Stage {
    directory: TempDir,
}

/// Writes down its name, its arguments and the variables that matter, fails where `FAILS` is in its arguments, and says
/// what the file of its first word after options says.
const PROGRAM: &str = r#"#!/bin/sh
name=${0##*/}
echo "$name $* CI=$CI INSTA_UPDATE=$INSTA_UPDATE" >> "$STAGE/calls"
case "$name $*" in *"${FAILS:-nothing fails}"*) exit 3 ;; esac
case "$*" in
    *"pending --json"*) cat "$STAGE/pending.json" ;;
    *"apply --dry-run"*) cat "$STAGE/plan" ;;
    *) echo "said by $name $*" ;;
esac
"#;

/// GitHub's own program, as far as comments go: it keeps one.
const GH: &str = r#"#!/bin/sh
echo "gh $*" >> "$STAGE/calls"
for argument; do
    case $argument in
        *startswith*) mark=${argument#*startswith(\"}; mark=${mark%%\")*} ;;
        body=@*) cp "${argument#body=@}" "$STAGE/comment" ;;
    esac
done
if [ -n "$mark" ] && [ -f "$STAGE/comment" ] && head -n 1 "$STAGE/comment" | grep -qF -e "$mark"; then echo 77; fi
"#;

impl Stage {
    fn new() -> Self {
        let stage = Self { directory: tempfile::tempdir().unwrap() };
        for (name, text) in [("xtask", PROGRAM), ("cargo", PROGRAM), ("notify", PROGRAM), ("gh", GH)] {
            stage.write(name, text);
            fs::set_permissions(stage.path(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs a script of `ci`; `fails` is what in a call makes a program fail.
    fn run(&self, line: &str, fails: &str, more: &[(&str, &str)]) -> Ran {
        let _ = fs::remove_file(self.path("calls"));
        let mut words = line.split_whitespace();
        let name: &Path = Path::new(words.next().unwrap());
        let arguments: Vec<&str> = words.collect();
        let path = |name: &str| self.path(name).display().to_string();
        let (here, xtask, cargo, notify) = (path(""), path("xtask"), path("cargo"), path("notify"));
        let programs = format!("{here}:{}", std::env::var("PATH").unwrap());
        let mut variables = vec![
            ("STAGE", here.trim_end_matches('/')),
            ("PATH", &programs),
            ("WHIMBREL_XTASK", &xtask),
            ("CARGO", &cargo),
            ("WHIMBREL_NOTIFY", &notify),
            ("FAILS", if fails.is_empty() { "nothing fails" } else { fails }),
            ("CI", ""),
            ("INSTA_UPDATE", ""),
        ];
        variables.extend(more);
        script(&repository().join("ci").join(name), self.directory.path(), &arguments, &variables)
    }

    /// The calls of the last run.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        calls.lines().map(|call| call.trim_end_matches(" CI= INSTA_UPDATE=").to_owned()).collect()
    }
}

#[test]
fn validation_tries_every_step_and_says_which_failed() {
    let stage = Stage::new();
    let summary = stage.path("summary").display().to_string();
    let line = "validate -p mail --base origin/main --out out";
    stage.run(line, "", &[("GITHUB_STEP_SUMMARY", &summary)]).ends(0);
    let all = [
        "xtask -p mail migrate-check --base origin/main --format human",
        "cargo build -p mail",
        "cargo test -p mail CI=true INSTA_UPDATE=no",
        "xtask -p mail migrate-review --base origin/main --format markdown",
        "xtask -p mail migrate-review --base origin/main --format json",
        "xtask -p mail migrate-review --base origin/main --format html",
    ];
    assert_eq!(stage.calls(), all);
    for (file, format) in [("md", "markdown"), ("json", "json"), ("html", "html")] {
        let said = stage.read(&format!("out/review.{file}"));
        assert!(said.contains(&format!("--format {format}")), "{said}");
    }
    let told = stage.read("summary");
    assert!(told.contains("passed") && told.contains(&stage.read("out/review.md")), "{told}");

    for (fails, step) in [
        ("migrate-check", "check"),
        ("cargo build", "build"),
        ("cargo test", "tests and replay"),
        ("--format html", "review"),
    ] {
        let ran = stage.run(line, fails, &[]).ends(1).complains(&format!("failed: {step}"));
        let failed: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("FAILED")).collect();
        assert!(matches!(failed[..], [line] if line.ends_with(step)), "{}", ran.out);
        assert_eq!(stage.calls(), all, "{step}");
    }
    // What an earlier run has said is not taken for this one's.
    stage.run(line, "migrate-review", &[]).ends(1);
    for file in ["md", "json", "html"] {
        assert!(!stage.path(&format!("out/review.{file}")).exists(), "{file}");
    }
    stage.run("validate", "", &[("GITHUB_ACTIONS", "true")]).ends(0);
    assert_eq!(stage.calls()[0], "xtask migrate-check --format github");
    stage.run("validate --bas main", "", &[]).ends(2);
}

#[test]
fn a_plan_is_the_migrations_and_their_sql() {
    let stage = Stage::new();
    let pending = "[{\"revision\": \"0001_a\", \"hash\": \"w1:aa\"}, {\"revision\": \"0002_b\",\n \"hash\": \"w1:bb\"}]\n";
    stage.write("pending.json", pending);
    stage.write("plan", "-- now\nCREATE TABLE a (id int);\n");
    let output = stage.path("output").display().to_string();
    let plan = || {
        let _ = fs::remove_file(stage.path("output"));
        stage.run("apply plan -p mail --env far", "", &[("GITHUB_OUTPUT", &output)]).ends(0);
        stage.read("output")
    };
    let first = plan();
    assert!(first.ends_with("pending=2\n"), "{first}");
    assert_eq!(
        stage.calls(),
        [
            "xtask -p mail migrate pending --json --env far",
            "xtask -p mail migrate apply --dry-run --env far",
            "notify plan far succeeded"
        ]
    );
    stage.write("plan", "-- a moment later\nCREATE TABLE a (id int);\n");
    assert_eq!(plan(), first, "what a comment says is no part of it");
    stage.write("plan", "-- now\nCREATE TABLE a (id bigint);\n");
    assert_ne!(plan(), first);
    stage.write("plan", "-- now\nCREATE TABLE a (id int);\n");
    stage.write("pending.json", &pending.replace("w1:bb", "w1:cc"));
    assert_ne!(plan(), first);
    stage.write("pending.json", pending);
    assert_eq!(plan(), first);

    let hash = first.lines().find_map(|line| line.strip_prefix("hash=")).unwrap().to_owned();
    let run = |fails: &str| stage.run(&format!("apply run --env far --plan {hash}"), fails, &[]);
    run("").ends(0);
    assert_eq!(
        stage.calls()[2..],
        [
            "xtask migrate apply --env far",
            "xtask migrate status --check --env far",
            "notify run far succeeded"
        ]
    );
    // How it ended is how the script ends, whatever a notification does.
    run("migrate apply --env").ends(3);
    assert_eq!(
        stage.calls()[2..],
        ["xtask migrate apply --env far", "xtask migrate status --env far", "notify run far failed"]
    );
    run("status --check").ends(3);
    assert_eq!(stage.calls().last().unwrap(), "notify run far failed");
    run("notify").ends(0).complains("the notification failed");
    for fails in ["pending --json", "--dry-run"] {
        run(fails).ends(3).complains("the plan for `far` cannot be made");
        assert!(!stage.calls().iter().any(|call| call.contains("migrate apply --env")), "{fails}");
    }
    stage.write("plan", "DROP TABLE a;\n");
    run("").ends(5).complains("nothing was applied");
    assert!(!stage.calls().iter().any(|call| call.contains("migrate apply --env")));
    assert_eq!(stage.calls().last().unwrap(), "notify run far refused");
    stage.run("apply run --env far", "", &[]).ends(2);
    stage.run("apply plan", "", &[]).ends(2);
    stage.run("apply drift --env far", "migrate drift", &[]).ends(3);
    assert_eq!(stage.calls(), ["xtask migrate drift --env far", "notify drift far failed"]);
}

#[test]
fn a_pull_request_has_one_comment() {
    let stage = Stage::new();
    let comment = |review: &str| {
        stage.write("review.md", review);
        stage.run("comment review.md 7", "", &[("GITHUB_REPOSITORY", "ada/mail")]).ends(0);
        stage.calls()[1].clone()
    };
    let first = comment("## 0004_add_phones\n");
    assert!(first.starts_with("gh api --silent --method POST repos/ada/mail/issues/7/comments "), "{first}");
    assert!(stage.read("comment").ends_with("-->\n## 0004_add_phones\n"));
    // Later runs write that one anew.
    let next = comment("## 0004_add_tags\n");
    assert!(next.starts_with("gh api --silent --method PATCH repos/ada/mail/issues/comments/77 "), "{next}");
    assert!(stage.read("comment").ends_with("-->\n## 0004_add_tags\n"));
    // GitHub takes no more than 65,536 characters.
    comment(&"a line of a long review\n".repeat(5000));
    let text = stage.read("comment");
    assert!(
        text.len() < 65_536 && text.ends_with("The rest is in the summary of the run.\n"),
        "{}",
        text.len()
    );
    stage.run("comment review.md", "", &[]).ends(2);
}
