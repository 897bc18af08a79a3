//! Migrations tried on databases with rows, before any real database has them.
//!
//! ```text
//! Analysis --> migrations not proven yet --whimbrel::replay--> diagnostics
//! ```
//!
//! The only room that knows the runtime, and with it SQLite. The feature `replay` takes both out.

mod proven;
mod report;

use std::collections::BTreeSet;

use whimbrel::replay::{Problem, Replayed, Subject, new_defects, replay as run};
use whimbrel_schema::{Config, Diagnostic, Dialect, Object, Operation, Origins, Pair, Schema};

pub(crate) use self::proven::Proven;
use self::report::{failed, rejected};
use crate::analysis::Analysis;
use crate::chain::Link;
use crate::code::{Downgrade, Function, MigrationCode};

/// Replays the migrations that are not proven yet, adds what is wrong with them to the analysis, and
/// notes those that hold. Gives back what could not be tried, in words.
///
/// Where something is wrong already, or SQLite is none of the databases, nothing is replayed.
pub(crate) fn replay(analysis: &mut Analysis, proven: &mut Proven) -> Vec<String> {
    if !analysis.diagnostics.is_empty() || !analysis.chain.complete || !on_sqlite(&analysis.config) {
        return Vec::new();
    }
    let mut found = Found::default();
    let nothing = Schema::default();
    let mut previous = &nothing;
    let head = analysis.chain.links.len().saturating_sub(1);
    for (index, link) in analysis.chain.links.iter().enumerate() {
        if let (Some(code), Some(hash)) = (&link.code, &link.hash)
            && !proven.has(hash)
        {
            // The newest schema files say the same as the last snapshot, and are what people edit.
            let newest = (index == head && analysis.ahead.is_none()).then_some(&analysis.schema.origins);
            let origins: Vec<&Origins> = newest.into_iter().chain([&link.origins]).collect();
            if found.replay(previous, link, code, &origins) {
                proven.add(hash);
            }
        }
        previous = &link.schema;
    }
    proven.keep(analysis.chain.links.iter().filter_map(|link| link.hash.as_deref()));
    if analysis.ahead.is_some() {
        found.defects(previous, &analysis.schema.schema, &[&analysis.schema.origins]);
    }
    analysis.diagnostics.extend(found.diagnostics);
    found.notes.into_iter().collect()
}

/// What is wrong with a new migration that leads from a schema; its objects are those of the schema
/// files, to whose places messages point.
pub(crate) fn prove(config: &Config, previous: &Schema, link: &Link, origins: &Origins) -> Vec<Diagnostic> {
    let mut found = Found::default();
    if let (Some(code), true) = (&link.code, on_sqlite(config)) {
        found.replay(previous, link, code, &[origins, &link.origins]);
    }
    found.diagnostics
}

fn on_sqlite(config: &Config) -> bool {
    config.dialects.contains(&Dialect::Sqlite)
}

/// What replays have found.
#[derive(Default)]
struct Found {
    diagnostics: Vec<Diagnostic>,
    /// Objects that SQLite refuses, each of which is told once.
    rejected: BTreeSet<Object>,
    notes: BTreeSet<String>,
}

impl Found {
    /// Replays one migration; whether it holds.
    fn replay(&mut self, previous: &Schema, link: &Link, code: &MigrationCode, origins: &[&Origins]) -> bool {
        let operations = |function: &Function| -> Vec<Operation> {
            function.steps.iter().map(|step| step.operation.clone()).collect()
        };
        let upgrade = operations(&code.upgrade);
        let downgrade = match &code.downgrade {
            Downgrade::Function(function) => Some(operations(function)),
            Downgrade::NothingToUndo(_) => Some(Vec::new()),
            Downgrade::Irreversible(_) => None,
        };
        let schemas = Pair::new(previous, &link.schema);
        match run(&Subject { schemas, upgrade: &upgrade, downgrade: downgrade.as_deref() }) {
            Ok(replayed) => {
                self.notes.extend(notes(link, &replayed));
                true
            }
            Err(Problem::Failed(failure)) => {
                self.diagnostics.push(failed(link, code, &failure));
                false
            }
            Err(Problem::Rejected(defects)) => {
                for defect in defects {
                    if self.rejected.insert(defect.object.clone()) {
                        self.diagnostics.push(rejected(&defect, origins, link.header.revision));
                    }
                }
                false
            }
            // What cannot be tried is no mistake of the migration's author.
            Err(Problem::Broken(error)) => {
                self.notes.insert(format!("{} could not be tried: {}", link.revision(), error.message()));
                false
            }
        }
    }

    /// What SQLite refuses of a schema that no migration leads to yet.
    fn defects(&mut self, previous: &Schema, next: &Schema, origins: &[&Origins]) {
        for defect in new_defects(Pair::new(previous, next)).unwrap_or_default() {
            let known = origins.iter().find_map(|origins| report::place(origins, &defect.object));
            if let (Some(place), true) = (known, self.rejected.insert(defect.object.clone())) {
                self.diagnostics.push(rejected(&defect, origins, place));
            }
        }
    }
}

fn notes(link: &Link, replayed: &Replayed) -> Vec<String> {
    let empty = replayed.empty.iter().map(|table| format!("no rows could be made for {table}"));
    let without = replayed.without_rows.iter().map(|direction| {
        format!(
            "{} was tried without rows in its {direction}: it adds constraints that rows may be in the way of",
            link.revision()
        )
    });
    empty.chain(without).collect()
}
