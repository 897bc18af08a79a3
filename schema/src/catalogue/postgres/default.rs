//! Defaults as PostgreSQL prints them.

use super::types::column_type as read_type;
use crate::catalogue::said;
use crate::catalogue::token::{Token, TokenKind, slice, tokens, without_parentheses};
use crate::{ColumnType, DefaultValue, Dialect, Float, Value};

/// What a default means for a column: a literal of its type, or an expression; `None` for NULL, which a
/// column has without it.
pub(super) fn default(text: &str, column_type: &ColumnType) -> Option<DefaultValue> {
    let Some(all) = tokens(text, Dialect::Postgres) else {
        return Some(DefaultValue::Expression(said(Dialect::Postgres, text)));
    };
    let inner = without_parentheses(&all);
    let (literal, cast) = match inner.iter().position(|token| token.is_sign("::")) {
        Some(place) => (without_parentheses(&inner[..place]), Some(slice(text, &inner[place + 1..]))),
        None => (inner, None),
    };
    if let [word] = literal
        && word.is_word("NULL")
    {
        return None;
    }
    let value = value(literal, cast, column_type).filter(|value| value.misfit(column_type).is_none());
    Some(match value {
        Some(value) => DefaultValue::Literal(value),
        None => {
            DefaultValue::Expression(said(Dialect::Postgres, expression(slice(text, inner), column_type)))
        }
    })
}

/// The present time is one expression in the language, which means UTC; what means the zone of a session
/// has another.
fn expression<'a>(text: &'a str, column_type: &ColumnType) -> &'a str {
    let text = text.trim();
    let is_now = |text: &str| {
        let word = text.to_ascii_lowercase();
        matches!(word.as_str(), "now()" | "current_timestamp" | "transaction_timestamp()")
    };
    let in_utc = || {
        let (time, zone) = text.split_once(" AT TIME ZONE ")?;
        let zone = zone.trim_end_matches("::text").to_ascii_lowercase();
        (is_now(time) && zone == "'utc'").then_some(())
    };
    match column_type {
        ColumnType::Timestamp if in_utc().is_some() => "CURRENT_TIMESTAMP",
        ColumnType::Timestamp if is_now(text) => "now()",
        _ if is_now(text) => "CURRENT_TIMESTAMP",
        _ => text,
    }
}

fn value(literal: &[Token<'_>], cast: Option<&str>, column_type: &ColumnType) -> Option<Value> {
    let number = match literal {
        [word] if *column_type == ColumnType::Boolean && cast.is_none() => {
            let truth = [("true", true), ("false", false)];
            let truth = truth.into_iter().find(|(name, _)| word.is_word(name));
            return truth.map(|(_, truth)| Value::Boolean(truth));
        }
        [number] if number.kind == TokenKind::Number => number.text.to_owned(),
        [sign, number] if sign.is_sign("-") && number.kind == TokenKind::Number => {
            format!("-{}", number.text)
        }
        [text] if text.kind == TokenKind::Text => {
            let text = text.text(Dialect::Postgres)?;
            if !is_number(column_type) {
                return textual(&text, cast?, column_type);
            }
            text
        }
        _ => return None,
    };
    if cast.is_some_and(|cast| !is_number(&read_type(cast)) && cast != "numeric") {
        return None;
    }
    match column_type {
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            number.parse().ok().map(Value::Integer)
        }
        // PostgreSQL leaves a zero with a sign its sign, and nothing else.
        ColumnType::Real | ColumnType::Double => number.parse().ok().and_then(Float::new).map(Value::Float),
        ColumnType::Decimal { .. } => Value::parse(column_type, &number).ok(),
        _ => None,
    }
}

const fn is_number(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::SmallInt
            | ColumnType::Integer
            | ColumnType::BigInt
            | ColumnType::Real
            | ColumnType::Double
            | ColumnType::Decimal { .. }
    )
}

/// A text that is cast to the type of the column. Where it is cast to another one first, that one may have
/// changed it.
fn textual(text: &str, cast: &str, column_type: &ColumnType) -> Option<Value> {
    let same = match column_type {
        ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text => {
            matches!(cast, "text" | "character varying" | "bpchar")
        }
        // Nothing else is converted to it by itself.
        ColumnType::Enum(_) => read_type(cast) != ColumnType::Text,
        // Bytes are SQL in the language.
        ColumnType::Native(_) | ColumnType::Blob => false,
        other => read_type(cast) == *other,
    };
    if !same {
        return None;
    }
    match column_type {
        ColumnType::TimestampTz => Value::parse(column_type, &format!("{}Z", text.strip_suffix("+00")?)).ok(),
        _ => Value::parse(column_type, text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(column_type: ColumnType, text: &str, expected: &str) {
        let found = match default(text, &column_type) {
            None => "none".to_owned(),
            Some(DefaultValue::Literal(value)) => value.to_string(),
            Some(DefaultValue::Expression(sql)) => format!("sql {}", sql.text(Dialect::Postgres).unwrap()),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn literals() {
        check(ColumnType::Integer, "'-1'::integer", "-1");
        check(ColumnType::SmallInt, "5", "5");
        check(ColumnType::Decimal { precision: 10, scale: 2 }, "'-12.5'::numeric", "decimal \"-12.5\"");
        check(ColumnType::Double, "'-0'::double precision", "-0.0");
        check(ColumnType::Varchar(9), r"'it''s \'::character varying", r#""it's \\""#);
        check(ColumnType::Enum("mood".into()), "'calm'::mood", "\"calm\"");
        check(ColumnType::Time, "'07:30:00.5'::time without time zone", "time \"07:30:00.500000\"");
        check(
            ColumnType::TimestampTz,
            "'2026-01-31 23:59:59+00'::timestamp with time zone",
            "timestamptz \"2026-01-31 23:59:59\"",
        );
        check(ColumnType::Boolean, "true", "true");
        check(ColumnType::Text, "NULL::text", "none");
    }

    #[test]
    fn expressions() {
        check(ColumnType::TimestampTz, "now()", "sql CURRENT_TIMESTAMP");
        check(ColumnType::Timestamp, "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC'::text)", "sql CURRENT_TIMESTAMP");
        check(ColumnType::Timestamp, "CURRENT_TIMESTAMP", "sql now()");
        check(ColumnType::Text, "('a'::text || 'b'::text)", "sql 'a'::text || 'b'::text");
        check(ColumnType::Varchar(2), "'abc'::character varying(2)", "sql 'abc'::character varying(2)");
        check(ColumnType::SmallInt, "70000", "sql 70000");
        check(ColumnType::Blob, r"'\x00ff'::bytea", r"sql '\x00ff'::bytea");
    }
}
