use crate::Value;

/// A value as an SQL literal. It says its type where text alone would leave it open, because a literal
/// also stands where no column tells: beside another literal, or as the argument of a function.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Boolean(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        Value::Integer(number) => number.to_string(),
        // A number with a point is exact to PostgreSQL, which knows no zero with a sign.
        Value::Float(number) if number.get() == 0.0 && number.get().is_sign_negative() => {
            "'-0.0'::double precision".to_owned()
        }
        Value::Float(number) => number.to_string(),
        Value::Decimal(digits) => digits.clone(),
        Value::Text(text) => quote(text),
        Value::Bytes(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("'\\x{digits}'::bytea")
        }
        Value::Date(text) => format!("{}::date", quote(text)),
        Value::Time(text) => format!("{}::time", quote(text)),
        Value::Timestamp(text) => format!("{}::timestamp", quote(text)),
        Value::TimestampTz(text) => format!("{}::timestamptz", quote(&format!("{text}+00"))),
        Value::Uuid(text) => format!("{}::uuid", quote(text)),
        Value::Json(text) => format!("{}::jsonb", quote(text)),
    }
}

/// A text with a backslash is marked as one with escapes: without the mark what the backslash means depends
/// on a setting, and in a session with the wrong one the text could end before its quote.
fn quote(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if text.contains(['\\', '\0']) {
        // No text of PostgreSQL holds a NUL; escaped, it is refused by the server rather than cut off.
        format!("E'{}'", doubled.replace('\\', "\\\\").replace('\0', "\\000"))
    } else {
        format!("'{doubled}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Float;

    fn check(value: Value, expected: &str) {
        assert_eq!(literal(&value), expected);
    }

    #[test]
    fn texts_end_at_their_quote_whatever_is_in_them() {
        check(Value::Text("it's \"x\" $1 ?".into()), r#"'it''s "x" $1 ?'"#);
        check(Value::Text(r"\'; DROP TABLE users; --".into()), r"E'\\''; DROP TABLE users; --'");
        check(Value::Json(r#"{"a":"\n"}"#.into()), r#"E'{"a":"\\n"}'::jsonb"#);
        check(Value::Text("a\0b".into()), r"E'a\000b'");
    }

    #[test]
    fn numbers_are_exact() {
        check(Value::Integer(i64::MIN), "-9223372036854775808");
        check(Value::Float(Float::new(-0.0).unwrap()), "'-0.0'::double precision");
        check(Value::Float(Float::new(1e300).unwrap()), "1e300");
        check(Value::Decimal("-0.00".into()), "-0.00");
    }

    #[test]
    fn a_point_in_time_names_its_zone() {
        check(Value::TimestampTz("2026-01-31 23:59:59".into()), "'2026-01-31 23:59:59+00'::timestamptz");
        check(Value::Bytes(vec![0, 255]), r"'\x00ff'::bytea");
    }
}
