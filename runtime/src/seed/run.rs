//! Sets, one after the other, each in a transaction of its own.

use std::cell::RefCell;
use std::time::{Instant, SystemTime};

use whimbrel_schema::seed::{Loading, Mode, Seeds, World};

use super::clean::{KeptRow, KeptRows, clean as clean_set};
use super::ledger::{self, LedgerRow, LoadedSet};
use super::load::{Load, key_values, place, unmade};
use super::report::{Cleaned, Outcome, SeedProgress, SeedReport, SeededSet};
use super::seeder::{Meant, Scope, Seeder, Wish};
use super::sources;
use crate::clock::timestamp;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::execute::{Prepared, in_transaction, undone};

/// Loads sets.
pub(super) fn run(seeder: &mut Seeder<'_>, scope: Scope<'_>) -> Result<SeedReport, Error> {
    seeder.ready()?;
    let policy = seeder.policy()?;
    let sets = seeder.meant(scope, &policy)?;
    policy.check_sets(&seeder.seeds, sets.iter().map(|meant| meant.set))?;
    policy.check_confirmed(seeder.options.confirmed.as_deref())?;
    let (seed, size) = seeder.values(&policy)?;
    let project = seeder.migrator.project();
    let Seeder { migrator, schema, seeds, progress, .. } = seeder;
    let mut silent = |_: SeedProgress<'_>| {};
    // Both who waits and who loads have something to tell.
    let tell: RefCell<&mut dyn FnMut(SeedProgress<'_>)> = RefCell::new(match progress {
        Some(progress) => progress,
        None => &mut silent,
    });
    let functions = |path: &str, call: &mut super::Call| sources::call(project, path, call);
    let mut report = SeedReport { sets: Vec::new() };
    let result = migrator.shut_in(|driver| {
        ledger::create(driver)?;
        let now = timestamp(SystemTime::now());
        if let Some(name) = policy.name.as_deref().filter(|_| !sets.is_empty()) {
            in_transaction(driver, &Prepared::nothing(), &mut |_| {}, |driver| {
                match ledger::environment(driver)? {
                    Some(_) => Ok(()),
                    None => ledger::set_environment(driver, name, &now),
                }
            })?;
        }
        let mut world = World::new(seeds, &functions);
        for Meant { set, wish } in &sets {
            let begun = Instant::now();
            let load = Load { seeds, set: *set, seed: &seed, size, now: &now, protected: policy.protected };
            let definition = &seeds.sets[*set];
            let done = in_transaction(
                driver,
                &Prepared::nothing(),
                &mut |holder| (tell.borrow_mut())(SeedProgress::Waiting { holder }),
                |driver| {
                    one(driver, schema, (&load, *wish), &mut world, &mut |told| (tell.borrow_mut())(told))
                },
            );
            let mut done =
                done.map_err(|error| error.context(format!("set `{}` cannot be loaded", definition.name)))?;
            done.duration = begun.elapsed();
            (tell.borrow_mut())(SeedProgress::Set(&done));
            report.sets.push(done);
        }
        Ok(())
    });
    match result {
        Ok(()) => Ok(report),
        Err(error) => Err(error.after(report.sets.into_iter().map(|set| set.name))),
    }
}

fn one(
    driver: &mut dyn Driver,
    schema: &whimbrel_schema::Schema,
    (load, wish): (&Load<'_>, Wish),
    world: &mut World<'_>,
    tell: &mut dyn FnMut(SeedProgress<'_>),
) -> Result<SeededSet, Error> {
    let definition = &load.seeds.sets[load.set];
    let loaded = ledger::sets(driver)?.into_iter().find(|known| known.name == definition.name);
    let mut done = SeededSet {
        name: definition.name.clone(),
        outcome: Outcome::Loaded,
        tables: Vec::new(),
        kept: Vec::new(),
        duration: std::time::Duration::ZERO,
    };
    let mut kept = KeptRows::default();
    if let Some(loaded) = loaded {
        if loaded.is_same(definition, wish.wanted(load.seed, load.size)) {
            stand(driver, load.seeds, load.set, &loaded, world)?;
            done.outcome = Outcome::Unchanged;
            return Ok(done);
        }
        // A protected environment loses nothing.
        let standing = |table: &str, row: &LedgerRow| {
            let rows = definition.tables.iter().find(|rows| rows.table.name == *table);
            load.protected
                || rows.is_some_and(|rows| {
                    rows.mode != Mode::Insert && row.label.is_some() && place(rows, row).is_some()
                })
        };
        let (cleaned, rows) = clean_set(driver, schema, &loaded, &standing)?;
        (done.kept, kept) = (cleaned.kept, rows);
        done.outcome = if loaded.is_leftover() { Outcome::Loaded } else { Outcome::Reloaded };
        remember(driver, load, &kept)?;
    }
    done.tables = load.run(driver, world, &kept, tell)?;
    Ok(done)
}

/// Puts a set into the world as it was loaded, so that others find its rows.
fn stand(
    driver: &mut dyn Driver,
    seeds: &Seeds,
    set: usize,
    loaded: &LoadedSet,
    world: &mut World<'_>,
) -> Result<(), Error> {
    let tables = &seeds.sets[set].tables;
    let base =
        |name: &str| loaded.tables.iter().find(|table| table.name == name).map_or(1, |table| table.base);
    let bases = tables.iter().map(|rows| base(rows.table.name.as_str())).collect();
    let loading = Loading { seed: loaded.seed.clone(), size: loaded.size, bases, found: Vec::new() };
    world.add(set, loading).map_err(unmade)?;
    for chunk in ledger::chunks(driver, "found", &loaded.name)? {
        let Some(table) = tables.iter().position(|rows| rows.table.name == *chunk.table.as_str()) else {
            continue;
        };
        for row in ledger::rows(driver, chunk.entry)? {
            if let Some(ordinal) = place(&tables[table], &row) {
                world.set_found(set, table, ordinal, key_values(&tables[table], &row.key));
            }
        }
    }
    Ok(())
}

/// Writes down again rows that stay while their set is loaded anew: that they are there, for others that name
/// them, and what they were loaded as, but for those that are about to be made what is written now.
fn remember(driver: &mut dyn Driver, load: &Load<'_>, kept: &KeptRows) -> Result<(), Error> {
    let definition = &load.seeds.sets[load.set];
    for (table, rows) in kept.tables() {
        // As they are written, however they were come by.
        let mut rows: Vec<&KeptRow> = rows.iter().collect();
        rows.sort_by_key(|kept| kept.row.ordinal);
        let named: Vec<LedgerRow> = rows.iter().map(|kept| kept.row.clone()).collect();
        ledger::add_rows(driver, "found", &definition.name, table, &named, load.now)?;
        let stay: Vec<LedgerRow> =
            rows.iter().filter(|kept| !load.renews(table, kept)).map(|kept| kept.row.clone()).collect();
        if !stay.is_empty() {
            ledger::add_rows(driver, "rows", &definition.name, table, &stay, load.now)?;
        }
    }
    Ok(())
}

/// Takes out what sets have loaded: one with those that need it, or all.
pub(super) fn clean(seeder: &mut Seeder<'_>, set: Option<&str>) -> Result<Vec<Cleaned>, Error> {
    seeder.ready()?;
    let policy = seeder.policy()?;
    policy.check_clean()?;
    policy.check_confirmed(seeder.options.confirmed.as_deref())?;
    let meant = meant(seeder, set)?;
    let Seeder { migrator, schema, .. } = seeder;
    let mut cleaned = Vec::new();
    let result = migrator.shut_in(|driver| {
        for loaded in &meant {
            let one = in_transaction(driver, &Prepared::nothing(), &mut |_| {}, |driver| {
                take_out(driver, schema, loaded)
            });
            cleaned.push(
                one.map_err(|error| error.context(format!("set `{}` cannot be cleaned", loaded.name)))?,
            );
        }
        Ok(())
    });
    match result {
        Ok(()) => Ok(cleaned),
        Err(error) => Err(error.after(cleaned.into_iter().map(|one| one.set))),
    }
}

/// What [`clean`] would do: it is done in one transaction, which is rolled back. What stays because a row
/// references it is known only once the others are gone.
pub(super) fn plan_clean(seeder: &mut Seeder<'_>, set: Option<&str>) -> Result<Vec<Cleaned>, Error> {
    seeder.ready()?;
    let policy = seeder.policy()?;
    policy.check_clean()?;
    let meant = meant(seeder, set)?;
    if meant.is_empty() {
        return Ok(Vec::new());
    }
    let Seeder { migrator, schema, .. } = seeder;
    migrator.shut_in(|driver| {
        undone(driver, &mut |_| {}, |driver| {
            meant.iter().map(|loaded| take_out(driver, schema, loaded)).collect()
        })
    })
}

/// Takes out what one set has loaded, and remembers what stays.
fn take_out(
    driver: &mut dyn Driver,
    schema: &whimbrel_schema::Schema,
    loaded: &LoadedSet,
) -> Result<Cleaned, Error> {
    let (cleaned, kept) = clean_set(driver, schema, loaded, &|_, _| false)?;
    for (table, rows) in kept.tables() {
        let mut rows: Vec<LedgerRow> = rows.iter().map(|kept| kept.row.clone()).collect();
        rows.sort_by_key(|row| row.ordinal);
        ledger::add_rows(driver, "rows", &loaded.name, table, &rows, &loaded.written_at)?;
    }
    if !cleaned.kept.is_empty() {
        ledger::add_set(driver, &loaded.left_over())?;
    }
    Ok(cleaned)
}

/// The sets that are to be cleaned, the last one first: it may name rows of those before it.
fn meant(seeder: &mut Seeder<'_>, set: Option<&str>) -> Result<Vec<LoadedSet>, Error> {
    let mut loaded = ledger::sets(seeder.migrator.driver())?;
    loaded.reverse();
    match set {
        None => Ok(loaded),
        Some(name) => {
            if !loaded.iter().any(|known| known.name == name) {
                let error = Error::new(ErrorKind::Usage, format!("set `{name}` is not loaded"));
                let names = loaded.iter().map(|known| known.name.as_str());
                return Err(match whimbrel_schema::closest(name, names) {
                    Some(meant) => error.help(format!("did you mean `{meant}`?")),
                    None => error.help("migrate seed status shows what is"),
                });
            }
            let needs = |known: &LoadedSet| {
                let known = seeder.seeds.sets.iter().find(|one| one.name == known.name);
                known.is_some_and(|one| one.needs.iter().any(|need| seeder.seeds.sets[*need].name == name))
            };
            loaded.retain(|known| known.name == name || needs(known));
            Ok(loaded)
        }
    }
}
