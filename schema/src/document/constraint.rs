//! Uniques, indexes, checks and foreign keys of a table.

use toml::de::DeValue;

use super::column::target;
use super::raw::{RawActions, RawCheck, RawForeignKey, RawIndex, RawKey, Spanned};
use super::reader::{self, Context, Entry, missing_key, not_yet, unknown_key, wrong_shape};
use crate::Name;

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
            let columns = reader::columns(context, entry, &example)?;
            let index = RawIndex {
                name: name(entry),
                columns,
                span: entry.value_span,
                unique: false,
                predicate: None,
            };
            Some(index)
        }
        DeValue::Table(table) => {
            let entries = reader::entries(context, table);
            index_table(context, entry, &entries)
        }
        _ => wrong_shape(context, entry, "a list of columns, or a table with `columns`", &example),
    }
}

fn index_table(context: &mut Context<'_>, entry: Entry<'_>, entries: &[Entry<'_>]) -> Option<RawIndex> {
    let example = "columns = [\"column\", \"other desc\"]";
    let mut columns = None;
    let mut index = RawIndex {
        name: name(entry),
        columns: Vec::new(),
        span: entry.value_span,
        unique: false,
        predicate: None,
    };
    let mut complete = true;
    for &inner in entries {
        match inner.key {
            "columns" => columns = Some((inner.value_span, reader::columns(context, inner, example))),
            "unique" => index.unique = reader::flag(context, inner).is_some(),
            "where" => {
                index.predicate = reader::sql(context, inner);
                complete &= index.predicate.is_some();
            }
            "include" | "only" | "native" | "rust_name" => not_yet(context, inner),
            _ => unknown_key(context, inner, "an index", &["columns", "unique", "where"]),
        }
    }
    match columns {
        Some((span, Some(columns))) => (index.columns, index.span) = (columns, span),
        Some((_, None)) => return None,
        None => {
            missing_key(context, entry.key_span, &format!("index `{}`", entry.key), "columns", example);
            return None;
        }
    }
    complete.then_some(index)
}

/// An entry of `checks`.
pub(super) fn check(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawCheck> {
    Some(RawCheck { name: name(entry), condition: reader::sql(context, entry)? })
}

/// An entry of `foreign_keys`.
pub(super) fn foreign_key(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawForeignKey> {
    let key = reader::toml_key(entry.key);
    let example = format!("{key} = {{ columns = [\"user_id\"], references = \"users(id)\" }}");
    let mut columns = None;
    let mut references = None;
    let mut actions = RawActions::default();
    for inner in reader::table(context, entry, &example)? {
        match inner.key {
            "columns" => {
                columns =
                    Some((inner.value_span, reader::columns(context, inner, "columns = [\"user_id\"]")));
            }
            "references" => references = Some(target(context, inner)),
            "on_delete" => actions.on_delete = reader::text(context, inner, "on_delete = \"cascade\""),
            "on_update" => actions.on_update = reader::text(context, inner, "on_update = \"cascade\""),
            "only" | "rust_name" => not_yet(context, inner),
            _ => {
                let known = ["columns", "references", "on_delete", "on_update"];
                unknown_key(context, inner, "a foreign key", &known);
            }
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
    Some(RawForeignKey { name: name(entry), columns: columns?, span, target: references??, actions })
}

fn name(entry: Entry<'_>) -> Spanned<Name> {
    Spanned::new(Name::new(entry.key), entry.key_span)
}
