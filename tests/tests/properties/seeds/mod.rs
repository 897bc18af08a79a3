//! Random seed files: what the build takes loads, and whatever it is given it ends without a panic.
//!
//! Rows go into a real database, which says whether they are unique, there, and of the right type, and whether what
//! they reference is there too. `WHIMBREL_TEST_SEEDS=2000` tries more.

#[path = "../../../../schema/tests/support/seeds.rs"]
mod files;
mod sketch;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use whimbrel_schema::seed::{Loading, Seeds, Unmade, World};
use whimbrel_schema::{Plain, Style, Value, report_all};

use super::chance::Chance;
use crate::support::database::{fresh, lines, run, value};

#[test]
fn what_the_build_takes_loads() {
    let (mut taken, mut rows, mut broken) = (0, 0, Vec::new());
    let mut codes = BTreeSet::new();
    let seeds = crate::range("WHIMBREL_TEST_SEEDS", 400);
    let tried = seeds.end - seeds.start;
    for seed in seeds {
        let text = sketch::file(&mut Chance::new(seed));
        match catch_unwind(AssertUnwindSafe(|| loaded(&text, &mut codes))) {
            Ok(Ok(Some(count))) => {
                taken += 1;
                rows += count;
            }
            Ok(Ok(None)) => {}
            Ok(Err(problem)) => broken.push(format!("seed {seed}: {problem}\n{text}")),
            Err(_) => broken.push(format!("seed {seed}: a panic\n{text}")),
        }
        if broken.len() >= crate::ENOUGH {
            break;
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n========\n\n"));
    assert!(taken * 4 > tried, "only {taken} of {tried} files are right: {codes:#?}");
    assert!(rows > 20 * taken, "{rows} rows are few");
}

/// How many rows a file has, if nothing is wrong with it; the error is of what was taken and does not hold.
fn loaded(text: &str, codes: &mut BTreeSet<String>) -> Result<Option<u64>, String> {
    let files = [
        ("schema/all.toml", sketch::SCHEMA),
        ("seeds/seeds.toml", "seed = 'random'\n[size]\nlarge = 2.5\n"),
        ("seeds/base.toml", sketch::BASE),
        ("seeds/demo.toml", text),
    ];
    let (sources, schema, checked) = files::checked(&files);
    if !checked.diagnostics.is_empty() {
        // Whoever is told can be told in words.
        let said = report_all(&checked.diagnostics, &sources, Style::Plain);
        assert!(!said.is_empty());
        codes.extend(
            checked
                .diagnostics
                .iter()
                .map(|diagnostic| format!("{} {}", diagnostic.code, diagnostic.message)),
        );
        return Ok(None);
    }
    let mut all = 0;
    for size in [1.0, 0.3, 2.5] {
        let db = fresh(&schema);
        run(&db, "PRAGMA foreign_keys = OFF");
        match insert(&db, &checked.seeds, size) {
            // What is known when a row is made and not before; then all is taken back.
            Err(problem)
                if problem.contains(" has no row with the same ") || problem.contains(" does not fit: ") =>
            {
                return Ok(None);
            }
            other => all += other?,
        }
        let wrong = lines(&db, "PRAGMA foreign_key_check");
        if !wrong.is_empty() {
            return Err(format!("at size {size} rows reference nothing: {}", wrong.join("; ")));
        }
    }
    Ok(Some(all))
}

fn insert(db: &Connection, seeds: &Seeds, size: f64) -> Result<u64, String> {
    let functions = |_: &str, _: &mut whimbrel_schema::seed::Call| None;
    let mut world = World::new(seeds, &functions);
    let mut all = 0;
    for (set, definition) in seeds.sets.iter().enumerate() {
        let loading = Loading { seed: "random".to_owned(), size, ..Loading::default() };
        world.add(set, loading).map_err(|Unmade(error)| format!("at size {size}: {error}"))?;
        for (table, part) in definition.tables.iter().enumerate() {
            if let Some(column) = part.numbered() {
                let last = format!(
                    "SELECT coalesce(max(\"{}\"), 0) + 1 FROM \"{}\"",
                    part.columns[column].name, part.table.name
                );
                world.set_base(set, table, value(db, &last).parse().unwrap());
            }
        }
        for table in &definition.order {
            let part = &definition.tables[*table];
            let columns: Vec<String> =
                part.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
            let marks = vec!["?"; columns.len()].join(", ");
            let sql =
                format!("INSERT INTO \"{}\" ({}) VALUES ({marks})", part.table.name, columns.join(", "));
            let mut statement = db.prepare(&sql).unwrap();
            let mut count = 0;
            world
                .each(set, *table, &mut |row| {
                    let values = world.values(row)?;
                    count += 1;
                    statement.execute(params_from_iter(values.iter().map(cell))).map_err(|error| {
                        let shown: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
                        Wrong(format!(
                            "{error}: {} of {} ({})",
                            part.table.name,
                            columns.join(", "),
                            shown.join(", ")
                        ))
                    })?;
                    Ok::<(), Wrong>(())
                })
                .map_err(|Wrong(error)| format!("at size {size}: {error}"))?;
            if count != world.count(set, *table) {
                return Err(format!(
                    "{} has {count} rows, and is said to have {}",
                    part.table.name,
                    world.count(set, *table)
                ));
            }
            all += count;
        }
    }
    Ok(all)
}

struct Wrong(String);

impl From<Unmade> for Wrong {
    fn from(unmade: Unmade) -> Self {
        Self(unmade.0)
    }
}

fn cell(value: &Option<Value>) -> Cell {
    match value.as_ref().map(Value::plain) {
        None => Cell::Null,
        Some(Plain::Boolean(truth)) => Cell::Integer(truth.into()),
        Some(Plain::Integer(number)) => Cell::Integer(number),
        Some(Plain::Float(number)) => Cell::Real(number.get()),
        Some(Plain::Bytes(bytes)) => Cell::Blob(bytes.to_vec()),
        Some(Plain::Text(text)) => Cell::Text(text.to_owned()),
    }
}
