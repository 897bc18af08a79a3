//! What going up and back does to data.

use std::fmt;

use whimbrel_schema::{Hazard, Pair, Schema, hazards};

use crate::code::{Downgrade, Function, MigrationCode};

/// A fact of every migration, computed from its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reversal {
    /// Nothing is dropped in either direction.
    Lossless,
    /// Something cannot be kept: what, in either direction.
    Lossy(Pair<Vec<Hazard>>),
    /// There is no way back, for this reason.
    Irreversible(String),
}

/// The reversal of a migration, and what it destroys: `previous` by its upgrade, `next` by its
/// downgrade.
pub(crate) fn reversal(code: &MigrationCode, schemas: Pair<&Schema>) -> (Reversal, Pair<Vec<Hazard>>) {
    let of = |function: &Function, schemas: Pair<&Schema>| {
        hazards(function.steps.iter().map(|step| &step.operation), schemas.previous, schemas.next)
    };
    let up = of(&code.upgrade, schemas);
    let down = match &code.downgrade {
        Downgrade::Function(function) => of(function, schemas.swap()),
        Downgrade::NothingToUndo(_) | Downgrade::Irreversible(_) => Vec::new(),
    };
    let destroyed = Pair::new(up, down);
    let reversal = match &code.downgrade {
        Downgrade::Irreversible(reason) => Reversal::Irreversible(reason.clone()),
        _ if destroyed.previous.is_empty() && destroyed.next.is_empty() => Reversal::Lossless,
        _ => Reversal::Lossy(destroyed.clone()),
    };
    (reversal, destroyed)
}

impl Reversal {
    /// What is lost and when, one sentence each.
    pub(crate) fn words(&self) -> Vec<String> {
        match self {
            Self::Lossless | Self::Irreversible(_) => Vec::new(),
            Self::Lossy(destroyed) => {
                let up = destroyed.previous.iter().map(|hazard| format!("applying {}", hazard.message));
                let down = destroyed.next.iter().map(|hazard| format!("rolling back {}", hazard.message));
                up.chain(down).collect()
            }
        }
    }
}

impl fmt::Display for Reversal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lossless => f.write_str("lossless"),
            Self::Lossy(_) => write!(f, "lossy ({})", self.words().join("; ")),
            Self::Irreversible(reason) => write!(f, "irreversible ({reason})"),
        }
    }
}
