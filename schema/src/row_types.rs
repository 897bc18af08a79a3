//! Crates whose types the fields of row structs may have.

/// A crate whose types stand in row structs for what the standard library has no type for.
///
/// Which of them is a choice of the package, in whimbrel.toml, and not a feature of a crate: cargo unites
/// features of all packages of a program, and then the choice of one would be that of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowTypes {
    /// Dates and times of `chrono`.
    Chrono,
    /// Dates and times of `jiff`.
    Jiff,
    /// Decimals.
    RustDecimal,
    /// JSON.
    SerdeJson,
    /// UUIDs.
    Uuid,
}

impl RowTypes {
    /// All of them, by their names.
    pub const ALL: [Self; 5] = [Self::Chrono, Self::Jiff, Self::RustDecimal, Self::SerdeJson, Self::Uuid];

    /// The name of the crate, and of the feature of the runtime that has it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Chrono => "chrono",
            Self::Jiff => "jiff",
            Self::RustDecimal => "rust_decimal",
            Self::SerdeJson => "serde_json",
            Self::Uuid => "uuid",
        }
    }

    /// The one of this name.
    ///
    /// ```
    /// use whimbrel_schema::RowTypes;
    ///
    /// assert_eq!(RowTypes::from_key("jiff"), Some(RowTypes::Jiff));
    /// assert_eq!(RowTypes::from_key("time"), None);
    /// ```
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|types| types.key() == key)
    }
}
