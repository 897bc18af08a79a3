//! What it costs to read a large database of a server, and to compare it with its schema.
//!
//! ```console
//! $ ci/servers run cargo bench -p whimbrel-tests --bench introspect [-- --tables N]
//! ```
//!
//! Every table has a check, so that the server is asked about each of them: more than that no table costs.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a program for developers")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use support::servers::{Introspects, MariaDb, Postgres, Session};
use whimbrel_schema::{Dialect, Schema, Sources, differences, parse, validate};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let place = arguments.iter().position(|argument| argument == "--tables");
    let tables = place.and_then(|place| arguments.get(place + 1)).and_then(|number| number.parse().ok());
    let tables: usize = tables.unwrap_or(1_000);
    println!("| server | tables | read | asked | compared |\n|---|---|---|---|---|");
    measure::<Postgres>(tables);
    measure::<MariaDb>(tables);
}

fn measure<S: Introspects>(tables: usize) {
    let Some(mut session) = Session::<S>::open() else { return };
    let schema = schema(tables);
    session.create(&schema, |_| Ok(())).unwrap();
    let mut times = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let found = S::introspect(&mut session.client);
        let read = start.elapsed();
        let spelled = S::spelling(&mut session.client, &schema, &found);
        let asked = start.elapsed();
        assert_eq!(differences(found.against(&spelled).as_ref(), &Default::default()), []);
        times.push((read, asked - read, start.elapsed() - asked));
    }
    times.sort();
    let (read, asked, compared) = times[1];
    println!("| {} | {tables} | {read:.2?} | {asked:.2?} | {compared:.2?} |", S::NAME);
}

fn schema(tables: usize) -> Schema {
    let table = |number: usize| {
        let parent = (number + 1) % tables;
        format!(
            r#"
[table.t{number}.columns]
id = {{ type = "bigint", primary_key = true, auto_increment = true }}
parent_id = {{ type = "bigint?", references = "t{parent}.id" }}
name = {{ type = "varchar(64)", unique = true, default = "it's" }}
size = {{ type = "integer", default = 7 }}
at = {{ type = "timestamptz", default = {{ sql = "CURRENT_TIMESTAMP" }} }}
[table.t{number}.checks]
t{number}_check = "size IN (1, 2) OR name <> 'x'"
[table.t{number}.indexes]
t{number}_idx = ["size", "at desc"]
"#
        )
    };
    let mut sources = Sources::default();
    let id = sources.add("large.toml", (0..tables).map(table).collect::<String>());
    let validated = validate(&[parse(&sources, id)], &[Dialect::Postgres, Dialect::Mysql]);
    assert_eq!(validated.diagnostics, []);
    validated.schema
}
