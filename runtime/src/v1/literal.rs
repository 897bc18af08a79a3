//! Values that are written with a word: `NULL`, `now()`, `date("..")` and their like.

use std::marker::PhantomData;

use whimbrel_schema::{ColumnType as SchemaType, Expression, Sql, Value as Literal};

use super::{Draft, Operand, Script, Value};
use crate::types::{BaseType, Date, Decimal, Json, Nullable, Time, Timestamp, TimestampTz, Uuid};

/// What [`NULL`] is.
#[derive(Debug, Clone, Copy)]
pub struct Null;

/// NULL, for columns that may hold it.
pub const NULL: Null = Null;

impl<Row, Base: BaseType> Value<Row, Nullable<Base>> for Null {
    fn draft(self) -> Draft {
        Draft(Ok(Expression::Null))
    }
}

/// What [`now`] returns.
#[derive(Debug, Clone, Copy)]
pub struct Now;

/// The date and time of the statement, in UTC.
pub fn now() -> Now {
    Now
}

macro_rules! now_is {
    ($($marker:ident)+) => {$(
        impl<Row> Value<Row, $marker> for Now {
            fn draft(self) -> Draft {
                Draft(Ok(Expression::Now))
            }
        }

        impl<Row> Value<Row, Nullable<$marker>> for Now {
            fn draft(self) -> Draft {
                Draft(Ok(Expression::Now))
            }
        }

        impl<Row> Operand<Row, $marker> for Now {
            type Type = $marker;

            fn operand(self) -> Draft {
                Draft(Ok(Expression::Now))
            }
        }
    )+};
}

now_is! { Timestamp TimestampTz }

/// What [`sql`] returns.
pub struct SqlText(Sql);

/// A value or a condition in SQL: a text, or a [`PerDialect`](super::PerDialect).
///
/// It is taken at its author's word: whether it fits its column is seen when it runs.
pub fn sql(script: impl Script) -> SqlText {
    SqlText(script.draft().into_sql())
}

impl SqlText {
    pub(super) fn into_draft(self) -> Draft {
        Draft(Ok(Expression::Sql(self.0)))
    }
}

impl<Row, Ty> Value<Row, Ty> for SqlText {
    fn draft(self) -> Draft {
        self.into_draft()
    }
}

impl<Row, Base: BaseType> Operand<Row, Base> for SqlText {
    type Type = Base;

    fn operand(self) -> Draft {
        self.into_draft()
    }
}

/// A literal of a type that Rust has none for, as [`date`] returns it.
pub struct Typed<Ty> {
    draft: Draft,
    marker: PhantomData<fn() -> Ty>,
}

impl<Row, Base: BaseType> Value<Row, Base> for Typed<Base> {
    fn draft(self) -> Draft {
        self.draft
    }
}

impl<Row, Base: BaseType> Value<Row, Nullable<Base>> for Typed<Base> {
    fn draft(self) -> Draft {
        self.draft
    }
}

impl<Row, Base: BaseType> Operand<Row, Base> for Typed<Base> {
    type Type = Base;

    fn operand(self) -> Draft {
        self.draft
    }
}

macro_rules! typed {
    ($($(#[doc = $doc:literal])+ $name:ident -> $marker:ident, $schema_type:expr;)+) => {$(
        $(#[doc = $doc])+
        ///
        /// A text that is none makes the step fail before any SQL.
        pub fn $name(text: &str) -> Typed<$marker> {
            let draft = Draft(Literal::parse(&$schema_type, text).map(Expression::Literal));
            Typed { draft, marker: PhantomData }
        }
    )+};
}

typed! {
    /// A date, as in `date("2026-01-31")`.
    date -> Date, SchemaType::Date;
    /// A time of day, as in `time("23:59:59")`.
    time -> Time, SchemaType::Time;
    /// A date and time, as in `timestamp("2026-01-31 23:59:59")`.
    timestamp -> Timestamp, SchemaType::Timestamp;
    /// A point in time in UTC, as in `timestamptz("2026-01-31 23:59:59Z")`.
    timestamptz -> TimestampTz, SchemaType::TimestampTz;
    /// A decimal number, as in `decimal("12.50")`.
    decimal -> Decimal, SchemaType::Decimal { precision: 38, scale: 38 };
    /// A UUID, as in `uuid("67e55044-10b1-426f-9247-bb680e5fe0c8")`.
    uuid -> Uuid, SchemaType::Uuid;
    /// A JSON document, as in `json("{\"theme\": \"dark\"}")`.
    json -> Json, SchemaType::Json;
}
