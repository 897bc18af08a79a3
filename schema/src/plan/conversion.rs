use crate::ColumnType;

/// What becomes of values when their column gets another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// Every value stays what it is.
    Lossless,
    /// Some values may not fit.
    Narrowing,
    /// Values do not become values of the other type by themselves.
    Unconvertible,
}

impl Conversion {
    /// What becomes of values of one type in a column of another.
    ///
    /// ```
    /// use whimbrel_schema::{ColumnType, plan::Conversion};
    ///
    /// let to_text = Conversion::between(&ColumnType::BigInt, &ColumnType::Text);
    /// assert_eq!(to_text, Conversion::Lossless);
    /// let to_number = Conversion::between(&ColumnType::Text, &ColumnType::BigInt);
    /// assert_eq!(to_number, Conversion::Unconvertible);
    /// ```
    pub fn between(previous: &ColumnType, next: &ColumnType) -> Self {
        use ColumnType::*;
        if previous.widens_to(next) {
            return Self::Lossless;
        }
        match (previous, next) {
            // Not `Time`, which MariaDB writes with all of its microseconds.
            (SmallInt | Integer | BigInt | Decimal { .. } | Date | Uuid | Json | Enum(_), Text) => {
                Self::Lossless
            }
            (SmallInt, Real | Double) | (Integer, Double) => Self::Lossless,
            (SmallInt | Integer | BigInt, Decimal { precision, scale })
                if precision - scale >= digits(previous) =>
            {
                Self::Lossless
            }
            (SmallInt | Integer | BigInt, SmallInt | Integer | BigInt | Real | Double | Decimal { .. })
            | (Double, Real)
            | (Decimal { .. }, Decimal { .. })
            | (Char(_) | Varchar(_) | Text, Char(_) | Varchar(_))
            | (Binary(_) | Blob, Binary(_)) => Self::Narrowing,
            _ => Self::Unconvertible,
        }
    }
}

/// How many digits the integers of a type have at most.
const fn digits(column_type: &ColumnType) -> u32 {
    match column_type {
        ColumnType::SmallInt => 5,
        ColumnType::Integer => 10,
        _ => 19,
    }
}
