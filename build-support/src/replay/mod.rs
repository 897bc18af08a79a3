//! Migrations tried on databases with rows, before any real database has them.
//!
//! ```text
//! Analysis --> migrations not proven yet --whimbrel::replay--> diagnostics
//! ```
//!
//! The only room that knows the runtime, and with it SQLite. The feature `replay` takes both out.

mod proven;
mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::num::NonZero;
use std::thread;

use whimbrel::replay::{Problem, Replayed, Subject, new_defects};
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
    let links = &analysis.chain.links;
    let nothing = Schema::default();
    let before = std::iter::once(&nothing).chain(links.iter().map(|link| &link.schema));
    let pending: Vec<Pending<'_>> = links
        .iter()
        .zip(before)
        .filter_map(|(link, previous)| {
            let (code, hash) = (link.code.as_ref()?, link.hash.as_ref()?);
            (!proven.has(hash)).then_some(Pending { previous, link, code, hash })
        })
        .collect();
    for (Pending { link, code, hash, .. }, result) in pending.iter().zip(run_all(&pending)) {
        // The newest schema files say the same as the last snapshot, and are what people edit.
        let is_newest =
            analysis.ahead.is_none() && links.last().is_some_and(|last| last.number == link.number);
        let newest = is_newest.then_some(&analysis.schema.origins);
        let origins: Vec<&Origins> = newest.into_iter().chain([&link.origins]).collect();
        if found.take(link, code, result, &origins) {
            proven.add(hash);
        }
    }
    proven.keep(links.iter().filter_map(|link| link.hash.as_deref()));
    if analysis.ahead.is_some() {
        let head = links.last().map_or(&nothing, |link| &link.schema);
        found.defects(head, &analysis.schema.schema, &[&analysis.schema.origins]);
    }
    analysis.diagnostics.extend(found.diagnostics);
    found.notes.into_iter().collect()
}

/// What is wrong with a new migration that leads from a schema; its objects are those of the schema
/// files, to whose places messages point.
pub(crate) fn prove(config: &Config, previous: &Schema, link: &Link, origins: &Origins) -> Vec<Diagnostic> {
    let mut found = Found::default();
    if let (Some(code), true) = (&link.code, on_sqlite(config)) {
        found.take(link, code, run(previous, link, code), &[origins, &link.origins]);
    }
    found.diagnostics
}

fn on_sqlite(config: &Config) -> bool {
    config.dialects.contains(&Dialect::Sqlite)
}

/// A migration that is to be replayed.
struct Pending<'a> {
    previous: &'a Schema,
    link: &'a Link,
    code: &'a MigrationCode,
    hash: &'a str,
}

/// Fewer are not worth a thread.
const SHARE: usize = 8;

/// Replays migrations, each by itself, so on all processors; what comes back is in their order.
fn run_all(pending: &[Pending<'_>]) -> Vec<Result<Replayed, Problem>> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let share = pending.len().div_ceil(processors).max(SHARE);
    let run_share = |share: &[Pending<'_>]| -> Vec<Result<Replayed, Problem>> {
        share.iter().map(|Pending { previous, link, code, .. }| run(previous, link, code)).collect()
    };
    thread::scope(|scope| {
        let threads: Vec<_> =
            pending.chunks(share).map(|share| (share, scope.spawn(move || run_share(share)))).collect();
        // Where a thread has panicked, this one tries, and says why.
        threads
            .into_iter()
            .flat_map(|(share, thread)| thread.join().unwrap_or_else(|_| run_share(share)))
            .collect()
    })
}

/// Replays one migration.
fn run(previous: &Schema, link: &Link, code: &MigrationCode) -> Result<Replayed, Problem> {
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
    whimbrel::replay::replay(&Subject { schemas, upgrade: &upgrade, downgrade: downgrade.as_deref() })
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
    /// Takes the result of one replay; whether the migration holds.
    fn take(
        &mut self,
        link: &Link,
        code: &MigrationCode,
        result: Result<Replayed, Problem>,
        origins: &[&Origins],
    ) -> bool {
        match result {
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
