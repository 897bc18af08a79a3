//! Numbers, dates and times between two, and numbers of a distribution.

use toml::de::DeValue;

use super::super::group::literal;
use super::super::table::Scope;
use super::super::{cell, place_of};
use super::bad;
use crate::document::reader::{self, Context, Entry};
use crate::seed::model::{Maker, Unit};
use crate::seed::values::time;
use crate::seed::values::whole::scaled;
use crate::{Column, ColumnType, Value};

pub(super) fn between(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    head: Entry<'_>,
) -> Option<Maker> {
    let example = "between = [1, 10]` or `between = [\"now - 90d\", \"now\"]";
    let DeValue::Array(array) = head.value else {
        return reader::wrong_shape(context, head, "a list of the least and the greatest value", example);
    };
    let ends: Vec<_> = array.iter().collect();
    let [low, high] = ends[..] else {
        return reader::wrong_shape(context, head, "a list of the least and the greatest value", example);
    };
    let mut end = |value: &toml::Spanned<DeValue<'_>>| {
        let span = context.span(value);
        let entry = Entry { value: value.get_ref(), value_span: span, ..head };
        match literal(scope, context, column, entry)? {
            Maker::Constant(value) => value,
            _ => None,
        }
    };
    let (low, high) = (end(low)?, end(high)?);
    let made = match (&low, &high) {
        (Value::Integer(low), Value::Integer(high)) => {
            Maker::Between { low: *low, high: *high, unit: Unit::One }
        }
        (Value::Float(low), Value::Float(high)) => Maker::BetweenFloat { low: low.get(), high: high.get() },
        (Value::Decimal(low), Value::Decimal(high)) => {
            let ColumnType::Decimal { scale, .. } = column.column_type else { return None };
            match (scaled(low, scale), scaled(high, scale)) {
                (Some(low), Some(high)) => Maker::Between { low, high, unit: Unit::Scale(scale) },
                _ => {
                    let message = "`between` goes to 18 digits".to_owned();
                    return bad(context, message, head.value_span, "too large", "choose smaller numbers");
                }
            }
        }
        _ => match (time::microseconds(&low), time::microseconds(&high)) {
            (Some(low), Some(high)) => in_units(&column.column_type, low, high),
            _ => {
                let message = format!("`between` makes no values of type `{}`", column.column_type);
                let help = "it makes numbers, dates and times; for other values there is `pick`";
                return bad(context, message, head.key_span, "does not fit", help);
            }
        },
    };
    let empty = match &made {
        Maker::Between { low, high, .. } => low > high,
        Maker::BetweenFloat { low, high } => low > high,
        _ => false,
    };
    if empty {
        let message = "`between` goes from the least to the greatest value".to_owned();
        return bad(context, message, head.value_span, "nothing lies between", "exchange the two");
    }
    Some(made)
}

/// Days of dates, and whole seconds of times unless their ends are finer.
fn in_units(column_type: &ColumnType, low: i64, high: i64) -> Maker {
    const SECOND: i64 = 1_000_000;
    let unit = match column_type {
        ColumnType::Date => time::DAY,
        _ if low % SECOND == 0 && high % SECOND == 0 => SECOND,
        _ => 1,
    };
    Maker::Between { low: low.div_euclid(unit), high: high.div_euclid(unit), unit: Unit::Microseconds(unit) }
}

pub(super) fn distribution(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    head: Entry<'_>,
    min: Option<Entry<'_>>,
    max: Option<Entry<'_>>,
) -> Option<Maker> {
    let is_log = head.key == "log_normal";
    let example = if is_log { "log_normal = [8000, 1.2]" } else { "normal = [50, 12.5]" };
    let limits: (f64, f64) = match column.column_type {
        ColumnType::SmallInt => (i16::MIN.into(), i16::MAX.into()),
        ColumnType::Integer => (i32::MIN.into(), i32::MAX.into()),
        // The greatest whole numbers that are exact.
        ColumnType::BigInt => (-9_007_199_254_740_992.0, 9_007_199_254_740_992.0),
        ColumnType::Real => (f32::MIN.into(), f32::MAX.into()),
        ColumnType::Double => (f64::MIN, f64::MAX),
        ColumnType::Decimal { precision, scale } => {
            let whole = (0..(precision - scale).min(9)).fold(1.0, |power, _| power * 10.0);
            (1.0 - whole, whole - 1.0)
        }
        _ => {
            let place = place_of(scope.part().name(), column.name.as_str());
            let message = format!("`{}` makes numbers, and {place} is `{}`", head.key, column.column_type);
            return bad(
                context,
                message,
                head.key_span,
                "does not fit",
                "for other values there are `between` and `pick`",
            );
        }
    };
    let numbers: Vec<f64> = match head.value {
        DeValue::Array(array) => array.iter().filter_map(|one| cell::number(one.get_ref())).collect(),
        _ => Vec::new(),
    };
    let [centre, width] = numbers[..] else {
        let what = if is_log { "a list of median and sigma" } else { "a list of mean and deviation" };
        return reader::wrong_shape(context, head, what, example);
    };
    if width < 0.0 || (is_log && centre <= 0.0) {
        let message = format!("`{}` cannot be made of {centre} and {width}", head.key);
        let help = format!("the second number is not below 0, and a median is above 0: `{example}`");
        return bad(context, message, head.value_span, "not a distribution", help);
    }
    let mut limit = |entry: Option<Entry<'_>>, otherwise: f64| match entry {
        None => Some(otherwise),
        Some(entry) => match cell::number(entry.value) {
            Some(number) => Some(number.clamp(limits.0, limits.1)),
            None => reader::wrong_shape(context, entry, "a number", "min = 0"),
        },
    };
    let (low, high) = (limit(min, limits.0)?, limit(max, limits.1)?);
    if low > high {
        return bad(
            context,
            "`min` is above `max`".to_owned(),
            head.key_span,
            "nothing lies between",
            "exchange the two",
        );
    }
    Some(if is_log {
        Maker::LogNormal { median: centre, sigma: width, low, high }
    } else {
        Maker::Normal { mean: centre, deviation: width, low, high }
    })
}
