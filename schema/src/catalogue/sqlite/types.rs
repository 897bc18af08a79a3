//! Types as they are declared, and what they are to whimbrel.

use std::collections::BTreeMap;

use super::canonical::canonical;
use crate::{ColumnType, Dialect, Native};

/// The type that is stored like this: the inverse of how tables are rendered, and the other spellings that
/// mean exactly the same to SQLite. A type that nothing is known of is a native one.
pub(super) fn column_type(declared: &str, strict: bool) -> ColumnType {
    let spelling = canonical(declared).to_ascii_uppercase();
    let known = if strict { strict_type(&spelling) } else { plain_type(&spelling) };
    known.unwrap_or_else(|| native(declared))
}

/// A type as it is compared: what nothing is known of, in capitals, which mean nothing to SQLite.
pub(crate) fn canonical_type(column_type: &ColumnType) -> ColumnType {
    match column_type {
        ColumnType::Native(texts) => {
            native(&canonical(texts.text(Dialect::Sqlite).unwrap_or_default()).to_ascii_uppercase())
        }
        known => known.clone(),
    }
}

fn native(declared: &str) -> ColumnType {
    ColumnType::Native(Native { texts: BTreeMap::from([(Dialect::Sqlite, declared.to_owned())]) })
}

fn strict_type(spelling: &str) -> Option<ColumnType> {
    // Integers of every size, and numbers and texts of every kind, are one type here: the widest.
    match spelling {
        "INT" | "INTEGER" => Some(ColumnType::BigInt),
        "REAL" => Some(ColumnType::Double),
        "TEXT" => Some(ColumnType::Text),
        "BLOB" => Some(ColumnType::Blob),
        _ => None,
    }
}

fn plain_type(spelling: &str) -> Option<ColumnType> {
    let (name, arguments) = match spelling.split_once('(') {
        None => (spelling, Vec::new()),
        Some((name, rest)) => {
            let numbers = rest.strip_suffix(')')?.split(',').map(|number| number.trim().parse().ok());
            (name.trim_end(), numbers.collect::<Option<Vec<u32>>>()?)
        }
    };
    Some(match (name, arguments[..].as_ref()) {
        ("BOOLEAN" | "BOOL", []) => ColumnType::Boolean,
        ("SMALLINT" | "INT2", []) => ColumnType::SmallInt,
        ("INTEGER" | "INT" | "INT4", []) => ColumnType::Integer,
        ("BIGINT" | "INT8", []) => ColumnType::BigInt,
        ("REAL" | "FLOAT4", []) => ColumnType::Real,
        ("DOUBLE" | "DOUBLE PRECISION" | "FLOAT8", []) => ColumnType::Double,
        ("DECIMAL_TEXT", [precision @ 1..=38, scale]) if scale <= precision => {
            ColumnType::Decimal { precision: *precision, scale: *scale }
        }
        ("CHAR" | "CHARACTER", [length @ 1..=u32::MAX]) => ColumnType::Char(*length),
        ("VARCHAR" | "CHARACTER VARYING", [length @ 1..=u32::MAX]) => ColumnType::Varchar(*length),
        ("TEXT", []) => ColumnType::Text,
        ("BLOB", [length @ 1..=u32::MAX]) => ColumnType::Binary(*length),
        ("BLOB", []) => ColumnType::Blob,
        ("DATE", []) => ColumnType::Date,
        ("TIME", []) => ColumnType::Time,
        ("DATETIME", []) => ColumnType::Timestamp,
        ("TIMESTAMP", []) => ColumnType::TimestampTz,
        ("UUID_TEXT", []) => ColumnType::Uuid,
        ("JSON_TEXT", []) => ColumnType::Json,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(declared: &str, strict: bool, expected: &str) {
        assert_eq!(column_type(declared, strict).to_string(), expected, "{declared}");
    }

    #[test]
    fn spellings_that_mean_the_same() {
        for (declared, expected) in [
            ("int", "integer"),
            ("Bool", "boolean"),
            ("double  precision", "double"),
            ("varchar ( 20 )", "varchar(20)"),
            ("decimal_text(10, 2)", "decimal(10,2)"),
            ("blob(16)", "binary(16)"),
        ] {
            check(declared, false, expected);
        }
    }

    /// Their values are converted in other ways, or are of another length than they say.
    #[test]
    fn spellings_that_mean_something_else() {
        for declared in [
            "numeric",
            "DECIMAL(10,2)",
            "varchar",
            "VARCHAR(0)",
            "text(5)",
            "JSON",
            "UUID",
            "",
            "INT(11)",
            "x(-1)",
        ] {
            check(declared, false, &format!("native(sqlite: {declared})"));
        }
    }

    #[test]
    fn strict_tables_have_few_types() {
        check("INT", true, "bigint");
        check("ANY", true, "native(sqlite: ANY)");
    }
}
