//! What functions of the package give, as values of columns.

use whimbrel_schema::{Float, Value};

use crate::scalar::Stored;
use crate::types::{
    BaseType, BigInt, Boolean, Bytes, Date, Decimal, Double, Integer, Json, Nullable, Real, SmallInt, Text,
    Time, Timestamp, TimestampTz, Uuid,
};

/// A type of columns for which functions of the package may make values.
///
/// Only this crate implements it.
pub trait Makes: Stored {
    /// The value of a column that a value of Rust is.
    #[doc(hidden)]
    fn value(scalar: Self::Scalar) -> Option<Value>;
}

/// The value of a column, of what a function gave; generated code calls it, so that rustc sees to the types.
#[doc(hidden)]
pub fn made<C: Makes>(scalar: C::Scalar) -> Option<Value> {
    C::value(scalar)
}

impl<T: Makes + BaseType> Makes for Nullable<T> {
    fn value(scalar: Option<T::Scalar>) -> Option<Value> {
        scalar.and_then(T::value)
    }
}

macro_rules! makes {
    ($($marker:ident, $scalar:ident => $value:expr;)+) => {$(
        impl Makes for $marker {
            fn value($scalar: Self::Scalar) -> Option<Value> {
                $value
            }
        }
    )+};
}

makes! {
    Boolean, truth => Some(Value::Boolean(truth));
    SmallInt, number => Some(Value::Integer(number.into()));
    Integer, number => Some(Value::Integer(number.into()));
    BigInt, number => Some(Value::Integer(number));
    Real, number => Float::new(number).map(Value::Float);
    Double, number => Float::new(number).map(Value::Float);
    Decimal, digits => Some(Value::Decimal(digits));
    Text, text => Some(Value::Text(text));
    Bytes, bytes => Some(Value::Bytes(bytes));
    Date, text => Some(Value::Date(text));
    Time, text => Some(Value::Time(text));
    Timestamp, text => Some(Value::Timestamp(text));
    TimestampTz, text => Some(Value::TimestampTz(text));
    Uuid, text => Some(Value::Uuid(text));
    Json, text => Some(Value::Json(text));
}
