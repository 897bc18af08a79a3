//! What the rebuild of a SQLite table costs: by whimbrel, beside the same steps by hand.
//!
//! ```console
//! $ cargo bench -p whimbrel-tests --bench rebuild [-- [--rows N] [--rounds N]]
//! ```
//!
//! Both run in turn on copies of one file, with the same journal and the same checks, and the medians are
//! compared. Three changes of the table are one rebuild.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a program for developers")]

use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;
use whimbrel::engine;
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{Dialect, Pair, Schema, Sources, parse, validate};

const PREVIOUS: &str = r#"
[table.owners.columns]
id = { type = "bigint", primary_key = true }

[table.emails.columns]
id         = { type = "bigint", primary_key = true, auto_increment = true }
gmail_id   = { type = "varchar(64)", unique = true }
owner_id   = { type = "bigint", references = "owners.id", on_delete = "cascade" }
subject    = { type = "text", default = "" }
score      = "double?"
created_at = { type = "timestamptz", default = { sql = "CURRENT_TIMESTAMP" } }

[table.emails.indexes]
emails_owner_idx = ["owner_id", "created_at desc"]
"#;

/// A check, a value for what was NULL, and another default.
fn next() -> String {
    PREVIOUS
        .replace("score      = \"double?\"", "score      = { type = \"double\", default = 0.0 }")
        .replace("{ type = \"text\", default = \"\" }", "{ type = \"text\", default = \"none\" }")
        + "\n[table.emails.checks]\nemails_score_check = \"score >= 0\"\n"
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: usize| {
        let position = arguments.iter().position(|argument| argument == name);
        position.and_then(|position| arguments.get(position + 1)?.parse().ok()).unwrap_or(default)
    };
    let (rows, rounds) = (number("--rows", 1_000_000), number("--rounds", 5));
    let directory = tempfile::Builder::new().prefix("whimbrel-bench-").tempdir().unwrap();
    let template = directory.path().join("template.db");
    let (previous, next) = (schema(PREVIOUS), schema(&next()));
    fill(&template, &previous, rows);

    let schemas = Pair::new(&previous, &next);
    let mut intent = Intent::default();
    let column = ("emails".into(), "score".into());
    intent.backfills.insert(column, whimbrel_schema::Fill::Sql("0.0".into()));
    let planned = plan(schemas, &intent);
    assert!(planned.upgrade.len() == 1, "{:?}", planned.upgrade);

    let (mut by_hand, mut whimbrel) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let copy = |name: &str| {
            let path = directory.path().join(format!("{name}-{round}.db"));
            std::fs::copy(&template, &path).unwrap();
            Connection::open(path).unwrap()
        };
        let db = copy("hand");
        let start = Instant::now();
        db.execute_batch(BY_HAND).unwrap();
        by_hand.push(start.elapsed().as_secs_f64());
        let mut db = copy("whimbrel");
        let start = Instant::now();
        engine::run(&mut db, &planned.upgrade, schemas).unwrap();
        whimbrel.push(start.elapsed().as_secs_f64());
        for name in ["hand", "whimbrel"] {
            std::fs::remove_file(directory.path().join(format!("{name}-{round}.db"))).unwrap();
        }
    }
    let (by_hand, whimbrel) = (median(by_hand), median(whimbrel));
    println!("| rows | by hand | whimbrel | ratio |\n|---|---|---|---|");
    println!("| {rows} | {by_hand:.2} s | {whimbrel:.2} s | {:.2} |", whimbrel / by_hand);
}

/// SQLite's procedure, <https://sqlite.org/lang_altertable.html#otheralter>.
const BY_HAND: &str = "
    PRAGMA foreign_keys = OFF;
    BEGIN IMMEDIATE;
    CREATE TABLE new_emails (
      id INTEGER PRIMARY KEY AUTOINCREMENT, gmail_id VARCHAR(64) NOT NULL, owner_id BIGINT NOT NULL,
      subject TEXT NOT NULL DEFAULT 'none', score DOUBLE NOT NULL DEFAULT 0.0,
      created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
      CONSTRAINT emails_gmail_id_key UNIQUE (gmail_id),
      CONSTRAINT emails_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE,
      CONSTRAINT emails_score_check CHECK (score >= 0));
    INSERT INTO new_emails SELECT id, gmail_id, owner_id, subject, coalesce(score, 0.0), created_at FROM emails;
    DROP TABLE emails;
    ALTER TABLE new_emails RENAME TO emails;
    CREATE INDEX emails_owner_idx ON emails (owner_id, created_at DESC);
    PRAGMA foreign_key_check;
    COMMIT;
    PRAGMA foreign_keys = ON;";

fn schema(text: &str) -> Schema {
    let mut sources = Sources::default();
    let id = sources.add("schema/mail.toml", text);
    let validated = validate(&[parse(&sources, id)], &[Dialect::Sqlite]);
    assert!(validated.diagnostics.is_empty(), "{:?}", validated.diagnostics);
    validated.schema
}

fn fill(path: &Path, schema: &Schema, rows: usize) {
    let mut db = Connection::open(path).unwrap();
    let empty = Schema::default();
    let schemas = Pair::new(&empty, schema);
    engine::run(&mut db, &plan(schemas, &Intent::default()).upgrade, schemas).unwrap();
    db.execute_batch(&format!(
        "BEGIN;
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000)
           INSERT INTO owners SELECT n FROM n;
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {rows})
           INSERT INTO emails (gmail_id, owner_id, subject, score)
           SELECT 'message-' || (n * 7919 % 1000003) || '-' || n, n % 1000 + 1, 'A subject of some words, number ' || n,
             CASE WHEN n % 3 THEN n / 7.0 END FROM n;
         COMMIT;"
    ))
    .unwrap();
}

/// In seconds.
fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}
