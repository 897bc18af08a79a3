//! A table with everything that belongs to it, in the short forms of the language where they say the same.

use super::page::Page;
use super::remark::Remarks;
use crate::document::target::column_target_text;
use crate::written::{
    OnColumn, block, check_text, column_text_with, foreign_key_text, index_text, key, line, mysql_lines,
    names, postgres_lines, sqlite_lines,
};
use crate::{Column, ForeignKey, Name, Object, Only, ReferentialAction, Table, Timing};

/// So wide the names of a section are at most set.
const WIDEST: usize = 24;

pub(super) fn write(page: &mut Page, table: &Table, remarks: &mut Remarks<'_>) {
    head(page, table, remarks);
    let header = |part: &str| format!("table.{}.{part}", key(&table.name));
    let name = &table.name;
    let width = width(table.columns.keys());
    page.header(&header("columns"), Some(Object::Table(name.clone())));
    for column in table.columns.values() {
        let object = Object::Column(name.clone(), column.name.clone());
        remarks.on(name, &format!("column {}", column.name), page);
        if let Some(unique) = short_unique(table, column) {
            remarks.on(name, &format!("unique {unique}"), page);
        }
        if let Some((foreign_key, _)) = short_reference(table, column) {
            remarks.on(name, &format!("foreign key {foreign_key}"), page);
        }
        let text = column_text_with(column, on_column(table, column));
        page.line(object, &assigned(&column.name, width, &text));
    }
    let mut section =
        |part: &str, kind: &str, make: fn(Name, Name) -> Object, lines: Vec<(&Name, String)>| {
            if lines.is_empty() {
                return;
            }
            let width = self::width(lines.iter().map(|(name, _)| *name));
            page.header(&header(part), None);
            for (object, text) in lines {
                remarks.on(name, &format!("{kind} {object}"), page);
                page.line(make(name.clone(), object.clone()), &assigned(object, width, &text));
            }
        };
    let uniques = table.uniques.iter().filter(|(name, _)| !is_short_unique(table, name));
    let uniques = uniques.map(|(name, unique)| (name, names(&unique.columns))).collect();
    section("uniques", "unique", Object::Unique, uniques);
    let keys = table.foreign_keys.iter().filter(|(name, _)| !is_short_reference(table, name));
    let keys = keys.map(|(name, key)| (name, foreign_key_text(key))).collect();
    section("foreign_keys", "foreign key", Object::ForeignKey, keys);
    let checks = table.checks.iter().map(|(name, check)| (name, check_text(check))).collect();
    section("checks", "check", Object::Check, checks);
    let indexes = table.indexes.iter().map(|(name, index)| (name, index_text(index))).collect();
    section("indexes", "index", Object::Index, indexes);
    let options = &table.options;
    for (part, lines) in [
        ("sqlite", sqlite_lines(&options.sqlite)),
        ("postgres", postgres_lines(&options.postgres)),
        ("mysql", mysql_lines(&options.mysql)),
    ] {
        if !lines.is_empty() {
            page.header(&header(part), Some(Object::Table(name.clone())));
            lines.iter().for_each(|line| page.line(Object::Table(name.clone()), line));
        }
    }
}

/// What stands on the table itself; the section is left out where that is nothing.
fn head(page: &mut Page, table: &Table, remarks: &mut Remarks<'_>) {
    let name = &table.name;
    let words = remarks.on_table(name, &parts(table));
    let key_alone = key_on_table(table);
    let mut lines: Vec<String> = table.doc.iter().map(|doc| format!("doc = {}", block(doc))).collect();
    lines.extend(table.rust_name.iter().map(|name| format!("rust_name = {}", line(name))));
    if lines.is_empty() && words.is_empty() && !key_alone {
        return;
    }
    page.gap();
    words.iter().for_each(|words| page.comment(words));
    page.line(Object::Table(name.clone()), &format!("[table.{}]", key(name)));
    lines.iter().for_each(|line| page.line(Object::Table(name.clone()), line));
    if let Some(primary_key) = table.primary_key.as_ref().filter(|_| key_alone) {
        let text = format!("primary_key = {}", names(&primary_key.columns));
        page.line(Object::PrimaryKey(name.clone()), &text);
    }
}

/// The parts of a table that have a line of their own.
fn parts(table: &Table) -> Vec<String> {
    let columns = table.columns.keys().map(|name| format!("column {name}"));
    let uniques = table.uniques.keys().map(|name| format!("unique {name}"));
    let keys = table.foreign_keys.keys().map(|name| format!("foreign key {name}"));
    let checks = table.checks.keys().map(|name| format!("check {name}"));
    let indexes = table.indexes.keys().map(|name| format!("index {name}"));
    columns.chain(uniques).chain(keys).chain(checks).chain(indexes).collect()
}

fn key_on_table(table: &Table) -> bool {
    match table.key_columns() {
        [] => table.primary_key.is_some(),
        [only] => table.column(only.as_str()).is_none(),
        _ => true,
    }
}

/// What is said on a column in the short forms.
fn on_column(table: &Table, column: &Column) -> OnColumn {
    let flag = |key| (key, "true".to_owned());
    let mut on_column = OnColumn::default();
    if *table.key_columns() == [column.name.clone()] {
        on_column.keys.push(flag("primary_key"));
    }
    if short_unique(table, column).is_some() {
        on_column.keys.push(flag("unique"));
    }
    if let Some((_, key)) = short_reference(table, column) {
        on_column.reference = reference(key);
    }
    on_column
}

fn reference(key: &ForeignKey) -> Vec<(&'static str, String)> {
    let target = column_target_text(&key.references_table, &key.references_columns);
    let mut parts = vec![("references", line(&target))];
    for (word, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
        if action != ReferentialAction::NoAction {
            parts.push((word, line(action.key())));
        }
    }
    if key.timing != Timing::Immediate {
        parts.push(("deferrable", line(key.timing.key())));
    }
    parts
}

/// The unique constraint that `unique = true` on a column means, by the name that it has then.
fn short_unique<'a>(table: &'a Table, column: &Column) -> Option<&'a Name> {
    let derived = format!("{}_{}_key", table.name, column.name);
    let (name, unique) = table.uniques.get_key_value(derived.as_str())?;
    (*unique.columns == [column.name.clone()]).then_some(name)
}

/// The same for `references`.
fn short_reference<'a>(table: &'a Table, column: &Column) -> Option<(&'a Name, &'a ForeignKey)> {
    let derived = format!("{}_{}_fkey", table.name, column.name);
    let found = table.foreign_keys.get_key_value(derived.as_str())?;
    let (_, key) = found;
    let short = *key.columns == [column.name.clone()]
        && key.references_columns.len() == 1
        && key.only == Only::Everywhere;
    short.then_some(found)
}

fn is_short_unique(table: &Table, name: &Name) -> bool {
    table.columns.values().any(|column| short_unique(table, column) == Some(name))
}

fn is_short_reference(table: &Table, name: &Name) -> bool {
    table
        .columns
        .values()
        .any(|column| short_reference(table, column).is_some_and(|(short, _)| short == name))
}

fn width<'a>(names: impl Iterator<Item = &'a Name>) -> usize {
    names.map(|name| key(name).chars().count()).filter(|width| *width <= WIDEST).max().unwrap_or(0)
}

fn assigned(name: &Name, width: usize, text: &str) -> String {
    format!("{:<width$} = {text}", key(name))
}
