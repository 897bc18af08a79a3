//! What going up and back does to data.

use std::fmt;

use whimbrel_schema::{Dialect, Hazard, HazardCode, Pair, Schema, hazards, rollback_hazards};

use crate::code::{Downgrade, Function, MigrationCode};

/// A fact of every migration, computed from its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reversal {
    /// Nothing is dropped in either direction.
    Lossless,
    /// What is dropped, in either direction, passes through the archive.
    Archived(Pair<Vec<Hazard>>),
    /// Something is dropped that cannot be kept, or hand-written code may lose anything.
    Lossy(Pair<Vec<Hazard>>),
    /// There is no way back, for this reason.
    Irreversible(String),
}

/// The hazards of a migration: `previous` of its upgrade, `next` of its downgrade. What the way back loses
/// is a hazard of the way up as well.
pub(crate) fn migration_hazards(code: &MigrationCode, schemas: Pair<&Schema>) -> Pair<Vec<Hazard>> {
    let of = |function: &Function, schemas: Pair<&Schema>| {
        hazards(function.steps.iter().map(|step| &step.operation), schemas.previous, schemas.next)
    };
    let down = match &code.downgrade {
        Downgrade::Function(function) => of(function, schemas.swap()),
        Downgrade::NothingToUndo(_) | Downgrade::Irreversible(_) => Vec::new(),
    };
    let mut up = of(&code.upgrade, schemas);
    up.extend(rollback_hazards(&down));
    Pair::new(up, down)
}

/// The reversal of a migration, and what it destroys: `previous` by its upgrade, `next` by its
/// downgrade. What it would destroy on databases that the project is not for is none of its business.
pub(crate) fn reversal(
    code: &MigrationCode,
    hazards: Pair<&Vec<Hazard>>,
    dialects: &[Dialect],
) -> (Reversal, Pair<Vec<Hazard>>) {
    let destroyed = hazards.map(|hazards| {
        let destroys = |hazard: &&Hazard| hazard.code.destroys() && hazard.is_on(dialects);
        hazards.iter().filter(destroys).cloned().collect::<Vec<Hazard>>()
    });
    let reversal = match &code.downgrade {
        Downgrade::Irreversible(reason) => Reversal::Irreversible(reason.clone()),
        _ if destroyed.previous.is_empty() && destroyed.next.is_empty() => Reversal::Lossless,
        _ if destroyed.previous.iter().chain(&destroyed.next).all(|hazard| hazard.keeping.is_whole()) => {
            Reversal::Archived(destroyed.clone())
        }
        _ => Reversal::Lossy(destroyed.clone()),
    };
    (reversal, destroyed)
}

impl Reversal {
    /// Its name.
    pub(crate) const fn key(&self) -> &'static str {
        match self {
            Self::Lossless => "lossless",
            Self::Archived(_) => "archived",
            Self::Lossy(_) => "lossy",
            Self::Irreversible(_) => "irreversible",
        }
    }

    /// What is lost and when, one sentence each.
    pub(crate) fn words(&self) -> Vec<String> {
        match self {
            Self::Lossless | Self::Irreversible(_) => Vec::new(),
            Self::Archived(destroyed) | Self::Lossy(destroyed) => {
                let words = |act: &str, hazard: &Hazard| {
                    let lost = match hazard.code {
                        HazardCode::Opaque => ", and nobody knows what it loses".to_owned(),
                        _ => hazard.keeping.to_string(),
                    };
                    format!("{act} {}{lost}", hazard.message)
                };
                let up = destroyed.previous.iter().map(|hazard| words("applying", hazard));
                let down = destroyed.next.iter().map(|hazard| words("rolling back", hazard));
                up.chain(down).collect()
            }
        }
    }
}

impl fmt::Display for Reversal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())?;
        match self {
            Self::Lossless => Ok(()),
            Self::Archived(_) | Self::Lossy(_) => write!(f, " ({})", self.words().join("; ")),
            Self::Irreversible(reason) => write!(f, " ({reason})"),
        }
    }
}
