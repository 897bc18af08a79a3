//! What an operation may destroy, break or be unable to do.
//!
//! [`HazardCode::RULES`] is the catalogue; each family of it is judged in a room of its own. Nothing here
//! knows how whimbrel.toml weighs a rule: that is [`HazardPolicy`].

mod code;
mod compatibility;
mod data;
mod destructive;
mod mysql;
mod policy;
mod postgres;
mod rule;
mod shape;
mod site;
mod sqlite;
mod written;

use std::fmt;

pub use code::{Elsewhere, HazardCode};
pub use policy::HazardPolicy;
pub use rule::{Phase, Rule, Severity};

use crate::{Dialect, Keeping, Operation, Pair, Probe, Schema};
use site::{Before, Site};

/// A danger of an operation, with the name by which it is accepted and allowed.
///
/// Found from the operations of a migration, hand-written ones included; neither the diff nor the
/// renderers know of hazards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazard {
    /// The rule that found it.
    pub code: HazardCode,
    /// What it is about, as `users.tz`.
    pub object: String,
    /// What happens, in words.
    pub message: String,
    /// What the archive keeps of what goes.
    pub keeping: Keeping,
    /// The number of the first operation that has it, from 0.
    pub step: usize,
    /// Whether its step is to be done online: then it weighs as if all were.
    pub online: bool,
    /// The databases on which it is a danger.
    pub dialects: Vec<Dialect>,
    /// What to count in the rows that are there, where that decides. None of it clears the hazard if all
    /// are 0; there is none where steps before it change these rows.
    pub probes: Vec<Probe>,
}

/// The version of the catalogue of rules, recorded in every snapshot.
pub const HAZARD_CATALOGUE: u32 = 1;

impl Hazard {
    /// The name by which it is accepted or allowed: `WHD102:users.tz`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.code, self.object)
    }

    /// What happens, and of what the archive keeps nothing because it is personal.
    pub fn words(&self) -> String {
        match &self.keeping {
            Keeping::Whole | Keeping::Nothing => self.message.clone(),
            personal @ (Keeping::Without(_) | Keeping::PersonalKey(_)) => {
                format!("{}{personal}", self.message)
            }
        }
    }

    /// Whether one of these databases has it.
    pub fn is_on(&self, dialects: &[Dialect]) -> bool {
        self.dialects.iter().any(|dialect| dialects.contains(dialect))
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.words())
    }
}

/// The hazards of operations that start at `position` and lead to `target`, on all databases.
///
/// Objects created by the same operations have nothing to lose and nobody who waits for them, so of
/// these only what is said of their shape is left.
///
/// ```
/// use whimbrel_schema::{Name, Operation, Schema, Table, hazards};
///
/// let mut schema = Schema::default();
/// schema.insert(Table::new(Name::new("emails")));
/// let drop = Operation::DropTable { table: Name::new("emails") };
/// let hazards = hazards(&[drop], &schema, &Schema::default());
/// assert_eq!(hazards[0].name(), "WHD101:emails");
/// ```
pub fn hazards<'a>(
    operations: impl IntoIterator<Item = &'a Operation>,
    position: &Schema,
    target: &Schema,
) -> Vec<Hazard> {
    along(operations, position, target, &mut Before::default())
}

/// The hazards of several migrations in a row, for each of them: the operations of each, with the schema
/// that it leads to. What one creates is new to all that follow, and what they find in its tables is not
/// what is there before the first.
pub fn hazards_in_a_row(migrations: &[(&[Operation], &Schema)], position: &Schema) -> Vec<Vec<Hazard>> {
    let mut before = Before::default();
    let mut position = position;
    let mut all = Vec::with_capacity(migrations.len());
    for (operations, target) in migrations {
        all.push(along(*operations, position, target, &mut before));
        position = target;
    }
    all
}

fn along<'a>(
    operations: impl IntoIterator<Item = &'a Operation>,
    position: &Schema,
    target: &Schema,
    before: &mut Before,
) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    let mut schema = position.clone();
    for (step, operation) in operations.into_iter().enumerate() {
        let next = operation.apply(&schema, target).unwrap_or_else(|_| schema.clone());
        let schemas = Pair::new(&schema, &next);
        let site = Site { step, operation, schemas, target, before };
        for family in FAMILIES {
            add_new(&mut hazards, family(&site));
        }
        before.after(operation, schemas);
        schema = next;
    }
    hazards
}

/// The judges, in the order in which what they find is told.
const FAMILIES: [fn(&Site<'_>) -> Vec<Hazard>; 8] = [
    destructive::judge,
    compatibility::judge,
    data::judge,
    postgres::judge,
    mysql::judge,
    sqlite::judge,
    written::judge,
    shape::judge,
];

/// What rolling back destroys and nobody can keep, told on the way up: from the hazards of a downgrade.
pub fn rollback_hazards(downgrade: &[Hazard]) -> Vec<Hazard> {
    let lost = downgrade
        .iter()
        .filter(|hazard| hazard.code.destroys() && !hazard.code.is_statement() && !hazard.keeping.is_whole());
    let hazard = |lost: &Hazard| Hazard {
        code: HazardCode::LossyRollback,
        object: lost.object.clone(),
        message: format!("rolling back {}", lost.words()),
        keeping: Keeping::Whole,
        step: 0,
        online: false,
        dialects: lost.dialects.clone(),
        probes: Vec::new(),
    };
    lost.map(hazard).collect()
}

/// Several steps that do the same are one danger.
fn add_new(hazards: &mut Vec<Hazard>, found: Vec<Hazard>) {
    for hazard in found {
        let known = hazards.iter_mut().find(|known| {
            known.code == hazard.code && known.object == hazard.object && known.message == hazard.message
        });
        match known {
            Some(known) => {
                known.dialects.extend(hazard.dialects);
                known.dialects.sort();
                known.dialects.dedup();
            }
            None => hazards.push(hazard),
        }
    }
}
