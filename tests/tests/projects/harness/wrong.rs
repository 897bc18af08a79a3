//! Errors that are expected.

use std::fmt;

use super::built::Error;

/// An error as it must be reported.
pub(crate) struct Wrong {
    code: &'static str,
    place: String,
    words: Vec<String>,
}

/// The code and the place of an error; an empty place is one in generated code.
pub(crate) fn wrong(code: &'static str, place: impl Into<String>) -> Wrong {
    Wrong { code, place: place.into(), words: Vec::new() }
}

impl Wrong {
    /// Words that must be in its message.
    pub(crate) fn says(mut self, words: impl Into<String>) -> Self {
        self.words.push(words.into());
        self
    }

    pub(super) fn is(&self, error: &Error) -> bool {
        error.code == self.code
            && (error.place == self.place || self.place.is_empty() && error.place.contains("/db.rs:"))
            && self.words.iter().all(|words| error.text.contains(words))
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} with `{}`", self.code, self.place, self.words.join("`, `"))
    }
}
