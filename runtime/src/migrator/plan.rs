//! What would be done.

use whimbrel_schema::Statement;

use super::jump::Jump;
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
    /// The revisions that a jump leads over on an empty database, this one among them: all are applied by
    /// creating what they lead to. Empty where the migration is taken by its own steps.
    pub jump: Vec<String>,
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
    pub(super) fn jump(jump: Jump) -> Option<Self> {
        let last = jump.migrations.last()?;
        Some(Self {
            revision: last.revision.to_owned(),
            jump: jump.migrations.iter().map(|migration| migration.revision.to_owned()).collect(),
            direction: Direction::Upgrade,
            reversal: last.reversal,
            destroys: &[],
            archives: false,
            probes: Vec::new(),
            steps: jump.prepared.steps.into_iter().map(PlannedStep::from).collect(),
        })
    }

    pub(super) fn new(task: Task, archives: bool, probed: &[Probed]) -> Self {
        Self {
            revision: task.migration.revision.to_owned(),
            jump: Vec::new(),
            direction: task.direction,
            reversal: task.migration.reversal,
            destroys: task.destroys(),
            archives,
            probes: probed.iter().filter(|one| one.revision == task.migration.revision).cloned().collect(),
            steps: task.prepared.steps.into_iter().map(PlannedStep::from).collect(),
        }
    }
}

impl From<PreparedStep> for PlannedStep {
    fn from(PreparedStep { text, statements, runs_code, touches: _ }: PreparedStep) -> Self {
        Self { text, statements, runs_code }
    }
}
