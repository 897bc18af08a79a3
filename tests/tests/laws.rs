//! The four laws of migrations, and the way back, on every case of `cases`.
//!
//! A case is one file: what it shows, the previous schema, the next one, rows that are there
//! before. Beside it stands the reviewed snapshot of what follows.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::cell::Cell;
use std::fmt::Write as _;
use std::fs;

use rusqlite::Connection;
use support::case::{Case, Way, cases, directory};
use support::database::{fresh, lines, quoted, run};
use support::laws::{self, Problems, filled, rebuilt};
use whimbrel::engine;
use whimbrel_schema::plan::Question;
use whimbrel_schema::{Dialect, Table};

#[test]
fn read_the_snapshot_says_all_that_follows() {
    insta::with_settings!({
        snapshot_path => "../cases",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        for case in cases() {
            insta::assert_snapshot!(case.name.clone(), story(&case));
        }
    });
}

#[test]
fn arrive_the_migrated_database_equals_a_fresh_one() {
    each(laws::arrive);
}

#[test]
fn rest_a_second_diff_is_empty() {
    each(laws::rest);
}

#[test]
fn keep_rows_survive_unless_a_hazard_said_they_would_not() {
    each(laws::keep);
}

#[test]
fn back_the_downgrade_returns_and_up_again_arrives() {
    each(laws::back);
}

#[test]
fn return_what_was_dropped_is_there_again() {
    each(laws::returns);
}

/// The archive has nothing of a table that was empty, and something under the same name of another.
#[test]
fn return_no_table_gets_what_was_of_another() {
    for name in ["rename_tables_and_drop", "exchange_tables_and_drop"] {
        let case = cases().into_iter().find(|case| case.name == name).unwrap();
        let (up, down) = (case.up().unwrap(), case.down().unwrap());
        let mut tables = up.schemas.previous.tables.values();
        let (empty, filled) = (tables.next().unwrap(), tables.next().unwrap());
        let values = |table: &Table| {
            let written = table.columns.keys().map(|column| if *column == "note" { "'own'" } else { "1" });
            written.collect::<Vec<_>>().join(", ")
        };
        let mut db = fresh(up.schemas.previous);
        run(&db, &format!("INSERT INTO \"{}\" VALUES ({})", filled.name, values(filled)));
        up.go(&mut db).unwrap();
        let renamed =
            up.operations.iter().fold(empty.name.clone(), |name, step| step.name_after(&name).clone());
        let left = up.schemas.next.table(renamed.as_str()).unwrap();
        run(&db, &format!("INSERT INTO \"{renamed}\" VALUES ({})", values(left)));
        down.go(&mut db).unwrap();
        let note = |table: &Table| lines(&db, &format!("SELECT note FROM \"{}\"", table.name));
        assert_eq!([note(empty), note(filled)], [["NULL"], ["'own'"]], "{name}");
    }
}

#[test]
fn forget_no_personal_value_is_in_the_archive() {
    let watched = Cell::new(0);
    each(|case| {
        let mut problems = Vec::new();
        let Some(up) = case.up() else { return problems };
        let mut db = filled(case);
        for way in [Some(up), case.down()].into_iter().flatten() {
            let personal = personal_values(&db, &way);
            watched.set(watched.get() + personal.len());
            if let Err(error) = way.go(&mut db) {
                return vec![error];
            }
            let archived = archived_values(&db);
            let leaked = personal.iter().find(|value| archived.iter().any(|kept| kept.contains(*value)));
            problems.extend(leaked.map(|value| format!("the archive has the personal value {value}")));
        }
        problems
    });
    assert!(watched.get() >= 10, "personal values in the cases: {}", watched.get());
}

#[test]
fn no_table_is_rebuilt_twice() {
    // Tables that cease to reference each other part first, which is a rebuild of its own, as are those for
    // the values of an enum, and around what SQLite cannot rename.
    let twice = ["cycle_", "enum_left_and_renamed", "rename_without_rowid"];
    let is_one = |case: &Case| !twice.iter().any(|start| case.name.starts_with(start));
    each(|case| if is_one(case) { laws::once(case) } else { Vec::new() });
}

#[test]
fn several_changes_of_a_table_are_one_rebuild() {
    let case = cases().into_iter().find(|case| case.name == "several_changes").unwrap();
    for way in [case.up().unwrap(), case.down().unwrap()] {
        assert_eq!(way.operations.len(), 3, "an index before, the table, an index after");
        assert_eq!(way.statements().iter().filter_map(rebuilt).collect::<Vec<_>>(), ["emails"]);
    }
}

#[test]
fn what_means_the_same_is_no_change() {
    for name in ["doc_only", "reorder_only", "spelling_only"] {
        let case = cases().into_iter().find(|case| case.name == name).unwrap();
        assert_eq!(case.plan, Default::default(), "{name}");
        assert_eq!(case.differences(), [], "{name}");
    }
}

#[test]
fn every_snapshot_has_its_case() {
    let names: Vec<String> = cases().into_iter().map(|case| case.name).collect();
    assert!(names.len() >= 25);
    for entry in fs::read_dir(directory()).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let name = file.split('.').next().unwrap().to_owned();
        assert!(names.contains(&name), "{file} belongs to no case");
    }
}

/// Runs a law on every case, and fails with all that it found.
fn each(law: impl Fn(&Case) -> Problems) {
    let found: Vec<String> = cases()
        .iter()
        .flat_map(|case| {
            law(case).into_iter().map(|problem| format!("{}: {problem}", case.name)).collect::<Problems>()
        })
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n\n"));
}

/// The values of columns that are personal on either side of a way.
fn personal_values(db: &Connection, way: &Way<'_>) -> Vec<String> {
    let mut values = Vec::new();
    for (name, table) in way.schemas.previous.tables.iter() {
        for column in table.columns.values() {
            let next = way.intent.renames.columns.iter().find(|(_, previous)| **previous == column.name);
            let next = next.map_or(&column.name, |((_, next), _)| next);
            let next = way.schemas.next.table(name.as_str()).and_then(|table| table.column(next.as_str()));
            if column.personal || next.is_some_and(|next| next.personal) {
                let sql = format!("SELECT {} FROM {}", quoted(&column.name), quoted(name));
                values.extend(
                    lines(db, &sql).into_iter().map(|line| line.trim_matches('\'').trim().to_owned()),
                );
            }
        }
    }
    values.retain(|value| value.len() > 2 && value != "NULL");
    values
}

/// Every row that the archive has.
fn archived_values(db: &Connection) -> Vec<String> {
    let tables = lines(db, "SELECT name FROM sqlite_master WHERE name LIKE 'whimbrel_archive_%'");
    let rows =
        tables.iter().flat_map(|table| lines(db, &format!("SELECT * FROM {}", table.trim_matches('\''))));
    rows.collect()
}

/// All that follows from a case, for a reader.
fn story(case: &Case) -> String {
    let mut out = format!("{}\n", case.about);
    let mut part = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = write!(out, "\n== {title}\n{}\n", lines.join("\n"));
        }
    };
    let differences: Vec<String> = case.differences().iter().map(ToString::to_string).collect();
    if differences.is_empty() {
        part("differences", vec!["none".to_owned()]);
    }
    part("differences", differences);
    part("questions", case.plan.questions.iter().map(question).collect());
    let mut db = filled(case);
    for (name, way) in [("upgrade", case.up()), ("downgrade", case.down())] {
        let Some(way) = way else { continue };
        part(name, way.operations.iter().map(ToString::to_string).collect());
        let here = way.hazards().into_iter().filter(|hazard| hazard.is_on(&[Dialect::Sqlite]));
        part(&format!("{name}: hazards"), here.map(|hazard| hazard.to_string()).collect());
        part(&format!("{name}: SQL"), way.statements().iter().map(ToString::to_string).collect());
        let ran = way.go(&mut db);
        part(&format!("{name}: error"), ran.clone().err().into_iter().collect());
        if ran.is_ok() && !case.rows.trim().is_empty() {
            part(&format!("{name}: rows"), engine::rows(&db, way.schemas.next).unwrap().lines());
        }
    }
    out
}

fn question(question: &Question) -> String {
    match question {
        Question::Backfill { table, column } => format!("what do existing rows get in {table}.{column}?"),
        Question::Using { table, column, types } => {
            format!("how does {table}.{column} become {} from {}?", types.next, types.previous)
        }
        Question::NoWayBack(inner) => format!("no way back: {}", self::question(inner)),
    }
}
