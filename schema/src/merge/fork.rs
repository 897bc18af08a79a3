use std::fmt;

/// What two sides have of one thing, and what both come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fork<T> {
    /// Where the two parted.
    pub base: T,
    /// What stays as it is.
    pub theirs: T,
    /// What is put behind it.
    pub ours: T,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// What stays as it is.
    Theirs,
    /// What is put behind it.
    Ours,
}

impl<T> Fork<T> {
    /// One of three.
    pub const fn new(base: T, theirs: T, ours: T) -> Self {
        Self { base, theirs, ours }
    }

    /// The same of each.
    pub fn map<U>(self, mut function: impl FnMut(T) -> U) -> Fork<U> {
        Fork { base: function(self.base), theirs: function(self.theirs), ours: function(self.ours) }
    }

    /// Each together with another.
    pub fn zip<U>(self, other: Fork<U>) -> Fork<(T, U)> {
        Fork {
            base: (self.base, other.base),
            theirs: (self.theirs, other.theirs),
            ours: (self.ours, other.ours),
        }
    }

    /// Each by reference.
    pub const fn as_ref(&self) -> Fork<&T> {
        Fork { base: &self.base, theirs: &self.theirs, ours: &self.ours }
    }

    /// What a side has.
    pub fn side(self, side: Side) -> T {
        match side {
            Side::Theirs => self.theirs,
            Side::Ours => self.ours,
        }
    }

    /// All three.
    pub fn each(self) -> [T; 3] {
        [self.base, self.theirs, self.ours]
    }
}

impl Side {
    /// The opposite one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Theirs => Self::Ours,
            Self::Ours => Self::Theirs,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Theirs => "theirs",
            Self::Ours => "ours",
        })
    }
}
