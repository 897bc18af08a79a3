//! Uniques, indexes, checks and foreign keys of a table.

use toml::de::DeValue;

use super::column::target;
use super::raw::{RawActions, RawCheck, RawForeignKey, RawIndex, RawIndexColumn, RawKey, Spanned};
use super::reader::{self, Context, Entry, missing_key, wrong_shape};
use crate::Name;
use crate::language::{CHECK, FOREIGN_KEY, INDEX, INDEX_EXPRESSION, METHOD};

/// `primary_key = ["a", "b"]`, or an entry of `uniques`.
pub(super) fn key(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawKey> {
    let example = format!("{} = [\"column\"]", reader::toml_key(entry.key));
    let columns = reader::columns(context, entry, &example)?;
    Some(RawKey { name: name(entry), columns, span: entry.value_span })
}

/// An entry of `indexes`.
pub(super) fn index(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawIndex> {
    let key = reader::toml_key(entry.key);
    let example = format!("{key} = [\"column\", \"other desc\"]");
    match entry.value {
        DeValue::Array(_) => {
            let columns = index_columns(context, entry, &example)?;
            Some(RawIndex { columns, ..bare_index(entry) })
        }
        DeValue::Table(table) => index_table(context, entry, reader::entries(context, table)),
        _ => wrong_shape(context, entry, "a list of columns, or a table with `columns`", &example),
    }
}

fn bare_index(entry: Entry<'_>) -> RawIndex {
    RawIndex {
        name: name(entry),
        columns: Vec::new(),
        span: entry.value_span,
        unique: false,
        predicate: None,
        include: None,
        method: Vec::new(),
        only: None,
    }
}

fn index_table(context: &mut Context<'_>, entry: Entry<'_>, entries: Vec<Entry<'_>>) -> Option<RawIndex> {
    let example = "columns = [\"column\", \"other desc\"]";
    let before = context.diagnostics.len();
    let mut columns = None;
    let mut index = bare_index(entry);
    for inner in reader::known(context, &INDEX, entries) {
        match inner.key {
            "columns" => columns = Some((inner.value_span, index_columns(context, inner, example))),
            "unique" => index.unique = reader::flag(context, inner).is_some(),
            "where" => index.predicate = reader::sql(context, inner),
            "include" => {
                let names = reader::names(context, inner, "include = [\"column\"]");
                index.include = names.map(|names| Spanned::new(names, inner.key_span));
            }
            "method" => {
                index.method = reader::texts(context, inner, &METHOD).unwrap_or_default();
            }
            "only" => index.only = reader::only(context, inner),
            _ => {}
        }
    }
    match columns {
        Some((span, columns)) => (index.columns, index.span) = (columns?, span),
        None => {
            missing_key(context, entry.key_span, &format!("index `{}`", entry.key), "columns", example);
            return None;
        }
    }
    (context.diagnostics.len() == before).then_some(index)
}

/// A list of columns, each a text or `{ sql = .. }`.
fn index_columns(context: &mut Context<'_>, entry: Entry<'_>, example: &str) -> Option<Vec<RawIndexColumn>> {
    let DeValue::Array(array) = entry.value else {
        return wrong_shape(context, entry, "a list of columns", example);
    };
    if !reader::at_most(context, entry.key_span, array.len(), &format!("`{}`", entry.key)) {
        return None;
    }
    let mut columns = Vec::new();
    for element in array.iter() {
        let span = context.span(element);
        let part = Entry { value: element.get_ref(), value_span: span, ..entry };
        columns.push(match part.value {
            DeValue::String(text) => Some(RawIndexColumn::Text(Spanned::new(Name::new(text), span))),
            DeValue::Table(_) => index_expression(context, part),
            _ => wrong_shape(context, part, "a list of columns, each a text or `{ sql = \"...\" }`", example),
        });
    }
    columns.into_iter().collect()
}

fn index_expression(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawIndexColumn> {
    let example = "{ sql = \"lower(email)\" }";
    let (mut sql, mut descending, mut has_sql) = (None, false, false);
    for inner in reader::fields(context, entry, &INDEX_EXPRESSION, example)? {
        match inner.key {
            "sql" => {
                has_sql = true;
                sql = reader::sql(context, inner);
            }
            "order" => {
                let order = reader::text(context, inner, "order = \"desc\"")?;
                descending = match order.value.as_str() {
                    "asc" => false,
                    "desc" => true,
                    _ => return wrong_shape(context, inner, "\"asc\" or \"desc\"", "order = \"desc\""),
                };
            }
            _ => {}
        }
    }
    if !has_sql {
        missing_key(context, entry.value_span, "an expression of an index", "sql", "sql = \"lower(email)\"");
    }
    Some(RawIndexColumn::Expression { sql: sql?, descending })
}

/// An entry of `checks`: SQL, or a table with `sql` and `only`.
pub(super) fn check(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawCheck> {
    let limited = |table: &toml::de::DeTable<'_>| table.keys().any(|key| key.get_ref() == "sql");
    match entry.value {
        DeValue::Table(table) if limited(table) => {
            let (mut condition, mut only) = (None, None);
            for inner in reader::known(context, &CHECK, reader::entries(context, table)) {
                match inner.key {
                    "sql" => condition = reader::sql(context, inner),
                    "only" => only = Some(reader::only(context, inner)?),
                    _ => {}
                }
            }
            Some(RawCheck { name: name(entry), condition: condition?, only })
        }
        _ => Some(RawCheck { name: name(entry), condition: reader::sql(context, entry)?, only: None }),
    }
}

/// An entry of `foreign_keys`.
pub(super) fn foreign_key(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawForeignKey> {
    let key = reader::toml_key(entry.key);
    let example = format!("{key} = {{ columns = [\"user_id\"], references = \"users(id)\" }}");
    let mut columns = None;
    let mut references = None;
    let mut actions = RawActions::default();
    let mut only = None;
    for inner in reader::fields(context, entry, &FOREIGN_KEY, &example)? {
        match inner.key {
            "columns" => {
                columns =
                    Some((inner.value_span, reader::columns(context, inner, "columns = [\"user_id\"]")));
            }
            "references" => references = Some(target(context, inner)),
            "on_delete" => actions.on_delete = reader::text(context, inner, "on_delete = \"cascade\""),
            "on_update" => actions.on_update = reader::text(context, inner, "on_update = \"cascade\""),
            "deferrable" => actions.deferrable = reader::text(context, inner, "deferrable = \"deferred\""),
            "only" => only = Some(reader::only(context, inner)?),
            _ => {}
        }
    }
    let what = format!("foreign key `{}`", entry.key);
    if columns.is_none() {
        missing_key(context, entry.key_span, &what, "columns", "columns = [\"user_id\"]");
    }
    if references.is_none() {
        missing_key(context, entry.key_span, &what, "references", "references = \"users(id)\"");
    }
    let (span, columns) = columns?;
    Some(RawForeignKey { name: name(entry), columns: columns?, span, target: references??, actions, only })
}

fn name(entry: Entry<'_>) -> Spanned<Name> {
    Spanned::new(Name::new(entry.key), entry.key_span)
}
