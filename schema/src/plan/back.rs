//! The way back brings back what the archive kept.

use std::collections::BTreeSet;

use super::{Intent, Question, fill_expression};
use crate::diff::align;
use crate::{Alteration, Column, Keeping, Name, Operation, Pair, Renames, Schema, Table};

/// The operations of a downgrade, with what the upgrade dropped or replaced restored instead of
/// only created again, where the archive keeps it. `schemas` are those of the upgrade; what personal
/// columns of a table get is in `intent`, or asked.
pub(super) fn restore(
    downgrade: Vec<Operation>,
    upgrade: &[Operation],
    schemas: Pair<&Schema>,
    intent: &Intent,
    questions: &mut Vec<Question>,
) -> Vec<Operation> {
    let renames = &intent.renames;
    let (replaced, dropped) =
        (replaced_columns(upgrade, schemas, renames), dropped_columns(upgrade, renames));
    let restore = |operation| match operation {
        Operation::CreateTable { table } => match schemas.previous.table(table.as_str()) {
            Some(definition) => restore_table(definition, intent, questions),
            None => Operation::CreateTable { table },
        },
        Operation::AlterTable { table, alterations, online } => {
            let mut restored = Vec::new();
            for alteration in alterations {
                match alteration {
                    Alteration::AlterColumn { column, .. }
                        if dropped.contains(&(table.clone(), column.clone())) =>
                    {
                        let exchange = exchange(&table, column, schemas.previous, intent, questions);
                        restored
                            .extend(exchange.map(|other| restore_column(other, &table, schemas, &replaced)));
                    }
                    other => restored.push(restore_column(other, &table, schemas, &replaced)),
                }
            }
            Operation::AlterTable { alterations: restored, table, online }
        }
        other => other,
    };
    downgrade.into_iter().map(restore).collect()
}

fn restore_table(table: &Table, intent: &Intent, questions: &mut Vec<Question>) -> Operation {
    let name = table.name.clone();
    let is_kept = match Keeping::of_rows(table) {
        Keeping::Whole => true,
        Keeping::Without(columns) => columns.len() < table.columns.len(),
        Keeping::PersonalKey(_) | Keeping::Nothing => false,
    };
    if !is_kept {
        return Operation::CreateTable { table: name };
    }
    let given = |column: &Name| intent.backfills_back.get(&(name.clone(), column.clone()));
    let missing = Keeping::without_value(table).filter(|column| given(column).is_none());
    questions
        .extend(missing.map(|column| Question::Backfill { table: name.clone(), column: column.clone() }));
    let personal = table.columns.values().filter(|column| column.personal);
    let set = personal
        .filter_map(|column| Some((column.name.clone(), fill_expression(given(&column.name)?))))
        .collect();
    Operation::RestoreTable { table: name, set }
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

/// A column that the upgrade has exchanged for a computed one of the same name.
fn exchange(
    table: &Name,
    column: Name,
    previous: &Schema,
    intent: &Intent,
    questions: &mut Vec<Question>,
) -> [Alteration; 2] {
    let backfill = intent.backfills_back.get(&(table.clone(), column.clone())).map(fill_expression);
    let definition = previous.table(table.as_str()).and_then(|table| table.column(column.as_str()));
    if backfill.is_none() && definition.is_some_and(Column::needs_value) {
        questions.push(Question::Backfill { table: table.clone(), column: column.clone() });
    }
    [Alteration::DropColumn { column: column.clone() }, Alteration::AddColumn { column, backfill }]
}

/// The columns that an upgrade drops, as they are called before it.
fn dropped_columns(upgrade: &[Operation], renames: &Renames) -> BTreeSet<(Name, Name)> {
    let mut dropped = BTreeSet::new();
    for operation in upgrade {
        let Operation::AlterTable { table, alterations, .. } = operation else { continue };
        for alteration in alterations {
            if let Alteration::DropColumn { column } = alteration {
                let previous = renames.columns.get(&(table.clone(), column.clone())).unwrap_or(column);
                dropped.insert((renames.tables.get(table).unwrap_or(table).clone(), previous.clone()));
            }
        }
    }
    dropped
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
        let Operation::AlterTable { table, alterations, .. } = operation else { continue };
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
