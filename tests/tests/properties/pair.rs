//! A random pair of schemas, as a case.

use std::collections::BTreeMap;

use whimbrel_schema::plan::Question;
use whimbrel_schema::{Dialect, Pair};

use super::chance::Chance;
use super::edit::{add_table, edit, exchange_columns, exchange_tables, grow};
use super::kind::value;
use super::portable::adapt;
use super::rows::rows;
use super::sketch::Sketch;
use crate::support::case::{Case, read};
use crate::support::database::fresh;

/// The text of the case that follows from a seed.
///
/// The next schema is the previous one after a few edits. What the plan asks is answered in it. Both hold on
/// SQLite, and on another database if one is named.
pub(crate) fn pair(seed: u64, other: Option<Dialect>) -> String {
    let mut chance = Chance::new(seed);
    let step = |chance: &mut Chance, sketch: &mut Sketch, edit: Edit, text: &dyn Fn(&Sketch) -> String| {
        step(chance, sketch, other, edit, text);
    };
    let mut previous = Sketch::default();
    let tables = 1 + chance.below(3);
    for _ in 0..tables {
        step(&mut chance, &mut previous, add_table, &|next| text(seed, next, next, &Answers::default()));
    }
    for _ in 0..4 + chance.below(16) {
        step(&mut chance, &mut previous, grow, &|next| text(seed, next, next, &Answers::default()));
    }
    let previous = settled(previous);
    let mut next = previous.clone();
    for (times, exchange) in [(6, exchange_columns as Edit), (10, exchange_tables)] {
        if chance.one_in(times) {
            step(&mut chance, &mut next, exchange, &|next| text(seed, &previous, next, &Answers::default()));
        }
    }
    for _ in 0..1 + chance.below(7) {
        step(&mut chance, &mut next, edit, &|next| text(seed, &previous, next, &Answers::default()));
    }
    let mut answers = Answers::default();
    let unanswered = text(seed, &previous, &next, &answers);
    if let Ok(case) = read("pair", &unanswered) {
        answers.rows = rows(&mut chance, &previous, &fresh(&case.schemas.previous));
        answer(&mut chance, Pair::new(&previous, &next), &case, other, &mut answers);
    }
    text(seed, &previous, &next, &answers)
}

type Edit = fn(&mut Chance, &mut Sketch) -> Option<()>;

/// Makes an edit, unless it leaves what is no case.
fn step(
    chance: &mut Chance,
    sketch: &mut Sketch,
    other: Option<Dialect>,
    edit: Edit,
    text: &dyn Fn(&Sketch) -> String,
) {
    let mut next = sketch.clone();
    if edit(chance, &mut next).is_none() {
        return;
    }
    if let Some(dialect) = other {
        adapt(&mut next, dialect);
    }
    let holds = |case: Case| other.is_none_or(|dialect| case.holds_on(dialect));
    if read("pair", &text(&next)).is_ok_and(holds) {
        *sketch = next;
    }
}

/// A schema without what is said to the last migration.
fn settled(mut sketch: Sketch) -> Sketch {
    for table in &mut sketch.tables {
        for column in &mut table.columns {
            column.backfill = None;
        }
    }
    sketch
}

/// The sections of a case that are not schemas.
#[derive(Default)]
struct Answers {
    rows: String,
    lines: BTreeMap<&'static str, String>,
}

/// Answers the questions of a plan.
fn answer(
    chance: &mut Chance,
    sketches: Pair<&Sketch>,
    case: &Case,
    other: Option<Dialect>,
    answers: &mut Answers,
) {
    for question in &case.plan.questions {
        let (question, back) = match question {
            Question::NoWayBack(question) => (&**question, true),
            question => (question, false),
        };
        let (table, column) = question.column();
        let schema = if back { &case.schemas.previous } else { &case.schemas.next };
        let Some(column) = schema.table(table.as_str()).and_then(|table| table.column(column.as_str()))
        else {
            continue;
        };
        let sketch = if back { sketches.previous } else { sketches.next };
        let column_type = column.column_type.to_string();
        let mut literal = value(chance, sketch, &column_type);
        if other.is_some() && column_type == "boolean" {
            literal = if literal == "1" { "true" } else { "false" }.to_owned();
        }
        let name = format!("\"{}\"", column.name);
        let converted = match other {
            // What stands in a CASE has the type that it has on its own.
            Some(_) => literal.clone(),
            None => format!("CASE WHEN {name} IS NULL THEN NULL ELSE {literal} END"),
        };
        let (section, sql) = match (question, back) {
            (Question::Using { .. }, false) => ("using", converted),
            (Question::Using { .. }, true) => ("using back", converted),
            (_, true) => ("back", literal),
            (_, false) => ("backfill", literal),
        };
        let lines = answers.lines.entry(section).or_default();
        lines.push_str(&format!("{table}.{} = {sql}\n", column.name));
    }
}

fn text(seed: u64, previous: &Sketch, next: &Sketch, answers: &Answers) -> String {
    let mut text = format!(
        "Found as pair {seed}.\n---- previous\n{}---- next\n{}---- rows\n{}\n",
        previous.toml(),
        next.toml(),
        answers.rows
    );
    let renames = next.renames();
    if !renames.is_empty() {
        text.push_str(&format!("---- renames\n{renames}"));
    }
    for (section, lines) in &answers.lines {
        text.push_str(&format!("---- {section}\n{lines}"));
    }
    text
}
