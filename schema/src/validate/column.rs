//! Columns: type, default, hints.

use super::Fill;
use super::context::Context;
use super::literal::{example, literal, sql};
use crate::document::raw::{RawColumn, RawValue, Spanned};
use crate::suggest::closest;
use crate::{Code, Column, ColumnType, DefaultValue, Diagnostic, Name, Sql, Value};

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
        column_type,
        nullable,
        default,
        auto_increment: raw.auto_increment.is_some(),
        personal: raw.personal.is_some(),
    })
}

fn column_type(context: &mut Context<'_>, table: &Name, raw: &RawColumn) -> Option<(ColumnType, bool)> {
    let Spanned { value: text, span } = raw.column_type.as_ref()?;
    let trimmed = text.trim();
    let (text, nullable) = match trimmed.strip_suffix('?') {
        Some(text) => (text.trim_end(), true),
        None => (trimmed, false),
    };
    if context.enums.contains(text) {
        return None;
    }
    match ColumnType::parse(text) {
        Ok(column_type) => Some((column_type, nullable)),
        Err(problem) => {
            let message = format!("column `{table}.{}`: {problem}", raw.name.value);
            context.report(
                Diagnostic::new(Code::BAD_TYPE, message).label(*span, "not a type").help(type_help(text)),
            );
            None
        }
    }
}

fn type_help(text: &str) -> String {
    let name = text.split('(').next().unwrap_or("").trim();
    let known = ALIASES
        .iter()
        .find(|(alias, _)| alias.eq_ignore_ascii_case(name))
        .map(|(_, name)| *name)
        .or_else(|| closest(name, ColumnType::NAMES));
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
        RawValue::Literal(text) => match literal(text, column_type) {
            Ok(value) => Some(Parsed::Literal(value)),
            Err(problem) => {
                let place = raw.column_type.as_ref().map(|column_type| column_type.span);
                let example = example(column_type);
                let help = match column_type {
                    ColumnType::Binary(_) | ColumnType::Blob => format!("write `{key} = {example}`"),
                    _ => format!(
                        "write a value such as `{key} = {example}`; an expression is `{key} = {{ sql = \"...\" }}`"
                    ),
                };
                context.report(
                    Diagnostic::new(code, format!("`{key}` of `{table}.{name}`: {problem}"))
                        .label(value.span, format!("no value of type `{column_type}`"))
                        .label_if(place, "because of this type")
                        .help(help),
                );
                None
            }
        },
    }
}
