//! The databases whimbrel speaks to.

use std::fmt;

/// A database's language.
///
/// What a dialect can do is data, in [`Capabilities`](crate::Capabilities); code outside the
/// renderers does not branch on the dialect itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// SQLite, the embedded default.
    #[default]
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
}

impl Dialect {
    /// Every dialect, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    /// The key used in TOML, Rust and file names.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }

    /// The dialect with this key.
    ///
    /// ```
    /// use whimbrel_schema::Dialect;
    ///
    /// assert_eq!(Dialect::from_key("mysql"), Some(Dialect::Mysql));
    /// assert_eq!(Dialect::from_key("oracle"), None);
    /// ```
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.key() == key)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL",
        })
    }
}
