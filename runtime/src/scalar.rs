//! Rust types that values of columns go and come as: the only conversion between them and databases.

use std::fmt;

use crate::driver::Cell;
use crate::types::{
    BaseType, BigInt, Boolean, Bytes, ColumnType, Date, Decimal, Double, Integer, Json, Nullable, Real,
    SmallInt, Text, Time, Timestamp, TimestampTz, Uuid,
};

/// A value that stands for a `?` in SQL: `bool`, `i16`, `i32`, `i64`, `f64`, text, bytes, or an
/// `Option` of these.
///
/// Only this crate implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value that SQL takes",
    note = "SQL takes bool, i16, i32, i64, f64, &str, String, &[u8], Vec<u8>, and Options of these"
)]
pub trait Parameter {
    /// The value as drivers know it.
    #[doc(hidden)]
    fn content(&self) -> Content;
}

/// A Rust type in which values are read: `bool`, `i16`, `i32`, `i64`, `f32`, `f64`, `String`,
/// `Vec<u8>`, or an `Option` of these; with the features of the same names also dates and times of `jiff` and
/// `chrono`, and those of `uuid`, `rust_decimal` and `serde_json`.
///
/// Only this crate implements it.
#[diagnostic::on_unimplemented(
    message = "values of columns are not read as `{Self}`",
    note = "they are read as bool, i16, i32, i64, f32, f64, String, Vec<u8>, and Options of these",
    note = "types of jiff, chrono, uuid, rust_decimal and serde_json need the feature of that name"
)]
pub trait Scalar: Sized {
    /// The value, or why it is none of this type.
    #[doc(hidden)]
    fn read(content: Content) -> Result<Self, Misread>;
}

/// The type of a column, as a Rust type that its values are read in.
pub trait Stored: ColumnType {
    /// The Rust type.
    type Scalar: Scalar;
}

/// A value as drivers know it.
#[doc(hidden)]
pub struct Content(pub(crate) Cell);

/// Why a value is not read as a type. It does not hold the value itself: errors go to logs, and values
/// may be personal.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misread {
    /// It is of another type, or NULL.
    Other {
        /// What it is.
        found: Found,
        /// What it should be.
        wanted: &'static str,
    },
    /// It is a number outside of the range of so many bits.
    Large {
        /// Whether whole or floating point.
        found: Found,
        /// The bits of the type.
        bits: u32,
    },
}

/// What a value is.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// NULL.
    Null,
    /// A whole number.
    Integer,
    /// A floating point number.
    Real,
    /// Text.
    Text,
    /// Text of which no `String` can be made.
    BrokenText,
    /// Bytes.
    Bytes,
    /// What only the driver knows.
    Unknown,
}

impl<T: BaseType + Stored> Stored for Nullable<T> {
    type Scalar = Option<T::Scalar>;
}

macro_rules! stored {
    ($($marker:ident => $scalar:ty;)+) => {$(
        impl Stored for $marker {
            type Scalar = $scalar;
        }
    )+};
}

stored! {
    Boolean => bool;
    SmallInt => i16;
    Integer => i32;
    BigInt => i64;
    Real => f64;
    Double => f64;
    Decimal => String;
    Text => String;
    Bytes => Vec<u8>;
    Date => String;
    Time => String;
    Timestamp => String;
    TimestampTz => String;
    Uuid => String;
    Json => String;
}

macro_rules! parameters {
    ($($type:ty, $value:ident => $cell:expr;)+) => {$(
        impl Parameter for $type {
            fn content(&self) -> Content {
                let $value = self;
                Content($cell)
            }
        }
    )+};
}

parameters! {
    bool, truth => Cell::Integer((*truth).into());
    i16, number => Cell::Integer((*number).into());
    i32, number => Cell::Integer((*number).into());
    i64, number => Cell::Integer(*number);
    f64, number => Cell::Real(*number);
    str, text => Cell::Text(text.to_owned());
    String, text => Cell::Text(text.clone());
    [u8], bytes => Cell::Bytes(bytes.to_vec());
    Vec<u8>, bytes => Cell::Bytes(bytes.clone());
}

impl<const N: usize> Parameter for [u8; N] {
    fn content(&self) -> Content {
        Content(Cell::Bytes(self.to_vec()))
    }
}

impl<T: Parameter + ?Sized> Parameter for &T {
    fn content(&self) -> Content {
        (**self).content()
    }
}

impl<T: Parameter> Parameter for Option<T> {
    fn content(&self) -> Content {
        self.as_ref().map_or(Content(Cell::Null), Parameter::content)
    }
}

impl<T: Scalar> Scalar for Option<T> {
    fn read(content: Content) -> Result<Self, Misread> {
        if content.0 == Cell::Null { Ok(None) } else { T::read(content).map(Some) }
    }
}

impl Scalar for bool {
    fn read(content: Content) -> Result<Self, Misread> {
        match content.0 {
            Cell::Integer(0) => Ok(false),
            Cell::Integer(1) => Ok(true),
            other => Err(not(&other, "true or false, stored as 1 or 0")),
        }
    }
}

macro_rules! integers {
    ($($type:ty)+) => {$(
        impl Scalar for $type {
            fn read(content: Content) -> Result<Self, Misread> {
                match content.0 {
                    Cell::Integer(number) => number
                        .try_into()
                        .map_err(|_| Misread::Large { found: Found::Integer, bits: Self::BITS }),
                    other => Err(not(&other, "a whole number")),
                }
            }
        }
    )+};
}

integers! { i16 i32 i64 }

impl Scalar for f64 {
    fn read(content: Content) -> Result<Self, Misread> {
        match content.0 {
            Cell::Real(number) => Ok(number),
            // Up to here every whole number is one of these as well.
            Cell::Integer(number) if number.unsigned_abs() <= 1 << 53 => Ok(number as Self),
            other => Err(not(&other, "a floating point number")),
        }
    }
}

/// SQLite keeps `real` in 64 bits, so that 0.1 written there as SQL is not the 0.1 of 32 bits. What is
/// read is the nearest one, as other databases would have stored it.
impl Scalar for f32 {
    fn read(content: Content) -> Result<Self, Misread> {
        let number = f64::read(content)?;
        let narrow = number as Self;
        if narrow.is_finite() || !number.is_finite() {
            Ok(narrow)
        } else {
            Err(Misread::Large { found: Found::Real, bits: 32 })
        }
    }
}

impl Scalar for String {
    fn read(content: Content) -> Result<Self, Misread> {
        match content.0 {
            Cell::Text(text) => Ok(text),
            other => Err(not(&other, "text")),
        }
    }
}

impl Scalar for Vec<u8> {
    fn read(content: Content) -> Result<Self, Misread> {
        match content.0 {
            Cell::Bytes(bytes) => Ok(bytes),
            other => Err(not(&other, "bytes")),
        }
    }
}

pub(crate) fn not(found: &Cell, wanted: &'static str) -> Misread {
    let found = match found {
        Cell::Null => Found::Null,
        Cell::Integer(_) => Found::Integer,
        Cell::Real(_) => Found::Real,
        Cell::Text(_) => Found::Text,
        Cell::Bytes(_) => Found::Bytes,
    };
    Misread::Other { found, wanted }
}

impl Misread {
    /// What the value is.
    pub(crate) fn found(self) -> Found {
        match self {
            Self::Other { found, .. } | Self::Large { found, .. } => found,
        }
    }
}

/// The rest of a sentence that begins with the value.
impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other { found: Found::Null, wanted } => write!(f, "is NULL, and is read as {wanted}"),
            Self::Other { found, wanted } => write!(f, "is {found}, not {wanted}"),
            Self::Large { found, bits } => write!(f, "is {found} that does not fit {bits} bits"),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "NULL",
            Self::Integer => "a whole number",
            Self::Real => "a floating point number",
            Self::Text => "text",
            Self::BrokenText => "text that is not UTF-8",
            Self::Bytes => "bytes",
            Self::Unknown => "a value that cannot be read; CAST it to text",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Scalar>(cell: Cell) -> Result<T, String> {
        T::read(Content(cell)).map_err(|misread| misread.to_string())
    }

    #[test]
    fn numbers_keep_to_their_range() {
        assert_eq!(read::<i16>(Cell::Integer(-32768)), Ok(-32768));
        assert_eq!(
            read::<i16>(Cell::Integer(32768)),
            Err("is a whole number that does not fit 16 bits".to_owned())
        );
        assert_eq!(read::<f32>(Cell::Real(0.1)), Ok(0.1));
        assert_eq!(read::<f32>(Cell::Real(f64::INFINITY)), Ok(f32::INFINITY));
        assert_eq!(
            read::<f32>(Cell::Real(1e300)),
            Err("is a floating point number that does not fit 32 bits".to_owned())
        );
        assert_eq!(read::<f64>(Cell::Integer(7)), Ok(7.0));
        assert_eq!(
            read::<f64>(Cell::Integer(i64::MAX)),
            Err("is a whole number, not a floating point number".to_owned())
        );
    }

    #[test]
    fn null_is_nothing_but_an_option() {
        assert_eq!(read::<Option<String>>(Cell::Null), Ok(None));
        assert_eq!(read::<String>(Cell::Null), Err("is NULL, and is read as text".to_owned()));
        assert_eq!(
            read::<bool>(Cell::Integer(2)),
            Err("is a whole number, not true or false, stored as 1 or 0".to_owned())
        );
    }
}
