//! What a configured database cannot do, said at the key that asks for it.

use super::context::Context;
use super::table::Draft;
use crate::document::raw::{RawColumn, RawForeignKey, RawIndex, RawIndexColumn, RawType};
use crate::{
    Capabilities, Check, Code, Column, ColumnType, Diagnostic, Dialect, GeneratedStorage, Index, Limits,
    Name, Only, ReferentialAction, Span, Sql, Table,
};

/// Reports everything in tables that some configured database lacks.
pub(super) fn check(context: &mut Context<'_>, drafts: &[Draft<'_>]) {
    for draft in drafts.iter().filter(|draft| !draft.raw.torn) {
        for column in draft.table.columns.values() {
            if let Some(raw) = draft.raw.column(column.name.as_str()) {
                generated(context, &draft.table, column, raw);
                let sql = column.generated.as_ref().map(|made| &made.sql).zip(raw.generated.as_ref());
                if let Some((sql, written)) = sql {
                    let what = format!("column `{}.{}`", draft.table.name, column.name);
                    reads_numbers(context, &draft.table, &what, (sql, written.span), &Only::Everywhere);
                }
                sizes(context, &draft.table, column, raw);
            }
        }
        for raw in &draft.raw.indexes {
            if let Some(made) = draft.table.indexes.get(&raw.name.value) {
                index(context, raw, made);
            }
        }
        for raw in &draft.raw.checks {
            if let Some(Check { condition: sql, only }) = draft.table.checks.get(&raw.name.value) {
                let what = format!("check `{}`", raw.name.value);
                reads_numbers(context, &draft.table, &what, (sql, raw.condition.span), only);
            }
        }
        for raw in &draft.raw.foreign_keys {
            foreign_key(context, draft, raw);
        }
        for raw in &draft.raw.columns {
            reference(context, draft, raw);
        }
        keys(context, draft);
        row(context, draft);
    }
}

/// Reports a feature that a dialect lacks, for each dialect that does.
fn lacks(
    context: &mut Context<'_>,
    only: &Only,
    has: impl Fn(&Capabilities) -> bool,
    (what, feature): (&str, &str),
    span: Span,
    help: &str,
) {
    let without: Vec<Dialect> =
        context.dialects_of(only).filter(|dialect| !has(Capabilities::of(*dialect))).collect();
    if without.is_empty() {
        return;
    }
    let names: Vec<String> = without.iter().map(ToString::to_string).collect();
    let names = names.join(" and ");
    let rest: Vec<String> = Dialect::ALL
        .into_iter()
        .filter(|dialect| context.dialects.contains(dialect) && !without.contains(dialect))
        .map(|dialect| format!("\"{}\"", dialect.key()))
        .collect();
    let help = match &rest[..] {
        [] => help.replace("or limit it with `only`", "or use another database"),
        rest => help.replace("`only`", &format!("`only = [{}]`", rest.join(", "))),
    };
    let have = if without.len() == 1 { "has" } else { "have" };
    context.report(
        Diagnostic::new(Code::UNSUPPORTED, format!("{what}: {names} {have} no {feature}"))
            .label(span, format!("{names} cannot do this"))
            .help(help),
    );
}

fn index(context: &mut Context<'_>, raw: &RawIndex, made: &Index) {
    let what = format!("index `{}`", raw.name.value);
    let only = &made.only;
    if let Some(predicate) = &raw.predicate {
        let help = "remove `where` and index all rows, or limit it with `only`";
        lacks(context, only, |can| can.partial_indexes, (&what, "partial indexes"), predicate.span, help);
    }
    let expression = raw.columns.iter().find_map(|part| match part {
        RawIndexColumn::Expression { sql, .. } => Some(sql.span),
        RawIndexColumn::Text(_) => None,
    });
    if let Some(span) = expression {
        let help = "index a generated column with this expression instead, or limit it with `only`";
        lacks(context, only, |can| can.expression_indexes, (&what, "indexes over expressions"), span, help);
    }
    if let Some(include) = &raw.include {
        let help = "add the columns to the end of `columns`, or limit it with `only`";
        let feature = "columns beside the key of an index";
        lacks(context, only, |can| can.covering_indexes, (&what, feature), include.span, help);
    }
    for (dialect, method) in &raw.method {
        let known = Capabilities::of(*dialect).index_methods;
        if !known.contains(&method.value.to_lowercase().as_str()) {
            let help = format!("the methods of {dialect} are: {}", known.join(", "));
            context.report(
                Diagnostic::new(
                    Code::UNSUPPORTED,
                    format!("{what}: {dialect} has no index method `{}`", method.value),
                )
                .label(method.span, format!("not a method of {dialect}"))
                .help(help),
            );
        }
    }
}

fn foreign_key(context: &mut Context<'_>, draft: &Draft<'_>, raw: &RawForeignKey) {
    let Some(key) = draft.table.foreign_keys.get(&raw.name.value) else { return };
    let what = format!("foreign key `{}`", raw.name.value);
    timing_and_actions(context, &what, &raw.actions, &key.only);
}

fn reference(context: &mut Context<'_>, draft: &Draft<'_>, raw: &RawColumn) {
    let Some(reference) = &raw.references else { return };
    let what = format!("the foreign key of `{}.{}`", draft.table.name, raw.name.value);
    timing_and_actions(context, &what, &reference.actions, &Only::Everywhere);
}

fn timing_and_actions(
    context: &mut Context<'_>,
    what: &str,
    actions: &crate::document::raw::RawActions,
    only: &Only,
) {
    let limited = "or write it under `foreign_keys` of the table and limit it with `only`";
    if let Some(deferrable) = &actions.deferrable {
        let help = format!("remove `deferrable`, {limited}");
        let feature = (what, "deferrable foreign keys");
        lacks(context, only, |can| can.deferrable, feature, deferrable.span, &help);
    }
    for action in [&actions.on_delete, &actions.on_update].into_iter().flatten() {
        if action.value == ReferentialAction::SetDefault.key() {
            let help = format!("use another action, {limited}");
            lacks(context, only, |can| can.set_default, (what, "action `set_default`"), action.span, &help);
        }
    }
}

fn generated(context: &mut Context<'_>, table: &Table, column: &Column, raw: &RawColumn) {
    let (Some(made), Some(written)) = (&column.generated, &raw.generated) else { return };
    if made.storage == GeneratedStorage::Virtual {
        let what = format!("column `{}.{}`", table.name, column.name);
        let feature = "columns that are computed when they are read";
        let help = "add `stored = true`";
        let feature = (what.as_str(), feature);
        lacks(context, &Only::Everywhere, |can| can.virtual_columns, feature, written.span, help);
    }
    let is_kept = made.storage == GeneratedStorage::Stored || is_indexed(table, &column.name);
    let padded = table.columns.values().find(|read| {
        matches!(read.column_type, ColumnType::Char(_) | ColumnType::Uuid)
            && made.sql.names(read.name.as_str())
    });
    if let Some(read) = padded.filter(|_| is_kept && !made.sql.names("rtrim")) {
        let what = format!("column `{}.{}`", table.name, column.name);
        let feature = format!("values to keep that are made of `{}` with its blanks", read.name);
        let help = format!("read `rtrim({})`, or make that a `varchar`", read.name);
        let feature = (what.as_str(), feature.as_str());
        lacks(context, &Only::Everywhere, |can| can.keeps_computed_char, feature, written.span, &help);
    }
}

fn is_indexed(table: &Table, column: &Name) -> bool {
    table.uniques.values().any(|unique| unique.columns.contains(column))
        || table
            .indexes
            .values()
            .flat_map(|index| &index.columns)
            .any(|part| part.key.column() == Some(column))
}

/// Reports SQL that reads the column that numbers the rows of its table, whose value is not yet known by then.
fn reads_numbers(
    context: &mut Context<'_>,
    table: &Table,
    what: &str,
    (sql, span): (&Sql, Span),
    only: &Only,
) {
    let numbered = table.columns.values().find(|column| column.auto_increment);
    if let Some(column) = numbered.filter(|column| sql.names(column.name.as_str())) {
        let feature = format!("value of `{}` by then, which is numbered automatically", column.name);
        let help = "read another column, or limit it with `only`";
        lacks(context, only, |can| can.reads_numbers, (what, &feature), span, help);
    }
}

/// The dialects with narrow limits that are configured.
fn narrow(context: &Context<'_>) -> impl Iterator<Item = (Dialect, Limits)> + use<> {
    let narrow =
        context.dialects.iter().filter_map(|dialect| Some((*dialect, Capabilities::of(*dialect).limits?)));
    narrow.collect::<Vec<_>>().into_iter()
}

fn sizes(context: &mut Context<'_>, table: &Table, column: &Column, raw: &RawColumn) {
    for (dialect, limits) in narrow(context) {
        let (problem, help) = match column.column_type {
            ColumnType::Char(length) if length > limits.fixed_length => {
                (format!("a char of at most {}", limits.fixed_length), format!("write `varchar({length})`"))
            }
            ColumnType::Binary(length) if length > limits.fixed_length => {
                (format!("a binary of at most {}", limits.fixed_length), "write `blob`".to_owned())
            }
            ColumnType::Decimal { scale, .. } if scale > limits.scale => (
                format!("at most {} digits after the point", limits.scale),
                format!("write a scale of {} or less", limits.scale),
            ),
            _ => continue,
        };
        let span = raw.column_type.as_ref().map_or(raw.name.span, RawType::span);
        context.report(
            Diagnostic::new(
                Code::UNSUPPORTED,
                format!(
                    "column `{}.{}` is `{}`: {dialect} takes {problem}",
                    table.name, column.name, column.column_type
                ),
            )
            .label(span, format!("too large for {dialect}"))
            .help(help),
        );
    }
}

/// Keys and indexes have a limit of bytes, and texts without one cannot be in them.
fn keys(context: &mut Context<'_>, draft: &Draft<'_>) {
    let table = &draft.table;
    let place = |name: &Name| draft.raw.column(name.as_str()).map(|column| column.name.span);
    let mut keys: Vec<(String, Vec<Name>, Option<Span>)> = Vec::new();
    if let Some(key) = &table.primary_key {
        let span = draft.raw.primary_key.as_ref().map(|raw| raw.span);
        keys.push(("the primary key".to_owned(), key.columns.clone(), span));
    }
    for (name, unique) in &table.uniques {
        let span = draft.raw.uniques.iter().find(|raw| raw.name.value == *name).map(|raw| raw.span);
        keys.push((format!("unique constraint `{name}`"), unique.columns.clone(), span));
    }
    for (name, index) in &table.indexes {
        let whole_text = index.method.get(&Dialect::Mysql).is_some_and(|method| method == "fulltext");
        if !whole_text && index.only.includes(Dialect::Mysql) {
            let span = draft.raw.indexes.iter().find(|raw| raw.name.value == *name).map(|raw| raw.span);
            let columns = index.columns.iter().filter_map(|part| part.key.column().cloned());
            keys.push((format!("index `{name}`"), columns.collect(), span));
        }
    }
    for (name, key) in &table.foreign_keys {
        if key.only.includes(Dialect::Mysql) {
            let span = draft.raw.foreign_keys.iter().find(|raw| raw.name.value == *name).map(|raw| raw.span);
            keys.push((format!("foreign key `{name}`"), key.columns.clone(), span));
        }
    }
    for (dialect, limits) in narrow(context) {
        for (what, columns, span) in &keys {
            let columns: Vec<&Column> =
                columns.iter().filter_map(|name| table.column(name.as_str())).collect();
            if let Some(column) = columns.iter().find(|column| key_bytes(&column.column_type).is_none()) {
                let message = format!(
                    "{what} of table `{}` holds `{}`, and {dialect} indexes no `{}` without a length",
                    table.name, column.name, column.column_type
                );
                let bounded = match column.column_type {
                    ColumnType::Blob => "binary(64)",
                    _ => "varchar(255)",
                };
                context.report(
                    Diagnostic::new(Code::UNSUPPORTED, message)
                        .label_if(place(&column.name), "its type has no length")
                        .label_if(*span, format!("{dialect} cannot do this"))
                        .help(format!("give `{}` a type with a length, as `{bounded}`", column.name)),
                );
                continue;
            }
            let bytes: u64 = columns.iter().filter_map(|column| key_bytes(&column.column_type)).sum();
            if bytes > limits.key_bytes {
                let message = format!(
                    "{what} of table `{}` has up to {bytes} bytes, and {dialect} takes {}",
                    table.name, limits.key_bytes
                );
                let first = columns.first().and_then(|column| place(&column.name));
                context.report(
                    Diagnostic::new(Code::UNSUPPORTED, message)
                        .label_if(span.or(first), "too long, with four bytes for each character")
                        .help("shorten its columns, or take one out"),
                );
            }
        }
    }
}

/// The bytes of a value in a key; `None` where there is no limit to them.
fn key_bytes(column_type: &ColumnType) -> Option<u64> {
    Some(match column_type {
        ColumnType::Char(length) | ColumnType::Varchar(length) => 4 * u64::from(*length),
        ColumnType::Binary(length) => u64::from(*length),
        ColumnType::Text | ColumnType::Blob | ColumnType::Json => return None,
        ColumnType::Uuid => 36,
        ColumnType::Decimal { precision, .. } => u64::from(*precision) / 2 + 1,
        ColumnType::Boolean => 1,
        ColumnType::SmallInt | ColumnType::Enum(_) => 2,
        ColumnType::Integer | ColumnType::Real => 4,
        ColumnType::Date => 3,
        ColumnType::Time => 6,
        ColumnType::BigInt | ColumnType::Double | ColumnType::Timestamp | ColumnType::TimestampTz => 8,
        // Nobody knows; the database will say.
        ColumnType::Native(_) => 0,
    })
}

fn row(context: &mut Context<'_>, draft: &Draft<'_>) {
    let table = &draft.table;
    for (dialect, limits) in narrow(context) {
        // A text without a length is kept elsewhere, and takes a pointer here.
        let bytes: u64 =
            table.columns.values().map(|column| key_bytes(&column.column_type).unwrap_or(12) + 2).sum();
        if bytes > limits.row_bytes {
            context.report(
                Diagnostic::new(
                    Code::UNSUPPORTED,
                    format!(
                        "a row of table `{}` has up to {bytes} bytes, and {dialect} takes {}",
                        table.name, limits.row_bytes
                    ),
                )
                .label(draft.raw.name.span, "too long, with four bytes for each character")
                .help("make a long column `text`, which is kept outside of the row"),
            );
        }
    }
}
