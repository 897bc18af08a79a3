//! What became of the names of a schema.

use std::collections::BTreeMap;

use crate::{Alteration, Effect, Name, Operation, Pair, Renames, Schema};

/// What steps renamed, one after the other: from the names at their end to those at their beginning.
///
/// What was dropped and made again under its name counts as what it was; there is nothing by which to tell
/// it.
pub fn renamed_by<'a>(base: &Schema, steps: impl IntoIterator<Item = &'a Operation>) -> Renames {
    let mut tables: BTreeMap<Name, Lineage> =
        base.tables.values().map(|table| (table.name.clone(), Lineage::of(&table.name))).collect();
    for step in steps {
        follow(&mut tables, step);
    }
    let mut renames = Renames::default();
    for (name, lineage) in tables {
        for (column, origin) in lineage.columns {
            renames.columns.extend(origin.map(|origin| ((name.clone(), column), origin)));
        }
        renames.tables.extend(lineage.origin.filter(|origin| *origin != name).map(|origin| (name, origin)));
    }
    renames.columns.retain(|(_, column), origin| column != origin);
    renames
}

/// What a table was called, and its columns; those that kept their names are not among them.
#[derive(Default)]
struct Lineage {
    origin: Option<Name>,
    /// `None` for a column that is new.
    columns: BTreeMap<Name, Option<Name>>,
}

impl Lineage {
    fn of(name: &Name) -> Self {
        Self { origin: Some(name.clone()), columns: BTreeMap::new() }
    }

    fn origin_of(&self, column: &Name) -> Option<Name> {
        self.columns.get(column).cloned().unwrap_or_else(|| Some(column.clone()))
    }
}

fn follow(tables: &mut BTreeMap<Name, Lineage>, step: &Operation) {
    match step {
        Operation::CreateTable { table } | Operation::RestoreTable { table, .. } => {
            tables.insert(table.clone(), Lineage::default());
        }
        Operation::DropTable { table } => drop(tables.remove(table)),
        Operation::RenameTable { previous, next } => {
            let lineage = tables.remove(previous).unwrap_or_default();
            tables.insert(next.clone(), lineage);
        }
        Operation::ExchangeTables { one, other } => {
            let (first, second) = (tables.remove(one), tables.remove(other));
            tables.extend(first.map(|lineage| (other.clone(), lineage)));
            tables.extend(second.map(|lineage| (one.clone(), lineage)));
        }
        Operation::AlterTable { table, alterations, .. } => {
            let lineage = tables.entry(table.clone()).or_default();
            for together in Alteration::together(alterations) {
                match Alteration::renames(together) {
                    Some(renames) => rename(lineage, &renames),
                    None => together.iter().for_each(|alteration| alter(lineage, alteration)),
                }
            }
        }
        Operation::Sql { effects, .. } => {
            for effect in effects {
                match effect {
                    Effect::Creates { table } => drop(tables.insert(table.clone(), Lineage::default())),
                    Effect::Drops { table } => drop(tables.remove(table)),
                    Effect::Changes { .. } | Effect::Alters { .. } => {}
                }
            }
        }
        Operation::CreateIndex { .. }
        | Operation::DropIndex { .. }
        | Operation::CreateEnum { .. }
        | Operation::AlterEnum { .. }
        | Operation::DropEnum { .. }
        | Operation::CreateView { .. }
        | Operation::DropView { .. }
        | Operation::CreateTrigger { .. }
        | Operation::DropTrigger { .. }
        | Operation::Data(_)
        | Operation::Code => {}
    }
}

/// All at once, because names may be exchanged.
fn rename(lineage: &mut Lineage, renames: &[Pair<&Name>]) {
    let origins: Vec<Option<Name>> = renames.iter().map(|names| lineage.origin_of(names.previous)).collect();
    for names in renames {
        lineage.columns.remove(names.previous);
    }
    for (names, origin) in renames.iter().zip(origins) {
        lineage.columns.insert(names.next.clone(), origin);
    }
}

fn alter(lineage: &mut Lineage, alteration: &Alteration) {
    match alteration {
        // One that was dropped a moment ago counts as what it was.
        Alteration::AddColumn { column, .. } | Alteration::RestoreColumn { column, .. } => {
            lineage.columns.insert(column.clone(), None);
        }
        Alteration::DropColumn { column } => drop(lineage.columns.remove(column)),
        _ => {}
    }
}
