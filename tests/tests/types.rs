//! What becomes of values when their column gets another type: what the plan says of each pair of types, and
//! what SQLite makes of each value.
//!
//! PostgreSQL and MariaDB are asked about the lossless pairs by the case `widen_everything`.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::fmt::Write as _;

use rusqlite::types::Value as Stored;
use support::case::{Case, read};
use support::database::{query, text};
use support::laws::filled;
use whimbrel_schema::plan::{Conversion, Question};
use whimbrel_schema::{Alteration, ColumnType, Name, Operation, Value};

/// Types, with values that others may not hold.
const TYPES: [(&str, &[&str]); 22] = [
    ("boolean", &["0", "1"]),
    ("smallint", &["-32768", "0", "32767"]),
    ("integer", &["-2147483648", "7", "2147483647"]),
    ("bigint", &["-9223372036854775808", "9007199254740993", "9223372036854775807"]),
    ("real", &["0.5", "-1e30"]),
    ("double", &["0.1", "1e300"]),
    ("decimal(4,2)", &["'-99.99'", "'0.10'"]),
    ("decimal(10,4)", &["'999999.9999'"]),
    ("decimal(38,0)", &["'99999999999999999999999999999999999999'"]),
    ("char(3)", &["'abc'", "'007'"]),
    ("varchar(3)", &["'1e3'", "'abc'", "''"]),
    ("varchar(40)", &["'1'", "'1e3'", "'a text that is longer'"]),
    ("text", &["'007'", "'1e3'", "'abc'", "' 1 '", "'9223372036854775808'", "'{\"a\":  1.0}'"]),
    ("binary(2)", &["x'00ff'", "x'3130'"]),
    ("blob", &["x''", "x'00ff00'"]),
    ("date", &["'2026-01-31'"]),
    ("time", &["'23:59:59'"]),
    ("timestamp", &["'2026-01-31 23:59:59'"]),
    ("timestamptz", &["'2026-01-31 23:59:59'"]),
    ("uuid", &["'67e55044-10b1-426f-9247-bb680e5fe0c8'"]),
    ("json", &["'{\"a\":  1.0, \"a\": [1e3, \"007\"]}'", "'1.0'", "'null'"]),
    ("state", &["'open'", "'1'"]),
];

#[test]
fn every_pair_of_types_is_known() {
    let mut table = format!("{:14}", "");
    for at in 0..TYPES.len() {
        let _ = write!(table, "{at:3}");
    }
    for (at, (previous, _)) in TYPES.iter().enumerate() {
        let _ = write!(table, "\n{at:2} {previous:13}");
        for (next, _) in TYPES {
            let sign = match Conversion::between(&column_type(previous), &column_type(next)) {
                _ if *previous == next => '.',
                Conversion::Lossless => '=',
                Conversion::Narrowing => '<',
                Conversion::Unconvertible => ' ',
            };
            let _ = write!(table, "{}{sign}", if next == TYPES[0].0 { "" } else { "  " });
        }
        table.truncate(table.trim_end().len());
    }
    insta::assert_snapshot!(table);
}

#[test]
fn lossless_is_what_loses_nothing() {
    each_pair(|case, previous, next| {
        if Conversion::between(previous, next) == Conversion::Lossless {
            assert_eq!(questions(case), "", "nobody is asked");
            assert_eq!(losses(case), [""; 0], "and nobody is warned of a loss");
            for (was, is) in converted(case) {
                assert!(same(&was, &is), "{previous} to {next}: {} became {}", text(&was), text(&is));
                assert!(is_stored(&is, next), "{previous} to {next}: {} is no {next}", text(&is));
            }
        }
    });
}

#[test]
fn narrowing_is_announced_and_what_fits_is_kept() {
    each_pair(|case, previous, next| {
        if Conversion::between(previous, next) == Conversion::Narrowing {
            assert_eq!(questions(case), "", "nobody is asked");
            assert_eq!(losses(case), ["WHD105:t.v"], "{previous} to {next}");
            for (was, is) in converted(case) {
                // SQLite keeps what is too long or too large. What is inexact is as near as a number gets.
                let near = number(&was).zip(number(&is)).is_some_and(|(was, is)| was == is);
                assert!(same(&was, &is) || near, "{previous} to {next}: {} became {}", text(&was), text(&is));
            }
        }
    });
}

#[test]
fn what_does_not_convert_by_itself_is_asked_for() {
    each_pair(|case, previous, next| {
        if Conversion::between(previous, next) == Conversion::Unconvertible {
            assert_eq!(questions(case), "using ", "{previous} to {next}");
        }
    });
}

/// Why a question is needed: left to themselves, values of many types become what is none of the other.
#[test]
fn left_to_itself_sqlite_makes_nonsense() {
    let made = |previous: &str, next: &str| {
        let mut case = case(previous, next);
        case.plan.questions.clear();
        converted(&case).iter().map(|(_, is)| text(is)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        made("text", "integer"),
        "7 1000 'abc' 1 '9223372036854775808' '{\"a\":  1.0}'"
            .replace("'9223372036854775808'", "9.223372036854776e18")
    );
    assert_eq!(made("decimal(4,2)", "integer"), "-99.99 0.1");
    assert_eq!(made("json", "double"), "'{\"a\":  1.0, \"a\": [1e3, \"007\"]}' 1.0 'null'");
    assert_eq!(made("date", "integer"), "'2026-01-31'");
}

/// Every pair of different types, as a case with the values of the previous one.
fn each_pair(check: impl Fn(&Case, &ColumnType, &ColumnType)) {
    for (previous, _) in TYPES {
        for (next, _) in TYPES.into_iter().filter(|(next, _)| *next != previous) {
            check(&case(previous, next), &column_type(previous), &column_type(next));
        }
    }
}

fn case(previous: &str, next: &str) -> Case {
    let schema = |column_type: &str| {
        format!(
            "[enum]\nstate = [\"open\", \"1\"]\n[table.t.columns]\nid = {{ type = \"bigint\", primary_key = true }}\n\
             v = \"{column_type}\"\n"
        )
    };
    let values = TYPES.iter().find(|(known, _)| *known == previous).unwrap().1;
    let rows: Vec<String> = values
        .iter()
        .enumerate()
        .map(|(at, value)| format!("INSERT INTO t VALUES ({at}, {value});"))
        .collect();
    let text = format!(
        "Types.\n---- previous\n{}---- next\n{}---- rows\n{}\n",
        schema(previous),
        schema(next),
        rows.join("\n")
    );
    read("types", &text).unwrap()
}

/// Every value before and after the upgrade, which is done even if something was asked.
fn converted(case: &Case) -> Vec<(Stored, Stored)> {
    let mut db = filled(case);
    let values = |db: &rusqlite::Connection| -> Vec<Stored> {
        query(db, "SELECT v FROM t ORDER BY id").into_iter().flatten().collect()
    };
    let before = values(&db);
    case.up().unwrap().go(&mut db).unwrap();
    before.into_iter().zip(values(&db)).collect()
}

/// The hazards that are about what is lost.
fn losses(case: &Case) -> Vec<String> {
    let names = case.up().unwrap().hazards().iter().map(|one| one.name()).collect::<Vec<_>>();
    names.into_iter().filter(|name| name.starts_with("WHD")).collect()
}

fn questions(case: &Case) -> String {
    let asked = case.plan.questions.iter().filter_map(|question| match question {
        Question::Using { .. } => Some("using "),
        Question::Backfill { .. } => Some("backfill "),
        Question::NoWayBack(_) => None,
    });
    asked.collect()
}

fn column_type(text: &str) -> ColumnType {
    if text == "state" { ColumnType::Enum(Name::new(text)) } else { ColumnType::parse(text).unwrap() }
}

/// Whether two stored values say the same: texts to the byte, numbers by their digits.
fn same(one: &Stored, other: &Stored) -> bool {
    one == other || plain(one) == plain(other)
}

fn plain(value: &Stored) -> String {
    match value {
        Stored::Text(text) => text.clone(),
        Stored::Integer(number) => number.to_string(),
        Stored::Real(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        other => text(other),
    }
}

fn number(value: &Stored) -> Option<f64> {
    match value {
        Stored::Integer(number) => number.to_string().parse().ok(),
        Stored::Real(number) => Some(*number),
        _ => None,
    }
}

/// Whether a value is stored as values of the type are.
fn is_stored(value: &Stored, column_type: &ColumnType) -> bool {
    match column_type {
        ColumnType::Boolean | ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            matches!(value, Stored::Integer(_))
        }
        ColumnType::Real | ColumnType::Double => matches!(value, Stored::Real(_)),
        ColumnType::Binary(_) | ColumnType::Blob => matches!(value, Stored::Blob(_)),
        _ => match value {
            Stored::Text(text) => Value::parse(column_type, text).is_ok(),
            _ => false,
        },
    }
}

/// The operations of the matrix are the ones that are meant.
#[test]
fn one_column_is_altered() {
    let case = case("smallint", "bigint");
    let alter =
        Alteration::AlterColumn { column: Name::new("v"), using: None, backfill: None, restore: false };
    let operation = Operation::AlterTable { table: Name::new("t"), alterations: vec![alter], online: false };
    assert_eq!(case.plan.upgrade, [operation]);
}
