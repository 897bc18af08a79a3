use crate::{Name, Only};

/// Columns whose values must be found in another table, or in the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The columns of this table.
    pub columns: Vec<Name>,
    /// The table referenced.
    pub references_table: Name,
    /// The columns referenced, one for each of `columns`.
    pub references_columns: Vec<Name>,
    /// What happens to these rows when the referenced row is deleted.
    pub on_delete: ReferentialAction,
    /// What happens to these rows when the referenced key changes.
    pub on_update: ReferentialAction,
    /// When it is checked.
    pub timing: Timing,
    /// The dialects that have it.
    pub only: Only,
}

/// When a foreign key is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// After each statement.
    Immediate,
    /// After each statement, and when the transaction ends if it asks for that.
    Deferrable,
    /// When the transaction ends.
    Deferred,
}

impl Timing {
    /// The timings that have a key; without one a foreign key is checked after each statement.
    pub const ALL: [Self; 2] = [Self::Deferrable, Self::Deferred];

    /// The key of the schema language.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Immediate => "",
            Self::Deferrable => "immediate",
            Self::Deferred => "deferred",
        }
    }

    /// The timing with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|timing| timing.key() == key)
    }
}

/// What a database does with rows whose parent goes away or changes its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferentialAction {
    /// Refuse at the end of the statement.
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Do the same to these rows.
    Cascade,
    /// Set their columns to NULL.
    SetNull,
    /// Set their columns to their defaults.
    SetDefault,
}

impl ReferentialAction {
    /// Every action.
    pub const ALL: [Self; 5] =
        [Self::NoAction, Self::Restrict, Self::Cascade, Self::SetNull, Self::SetDefault];

    /// The key of the schema language.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NoAction => "no_action",
            Self::Restrict => "restrict",
            Self::Cascade => "cascade",
            Self::SetNull => "set_null",
            Self::SetDefault => "set_default",
        }
    }

    /// The action with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.key() == key)
    }

    /// The words of SQL.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}
