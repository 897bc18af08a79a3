//! The way back brings back what the archive kept.

use std::collections::BTreeSet;

use crate::{Alteration, Column, Name, Operation, Renames, Schema};

/// The operations of a downgrade, with what the upgrade dropped or replaced restored instead of
/// only created again. `previous` is the schema they lead back to.
pub(super) fn restore(
    downgrade: Vec<Operation>,
    upgrade: &[Operation],
    previous: &Schema,
    renames: &Renames,
) -> Vec<Operation> {
    let replaced = replaced_columns(upgrade, renames);
    let restore = |operation| match operation {
        Operation::CreateTable { table } => Operation::RestoreTable { table },
        Operation::AlterTable { table, alterations } => {
            let alterations = alterations
                .into_iter()
                .map(|alteration| restore_column(alteration, &table, previous, &replaced));
            Operation::AlterTable { alterations: alterations.collect(), table }
        }
        other => other,
    };
    downgrade.into_iter().map(restore).collect()
}

fn restore_column(
    alteration: Alteration,
    table: &Name,
    previous: &Schema,
    replaced: &BTreeSet<(Name, Name)>,
) -> Alteration {
    let key = previous.table(table.as_str()).map_or(&[][..], |table| table.key_columns());
    let written = |column: &Name| {
        let definition = previous.table(table.as_str()).and_then(|table| table.column(column.as_str()));
        definition.is_some_and(Column::is_written)
    };
    match alteration {
        Alteration::AddColumn { column, backfill }
            if !key.is_empty() && !key.contains(&column) && written(&column) =>
        {
            Alteration::RestoreColumn { column, backfill }
        }
        Alteration::AlterColumn { column, using, backfill, restore: _ } => {
            let restore = !key.is_empty() && replaced.contains(&(table.clone(), column.clone()));
            Alteration::AlterColumn { column, using, backfill, restore }
        }
        other => other,
    }
}

/// The columns whose values an upgrade replaces, as they are called before it.
fn replaced_columns(upgrade: &[Operation], renames: &Renames) -> BTreeSet<(Name, Name)> {
    let mut replaced = BTreeSet::new();
    for operation in upgrade {
        let Operation::AlterTable { table, alterations } = operation else { continue };
        for alteration in alterations {
            if let Alteration::AlterColumn { column, using, backfill, .. } = alteration
                && (using.is_some() || backfill.is_some())
            {
                let previous_table = renames.tables.get(table).unwrap_or(table).clone();
                let previous = renames.columns.get(&(table.clone(), column.clone())).unwrap_or(column);
                replaced.insert((previous_table, previous.clone()));
            }
        }
    }
    replaced
}
