//! Defaults as MariaDB and MySQL print them.

use super::expression;
use crate::catalogue::said;
use crate::catalogue::token::{Token, TokenKind, tokens, without_parentheses};
use crate::{ColumnType, DefaultValue, Dialect, Float, Value};

/// What SQL after DEFAULT means for a column: a literal of its type, or an expression; `None` for NULL,
/// which a column has without it.
pub(super) fn default(text: &str, column_type: &ColumnType) -> Option<DefaultValue> {
    let all = tokens(text, Dialect::Mysql).unwrap_or_default();
    let inner = without_parentheses(&all);
    if let [word] = inner
        && word.is_word("NULL")
    {
        return None;
    }
    Some(match value(inner, column_type).filter(|value| value.misfit(column_type).is_none()) {
        Some(value) => DefaultValue::Literal(value),
        None => DefaultValue::Expression(said(Dialect::Mysql, spoken(&expression(text), column_type))),
    })
}

/// What the text of a value means, as MySQL says it.
pub(super) fn literal(text: &str, column_type: &ColumnType) -> DefaultValue {
    let value = numeric(text, column_type).or_else(|| textual(text, column_type));
    match value.filter(|value| value.misfit(column_type).is_none()) {
        Some(value) => DefaultValue::Literal(value),
        None => {
            let text = format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"));
            DefaultValue::Expression(said(Dialect::Mysql, &text))
        }
    }
}

/// The present time is one expression in the language, which means UTC.
fn spoken<'a>(text: &'a str, column_type: &ColumnType) -> &'a str {
    let is_now = text.eq_ignore_ascii_case("utc_timestamp(6)");
    if *column_type == ColumnType::Timestamp && is_now { "CURRENT_TIMESTAMP" } else { text }
}

fn value(tokens: &[Token<'_>], column_type: &ColumnType) -> Option<Value> {
    match tokens {
        [text] if text.kind == TokenKind::Text => textual(&text.text(Dialect::Mysql)?, column_type),
        [number] if number.kind == TokenKind::Number => numeric(number.text, column_type),
        [sign, number] if sign.is_sign("-") && number.kind == TokenKind::Number => {
            numeric(&format!("-{}", number.text), column_type)
        }
        _ => None,
    }
}

fn numeric(digits: &str, column_type: &ColumnType) -> Option<Value> {
    match column_type {
        ColumnType::Boolean if digits == "0" || digits == "1" => Some(Value::Boolean(digits == "1")),
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            digits.parse().ok().map(Value::Integer)
        }
        ColumnType::Real | ColumnType::Double => digits.parse().ok().and_then(Float::new).map(Value::Float),
        ColumnType::Decimal { .. } => Value::parse(column_type, digits).ok(),
        _ => None,
    }
}

fn textual(text: &str, column_type: &ColumnType) -> Option<Value> {
    match column_type {
        ColumnType::Native(_) | ColumnType::Binary(_) | ColumnType::Blob => None,
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
            Some(DefaultValue::Expression(sql)) => format!("sql {}", sql.text(Dialect::Mysql).unwrap()),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn literals() {
        check(ColumnType::Boolean, "1", "true");
        check(ColumnType::Varchar(9), r"'it''s \\'", r#""it's \\""#);
        check(ColumnType::Time, "'07:30:00.000000'", "time \"07:30:00\"");
        check(ColumnType::Double, "1e300", "1e300");
        check(ColumnType::Integer, "-1", "-1");
        check(ColumnType::Text, "NULL", "none");
    }

    #[test]
    fn expressions() {
        check(ColumnType::Timestamp, "utc_timestamp(6)", "sql CURRENT_TIMESTAMP");
        check(ColumnType::Timestamp, "current_timestamp(6)", "sql current_timestamp(6)");
        check(ColumnType::Integer, "(floor(rand() * 100) + 1)", "sql floor(rand() * 100) + 1");
        check(ColumnType::Blob, "X'00ff'", "sql X'00ff'");
        check(ColumnType::Boolean, "2", "sql 2");
    }
}
