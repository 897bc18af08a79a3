//! The canonical text of a snapshot.

use toml_writer::{ToTomlKey as _, ToTomlValue as _, TomlKeyBuilder, TomlStringBuilder};

use super::Snapshot;
use crate::document::target::{index_column_text, target_text};
use crate::text::is_hidden;
use crate::{
    Check, Column, DefaultValue, ForeignKey, Index, Name, ReferentialAction, SortOrder, Sql, Table, Value,
};

/// How much of a snapshot is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// Without `[accept]`.
    Sealed,
}

pub(super) fn text(snapshot: &Snapshot, part: Part) -> String {
    // Taken apart, so that a new field cannot be forgotten here.
    let Snapshot { revision, parent, parent_hash, hazards, replaces, dropped_tables, accept, tables } =
        snapshot;
    let mut lines = vec![format!("format = {}", Snapshot::FORMAT), format!("revision = {}", line(revision))];
    lines.extend(parent.iter().map(|parent| format!("parent = {}", line(parent))));
    lines.extend(parent_hash.iter().map(|hash| format!("parent_hash = {}", line(hash))));
    lines.push(format!("hazards = {hazards}"));
    if !replaces.is_empty() {
        lines.push(format!("replaces = {}", list(replaces.iter().map(|text| line(text)))));
    }
    let mut sections = vec![section(None, lines)];
    if !dropped_tables.is_empty() {
        let names = list(dropped_tables.iter().map(|name| line(name.as_str())));
        sections.push(section(Some("dropped".to_owned()), vec![format!("table = {names}")]));
    }
    if part == Part::Whole && !accept.is_empty() {
        let lines = accept.iter().map(|(hazard, reason)| assignment(hazard, &block(reason)));
        sections.push(section(Some("accept".to_owned()), lines.collect()));
    }
    sections.extend(tables.iter().flat_map(|(name, table)| table_sections(name, table)));
    sections.join("\n")
}

fn table_sections(name: &Name, table: &Table) -> Vec<String> {
    let Table { name: _, doc, columns, primary_key, uniques, foreign_keys, checks, indexes } = table;
    let header = format!("table.{}", key(name));
    let mut lines: Vec<String> = doc.iter().map(|doc| format!("doc = {}", block(doc))).collect();
    lines.extend(primary_key.iter().map(|key| format!("primary_key = {}", names(&key.columns))));
    let mut sections = vec![section(Some(header.clone()), lines)];
    let mut add = |part: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            sections.push(section(Some(format!("{header}.{part}")), lines));
        }
    };
    add("columns", columns.iter().map(|(name, column)| named(name, &column_text(column))).collect());
    add("uniques", uniques.iter().map(|(name, unique)| named(name, &names(&unique.columns))).collect());
    add(
        "foreign_keys",
        foreign_keys.iter().map(|(name, foreign_key)| named(name, &foreign_key_text(foreign_key))).collect(),
    );
    add("checks", checks.iter().map(|(name, check)| named(name, &check_text(check))).collect());
    add("indexes", indexes.iter().map(|(name, index)| named(name, &index_text(index))).collect());
    sections
}

fn column_text(column: &Column) -> String {
    let Column { name: _, doc, column_type, nullable, default, auto_increment } = column;
    let column_type = line(&format!("{column_type}{}", if *nullable { "?" } else { "" }));
    let mut parts = vec![("type", column_type.clone())];
    if *auto_increment {
        parts.push(("auto_increment", "true".to_owned()));
    }
    match default {
        None => {}
        Some(DefaultValue::Literal(value)) => parts.push(("default", literal(value))),
        Some(DefaultValue::Expression(expression)) => {
            parts.push(("default", inline_table(&[("sql", sql(expression))])));
        }
    }
    parts.extend(doc.iter().map(|doc| ("doc", line(doc))));
    if parts.len() == 1 { column_type } else { inline_table(&parts) }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Decimal(text)
        | Value::Text(text)
        | Value::Date(text)
        | Value::Time(text)
        | Value::Timestamp(text)
        | Value::Uuid(text)
        | Value::Json(text) => line(text),
        // A point in time is read with its offset, and kept without.
        Value::TimestampTz(text) => line(&format!("{text}Z")),
        Value::Bytes(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            inline_table(&[("sql", line(&format!("x'{digits}'")))])
        }
    }
}

fn foreign_key_text(foreign_key: &ForeignKey) -> String {
    let ForeignKey { columns, references_table, references_columns, on_delete, on_update } = foreign_key;
    let target = target_text(references_table, references_columns).to_string();
    let mut parts = vec![("columns", names(columns)), ("references", line(&target))];
    for (key, action) in [("on_delete", on_delete), ("on_update", on_update)] {
        if *action != ReferentialAction::NoAction {
            parts.push((key, line(action.key())));
        }
    }
    inline_table(&parts)
}

fn index_text(index: &Index) -> String {
    let Index { columns, unique, predicate } = index;
    let column = |name: &Name, order: SortOrder| line(&index_column_text(name, order));
    let columns = list(columns.iter().map(|part| column(&part.name, part.order)));
    if !unique && predicate.is_none() {
        return columns;
    }
    let mut parts = vec![("columns", columns)];
    if *unique {
        parts.push(("unique", "true".to_owned()));
    }
    parts.extend(predicate.iter().map(|predicate| ("where", sql(predicate))));
    inline_table(&parts)
}

fn check_text(check: &Check) -> String {
    match &check.condition {
        Sql::Same(text) => block(text),
        each @ Sql::Each(_) => sql(each),
    }
}

fn sql(sql: &Sql) -> String {
    match sql {
        Sql::Same(text) => line(text),
        Sql::Each(texts) => {
            let parts: Vec<_> = texts.iter().map(|(dialect, text)| (dialect.key(), line(text))).collect();
            inline_table(&parts)
        }
    }
}

fn section(header: Option<String>, lines: Vec<String>) -> String {
    let header = header.map(|header| format!("[{header}]"));
    header.into_iter().chain(lines).map(|line| line + "\n").collect()
}

fn named(name: &Name, value: &str) -> String {
    format!("{} = {value}", key(name))
}

fn assignment(name: &str, value: &str) -> String {
    format!("{} = {value}", toml_key(name))
}

fn key(name: &Name) -> String {
    toml_key(name.as_str())
}

fn toml_key(name: &str) -> String {
    let builder = TomlKeyBuilder::new(name);
    let written = builder.as_unquoted().unwrap_or_else(|| builder.as_basic());
    escape_hidden(written.to_toml_key())
}

fn names(names: &[Name]) -> String {
    list(names.iter().map(|name| line(name.as_str())))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn inline_table(parts: &[(&str, String)]) -> String {
    let parts: Vec<String> = parts.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
}

/// A text in double quotes on one line.
fn line(text: &str) -> String {
    escape_hidden(TomlStringBuilder::new(text).as_basic().to_toml_value())
}

/// A text in double quotes, over several lines if it has several. Carriage returns are escaped,
/// because a version control system may add and remove them.
fn block(text: &str) -> String {
    if text.contains('\n') && !text.contains('\r') {
        escape_hidden(TomlStringBuilder::new(text).as_ml_basic().to_toml_value())
    } else {
        line(text)
    }
}

/// The writer escapes what TOML forbids; this escapes what people could not see, too.
fn escape_hidden(written: String) -> String {
    let beyond_ascii = |character: char| is_hidden(character) && !character.is_ascii();
    if !written.contains(beyond_ascii) {
        return written;
    }
    let mut escaped = String::with_capacity(written.len());
    for character in written.chars() {
        if beyond_ascii(character) {
            escaped.push_str(&match u32::from(character) {
                short @ ..=0xFFFF => format!("\\u{short:04X}"),
                long => format!("\\U{long:08X}"),
            });
        } else {
            escaped.push(character);
        }
    }
    escaped
}
