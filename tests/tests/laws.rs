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
use support::catalogue::{catalogue, sequence};
use support::database::{fresh, lines, quoted, run, unsound};
use support::keep::{self, lost};
use whimbrel_schema::plan::{Question, plan, resolve_renames};
use whimbrel_schema::{Dialect, Pair, Schema, Snapshot, Sources, Statement, differences};

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
    each(|case, problem| {
        let Some(up) = case.up() else { return };
        let mut db = filled(case);
        match up.go(&mut db) {
            Ok(()) => {
                problem(differ("after the upgrade", &catalogue(&db), &catalogue(&fresh(up.schemas.next))));
                problem(unsound(&db));
            }
            Err(error) => problem(Some(error)),
        }
    });
}

#[test]
fn rest_a_second_diff_is_empty() {
    each(|case, problem| {
        for way in case.up().into_iter().chain(case.down()) {
            let arrived = match way.arrive() {
                Ok(arrived) => arrived,
                Err(misfit) => return problem(Some(misfit)),
            };
            let pair = Pair::new(&arrived, way.schemas.next);
            let left = differences(pair, &Default::default());
            problem((!left.is_empty()).then(|| format!("left to do: {left:?}")));
            problem(
                (plan(pair, &Default::default()) != Default::default())
                    .then(|| "the plan is not empty".into()),
            );
        }
        // What `migrate-new` does after itself: the schema against its own snapshot, with the hints
        // still in the files.
        let folded = snapshot(case.schemas.as_ref()).apply(&case.schemas.previous);
        let (renames, problems) = resolve_renames(Pair::new(&folded, &case.schemas.next), &case.hints);
        let left = differences(Pair::new(&folded, &case.schemas.next), &renames);
        problem((!left.is_empty()).then(|| format!("left to do after the snapshot: {left:?}")));
        problem((!problems.is_empty()).then(|| format!("hints are not inert: {problems:?}")));
    });
}

#[test]
fn keep_rows_survive_unless_a_hazard_said_they_would_not() {
    each(|case, problem| {
        let Some(up) = case.up() else { return };
        let mut db = filled(case);
        for way in [Some(up), case.down()].into_iter().flatten() {
            let (rows, numbers) = (keep::rows(&db, way.schemas.previous), sequence(&db));
            if let Err(error) = way.go(&mut db) {
                return problem(Some(error));
            }
            lost(&db, &rows, &way).into_iter().for_each(|lost| problem(Some(lost)));
            problem(numbers_kept(&way, &numbers, &sequence(&db)));
        }
    });
}

#[test]
fn back_the_downgrade_returns_and_up_again_arrives() {
    each(|case, problem| {
        let (Some(up), Some(down)) = (case.up(), case.down()) else { return };
        let mut db = filled(case);
        let before = catalogue(&db);
        let mut tops = Vec::new();
        for (way, place) in [(&up, "up"), (&down, "down"), (&up, "up again")] {
            if let Err(error) = way.go(&mut db) {
                return problem(Some(format!("{place}: {error}")));
            }
            problem(unsound(&db).map(|unsound| format!("{place}: {unsound}")));
            match place {
                "down" => problem(differ("after the downgrade", &catalogue(&db), &before)),
                _ => tops.push(catalogue(&db)),
            }
        }
        problem(differ("up again", &tops[1], &tops[0]));
    });
}

#[test]
fn return_what_was_dropped_is_there_again() {
    each(|case, problem| {
        let (Some(up), Some(down)) = (case.up(), case.down()) else { return };
        if up.hazards().iter().any(|hazard| !hazard.keeping.is_whole()) {
            return;
        }
        let mut db = filled(case);
        let before = keep::rows(&db, up.schemas.previous).lines();
        if let Err(error) = up.go(&mut db).and_then(|()| down.go(&mut db)) {
            return problem(Some(error));
        }
        let after = keep::rows(&db, up.schemas.previous).lines();
        problem(differ("rows after there and back", &after.join("\n"), &before.join("\n")));
        problem(differ("what is left in the archive", &archive(&db), ""));
    });
}

#[test]
fn forget_no_personal_value_is_in_the_archive() {
    let watched = Cell::new(0);
    each(|case, problem| {
        let Some(up) = case.up() else { return };
        let mut db = filled(case);
        for way in [Some(up), case.down()].into_iter().flatten() {
            let personal = personal_values(&db, &way);
            watched.set(watched.get() + personal.len());
            if let Err(error) = way.go(&mut db) {
                return problem(Some(error));
            }
            let archived = archived_values(&db);
            let leaked = personal.iter().find(|value| archived.iter().any(|kept| kept.contains(*value)));
            problem(leaked.map(|value| format!("the archive has the personal value {value}")));
        }
    });
    assert!(watched.get() >= 10, "personal values in the cases: {}", watched.get());
}

#[test]
fn no_table_is_rebuilt_twice() {
    each(|case, problem| {
        // Tables that cease to reference each other part first, which is a rebuild of its own.
        if case.name.starts_with("cycle_") {
            return;
        }
        for way in case.up().into_iter().chain(case.down()) {
            let rebuilt: Vec<String> = way.statements().iter().filter_map(rebuilt).collect();
            let twice =
                rebuilt.iter().find(|table| rebuilt.iter().filter(|other| other == table).count() > 1);
            problem(twice.map(|table| format!("{table} is rebuilt twice")));
        }
    });
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
    for name in ["doc_only", "reorder_only"] {
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
fn each(law: impl Fn(&Case, &mut dyn FnMut(Option<String>))) {
    let mut found = Vec::new();
    for case in cases() {
        law(&case, &mut |problem| {
            found.extend(problem.map(|problem| format!("{}: {problem}", case.name)));
        });
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n\n"));
}

/// A database of the previous schema with the rows of the case.
fn filled(case: &Case) -> Connection {
    let db = fresh(&case.schemas.previous);
    run(&db, &case.rows);
    assert_eq!(unsound(&db), None, "{}", case.name);
    db
}

fn rebuilt(statement: &Statement) -> Option<String> {
    match statement {
        Statement::Rebuild(rebuild) => Some(rebuild.table.to_string()),
        Statement::Sql(_) | Statement::DropTable(_) | Statement::Keep(_) | Statement::Restore(_) => None,
    }
}

/// The snapshot of the migration, written and read again.
fn snapshot(schemas: Pair<&Schema>) -> Snapshot {
    let mut snapshot = Snapshot::new("0001_case");
    (snapshot.changed, snapshot.dropped) = Snapshot::between(schemas);
    let mut sources = Sources::default();
    let id = sources.add("snapshot.toml", snapshot.to_string());
    let parsed = Snapshot::parse(&sources, id);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.snapshot.unwrap()
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

/// What the archive lists.
fn archive(db: &Connection) -> String {
    let exists = lines(db, "SELECT name FROM sqlite_master WHERE name = 'whimbrel_archive'");
    if exists.is_empty() {
        return String::new();
    }
    lines(db, "SELECT kind, table_name, column_name FROM whimbrel_archive WHERE direction = 'upgrade'")
        .join("\n")
}

fn differ(place: &str, found: &str, wanted: &str) -> Option<String> {
    if found == wanted {
        return None;
    }
    let only = |one: &str, other: &str, sign| {
        let lines = one.lines().filter(|line| !other.lines().any(|other| other == *line));
        lines.map(|line| format!("\n  {sign} {line}")).collect::<String>()
    };
    Some(format!("{place}:{}{}", only(found, wanted, '+'), only(wanted, found, '-')))
}

/// Numbers given out are never given out again.
fn numbers_kept(
    way: &Way<'_>,
    before: &std::collections::BTreeMap<String, String>,
    after: &std::collections::BTreeMap<String, String>,
) -> Option<String> {
    before.iter().find_map(|(table, number)| {
        let renamed = way.intent.renames.tables.iter().find(|(_, previous)| **previous == **table);
        let next = renamed.map_or(table.as_str(), |(next, _)| next.as_str());
        let counts = way.schemas.next.table(next)?.columns.values().any(|column| column.auto_increment);
        (counts && after.get(next) != Some(number))
            .then(|| format!("{next} goes on from {:?} instead of {number}", after.get(next)))
    })
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
            part(&format!("{name}: rows"), keep::rows(&db, way.schemas.next).lines());
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
