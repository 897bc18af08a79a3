//! How fast schema files are read: parse and validate, beside the bare TOML parser on the same text.
//!
//! Run by hand: `cargo bench -p whimbrel-schema --bench parse`. Both run in turn in one process, and the
//! medians are compared, so that the noise of the machine falls on both.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use toml::de::DeTable;
use whimbrel_schema::{Dialect, Sources, parse, validate};

/// As many tables as a file has in the benchmark.
const TABLES_A_FILE: usize = 100;

fn main() {
    println!("| tables | files | size | toml | parse + validate | of toml | MB/s | tables/s |");
    println!("|---|---|---|---|---|---|---|---|");
    for tables in [10, 100, 1_000, 10_000] {
        let files = files(tables);
        let bytes: usize = files.iter().map(String::len).sum();
        let rounds = (20_000 / tables).clamp(5, 200);
        let (mut bare, mut whole) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            bare.push(timed(|| {
                files.iter().for_each(|text| drop(black_box(DeTable::parse_recoverable(text))))
            }));
            whole.push(timed(|| read(&files, tables)));
        }
        let (bare, whole) = (median(bare), median(whole));
        println!(
            "| {tables} | {} | {:.2} MB | {:.2} ms | {:.2} ms | {:.1} times | {:.1} | {:.0} |",
            files.len(),
            bytes as f64 / 1e6,
            bare * 1e3,
            whole * 1e3,
            whole / bare,
            bytes as f64 / 1e6 / whole,
            tables as f64 / whole,
        );
    }
}

/// As a build does: all texts become sources, documents, and one schema.
fn read(files: &[String], tables: usize) {
    let mut sources = Sources::default();
    let ids: Vec<_> = files
        .iter()
        .enumerate()
        .map(|(number, text)| sources.add(format!("schema/{number}.toml"), text))
        .collect();
    let documents: Vec<_> = ids.into_iter().map(|id| parse(&sources, id)).collect();
    let validated = validate(&documents, &[Dialect::Sqlite]);
    assert!(validated.diagnostics.is_empty() && validated.schema.tables.len() == tables);
    black_box(validated);
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

/// Tables as people write them: a dozen columns, a reference, an index, a unique constraint, words about it.
fn files(tables: usize) -> Vec<String> {
    let mut files = vec![String::new(); tables.div_ceil(TABLES_A_FILE)];
    for number in 0..tables {
        let parent = number / 2;
        write!(
            files[number / TABLES_A_FILE],
            r#"[table.table_{number}]
doc = "The rows of table {number}, which belong to those of table {parent}."

[table.table_{number}.columns]
id          = {{ type = "bigint", primary_key = true, auto_increment = true }}
parent_id   = {{ type = "bigint?", references = "table_{parent}.id", on_delete = "cascade" }}
name        = {{ type = "varchar(320)", unique = true }}
title       = {{ type = "text", default = "" }}
body        = "text?"
size        = {{ type = "integer", default = 0, doc = "In bytes." }}
price       = {{ type = "decimal(10, 2)", default = "0.00" }}
active      = {{ type = "boolean", default = true }}
created_at  = {{ type = "timestamptz", default = {{ sql = "CURRENT_TIMESTAMP" }} }}
updated_at  = "timestamptz?"
token       = "uuid?"
settings    = {{ type = "json", default = "{{}}" }}

[table.table_{number}.indexes]
table_{number}_created_idx = ["parent_id", "created_at desc"]

[table.table_{number}.checks]
table_{number}_size_check = "size >= 0"

"#
        )
        .unwrap_or_default();
    }
    files
}
