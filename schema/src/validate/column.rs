//! Columns: type, default, hints.

use super::Fill;
use super::chosen::const_name;
use super::context::Context;
use super::literal::{example, literal, sql};
use crate::document::raw::{RawColumn, RawLiteral, RawType, RawValue, Spanned};
use crate::suggest::{closest, listed};
use crate::{
    Code, Column, ColumnType, DefaultValue, Diagnostic, Dialect, Generated, GeneratedStorage, Name, Native,
    Sql, Value,
};

/// The column, unless its type is not known. What else is wrong with it is reported and left out.
pub(super) fn column(context: &mut Context<'_>, table: &Name, raw: &RawColumn) -> Option<Column> {
    let (column_type, nullable) = column_type(context, table, raw)?;
    let name = &raw.name.value;
    let default = raw.default.as_ref().and_then(|default| {
        match value(context, "default", Code::BAD_DEFAULT, table, raw, default, &column_type)? {
            Parsed::Literal(value) => Some(DefaultValue::Literal(value)),
            Parsed::Sql(sql) => Some(DefaultValue::Expression(sql)),
        }
    });
    if let Some(backfill) = &raw.backfill {
        let fill = match value(context, "backfill", Code::BAD_BACKFILL, table, raw, backfill, &column_type) {
            Some(Parsed::Literal(value)) => Some(Fill::Literal(value)),
            Some(Parsed::Sql(sql)) => Some(Fill::Sql(sql)),
            None => None,
        };
        if let Some(fill) = fill {
            context.hints.backfills.insert((table.clone(), name.clone()), fill);
        }
    }
    Some(Column {
        name: name.clone(),
        doc: raw.doc.as_ref().map(|doc| doc.value.clone()),
        rust_name: const_name(context, raw.rust_name.as_ref()),
        generated: generated(context, table, raw),
        collation: collation(context, table, raw, &column_type),
        column_type,
        nullable,
        default,
        auto_increment: raw.auto_increment.is_some(),
        personal: raw.personal.is_some(),
    })
}

/// A generated column has its value from its expression, and from nothing else.
fn generated(context: &mut Context<'_>, table: &Name, raw: &RawColumn) -> Option<Generated> {
    let written = raw.generated.as_ref()?;
    let what = format!("`generated` of `{table}.{}`", raw.name.value);
    let unused = "this would never be used";
    let other = [
        ("default", raw.default.as_ref().map(|default| default.span), unused),
        ("auto_increment", raw.auto_increment, unused),
        ("primary_key", raw.primary_key, "SQLite takes no such key"),
        ("backfill", raw.backfill.as_ref().map(|backfill| backfill.span), unused),
    ];
    if let Some((key, span, problem)) =
        other.into_iter().find_map(|(key, span, words)| Some((key, span?, words)))
    {
        let message = format!("column `{table}.{}` is generated, and has `{key}`", raw.name.value);
        context.report(
            Diagnostic::new(Code::BAD_GENERATED, message)
                .label(span, problem)
                .label(written.span, "its values are computed")
                .help(format!("remove `{key}`, or remove `generated`")),
        );
        return None;
    }
    let storage = if written.stored { GeneratedStorage::Stored } else { GeneratedStorage::Virtual };
    Some(Generated { sql: sql(context, &written.sql, &what)?, storage })
}

fn collation(
    context: &mut Context<'_>,
    table: &Name,
    raw: &RawColumn,
    column_type: &ColumnType,
) -> Option<Sql> {
    let written = raw.collation.as_ref()?;
    let what = format!("`collation` of `{table}.{}`", raw.name.value);
    if !matches!(column_type, ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text) {
        context.report(
            Diagnostic::new(Code::BAD_TYPE, format!("{what}: type `{column_type}` has no collation"))
                .label(written.span, "only texts are compared by one")
                .label_if(raw.column_type.as_ref().map(RawType::span), "because of this type")
                .help("remove `collation`"),
        );
        return None;
    }
    let sql = sql(context, written, &what)?;
    // MySQL takes its name as a word alone.
    let word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let mysql = context.dialects.contains(&Dialect::Mysql);
    if mysql && sql.text(Dialect::Mysql).is_some_and(|text| !word(text)) {
        context.report(
            Diagnostic::new(Code::BAD_SQL, format!("{what} is no name of a collation on MySQL"))
                .label(written.span, "expected letters, digits and underscores")
                .help("write it as MySQL names it, as in `mysql = \"utf8mb4_bin\"`"),
        );
        return None;
    }
    Some(sql)
}

fn column_type(context: &mut Context<'_>, table: &Name, raw: &RawColumn) -> Option<(ColumnType, bool)> {
    match raw.column_type.as_ref()? {
        RawType::Text(text) => written_type(context, table, raw, text),
        RawType::Native { span, texts, nullable } => {
            let what = format!("column `{table}.{}`", raw.name.value);
            let missing: Vec<_> = context
                .dialects
                .iter()
                .filter(|dialect| !texts.iter().any(|(known, _)| known == *dialect))
                .copied()
                .collect();
            for dialect in &missing {
                context.report(
                    Diagnostic::new(Code::BAD_TYPE, format!("{what} has no native type for {dialect}"))
                        .label(*span, format!("`{}` is missing", dialect.key()))
                        .help(format!("add `{} = \"...\"`", dialect.key())),
                );
            }
            // A column of SQLite may have no type, and keeps values of any.
            let blank = texts.iter().find(|(dialect, text)| {
                (text.value.trim().is_empty() && *dialect != Dialect::Sqlite) || text.value.contains('\0')
            });
            if let Some((dialect, text)) = blank {
                context.report(
                    Diagnostic::new(Code::BAD_TYPE, format!("{what} has no native type for {dialect}"))
                        .label(text.span, "this names no type")
                        .help("write the type as the database spells it"),
                );
            }
            let broken = texts
                .iter()
                .find_map(|(dialect, text)| Some((text, crate::not_an_expression(*dialect, &text.value)?)));
            if let Some((text, problem)) = broken {
                context.report(
                    Diagnostic::new(Code::BAD_TYPE, format!("the native type of {what} {problem}"))
                        .label(text.span, "this is more than a type")
                        .help("write the type as the database spells it"),
                );
            }
            let texts =
                texts.iter().map(|(dialect, text)| (*dialect, text.value.trim().to_owned())).collect();
            (missing.is_empty() && blank.is_none() && broken.is_none())
                .then_some((ColumnType::Native(Native { texts }), *nullable))
        }
    }
}

fn written_type(
    context: &mut Context<'_>,
    table: &Name,
    raw: &RawColumn,
    written: &Spanned<String>,
) -> Option<(ColumnType, bool)> {
    let trimmed = written.value.trim();
    let (text, nullable) = match trimmed.strip_suffix('?') {
        Some(text) => (text.trim_end(), true),
        None => (trimmed, false),
    };
    if context.is_enum(text) {
        return Some((ColumnType::Enum(Name::new(text)), nullable));
    }
    match ColumnType::parse(text) {
        Ok(column_type) => Some((column_type, nullable)),
        Err(problem) => {
            let message = format!("column `{table}.{}`: {problem}", raw.name.value);
            let help = type_help(context, text);
            context.report(
                Diagnostic::new(Code::BAD_TYPE, message).label(written.span, "not a type").help(help),
            );
            None
        }
    }
}

fn type_help(context: &mut Context<'_>, text: &str) -> String {
    let enums = if context.spend(context.enums.len()) { context.enum_names() } else { Vec::new() };
    let name = text.split('(').next().unwrap_or("").trim();
    let known = ALIASES
        .iter()
        .find(|(alias, _)| alias.eq_ignore_ascii_case(name))
        .map(|(_, name)| *name)
        .or_else(|| closest(name, ColumnType::NAMES.into_iter().chain(enums)));
    match known {
        Some("decimal") => {
            "write `decimal(10, 2)`, with the digits in all and those after the point".to_owned()
        }
        Some(sized @ ("char" | "varchar" | "binary")) => {
            format!("write `{sized}(64)`, with the length you need")
        }
        Some(known) if known == name => format!("write `{known}`"),
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("the types are: {}", ColumnType::NAMES.join(", ")),
    }
}

/// Types as databases and other tools call them.
const ALIASES: [(&str, &str); 19] = [
    ("bool", "boolean"),
    ("int", "integer"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("i16", "smallint"),
    ("i32", "integer"),
    ("i64", "bigint"),
    ("serial", "integer"),
    ("bigserial", "bigint"),
    ("float", "double"),
    ("f32", "real"),
    ("f64", "double"),
    ("numeric", "decimal"),
    ("string", "text"),
    ("bytes", "blob"),
    ("bytea", "blob"),
    ("datetime", "timestamp"),
    ("jsonb", "json"),
];

enum Parsed {
    Literal(Value),
    Sql(Sql),
}

fn value(
    context: &mut Context<'_>,
    key: &str,
    code: Code,
    table: &Name,
    raw: &RawColumn,
    value: &Spanned<RawValue>,
    column_type: &ColumnType,
) -> Option<Parsed> {
    let name = &raw.name.value;
    match &value.value {
        RawValue::Sql(text) => sql(context, text, &format!("`{key}` of `{table}.{name}`")).map(Parsed::Sql),
        RawValue::Literal(text) => match literal(context, text, column_type) {
            Ok(value) => Some(Parsed::Literal(value)),
            Err(problem) => {
                let place = raw.column_type.as_ref().map(RawType::span);
                let values = match column_type {
                    ColumnType::Enum(name) => context.origins.get(&super::Object::Enum(name.clone())),
                    _ => None,
                };
                let example = example(context, column_type);
                let help = match column_type {
                    ColumnType::Binary(_) | ColumnType::Blob | ColumnType::Native(_) => {
                        format!("write `{key} = {example}`")
                    }
                    ColumnType::Enum(_) => enum_help(context, text, column_type)
                        .unwrap_or_else(|| format!("write one of its values, as in `{key} = {example}`")),
                    _ => format!(
                        "write a value such as `{key} = {example}`; an expression is `{key} = {{ sql = \"...\" }}`"
                    ),
                };
                context.report(
                    Diagnostic::new(code, format!("`{key}` of `{table}.{name}`: {problem}"))
                        .label(value.span, format!("no value of type `{column_type}`"))
                        .label_if(place, "because of this type")
                        .label_if(values, "its values are here")
                        .help(help),
                );
                None
            }
        },
    }
}

/// The value of an enum that was probably meant, or what there is to choose from.
fn enum_help(context: &mut Context<'_>, text: &RawLiteral, column_type: &ColumnType) -> Option<String> {
    let RawLiteral::Text(text) = text else { return None };
    let count = context.enum_of(column_type)?.values.len();
    let compared = if context.spend(count) { count } else { 0 };
    let values = context.enum_of(column_type)?.values.iter().map(String::as_str);
    Some(match closest(text, values.clone().take(compared)) {
        Some(similar) => format!("did you mean \"{similar}\"?"),
        None => format!("the values are: {}", listed(values)),
    })
}
