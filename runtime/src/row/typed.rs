//! Types of other crates that values are read in.

#[cfg(any(
    feature = "chrono",
    feature = "jiff",
    feature = "rust_decimal",
    feature = "serde_json",
    feature = "uuid"
))]
mod reading {
    use crate::driver::Cell;
    use crate::scalar::{Content, Found, Misread, Scalar, not};

    /// Values that databases keep as text, or give as text, and how a text is read.
    macro_rules! texts {
        ($($feature:literal $type:ty, $wanted:literal, $text:ident => $read:expr;)+) => {$(
            #[cfg(feature = $feature)]
            impl Scalar for $type {
                fn read(content: Content) -> Result<Self, Misread> {
                    match content.0 {
                        Cell::Text(text) => {
                            let $text = text.as_str();
                            $read.ok_or(Misread::Other { found: Found::Text, wanted: $wanted })
                        }
                        other => Err(not(&other, $wanted)),
                    }
                }
            }
        )+};
    }

    texts! {
        "chrono" chrono::NaiveDate, "a date", text => Self::parse_from_str(text, "%Y-%m-%d").ok();
        "chrono" chrono::NaiveTime, "a time of day", text => Self::parse_from_str(text, "%H:%M:%S%.f").ok();
        "chrono" chrono::NaiveDateTime, "a date and time", text => civil(text);
        "chrono" chrono::DateTime<chrono::Utc>, "a point in time", text => match civil(text) {
            Some(civil) => Some(civil.and_utc()),
            None => chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()),
        };
        "jiff" jiff::civil::Date, "a date", text => text.parse().ok();
        "jiff" jiff::civil::Time, "a time of day", text => text.parse().ok();
        // By itself it leaves out what a text says of its zone, unless that is `Z`.
        "jiff" jiff::civil::DateTime, "a date and time", text => match text.parse::<jiff::Timestamp>() {
            Ok(_) => None,
            Err(_) => text.parse().ok(),
        };
        "jiff" jiff::Timestamp, "a point in time", text => match text.parse() {
            Ok(point) => Some(point),
            Err(_) => text.parse().ok().and_then(|civil| jiff::tz::Offset::UTC.to_timestamp(civil).ok()),
        };
        "rust_decimal" rust_decimal::Decimal, "a decimal of at most 28 digits", text => Self::from_str_exact(text).ok();
        "serde_json" serde_json::Value, "JSON", text => serde_json::from_str(text).ok();
        "uuid" uuid::Uuid, "a UUID", text => Self::parse_str(text).ok();
    }

    /// A date and time without a zone, whatever stands between the two.
    #[cfg(feature = "chrono")]
    fn civil(text: &str) -> Option<chrono::NaiveDateTime> {
        let read = |format| chrono::NaiveDateTime::parse_from_str(text, format).ok();
        read("%Y-%m-%d %H:%M:%S%.f").or_else(|| read("%Y-%m-%dT%H:%M:%S%.f"))
    }
}

/// A point in time of generated fixtures, by the seconds since 1970: a constant, so that one that is none would
/// not compile.
#[doc(hidden)]
#[cfg(feature = "chrono")]
pub const fn chrono(seconds: i64, nanoseconds: u32) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(seconds, nanoseconds).expect("chrono holds all years of four digits")
}

/// JSON of generated fixtures, which the build has read before.
#[doc(hidden)]
#[cfg(feature = "serde_json")]
pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(all(test, feature = "chrono", feature = "jiff"))]
mod tests {
    use crate::driver::Cell;
    use crate::scalar::{Content, Scalar};

    fn read<T: Scalar>(text: &str) -> Result<T, String> {
        T::read(Content(Cell::Text(text.to_owned()))).map_err(|misread| misread.to_string())
    }

    #[test]
    fn a_point_in_time_is_the_same_however_it_is_written() {
        let micros = 1_767_225_600_250_000;
        for text in ["2026-01-01 00:00:00.25", "2026-01-01T00:00:00.25Z", "2026-01-01 01:00:00.250+01:00"] {
            assert_eq!(read::<jiff::Timestamp>(text).map(|at| at.as_microsecond()), Ok(micros), "{text}");
            let chrono = read::<chrono::DateTime<chrono::Utc>>(text);
            assert_eq!(chrono.map(|at| at.timestamp_micros()), Ok(micros), "{text}");
        }
        assert_eq!(super::chrono(1_767_225_600, 250_000_000).timestamp_micros(), micros);
        let wrong = Err("is text, not a point in time".to_owned());
        assert_eq!(read::<jiff::Timestamp>("infinity"), wrong);
    }

    #[test]
    fn a_zone_is_no_part_of_a_time_without_one() {
        for text in ["2026-01-01 00:00:00Z", "2026-01-01 00:00:00+01:00"] {
            assert!(read::<jiff::civil::DateTime>(text).is_err(), "{text}");
            assert!(read::<chrono::NaiveDateTime>(text).is_err(), "{text}");
        }
        assert!(read::<jiff::civil::Time>("838:59:59").is_err());
        assert!(read::<chrono::NaiveTime>("838:59:59").is_err());
    }

    #[test]
    #[cfg(all(feature = "rust_decimal", feature = "serde_json", feature = "uuid"))]
    fn a_value_that_does_not_fit_is_not_rounded() {
        let exact = read::<rust_decimal::Decimal>("-12.50").unwrap();
        assert_eq!(exact.to_string(), "-12.50");
        assert!(read::<rust_decimal::Decimal>("0.12345678901234567890123456789").is_err());
        assert_eq!(read::<Option<uuid::Uuid>>("x"), Err("is text, not a UUID".to_owned()));
        assert_eq!(read::<serde_json::Value>("[1, null]").unwrap()[0], 1);
    }
}
