//! What would be done.

use whimbrel_schema::Statement;

use super::probe::Probed;
use super::task::Task;
use crate::execute::PreparedStep;
use crate::project::{Destruction, Direction, Reversal};

/// A migration that would be applied or rolled back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Planned {
    /// Its revision.
    pub revision: String,
    /// Which way it would be taken.
    pub direction: Direction,
    /// What going up and back does to data.
    pub reversal: Reversal,
    /// What this way destroys.
    pub destroys: &'static [Destruction],
    /// Whether the archive keeps of that what it can.
    pub archives: bool,
    /// What the rows that are there say about its hazards.
    pub probes: Vec<Probed>,
    /// Its steps, in order.
    pub steps: Vec<PlannedStep>,
}

/// A step that would be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedStep {
    /// What it does, in whimbrel's words.
    pub text: String,
    /// Its SQL.
    pub statements: Vec<Statement>,
    /// Whether it runs Rust code of the migration, whose SQL nobody knows before.
    pub runs_code: bool,
}

impl Planned {
    pub(super) fn new(task: Task, archives: bool, probed: &[Probed]) -> Self {
        let step = |step: PreparedStep| {
            let PreparedStep { text, statements, runs_code } = step;
            PlannedStep { text, statements, runs_code }
        };
        Self {
            revision: task.migration.revision.to_owned(),
            direction: task.direction,
            reversal: task.migration.reversal,
            destroys: task.destroys(),
            archives,
            probes: probed.iter().filter(|one| one.revision == task.migration.revision).cloned().collect(),
            steps: task.prepared.steps.into_iter().map(step).collect(),
        }
    }
}
