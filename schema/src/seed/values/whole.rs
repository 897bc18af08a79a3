//! Values as whole numbers.

use super::time;
use crate::Value;
use crate::seed::model::Unit;

/// A value as the number that stands for it.
pub(crate) fn number_of(value: &Value, unit: Unit) -> Option<i64> {
    match (value, unit) {
        (Value::Integer(number), Unit::One) => Some(*number),
        (Value::Decimal(digits), Unit::Scale(scale)) => scaled(digits, scale),
        (value, Unit::Microseconds(unit)) => {
            let number = time::microseconds(value)?;
            (number % unit == 0).then_some(number / unit)
        }
        _ => None,
    }
}

/// A decimal as a whole number of its smallest parts.
pub(crate) fn scaled(digits: &str, scale: u32) -> Option<i64> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{whole}{fraction:0<width$}", width = scale as usize);
    padded.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_that_values_stand_for() {
        assert_eq!(number_of(&Value::Decimal("1.50".to_owned()), Unit::Scale(2)), Some(150));
        assert_eq!(number_of(&Value::Date("1970-01-02".to_owned()), Unit::Microseconds(time::DAY)), Some(1));
        assert_eq!(number_of(&Value::Time("00:00:00.5".to_owned()), Unit::Microseconds(1_000_000)), None);
    }
}
