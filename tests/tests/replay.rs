//! The replay on every case of the laws, on rows that it makes itself.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::collections::BTreeMap;

use support::case::cases;
use whimbrel::replay::{Problem, Replayed, Subject, replay};

#[test]
fn every_case_holds_on_rows_that_are_made_for_it() {
    let mut found = Vec::new();
    let mut made: BTreeMap<String, Replayed> = BTreeMap::new();
    for case in cases() {
        let Some(up) = case.up() else { continue };
        let down = case.down();
        let subject = Subject {
            schemas: up.schemas,
            upgrade: up.operations,
            downgrade: down.as_ref().map(|down| down.operations),
        };
        match replay(&subject) {
            Ok(replayed) => drop(made.insert(case.name.clone(), replayed)),
            Err(problem) => found.push(format!("{}: {}", case.name, words(&problem))),
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    for (name, replayed) in &made {
        assert!(replayed.empty.is_empty(), "{name}: {replayed:?}");
    }
    assert!(made.len() >= 20);
}

fn words(problem: &Problem) -> String {
    match problem {
        Problem::Rejected(defects) => format!("{defects:?}"),
        Problem::Failed(failure) => format!(
            "{} {:?} {}: {}\n    {}",
            failure.direction,
            failure.step,
            failure.after,
            failure.message,
            failure.details.join("\n    ")
        ),
        Problem::Broken(error) => error.to_string(),
    }
}
