//! One direction of a migration, gone on a database with rows.

use std::collections::BTreeMap;

use whimbrel_schema::{Dialect, Name, Operation, Pair, Schema, UnmanagedKind, drift};

use super::compare::{Loss, Rows, line, lost, not_returned, numbers, rows as read, select};
use super::obstacle::may_refuse_rows;
use super::rows::{Narrowed, fill, narrow};
use super::{ACT, Catalogue, Failure, Problem, Replayed, Trace, catalogue_like, created, trace};
use crate::archive::Act;
use crate::driver::{Driver, Fault, Sqlite, ident};
use crate::error::Error;
use crate::execute::{prepare, run_steps};
use crate::project::Direction;

/// One direction.
pub(super) struct Way<'a> {
    pub(super) schemas: Pair<&'a Schema>,
    /// What databases of the schemas consist of.
    catalogues: Pair<&'a Catalogue>,
    operations: &'a [Operation],
    pub(super) direction: Direction,
    trace: Trace,
    ground: &'a dyn Ground,
}

/// What ways are gone on.
pub(super) trait Ground {
    /// A database of the schema before, without rows.
    fn empty(&self, way: &Way<'_>) -> Result<Sqlite<'static>, Error>;

    /// Goes the way.
    fn go(&self, way: &Way<'_>, driver: &mut Sqlite<'static>, load: Load) -> Result<(), Refused>;

    /// Whether Rust code of a migration is run as well.
    fn runs_code(&self) -> bool;
}

/// Why a way cannot be gone, and at which step.
pub(super) struct Refused {
    pub(super) step: Option<usize>,
    pub(super) message: String,
}

/// Operations by themselves, on databases of nothing but the schemas.
pub(super) struct Bare;

impl Ground for Bare {
    fn empty(&self, way: &Way<'_>) -> Result<Sqlite<'static>, Error> {
        created(way.schemas.previous)
    }

    /// With rows only the steps before Rust code are taken.
    fn go(&self, way: &Way<'_>, driver: &mut Sqlite<'static>, load: Load) -> Result<(), Refused> {
        let whole = |error: Error| Refused { step: None, message: error.message() };
        let mut prepared = prepare(Dialect::Sqlite, way.operations, way.schemas).map_err(whole)?;
        if let Some(known) = way.before_code().filter(|_| load != Load::Nothing) {
            prepared.steps.truncate(known);
        }
        let act = Act { direction: way.direction, ..ACT };
        let mut step = None;
        run_steps(driver, &prepared, &act, &mut step)
            .map_err(|error| Refused { step, message: error.message() })
    }

    fn runs_code(&self) -> bool {
        false
    }
}

/// With which rows a way begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Load {
    /// All that the schema before lets in.
    Every,
    /// Those that also keep the constraints of the schema after.
    Narrowed,
    /// None.
    Nothing,
}

impl<'a> Way<'a> {
    pub(super) fn new(
        schemas: Pair<&'a Schema>,
        catalogues: Pair<&'a Catalogue>,
        operations: &'a [Operation],
        direction: Direction,
        ground: &'a dyn Ground,
    ) -> Self {
        Self { schemas, catalogues, operations, direction, trace: trace(operations, schemas), ground }
    }

    /// How many steps there are before Rust code that is not run here.
    fn before_code(&self) -> Option<usize> {
        if self.ground.runs_code() {
            return None;
        }
        self.operations.iter().position(|operation| *operation == Operation::Code)
    }
}

/// Goes ways one after the other, the first one with rows. From the first Rust code on nobody knows what
/// rows there would be, so the ways are gone without any.
pub(super) fn travel(ways: &[&Way<'_>], after: &'static str, replayed: &mut Replayed) -> Result<(), Problem> {
    let code = ways.iter().position(|way| way.before_code().is_some());
    let known = code.unwrap_or(ways.len());
    if known > 0 {
        go_loaded(&ways[..known], after, replayed)?;
    } else if let Some(way) = ways.first() {
        go_loaded(&[way], after, replayed)?;
    }
    if code.is_some() {
        go(ways, Load::Nothing, after, &mut Replayed::default()).map(drop)?;
    }
    Ok(())
}

/// Goes with all rows, or with fewer if these are in the way of a constraint that a way adds.
fn go_loaded(ways: &[&Way<'_>], after: &'static str, replayed: &mut Replayed) -> Result<(), Problem> {
    for load in [Load::Every, Load::Narrowed] {
        match go(ways, load, after, replayed) {
            Err(Problem::Failed(failure)) if in_the_way(ways, &failure) => {}
            result => return result,
        }
    }
    replayed.without_rows.extend(ways.first().map(|way| way.direction.key()));
    go(ways, Load::Nothing, after, &mut Replayed::default())
}

/// Whether a way has failed at what rows of a real database may or may not be in the way of.
fn in_the_way(ways: &[&Way<'_>], failure: &Failure) -> bool {
    let Some(way) = ways.get(failure.gone).filter(|_| failure.refused) else { return false };
    let mut position = way.schemas.previous.clone();
    for (index, operation) in way.operations.iter().enumerate() {
        if failure.step.is_none_or(|step| step == index)
            && may_refuse_rows(operation, &position, way.schemas.next)
        {
            return true;
        }
        position = operation.apply(&position, way.schemas.next).unwrap_or(position);
    }
    false
}

fn go(ways: &[&Way<'_>], load: Load, after: &'static str, replayed: &mut Replayed) -> Result<(), Problem> {
    let Some(first) = ways.first() else { return Ok(()) };
    let mut driver = start(first, load)?;
    let mut there: Option<(Rows, &Trace)> = None;
    for (number, way) in ways.iter().enumerate() {
        let leg = Leg { way, load, number, after: after_what(number, after) };
        let (rows, numbered) = (read(&mut driver, way.schemas.previous)?, numbers(&mut driver)?);
        if number == 0 && load != Load::Nothing {
            let empty = way.schemas.previous.tables.keys().filter(|table| rows.count(table) == 0);
            replayed.empty.extend(empty.cloned());
        }
        leg.run(&mut driver)?;
        if load != Load::Nothing && way.before_code().is_some() {
            return Ok(());
        }
        leg.arrive(&mut driver)?;
        leg.keep(&mut driver, (&rows, &numbered))?;
        leg.come_back(&mut driver, there.as_ref())?;
        there = (number == 0).then_some((rows, &way.trace));
    }
    Ok(())
}

/// What had been done before a way, in words.
fn after_what(number: usize, after: &'static str) -> &'static str {
    match (number, after) {
        (0, after) => after,
        (1, "") => "after the upgrade",
        (1, _) => "after the downgrade",
        _ => "after the upgrade and the downgrade",
    }
}

/// A way as one of several.
struct Leg<'a> {
    way: &'a Way<'a>,
    load: Load,
    number: usize,
    after: &'static str,
}

impl Leg<'_> {
    /// Its steps are taken.
    fn run(&self, driver: &mut Sqlite<'static>) -> Result<(), Problem> {
        let result = self.way.ground.go(self.way, driver, self.load);
        let Err(Refused { step, message }) = result else { return Ok(()) };
        let first = self.number == 0;
        let row = if first { row_in_the_way(self.way, self.load, step, &message)? } else { None };
        let failure = self.failure(step, message, row.into_iter().collect());
        Err(Problem::Failed(Failure { refused: true, ..failure }))
    }

    /// The database is what a fresh one is.
    fn arrive(&self, driver: &mut Sqlite<'_>) -> Result<(), Problem> {
        let wanted = self.way.catalogues.next;
        let found = catalogue_like(driver, wanted)?;
        if found != *wanted
            && let Some(details) = self.drift(driver, &found.differences(wanted))?
        {
            let message = "the database is not what its schema says".to_owned();
            return Err(self.failed(None, message, details));
        }
        let unusable = driver.unusable()?;
        if !unusable.is_empty() {
            return Err(self.failed(None, "it leaves what cannot be used".to_owned(), unusable));
        }
        Ok(())
    }

    /// What catalogues that differ in their texts differ in as schemas; `None` if they mean the same, as
    /// where SQL by hand has other quotes.
    fn drift(&self, driver: &mut Sqlite<'_>, texts: &[String]) -> Result<Option<Vec<String>>, Problem> {
        let found = driver.introspect()?;
        let drift = drift(self.way.schemas.next, &found);
        let left = drift.beside.iter().filter(|beside| beside.reason.is_none());
        let left: Vec<String> = left.map(|beside| format!("+ {beside}")).collect();
        let unknown = found.unmanaged.iter().any(|part| part.kind != UnmanagedKind::Quirk);
        if drift.is_none() && left.is_empty() && !unknown {
            return Ok(None);
        }
        let words: Vec<String> = drift.differences.iter().map(ToString::to_string).chain(left).collect();
        Ok(Some(if words.is_empty() { texts.to_vec() } else { words }))
    }

    /// No row is lost that no hazard has named.
    fn keep(&self, driver: &mut Sqlite<'_>, before: (&Rows, &BTreeMap<String, i64>)) -> Result<(), Problem> {
        let losses = lost(driver, before, &self.way.trace, self.way.schemas)?;
        self.none(&losses, |loss| step_at_fault(self.way, loss))
    }

    /// What an upgrade took is there again; what a downgrade takes an upgrade creates anew.
    fn come_back(&self, driver: &mut Sqlite<'_>, there: Option<&(Rows, &Trace)>) -> Result<(), Problem> {
        let (1, Direction::Downgrade, Some((rows, trace))) = (self.number, self.way.direction, there) else {
            return Ok(());
        };
        let losses = not_returned(driver, rows, (trace, &self.way.trace), self.way.schemas.next)?;
        let of_table = |loss: &Loss| {
            self.way.operations.iter().position(|operation| operation.table() == Some(&loss.table))
        };
        self.none(&losses, of_table)
    }

    fn none(&self, losses: &[Loss], step: impl Fn(&Loss) -> Option<usize>) -> Result<(), Problem> {
        match losses {
            [] => Ok(()),
            [loss, rest @ ..] => {
                let rest = rest.iter().map(|loss| loss.message.clone()).collect();
                Err(self.failed(step(loss), loss.message.clone(), rest))
            }
        }
    }

    fn failed(&self, step: Option<usize>, message: String, details: Vec<String>) -> Problem {
        Problem::Failed(self.failure(step, message, details))
    }

    fn failure(&self, step: Option<usize>, message: String, details: Vec<String>) -> Failure {
        Failure {
            direction: self.way.direction,
            step,
            refused: false,
            message,
            gone: self.number,
            after: self.after,
            details,
        }
    }
}

/// A database of the schema before, with rows.
fn start(way: &Way<'_>, load: Load) -> Result<Sqlite<'static>, Error> {
    let mut driver = way.ground.empty(way)?;
    match load {
        Load::Nothing => {}
        Load::Every => fill(&mut driver, way.schemas.previous)?,
        Load::Narrowed => {
            let Narrowed { schema, create, drop } = narrow(way.schemas, &way.trace);
            // One that cannot be said of this schema is left out.
            create.iter().for_each(|sql| std::mem::drop(driver.execute(sql, &[])));
            fill(&mut driver, &schema)?;
            for sql in drop {
                driver.execute(&sql, &[])?;
            }
        }
    }
    Ok(driver)
}

/// The step that a loss is most likely to come from: the first one that changes its table, and for a
/// column the first that names it.
fn step_at_fault(way: &Way<'_>, loss: &Loss) -> Option<usize> {
    let mut name = loss.table.clone();
    let mut first = None;
    for (index, operation) in way.operations.iter().enumerate() {
        if let Operation::ExchangeTables { one, other } = operation {
            if name == *one || name == *other {
                name = if name == *one { other.clone() } else { one.clone() };
            }
            continue;
        }
        if operation.table() != Some(&name) {
            continue;
        }
        if let Operation::RenameTable { next, .. } = operation {
            name = next.clone();
            continue;
        }
        let names_column = match (operation, &loss.column) {
            (Operation::AlterTable { alterations, .. }, Some(column)) => {
                alterations.iter().any(|alteration| alteration.to_string().contains(column.as_str()))
            }
            _ => true,
        };
        if names_column {
            return Some(index);
        }
        first.get_or_insert(index);
    }
    first
}

/// The row that a step is refused for: the one with which alone it fails in the same way.
fn row_in_the_way(
    way: &Way<'_>,
    load: Load,
    step: Option<usize>,
    message: &str,
) -> Result<Option<String>, Fault> {
    let table = step.and_then(|step| way.operations.get(step)?.table());
    let Some(table) = table.and_then(|table| way.schemas.previous.table(table.as_str())) else {
        return Ok(None);
    };
    let columns: Vec<Name> = table.written_columns().map(|column| column.name.clone()).collect();
    let name = ident(table.name.as_str());
    for number in 0.. {
        let Ok(mut driver) = start(way, load) else { return Ok(None) };
        if select(&mut driver, &table.name, &columns)?.len() <= number {
            break;
        }
        let others = match table.options.sqlite.without_rowid {
            true => return Ok(None),
            false => format!(
                "DELETE FROM main.{name} WHERE _rowid_ NOT IN (SELECT _rowid_ FROM main.{name} LIMIT 1 OFFSET {number})"
            ),
        };
        driver.execute("PRAGMA foreign_keys = OFF", &[])?;
        if driver.execute(&others, &[]).is_err() {
            return Ok(None);
        }
        driver.execute("PRAGMA foreign_keys = ON", &[])?;
        let rows = select(&mut driver, &table.name, &columns)?;
        if let (Err(refused), Some(row)) = (way.ground.go(way, &mut driver, load), rows.first())
            && refused.message == message
        {
            let names: Vec<&str> = columns.iter().map(Name::as_str).collect();
            return Ok(Some(format!("the row of {} ({}): {}", table.name, names.join(", "), line(row))));
        }
    }
    Ok(None)
}
