use std::fmt;

use super::HazardCode;
use crate::Dialect;

/// A rule of the catalogue: what is looked for, why, and what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its code.
    pub code: HazardCode,
    /// How much it weighs where whimbrel.toml says nothing.
    pub severity: Severity,
    /// How much where the application stays online while it is migrated.
    pub online: Severity,
    /// The databases on which it is a danger.
    pub dialects: &'static [Dialect],
    /// When it can be judged.
    pub phase: Phase,
    /// The version of the catalogue in which it appeared.
    pub since: u32,
    /// Why it is a danger.
    pub reason: &'static str,
    /// What is safer.
    pub alternative: &'static str,
}

/// How much a hazard weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It is not looked for.
    Off,
    /// It is told.
    Inform,
    /// It is told as a warning.
    Warn,
    /// The build fails until it is accepted, by its name and with a reason.
    Error,
}

/// When a hazard can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// From the migration alone.
    Build,
    /// From the rows of the database alone.
    Live,
    /// From the migration, and its weight from the rows.
    Both,
}

impl Severity {
    /// Every severity, the heaviest first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warn, Self::Inform, Self::Off];

    /// The word of whimbrel.toml.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Inform => "inform",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// The severity of this word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.key() == key)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl Phase {
    /// The word of the guide.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Live => "rows",
            Self::Both => "build, rows",
        }
    }
}
