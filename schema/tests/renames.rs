//! What hints come to: renames, nothing, or problems.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use whimbrel_schema::plan::resolve_renames;
use whimbrel_schema::{Dialect, Hints, Name, Pair, Schema, Sources, parse, validate};

fn schema(text: &str) -> (Schema, Hints) {
    let mut sources = Sources::default();
    let id = sources.add("schema.toml", text);
    let validated = validate(&[parse(&sources, id)], &[Dialect::Sqlite]);
    assert!(validated.diagnostics.is_empty(), "{:?}", validated.diagnostics);
    (validated.schema, validated.hints)
}

/// A table of these columns, `b<a` being the hint that `b` was `a`.
fn columns(names: &str) -> (Schema, Hints) {
    let line = |name: &str| match name.split_once('<') {
        Some((name, previous)) => format!("{name} = {{ type = \"text\", renamed_from = \"{previous}\" }}\n"),
        None => format!("{name} = \"text\"\n"),
    };
    let lines: String = names.split_whitespace().map(line).collect();
    schema(&format!("[table.t.columns]\nid = \"bigint\"\n{lines}"))
}

/// The renames from one table to the other, and the problems; `asked` is what the command line says.
fn resolved(previous: &str, next: &str, asked: &str) -> (String, Vec<String>) {
    let (previous, _) = columns(previous);
    let (next, mut hints) = columns(next);
    for rename in asked.split_whitespace() {
        let (name, was) = rename.split_once('<').unwrap();
        hints.renamed_columns.insert((Name::new("t"), Name::new(name)), (Name::new(was), None));
    }
    let (renames, problems) = resolve_renames(Pair::new(&previous, &next), &hints);
    let renames = renames.columns.iter().map(|((_, next), previous)| format!("{next}<{previous}"));
    (renames.collect::<Vec<_>>().join(" "), problems.into_iter().map(|problem| problem.message).collect())
}

#[track_caller]
fn renames(previous: &str, next: &str, asked: &str, expected: &str) {
    assert_eq!(resolved(previous, next, asked), (expected.to_owned(), vec![]));
}

#[track_caller]
fn problem(previous: &str, next: &str, asked: &str, words: &str) {
    let (renames, problems) = resolved(previous, next, asked);
    assert_eq!(renames, "", "a rename that cannot be is none");
    assert!(problems.iter().any(|problem| problem.contains(words)), "{problems:?}");
}

#[test]
fn names_that_are_given_up_are_taken_over() {
    renames("a", "b<a", "", "b<a");
    renames("a b", "b<a c<b", "", "b<a c<b");
    renames("a b c", "b<a c<b d<c", "", "b<a c<b d<c");
    // A circle is only ever said on the command line; it may have a tail.
    renames("a b", "a b", "a<b b<a", "a<b b<a");
    renames("a b c", "a b c", "a<b b<c c<a", "a<b b<c c<a");
    renames("a b c d", "a b c d", "a<b b<a c<d d<c", "a<b b<a c<d d<c");
}

#[test]
fn a_hint_that_is_done_with_is_inert() {
    renames("b", "b<a", "", "");
    // The name that it was is another column's by now, or was and goes.
    renames("a b", "a b<a", "", "");
    renames("a b", "b<a", "", "");
    renames("b c", "b<a c<b", "", "");
}

#[test]
fn a_hint_that_means_nothing_is_told() {
    problem("a", "c<b", "", "there is no column `t.b` in the last migration");
    problem("a", "a b<a", "", "column `t.a` is still in the schema, so `b` is not its new name");
    problem("a", "b", "c<a", "there is no column `t.c` in the schema");
    problem("a b", "a b", "b<a", "column `t.a` is still in the schema");
    problem("a b", "b", "b<a", "the last migration has a column `t.b` already");
    // In a file a circle says nothing, whatever the columns of the last migration.
    for next in ["a<b b<a", "a<b b<c c<a"] {
        problem(
            "a b c",
            next,
            "",
            "exchange their names, and nobody can see in the schema whether they already",
        );
    }
}

#[test]
fn what_is_computed_keeps_nothing_under_another_name() {
    let (previous, _) = columns("a");
    let text = "[table.t.columns]\nid = \"bigint\"\n\
                b = { type = \"text\", generated = { sql = \"'x' || id\" }, renamed_from = \"a\" }\n";
    let (next, hints) = schema(text);
    let (renames, problems) = resolve_renames(Pair::new(&previous, &next), &hints);
    assert_eq!(renames, Default::default());
    assert!(problems[0].message.contains("column `t.b` is computed, and keeps nothing of `a`"));
}
