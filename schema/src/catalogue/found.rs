use std::collections::BTreeSet;
use std::fmt;

use crate::text::is_hidden;
use crate::{Dialect, Name, Schema};

/// What a database consists of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Introspected {
    /// Whose database it is.
    pub dialect: Dialect,
    /// All that the schema language can say, with SQL as the database has it.
    ///
    /// Where something has a part that the language cannot say, it is here without it, and the part is in
    /// [`unmanaged`](Self::unmanaged).
    pub schema: Schema,
    /// The constraints that have no name in the database, as table and constraint. In the schema they have
    /// a name that was made up.
    pub unnamed: BTreeSet<(Name, Name)>,
    /// What the language cannot say, in the order of the tables.
    pub unmanaged: Vec<Unmanaged>,
}

/// Something in a database that the schema language has no words for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmanaged {
    /// What it is, as `virtual table notes` or `column size of emails`.
    pub object: String,
    /// The table that it is part of, or sits on.
    pub table: Option<Name>,
    /// Why the language cannot say it, in words that follow the name of the object.
    pub reason: String,
    /// What follows from that.
    pub kind: UnmanagedKind,
}

/// What it means that the language cannot say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnmanagedKind {
    /// It is an object of its own, which is left alone.
    Object,
    /// It is part of a table, and a rebuild of the table would lose it.
    Part,
    /// The database allows or ignores something that the schema need not say.
    Quirk,
}

impl fmt::Display for Unmanaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names in it come from a database that anybody may have made.
        let text = format!("{} {}", self.object, self.reason);
        text.chars().try_for_each(|character| match character {
            hidden if is_hidden(hidden) => write!(f, "\\u{{{:x}}}", u32::from(hidden)),
            plain => write!(f, "{plain}"),
        })
    }
}
