//! What only one database has for a table.

use super::context::Context;
use crate::document::raw::{RawOptions, RawTable, Spanned};
use crate::{
    Code, ColumnType, Diagnostic, Dialect, MysqlOptions, PostgresOptions, SqliteOptions, Table, TableOptions,
};

pub(super) fn options(
    context: &mut Context<'_>,
    raw: &RawTable,
    table: &Table,
    keys_complete: bool,
) -> TableOptions {
    let RawOptions { strict, without_rowid, unlogged, fillfactor, engine, charset, collation } = &raw.options;
    let without_rowid =
        without_rowid.filter(|span| !keys_complete || has_key_for_rows(context, raw, table, *span));
    if let Some(span) = strict {
        strict_types(context, raw, table, *span);
    }
    TableOptions {
        sqlite: SqliteOptions { strict: strict.is_some(), without_rowid: without_rowid.is_some() },
        postgres: PostgresOptions {
            unlogged: unlogged.is_some(),
            fillfactor: fillfactor.as_ref().and_then(|percent| percent_of(context, percent)),
        },
        mysql: MysqlOptions {
            engine: engine.as_ref().and_then(|name| word(context, "engine", name)),
            charset: charset.as_ref().and_then(|name| word(context, "charset", name)),
            collation: collation.as_ref().and_then(|name| word(context, "collation", name)),
        },
    }
}

/// <https://sqlite.org/withoutrowid.html>: rows are stored by their primary key, and nothing else
/// numbers them.
fn has_key_for_rows(context: &mut Context<'_>, raw: &RawTable, table: &Table, span: crate::Span) -> bool {
    let numbered = raw.columns.iter().find_map(|column| Some((&column.name.value, column.auto_increment?)));
    let (problem, place, words, help) = match (&table.primary_key, numbered) {
        (None, _) => (
            "has no primary key to store its rows by".to_owned(),
            raw.name.span,
            "the table without a primary key",
            "add `primary_key = true` to a column, or remove `without_rowid`",
        ),
        (Some(_), Some((column, place))) => (
            format!("has `auto_increment` on `{column}`"),
            place,
            "nothing numbers its rows",
            "remove one of the two",
        ),
        (Some(_), None) => return true,
    };
    let message = format!("table `{}` is `without_rowid`, and {problem}", table.name);
    context.report(
        Diagnostic::new(Code::BAD_OPTION, message)
            .label(span, "rows are stored by the primary key alone")
            .label(place, words)
            .help(help),
    );
    false
}

/// <https://sqlite.org/stricttables.html>: a strict table takes six types and no others.
fn strict_types(context: &mut Context<'_>, raw: &RawTable, table: &Table, span: crate::Span) {
    for column in table.columns.values() {
        let ColumnType::Native(native) = &column.column_type else { continue };
        let Some(text) = native.text(Dialect::Sqlite) else { continue };
        if STRICT_TYPES.contains(&text.to_ascii_uppercase().as_str()) {
            continue;
        }
        let place = raw.column(column.name.as_str()).map_or(span, |column| column.name.span);
        let message = format!(
            "column `{}.{}` has the type `{text}`, which strict tables do not take",
            table.name, column.name
        );
        context.report(
            Diagnostic::new(Code::BAD_OPTION, message)
                .label(place, "this column")
                .label(span, "because of this")
                .help(format!("write one of {} for sqlite", STRICT_TYPES.join(", "))),
        );
    }
}

const STRICT_TYPES: [&str; 6] = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];

fn percent_of(context: &mut Context<'_>, percent: &Spanned<i64>) -> Option<u8> {
    let found = u8::try_from(percent.value).ok().filter(|percent| (10..=100).contains(percent));
    if found.is_none() {
        context.report(
            Diagnostic::new(Code::BAD_OPTION, format!("a fillfactor of {} cannot be", percent.value))
                .label(percent.span, "expected a percentage from 10 to 100")
                .help("write `fillfactor = 80`"),
        );
    }
    found
}

/// Names of engines and character sets go into SQL as words.
fn word(context: &mut Context<'_>, key: &str, name: &Spanned<String>) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !name.value.is_empty() && name.value.bytes().all(plain) {
        return Some(name.value.clone());
    }
    context.report(
        Diagnostic::new(
            Code::BAD_OPTION,
            format!("`{key}` is no name: {}", crate::text::quoted(&name.value)),
        )
        .label(name.span, "expected letters, digits and underscores")
        .help(format!("write the {key} as MySQL names it, or remove the key")),
    );
    None
}
