//! Values computed from a row, and the methods that make them.

use std::marker::PhantomData;

use whimbrel_schema::{Expression, Function, Operator};

use super::{Condition, Draft, Operand, Value};
use crate::types::{BaseType, ColumnType, Comparable, Nullable, Number, Text};
use crate::{Column, Table};

/// A value of type `Ty` computed from a row of `Row`.
///
/// The methods of [`Column`] make it, and it has the same methods.
pub struct Computed<Row, Ty> {
    draft: Draft,
    marker: PhantomData<fn() -> (Row, Ty)>,
}

impl<Row, Ty> Computed<Row, Ty> {
    fn new(draft: Draft) -> Self {
        Self { draft, marker: PhantomData }
    }

    fn into_draft(self) -> Draft {
        self.draft
    }
}

impl<Row: Table, Ty> Column<Row, Ty> {
    fn into_draft(self) -> Draft {
        Draft::column(Row::NAME, self.name())
    }
}

impl<Row, Ty> Value<Row, Ty> for Computed<Row, Ty> {
    fn draft(self) -> Draft {
        self.draft
    }
}

impl<Row, Base: BaseType> Value<Row, Nullable<Base>> for Computed<Row, Base> {
    fn draft(self) -> Draft {
        self.draft
    }
}

impl<Row, Base: BaseType> Operand<Row, Base> for Computed<Row, Base> {
    type Type = Base;

    fn operand(self) -> Draft {
        self.draft
    }
}

impl<Row, Base: BaseType> Operand<Row, Base> for Computed<Row, Nullable<Base>> {
    type Type = Nullable<Base>;

    fn operand(self) -> Draft {
        self.draft
    }
}

/// Types whose values are text.
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` is not text",
    note = "`lower`, `upper`, `trim` and `concat` exist for text, varchar and char"
)]
pub trait Textual: BaseType {}

impl Textual for Text {}

// The same methods on both, as inherent ones: a trait's would lose against sea-query's
// `ExprTrait`, which compares anything with anything.
macro_rules! methods {
    ($name:ident) => {
        impl<Row: Table, Ty: ColumnType> $name<Row, Ty> {
            /// Whether it equals a value.
            pub fn eq<V: Operand<Row, Ty::Base>>(self, value: V) -> Condition<Row>
            where
                Ty::Base: Comparable,
            {
                compare(self.into_draft(), Operator::Eq, value.operand())
            }

            /// Whether it differs from a value.
            pub fn ne<V: Operand<Row, Ty::Base>>(self, value: V) -> Condition<Row>
            where
                Ty::Base: Comparable,
            {
                compare(self.into_draft(), Operator::Ne, value.operand())
            }

            /// Whether it is less than a value.
            pub fn lt<V: Operand<Row, Ty::Base>>(self, value: V) -> Condition<Row>
            where
                Ty::Base: Comparable,
            {
                compare(self.into_draft(), Operator::Lt, value.operand())
            }

            /// Whether it is less than a value or equal to it.
            pub fn le<V: Operand<Row, Ty::Base>>(self, value: V) -> Condition<Row>
            where
                Ty::Base: Comparable,
            {
                compare(self.into_draft(), Operator::Le, value.operand())
            }

            /// Whether it is greater than a value.
            pub fn gt<V: Operand<Row, Ty::Base>>(self, value: V) -> Condition<Row>
            where
                Ty::Base: Comparable,
            {
                compare(self.into_draft(), Operator::Gt, value.operand())
            }

            /// Whether it is greater than a value or equal to it.
            pub fn ge<V: Operand<Row, Ty::Base>>(self, value: V) -> Condition<Row>
            where
                Ty::Base: Comparable,
            {
                compare(self.into_draft(), Operator::Ge, value.operand())
            }

            /// Whether it is NULL.
            pub fn is_null(self) -> Condition<Row> {
                Condition::new(self.into_draft().map(Expression::IsNull))
            }

            /// Whether it is not NULL.
            pub fn is_not_null(self) -> Condition<Row> {
                self.is_null().not()
            }

            /// Whether it is one of several values.
            pub fn is_in<V: Operand<Row, Ty::Base>, const N: usize>(self, values: [V; N]) -> Condition<Row>
            where
                Ty::Base: Comparable,
            {
                one_of(self.into_draft(), values.map(V::operand).into())
            }

            /// The text in lower case.
            pub fn lower(self) -> Computed<Row, Ty>
            where
                Ty::Base: Textual,
            {
                call(self.into_draft(), Function::Lower)
            }

            /// The text in upper case.
            pub fn upper(self) -> Computed<Row, Ty>
            where
                Ty::Base: Textual,
            {
                call(self.into_draft(), Function::Upper)
            }

            /// The text without spaces around it.
            pub fn trim(self) -> Computed<Row, Ty>
            where
                Ty::Base: Textual,
            {
                call(self.into_draft(), Function::Trim)
            }

            /// The text followed by another.
            pub fn concat<V: Operand<Row, Ty::Base>>(self, text: V) -> Computed<Row, Ty::With<V::Type>>
            where
                Ty::Base: Textual,
            {
                combine(self.into_draft(), Operator::Concat, text.operand())
            }

            /// The sum with another number.
            pub fn plus<V: Operand<Row, Ty::Base>>(self, number: V) -> Computed<Row, Ty::With<V::Type>>
            where
                Ty::Base: Number,
            {
                combine(self.into_draft(), Operator::Plus, number.operand())
            }

            /// The difference from another number.
            pub fn minus<V: Operand<Row, Ty::Base>>(self, number: V) -> Computed<Row, Ty::With<V::Type>>
            where
                Ty::Base: Number,
            {
                combine(self.into_draft(), Operator::Minus, number.operand())
            }

            /// The product with another number.
            pub fn times<V: Operand<Row, Ty::Base>>(self, number: V) -> Computed<Row, Ty::With<V::Type>>
            where
                Ty::Base: Number,
            {
                combine(self.into_draft(), Operator::Times, number.operand())
            }
        }

        impl<Row: Table, Base: BaseType> $name<Row, Nullable<Base>> {
            /// This value, or another where this one is NULL.
            pub fn or<V: Operand<Row, Base>>(self, otherwise: V) -> Computed<Row, V::Type> {
                Computed::new(self.into_draft().join(otherwise.operand(), Expression::Coalesce))
            }
        }
    };
}

methods!(Column);
methods!(Computed);

fn compare<Row>(left: Draft, operator: Operator, right: Draft) -> Condition<Row> {
    Condition::new(binary(left, operator, right))
}

fn combine<Row, Ty>(left: Draft, operator: Operator, right: Draft) -> Computed<Row, Ty> {
    Computed::new(binary(left, operator, right))
}

fn call<Row, Ty>(text: Draft, function: Function) -> Computed<Row, Ty> {
    Computed::new(text.map(|text| Expression::Call(function, text)))
}

pub(super) fn binary(left: Draft, operator: Operator, right: Draft) -> Draft {
    left.join(right, |left, right| Expression::Binary(operator, left, right))
}

fn one_of<Row>(value: Draft, list: Vec<Draft>) -> Condition<Row> {
    let list: Result<Vec<Expression>, String> = list.into_iter().map(|draft| draft.0).collect();
    let list = match list {
        Ok(list) if list.is_empty() => Err("`is_in` needs at least one value".to_owned()),
        list => list,
    };
    Condition::new(Draft(value.0.and_then(|value| Ok(Expression::In(Box::new(value), list?)))))
}
