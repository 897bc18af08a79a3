//! Rows that are written out, and those of files of data.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::super::Checker;
use super::super::draft::TablePart;
use crate::seed::SeedTable;
use crate::seed::model::Maker;
use crate::{Code, Diagnostic, Name, Span};

/// Rows that are written out and agree in a unique key.
pub(super) fn check_written(checker: &Checker<'_>, part: &TablePart<'_>, table: &SeedTable, key: &[Name]) {
    let columns: Option<Vec<usize>> = key.iter().map(|name| table.column(name.as_str())).collect();
    let Some(columns) = columns else { return };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (index, row) in table.rows.iter().enumerate() {
        let cells = || columns.iter().map(|column| &row.cells[*column]);
        // What is NULL, or a number of its own, agrees with nothing.
        if cells().any(|cell| matches!(cell, Maker::Constant(None) | Maker::Number)) {
            continue;
        }
        let text = cells().map(|cell| format!("{cell:?}")).collect::<Vec<_>>().join("\n");
        let Some(first) = seen.insert(text, index) else { continue };
        let [(here, row), (before, other)] = [index, first].map(|index| row_place(part, table, index));
        let names: Vec<&str> = key.iter().map(Name::as_str).collect();
        checker.report(
            Diagnostic::new(
                Code::COLLIDING_ROWS,
                format!("two rows of `{}` agree in `{}`, which is unique", part.name(), names.join("`, `")),
            )
            .label(here, format!("this {row}"))
            .label(before, format!("and this {other}"))
            .help("change one of them, or remove it"),
        );
    }
}

/// Where a row is written, and which one it is of those that a file of data has.
fn row_place(part: &TablePart<'_>, table: &SeedTable, index: usize) -> (Span, String) {
    let label = table.rows[index].label.as_deref();
    let written = part.entry("rows").and_then(|entry| match entry.value {
        DeValue::Table(rows) => Some(rows),
        _ => None,
    });
    let own = written.and_then(|rows| rows.iter().find(|(key, _)| Some(key.get_ref().as_ref()) == label));
    if let Some((key, _)) = own {
        return (Span::new(part.text.source, key.span()), "row".to_owned());
    }
    // Rows of the file stand behind those that are written here.
    let number = (index + 1).saturating_sub(written.map_or(0, |rows| rows.len()));
    let span = part.entry("source").map_or(part.span, |entry| entry.key_span);
    (span, format!("row, the {number}. of the file"))
}
