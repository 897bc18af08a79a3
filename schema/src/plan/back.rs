//! The way back brings back what the archive kept.

use std::collections::BTreeMap;

use super::{Intent, Question, fill_expression};
use crate::keeping::keeps_unchanged;
use crate::{Alteration, Column, Expression, Keeping, Name, Operation, Pair, Renames, Schema, Table};

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
    let gone = gone(upgrade, schemas, &intent.renames);
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
                        if matches!(
                            gone.get(&(table.clone(), column.clone())),
                            Some(Gone::Dropped { .. })
                        ) =>
                    {
                        let exchange = exchange(&table, column, schemas.previous, intent, questions);
                        restored.extend(exchange.map(|other| restore_column(other, &table, &gone)));
                    }
                    other => restored.push(restore_column(other, &table, &gone)),
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

fn restore_column(alteration: Alteration, table: &Name, gone: &BTreeMap<(Name, Name), Gone>) -> Alteration {
    let gone = |column: &Name| gone.get(&(table.clone(), column.clone())).copied();
    match alteration {
        Alteration::AddColumn { column, backfill } if gone(&column) == Some(Gone::Dropped { kept: true }) => {
            Alteration::RestoreColumn { column, backfill }
        }
        Alteration::AlterColumn { column, using, backfill, restore: _ } => {
            let restore = match gone(&column) {
                Some(Gone::Replaced { unchanged }) => unchanged || using.is_none(),
                Some(Gone::Dropped { .. }) | None => false,
            };
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

/// What an upgrade has done to a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gone {
    /// It has dropped it.
    Dropped {
        /// Whether the archive has its values.
        kept: bool,
    },
    /// It has replaced values of it, and the archive has these.
    Replaced {
        /// Whether the archive has those as well that were not replaced.
        unchanged: bool,
    },
}

/// The columns that an upgrade drops or whose values it replaces, as they are called before it.
fn gone(upgrade: &[Operation], schemas: Pair<&Schema>, renames: &Renames) -> BTreeMap<(Name, Name), Gone> {
    let mut gone = BTreeMap::new();
    let mut position = schemas.previous.clone();
    for operation in upgrade {
        let after = operation.apply(&position, schemas.next).unwrap_or_else(|_| position.clone());
        if let Operation::AlterTable { table, alterations, .. } = operation {
            let first_table = renames.tables.get(table).unwrap_or(table);
            let first = |column: &Name| {
                let renamed = renames.columns.get(&(table.clone(), column.clone()));
                (first_table.clone(), renamed.unwrap_or(column).clone())
            };
            let altered = Altered { table, alterations, schemas: Pair::new(&position, &after) };
            let gone_here = alterations.iter().filter_map(|alteration| match alteration {
                Alteration::DropColumn { column } => {
                    let kept = altered.is_kept(schemas.next, column, &[]);
                    Some((first(column), Gone::Dropped { kept }))
                }
                Alteration::AlterColumn { column, using, backfill, .. } => {
                    let expressions: Vec<&Expression> = using.iter().chain(backfill).collect();
                    let kept = !expressions.is_empty() && altered.is_kept(schemas.next, column, &expressions);
                    let all = |columns| keeps_unchanged(columns, using.as_ref());
                    let unchanged = altered.columns(column).is_some_and(all);
                    kept.then(|| (first(column), Gone::Replaced { unchanged }))
                }
                _ => None,
            });
            gone.extend(gone_here);
        }
        position = after;
    }
    gone
}

/// A table that is altered, and the schemas before and after that.
struct Altered<'a> {
    table: &'a Name,
    alterations: &'a [Alteration],
    schemas: Pair<&'a Schema>,
}

impl Altered<'_> {
    /// The names of a column before and after.
    fn names<'n>(&'n self, column: &'n Name) -> Pair<&'n Name> {
        let previous = self.alterations.iter().find_map(|alteration| match alteration {
            Alteration::RenameColumn { previous, next } if next == column => Some(previous),
            _ => None,
        });
        Pair::new(previous.unwrap_or(column), column)
    }

    fn columns(&self, column: &Name) -> Option<Pair<&Column>> {
        let names = self.names(column).map(Name::as_str);
        self.schemas.zip(names).both(|(schema, name)| schema.table(self.table.as_str())?.column(name))
    }

    /// Whether the archive keeps the values of a column that are replaced by those of `expressions`, or
    /// dropped.
    fn is_kept(&self, target: &Schema, column: &Name, expressions: &[&Expression]) -> bool {
        let schemas = Pair::new(self.schemas.previous, target);
        let altered = (self.table, self.alterations);
        Keeping::of_values(schemas, altered, self.names(column), expressions.iter().copied()).is_whole()
    }
}
