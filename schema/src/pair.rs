//! Two of anything that is being compared.

/// The earlier and the later of two things.
///
/// Comparisons pass a `Pair` instead of two arguments, so that the sides cannot be swapped by
/// accident.
///
/// ```
/// use whimbrel_schema::Pair;
///
/// let lengths = Pair::new("ada", "grace").map(str::len);
/// assert_eq!(lengths, Pair { previous: 3, next: 5 });
/// assert_eq!(lengths.swap().previous, 5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair<T> {
    /// The earlier one.
    pub previous: T,
    /// The later one.
    pub next: T,
}

impl<T> Pair<T> {
    /// Makes a pair.
    pub const fn new(previous: T, next: T) -> Self {
        Self { previous, next }
    }

    /// Applies a function to both sides.
    pub fn map<U>(self, mut function: impl FnMut(T) -> U) -> Pair<U> {
        Pair::new(function(self.previous), function(self.next))
    }

    /// Joins two pairs side by side.
    pub fn zip<U>(self, other: Pair<U>) -> Pair<(T, U)> {
        Pair::new((self.previous, other.previous), (self.next, other.next))
    }

    /// Exchanges the sides: the way back.
    pub fn swap(self) -> Self {
        Pair::new(self.next, self.previous)
    }

    /// Borrows both sides.
    pub const fn as_ref(&self) -> Pair<&T> {
        Pair::new(&self.previous, &self.next)
    }

    /// Both sides, if a function finds something on each.
    pub fn both<U>(self, mut find: impl FnMut(T) -> Option<U>) -> Option<Pair<U>> {
        Some(Pair::new(find(self.previous)?, find(self.next)?))
    }

    /// Whether the two sides are different.
    pub fn differs(&self) -> bool
    where
        T: PartialEq,
    {
        self.previous != self.next
    }
}
