//! Rust types that values of columns go and come as.

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

/// A Rust type in which values are read: `bool`, `i16`, `i32`, `i64`, `f64`, `String`, `Vec<u8>`, or
/// an `Option` of these.
///
/// Only this crate implements it.
#[diagnostic::on_unimplemented(
    message = "values of columns are not read as `{Self}`",
    note = "they are read as bool, i16, i32, i64, f64, String, Vec<u8>, and Options of these"
)]
pub trait Scalar: Sized {
    /// The value, or what is wrong with it.
    #[doc(hidden)]
    fn read(content: &Content) -> Result<Self, String>;
}

/// The type of a column, as a Rust type that its values are read in.
pub trait Stored: ColumnType {
    /// The Rust type.
    type Scalar: Scalar;
}

/// A value as drivers know it.
#[doc(hidden)]
pub struct Content(pub(super) Cell);

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
    fn read(content: &Content) -> Result<Self, String> {
        if content.0 == Cell::Null { Ok(None) } else { T::read(content).map(Some) }
    }
}

impl Scalar for bool {
    fn read(content: &Content) -> Result<Self, String> {
        match &content.0 {
            Cell::Integer(0) => Ok(false),
            Cell::Integer(1) => Ok(true),
            other => Err(not(other, "true or false, stored as 1 or 0")),
        }
    }
}

macro_rules! integers {
    ($($type:ty, $bits:literal;)+) => {$(
        impl Scalar for $type {
            fn read(content: &Content) -> Result<Self, String> {
                match &content.0 {
                    Cell::Integer(number) => (*number)
                        .try_into()
                        .map_err(|_| concat!("is a whole number that does not fit ", $bits, " bits").to_owned()),
                    other => Err(not(other, "a whole number")),
                }
            }
        }
    )+};
}

integers! {
    i16, "16";
    i32, "32";
    i64, "64";
}

impl Scalar for f64 {
    fn read(content: &Content) -> Result<Self, String> {
        match &content.0 {
            Cell::Real(number) => Ok(*number),
            // Up to here every whole number is one of these as well.
            Cell::Integer(number) if number.unsigned_abs() <= 1 << 53 => Ok(*number as Self),
            other => Err(not(other, "a floating point number")),
        }
    }
}

impl Scalar for String {
    fn read(content: &Content) -> Result<Self, String> {
        match &content.0 {
            Cell::Text(text) => Ok(text.clone()),
            other => Err(not(other, "text")),
        }
    }
}

impl Scalar for Vec<u8> {
    fn read(content: &Content) -> Result<Self, String> {
        match &content.0 {
            Cell::Bytes(bytes) => Ok(bytes.clone()),
            other => Err(not(other, "bytes")),
        }
    }
}

/// What was found instead. Not the value itself: errors go to logs, and values may be personal.
fn not(found: &Cell, wanted: &str) -> String {
    let found = match found {
        Cell::Null => return format!("is NULL, and is read as {wanted}; read it as an Option"),
        Cell::Integer(_) => "a whole number",
        Cell::Real(_) => "a floating point number",
        Cell::Text(_) => "text",
        Cell::Bytes(_) => "bytes",
    };
    format!("is {found}, not {wanted}")
}
