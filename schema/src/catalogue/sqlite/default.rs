//! Defaults as they are written.

use super::cursor::slice;
use super::token::{Token, TokenKind, tokens};
use crate::{ColumnType, DefaultValue, Float, Value};

/// What a default means for a column: a literal of its type if it is one that is spelled in no other way,
/// else an expression; `None` where it says NULL, which a column has without it.
pub(super) fn default(written: &str, column_type: &ColumnType) -> Option<DefaultValue> {
    let Some(all) = tokens(written) else { return Some(DefaultValue::Expression(written.into())) };
    let inner = without_parentheses(&all);
    let expression = match inner {
        [word] if word.is_word("NULL") => return None,
        // A bare name is a text to SQLite, but not within parentheses.
        [name] if inner.len() == all.len() && is_name(name) => text(&name.unquoted()),
        _ => slice(written, inner).to_owned(),
    };
    let value = literal(inner, column_type).or_else(|| {
        let text = tokens(&expression)?;
        literal(&text, column_type)
    });
    let value = value.filter(|value| value.misfit(column_type).is_none());
    Some(value.map_or_else(|| DefaultValue::Expression(expression.into()), DefaultValue::Literal))
}

fn without_parentheses<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    match tokens {
        [first, inner @ .., last] if first.is_sign("(") && last.is_sign(")") && is_whole(inner) => {
            without_parentheses(inner)
        }
        _ => tokens,
    }
}

/// Whether every parenthesis that closes was opened here.
fn is_whole(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_i64;
    tokens.iter().all(|token| {
        depth += i64::from(token.is_sign("(")) - i64::from(token.is_sign(")"));
        depth >= 0
    })
}

fn is_name(token: &Token<'_>) -> bool {
    const CONSTANTS: [&str; 5] = ["TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"];
    match token.kind {
        TokenKind::Quoted => true,
        TokenKind::Word => !CONSTANTS.iter().any(|word| token.is_word(word)),
        TokenKind::Text | TokenKind::Number | TokenKind::Bytes | TokenKind::Sign => false,
    }
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn literal(tokens: &[Token<'_>], column_type: &ColumnType) -> Option<Value> {
    match tokens {
        [text] if text.kind == TokenKind::Text => textual(&text.unquoted(), column_type),
        [word] if *column_type == ColumnType::Boolean && word.is_word("TRUE") => Some(Value::Boolean(true)),
        [word] if *column_type == ColumnType::Boolean && word.is_word("FALSE") => Some(Value::Boolean(false)),
        [number] if number.kind == TokenKind::Number => numeric(number.text, column_type),
        [sign, number] if number.kind == TokenKind::Number && sign.is_sign("-") => {
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
        _ => None,
    }
}

/// A text that the type's values are spelled like, and that is this one's only spelling.
fn textual(text: &str, column_type: &ColumnType) -> Option<Value> {
    if matches!(column_type, ColumnType::Native(_)) {
        return None;
    }
    let value = match column_type {
        // Points in time are kept in UTC, and without saying so.
        ColumnType::TimestampTz => Value::parse(column_type, &format!("{text}Z")),
        _ => Value::parse(column_type, text),
    };
    let value = value.ok()?;
    let same = value.plain().text() == Some(text);
    same.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, column_type: &str, expected: &str) {
        let column_type = ColumnType::parse(column_type).unwrap();
        let found = match default(written, &column_type) {
            None => "none".to_owned(),
            Some(DefaultValue::Literal(value)) => value.to_string(),
            Some(DefaultValue::Expression(sql)) => format!("sql {sql:?}"),
        };
        assert_eq!(found, expected, "{written}");
    }

    #[test]
    fn literals_of_the_type() {
        check("1", "boolean", "true");
        check("(FALSE)", "boolean", "false");
        check("- 5", "integer", "-5");
        check("1", "double", "1.0");
        check("'it''s'", "text", "\"it's\"");
        check("'12.50'", "decimal(10,2)", "decimal \"12.50\"");
        check("'2026-01-31 10:00:00'", "timestamp", "timestamp \"2026-01-31 10:00:00\"");
        check("'2026-01-31 10:00:00'", "timestamptz", "timestamptz \"2026-01-31 10:00:00\"");
    }

    #[test]
    fn what_no_literal_says_stays_sql() {
        check("70000", "smallint", "sql Same(\"70000\")");
        check("'2026-01-31T10:00:00'", "timestamp", "sql Same(\"'2026-01-31T10:00:00'\")");
        check("(lower('A') || 'b')", "text", "sql Same(\"lower('A') || 'b'\")");
        check("((1) + (2))", "integer", "sql Same(\"(1) + (2)\")");
        check("(1) + (2)", "integer", "sql Same(\"(1) + (2)\")");
        check("CURRENT_TIMESTAMP", "timestamptz", "sql Same(\"CURRENT_TIMESTAMP\")");
        check("x'00'", "blob", "sql Same(\"x'00'\")");
    }

    #[test]
    fn a_bare_name_is_a_text() {
        check("abc", "text", "\"abc\"");
        check("\"a'b\"", "text", "\"a'b\"");
        check("(abc)", "text", "sql Same(\"abc\")");
    }

    #[test]
    fn null_is_no_default() {
        check("NULL", "text", "none");
        check("((null))", "text", "none");
    }
}
