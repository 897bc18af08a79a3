//! How fast schemas are compared and planned, beside the bare question whether they are equal.
//!
//! Run by hand: `cargo bench -p whimbrel-schema --bench diff`. All run in turn in one process, and the
//! medians are compared. The two schemas are read from texts of their own, so that they share nothing in
//! memory.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{Dialect, Pair, Renames, Schema, Sources, diff, parse, validate};

fn main() {
    println!("| tables | changed | equal? | diff | plan, both ways | diff of equal? |");
    println!("|---|---|---|---|---|---|");
    for tables in [1_000, 5_000] {
        let previous = schema(tables, 0);
        for changed in [0, 1, tables] {
            let next = schema(tables, changed);
            let pair = Pair::new(&previous, &next);
            // Equal, so that all of it is looked at.
            let same = schema(tables, 0);
            let (mut equal, mut compared, mut planned) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..9 {
                equal.push(timed(|| assert!(black_box(&previous) == black_box(&same))));
                compared.push(timed(|| {
                    let changes = diff(black_box(pair), &Renames::default());
                    assert_eq!(changes.len(), changed);
                }));
                planned.push(timed(|| {
                    let plan = plan(black_box(pair), &Intent::default());
                    assert_eq!((plan.upgrade.len(), plan.questions.len()), (changed, 0));
                }));
            }
            let (equal, compared, planned) = (median(equal), median(compared), median(planned));
            println!(
                "| {tables} | {changed} | {:.2} ms | {:.2} ms | {:.2} ms | {:.1} times |",
                equal * 1e3,
                compared * 1e3,
                planned * 1e3,
                compared / equal
            );
        }
    }
}

/// Tables of a dozen columns, each with a reference; the first ones have one column more.
fn schema(tables: usize, changed: usize) -> Schema {
    let mut text = String::new();
    for number in 0..tables {
        let parent = number / 2;
        let more = if number < changed { "added = \"text?\"\n" } else { "" };
        write!(
            text,
            r#"[table.table_{number}.columns]
id          = {{ type = "bigint", primary_key = true, auto_increment = true }}
parent_id   = {{ type = "bigint?", references = "table_{parent}.id", on_delete = "cascade" }}
name        = {{ type = "varchar(320)", unique = true }}
title       = {{ type = "text", default = "" }}
body        = "text?"
size        = {{ type = "integer", default = 0 }}
price       = {{ type = "decimal(10, 2)", default = "0.00" }}
active      = {{ type = "boolean", default = true }}
created_at  = {{ type = "timestamptz", default = {{ sql = "CURRENT_TIMESTAMP" }} }}
updated_at  = "timestamptz?"
token       = "uuid?"
{more}
[table.table_{number}.indexes]
table_{number}_created_idx = ["parent_id", "created_at desc"]

"#
        )
        .unwrap_or_default();
    }
    let mut sources = Sources::default();
    let id = sources.add("schema/all.toml", text);
    let validated = validate(&[parse(&sources, id)], &[Dialect::Sqlite]);
    assert!(validated.diagnostics.is_empty(), "{:?}", validated.diagnostics.first());
    validated.schema
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// In seconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
