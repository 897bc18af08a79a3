//! How far to go.

use crate::chain::find;
use crate::error::{Error, ErrorKind};
use crate::project::Project;

/// How far to apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apply<'a> {
    /// Everything.
    All,
    /// Up to and including this revision, named in full or by a beginning that no other has.
    To(&'a str),
}

/// How far to roll back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rollback<'a> {
    /// This many migrations.
    Steps(usize),
    /// Down to this revision, which stays applied.
    To(&'a str),
    /// Everything, until nothing is applied.
    All,
}

/// How many migrations are to be applied in the end. It does not depend on where the database
/// stands, so that it stays the same if another migrator moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// At least so many.
    AtLeast(usize),
    /// At most so many.
    AtMost(usize),
}

impl Apply<'_> {
    pub(super) fn goal(self, project: &Project) -> Result<Goal, Error> {
        match self {
            Self::All => Ok(Goal::AtLeast(project.migrations.len())),
            Self::To(revision) => find(project, revision).map(|index| Goal::AtLeast(index + 1)),
        }
    }
}

impl Rollback<'_> {
    pub(super) fn goal(self, project: &Project, applied: usize) -> Result<Goal, Error> {
        let usage = |message: String| Err(Error::new(ErrorKind::Usage, message));
        match self {
            Self::All => Ok(Goal::AtMost(0)),
            Self::Steps(0) => usage("rolling back 0 migrations does nothing".to_owned()),
            Self::Steps(steps) => match applied.checked_sub(steps) {
                Some(left) => Ok(Goal::AtMost(left)),
                None => usage(format!("{steps} migrations cannot be rolled back: {applied} are applied")),
            },
            Self::To(revision) => match find(project, revision)? {
                index if index < applied => Ok(Goal::AtMost(index + 1)),
                index => usage(format!(
                    "{} is not applied, so nothing can be rolled back to it",
                    project.migrations[index].revision
                )),
            },
        }
    }
}
