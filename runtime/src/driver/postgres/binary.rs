//! Values in the binary format, which the server takes in without reading text.

use whimbrel_schema::Value;

use super::value::{EPOCH_DAYS, MICROSECONDS_PER_DAY};
use crate::driver::Rows;

/// How values of a type are sent: <https://www.postgresql.org/docs/current/sql-copy.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Boolean,
    SmallInt,
    Integer,
    BigInt,
    Real,
    Double,
    Numeric,
    Text,
    Json,
    Bytes,
    Uuid,
    Date,
    Time,
    Timestamp,
    TimestampTz,
}

impl Form {
    /// That of a type of the server's own, by its number; those of other types are their authors' business.
    pub(super) const fn of(number: i64) -> Option<Self> {
        Some(match number {
            16 => Self::Boolean,
            17 => Self::Bytes,
            20 => Self::BigInt,
            21 => Self::SmallInt,
            23 => Self::Integer,
            // `text`, `bpchar` and `varchar`.
            25 | 1042 | 1043 => Self::Text,
            700 => Self::Real,
            701 => Self::Double,
            1082 => Self::Date,
            1083 => Self::Time,
            1114 => Self::Timestamp,
            1184 => Self::TimestampTz,
            1700 => Self::Numeric,
            2950 => Self::Uuid,
            // `jsonb`.
            3802 => Self::Json,
            _ => return None,
        })
    }
}

/// Appends rows as COPY takes them in; gives `None` if one of them has a value that its column's type does not say: what
/// is to become of that the server decides, when it is sent as text.
pub(super) fn encoded(rows: &Rows, forms: &[Form], out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
    let columns = i16::try_from(forms.len()).ok()?.to_be_bytes();
    for row in rows.iter() {
        out.extend_from_slice(&columns);
        for (value, form) in row.iter().zip(forms) {
            match value {
                None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
                Some(value) => {
                    let start = out.len();
                    out.extend_from_slice(&[0; 4]);
                    field(out, value, *form)?;
                    let length = i32::try_from(out.len() - start - 4).ok()?;
                    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
                }
            }
        }
    }
    out.extend_from_slice(&(-1_i16).to_be_bytes());
    Some(())
}

fn field(out: &mut Vec<u8>, value: &Value, form: Form) -> Option<()> {
    match (value, form) {
        (Value::Boolean(truth), Form::Boolean) => out.push(u8::from(*truth)),
        (Value::Integer(number), Form::SmallInt) => {
            out.extend_from_slice(&i16::try_from(*number).ok()?.to_be_bytes());
        }
        (Value::Integer(number), Form::Integer) => {
            out.extend_from_slice(&i32::try_from(*number).ok()?.to_be_bytes());
        }
        (Value::Integer(number), Form::BigInt) => out.extend_from_slice(&number.to_be_bytes()),
        (Value::Float(number), Form::Real) => {
            let number = number.get() as f32;
            out.extend_from_slice(&number.is_finite().then_some(number)?.to_be_bytes());
        }
        (Value::Float(number), Form::Double) => out.extend_from_slice(&number.get().to_be_bytes()),
        (Value::Decimal(text), Form::Numeric) => numeric(out, text)?,
        (Value::Text(text), Form::Text) => out.extend_from_slice(text.as_bytes()),
        (Value::Json(text), Form::Json) => {
            // Before the text comes the version of the format.
            out.push(1);
            out.extend_from_slice(text.as_bytes());
        }
        (Value::Bytes(bytes), Form::Bytes) => out.extend_from_slice(bytes),
        (Value::Uuid(text), Form::Uuid) => uuid(out, text)?,
        (Value::Date(text), Form::Date) => {
            out.extend_from_slice(&i32::try_from(date(text.as_bytes())?).ok()?.to_be_bytes());
        }
        (Value::Time(text), Form::Time) => out.extend_from_slice(&clock(text.as_bytes())?.to_be_bytes()),
        (Value::Timestamp(text), Form::Timestamp) | (Value::TimestampTz(text), Form::TimestampTz) => {
            let (day, time) = text.as_bytes().split_at_checked(10)?;
            let time = clock(time.strip_prefix(b" ")?)?;
            out.extend_from_slice(&(date(day)? * MICROSECONDS_PER_DAY + time).to_be_bytes());
        }
        _ => return None,
    }
    Some(())
}

/// Days since the first of 2000, of a date as `2026-01-31` and in no other spelling.
fn date(text: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let (year, month, day) = (number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?);
    let leap = i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let last = match month {
        2 => 28 + leap,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if year == 0 || !(1..=12).contains(&month) || !(1..=last).contains(&day) {
        return None;
    }
    // The inverse of `civil`, with years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some(days - 719_468 - EPOCH_DAYS)
}

/// Microseconds since midnight, of a time as `23:59:59` or `23:59:59.123456`.
fn clock(text: &[u8]) -> Option<i64> {
    let [h1, h2, b':', m1, m2, b':', s1, s2, fraction @ ..] = text else { return None };
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?, number(&[*s1, *s2])?);
    let fraction = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=6).contains(&digits.len()) => {
            number(digits)? * [100_000, 10_000, 1_000, 100, 10, 1][digits.len() - 1]
        }
        _ => return None,
    };
    let whole = (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)?;
    Some(whole * 1_000_000 + fraction)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

/// The bytes of a UUID with hyphens where they belong.
fn uuid(out: &mut Vec<u8>, text: &str) -> Option<()> {
    let hyphens = text.bytes().enumerate().filter(|(_, byte)| *byte == b'-').map(|(place, _)| place);
    if text.len() != 36 || !hyphens.eq([8, 13, 18, 23]) {
        return None;
    }
    let mut digits = text.chars().filter(|digit| *digit != '-').map(|digit| digit.to_digit(16));
    for _ in 0..16 {
        let byte = digits.next()?? << 4 | digits.next()??;
        out.push(u8::try_from(byte).ok()?);
    }
    digits.next().is_none().then_some(())
}

/// Groups of four digits, counted from the point, after their number, the weight of the first, the sign and
/// the number of digits behind the point.
fn numeric(out: &mut Vec<u8>, text: &str) -> Option<()> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (0x4000_u16, digits),
        None => (0, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || digits.ends_with('.') {
        return None;
    }
    if !whole.bytes().chain(fraction.bytes()).all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let zeros = (4 - whole.len() % 4) % 4;
    let padded = std::iter::repeat_n(b'0', zeros).chain(whole.bytes()).chain(fraction.bytes());
    let mut groups: Vec<i16> = Vec::with_capacity((whole.len() + fraction.len()) / 4 + 2);
    for (place, digit) in padded.enumerate() {
        if place % 4 == 0 {
            groups.push(0);
        }
        if let Some(group) = groups.last_mut() {
            *group += i16::from(digit - b'0') * [1000, 100, 10, 1][place % 4];
        }
    }
    let weight = i16::try_from(whole.len().div_ceil(4)).ok()? - 1;
    let leading = groups.iter().take_while(|group| **group == 0).count();
    let trailing = groups[leading..].iter().rev().take_while(|group| **group == 0).count();
    let groups = &groups[leading..groups.len() - trailing];
    let (weight, sign) = match groups {
        [] => (0, 0),
        _ => (weight - i16::try_from(leading).ok()?, sign),
    };
    out.extend_from_slice(&i16::try_from(groups.len()).ok()?.to_be_bytes());
    out.extend_from_slice(&weight.to_be_bytes());
    out.extend_from_slice(&sign.to_be_bytes());
    out.extend_from_slice(&i16::try_from(fraction.len()).ok()?.to_be_bytes());
    groups.iter().for_each(|group| out.extend_from_slice(&group.to_be_bytes()));
    Some(())
}

#[cfg(test)]
mod tests {
    use whimbrel_schema::Float;

    use super::*;

    #[test]
    fn decimals_in_groups() {
        let words = |text: &str| {
            let mut out = Vec::new();
            numeric(&mut out, text).map(|()| {
                out.chunks(2).map(|word| i16::from_be_bytes([word[0], word[1]])).collect::<Vec<_>>()
            })
        };
        assert_eq!(words("0.00").unwrap(), [0, 0, 0, 2]);
        assert_eq!(words("-0.00").unwrap(), [0, 0, 0, 2]);
        assert_eq!(words("12.34").unwrap(), [2, 0, 0, 2, 12, 3400]);
        assert_eq!(words("-0.01000").unwrap(), [1, -1, 0x4000, 5, 100]);
        assert_eq!(words("70000").unwrap(), [1, 1, 0, 0, 7]);
        assert_eq!(words("123456.5").unwrap(), [3, 1, 0, 1, 12, 3456, 5000]);
        assert_eq!(words("0.00001").unwrap(), [1, -2, 0, 5, 1000]);
        assert!(["", "1e5", "1.", ".5", "+1", "--1", "1.2.3"].iter().all(|text| words(text).is_none()));
    }

    #[test]
    fn times_are_those_that_are_read() {
        for (text, days) in [("2000-01-01", 0), ("1969-12-31", -10_958), ("0001-01-01", -730_119)] {
            assert_eq!(date(text.as_bytes()), Some(days), "{text}");
        }
        // Each day of two centuries follows the one before.
        let mut next = date(b"1895-01-01").unwrap();
        for year in 1895..2105 {
            for (month, day) in (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day))) {
                if let Some(days) = date(format!("{year:04}-{month:02}-{day:02}").as_bytes()) {
                    assert_eq!(days, next, "{year}-{month}-{day}");
                    next += 1;
                }
            }
        }
        assert_eq!(clock(b"23:59:59.5"), Some(86_399_500_000));
        assert_eq!(clock(b"00:00:00.000001"), Some(1));
        assert!(
            ["2026-02-29", "2026-1-05", "0000-01-01", "2026-13-01", "infinity"]
                .iter()
                .all(|text| date(text.as_bytes()).is_none())
        );
        assert!(
            ["24:00:00", "1:00:00", "01:00", "01:00:00.", "01:00:00.1234567", "01:00:00Z"]
                .iter()
                .all(|text| clock(text.as_bytes()).is_none())
        );
    }

    #[test]
    fn what_a_type_does_not_say_is_left() {
        let said = |value: Value, form: Form| field(&mut Vec::new(), &value, form).is_some();
        assert!(said(Value::Integer(32_767), Form::SmallInt));
        assert!(!said(Value::Integer(32_768), Form::SmallInt));
        assert!(!said(Value::Integer(1), Form::Numeric));
        assert!(said(Value::Float(Float::new(1.5).unwrap()), Form::Real));
        assert!(!said(Value::Float(Float::new(1e300).unwrap()), Form::Real));
        assert!(!said(Value::Text("{}".to_owned()), Form::Json));
        assert_eq!(Form::of(600), None);
    }
}
