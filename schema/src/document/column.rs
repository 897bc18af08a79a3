//! `[table.NAME.columns]`.

use toml::de::DeValue;

use super::raw::{RawActions, RawColumn, RawColumnReference, RawTarget, Spanned};
use super::reader::{self, Context, Entry, Mode, missing_key, not_yet, unknown_key, wrong_shape};
use super::target::parse_target;
use crate::{Code, Diagnostic, Name, Span};

const KEYS: [&str; 11] = [
    "type",
    "primary_key",
    "unique",
    "auto_increment",
    "references",
    "on_delete",
    "on_update",
    "default",
    "doc",
    "renamed_from",
    "backfill",
];

/// Reads one column. It comes back even if something in it is wrong, so that what refers to it is
/// not blamed.
pub(super) fn column(context: &mut Context<'_>, entry: Entry<'_>) -> RawColumn {
    let mut column = empty(Spanned::new(Name::new(entry.key), entry.key_span));
    match entry.value {
        DeValue::String(text) => {
            column.column_type = Some(Spanned::new(text.to_string(), entry.value_span));
        }
        DeValue::Table(table) => {
            let entries = reader::entries(context, table);
            fill(context, &mut column, &entries, entry.key_span);
        }
        _ => {
            let key = reader::toml_key(entry.key);
            let example = format!("{key} = \"text\"` or `{key} = {{ type = \"text\" }}");
            wrong_shape::<()>(context, entry, "a type, or a table with a `type`", &example);
        }
    }
    column
}

const fn empty(name: Spanned<Name>) -> RawColumn {
    RawColumn {
        name,
        column_type: None,
        doc: None,
        renamed_from: None,
        primary_key: None,
        unique: None,
        auto_increment: None,
        references: None,
        default: None,
        backfill: None,
    }
}

fn fill(context: &mut Context<'_>, column: &mut RawColumn, entries: &[Entry<'_>], name: Span) {
    let mut has_type = false;
    let mut reference = None;
    let mut actions = RawActions::default();
    for &entry in entries {
        match entry.key {
            "type" => {
                has_type = true;
                column.column_type = reader::text(context, entry, "type = \"text\"");
            }
            "primary_key" => column.primary_key = reader::flag(context, entry),
            "unique" => column.unique = reader::flag(context, entry),
            "auto_increment" => column.auto_increment = reader::flag(context, entry),
            "references" => reference = Some((entry.key_span, target(context, entry))),
            "on_delete" => actions.on_delete = reader::text(context, entry, "on_delete = \"cascade\""),
            "on_update" => actions.on_update = reader::text(context, entry, "on_update = \"cascade\""),
            "default" => column.default = reader::value(context, entry),
            "doc" => column.doc = reader::text(context, entry, "doc = \"What it is for.\""),
            "renamed_from" if context.mode == Mode::Schema => {
                column.renamed_from = reader::text(context, entry, "renamed_from = \"previous_name\"");
            }
            "backfill" if context.mode == Mode::Schema => column.backfill = reader::value(context, entry),
            "native" => {
                has_type = true;
                not_yet(context, entry);
            }
            "generated" | "collation" | "only" | "rust_name" | "personal" => not_yet(context, entry),
            _ => unknown_key(context, entry, "a column", keys(context.mode)),
        }
    }
    if !has_type {
        let what = format!("column `{}`", column.name.value);
        missing_key(context, name, &what, "type", "type = \"text\"");
    }
    match reference {
        Some((key, Some(target))) => column.references = Some(RawColumnReference { key, target, actions }),
        Some((_, None)) => {}
        None => actions_without_reference(context, &actions),
    }
}

fn keys(mode: Mode) -> &'static [&'static str] {
    match mode {
        Mode::Schema => &KEYS,
        Mode::Snapshot => &KEYS[..9],
    }
}

fn actions_without_reference(context: &mut Context<'_>, actions: &RawActions) {
    for (key, action) in [("on_delete", &actions.on_delete), ("on_update", &actions.on_update)] {
        if let Some(action) = action {
            let message = format!("`{key}` without `references`");
            context.report(
                Diagnostic::new(Code::MISSING_KEY, message)
                    .label(action.span, "there is no foreign key that this could belong to")
                    .help(format!("add `references = \"table.column\"`, or remove `{key}`")),
            );
        }
    }
}

/// Reads the value of `references`.
pub(super) fn target(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawTarget> {
    let text = reader::text(context, entry, "references = \"users.id\"")?;
    let Some((table, columns)) = parse_target(&text.value) else {
        let message = format!("`references` names no column: \"{}\"", text.value);
        let table = text.value.split(['.', '(']).next().unwrap_or("").trim();
        let table = if table.is_empty() { "users" } else { table };
        context.report(
            Diagnostic::new(Code::WRONG_SHAPE, message)
                .label(text.span, "expected a table and a column of it")
                .help(format!("write `references = \"{table}.id\"`, or `references = \"{table}(a, b)\"` for several columns")),
        );
        return None;
    };
    reader::at_most(context, text.span, columns.len(), "`references`").then_some(RawTarget {
        span: text.span,
        table,
        columns,
    })
}
