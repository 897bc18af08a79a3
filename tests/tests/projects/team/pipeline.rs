//! ci/validate and ci/apply, and the workflow that runs them: from a pull request to a database.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use crate::base::{self, SCHEMA};
use crate::harness::{Package, Ran, Repository, Workspace, repository, script};

/// A clone of a bare remote, and the package in it.
struct Clone {
    repository: Repository,
    package: Package,
}

fn clone(remote: &Path, place: &Path, name: &str) -> Clone {
    let here = Repository::at(place.parent().unwrap());
    here.git(&["clone", "--quiet", remote.to_str().unwrap(), place.to_str().unwrap()]).ends(0);
    let package = Package { name: name.to_owned(), root: place.join("packages").join(name) };
    Clone { repository: Repository::at(place), package }
}

fn ci(package: &Package, name: &str, arguments: &str, variables: &[(&str, &str)]) -> Ran {
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    script(&repository().join("ci").join(name), &package.root, &arguments, variables)
}

#[test]
fn from_a_pull_request_to_the_database() {
    let workspace = Workspace::new();
    let package = workspace.package_with("pipeline", base::files());
    package.append("whimbrel.toml", "\n[environment.production]\nurl = { env = \"DATABASE_URL\" }\n");
    let origin = workspace.repository();
    let places = tempfile::tempdir().unwrap();
    let remote = places.path().join("remote.git");
    origin.git(&["clone", "--quiet", "--bare", ".", remote.to_str().unwrap()]).ends(0);

    // Two branches, both green by themselves.
    let ada = clone(&remote, &places.path().join("ada"), "pipeline");
    ada.repository.branch("phones", "main");
    let phones = "[table.phones.columns]\nid = { type = \"bigint\", primary_key = true }\n";
    ada.package.write("schema/phones.toml", phones);
    ada.package.evolve("add_phones", &[]);
    ada.repository.commit("phones");
    let summary = places.path().join("summary.md");
    let on_github = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    let ran = ci(&ada.package, "validate", "--base origin/main --out review", &on_github).ends(0);
    for step in ["check", "build", "tests and replay", "review"] {
        assert!(
            ran.out.lines().any(|line| line.starts_with("passed") && line.ends_with(step)),
            "{}",
            ran.out
        );
    }
    let review = ada.package.read("review/review.md");
    assert!(
        review.starts_with("## 0004_add_phones\n") && !review.contains("0003_add_settings\n"),
        "{review}"
    );
    assert!(std::fs::read_to_string(&summary).unwrap().contains(&review));
    assert!(ada.package.read("review/review.html").contains("<svg"));

    let bob = clone(&remote, &places.path().join("bob"), "pipeline");
    bob.repository.branch("age", "main");
    bob.package.replace(SCHEMA, "nick  = \"text?\"\n", "nick  = \"text?\"\nage = \"integer?\"\n");
    bob.package.evolve("add_age", &[]);
    bob.repository.commit("age");

    // The first is merged, and the second is red before it is.
    ada.repository.git(&["push", "--quiet", "origin", "phones:main"]).ends(0);
    bob.repository.git(&["fetch", "--quiet"]).ends(0);
    let ran = ci(&bob.package, "validate", "--base origin/main", &on_github).ends(1);
    assert!(
        ran.out.contains("::error file=packages/pipeline/migrations/0004_add_phones/snapshot.toml,line=3"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("FAILED") && ran.err.contains("failed: check"), "{}\n{}", ran.out, ran.err);
    bob.repository.git(&["merge", "--quiet", "--no-edit", "origin/main"]).ends(0);
    // A branch that follows none is to be merged into the one that the remote begins with.
    bob.package
        .xtask(&["migrate-rebase", "--dry-run"])
        .ends(0)
        .says("what origin/main has stays; --onto or --base would say another")
        .says("0004_add_age is now 0005_add_age");
    bob.package
        .xtask(&["migrate-rebase", "--base", "origin/main"])
        .ends(0)
        .says("0004_add_age is now 0005_add_age");
    bob.repository.commit("behind phones");
    ci(&bob.package, "validate", "--base origin/main", &[]).ends(0);

    deploy(&bob.package, places.path());
    bob.repository.git(&["push", "--quiet", "origin", "age:main"]).ends(0);
}

/// What was approved is applied, and nothing else.
fn deploy(package: &Package, places: &Path) {
    let told = places.join("told");
    let notify = places.join("notify");
    std::fs::write(&notify, format!("#!/bin/sh\necho \"$@\" >> {}\n", told.display())).unwrap();
    Command::new("chmod").arg("+x").arg(&notify).status().unwrap();
    let database = places.join("production.db");
    let (url, output) = (format!("sqlite:{}", database.display()), places.join("output"));
    let variables = [
        ("DATABASE_URL", url.as_str()),
        ("WHIMBREL_NOTIFY", notify.to_str().unwrap()),
        ("GITHUB_OUTPUT", output.to_str().unwrap()),
    ];
    let apply = |arguments: &str| ci(package, "apply", &format!("{arguments} --env production"), &variables);
    let plan = || -> String {
        apply("plan").ends(0).says("pending on production: ");
        let output = std::fs::read_to_string(&output).unwrap();
        output.lines().rev().find_map(|line| line.strip_prefix("hash=")).unwrap().to_owned()
    };
    let hash = plan();
    assert_eq!(plan(), hash, "the same plan has the same hash");
    apply("run").ends(2).complains("--plan HASH");
    apply("run --plan 0000").ends(5).complains("another than the one that was approved; nothing was applied");
    assert!(!database.exists());
    apply(&format!("run --plan {hash}")).ends(0).says("5 migrations applied");
    // It was applied, so what was approved is no longer what would be done.
    apply(&format!("run --plan {hash}")).ends(5);
    apply("drift").ends(0);
    rusqlite::Connection::open(&database)
        .unwrap()
        .execute("ALTER TABLE users ADD COLUMN by_hand TEXT", [])
        .unwrap();
    apply("drift").ends(4);
    ci(package, "apply", "plan --env nowhere", &variables).ends(2).complains("cannot be made");
    let told = std::fs::read_to_string(&told).unwrap();
    let expected = [
        "plan production succeeded",
        "plan production succeeded",
        "run production refused",
        "run production succeeded",
        "run production refused",
        "drift production succeeded",
        "drift production failed",
        "plan nowhere failed",
    ];
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);
}
