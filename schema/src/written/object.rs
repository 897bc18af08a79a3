//! What stands behind a name: an enum, a key, an index, a check, a view, a trigger.

use super::toml::{block, inline_table, key, line, list, names, section};
use crate::document::target::{index_column_text, target_text};
use crate::{
    Check, Enum, ForeignKey, Index, IndexColumn, IndexKey, MysqlOptions, Name, Only, PostgresOptions,
    ReferentialAction, SortOrder, Sql, SqliteOptions, Timing, Trigger, View,
};

pub(crate) fn sqlite_lines(options: &SqliteOptions) -> Vec<String> {
    let SqliteOptions { strict, without_rowid } = options;
    let flags = [("strict", *strict), ("without_rowid", *without_rowid)];
    flags.into_iter().filter(|(_, set)| *set).map(|(key, _)| format!("{key} = true")).collect()
}

pub(crate) fn postgres_lines(options: &PostgresOptions) -> Vec<String> {
    let PostgresOptions { unlogged, fillfactor } = options;
    let unlogged = unlogged.then(|| "unlogged = true".to_owned());
    unlogged.into_iter().chain(fillfactor.iter().map(|percent| format!("fillfactor = {percent}"))).collect()
}

pub(crate) fn mysql_lines(options: &MysqlOptions) -> Vec<String> {
    let MysqlOptions { engine, charset, collation } = options;
    let texts = [("engine", engine), ("charset", charset), ("collation", collation)];
    let texts = texts.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?)));
    texts.map(|(key, text)| format!("{key} = {}", line(text))).collect()
}

pub(crate) fn enum_text(definition: &Enum) -> String {
    let Enum { name: _, doc, rust_name, values } = definition;
    let values = list(values.iter().map(|value| line(value)));
    let mut parts = vec![("values", values.clone())];
    parts.extend(rust_name.iter().map(|name| ("rust_name", line(name))));
    parts.extend(doc.iter().map(|doc| ("doc", line(doc))));
    if parts.len() == 1 { values } else { inline_table(&parts) }
}

pub(crate) fn view_section(name: &Name, view: &View) -> String {
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

pub(crate) fn trigger_section(name: &Name, trigger: &Trigger) -> String {
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

pub(crate) fn foreign_key_text(foreign_key: &ForeignKey) -> String {
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

pub(crate) fn index_text(index: &Index) -> String {
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

pub(crate) fn check_text(check: &Check) -> String {
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

pub(crate) fn sql(sql: &Sql) -> String {
    match sql {
        Sql::Same(text) => line(text),
        Sql::Each(texts) => {
            let parts: Vec<_> = texts.iter().map(|(dialect, text)| (dialect.key(), line(text))).collect();
            inline_table(&parts)
        }
    }
}
