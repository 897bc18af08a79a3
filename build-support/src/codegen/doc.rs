//! Documentation of generated code.

use whimbrel_schema::{Column, text::is_hidden};

/// What a column is in the schema language: `` `email`, `varchar(320)`. ``
pub(super) fn column_summary(column: &Column) -> String {
    format!("`{}`, `{}{}`.", column.name, column.column_type, if column.nullable { "?" } else { "" })
}

/// A summary, and behind it what the author of the schema has said.
pub(super) fn described(summary: &str, doc: Option<&str>) -> String {
    doc.map_or_else(|| summary.to_owned(), |doc| format!("{summary}\n\n{doc}"))
}

/// Documentation behind an indent. Characters that rustc refuses in comments, or that would show a
/// reader something else than there is, are left out.
pub(super) fn doc_lines(indent: &str, text: &str) -> String {
    let line = |line: &str| -> String {
        let visible: String = line.chars().filter(|character| !is_hidden(*character)).collect();
        format!("{indent}{}\n", format!("/// {visible}").trim_end())
    };
    text.replace("\r\n", "\n").replace('\r', "\n").split('\n').map(line).collect()
}
