//! The value of a cell that is written out.

use toml::de::DeValue;

use super::table::{Scope, from_text, inner};
use super::{place_of, wrong};
use crate::document::reader::{self, Context, Entry};
use crate::seed::model::Maker;
use crate::seed::values::time;
use crate::suggest::{closest, listed};
use crate::text::quoted;
use crate::validate::literal_value;
use crate::{Code, Column, ColumnType, Diagnostic, Float, Span, Value};

/// A cell as it was written.
pub(super) enum RawCell<'d> {
    Toml(Entry<'d>),
    Text(String),
    Json(serde_json::Value),
}

/// What a cell holds; `None` where that was reported.
pub(super) fn cell(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    raw: &RawCell<'_>,
    span: Span,
) -> Option<Maker> {
    match raw {
        RawCell::Toml(entry) => match entry.value {
            DeValue::Table(_) => special(scope, context, column, *entry),
            DeValue::String(text) => written_text(scope, context, column, text, span),
            _ => {
                let raw = reader::value(context, *entry)?;
                let crate::document::raw::RawValue::Literal(raw) = &raw.value else { return None };
                let value = literal_value(raw, &column.column_type);
                checked(scope, context, column, value, span)
            }
        },
        RawCell::Text(text) => {
            if let Some(reference) = reference(scope, context, column, text, span) {
                return reference;
            }
            checked(
                scope,
                context,
                column,
                in_time(scope, column, text).unwrap_or_else(|| from_text(column, text)),
                span,
            )
        }
        RawCell::Json(value) => of_json(scope, context, column, value, span),
    }
}

fn written_text(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    text: &str,
    span: Span,
) -> Option<Maker> {
    if let Some(reference) = reference(scope, context, column, text, span) {
        return reference;
    }
    let text = unescaped(scope, column, text).replace("\r\n", "\n");
    let value = in_time(scope, column, &text).unwrap_or_else(|| match &column.column_type {
        ColumnType::Native(_) => Ok(Value::Text(text.clone())),
        ColumnType::Binary(_) | ColumnType::Blob => {
            Err("bytes are written as `{ hex = \"00ff\" }` or `{ file = \"data/picture.png\" }`".to_owned())
        }
        _ => literal_value(&crate::document::raw::RawLiteral::Text(text.clone()), &column.column_type),
    });
    checked(scope, context, column, value, span)
}

/// `now - 2d`, in a column of times.
fn in_time(scope: Scope<'_, '_>, column: &Column, text: &str) -> Option<Result<Value, String>> {
    let is_time = matches!(
        column.column_type,
        ColumnType::Date | ColumnType::Time | ColumnType::Timestamp | ColumnType::TimestampTz
    );
    if !is_time || !text.trim_start().starts_with("now") {
        return None;
    }
    let point = time::distance(text).and_then(|distance| scope.manifest.now.checked_add(distance));
    let value = point.and_then(|point| time::value(&column.column_type, point));
    Some(value.ok_or_else(|| {
        format!(
            "{} is no time; times from now are written as \"now - 2d\", in s, m, h, d and w",
            quoted(text)
        )
    }))
}

/// A value that fits its column, or a report of why it does not.
pub(super) fn checked(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    value: Result<Value, String>,
    span: Span,
) -> Option<Maker> {
    let fitting =
        value.and_then(|value| match scope.checker.context.schema.misfit(&value, &column.column_type) {
            Some(misfit) => Err(misfit),
            None if matches!(&value, Value::Text(text) if text.contains('\0')) => {
                Err("a text with a NUL character cannot be stored in every database".to_owned())
            }
            None => Ok(in_full(value, &column.column_type)),
        });
    match fitting {
        Ok(value) => Some(Maker::Constant(Some(value))),
        Err(problem) => {
            context.report(misfit(scope, column, &problem, span));
            None
        }
    }
}

/// A decimal with all digits behind the point, so that it is the same text on databases that keep it as text.
fn in_full(value: Value, column_type: &ColumnType) -> Value {
    match (value, column_type) {
        (Value::Decimal(digits), ColumnType::Decimal { scale, .. }) => {
            let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
            let scale = *scale as usize;
            Value::Decimal(match scale {
                0 => whole.to_owned(),
                _ => format!("{whole}.{fraction:0<scale$}"),
            })
        }
        (value, _) => value,
    }
}

fn misfit(scope: Scope<'_, '_>, column: &Column, problem: &str, span: Span) -> Diagnostic {
    let place = place_of(scope.part().name(), column.name.as_str());
    let values =
        scope.checker.context.schema.enum_of(&column.column_type).map(|definition| &definition.values);
    let written = problem.strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or("");
    let help = match values.and_then(|values| closest(written, values.iter().map(String::as_str))) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!("{place} is `{}`, as in `{}`", column.column_type, example(&column.column_type)),
    };
    wrong(Code::BAD_SEED_VALUE, format!("{place}: {problem}"), span, "does not fit").help(help)
}

/// `"@label"`, in a column of a foreign key.
fn reference(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    text: &str,
    span: Span,
) -> Option<Option<Maker>> {
    let label = text.strip_prefix('@').filter(|rest| !rest.starts_with('@'))?;
    let table = &scope.part().table;
    let keys = table.foreign_keys.values().filter(|key| key.columns.contains(&column.name));
    let keys: Vec<_> = keys.collect();
    if keys.is_empty() {
        return None;
    }
    for key in &keys {
        let Some((set, table, row)) = scope.labelled(&key.references_table, label) else { continue };
        let place = key.columns.iter().position(|one| *one == column.name).unwrap_or(0);
        let Some(referenced) = key.references_columns.get(place) else { continue };
        let columns = &scope.shells[set][table].columns;
        let Some(column) = columns.iter().position(|one| one.name == *referenced) else { continue };
        return Some(Some(Maker::Label { set, table, row, column }));
    }
    let targets: Vec<&str> = keys.iter().map(|key| key.references_table.as_str()).collect();
    let labels: Vec<&str> = keys
        .iter()
        .flat_map(|key| scope.pool(&key.references_table))
        .flat_map(|(set, table)| scope.shells[set][table].labels.keys().map(String::as_str))
        .collect();
    let elsewhere = scope.drafts.sets.iter().enumerate().find(|(set, draft)| {
        let part = |part: &super::draft::TablePart<'_>| targets.contains(&part.name());
        let at = draft.parts.iter().position(part);
        at.is_some_and(|table| scope.shells[*set][table].labels.contains_key(label))
    });
    let help = match (closest(label, labels.iter().copied()), elsewhere) {
        (_, Some((_, draft))) => {
            format!(
                "set `{}` has it: add `needs = [\"{}\"]` at the head of this file",
                draft.name, draft.name
            )
        }
        (Some(meant), None) => format!("did you mean \"@{meant}\"?"),
        (None, None) if labels.is_empty() => {
            format!("write the row in `[{}.rows]`, of this set or of one that it needs", targets[0])
        }
        (None, None) => format!("the labels are: {}", listed(labels.iter().copied())),
    };
    context.report(
        wrong(
            Code::UNKNOWN_LABEL,
            format!("no row of `{}` is called `{label}`", targets.join("` or `")),
            span,
            "not known",
        )
        .help(help),
    );
    Some(None)
}

/// In a column of a foreign key `@@x` stands for the text `@x`.
fn unescaped<'t>(scope: Scope<'_, '_>, column: &Column, text: &'t str) -> &'t str {
    let table = &scope.part().table;
    let keys = table.foreign_keys.values().any(|key| key.columns.contains(&column.name));
    if keys && text.starts_with("@@") { &text[1..] } else { text }
}

/// `{ file = ".." }`, `{ hex = ".." }` or `{ null = true }`.
fn special(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    entry: Entry<'_>,
) -> Option<Maker> {
    let keys = inner(context, entry);
    let [only] = keys[..] else {
        return not_special(context, column, entry);
    };
    constant(scope, context, column, only).unwrap_or_else(|| not_special(context, column, entry))
}

fn not_special(context: &mut Context<'_>, column: &Column, entry: Entry<'_>) -> Option<Maker> {
    context.report(
        wrong(
            Code::WRONG_SHAPE,
            format!("`{}` of a row must be a value", column.name),
            entry.value_span,
            "this is a table",
        )
        .help("write a literal, `{ file = \"data/body.txt\" }`, `{ hex = \"00ff\" }` or `{ null = true }`; what makes values belongs into `[[..generate]]`"),
    );
    None
}

/// The same from its one key; `None` if it is none of these.
pub(super) fn constant(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    only: Entry<'_>,
) -> Option<Option<Maker>> {
    Some(match only.key {
        "file" => file(scope, context, column, only),
        "hex" => {
            let text = reader::text(context, only, "hex = \"00ff\"");
            text.and_then(|text| {
                checked(scope, context, column, bytes(&text.value).map(Value::Bytes), text.span)
            })
        }
        "null" => null(scope, context, column, only),
        _ => return None,
    })
}

fn null(scope: Scope<'_, '_>, context: &mut Context<'_>, column: &Column, only: Entry<'_>) -> Option<Maker> {
    reader::flag(context, only)?;
    if !column.nullable {
        let place = place_of(scope.part().name(), column.name.as_str());
        let message = format!("{place} is NOT NULL");
        context.report(
            wrong(Code::BAD_SEED_VALUE, message, only.key_span, "NULL")
                .help("write a value, or make the column nullable"),
        );
        return None;
    }
    Some(Maker::Constant(None))
}

fn file(scope: Scope<'_, '_>, context: &mut Context<'_>, column: &Column, only: Entry<'_>) -> Option<Maker> {
    let path = reader::text(context, only, "file = \"data/body.txt\"")?;
    let bytes = match scope.checker.data(&path.value) {
        Ok(bytes) => bytes,
        Err(problem) => {
            context.report(unreadable(scope, &path.value, &problem, path.span));
            return None;
        }
    };
    let value = match column.column_type {
        ColumnType::Binary(_) | ColumnType::Blob => Ok(Value::Bytes(bytes.to_vec())),
        _ => match std::str::from_utf8(&bytes) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
                literal_value(&crate::document::raw::RawLiteral::Text(text), &column.column_type)
            }
            Err(_) => Err(format!("`{}` is not text in UTF-8", path.value)),
        },
    };
    checked(scope, context, column, value, path.span)
}

pub(super) fn unreadable(scope: Scope<'_, '_>, path: &str, problem: &str, span: Span) -> Diagnostic {
    unreadable_file(&scope.checker.context.data.paths(), path, problem, span)
}

pub(super) fn unreadable_file(paths: &[String], path: &str, problem: &str, span: Span) -> Diagnostic {
    let help = match closest(path, paths.iter().map(String::as_str)) {
        Some(meant) if meant != path => format!("did you mean \"{meant}\"?"),
        _ => "paths begin at the directory of the seeds".to_owned(),
    };
    wrong(Code::BAD_DATA_FILE, format!("`{path}` {problem}"), span, "named here").help(help)
}

fn of_json(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    value: &serde_json::Value,
    span: Span,
) -> Option<Maker> {
    use serde_json::Value as Json;
    let is_json = column.column_type == ColumnType::Json;
    let value = match value {
        Json::Null if column.nullable => return Some(Maker::Constant(None)),
        Json::Null => Err("NULL in a column that is NOT NULL".to_owned()),
        Json::String(text) if !is_json => {
            return cell(scope, context, column, &RawCell::Text(text.clone()), span);
        }
        Json::Number(number) if !is_json => match column.column_type {
            ColumnType::SmallInt
            | ColumnType::Integer
            | ColumnType::BigInt
            | ColumnType::Real
            | ColumnType::Double
            | ColumnType::Decimal { .. }
            | ColumnType::Native(_) => from_text(column, &number.to_string()),
            _ => Err(format!("a number, which is no value of `{}`", column.column_type)),
        },
        Json::Bool(truth) if !is_json => Ok(Value::Boolean(*truth)),
        other if is_json => Ok(Value::Json(sorted(other).to_string())),
        _ => Err("a list or an object is a value of type `json` alone".to_owned()),
    };
    checked(scope, context, column, value, span)
}

/// The same with the keys of objects in order, which is left to a feature of the library otherwise.
fn sorted(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::Array(list) => Json::Array(list.iter().map(sorted).collect()),
        Json::Object(object) => {
            let object: std::collections::BTreeMap<&String, &Json> = object.iter().collect();
            Json::Object(object.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        other => other.clone(),
    }
}

/// Bytes by their hexadecimal digits.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u8>> = text.chars().map(|one| one.to_digit(16).map(|digit| digit as u8)).collect();
    match digits {
        Some(digits) if digits.len() % 2 == 0 => {
            Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
        }
        _ => Err(format!("{} is not an even number of hexadecimal digits", quoted(text))),
    }
}

/// A finite number of TOML.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok()? as f64,
        DeValue::Float(number) => number.as_str().parse().ok()?,
        _ => return None,
    };
    Float::new(number).map(Float::get)
}

/// A value that a column of this type would take, as TOML spells it.
pub(super) fn example(column_type: &ColumnType) -> &'static str {
    match column_type {
        ColumnType::Boolean => "false",
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => "0",
        ColumnType::Real | ColumnType::Double => "0.5",
        ColumnType::Decimal { .. } => "\"12.50\"",
        ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text | ColumnType::Enum(_) => "\"...\"",
        ColumnType::Native(_) => "\"...\"",
        ColumnType::Binary(_) | ColumnType::Blob => "{ hex = \"00ff\" }",
        ColumnType::Date => "\"2026-01-31\"",
        ColumnType::Time => "\"23:59:59\"",
        ColumnType::Timestamp => "\"now - 2d\"",
        ColumnType::TimestampTz => "\"now - 2d\"",
        ColumnType::Uuid => "\"67e55044-10b1-426f-9247-bb680e5fe0c8\"",
        ColumnType::Json => "\"{}\"",
    }
}
