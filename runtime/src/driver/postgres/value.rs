//! Values on their way to and from PostgreSQL.

use std::error::Error as StdError;

use bytes::{BufMut as _, BytesMut};
use postgres::types::{Format, FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::clock::civil;
use crate::driver::Cell;

type Wrong = Box<dyn StdError + Sync + Send>;

/// A parameter as text, of whatever type the server takes it for.
#[derive(Debug)]
pub(super) struct Parameter<'c>(pub(super) &'c Cell);

impl ToSql for Parameter<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Wrong> {
        match self.0 {
            Cell::Null => return Ok(IsNull::Yes),
            Cell::Integer(number) => out.put_slice(number.to_string().as_bytes()),
            // Enough digits to be the same number again.
            Cell::Real(number) => out.put_slice(format!("{number:?}").as_bytes()),
            Cell::Text(text) if text.contains('\0') => {
                return Err("text for PostgreSQL holds no NUL character".into());
            }
            Cell::Text(text) => out.put_slice(text.as_bytes()),
            Cell::Bytes(bytes) => {
                out.put_slice(b"\\x");
                out.put_slice(hexadecimal(bytes).as_bytes());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// A value as the server sends it.
pub(super) struct Raw<'r>(Option<(Type, &'r [u8])>);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(column_type: &Type, raw: &'r [u8]) -> Result<Self, Wrong> {
        Ok(Self(Some((column_type.clone(), raw))))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Wrong> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Raw<'_> {
    /// The value in the spelling that does not depend on who keeps it, or why there is none.
    pub(super) fn cell(&self) -> Result<Cell, String> {
        match &self.0 {
            None => Ok(Cell::Null),
            Some((column_type, raw)) => cell(column_type, raw),
        }
    }
}

fn cell(column_type: &Type, raw: &[u8]) -> Result<Cell, String> {
    let broken = || format!("holds a value of type {column_type} that cannot be read");
    match column_type.kind() {
        Kind::Enum(_) => return text(raw).ok_or_else(broken),
        Kind::Domain(of) => return cell(of, raw),
        _ => {}
    }
    let cell = match *column_type {
        Type::BOOL => array(raw).map(|[truth]: [u8; 1]| Cell::Integer(i64::from(truth != 0))),
        Type::CHAR => array(raw).map(|[byte]: [u8; 1]| Cell::Text(char::from(byte).to_string())),
        Type::INT2 => array(raw).map(|bytes| Cell::Integer(i16::from_be_bytes(bytes).into())),
        Type::INT4 => array(raw).map(|bytes| Cell::Integer(i32::from_be_bytes(bytes).into())),
        Type::INT8 => array(raw).map(|bytes| Cell::Integer(i64::from_be_bytes(bytes))),
        Type::OID => array(raw).map(|bytes| Cell::Integer(u32::from_be_bytes(bytes).into())),
        Type::FLOAT4 => array(raw).map(|bytes| Cell::Real(f32::from_be_bytes(bytes).into())),
        Type::FLOAT8 => array(raw).map(|bytes| Cell::Real(f64::from_be_bytes(bytes))),
        Type::BYTEA => Some(Cell::Bytes(raw.to_vec())),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::JSON | Type::UNKNOWN => text(raw),
        // Before the text comes the version of the format, which is 1.
        Type::JSONB => raw.split_first().and_then(|(_, raw)| text(raw)),
        Type::UUID => array(raw).map(|bytes: [u8; 16]| Cell::Text(uuid(bytes))),
        Type::NUMERIC => numeric(raw).map(Cell::Text),
        Type::DATE => array(raw).map(|bytes| Cell::Text(date(i32::from_be_bytes(bytes)))),
        Type::TIME => array(raw).map(|bytes| Cell::Text(time(i64::from_be_bytes(bytes)))),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => {
            array(raw).map(|bytes| Cell::Text(timestamp(i64::from_be_bytes(bytes))))
        }
        // Types of extensions that are text by another name.
        _ if matches!(column_type.name(), "citext") => text(raw),
        _ => return Err(format!("is of type {column_type}, which is not read as it is; CAST it to text")),
    };
    cell.ok_or_else(broken)
}

fn array<const N: usize>(raw: &[u8]) -> Option<[u8; N]> {
    raw.try_into().ok()
}

fn text(raw: &[u8]) -> Option<Cell> {
    std::str::from_utf8(raw).ok().map(|text| Cell::Text(text.to_owned()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn uuid(bytes: [u8; 16]) -> String {
    let digits = hexadecimal(&bytes);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// Days from 1970-01-01 to 2000-01-01, from which PostgreSQL counts.
pub(super) const EPOCH_DAYS: i64 = 10_957;
pub(super) const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

fn date(days: i32) -> String {
    match days {
        i32::MAX => "infinity".to_owned(),
        i32::MIN => "-infinity".to_owned(),
        days => day(i64::from(days)),
    }
}

fn day(days: i64) -> String {
    let (year, month, day) = civil(days + EPOCH_DAYS);
    // There was no year 0.
    if year > 0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{:04}-{month:02}-{day:02} BC", 1 - year)
    }
}

fn time(microseconds: i64) -> String {
    let seconds = microseconds / 1_000_000;
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    match microseconds % 1_000_000 {
        0 => clock,
        fraction => format!("{clock}.{fraction:06}"),
    }
}

fn timestamp(microseconds: i64) -> String {
    match microseconds {
        i64::MAX => "infinity".to_owned(),
        i64::MIN => "-infinity".to_owned(),
        _ => {
            let day = day(microseconds.div_euclid(MICROSECONDS_PER_DAY));
            let time = time(microseconds.rem_euclid(MICROSECONDS_PER_DAY));
            match day.strip_suffix(" BC") {
                Some(day) => format!("{day} {time} BC"),
                None => format!("{day} {time}"),
            }
        }
    }
}

/// A decimal: groups of four digits after their number, the weight of the first, the sign and the number
/// of digits after the point.
fn numeric(raw: &[u8]) -> Option<String> {
    let mut words = raw.chunks_exact(2).map(|word| i16::from_be_bytes([word[0], word[1]]));
    let (groups, weight) = (words.next()?, i32::from(words.next()?));
    let (sign, scale) = (words.next()?.cast_unsigned(), usize::try_from(words.next()?).ok()?);
    let sign = match sign {
        0x0000 => "",
        0x4000 => "-",
        0xC000 => return Some("NaN".to_owned()),
        0xD000 => return Some("Infinity".to_owned()),
        0xF000 => return Some("-Infinity".to_owned()),
        _ => return None,
    };
    let groups: Vec<i16> = words.take(usize::try_from(groups).ok()?).collect();
    let group = |position: i32| {
        let index = usize::try_from(weight - position).ok();
        index.and_then(|index| groups.get(index)).copied().unwrap_or_default()
    };
    let whole: String = (0..=weight.max(0)).rev().map(|position| format!("{:04}", group(position))).collect();
    let whole = whole.trim_start_matches('0');
    let places = i32::try_from(scale.div_ceil(4)).ok()?;
    let mut fraction: String = (1..=places).map(|place| format!("{:04}", group(-place))).collect();
    fraction.truncate(scale);
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_decimals() {
        let read = |words: &[i16]| {
            numeric(&words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>()).unwrap()
        };
        assert_eq!(read(&[0, 0, 0, 2]), "0.00");
        assert_eq!(read(&[2, 0, 0, 2, 12, 3400]), "12.34");
        assert_eq!(read(&[1, -1, 0x4000, 5, 100]), "-0.01000");
        assert_eq!(read(&[1, 1, 0, 0, 7]), "70000");
        assert_eq!(read(&[0, 0, 0xC000_u16.cast_signed(), 0]), "NaN");
    }

    #[test]
    fn reads_times() {
        assert_eq!(date(0), "2000-01-01");
        assert_eq!(date(-10_958), "1969-12-31");
        assert_eq!(date(-730_119), "0001-01-01");
        assert_eq!(date(-730_120), "0001-12-31 BC");
        assert_eq!(timestamp(-1), "1999-12-31 23:59:59.999999");
        assert_eq!(timestamp(-730_120 * MICROSECONDS_PER_DAY), "0001-12-31 00:00:00 BC");
        assert_eq!(time(86_399_000_000), "23:59:59");
    }

    #[test]
    fn writes_uuids() {
        assert_eq!(uuid([0x0f; 16]), "0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f");
    }
}
