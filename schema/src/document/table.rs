//! `[table.NAME]`.

use super::column::{column, everywhere};
use super::constraint;
use super::limits::COLUMNS;
use super::options;
use super::raw::{RawTable, Spanned};
use super::reader::{self, Context, Entry, Mode, unknown_key};
use crate::Name;

const KEYS: [&str; 12] = [
    "doc",
    "rust_name",
    "columns",
    "primary_key",
    "uniques",
    "indexes",
    "checks",
    "foreign_keys",
    "sqlite",
    "postgres",
    "mysql",
    "renamed_from",
];

/// Reads one table. It comes back even if something in it is wrong, so that what refers to it is
/// not blamed.
pub(crate) fn table(context: &mut Context<'_>, entry: Entry<'_>) -> RawTable {
    let mut table = RawTable::new(Spanned::new(Name::new(entry.key), entry.key_span));
    let before = context.diagnostics.len();
    let example = format!("[table.{}]", reader::toml_key(entry.key));
    for inner in reader::table(context, entry, &example).unwrap_or_default() {
        fill(context, &mut table, inner);
    }
    table.intact = context.diagnostics.len() == before;
    table
}

fn fill(context: &mut Context<'_>, table: &mut RawTable, entry: Entry<'_>) {
    match entry.key {
        "doc" => table.doc = reader::text(context, entry, "doc = \"What it is for.\""),
        "columns" => {
            let entries = reader::table(context, entry, "columns.id = \"bigint\"").unwrap_or_default();
            reader::at_most(context, entry.key_span, entries.len(), &format!("table `{}`", table.name.value));
            table.columns = entries.into_iter().take(COLUMNS).map(|entry| column(context, entry)).collect();
        }
        "primary_key" => table.primary_key = constraint::key(context, entry),
        "uniques" => table.uniques = each(context, entry, "uniques.NAME = [\"column\"]", constraint::key),
        "indexes" => table.indexes = each(context, entry, "indexes.NAME = [\"column\"]", constraint::index),
        "checks" => table.checks = each(context, entry, "checks.NAME = \"condition\"", constraint::check),
        "foreign_keys" => {
            let example = "foreign_keys.NAME = { columns = [\"user_id\"], references = \"users(id)\" }";
            table.foreign_keys = each(context, entry, example, constraint::foreign_key);
        }
        "renamed_from" if context.mode == Mode::Schema => {
            table.renamed_from = reader::text(context, entry, "renamed_from = \"previous_name\"");
        }
        "rust_name" => table.rust_name = reader::text(context, entry, "rust_name = \"Name\""),
        "sqlite" => options::sqlite(context, &mut table.options, entry),
        "postgres" => options::postgres(context, &mut table.options, entry),
        "mysql" => options::mysql(context, &mut table.options, entry),
        "only" => everywhere(context, entry, "a table", "a view or trigger for what only one of them has"),
        _ => unknown_key(context, entry, "a table", keys(context.mode)),
    }
}

fn keys(mode: Mode) -> &'static [&'static str] {
    match mode {
        Mode::Schema => &KEYS,
        Mode::Snapshot => &KEYS[..11],
    }
}

fn each<T>(
    context: &mut Context<'_>,
    entry: Entry<'_>,
    example: &str,
    read: fn(&mut Context<'_>, Entry<'_>) -> Option<T>,
) -> Vec<T> {
    let entries = reader::table(context, entry, example).unwrap_or_default();
    entries.into_iter().filter_map(|entry| read(context, entry)).collect()
}
