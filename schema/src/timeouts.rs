//! How long migrations wait for others, and how long a statement may take.

use std::time::Duration;

/// How long migrations wait for others, and how long a statement may take. What is not said is left as it is
/// without: 30 seconds, 3 seconds, and no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timeouts {
    /// How long a run waits for other migrators, and tries again for locks of tables.
    pub wait: Option<Duration>,
    /// How long one statement waits for the lock of a table. MariaDB and MySQL count whole seconds.
    pub lock: Option<Duration>,
    /// How long one statement may take.
    pub statement: Option<Duration>,
}

impl Timeouts {
    /// Nothing is said.
    pub const NONE: Self = Self { wait: None, lock: None, statement: None };

    /// How a time is written.
    pub const FORM: &'static str = "a number with its unit, as \"500ms\", \"3s\", \"5m\" or \"1h\"";

    /// Reads a time of up to a day.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use whimbrel_schema::Timeouts;
    ///
    /// assert_eq!(Timeouts::parse("3s"), Ok(Duration::from_secs(3)));
    /// assert_eq!(Timeouts::parse("500ms"), Ok(Duration::from_millis(500)));
    /// assert!(Timeouts::parse("3").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Duration, String> {
        let (number, unit) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
        let factor = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60 * 1000,
            "h" => 60 * 60 * 1000,
            _ => return Err(format!("\"{text}\" is no time")),
        };
        if number.is_empty() {
            return Err(format!("\"{text}\" is no time"));
        }
        match number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)) {
            Some(time) if time <= LONGEST => Ok(Duration::from_millis(time)),
            _ => Err(format!("\"{text}\" is more than a day")),
        }
    }
}

/// A day; what servers take ends at some weeks.
const LONGEST: u64 = 24 * 60 * 60 * 1000;
