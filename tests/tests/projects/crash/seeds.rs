//! Processes that die while they load seeds: a set is loaded with all of its rows, or with none, and the next run
//! completes.

use std::collections::BTreeSet;
use std::fs;

use generated_example::db::PROJECT;
use whimbrel::seed::{Scope, Seeder};
use whimbrel::{Apply, Migrator};

use super::program::{Ended, Program};
use crate::support::servers::{MariaDb, Postgres, Server};

const TABLES: [&str; 5] = ["users", "gmail_labels", "emails", "email_analyses", "email_labels"];

#[test]
fn killed_while_seeds_are_loaded() {
    let program = Program::with_faults("crash-seeds");
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    let (template, database) = (file("template.db"), file("mail.db"));
    migrated(&format!("sqlite:{}", template.display()));
    let again = || {
        for suffix in ["-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(file(&format!("mail.db{suffix}")));
        }
        fs::copy(&template, &database).unwrap();
    };
    kill("SQLite", &program, &format!("sqlite:{}", database.display()), 1, &again);
    if let Some(server) = Postgres::fresh() {
        let again = || {
            server.empty();
            migrated(&server.url());
        };
        kill("PostgreSQL", &program, &server.url(), 3, &again);
    }
    if let Some(server) = MariaDb::fresh() {
        let again = || {
            server.empty();
            migrated(&server.url());
        };
        kill("MariaDB", &program, &server.url(), 3, &again);
    }
}

fn migrated(url: &str) {
    Migrator::open(&PROJECT, url, ".").unwrap().apply(Apply::All).unwrap();
}

/// Kills runs before one statement after the other, with so many between two of them.
fn kill(name: &str, program: &Program, url: &str, stride: usize, again: &dyn Fn()) {
    let seeder = || Seeder::new(Migrator::open(&PROJECT, url, ".").unwrap()).unwrap().environment("test");
    // Which sets are loaded by the ledger's word, and which rows there are.
    let state = || -> (Vec<String>, String) {
        let mut seeder = seeder();
        let sets = seeder.status().unwrap().into_iter().map(|set| set.set).collect();
        (sets, seeder.export(&TABLES.map(str::to_owned)).unwrap())
    };
    again();
    let mut states = vec![state()];
    for set in ["fixtures", "reference"] {
        seeder().run(Scope::Set(set)).unwrap();
        states.push(state());
    }
    assert!(states[0].0.is_empty() && states[1] != states[0] && states[2] != states[1], "{name}: {states:?}");
    let run = |fault: &str| {
        let arguments = ["seed", "run", "--env", "test", "--url", url];
        program.run(std::env::temp_dir().as_path(), &arguments, fault)
    };
    let (mut number, mut reached, mut written) = (1, BTreeSet::new(), 0);
    loop {
        again();
        let Ended::Killed(statement) = run(&format!("halt:{number}")) else { break };
        let found = state();
        let place = states.iter().position(|state| *state == found);
        let place = place.unwrap_or_else(|| panic!("{name}: before {number}, {statement}: {found:?}"));
        reached.insert(place);
        let next = run("");
        assert_eq!(next.code(), Some(0), "{name}: after {number}, {statement}: {next:?}");
        assert_eq!(state(), states[2], "{name}: after {number}, {statement}, it leads elsewhere");
        written += usize::from(["INSERT", "COPY"].iter().any(|verb| statement.starts_with(verb)));
        number += stride;
    }
    assert_eq!(state(), states[2], "{name}: a whole run");
    assert!(reached.contains(&0) && reached.contains(&1), "{name}: {reached:?}");
    assert!(written * stride > 3, "{name}: {written} kills were before rows");
}
