//! Rows that are made in one thread while those before them are loaded in another.
//!
//! Each value follows from where it stands, so it does not matter when it is made; and the rows come in their
//! order, because there is one that makes them and one that loads them.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use whimbrel_schema::seed::{Unmade, World};
use whimbrel_schema::{Column, Value};

use super::batch::Batch;
use super::clean::KeptRow;
use super::load::{Load, place_of};
use crate::driver::Target;
use crate::error::Error;

/// What is made.
pub(super) struct Makers<'m> {
    pub(super) load: &'m Load<'m>,
    pub(super) world: &'m World<'m>,
    pub(super) table: usize,
    pub(super) columns: &'m [&'m Column],
    pub(super) target: &'m Target<'m>,
    /// Rows of an earlier load that stay, by their places.
    pub(super) kept: &'m BTreeMap<u64, &'m KeptRow>,
}

/// What is to be done next.
pub(super) enum Step<'s> {
    /// Rows are to be inserted, and written down.
    Rows(&'s mut Batch),
    /// A row of an earlier load is to be made what it is now.
    Renewed(Vec<Option<Value>>, &'s KeptRow),
    /// A row of an earlier load stays as it is.
    Left,
}

/// On its way from one thread to the other.
enum Made<'m> {
    Rows(Batch),
    Renewed(Vec<Option<Value>>, &'m KeptRow),
    Left,
}

/// Batches that wait to be loaded. More of them take more memory, and nobody is faster for them.
const WAITING: usize = 1;

/// Makes the rows of a table that are made, and gives what is to be done with them to `load`; first with the
/// rows of a batch that was begun.
pub(super) fn each_step(
    makers: &Makers<'_>,
    mut begun: Batch,
    load: &mut dyn FnMut(Step<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let rows = &makers.load.definition().tables[makers.table];
    if makers.world.count(makers.load.set, makers.table) == rows.rows.len() as u64 {
        return load(Step::Rows(&mut begun));
    }
    let (steps, made) = sync_channel(WAITING);
    let (back, empty) = channel();
    thread::scope(|scope| {
        let maker = thread::Builder::new()
            .name("whimbrel-seed".to_owned())
            .spawn_scoped(scope, move || makers.make(begun, &steps, &empty))
            .map_err(|error| Error::failed(format!("rows cannot be made in a thread: {error}")))?;
        let loaded = made.iter().try_for_each(|step| match step {
            Made::Rows(mut batch) => {
                load(Step::Rows(&mut batch))?;
                // Whoever makes rows may have made the last one.
                let _ = back.send(batch);
                Ok(())
            }
            Made::Renewed(values, kept) => load(Step::Renewed(values, kept)),
            Made::Left => load(Step::Left),
        });
        // Nobody takes in what is made after an error.
        drop(made);
        let made = maker.join().unwrap_or_else(|panic| resume_unwind(panic));
        loaded.and(made)
    })
}

/// Why no more rows are made.
enum Stop {
    Unmade(Unmade),
    /// Nobody loads them.
    Unwanted,
}

impl Makers<'_> {
    fn make<'m>(
        &'m self,
        mut batch: Batch,
        steps: &SyncSender<Made<'m>>,
        empty: &Receiver<Batch>,
    ) -> Result<(), Error> {
        let rows = &self.load.definition().tables[self.table];
        let name = rows.table.name.as_str();
        let send = |made| steps.send(made).map_err(|_| Stop::Unwanted);
        let made = self.world.each_made(self.load.set, self.table, &mut |row| {
            let label = self.world.label(row);
            match self.kept.get(&row.ordinal) {
                Some(kept) if self.load.renews(name, kept) => {
                    let values = self.world.values(row).map_err(Stop::Unmade)?;
                    batch.note(rows, self.columns, row, label, &values);
                    send(Made::Renewed(values, kept))?;
                }
                Some(_) => send(Made::Left)?,
                None => {
                    let start = batch.rows.values.len();
                    self.world.append_values(row, &mut batch.rows.values).map_err(Stop::Unmade)?;
                    batch.pushed(rows, self.columns, row, label, start);
                }
            }
            if batch.is_full() {
                let mut next = empty.try_recv().unwrap_or_default();
                next.clear_rows();
                self.target.prepare(&mut batch.rows);
                send(Made::Rows(std::mem::replace(&mut batch, next)))?;
            }
            Ok(())
        });
        self.target.prepare(&mut batch.rows);
        match made.and_then(|()| send(Made::Rows(batch))) {
            Ok(()) | Err(Stop::Unwanted) => Ok(()),
            Err(Stop::Unmade(problem)) => Err(place_of(problem, name)),
        }
    }
}
