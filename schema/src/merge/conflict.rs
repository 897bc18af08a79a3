use std::fmt;

use super::{Fork, Side};
use crate::{Name, Object, Pair};

/// Why two sides cannot be merged without somebody's decision.
///
/// `Display` is a sentence about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What it is about, as each side calls it; where a side does not have it, as it was called before.
    pub object: Fork<Object>,
    /// What the sides did to it.
    pub kind: ConflictKind,
}

/// What two sides did to one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictKind {
    /// Both changed it, each otherwise.
    ChangedDifferently,
    /// Both have something new of this name, and it is not the same.
    AddedDifferently,
    /// Both gave it another name, of theirs and ours.
    RenamedDifferently(Pair<Name>),
    /// One dropped it, and the other changed it.
    DroppedAndChanged {
        /// Who dropped it.
        dropped: Side,
    },
    /// One dropped it, and the other gave it another name.
    DroppedAndRenamed {
        /// Who dropped it.
        dropped: Side,
    },
    /// One dropped it or gave it another name, and something of the other speaks of it.
    GoneAndNamed {
        /// Who did that.
        gone: Side,
        /// What speaks of it, as the other side calls it.
        by: Object,
    },
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = self.object.base.in_words();
        match &self.kind {
            ConflictKind::ChangedDifferently => write!(f, "both changed {object}, each in another way"),
            ConflictKind::AddedDifferently => write!(f, "both have a new {object}, and not the same"),
            ConflictKind::RenamedDifferently(Pair { previous, next }) => {
                write!(f, "both renamed {object}: theirs to `{previous}`, ours to `{next}`")
            }
            ConflictKind::DroppedAndChanged { dropped } => {
                write!(f, "{dropped} dropped {object}, and {} changed it", dropped.other())
            }
            ConflictKind::DroppedAndRenamed { dropped } => {
                write!(f, "{dropped} dropped {object}, and {} renamed it", dropped.other())
            }
            ConflictKind::GoneAndNamed { gone, by } => write!(
                f,
                "{gone} dropped or renamed {object}, of which {} of {} speaks",
                by.in_words(),
                gone.other()
            ),
        }
    }
}
