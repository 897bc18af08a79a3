//! Types as MariaDB and MySQL spell them, and as people do.

use std::collections::BTreeMap;

use crate::catalogue::token::{TokenKind, tokens};
use crate::{ColumnType, Dialect, Native};

/// The type that is kept as this one; one that the language has no word for is native.
pub(crate) fn column_type(text: &str) -> ColumnType {
    let spelling = spelling(text);
    known(&spelling).unwrap_or_else(|| native(spelling))
}

/// The values of an enum, if that is what it is.
pub(super) fn enum_values(text: &str) -> Option<Vec<String>> {
    let tokens = tokens(text, Dialect::Mysql)?;
    let [word, open, values @ .., close] = &tokens[..] else { return None };
    if !(word.is_word("ENUM") && open.is_sign("(") && close.is_sign(")")) {
        return None;
    }
    let values = values.iter().filter(|token| token.kind == TokenKind::Text);
    values.map(|value| value.text(Dialect::Mysql)).collect()
}

/// The type of an enum with these values. Blanks at the end of a value are not kept.
pub(crate) fn enumeration(values: &[String]) -> ColumnType {
    let value = |value: &String| {
        let value = value.trim_end_matches(' ').replace('\\', "\\\\").replace('\'', "''");
        format!("'{}'", value.replace('\0', "\\0").replace('\n', "\\n").replace('\r', "\\r"))
    };
    let values: Vec<String> = values.iter().map(value).collect();
    native(format!("enum({})", values.join(",")))
}

fn native(text: String) -> ColumnType {
    ColumnType::Native(Native { texts: BTreeMap::from([(Dialect::Mysql, text)]) })
}

/// Small letters outside of quotes, and one blank between words.
fn spelling(text: &str) -> String {
    let Some(tokens) = tokens(text, Dialect::Mysql) else { return text.trim().to_owned() };
    let mut out = String::new();
    for token in tokens {
        let sign = token.kind == TokenKind::Sign;
        if !(out.is_empty() || out.ends_with(['(', ',']) || sign) {
            out.push(' ');
        }
        match token.kind {
            TokenKind::Word => out.push_str(&token.text.to_lowercase()),
            _ => out.push_str(token.text),
        }
    }
    out
}

fn known(spelling: &str) -> Option<ColumnType> {
    let (name, arguments) = match spelling.split_once('(') {
        None => (spelling, Vec::new()),
        Some((name, rest)) => {
            let numbers = rest.strip_suffix(')')?.split(',').map(|number| number.trim().parse::<u32>().ok());
            (name, numbers.collect::<Option<Vec<u32>>>()?)
        }
    };
    Some(match (name, &arguments[..]) {
        ("boolean" | "bool", []) | ("tinyint", [1]) => ColumnType::Boolean,
        // How wide a number is shown says nothing of what it can be.
        ("smallint" | "int2", [] | [_]) => ColumnType::SmallInt,
        ("int" | "integer" | "int4", [] | [_]) => ColumnType::Integer,
        ("bigint" | "int8", [] | [_]) => ColumnType::BigInt,
        ("float" | "float4", []) => ColumnType::Real,
        ("double" | "double precision" | "float8" | "real", []) => ColumnType::Double,
        ("decimal" | "numeric" | "dec" | "fixed", []) => ColumnType::Decimal { precision: 10, scale: 0 },
        ("decimal" | "numeric" | "dec" | "fixed", [precision @ 1..=38]) => {
            ColumnType::Decimal { precision: *precision, scale: 0 }
        }
        ("decimal" | "numeric" | "dec" | "fixed", [precision @ 1..=38, scale]) if scale <= precision => {
            ColumnType::Decimal { precision: *precision, scale: *scale }
        }
        ("char" | "character", []) => ColumnType::Char(1),
        ("char" | "character", [length @ 1..=u32::MAX]) => ColumnType::Char(*length),
        ("varchar" | "character varying", [length @ 1..=u32::MAX]) => ColumnType::Varchar(*length),
        ("longtext", []) => ColumnType::Text,
        ("binary", []) => ColumnType::Binary(1),
        ("binary", [length @ 1..=u32::MAX]) => ColumnType::Binary(*length),
        ("longblob", []) => ColumnType::Blob,
        ("date", []) => ColumnType::Date,
        ("time", [6]) => ColumnType::Time,
        ("datetime", [6]) => ColumnType::Timestamp,
        ("json", []) => ColumnType::Json,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(column_type(text).to_string(), expected, "{text}");
    }

    #[test]
    fn spellings_that_mean_the_same() {
        for (text, expected) in [
            ("int(11)", "integer"),
            ("TINYINT(1)", "boolean"),
            ("bool", "boolean"),
            ("decimal(10, 2)", "decimal(10,2)"),
            ("datetime(6)", "timestamp"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn what_the_language_has_no_word_for() {
        for text in ["tinyint(4)", "int(10) unsigned", "datetime", "text", "set('a','B')", "decimal(65,0)"] {
            check(text, &format!("native(mysql: {text})"));
        }
    }

    #[test]
    fn values_of_enums() {
        let values = enum_values(r"enum('a','it''s \\ \n')").unwrap();
        assert_eq!(values, ["a", "it's \\ \n"]);
        assert_eq!(enumeration(&values), native(r"enum('a','it''s \\ \n')".to_owned()));
        assert_eq!(enum_values("set('a')"), None);
    }
}
