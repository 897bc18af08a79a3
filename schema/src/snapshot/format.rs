//! The canonical text of a snapshot.

use toml_writer::{ToTomlKey as _, ToTomlValue as _, TomlKeyBuilder, TomlStringBuilder};

use super::Snapshot;
use crate::document::target::{index_column_text, target_text};
use crate::text::is_hidden;
use crate::{
    Check, Column, ColumnType, DefaultValue, Enum, ForeignKey, GeneratedStorage, Index, IndexColumn,
    IndexKey, MysqlOptions, Name, Only, PostgresOptions, ReferentialAction, SortOrder, Sql, SqliteOptions,
    Table, TableOptions, Timing, Trigger, Value, View,
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
    let Snapshot { revision, parent, parent_hash, hazards, replaces, dropped, accept, changed } = snapshot;
    let mut lines = vec![format!("format = {}", Snapshot::FORMAT), format!("revision = {}", line(revision))];
    lines.extend(parent.iter().map(|parent| format!("parent = {}", line(parent))));
    lines.extend(parent_hash.iter().map(|hash| format!("parent_hash = {}", line(hash))));
    lines.push(format!("hazards = {hazards}"));
    if !replaces.is_empty() {
        lines.push(format!("replaces = {}", list(replaces.iter().map(|text| line(text)))));
    }
    let mut sections = vec![section(None, lines)];
    let dropped: Vec<String> = dropped
        .kinds()
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(kind, names)| format!("{kind} = {}", list(names.iter().map(|name| line(name.as_str())))))
        .collect();
    if !dropped.is_empty() {
        sections.push(section(Some("dropped".to_owned()), dropped));
    }
    if part == Part::Whole && !accept.is_empty() {
        let lines = accept.iter().map(|(hazard, reason)| assignment(hazard, &block(reason)));
        sections.push(section(Some("accept".to_owned()), lines.collect()));
    }
    let enums: Vec<String> =
        changed.enums.iter().map(|(name, definition)| named(name, &enum_text(definition))).collect();
    if !enums.is_empty() {
        sections.push(section(Some("enum".to_owned()), enums));
    }
    sections.extend(changed.tables.iter().flat_map(|(name, table)| table_sections(name, table)));
    sections.extend(changed.views.iter().map(|(name, view)| view_section(name, view)));
    sections.extend(changed.triggers.iter().map(|(name, trigger)| trigger_section(name, trigger)));
    sections.join("\n")
}

fn table_sections(name: &Name, table: &Table) -> Vec<String> {
    let Table {
        name: _,
        doc,
        rust_name,
        columns,
        primary_key,
        uniques,
        foreign_keys,
        checks,
        indexes,
        options,
    } = table;
    let header = format!("table.{}", key(name));
    let mut lines: Vec<String> = doc.iter().map(|doc| format!("doc = {}", block(doc))).collect();
    lines.extend(rust_name.iter().map(|name| format!("rust_name = {}", line(name))));
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
    let TableOptions { sqlite, postgres, mysql } = options;
    add("sqlite", sqlite_lines(sqlite));
    add("postgres", postgres_lines(postgres));
    add("mysql", mysql_lines(mysql));
    sections
}

fn sqlite_lines(options: &SqliteOptions) -> Vec<String> {
    let SqliteOptions { strict, without_rowid } = options;
    let flags = [("strict", *strict), ("without_rowid", *without_rowid)];
    flags.into_iter().filter(|(_, set)| *set).map(|(key, _)| format!("{key} = true")).collect()
}

fn postgres_lines(options: &PostgresOptions) -> Vec<String> {
    let PostgresOptions { unlogged, fillfactor } = options;
    let unlogged = unlogged.then(|| "unlogged = true".to_owned());
    unlogged.into_iter().chain(fillfactor.iter().map(|percent| format!("fillfactor = {percent}"))).collect()
}

fn mysql_lines(options: &MysqlOptions) -> Vec<String> {
    let MysqlOptions { engine, charset, collation } = options;
    let texts = [("engine", engine), ("charset", charset), ("collation", collation)];
    let texts = texts.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?)));
    texts.map(|(key, text)| format!("{key} = {}", line(text))).collect()
}

fn enum_text(definition: &Enum) -> String {
    let Enum { name: _, doc, rust_name, values } = definition;
    let values = list(values.iter().map(|value| line(value)));
    let mut parts = vec![("values", values.clone())];
    parts.extend(rust_name.iter().map(|name| ("rust_name", line(name))));
    parts.extend(doc.iter().map(|doc| ("doc", line(doc))));
    if parts.len() == 1 { values } else { inline_table(&parts) }
}

fn view_section(name: &Name, view: &View) -> String {
    let View { name: _, doc, rust_name, sql, depends_on, only } = view;
    let mut lines: Vec<String> = doc.iter().map(|doc| format!("doc = {}", block(doc))).collect();
    lines.extend(rust_name.iter().map(|name| format!("rust_name = {}", line(name))));
    if !depends_on.is_empty() {
        lines.push(format!("depends_on = {}", names(depends_on)));
    }
    lines.extend(only_text(only).map(|only| format!("only = {only}")));
    lines.push(format!("sql = {}", sql_block(sql)));
    section(Some(format!("view.{}", key(name))), lines)
}

fn trigger_section(name: &Name, trigger: &Trigger) -> String {
    let Trigger { name: _, doc, rust_name, table, sql, drop, only } = trigger;
    let mut lines: Vec<String> = doc.iter().map(|doc| format!("doc = {}", block(doc))).collect();
    lines.extend(rust_name.iter().map(|name| format!("rust_name = {}", line(name))));
    lines.push(format!("table = {}", line(table.as_str())));
    lines.extend(only_text(only).map(|only| format!("only = {only}")));
    lines.push(format!("sql = {}", sql_block(sql)));
    lines.extend(drop.iter().map(|drop| format!("drop = {}", sql_block(drop))));
    section(Some(format!("trigger.{}", key(name))), lines)
}

fn only_text(only: &Only) -> Option<String> {
    match only {
        Only::Everywhere => None,
        Only::On(dialects) => Some(list(dialects.iter().map(|dialect| line(dialect.key())))),
    }
}

fn column_text(column: &Column) -> String {
    let Column {
        name: _,
        doc,
        rust_name,
        column_type,
        nullable,
        default,
        auto_increment,
        generated,
        collation,
        personal,
    } = column;
    let mut parts = match column_type {
        ColumnType::Native(native) => {
            let texts: Vec<_> =
                native.texts.iter().map(|(dialect, text)| (dialect.key(), line(text))).collect();
            let nullable = nullable.then(|| ("nullable", "true".to_owned()));
            [("native", inline_table(&texts))].into_iter().chain(nullable).collect()
        }
        _ => vec![("type", line(&format!("{column_type}{}", if *nullable { "?" } else { "" })))],
    };
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
    if let Some(generated) = generated {
        let mut inner = vec![("sql", sql(&generated.sql))];
        if generated.storage == GeneratedStorage::Stored {
            inner.push(("stored", "true".to_owned()));
        }
        parts.push(("generated", inline_table(&inner)));
    }
    parts.extend(collation.iter().map(|collation| ("collation", sql(collation))));
    parts.extend(rust_name.iter().map(|name| ("rust_name", line(name))));
    if *personal {
        parts.push(("personal", "true".to_owned()));
    }
    parts.extend(doc.iter().map(|doc| ("doc", line(doc))));
    match &parts[..] {
        [("type", column_type)] => column_type.clone(),
        _ => inline_table(&parts),
    }
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
    let ForeignKey { columns, references_table, references_columns, on_delete, on_update, timing, only } =
        foreign_key;
    let target = target_text(references_table, references_columns).to_string();
    let mut parts = vec![("columns", names(columns)), ("references", line(&target))];
    for (key, action) in [("on_delete", on_delete), ("on_update", on_update)] {
        if *action != ReferentialAction::NoAction {
            parts.push((key, line(action.key())));
        }
    }
    if *timing != Timing::Immediate {
        parts.push(("deferrable", line(timing.key())));
    }
    parts.extend(only_text(only).map(|only| ("only", only)));
    inline_table(&parts)
}

fn index_text(index: &Index) -> String {
    let Index { columns, unique, predicate, include, method, only } = index;
    let columns = list(columns.iter().map(index_column));
    let mut parts = vec![("columns", columns.clone())];
    if *unique {
        parts.push(("unique", "true".to_owned()));
    }
    parts.extend(predicate.iter().map(|predicate| ("where", sql(predicate))));
    if !include.is_empty() {
        parts.push(("include", names(include)));
    }
    if !method.is_empty() {
        let methods: Vec<_> = method.iter().map(|(dialect, text)| (dialect.key(), line(text))).collect();
        parts.push(("method", inline_table(&methods)));
    }
    parts.extend(only_text(only).map(|only| ("only", only)));
    if parts.len() == 1 { columns } else { inline_table(&parts) }
}

fn index_column(part: &IndexColumn) -> String {
    match (&part.key, part.order) {
        (IndexKey::Column(name), order) => line(&index_column_text(name, order)),
        (IndexKey::Expression(expression), SortOrder::Ascending) => inline_table(&[("sql", sql(expression))]),
        (IndexKey::Expression(expression), SortOrder::Descending) => {
            inline_table(&[("sql", sql(expression)), ("order", line("desc"))])
        }
    }
}

fn check_text(check: &Check) -> String {
    let Check { condition, only } = check;
    match only_text(only) {
        None => sql_block(condition),
        Some(only) => inline_table(&[("sql", sql(condition)), ("only", only)]),
    }
}

/// SQL on a line of its own, over several if it is one text of several.
fn sql_block(text: &Sql) -> String {
    match text {
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
