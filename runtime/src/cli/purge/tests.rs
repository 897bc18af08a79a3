//! What is purged, when, and what is said about it.
#![cfg(feature = "sqlite")]

use crate::cli::tests::Package;

/// A package whose database of this environment has two entries in its archive, from 100 and from 10
/// days ago.
fn archived(environment: &str) -> Package {
    let package = Package::new();
    let file = package.0.path().join(format!("{environment}.db"));
    for text in ["old", "new"] {
        assert_eq!(package.run(&format!("apply --env {environment}")).code, 0);
        let db = rusqlite::Connection::open(&file).unwrap();
        db.execute("INSERT INTO notes VALUES (?1)", [text]).unwrap();
        let allow = "--allow WHD101:notes";
        assert_eq!(package.run(&format!("rollback --all --env {environment} {allow}")).code, 0);
    }
    let db = rusqlite::Connection::open(&file).unwrap();
    db.execute_batch(
        "UPDATE whimbrel_archive SET archived_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-100 days') WHERE entry = 1;
         UPDATE whimbrel_archive SET archived_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-10 days') WHERE entry = 2;",
    )
    .unwrap();
    package
}

fn entries(package: &Package, environment: &str) -> Vec<i64> {
    let (_, list) = package.json(&format!("archive list --env {environment}"));
    list["entries"].as_array().unwrap().iter().map(|entry| entry["entry"].as_i64().unwrap()).collect()
}

#[test]
fn a_purge_removes_what_is_kept_no_longer() {
    let package = archived("staging");
    let dry = package.run("archive purge --dry-run --env staging");
    assert!(dry.out.starts_with("to be purged: entry 1: 1 row of notes, archived "), "{}", dry.out);
    assert!(dry.out.ends_with("Z\nnothing was purged\n"), "{}", dry.out);
    assert_eq!(entries(&package, "staging"), [1, 2]);

    let ran = package.run("archive purge --env staging");
    assert_eq!((ran.code, ran.out.as_str()), (0, "purged entry 1: 1 row of notes\n"));
    assert!(ran.err.starts_with("to be purged: entry 1: 1 row of notes"), "{}", ran.err);
    assert_eq!(entries(&package, "staging"), [2]);
    let ran = package.run("archive purge --env staging");
    assert_eq!(ran.out, "nothing in the archive is older than 90d\n");

    let (_, purged) = package.json("archive purge --older-than 1w --env staging");
    assert_eq!((&purged["dry_run"], &purged["entries"][0]["entry"]), (&false.into(), &2.into()));
    assert_eq!(package.run("archive purge --all --env staging").out, "the archive is empty\n");
}

#[test]
fn applying_says_what_is_overdue_and_removes_nothing() {
    let package = archived("staging");
    for place in ["--env staging", "--url sqlite:staging.db"] {
        let ran = package.run(&format!("apply {place}"));
        assert_eq!(ran.code, 0);
        assert_eq!(
            ran.err,
            "archive: 1 entry is older than 90d; migrate archive purge removes it, and with --dry-run shows it\n"
        );
    }
    let (_, report) = package.json("apply --env staging");
    assert_eq!(report["overdue"][0]["entry"], 1);
    assert_eq!(entries(&package, "staging"), [1, 2]);
}

#[test]
fn without_a_time_to_keep_nothing_is_overdue() {
    let package = archived("production");
    assert_eq!(package.run("apply --env production").err, "");
    let ran = package.run("archive purge --env production");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("--older-than 90d") && ran.err.contains("[archive] keep"), "{}", ran.err);
    assert_eq!(package.run("archive purge 1 7 --env production").code, 2);
    assert_eq!(entries(&package, "production"), [1, 2]);
    assert_eq!(package.run("archive purge 2 2 --env production").out, "purged entry 2: 1 row of notes\n");
    assert_eq!(entries(&package, "production"), [1]);
}
