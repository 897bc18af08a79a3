//! Fields of row structs: their types, and values of them as Rust writes them.

use std::collections::BTreeSet;

use whimbrel_schema::{Column, ColumnType, Plain, RowTypes, Value};

/// The most digits that every number of `rust_decimal` can have.
const DIGITS: u32 = 28;

/// The Rust type that values of a column are read in. What neither the standard library nor a crate that the
/// package has chosen has a type for is text, as databases without a type for it keep it.
pub(super) fn field_type(column: &Column, chosen: &BTreeSet<RowTypes>) -> String {
    let values = match of_crate(column, chosen) {
        Some(foreign) => foreign.path(),
        None => plain(column),
    };
    match column.nullable {
        true => format!("::core::option::Option<{values}>"),
        false => values.to_owned(),
    }
}

/// A value of a field as Rust writes it; `None` if its type does not hold it.
pub(super) fn field_value(
    column: &Column,
    value: Option<&Value>,
    chosen: &BTreeSet<RowTypes>,
) -> Option<String> {
    let written = |value: &Value| match of_crate(column, chosen) {
        Some(foreign) => foreign.value(value.plain().text()?),
        None => Some(literal(column, value)),
    };
    match (column.nullable, value) {
        (true, None) => Some("::core::option::Option::None".to_owned()),
        (true, Some(value)) => Some(format!("::core::option::Option::Some({})", written(value)?)),
        (false, Some(value)) => written(value),
        (false, None) => None,
    }
}

fn plain(column: &Column) -> &'static str {
    match column.column_type {
        ColumnType::Boolean => "bool",
        ColumnType::SmallInt => "i16",
        ColumnType::Integer => "i32",
        ColumnType::BigInt => "i64",
        ColumnType::Real => "f32",
        ColumnType::Double => "f64",
        ColumnType::Binary(_) | ColumnType::Blob => "::std::vec::Vec<u8>",
        ColumnType::Decimal { .. }
        | ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Enum(_)
        | ColumnType::Native(_) => "::std::string::String",
    }
}

/// A type of a crate that the package has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Foreign {
    Chrono(Moment),
    Jiff(Moment),
    Decimal,
    Json,
    Uuid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Date,
    Time,
    Timestamp,
    TimestampTz,
}

fn of_crate(column: &Column, chosen: &BTreeSet<RowTypes>) -> Option<Foreign> {
    let moment = match column.column_type {
        ColumnType::Date => Some(Moment::Date),
        ColumnType::Time => Some(Moment::Time),
        ColumnType::Timestamp => Some(Moment::Timestamp),
        ColumnType::TimestampTz => Some(Moment::TimestampTz),
        _ => None,
    };
    chosen.iter().find_map(|types| match (types, &column.column_type) {
        (RowTypes::Chrono, _) => moment.map(Foreign::Chrono),
        (RowTypes::Jiff, _) => moment.map(Foreign::Jiff),
        (RowTypes::RustDecimal, ColumnType::Decimal { precision, .. }) => {
            (*precision <= DIGITS).then_some(Foreign::Decimal)
        }
        (RowTypes::SerdeJson, ColumnType::Json) => Some(Foreign::Json),
        (RowTypes::Uuid, ColumnType::Uuid) => Some(Foreign::Uuid),
        _ => None,
    })
}

impl Foreign {
    fn path(self) -> &'static str {
        match self {
            Self::Chrono(Moment::Date) => "::whimbrel::chrono::NaiveDate",
            Self::Chrono(Moment::Time) => "::whimbrel::chrono::NaiveTime",
            Self::Chrono(Moment::Timestamp) => "::whimbrel::chrono::NaiveDateTime",
            Self::Chrono(Moment::TimestampTz) => "::whimbrel::chrono::DateTime<::whimbrel::chrono::Utc>",
            Self::Jiff(Moment::Date) => "::whimbrel::jiff::civil::Date",
            Self::Jiff(Moment::Time) => "::whimbrel::jiff::civil::Time",
            Self::Jiff(Moment::Timestamp) => "::whimbrel::jiff::civil::DateTime",
            Self::Jiff(Moment::TimestampTz) => "::whimbrel::jiff::Timestamp",
            Self::Decimal => "::whimbrel::rust_decimal::Decimal",
            Self::Json => "::whimbrel::serde_json::Value",
            Self::Uuid => "::whimbrel::uuid::Uuid",
        }
    }

    /// A value of it. All but JSON are constants, so that one that is none would not compile.
    fn value(self, text: &str) -> Option<String> {
        let constant = match self {
            Self::Chrono(moment) => chrono(moment, &Civil::read(text)?),
            Self::Jiff(moment) => jiff(moment, &Civil::read(text)?)?,
            Self::Decimal => decimal(text)?,
            // The same crate will read it again.
            Self::Json => {
                serde_json::from_str::<serde_json::Value>(text).ok()?;
                return Some(format!("::whimbrel::row::json({text:?})"));
            }
            Self::Uuid => {
                let digits: String = text.chars().filter(|digit| *digit != '-').collect();
                let number = u128::from_str_radix(&digits, 16).ok()?;
                format!("::whimbrel::uuid::Uuid::from_u128(0x{number:032x})")
            }
        };
        Some(format!("const {{ {constant} }}"))
    }
}

/// A date and a time; what a text does not say is the beginning.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    /// Since midnight.
    seconds: i64,
    nanoseconds: i64,
}

/// The greatest number of seconds of `jiff::Timestamp`, which leaves room for every zone.
const JIFF_END: i64 = 253_402_207_200;

impl Civil {
    /// Reads `2026-01-31`, `23:59:59.123456`, or both with a blank between them, in UTC.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('Z');
        let (date, time) = match text.split_once(' ') {
            Some(both) => both,
            None if text.contains(':') => ("1970-01-01", text),
            None => (text, "00:00:00"),
        };
        let [year, month, day] = numbers(date, '-')?;
        let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let [hours, minutes, seconds] = numbers(clock, ':')?;
        let nanoseconds = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
        Some(Self { year, month, day, seconds: hours * 3600 + minutes * 60 + seconds, nanoseconds })
    }

    /// Seconds since the first moment of 1970.
    fn epoch(&self) -> i64 {
        // Years that begin in March, so that a leap day is the last of its year.
        let (year, month) = match self.month {
            month @ 3.. => (self.year, month - 3),
            month => (self.year - 1, month + 9),
        };
        let days =
            year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + self.day - 719_469;
        days * 86_400 + self.seconds
    }
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let numbers: Option<Vec<i64>> = text.split(separator).map(|part| part.parse().ok()).collect();
    numbers?.try_into().ok()
}

fn chrono(moment: Moment, civil: &Civil) -> String {
    let point = format!("::whimbrel::row::chrono({}, {})", civil.epoch(), civil.nanoseconds);
    match moment {
        Moment::Date => format!("{point}.naive_utc().date()"),
        Moment::Time => format!("{point}.naive_utc().time()"),
        Moment::Timestamp => format!("{point}.naive_utc()"),
        Moment::TimestampTz => point,
    }
}

fn jiff(moment: Moment, civil: &Civil) -> Option<String> {
    let Civil { year, month, day, seconds, nanoseconds } = civil;
    let date = format!("{year}, {month}, {day}");
    let time = format!("{}, {}, {}, {nanoseconds}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    Some(match moment {
        Moment::Date => format!("::whimbrel::jiff::civil::Date::constant({date})"),
        Moment::Time => format!("::whimbrel::jiff::civil::Time::constant({time})"),
        Moment::Timestamp => format!("::whimbrel::jiff::civil::DateTime::constant({date}, {time})"),
        Moment::TimestampTz if civil.epoch() < JIFF_END => {
            format!("::whimbrel::jiff::Timestamp::constant({}, {nanoseconds})", civil.epoch())
        }
        Moment::TimestampTz => return None,
    })
}

fn decimal(text: &str) -> Option<String> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let number: u128 = format!("{whole}{fraction}").parse().ok()?;
    let part = |place: u32| (number >> (32 * place)) & u128::from(u32::MAX);
    let fits = number >> 96 == 0 && fraction.len() <= DIGITS as usize;
    fits.then(|| {
        format!(
            "::whimbrel::rust_decimal::Decimal::from_parts({}, {}, {}, {negative}, {})",
            part(0),
            part(1),
            part(2),
            fraction.len()
        )
    })
}

fn literal(column: &Column, value: &Value) -> String {
    match value.plain() {
        Plain::Boolean(truth) => truth.to_string(),
        Plain::Integer(number) => number.to_string(),
        Plain::Float(number) if column.column_type == ColumnType::Real => {
            format!("{:?}_f32", number.get() as f32)
        }
        Plain::Float(number) => format!("{:?}_f64", number.get()),
        Plain::Bytes(bytes) => format!("::std::vec::Vec::<u8>::from({bytes:?})"),
        Plain::Text(text) => format!("::std::string::String::from({text:?})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_calendars_do() {
        let epoch = |text: &str| Civil::read(text).map(|civil| civil.epoch());
        assert_eq!(epoch("1970-01-01"), Some(0));
        assert_eq!(epoch("2000-02-29 00:00:01"), Some(951_782_401));
        assert_eq!(epoch("2026-01-01 00:00:00Z"), Some(1_767_225_600));
        assert_eq!(epoch("1600-03-01"), Some(-11_670_912_000));
        assert_eq!(epoch("9999-12-31 23:59:59.999999"), Some(253_402_300_799));
        assert_eq!(epoch("23:59:59"), Some(86_399));
        assert_eq!(epoch("yesterday"), None);
    }

    #[test]
    fn what_a_type_does_not_hold_is_nothing() {
        let last = Civil::read("9999-12-31 00:00:00").unwrap();
        assert_eq!(jiff(Moment::TimestampTz, &last), None);
        assert_eq!(
            decimal("-0.05").unwrap(),
            "::whimbrel::rust_decimal::Decimal::from_parts(5, 0, 0, true, 2)"
        );
        assert_eq!(decimal(&"9".repeat(29)), None);
        assert_eq!(Foreign::Json.value("{"), None);
    }
}
