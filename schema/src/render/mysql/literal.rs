use crate::Value;

/// A value as an SQL literal.
///
/// In texts the backslash is an escape, as it is unless `sql_mode` has `NO_BACKSLASH_ESCAPES`: the driver
/// sees to that. In a session that has it a text still ends at its quote and nowhere else.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Boolean(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        Value::Integer(number) => number.to_string(),
        // Without an exponent it would be a decimal number.
        Value::Float(number) => format!("{:e}", number.get()),
        Value::Decimal(digits) => digits.clone(),
        Value::Bytes(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("x'{digits}'")
        }
        Value::Text(text)
        | Value::Date(text)
        | Value::Time(text)
        | Value::Timestamp(text)
        | Value::TimestampTz(text)
        | Value::Uuid(text)
        | Value::Json(text) => quote(text),
    }
}

fn quote(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "''").replace('\0', "\\0");
    format!("'{escaped}'")
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
        check(Value::Text(r"\'; DROP TABLE users; --".into()), r"'\\''; DROP TABLE users; --'");
        check(Value::Text("a\0b".into()), r"'a\0b'");
    }

    #[test]
    fn numbers_are_of_their_type() {
        check(Value::Integer(i64::MIN), "-9223372036854775808");
        check(Value::Float(Float::new(-0.0).unwrap()), "-0e0");
        check(Value::Float(Float::new(12.5).unwrap()), "1.25e1");
        check(Value::Decimal("-0.00".into()), "-0.00");
        check(Value::Bytes(vec![0, 255]), "x'00ff'");
    }
}
