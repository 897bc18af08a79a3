//! Points in time as microseconds since 1970, and as text.

use crate::ColumnType;
use crate::Value;

/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400_000_000;

/// The microseconds since 1970-01-01 of a timestamp as [`Value::Timestamp`] spells it, of a date, or, of a
/// time of day, those since midnight.
pub(crate) fn microseconds(value: &Value) -> Option<i64> {
    match value {
        Value::Timestamp(text) | Value::TimestampTz(text) => {
            let (date, time) = text.split_once(' ')?;
            Some(days(date)? * DAY + clock(time)?)
        }
        Value::Date(text) => Some(days(text)? * DAY),
        Value::Time(text) => clock(text),
        _ => None,
    }
}

/// The value of a type that such a number stands for.
pub(crate) fn value(column_type: &ColumnType, microseconds: i64) -> Option<Value> {
    let (day, clock) = (microseconds.div_euclid(DAY), microseconds.rem_euclid(DAY));
    if !(-719_162..=2_932_896).contains(&day) {
        // From the year 1 to the year 9999, as every database has them.
        return None;
    }
    Some(match column_type {
        ColumnType::Date => Value::Date(date_text(day)),
        ColumnType::Time => Value::Time(clock_text(String::with_capacity(16), clock)),
        ColumnType::Timestamp => Value::Timestamp(clock_text(date_text(day) + " ", clock)),
        ColumnType::TimestampTz => Value::TimestampTz(clock_text(date_text(day) + " ", clock)),
        _ => return None,
    })
}

/// `now`, `now - 2d` or `now + 1d 12h`, as the distance from now in microseconds; `None` for other texts.
pub(crate) fn distance(text: &str) -> Option<i64> {
    let rest = text.trim().strip_prefix("now")?.trim_start();
    let (sign, rest) = match rest.chars().next() {
        None => return Some(0),
        Some('-') => (-1, &rest[1..]),
        Some('+') => (1, &rest[1..]),
        Some(_) => return None,
    };
    let mut sum = 0_i64;
    let mut parts = rest.split_whitespace().peekable();
    parts.peek()?;
    for part in parts {
        let unit = part.chars().next_back()?;
        let number: i64 = part[..part.len() - unit.len_utf8()].parse().ok().filter(|number| *number >= 0)?;
        let unit = match unit {
            's' => 1_000_000,
            'm' => 60_000_000,
            'h' => 3_600_000_000,
            'd' => DAY,
            'w' => 7 * DAY,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(unit)?)?;
    }
    Some(sign * sum)
}

fn days(date: &str) -> Option<i64> {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // By the algorithm of Howard Hinnant: https://howardhinnant.github.io/date_algorithms.html
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn clock(time: &str) -> Option<i64> {
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = whole.split(':').map(|part| part.parse::<i64>().ok());
    let seconds = parts.next()?? * 3600 + parts.next()?? * 60 + parts.next()??;
    let fraction: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    Some(seconds * 1_000_000 + fraction)
}

fn date_text(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    // What stands behind it has its place.
    let mut text = String::with_capacity(32);
    push(&mut text, year_of_era + era * 400 + i64::from(month <= 2), 1_000);
    text.push('-');
    push(&mut text, month, 10);
    text.push('-');
    push(&mut text, day, 10);
    text
}

/// With a time of day behind it.
fn clock_text(mut text: String, microseconds: i64) -> String {
    let (seconds, fraction) = (microseconds / 1_000_000, microseconds % 1_000_000);
    push(&mut text, seconds / 3600, 10);
    text.push(':');
    push(&mut text, seconds / 60 % 60, 10);
    text.push(':');
    push(&mut text, seconds % 60, 10);
    if fraction != 0 {
        text.push('.');
        push(&mut text, fraction, 100_000);
    }
    text
}

/// The digits of a number, the first of which counts so much. A million rows have a million times, and `format!`
/// takes longer than all that is before it.
fn push(text: &mut String, number: i64, mut first: i64) {
    while first > 0 {
        text.push(char::from(b'0' + (number / first % 10) as u8));
        first /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in [
            "0001-01-01 00:00:00",
            "1969-12-31 23:59:59.999999",
            "2000-02-29 12:30:00.5",
            "9999-12-31 23:59:59",
        ] {
            let parsed = Value::parse(&ColumnType::Timestamp, text).unwrap();
            let number = microseconds(&parsed).unwrap();
            assert_eq!(value(&ColumnType::Timestamp, number), Some(parsed));
        }
        assert_eq!(microseconds(&Value::Date("1970-01-02".to_owned())), Some(DAY));
        assert_eq!(value(&ColumnType::Date, i64::MAX), None);
    }

    #[test]
    fn distances_from_now() {
        assert_eq!(distance("now"), Some(0));
        assert_eq!(distance("now - 2d"), Some(-2 * DAY));
        assert_eq!(distance("now-1d 12h"), Some(-DAY - DAY / 2));
        assert_eq!(distance("now + 90s"), Some(90_000_000));
        for wrong in ["nowhere", "now -", "now - 2", "now - d", "now - 2y", "now 2d", "later", "now - -2d"] {
            assert_eq!(distance(wrong), None, "{wrong}");
        }
        assert_eq!(distance("now - 9999999999999999w"), None);
    }
}
