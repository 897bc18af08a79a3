//! Literals and SQL: the values that a schema holds.

use super::context::Context;
use crate::document::raw::{RawLiteral, RawSql, RawTexts};
use crate::model::not_a_value;
use crate::{Code, ColumnType, Diagnostic, Dialect, Float, Only, Sql, Value, not_an_expression};

/// The value that a literal of TOML is in a column, or a sentence that says why it is none.
pub(super) fn literal(
    context: &Context<'_>,
    raw: &RawLiteral,
    column_type: &ColumnType,
) -> Result<Value, String> {
    let value = literal_value(raw, column_type)?;
    let unknown = match (&value, context.enum_of(column_type)) {
        (Value::Text(text), Some(definition)) if !definition.has(text) => Some(not_a_value(definition, text)),
        _ => None,
    };
    match unknown.or_else(|| value.misfit(column_type)) {
        Some(misfit) => Err(misfit),
        None => Ok(value),
    }
}

/// The same without a look at whether it fits.
pub(crate) fn literal_value(raw: &RawLiteral, column_type: &ColumnType) -> Result<Value, String> {
    Ok(match raw {
        RawLiteral::Text(text) if text.contains('\0') => {
            return Err("a text with a NUL character cannot be stored in every database".to_owned());
        }
        RawLiteral::Text(text) => Value::parse(column_type, text)?,
        RawLiteral::Boolean(truth) => Value::Boolean(*truth),
        RawLiteral::Integer { digits, radix } => integer(digits, *radix, column_type)?,
        RawLiteral::Float(digits) => float(digits, column_type)?,
        RawLiteral::Datetime(text) => match column_type {
            ColumnType::Date | ColumnType::Time | ColumnType::Timestamp | ColumnType::TimestampTz => {
                Value::parse(column_type, text)?
            }
            _ => return Err(format!("a date or time is not a value of type `{column_type}`")),
        },
    })
}

/// A default that a column of this type would take, as TOML spells it.
pub(super) fn example(context: &Context<'_>, column_type: &ColumnType) -> String {
    let literal = match column_type {
        ColumnType::Boolean => "false",
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => "0",
        ColumnType::Real | ColumnType::Double => "0.5",
        ColumnType::Decimal { .. } => "\"0\"",
        ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text => "\"\"",
        ColumnType::Binary(_) | ColumnType::Blob => return bytes(context),
        ColumnType::Date => "\"2026-01-31\"",
        ColumnType::Time => "\"23:59:59\"",
        ColumnType::Timestamp => "\"2026-01-31 23:59:59\"",
        ColumnType::TimestampTz => "\"2026-01-31 23:59:59Z\"",
        ColumnType::Uuid => "\"67e55044-10b1-426f-9247-bb680e5fe0c8\"",
        ColumnType::Json => "\"{}\"",
        ColumnType::Enum(_) => "\"...\"",
        ColumnType::Native(_) => "{ sql = \"...\" }",
    };
    literal.to_owned()
}

/// `x'00'` is bits to PostgreSQL, and no bytes.
fn bytes(context: &Context<'_>) -> String {
    let of = |dialect: &Dialect| if *dialect == Dialect::Postgres { "decode('00', 'hex')" } else { "x'00'" };
    let texts: Vec<&str> = context.dialects.iter().map(of).collect();
    match texts.first() {
        Some(first) if !texts.iter().all(|text| text == first) => {
            let each = context.dialects.iter().zip(&texts);
            let each: Vec<String> =
                each.map(|(dialect, text)| format!("{} = \"{text}\"", dialect.key())).collect();
            format!("{{ sql = {{ {} }} }}", each.join(", "))
        }
        first => format!("{{ sql = \"{}\" }}", first.unwrap_or(&"x'00'")),
    }
}

fn integer(digits: &str, radix: u32, column_type: &ColumnType) -> Result<Value, String> {
    let wide = i128::from_str_radix(digits, radix).map_err(|_| format!("{digits} is too large a number"))?;
    match column_type {
        ColumnType::Decimal { .. } => Value::parse(column_type, &wide.to_string()),
        ColumnType::Real | ColumnType::Double => {
            let number = wide as f64;
            let exact = number as i128 == wide && wide.unsigned_abs() <= 1 << 53;
            match Float::new(number).filter(|_| exact) {
                Some(number) => Ok(Value::Float(number)),
                None => Err(format!("{wide} is not exact as a floating point number")),
            }
        }
        _ => match i64::try_from(wide) {
            Ok(number) => Ok(Value::Integer(number)),
            Err(_) => {
                Err(format!("{wide} is outside `bigint`, which goes from {} to {}", i64::MIN, i64::MAX))
            }
        },
    }
}

fn float(digits: &str, column_type: &ColumnType) -> Result<Value, String> {
    if matches!(column_type, ColumnType::Decimal { .. }) {
        return Value::parse(column_type, digits);
    }
    let number: f64 = digits.parse().map_err(|_| format!("{digits} is not a number"))?;
    Float::new(number).map(Value::Float).ok_or_else(|| format!("{digits} is not a finite number"))
}

/// Checks SQL: not blank, and there for every configured database.
pub(super) fn sql(context: &mut Context<'_>, raw: &RawSql, what: &str) -> Option<Sql> {
    sql_only(context, raw, what, &Only::Everywhere)
}

/// The same where SQL is needed for some databases only.
pub(super) fn sql_only(context: &mut Context<'_>, raw: &RawSql, what: &str, only: &Only) -> Option<Sql> {
    sql_of(context, raw, what, only, Place::Expression)
}

/// What SQL stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// A part of a statement that whimbrel writes.
    Expression,
    /// The query of a view.
    Query,
    /// Statements of their own.
    Statements,
}

/// The same for any kind of SQL.
pub(super) fn sql_of(
    context: &mut Context<'_>,
    raw: &RawSql,
    what: &str,
    only: &Only,
    place: Place,
) -> Option<Sql> {
    let before = context.diagnostics.len();
    let sql = match &raw.texts {
        RawTexts::Same(text) => {
            let mut dialects: Vec<Dialect> = context.dialects_of(only).collect();
            if dialects.is_empty() {
                dialects.push(Dialect::Sqlite);
            }
            check_text(context, (text, &dialects), raw.span, what, place);
            Sql::Same(text.clone())
        }
        RawTexts::Each(texts) => {
            for (dialect, text) in texts {
                check_text(context, (&text.value, &[*dialect]), text.span, what, place);
            }
            let find = |dialect: &Dialect| texts.iter().any(|(known, _)| known == dialect);
            let missing: Vec<Dialect> = context.dialects_of(only).filter(|dialect| !find(dialect)).collect();
            for dialect in missing {
                context.report(
                    Diagnostic::new(Code::BAD_SQL, format!("the SQL of {what} has no text for {dialect}"))
                        .label(raw.span, format!("`{}` is missing", dialect.key()))
                        .help(format!("add `{} = \"...\"`", dialect.key())),
                );
            }
            Sql::Each(texts.iter().map(|(dialect, text)| (*dialect, text.value.clone())).collect())
                .simplified()
        }
    };
    (context.diagnostics.len() == before).then_some(sql)
}

fn check_text(
    context: &mut Context<'_>,
    (text, dialects): (&str, &[Dialect]),
    span: crate::Span,
    what: &str,
    place: Place,
) {
    let broken = match place {
        Place::Expression | Place::Query => {
            let broken = |dialect: &Dialect| Some((*dialect, not_an_expression(*dialect, text)?));
            dialects.iter().find_map(broken)
        }
        Place::Statements => None,
    };
    let (problem, help) = if text.trim().is_empty() {
        ("is empty", "write the SQL, or remove the key")
    } else if text.contains('\0') {
        ("contains a NUL character", "remove the character")
    } else if let Some((dialect, problem)) = broken {
        // What only some of them read so is said of them.
        if dialects.iter().any(|other| not_an_expression(*other, text) != Some(problem)) {
            context.report(
                Diagnostic::new(Code::BAD_SQL, format!("the SQL of {what} {problem} on {dialect}"))
                    .label(span, format!("as {dialect} reads it"))
                    .help(format!("write it as all databases read it, or another text for {dialect}")),
            );
            return;
        }
        let help = match place {
            Place::Query => "write one query, in which every quote and parenthesis is closed",
            Place::Expression | Place::Statements => {
                "write one expression, in which every quote and parenthesis is closed"
            }
        };
        (problem, help)
    } else {
        return;
    };
    context.report(
        Diagnostic::new(Code::BAD_SQL, format!("the SQL of {what} {problem}")).label(span, "here").help(help),
    );
}
