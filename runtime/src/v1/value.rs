//! What may be written where a migration gives a value.

use whimbrel_schema::{Expression, Float, Value as Literal};

use crate::types::{
    BaseType, BigInt, Boolean, Bytes, ColumnType, Double, Integer, Nullable, Real, SmallInt, Text,
};
use crate::{Column, Table};

/// A value for a column of type `Ty`, computed from a row of `Row`.
///
/// Literals, columns of the row at hand, what is computed from them, and `NULL` for columns that
/// may hold it. Only this crate implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for a column of type `{Ty}`",
    label = "does not fit a column of type `{Ty}`",
    note = "smallint takes i16, integer i32, bigint i64, real and double f64, text &str, and the \
            other types what `date(\"..\")`, `decimal(\"..\")`, `uuid(\"..\")` and so on return",
    note = "a column that is NOT NULL takes no value that may be NULL: say `.or(..)`",
    note = "a column can be read only from the row at hand, which is of `{Row}`"
)]
pub trait Value<Row, Ty> {
    /// The value as the core knows it.
    #[doc(hidden)]
    fn draft(self) -> Draft;
}

/// A value that is compared or combined with one of type `Base`, computed from a row of `Row`.
///
/// As [`Value`], but it may come from a nullable column, and it is never the literal `NULL`, with
/// which no comparison is true. Only this crate implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared or combined with a value of type `{Base}`",
    label = "is not of type `{Base}`",
    note = "smallint takes i16, integer i32, bigint i64, real and double f64, text &str, and the \
            other types what `date(\"..\")`, `decimal(\"..\")`, `uuid(\"..\")` and so on return",
    note = "NULL is found with `.is_null()` and `.is_not_null()`",
    note = "a column can be read only from the row at hand, which is of `{Row}`"
)]
pub trait Operand<Row, Base> {
    /// `Base`, or `Nullable<Base>` if it may be NULL.
    type Type: ColumnType<Base = Base>;

    /// The value as the core knows it.
    #[doc(hidden)]
    fn operand(self) -> Draft;
}

/// A value as the core knows it, or why there is none.
#[doc(hidden)]
pub struct Draft(pub(crate) Result<Expression, String>);

impl Draft {
    pub(crate) fn literal(value: Literal) -> Self {
        Self(Ok(Expression::Literal(value)))
    }

    pub(crate) fn column(table: &str, column: &str) -> Self {
        Self(Ok(Expression::column(table, column)))
    }

    pub(crate) fn map(self, make: impl FnOnce(Box<Expression>) -> Expression) -> Self {
        Self(self.0.map(|inner| make(Box::new(inner))))
    }

    pub(crate) fn join(
        self,
        other: Self,
        make: impl FnOnce(Box<Expression>, Box<Expression>) -> Expression,
    ) -> Self {
        Self(self.0.and_then(|left| Ok(make(Box::new(left), Box::new(other.0?)))))
    }
}

impl<Row: Table, Ty> Value<Row, Ty> for Column<Row, Ty> {
    fn draft(self) -> Draft {
        Draft::column(Row::NAME, self.name())
    }
}

impl<Row: Table, Base: BaseType> Value<Row, Nullable<Base>> for Column<Row, Base> {
    fn draft(self) -> Draft {
        Draft::column(Row::NAME, self.name())
    }
}

impl<Row: Table, Base: BaseType> Operand<Row, Base> for Column<Row, Base> {
    type Type = Base;

    fn operand(self) -> Draft {
        Draft::column(Row::NAME, self.name())
    }
}

impl<Row: Table, Base: BaseType> Operand<Row, Base> for Column<Row, Nullable<Base>> {
    type Type = Nullable<Base>;

    fn operand(self) -> Draft {
        Draft::column(Row::NAME, self.name())
    }
}

// One implementation for each literal and type, never a generic one: with exactly one that fits,
// rustc takes `7` for an i16, i32 or i64 by the column it goes into.
macro_rules! literals {
    ($($type:ty => $marker:ident, $value:ident: $make:expr;)+) => {$(
        impl<Row> Value<Row, $marker> for $type {
            fn draft(self) -> Draft {
                let $value = self;
                $make
            }
        }

        impl<Row> Value<Row, Nullable<$marker>> for $type {
            fn draft(self) -> Draft {
                Value::<Row, $marker>::draft(self)
            }
        }

        impl<Row> Operand<Row, $marker> for $type {
            type Type = $marker;

            fn operand(self) -> Draft {
                Value::<Row, $marker>::draft(self)
            }
        }
    )+};
}

literals! {
    bool => Boolean, truth: Draft::literal(Literal::Boolean(truth));
    i16 => SmallInt, number: Draft::literal(Literal::Integer(number.into()));
    i32 => Integer, number: Draft::literal(Literal::Integer(number.into()));
    i64 => BigInt, number: Draft::literal(Literal::Integer(number));
    f64 => Real, number: float(number);
    f64 => Double, number: float(number);
    &str => Text, text: Draft::literal(Literal::Text(text.to_owned()));
    &[u8] => Bytes, bytes: Draft::literal(Literal::Bytes(bytes.to_owned()));
}

impl<Row, const N: usize> Value<Row, Bytes> for &[u8; N] {
    fn draft(self) -> Draft {
        Draft::literal(Literal::Bytes(self.to_vec()))
    }
}

impl<Row, const N: usize> Value<Row, Nullable<Bytes>> for &[u8; N] {
    fn draft(self) -> Draft {
        Draft::literal(Literal::Bytes(self.to_vec()))
    }
}

impl<Row, const N: usize> Operand<Row, Bytes> for &[u8; N] {
    type Type = Bytes;

    fn operand(self) -> Draft {
        Draft::literal(Literal::Bytes(self.to_vec()))
    }
}

fn float(number: f64) -> Draft {
    Draft(match Float::new(number) {
        Some(number) => Ok(Expression::Literal(Literal::Float(number))),
        None => Err(format!("{number} is no value of a column: it is not finite")),
    })
}
