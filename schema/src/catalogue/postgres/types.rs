//! Types as PostgreSQL spells them, and as people do.

use std::collections::BTreeMap;

use crate::{ColumnType, Dialect, Native};

/// The type that is kept as this one; one that the language has no word for is native.
pub(crate) fn column_type(text: &str) -> ColumnType {
    let spelling = spelling(text);
    known(&spelling)
        .unwrap_or(ColumnType::Native(Native { texts: BTreeMap::from([(Dialect::Postgres, spelling)]) }))
}

/// Small letters outside of quotes, and blanks only where words would run together.
fn spelling(text: &str) -> String {
    let mut out = String::new();
    let mut quoted = false;
    for character in text.trim().chars() {
        quoted ^= character == '"';
        match character {
            _ if quoted => out.push(character),
            blank if blank.is_whitespace() => {
                if !out.ends_with([' ', '(', ',']) {
                    out.push(' ');
                }
            }
            sign @ ('(' | ')' | ',' | '[') => {
                out.truncate(out.trim_end_matches(' ').len());
                out.push(sign);
            }
            other => out.extend(other.to_lowercase()),
        }
    }
    out
}

fn known(spelling: &str) -> Option<ColumnType> {
    let (name, arguments, rest) = match spelling.split_once('(') {
        None => (spelling, Vec::new(), ""),
        Some((name, behind)) => {
            let (inner, rest) = behind.split_once(')')?;
            let numbers = inner.split(',').map(|number| number.parse::<u32>().ok());
            (name, numbers.collect::<Option<Vec<u32>>>()?, rest.trim_start())
        }
    };
    // As in `time(6) without time zone`.
    let name = if rest.is_empty() { name.to_owned() } else { format!("{name} {rest}") };
    Some(match (name.as_str(), &arguments[..]) {
        ("boolean" | "bool", []) => ColumnType::Boolean,
        ("smallint" | "int2", []) => ColumnType::SmallInt,
        ("integer" | "int" | "int4", []) => ColumnType::Integer,
        ("bigint" | "int8", []) => ColumnType::BigInt,
        ("real" | "float4", []) => ColumnType::Real,
        ("double precision" | "float8" | "float", []) => ColumnType::Double,
        ("numeric" | "decimal" | "dec", [precision @ 1..=38]) => {
            ColumnType::Decimal { precision: *precision, scale: 0 }
        }
        ("numeric" | "decimal" | "dec", [precision @ 1..=38, scale]) if scale <= precision => {
            ColumnType::Decimal { precision: *precision, scale: *scale }
        }
        ("character" | "char", []) => ColumnType::Char(1),
        ("character" | "char" | "bpchar", [length @ 1..=u32::MAX]) => ColumnType::Char(*length),
        ("character varying" | "varchar" | "char varying", [length @ 1..=u32::MAX]) => {
            ColumnType::Varchar(*length)
        }
        ("text", []) => ColumnType::Text,
        ("bytea", []) => ColumnType::Blob,
        ("date", []) => ColumnType::Date,
        // Without a number they keep as many digits as with a 6.
        ("time" | "time without time zone", [] | [6]) => ColumnType::Time,
        ("timestamp" | "timestamp without time zone", [] | [6]) => ColumnType::Timestamp,
        ("timestamptz" | "timestamp with time zone", [] | [6]) => ColumnType::TimestampTz,
        ("uuid", []) => ColumnType::Uuid,
        ("jsonb", []) => ColumnType::Json,
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
            ("int4", "integer"),
            ("Character  Varying ( 20 )", "varchar(20)"),
            ("character(1)", "char(1)"),
            ("numeric(10, 2)", "decimal(10,2)"),
            ("decimal(7)", "decimal(7,0)"),
            ("time(6) without time zone", "time"),
            ("timestamp with time zone", "timestamptz"),
            ("float8", "double"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn what_the_language_has_no_word_for() {
        for (text, expected) in [
            ("timestamp(3) without time zone", "timestamp(3) without time zone"),
            ("character varying", "character varying"),
            ("NUMERIC", "numeric"),
            ("numeric(39,0)", "numeric(39,0)"),
            ("json", "json"),
            ("int8 [ ]", "int8[ ]"),
            ("\"char\"", "\"char\""),
            ("My.\"Type  A\"", "my.\"Type  A\""),
        ] {
            check(text, &format!("native(postgres: {expected})"));
        }
    }
}
