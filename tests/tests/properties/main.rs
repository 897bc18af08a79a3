//! The laws of migrations hold for random pairs of schemas, and those of seeds for random seed files.
//!
//! A pair is made of a seed, so every run tries the same ones; `WHIMBREL_TEST_PAIRS=2000` tries more,
//! and `WHIMBREL_TEST_PAIRS=700..800` others. What breaks a law is printed as a case, as small as it
//! gets, that can be saved as it is under `tests/cases`. On servers the same is done with pairs that hold there,
//! where the catalogue is compared with that of a fresh database, and the rows with those of SQLite.
//!
//! Seeds and edits are this test's own rather than those of a library: a pair is shrunk as the text that a
//! reader sees, by leaving out lines and keys on both sides at once, which no library knows of.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod chance;
mod edit;
mod judge;
mod kind;
mod pair;
mod portable;
mod rows;
mod seeds;
mod shrink;
mod sketch;
#[path = "../support/mod.rs"]
mod support;

use std::ops::Range;

use judge::{Verdict, judge, judge_on};
use support::servers::{MariaDb, Postgres, Session, Speaks};
use whimbrel_schema::Dialect;

#[test]
fn laws_hold_for_random_pairs() {
    hold(None, range("WHIMBREL_TEST_PAIRS", 300), judge);
}

#[test]
fn laws_hold_for_random_pairs_on_postgres() {
    hold_on::<Postgres>();
}

#[test]
fn laws_hold_for_random_pairs_on_mariadb() {
    hold_on::<MariaDb>();
}

fn hold_on<S: Speaks>() {
    if Session::<S>::open().is_some() {
        hold(Some(S::DIALECT), range("WHIMBREL_TEST_PAIRS", 60), judge_on::<S>);
    }
}

/// The laws hold for the pairs of some seeds.
fn hold(other: Option<Dialect>, seeds: Range<u64>, judge: fn(&str) -> Verdict) {
    let (mut filled, mut returned, mut broken) = (0, 0, Vec::new());
    for seed in seeds.clone() {
        let text = pair::pair(seed, other);
        match judge(&text) {
            Verdict::Holds { with_rows, back } => {
                filled += u64::from(with_rows);
                returned += u64::from(back);
            }
            Verdict::NoCase(wrong) => broken.push(format!("pair {seed} is no case: {wrong}\n{text}")),
            Verdict::Broken { law, problems } => {
                let small = shrink::shrink(&text, law, judge);
                broken.push(format!("{law}: {}\n\n{small}", problems.join("\n")));
            }
        }
        if broken.len() >= ENOUGH {
            break;
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n========\n\n"));
    // The laws are about rows, and about the way back.
    let tried = seeds.end - seeds.start;
    assert!(filled * 2 > tried, "only {filled} of {tried} pairs kept their rows");
    assert!(returned * 2 > tried, "only {returned} of {tried} pairs had a way back");
}

/// So many broken pairs are shown at once.
const ENOUGH: usize = 3;

/// What to try: so many, unless a variable of the environment asks for others.
fn range(variable: &str, usual: u64) -> Range<u64> {
    let wanted = std::env::var(variable).unwrap_or_default();
    let number = |text: &str| text.trim().parse().unwrap_or(usual);
    match wanted.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => 0..number(&wanted),
    }
}
