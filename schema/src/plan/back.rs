//! The way back brings back what the archive kept.

use std::collections::BTreeSet;

use crate::diff::align;
use crate::{Alteration, Keeping, Name, Operation, Pair, Renames, Schema};

/// The operations of a downgrade, with what the upgrade dropped or replaced restored instead of
/// only created again, where the archive keeps it. `schemas` are those of the upgrade.
pub(super) fn restore(
    downgrade: Vec<Operation>,
    upgrade: &[Operation],
    schemas: Pair<&Schema>,
    renames: &Renames,
) -> Vec<Operation> {
    let replaced = replaced_columns(upgrade, schemas, renames);
    let returns = |table: &Name| {
        let table = schemas.previous.table(table.as_str());
        table.is_some_and(|table| Keeping::no_way_back(table).is_none())
    };
    let restore = |operation| match operation {
        Operation::CreateTable { table } if returns(&table) => Operation::RestoreTable { table },
        Operation::AlterTable { table, alterations } => {
            let alterations = alterations
                .into_iter()
                .map(|alteration| restore_column(alteration, &table, schemas, &replaced));
            Operation::AlterTable { alterations: alterations.collect(), table }
        }
        other => other,
    };
    downgrade.into_iter().map(restore).collect()
}

fn restore_column(
    alteration: Alteration,
    table: &Name,
    schemas: Pair<&Schema>,
    replaced: &BTreeSet<(Name, Name)>,
) -> Alteration {
    let is_kept =
        |column: &Name| Keeping::of_values(schemas, table, Pair::new(column, column), []).is_whole();
    match alteration {
        Alteration::AddColumn { column, backfill } if is_kept(&column) => {
            Alteration::RestoreColumn { column, backfill }
        }
        Alteration::AlterColumn { column, using, backfill, restore: _ } => {
            let restore = replaced.contains(&(table.clone(), column.clone()));
            Alteration::AlterColumn { column, using, backfill, restore }
        }
        other => other,
    }
}

/// The columns whose values an upgrade replaces and the archive keeps, as they are called before it.
fn replaced_columns(
    upgrade: &[Operation],
    schemas: Pair<&Schema>,
    renames: &Renames,
) -> BTreeSet<(Name, Name)> {
    let aligned = align(schemas.previous, renames);
    let aligned = Pair::new(&aligned, schemas.next);
    let mut replaced = BTreeSet::new();
    for operation in upgrade {
        let Operation::AlterTable { table, alterations } = operation else { continue };
        for alteration in alterations {
            if let Alteration::AlterColumn { column, using, backfill, .. } = alteration
                && (using.is_some() || backfill.is_some())
                && Keeping::of_values(aligned, table, Pair::new(column, column), using.iter().chain(backfill))
                    .is_whole()
            {
                let previous_table = renames.tables.get(table).unwrap_or(table).clone();
                let previous = renames.columns.get(&(table.clone(), column.clone())).unwrap_or(column);
                replaced.insert((previous_table, previous.clone()));
            }
        }
    }
    replaced
}
