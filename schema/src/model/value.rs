use std::fmt;
use std::str::FromStr;

use toml_datetime::Datetime;

use super::ColumnType;
use crate::text::quoted;

/// A literal value, in the one spelling that every dialect and every hash agrees on.
///
/// `Display` writes it for people and for the canonical text of steps: text in double quotes, and
/// values of the other textual types behind the name of their type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating point number; never NaN or infinite.
    Float(Float),
    /// An exact decimal number, as digits with an optional sign and point.
    Decimal(String),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A date as `2026-01-31`.
    Date(String),
    /// A time as `23:59:59` or `23:59:59.123456`.
    Time(String),
    /// A date and time as `2026-01-31 23:59:59`.
    Timestamp(String),
    /// A date and time in UTC, spelled like a [`Timestamp`](Value::Timestamp).
    TimestampTz(String),
    /// A UUID in lower case with hyphens.
    Uuid(String),
    /// A JSON text, kept as it is.
    Json(String),
}

/// A value by what it is made of, where it does not matter which of the texts it is.
///
/// ```
/// use whimbrel_schema::{Plain, Value};
///
/// assert_eq!(Value::Uuid("00000000-0000-0000-0000-000000000000".to_owned()).plain().text().map(str::len), Some(36));
/// assert!(matches!(Value::Integer(7).plain(), Plain::Integer(7)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plain<'v> {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Float(Float),
    /// Bytes.
    Bytes(&'v [u8]),
    /// The text of a value that is spelled.
    Text(&'v str),
}

impl<'v> Plain<'v> {
    /// The text, if it is one.
    pub const fn text(self) -> Option<&'v str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Boolean(_) | Self::Integer(_) | Self::Float(_) | Self::Bytes(_) => None,
        }
    }
}

impl Value {
    /// What it is made of.
    pub const fn plain(&self) -> Plain<'_> {
        match self {
            Self::Boolean(truth) => Plain::Boolean(*truth),
            Self::Integer(number) => Plain::Integer(*number),
            Self::Float(number) => Plain::Float(*number),
            Self::Bytes(bytes) => Plain::Bytes(bytes.as_slice()),
            Self::Decimal(text)
            | Self::Text(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::Timestamp(text)
            | Self::TimestampTz(text)
            | Self::Uuid(text)
            | Self::Json(text) => Plain::Text(text.as_str()),
        }
    }
}

/// A finite floating point number that can be compared, hashed and printed exactly.
#[derive(Debug, Clone, Copy)]
pub struct Float(f64);

impl Float {
    /// Takes a finite number; `None` for NaN and infinities.
    ///
    /// ```
    /// use whimbrel_schema::Float;
    ///
    /// assert_eq!(Float::new(1.5).unwrap().to_string(), "1.5");
    /// assert!(Float::new(f64::NAN).is_none());
    /// ```
    pub fn new(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self(number))
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Float {}

impl std::hash::Hash for Float {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The shortest digits that read back to the same number, always with a point or exponent.
        write!(f, "{:?}", self.0)
    }
}

impl Value {
    /// Reads a value of a type from text: how dates, times, decimals, UUIDs and JSON are written in
    /// TOML and in migrations.
    ///
    /// # Errors
    ///
    /// A sentence that says what the text should look like.
    ///
    /// ```
    /// use whimbrel_schema::{ColumnType, Value};
    ///
    /// let value = Value::parse(&ColumnType::Date, "2026-01-31").unwrap();
    /// assert_eq!(value.to_string(), r#"date "2026-01-31""#);
    /// assert!(Value::parse(&ColumnType::Date, "2026-02-30").is_err());
    /// ```
    pub fn parse(column_type: &ColumnType, text: &str) -> Result<Self, String> {
        match column_type {
            ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text | ColumnType::Enum(_) => {
                Ok(Self::Text(text.to_owned()))
            }
            ColumnType::Native(_) => {
                Err("a value of a native type is written as `{ sql = \"...\" }`".to_owned())
            }
            ColumnType::Decimal { .. } => parse_decimal(text).map(Self::Decimal),
            ColumnType::Date => parse_date(text).map(Self::Date),
            ColumnType::Time => parse_time(text).map(Self::Time),
            ColumnType::Timestamp => parse_timestamp(text).map(Self::Timestamp),
            ColumnType::TimestampTz => parse_timestamptz(text).map(Self::TimestampTz),
            ColumnType::Uuid => parse_uuid(text).map(Self::Uuid),
            ColumnType::Json => parse_json(text).map(Self::Json),
            ColumnType::Boolean
            | ColumnType::SmallInt
            | ColumnType::Integer
            | ColumnType::BigInt
            | ColumnType::Real
            | ColumnType::Double => Err(format!("a value of type `{column_type}` is written without quotes")),
            ColumnType::Binary(_) | ColumnType::Blob => Err("bytes are written as SQL".to_owned()),
        }
    }

    /// Why this value cannot stand in a column of this type, if it cannot.
    ///
    /// ```
    /// use whimbrel_schema::{ColumnType, Value};
    ///
    /// assert_eq!(Value::Integer(7).misfit(&ColumnType::SmallInt), None);
    /// assert!(Value::Integer(70_000).misfit(&ColumnType::SmallInt).is_some());
    /// ```
    pub fn misfit(&self, column_type: &ColumnType) -> Option<String> {
        let too_long = |length: usize, limit: u32, unit: &str| {
            (length > limit as usize)
                .then(|| format!("{self} has {length} {unit}, and `{column_type}` holds {limit}"))
        };
        let in_range = |number: i64, limits: std::ops::RangeInclusive<i64>| {
            (!limits.contains(&number)).then(|| {
                format!(
                    "{number} is outside `{column_type}`, which goes from {} to {}",
                    limits.start(),
                    limits.end()
                )
            })
        };
        match (self, column_type) {
            (Self::Integer(number), ColumnType::SmallInt) => {
                in_range(*number, i16::MIN.into()..=i16::MAX.into())
            }
            (Self::Integer(number), ColumnType::Integer) => {
                in_range(*number, i32::MIN.into()..=i32::MAX.into())
            }
            (Self::Text(text), ColumnType::Char(limit) | ColumnType::Varchar(limit)) => {
                too_long(text.chars().count(), *limit, "characters")
            }
            (Self::Bytes(bytes), ColumnType::Binary(limit)) => too_long(bytes.len(), *limit, "bytes"),
            (Self::Decimal(digits), ColumnType::Decimal { precision, scale }) => {
                let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
                let whole = whole.trim_start_matches('-').trim_start_matches('0').len();
                (fraction.len() > *scale as usize || whole > (precision - scale) as usize)
                    .then(|| format!("{digits} does not fit `{column_type}`"))
            }
            (Self::Float(number), ColumnType::Real) => (number.get().abs() > f64::from(f32::MAX))
                .then(|| format!("{number} is too large for `{column_type}`")),
            (Self::Boolean(_), ColumnType::Boolean)
            | (Self::Integer(_), ColumnType::BigInt)
            | (Self::Float(_), ColumnType::Double)
            // Which values an enum has is known to the schema alone: see `Schema::misfit`.
            | (Self::Text(_), ColumnType::Text | ColumnType::Enum(_) | ColumnType::Native(_))
            | (Self::Bytes(_), ColumnType::Blob)
            | (Self::Date(_), ColumnType::Date)
            | (Self::Time(_), ColumnType::Time)
            | (Self::Timestamp(_), ColumnType::Timestamp)
            | (Self::TimestampTz(_), ColumnType::TimestampTz)
            | (Self::Uuid(_), ColumnType::Uuid)
            | (Self::Json(_), ColumnType::Json) => None,
            _ => Some(format!("{self} is not a value of type `{column_type}`")),
        }
    }
}

fn parse_decimal(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if numeric(whole) && numeric(fraction) {
        Ok(text.strip_prefix('+').unwrap_or(text).to_owned())
    } else {
        Err(format!("{} is not a decimal number, as in \"12.50\"", quoted(text)))
    }
}

fn parse_date(text: &str) -> Result<String, String> {
    let wrong = || format!("{} is not a date, as in \"2026-01-31\"", quoted(text));
    match Datetime::from_str(text).map_err(|_| wrong())? {
        Datetime { date: Some(date), time: None, offset: None } => Ok(date.to_string()),
        _ => Err(wrong()),
    }
}

fn parse_time(text: &str) -> Result<String, String> {
    let wrong = || format!("{} is not a time of day, as in \"23:59:59\"", quoted(text));
    match Datetime::from_str(text).map_err(|_| wrong())? {
        Datetime { date: None, time: Some(time), offset: None } => time_text(time).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

fn parse_timestamp(text: &str) -> Result<String, String> {
    let wrong = || format!("{} is not a date and time, as in \"2026-01-31 23:59:59\"", quoted(text));
    match Datetime::from_str(text).map_err(|_| wrong())? {
        Datetime { date: Some(date), time: Some(time), offset: None } => {
            time_text(time).map(|time| format!("{date} {time}")).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn parse_timestamptz(text: &str) -> Result<String, String> {
    let wrong = || format!("{} is not a point in time in UTC, as in \"2026-01-31 23:59:59Z\"", quoted(text));
    let datetime = Datetime::from_str(text).map_err(|_| wrong())?;
    let utc = match datetime.offset {
        None => false,
        Some(toml_datetime::Offset::Z) => true,
        Some(toml_datetime::Offset::Custom { minutes }) => minutes == 0,
    };
    match datetime {
        Datetime { date: Some(date), time: Some(time), .. } if utc => {
            time_text(time).map(|time| format!("{date} {time}")).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

/// Seconds always, and microseconds where there are any; nothing finer is kept by all dialects.
fn time_text(time: toml_datetime::Time) -> Option<String> {
    let (hour, minute, second) = (time.hour, time.minute, time.second.unwrap_or(0));
    let nanosecond = time.nanosecond.unwrap_or(0);
    if second > 59 || !nanosecond.is_multiple_of(1000) {
        return None;
    }
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    Some(match nanosecond / 1000 {
        0 => clock,
        microsecond => format!("{clock}.{microsecond:06}"),
    })
}

fn parse_uuid(text: &str) -> Result<String, String> {
    let groups: Vec<&str> = text.split('-').collect();
    let hexadecimal = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if lengths == [8, 4, 4, 4, 12] && groups.iter().all(hexadecimal) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(format!("{} is not a UUID, as in \"67e55044-10b1-426f-9247-bb680e5fe0c8\"", quoted(text)))
    }
}

fn parse_json(text: &str) -> Result<String, String> {
    serde_json::from_str::<serde_core::de::IgnoredAny>(text)
        .map(|_| text.to_owned())
        .map_err(|error| format!("not a JSON text: {error}"))
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(truth) => write!(f, "{truth}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number}"),
            Self::Decimal(digits) => write!(f, "decimal {}", quoted(digits)),
            Self::Text(text) => write!(f, "{}", quoted(text)),
            Self::Bytes(bytes) => {
                f.write_str("bytes \"")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str("\"")
            }
            Self::Date(text) => write!(f, "date {}", quoted(text)),
            Self::Time(text) => write!(f, "time {}", quoted(text)),
            Self::Timestamp(text) => write!(f, "timestamp {}", quoted(text)),
            Self::TimestampTz(text) => write!(f, "timestamptz {}", quoted(text)),
            Self::Uuid(text) => write!(f, "uuid {}", quoted(text)),
            Self::Json(text) => write!(f, "json {}", quoted(text)),
        }
    }
}
