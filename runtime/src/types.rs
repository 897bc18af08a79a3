//! Marker types that stand for the types of columns in [`Column`](crate::Column).
//!
//! They have no values. A column that may hold NULL has [`Nullable`] around its type.

use std::marker::PhantomData;

/// The type of a column, nullable or not.
///
/// Implemented by the markers of this module alone.
pub trait ColumnType: sealed::Sealed {
    /// The type without [`Nullable`].
    type Base: BaseType;
    /// The type of a value computed from this one and one of type `Other`: nullable if either is.
    type With<Other: ColumnType>: ColumnType;
}

/// The type of a column that is NOT NULL.
pub trait BaseType: ColumnType<Base = Self> {}

/// Types whose values can be added and multiplied.
#[diagnostic::on_unimplemented(
    message = "columns of type `{Self}` cannot be calculated with",
    note = "`plus`, `minus` and `times` exist for smallint, integer, bigint, real, double and decimal"
)]
pub trait Number: BaseType {}

/// May hold NULL.
pub struct Nullable<T>(PhantomData<fn() -> T>);

impl<T> sealed::Sealed for Nullable<T> {}

impl<T: BaseType> ColumnType for Nullable<T> {
    type Base = T;
    type With<Other: ColumnType> = Self;
}

macro_rules! markers {
    ($($(#[doc = $doc:literal])+ $name:ident)+) => {$(
        $(#[doc = $doc])+
        pub enum $name {}

        impl sealed::Sealed for $name {}

        impl ColumnType for $name {
            type Base = Self;
            type With<Other: ColumnType> = Other;
        }

        impl BaseType for $name {}
    )+};
}

markers! {
    /// True or false: `boolean`.
    Boolean
    /// A signed integer of 16 bits: `smallint`.
    SmallInt
    /// A signed integer of 32 bits: `integer`.
    Integer
    /// A signed integer of 64 bits: `bigint`.
    BigInt
    /// A floating point number of 32 bits: `real`.
    Real
    /// A floating point number of 64 bits: `double`.
    Double
    /// An exact decimal number: `decimal(p, s)`.
    Decimal
    /// Text: `char(n)`, `varchar(n)` and `text`.
    Text
    /// Bytes: `binary(n)` and `blob`.
    Bytes
    /// A calendar date: `date`.
    Date
    /// A time of day: `time`.
    Time
    /// A date and time without time zone: `timestamp`.
    Timestamp
    /// A point in time: `timestamptz`.
    TimestampTz
    /// A UUID: `uuid`.
    Uuid
    /// A JSON document: `json`.
    Json
}

impl Number for SmallInt {}
impl Number for Integer {}
impl Number for BigInt {}
impl Number for Real {}
impl Number for Double {}

/// Types whose values every database compares alike.
///
/// Decimals and JSON are not among them: on SQLite they are text, exact to the digit and to the byte,
/// so that `9` would be greater than `12.50`, and `9` would not equal `9.00`.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` cannot be compared in a way that is the same on every database",
    note = "on SQLite decimals and JSON are text; say what is meant: `.filter(sql(\"CAST(price AS REAL) < 5\"))`"
)]
pub trait Comparable: BaseType {}

impl Comparable for Boolean {}
impl Comparable for SmallInt {}
impl Comparable for Integer {}
impl Comparable for BigInt {}
impl Comparable for Real {}
impl Comparable for Double {}
impl Comparable for Text {}
impl Comparable for Bytes {}
impl Comparable for Date {}
impl Comparable for Time {}
impl Comparable for Timestamp {}
impl Comparable for TimestampTz {}
impl Comparable for Uuid {}

mod sealed {
    pub trait Sealed {}
}
