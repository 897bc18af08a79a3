//! Whether the archive keeps what migrations destroy, and for how long.

use std::fmt;
use std::time::Duration;

/// What becomes of values that a migration destroys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archiving {
    /// They are gone.
    Off,
    /// The archive keeps them until someone purges them by number.
    Forever,
    /// The archive keeps them at least for so long; then a purge removes them.
    For(Age),
}

/// A time to keep something, in whole hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age(u32);

impl Archiving {
    /// Whether anything is kept.
    pub const fn is_on(self) -> bool {
        match self {
            Self::Off => false,
            Self::Forever | Self::For(_) => true,
        }
    }

    /// How long, where there is an end.
    pub const fn retention(self) -> Option<Age> {
        match self {
            Self::Off | Self::Forever => None,
            Self::For(age) => Some(age),
        }
    }
}

/// Kept for ever, or not at all.
impl From<bool> for Archiving {
    fn from(kept: bool) -> Self {
        if kept { Self::Forever } else { Self::Off }
    }
}

impl Age {
    /// How an age is written.
    pub const FORM: &'static str = "a number of hours, days or weeks, as \"12h\", \"90d\" or \"8w\"";

    /// So many hours.
    pub const fn hours(hours: u32) -> Self {
        Self(hours)
    }

    /// So many hours.
    pub const fn as_hours(self) -> u32 {
        self.0
    }

    /// Reads an age: hours, days or weeks, up to a hundred years.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    ///
    /// ```
    /// use whimbrel_schema::Age;
    ///
    /// assert_eq!(Age::parse("90d"), Ok(Age::hours(2160)));
    /// assert_eq!(Age::parse("8w").unwrap().to_string(), "56d");
    /// assert!(Age::parse("0d").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, String> {
        let (number, unit) = split(text);
        let hours = match unit {
            "h" => 1,
            "d" => 24,
            "w" => 7 * 24,
            _ => return Err(format!("\"{text}\" is no time to keep something")),
        };
        match number.parse::<u32>().ok().and_then(|number| number.checked_mul(hours)) {
            Some(0) => Err("what is kept for no time is not kept".to_owned()),
            Some(hours) if hours <= LONGEST => Ok(Self(hours)),
            _ if number.is_empty() => Err(format!("\"{text}\" is no time to keep something")),
            _ => Err(format!("\"{text}\" is more than a hundred years")),
        }
    }

    /// What a text that is no age was probably meant to be: "90d" for "90 days".
    pub fn suggest(text: &str) -> Option<String> {
        let (number, unit) = split(text);
        let number: u32 = number.parse().ok()?;
        let meant = match unit.trim().chars().next()?.to_ascii_lowercase() {
            unit @ ('h' | 'd' | 'w') => format!("{number}{unit}"),
            'm' => format!("{}d", number.checked_mul(30)?),
            'y' => format!("{}d", number.checked_mul(365)?),
            _ => return None,
        };
        Self::parse(&meant).is_ok().then_some(meant)
    }
}

const LONGEST: u32 = 100 * 366 * 24;

fn split(text: &str) -> (&str, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at(digits)
}

impl From<Age> for Duration {
    fn from(age: Age) -> Self {
        Self::from_secs(u64::from(age.0) * 3600)
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            hours if hours % 24 == 0 => write!(f, "{}d", hours / 24),
            hours => write!(f, "{hours}h"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Age;

    fn wrong(text: &str, words: &str, suggestion: Option<&str>) {
        assert!(Age::parse(text).unwrap_err().contains(words), "{text}: {:?}", Age::parse(text));
        assert_eq!(Age::suggest(text).as_deref(), suggestion, "{text}");
    }

    #[test]
    fn ages_come_back_as_they_were_written() {
        for text in ["12h", "90d", "36500d", "25h"] {
            assert_eq!(Age::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_age_is_told_with_what_may_be_meant() {
        wrong("90 days", "no time", Some("90d"));
        wrong("6 months", "no time", Some("180d"));
        wrong("1y", "no time", Some("365d"));
        wrong("d", "no time", None);
        wrong("", "no time", None);
        wrong("-1d", "no time", None);
        wrong("0w", "not kept", None);
        wrong("99999d", "hundred years", None);
        wrong("99999999999d", "hundred years", None);
        wrong("2⃣d", "no time", None);
    }
}
