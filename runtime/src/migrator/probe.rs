//! What the rows of a database say about the hazards of migrations, asked before the first statement.

use whimbrel_schema::{Capabilities, Operation, Probe, Query, Schema, hazards_in_a_row, probe_query};

use super::task::{Route, place};
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::project::Direction;

/// What the rows that are there say about a hazard.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probed {
    /// The revision whose migration has the hazard.
    pub revision: String,
    /// The hazard's name, as `WHM301:users.email`.
    pub name: String,
    /// What the migration does, in words.
    pub words: String,
    /// How many rows matter; 0 clears the hazard on this database.
    pub count: i64,
    /// What so many rows are called.
    pub found: String,
    /// The table that has them.
    pub table: String,
    /// The keys of the first of them, where the table has a key.
    pub sample: Vec<String>,
    /// Whether the migration fails while there are such rows.
    pub fails: bool,
    /// The SQL that found them.
    pub query: String,
}

/// Which hazards are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All that rows can tell of.
    All,
    /// Those by which a migration fails.
    Failures,
}

/// Asks the database what its rows say about tasks that start here. What cannot be asked is left out: a
/// table that is not as the history says makes the migration itself fail, which tells more.
pub(super) fn ask(driver: &mut dyn Driver, route: &Route, wanted: Wanted) -> Vec<Probed> {
    let Route { tasks, jump, .. } = route;
    let Some(first) = tasks.first() else { return Vec::new() };
    // Where nothing is applied there are no rows.
    if jump.is_some() || first.direction == Direction::Upgrade && first.head_before().is_none() {
        return Vec::new();
    }
    let migrations: Vec<(&[Operation], &Schema)> =
        tasks.iter().map(|task| (&task.operations[..], &task.schemas.next)).collect();
    let position = &first.schemas.previous;
    let capabilities = driver.capabilities();
    let all = hazards_in_a_row(&migrations, position);
    let mut asked = Vec::new();
    for (task, hazards) in tasks.iter().zip(&all) {
        let here = hazards.iter().filter(|hazard| hazard.dialects.contains(&capabilities.dialect));
        for hazard in here {
            for probe in
                hazard.probes.iter().filter(|probe| wanted == Wanted::All || fails(probe, capabilities))
            {
                let Some(query) = probe_query(capabilities.dialect, probe, position) else { continue };
                let Some(count) = count(driver, &query) else { continue };
                asked.push(Probed {
                    revision: task.migration.revision.to_owned(),
                    name: hazard.name(),
                    words: hazard.message.clone(),
                    count,
                    found: probe.question.found(count),
                    table: probe.rows.table.to_string(),
                    sample: if count > 0 { sample(driver, &query) } else { Vec::new() },
                    fails: fails(probe, capabilities),
                    query: query.count,
                });
            }
        }
    }
    asked
}

/// Whether the step fails on a database that has such rows.
fn fails(probe: &Probe, capabilities: &Capabilities) -> bool {
    probe.question.fails() || (probe.question.is_unfit() && capabilities.refuses_unfit)
}

fn count(driver: &mut dyn Driver, query: &Query) -> Option<i64> {
    let rows = driver.execute(&query.count, &[]).ok()?;
    rows.into_iter().next()?.into_iter().next()?.integer()
}

fn sample(driver: &mut dyn Driver, query: &Query) -> Vec<String> {
    let Some(sample) = &query.sample else { return Vec::new() };
    let rows = driver.execute(sample, &[]).unwrap_or_default();
    let key = |row: Vec<crate::driver::Cell>| {
        let cells = row.into_iter().map(|cell| cell.shown().unwrap_or_else(|| "NULL".to_owned()));
        cells.collect::<Vec<_>>().join(", ")
    };
    rows.into_iter().map(key).collect()
}

impl Probed {
    /// The rows in words, with the keys of the first: `3 rows with the values of another, in users: 4, 9, 12`.
    pub fn rows(&self) -> String {
        let keys = match &self.sample[..] {
            [] => String::new(),
            sample => {
                let more = if i64::try_from(sample.len()).is_ok_and(|shown| shown < self.count) {
                    ", .."
                } else {
                    ""
                };
                format!(": {}{more}", sample.join("; "))
            }
        };
        format!("{}, in {}{keys}", self.found, self.table)
    }
}

/// Refuses tasks that rows of the database would make fail, before anything is done.
pub(super) fn check(driver: &mut dyn Driver, route: &Route) -> Result<(), Error> {
    let found: Vec<Probed> =
        ask(driver, route, Wanted::Failures).into_iter().filter(|probed| probed.count > 0).collect();
    let Some(first) = found.first() else { return Ok(()) };
    let here: Vec<&Probed> = found.iter().filter(|probed| probed.revision == first.revision).collect();
    let lines: String = here
        .iter()
        .map(|probed| format!("\n  {} {}: {}", probed.name, probed.words, probed.rows()))
        .collect();
    let error = Error::new(ErrorKind::Refused, format!("rows of the database would make it fail:{lines}"))
        .help("mend these rows, here or by a data step before the change; nothing was done");
    let error = here.iter().fold(error, |error, probed| error.help(format!("count them: {}", probed.query)));
    let task = route.tasks.iter().find(|task| task.migration.revision == first.revision);
    Err(match task {
        Some(task) => error.context(place(task.migration, task.direction)),
        None => error,
    })
}
