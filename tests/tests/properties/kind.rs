//! The types of columns, with values of each.

use super::chance::Chance;
use super::sketch::{EnumSketch, Sketch};

/// The types that a column gets at random; a name of an enum is another.
pub(crate) const TYPES: [&str; 22] = [
    "boolean",
    "smallint",
    "integer",
    "bigint",
    "bigint",
    "real",
    "double",
    "decimal(10,2)",
    "decimal(12,4)",
    "char(3)",
    "varchar(8)",
    "varchar(40)",
    "text",
    "text",
    "binary(2)",
    "blob",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
    "json",
];

pub(crate) fn is_text(column_type: &str) -> bool {
    column_type == "text" || column_type.starts_with("varchar") || column_type.starts_with("char")
}

pub(crate) fn is_integer(column_type: &str) -> bool {
    matches!(column_type, "smallint" | "integer" | "bigint")
}

/// Values of a type, as SQLite reads them. The first ones are few and small, so that rows agree in them
/// and find each other.
fn values(sketch: &Sketch, column_type: &str) -> Vec<String> {
    let own = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    match column_type.split('(').next().unwrap_or_default() {
        "boolean" => own(&["0", "1"]),
        "smallint" => own(&["1", "2", "3", "4", "5", "-32768", "32767"]),
        "integer" => own(&["1", "2", "3", "4", "5", "-2147483648", "2147483647"]),
        "bigint" => own(&["1", "2", "3", "4", "5", "-9223372036854775808", "9223372036854775807"]),
        "real" => own(&["0.5", "1.5", "-2.25", "1e20"]),
        "double" => own(&["0.5", "1.5", "0.1", "1e300", "-0.0"]),
        "decimal" => own(&["'0.50'", "'1.00'", "'007.10'", "'-3'"]),
        "char" | "varchar" | "text" => own(&["'a'", "'b'", "'A'", "''", "'1'", "'007'", "'it''s'", "'ü😀'"]),
        "binary" => own(&["x'0000'", "x'00ff'", "x'6162'"]),
        "blob" => own(&["x''", "x'00ff'", "x'616263'"]),
        "date" => own(&["'2026-01-31'", "'1970-01-01'"]),
        "time" => own(&["'23:59:59'", "'00:00:00.000001'"]),
        "timestamp" | "timestamptz" => own(&["'2026-01-31 23:59:59'", "'1970-01-01 00:00:00'"]),
        "uuid" => own(&["'00000000-0000-0000-0000-000000000001'", "'ffffffff-ffff-4fff-bfff-ffffffffffff'"]),
        "json" => own(&["'{}'", "'{\"a\": [1, 2]}'", "'null'", "'1'"]),
        name => enumeration(sketch, name)
            .map(|found| {
                found.values.iter().map(|(value, _)| format!("'{}'", value.replace('\'', "''"))).collect()
            })
            .unwrap_or_default(),
    }
}

/// A value of a type, as SQLite reads it.
pub(crate) fn value(chance: &mut Chance, sketch: &Sketch, column_type: &str) -> String {
    let values = values(sketch, column_type);
    let few = &values[..values.len().min(4)];
    let from = if chance.one_in(4) { &values[..] } else { few };
    chance.pick(from).cloned().unwrap_or_else(|| "NULL".to_owned())
}

/// A value of a type, as TOML writes a default.
pub(crate) fn literal(chance: &mut Chance, sketch: &Sketch, column_type: &str) -> String {
    let from = |values: &[&'static str], chance: &mut Chance| chance.word(values).to_owned();
    match column_type.split('(').next().unwrap_or_default() {
        "boolean" => from(&["true", "false"], chance),
        "smallint" | "integer" | "bigint" => from(&["0", "1", "7", "-1"], chance),
        "real" | "double" => from(&["0.5", "-1.5"], chance),
        "decimal" => from(&["\"1.50\"", "\"0\""], chance),
        "char" | "varchar" | "text" => from(&["\"\"", "\"a\"", "\"it's\"", "\"1\""], chance),
        "binary" => "{ sql = \"x'0001'\" }".to_owned(),
        "blob" => "{ sql = \"x'00'\" }".to_owned(),
        "date" => "\"2026-01-31\"".to_owned(),
        "time" => "\"12:00:00\"".to_owned(),
        "timestamp" | "timestamptz" => {
            from(&["\"2026-01-31 00:00:00\"", "{ sql = \"CURRENT_TIMESTAMP\" }"], chance)
        }
        "uuid" => "\"00000000-0000-0000-0000-000000000000\"".to_owned(),
        "json" => from(&["\"{}\"", "\"[1]\""], chance),
        name => {
            let found = enumeration(sketch, name);
            let values: Vec<String> = found
                .iter()
                .flat_map(|found| &found.values)
                .map(|(value, _)| super::sketch::text(value))
                .collect();
            chance.pick(&values).cloned().unwrap_or_default()
        }
    }
}

fn enumeration<'a>(sketch: &'a Sketch, name: &str) -> Option<&'a EnumSketch> {
    sketch.enums.iter().find(|known| known.name == name)
}
