use std::collections::BTreeMap;
use std::fmt;

use crate::{Dialect, Name};

/// The type of a column's values, the same on every dialect.
///
/// `Display` writes it as the schema language does, and [`parse`](ColumnType::parse) reads it back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// True or false.
    Boolean,
    /// A signed integer of 16 bits.
    SmallInt,
    /// A signed integer of 32 bits.
    Integer,
    /// A signed integer of 64 bits.
    BigInt,
    /// A floating point number of 32 bits.
    Real,
    /// A floating point number of 64 bits.
    Double,
    /// An exact decimal number.
    Decimal {
        /// Digits in all.
        precision: u32,
        /// Digits after the point.
        scale: u32,
    },
    /// Text of exactly this many characters.
    Char(u32),
    /// Text of at most this many characters.
    Varchar(u32),
    /// Text of any length.
    Text,
    /// Bytes, exactly this many.
    Binary(u32),
    /// Bytes of any number.
    Blob,
    /// A calendar date.
    Date,
    /// A time of day, to the microsecond.
    Time,
    /// A date and time without time zone, to the microsecond.
    Timestamp,
    /// A point in time, kept in UTC, to the microsecond.
    TimestampTz,
    /// A UUID.
    Uuid,
    /// A JSON document.
    Json,
    /// One of the values of an enum of the schema.
    Enum(Name),
    /// A type of the databases themselves.
    Native(Native),
}

/// A type as each database spells it, for what the language has no word for.
///
/// Nothing is known of its values but that they are read and written as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Native {
    /// The type's name on each dialect that has it.
    pub texts: BTreeMap<Dialect, String>,
}

impl Native {
    /// How a dialect spells it.
    pub fn text(&self, dialect: Dialect) -> Option<&str> {
        self.texts.get(&dialect).map(String::as_str)
    }
}

impl ColumnType {
    /// The names of all types, for suggestions.
    pub const NAMES: [&'static str; 18] = [
        "boolean",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double",
        "decimal",
        "char",
        "varchar",
        "text",
        "binary",
        "blob",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "uuid",
        "json",
    ];

    /// Reads a type as the schema language spells it, without the `?` of a nullable column.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong with the text, to be shown at its place.
    ///
    /// ```
    /// use whimbrel_schema::ColumnType;
    ///
    /// assert_eq!(ColumnType::parse("varchar(320)"), Ok(ColumnType::Varchar(320)));
    /// assert!(ColumnType::parse("varchar").unwrap_err().contains("length"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (name, arguments) = match text.split_once('(') {
            None => (text, Vec::new()),
            Some((name, rest)) => {
                let inner = rest
                    .strip_suffix(')')
                    .ok_or_else(|| format!("`{text}` lacks its closing parenthesis"))?;
                (name.trim_end(), parse_arguments(text, inner)?)
            }
        };
        let plain = |column_type: Self| match arguments[..] {
            [] => Ok(column_type),
            _ => Err(format!("type `{name}` takes no argument")),
        };
        let sized = |make: fn(u32) -> Self| match arguments[..] {
            [0] => Err(format!("the length of `{name}` must be at least 1")),
            [length] => Ok(make(length)),
            _ => Err(format!("type `{name}` needs a length, as in `{name}(64)`")),
        };
        match name {
            "boolean" => plain(Self::Boolean),
            "smallint" => plain(Self::SmallInt),
            "integer" => plain(Self::Integer),
            "bigint" => plain(Self::BigInt),
            "real" => plain(Self::Real),
            "double" => plain(Self::Double),
            "decimal" => match arguments[..] {
                [precision @ 1..=38, scale] if scale <= precision => Ok(Self::Decimal { precision, scale }),
                [_, _] => Err("`decimal(precision, scale)` takes a precision from 1 to 38 \
                               and a scale not above it"
                    .to_owned()),
                _ => Err("type `decimal` needs precision and scale, as in `decimal(10, 2)`".to_owned()),
            },
            "char" => sized(Self::Char),
            "varchar" => sized(Self::Varchar),
            "text" => plain(Self::Text),
            "binary" => sized(Self::Binary),
            "blob" => plain(Self::Blob),
            "date" => plain(Self::Date),
            "time" => plain(Self::Time),
            "timestamp" => plain(Self::Timestamp),
            "timestamptz" => plain(Self::TimestampTz),
            "uuid" => plain(Self::Uuid),
            "json" => plain(Self::Json),
            "" => Err("a column needs a type".to_owned()),
            _ => Err(format!("there is no type `{name}`")),
        }
    }

    /// The name of the marker type that stands for it in generated Rust.
    pub const fn marker(&self) -> &'static str {
        match self {
            Self::Boolean => "Boolean",
            Self::SmallInt => "SmallInt",
            Self::Integer => "Integer",
            Self::BigInt => "BigInt",
            Self::Real => "Real",
            Self::Double => "Double",
            Self::Decimal { .. } => "Decimal",
            Self::Char(_) | Self::Varchar(_) | Self::Text | Self::Enum(_) | Self::Native(_) => "Text",
            Self::Binary(_) | Self::Blob => "Bytes",
            Self::Date => "Date",
            Self::Time => "Time",
            Self::Timestamp => "Timestamp",
            Self::TimestampTz => "TimestampTz",
            Self::Uuid => "Uuid",
            Self::Json => "Json",
        }
    }

    /// Whether every value of this type is, unchanged, a value of `wider`.
    pub fn widens_to(&self, wider: &Self) -> bool {
        use ColumnType::*;
        match (self, wider) {
            (SmallInt, Integer | BigInt) | (Integer, BigInt) | (Real, Double) => true,
            (Char(previous) | Varchar(previous), Varchar(next)) => previous <= next,
            (Char(_) | Varchar(_), Text) | (Binary(_), Blob) => true,
            (
                Decimal { precision: previous, scale: scale_previous },
                Decimal { precision: next, scale: scale_next },
            ) => scale_previous <= scale_next && previous - scale_previous <= next - scale_next,
            _ => self == wider,
        }
    }
}

fn parse_arguments(text: &str, inner: &str) -> Result<Vec<u32>, String> {
    inner
        .split(',')
        .map(|part| {
            let part = part.trim();
            part.parse().map_err(|_| format!("`{part}` in `{text}` is not a length from 1 to {}", u32::MAX))
        })
        .collect()
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Boolean => "boolean",
            Self::SmallInt => "smallint",
            Self::Integer => "integer",
            Self::BigInt => "bigint",
            Self::Real => "real",
            Self::Double => "double",
            Self::Decimal { precision, scale } => return write!(f, "decimal({precision},{scale})"),
            Self::Char(length) => return write!(f, "char({length})"),
            Self::Varchar(length) => return write!(f, "varchar({length})"),
            Self::Text => "text",
            Self::Binary(length) => return write!(f, "binary({length})"),
            Self::Blob => "blob",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::TimestampTz => "timestamptz",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::Enum(name) => name.as_str(),
            Self::Native(native) => {
                f.write_str("native(")?;
                for (position, (dialect, text)) in native.texts.iter().enumerate() {
                    write!(f, "{}{}: {text}", if position == 0 { "" } else { ", " }, dialect.key())?;
                }
                return f.write_str(")");
            }
        };
        f.write_str(name)
    }
}
