//! The functions of the program that make values.

use super::super::values::stream::Stream;
use crate::Value;

/// What a function of the program is given, to make a value of.
///
/// The stream is the cell's own, so whatever is taken of it moves no other value.
#[derive(Debug)]
pub struct Call {
    pub(super) stream: Stream,
    /// The number of the row in its group, or among those of its parent, from 1.
    pub number: u64,
    /// The number of the row in its table, from 1.
    pub row: u64,
}

impl Call {
    /// The next number of the cell's stream.
    pub const fn bits(&mut self) -> u64 {
        self.stream.bits()
    }

    /// The next number of the cell's stream below a limit.
    pub const fn below(&mut self, limit: u64) -> u64 {
        self.stream.below(limit)
    }
}

/// The functions of the program, by their paths. Rows may be made in another thread than the one that began.
pub type Functions<'f> = &'f (dyn Fn(&str, &mut Call) -> Option<Option<Value>> + Sync);
