//! `[table.NAME.columns]`.

use toml::de::{DeTable, DeValue};

use super::raw::{RawActions, RawColumn, RawColumnReference, RawGenerated, RawTarget, RawType, Spanned};
use super::reader::{self, Context, Entry, missing_key, unknown_key, wrong_shape};
use super::target::parse_target;
use crate::language::{COLUMN, GENERATED, NATIVE};
use crate::{Code, Diagnostic, Name, Span};

/// Reads one column. It comes back even if something in it is wrong, so that what refers to it is
/// not blamed.
pub(super) fn column(context: &mut Context<'_>, entry: Entry<'_>) -> RawColumn {
    let mut column = empty(Spanned::new(Name::new(entry.key), entry.key_span));
    match entry.value {
        DeValue::String(text) => {
            column.column_type = Some(RawType::Text(Spanned::new(text.to_string(), entry.value_span)));
        }
        DeValue::Table(table) => {
            let instead = "a column that all have, with `native` types for what they call it";
            let entries = everywhere(context, table, COLUMN.name, instead);
            let entries = reader::known(context, &COLUMN, entries);
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
        rust_name: None,
        doc: None,
        renamed_from: None,
        primary_key: None,
        unique: None,
        auto_increment: None,
        personal: None,
        references: None,
        default: None,
        backfill: None,
        generated: None,
        collation: None,
    }
}

fn fill(context: &mut Context<'_>, column: &mut RawColumn, entries: &[Entry<'_>], name: Span) {
    let (mut written_type, mut native, mut nullable) = (None, None, None);
    let mut reference = None;
    let mut actions = RawActions::default();
    for &entry in entries {
        match entry.key {
            "type" => written_type = Some((entry.key_span, reader::text(context, entry, "type = \"text\""))),
            "native" => {
                native = Some((entry.key_span, reader::texts(context, entry, &NATIVE)));
            }
            "nullable" if entries.iter().any(|entry| entry.key == "native") => {
                nullable = reader::flag(context, entry);
            }
            "nullable" => unknown_key(context, entry, COLUMN.name, &[]),
            "generated" => column.generated = generated(context, entry),
            "collation" => column.collation = reader::sql(context, entry),
            "rust_name" => column.rust_name = reader::text(context, entry, "rust_name = \"Name\""),
            "primary_key" => column.primary_key = reader::flag(context, entry),
            "unique" => column.unique = reader::flag(context, entry),
            "auto_increment" => column.auto_increment = reader::flag(context, entry),
            "personal" => column.personal = reader::flag(context, entry),
            "references" => reference = Some((entry.key_span, target(context, entry))),
            "on_delete" => actions.on_delete = reader::text(context, entry, "on_delete = \"cascade\""),
            "on_update" => actions.on_update = reader::text(context, entry, "on_update = \"cascade\""),
            "deferrable" => actions.deferrable = reader::text(context, entry, "deferrable = \"deferred\""),
            "default" => column.default = reader::value(context, entry),
            "doc" => column.doc = reader::text(context, entry, "doc = \"What it is for.\""),
            "renamed_from" => {
                column.renamed_from = reader::text(context, entry, "renamed_from = \"previous_name\"");
            }
            "backfill" => column.backfill = reader::value(context, entry),
            _ => {}
        }
    }
    column.column_type = match (written_type, native) {
        (Some((_, text)), None) => text.map(RawType::Text),
        (None, Some((span, texts))) => {
            texts.map(|texts| RawType::Native { span, texts, nullable: nullable.is_some() })
        }
        (Some((text, _)), Some((native, _))) => {
            let message = format!("column `{}` has both `type` and `native`", column.name.value);
            context.report(
                Diagnostic::new(Code::BAD_TYPE, message)
                    .label(native, "a type of the databases")
                    .label(text, "a type of the language")
                    .help("remove one of the two; a native column is made nullable with `nullable = true`"),
            );
            None
        }
        (None, None) => {
            let what = format!("column `{}`", column.name.value);
            missing_key(context, name, &what, "type", "type = \"text\"");
            None
        }
    };
    match reference {
        Some((key, Some(target))) => column.references = Some(RawColumnReference { key, target, actions }),
        Some((_, None)) => {}
        None => actions_without_reference(context, &actions),
    }
}

fn actions_without_reference(context: &mut Context<'_>, actions: &RawActions) {
    let keys = [
        ("on_delete", &actions.on_delete),
        ("on_update", &actions.on_update),
        ("deferrable", &actions.deferrable),
    ];
    for (key, action) in keys {
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

/// Reads `generated`: an expression, and whether its value is stored.
fn generated(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawGenerated> {
    let example = "generated = { sql = \"lower(email)\", stored = true }";
    let (mut sql, mut stored) = (None, false);
    let inner = reader::fields(context, entry, &GENERATED, example)?;
    for &inner in &inner {
        match inner.key {
            "sql" => sql = reader::sql(context, inner),
            "stored" => stored = reader::flag(context, inner).is_some(),
            _ => {}
        }
    }
    if !inner.iter().any(|inner| inner.key == "sql") {
        missing_key(context, entry.key_span, "`generated`", "sql", "sql = \"lower(email)\"");
    }
    Some(RawGenerated { span: entry.key_span, sql: sql?, stored })
}

/// The entries of an object that is there on every database or on none: `only` is reported and left out.
pub(super) fn everywhere<'a>(
    context: &mut Context<'_>,
    table: &'a DeTable<'a>,
    what: &str,
    instead: &str,
) -> Vec<Entry<'a>> {
    let (only, others): (Vec<_>, Vec<_>) =
        reader::entries(context, table).into_iter().partition(|entry| entry.key == "only");
    for entry in only {
        context.report(
            Diagnostic::new(Code::UNSUPPORTED, format!("{what} cannot be limited to some databases"))
                .label(entry.key_span, "what Rust knows of it is the same everywhere")
                .help(format!("remove `only`, and use {instead}")),
        );
    }
    others
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
