//! `[table.NAME]`.

use toml::de::DeValue;

use super::column::{column, everywhere};
use super::constraint;
use super::limits::COLUMNS;
use super::options;
use super::raw::{RawTable, Spanned};
use super::reader::{self, Context, Entry};
use crate::Name;
use crate::language::TABLE;

/// Reads one table. It comes back even if something in it is wrong, so that what refers to it is
/// not blamed.
pub(crate) fn table(context: &mut Context<'_>, entry: Entry<'_>) -> RawTable {
    let mut table = RawTable::new(Spanned::new(Name::new(entry.key), entry.key_span));
    let before = context.diagnostics.len();
    let example = format!("[table.{}]", reader::toml_key(entry.key));
    if let DeValue::Table(inner) = entry.value {
        let instead = "a view or trigger for what only one of them has";
        let inner = everywhere(context, inner, TABLE.name, instead);
        for inner in reader::known(context, &TABLE, inner) {
            fill(context, &mut table, inner);
        }
    } else {
        reader::wrong_shape::<()>(context, entry, "a table", &example);
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
        "renamed_from" => {
            table.renamed_from = reader::text(context, entry, "renamed_from = \"previous_name\"");
        }
        "rust_name" => table.rust_name = reader::text(context, entry, "rust_name = \"Name\""),
        "sqlite" => options::sqlite(context, &mut table.options, entry),
        "postgres" => options::postgres(context, &mut table.options, entry),
        "mysql" => options::mysql(context, &mut table.options, entry),
        _ => {}
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
