//! The table of types in the guide says what is rendered.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use whimbrel_schema::{Dialect, Name, Operation, Schema, Sources, parse, render, validate};

const GUIDE: &str = include_str!("../../docs/schema-language.md");

/// What stands for a type in `CREATE TABLE`.
fn storage(column_type: &str, dialect: Dialect, strict: bool) -> String {
    let text = format!("[table.t]\ncolumns.c = \"{column_type}\"\nsqlite.strict = {strict}\n");
    let mut sources = Sources::default();
    let id = sources.add("t.toml", text);
    let validated = validate(&[parse(&sources, id)], &Dialect::ALL);
    assert_eq!(validated.diagnostics, [], "{column_type}");
    let create = Operation::CreateTable { table: Name::new("t") };
    let statements = render(dialect, &create, &Schema::default(), &validated.schema);
    let sql = statements[0].to_string();
    let line = sql.lines().nth(1).unwrap().trim();
    let (_, definition) = line.split_once(' ').unwrap();
    definition.trim_end_matches(',').replace(" NOT NULL", "")
}

#[test]
fn the_guide_tells_the_storage_of_every_type() {
    let rows = GUIDE.lines().skip_while(|line| !line.starts_with("| Type | Values |")).skip(2);
    let rows: Vec<Vec<&str>> = rows
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`')).collect())
        .collect();
    let plain: Vec<&Vec<&str>> =
        rows.iter().filter(|row| !row[0].starts_with("native") && row[0] != "an enum").collect();
    assert_eq!(plain.len(), whimbrel_schema::ColumnType::NAMES.len(), "a row for every type");
    for row in plain {
        let [column_type, _, _, sqlite, strict, postgres, mysql] = row[..] else { panic!("{row:?}") };
        assert_eq!(storage(column_type, Dialect::Sqlite, false), sqlite);
        assert_eq!(storage(column_type, Dialect::Sqlite, true), strict);
        assert_eq!(storage(column_type, Dialect::Postgres, false), postgres);
        assert_eq!(storage(column_type, Dialect::Mysql, false), mysql);
    }
}
