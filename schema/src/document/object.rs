//! `[enum]`, `[view.NAME]` and `[trigger.NAME]`.

use toml::de::DeValue;

use super::raw::{RawEnum, RawTrigger, RawView, Spanned};
use super::reader::{self, Context, Entry, missing_key, wrong_shape};
use crate::Name;
use crate::language::{ENUM, TRIGGER, VIEW};

/// The entries of `[enum]`.
pub(crate) fn enums(context: &mut Context<'_>, entry: Entry<'_>) -> Vec<RawEnum> {
    let entries = reader::table(context, entry, "enum.NAME = [\"value\"]").unwrap_or_default();
    entries.into_iter().map(|entry| enumeration(context, entry)).collect()
}

/// One enum. It comes back even if something in it is wrong, so that the columns of its type are not
/// blamed.
fn enumeration(context: &mut Context<'_>, entry: Entry<'_>) -> RawEnum {
    let example = format!("{} = [\"first\", \"second\"]", reader::toml_key(entry.key));
    let mut found = RawEnum {
        name: name(entry),
        doc: None,
        rust_name: None,
        values: None,
        renamed_values: Vec::new(),
        span: entry.value_span,
    };
    match entry.value {
        DeValue::Array(_) => found.values = values(context, entry, &example),
        DeValue::Table(table) => {
            let mut has_values = false;
            for inner in reader::known(context, &ENUM, reader::entries(context, table)) {
                match inner.key {
                    "values" => {
                        has_values = true;
                        found.values = values(context, inner, "values = [\"first\", \"second\"]");
                        found.span = inner.value_span;
                    }
                    "doc" => found.doc = reader::text(context, inner, "doc = \"What it is for.\""),
                    "rust_name" => found.rust_name = reader::text(context, inner, "rust_name = \"Name\""),
                    "renamed_values" => found.renamed_values = renamed_values(context, inner),
                    _ => {}
                }
            }
            if !has_values {
                let what = format!("enum `{}`", entry.key);
                missing_key(context, entry.key_span, &what, "values", "values = [\"first\", \"second\"]");
            }
        }
        _ => _ = wrong_shape::<()>(context, entry, "a list of values, or a table with `values`", &example),
    }
    found
}

fn values(context: &mut Context<'_>, entry: Entry<'_>, example: &str) -> Option<Vec<Spanned<String>>> {
    let names = reader::names(context, entry, example)?;
    Some(names.into_iter().map(|name| Spanned::new(name.value.to_string(), name.span)).collect())
}

fn renamed_values(context: &mut Context<'_>, entry: Entry<'_>) -> Vec<(Spanned<String>, Spanned<String>)> {
    let example = "renamed_values = { next = \"previous\" }";
    let mut renamed = Vec::new();
    for inner in reader::table(context, entry, example).unwrap_or_default() {
        if let Some(previous) = reader::text(context, inner, example) {
            renamed.push((Spanned::new(inner.key.to_owned(), inner.key_span), previous));
        }
    }
    renamed
}

/// The entries of `[view]`.
pub(crate) fn views(context: &mut Context<'_>, entry: Entry<'_>) -> Vec<RawView> {
    let entries = reader::table(context, entry, "[view.NAME]").unwrap_or_default();
    entries.into_iter().filter_map(|entry| view(context, entry)).collect()
}

fn view(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawView> {
    let example = format!("[view.{}]", reader::toml_key(entry.key));
    let (mut doc, mut rust_name, mut sql, mut only, mut depends_on) = (None, None, None, None, Vec::new());
    let entries = reader::fields(context, entry, &VIEW, &example)?;
    for &inner in &entries {
        match inner.key {
            "doc" => doc = reader::text(context, inner, "doc = \"What it shows.\""),
            "rust_name" => rust_name = reader::text(context, inner, "rust_name = \"Name\""),
            "sql" => sql = reader::sql(context, inner),
            "depends_on" => {
                depends_on = reader::names(context, inner, "depends_on = [\"users\"]").unwrap_or_default();
            }
            "only" => only = Some(reader::only(context, inner)?),
            _ => {}
        }
    }
    if !entries.iter().any(|entry| entry.key == "sql") {
        let what = format!("view `{}`", entry.key);
        missing_key(context, entry.key_span, &what, "sql", "sql = \"SELECT ...\"");
    }
    Some(RawView { name: name(entry), doc, rust_name, sql: sql?, depends_on, only })
}

/// The entries of `[trigger]`.
pub(crate) fn triggers(context: &mut Context<'_>, entry: Entry<'_>) -> Vec<RawTrigger> {
    let entries = reader::table(context, entry, "[trigger.NAME]").unwrap_or_default();
    entries.into_iter().filter_map(|entry| trigger(context, entry)).collect()
}

fn trigger(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawTrigger> {
    let example = format!("[trigger.{}]", reader::toml_key(entry.key));
    let (mut doc, mut rust_name, mut only) = (None, None, None);
    let (mut table, mut sql, mut drop) = (None, None, None);
    let entries = reader::fields(context, entry, &TRIGGER, &example)?;
    for &inner in &entries {
        match inner.key {
            "doc" => doc = reader::text(context, inner, "doc = \"What it does.\""),
            "rust_name" => rust_name = reader::text(context, inner, "rust_name = \"Name\""),
            "table" => table = reader::text(context, inner, "table = \"users\""),
            "sql" => sql = reader::sql(context, inner),
            "drop" => drop = Some(reader::sql(context, inner)?),
            "only" => only = Some(reader::only(context, inner)?),
            _ => {}
        }
    }
    let what = format!("trigger `{}`", entry.key);
    for (key, example) in [("table", "table = \"users\""), ("sql", "sql = \"CREATE TRIGGER ...\"")] {
        if !entries.iter().any(|entry| entry.key == key) {
            missing_key(context, entry.key_span, &what, key, example);
        }
    }
    let table = table?;
    let table = Spanned::new(Name::new(table.value), table.span);
    Some(RawTrigger { name: name(entry), doc, rust_name, table, sql: sql?, drop, only })
}

fn name(entry: Entry<'_>) -> Spanned<Name> {
    Spanned::new(Name::new(entry.key), entry.key_span)
}
