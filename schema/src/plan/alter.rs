//! The operations that change one table.

use super::{Conversion, Intent, Question, fill_expression};
use crate::diff::{TableChange, align};
use crate::{Alteration, Column, Expression, Name, Operation, Pair, Schema};

/// Everything that changes a table, as one alteration, with its indexes dropped before and created
/// after it.
pub(super) fn operations(
    pair: Pair<&Schema>,
    table: &Name,
    changes: &[TableChange],
    intent: &Intent,
    questions: &mut Vec<Question>,
) -> Vec<Operation> {
    let aligned = align(pair.previous, &intent.renames);
    let columns = |column: &Name| {
        Pair::new(&aligned, pair.next).both(|schema| schema.table(table.as_str())?.column(column.as_str()))
    };
    let mut stages: [Vec<Alteration>; 5] = Default::default();
    let [renames, drops, definitions, computed, adds] = &mut stages;
    let mut operations = Vec::new();
    for change in changes {
        match change {
            TableChange::RenameColumn(names) => renames.push(Alteration::RenameColumn {
                previous: names.previous.clone(),
                next: names.next.clone(),
            }),
            TableChange::DropColumn(column) => {
                definitions.push(Alteration::DropColumn { column: column.clone() })
            }
            TableChange::AddColumn(column) => {
                let definition =
                    pair.next.table(table.as_str()).and_then(|table| table.column(column.as_str()));
                let backfill = backfill(intent, table, column);
                if backfill.is_none() && definition.is_some_and(Column::needs_value) {
                    questions.push(Question::Backfill { table: table.clone(), column: column.clone() });
                }
                let add = Alteration::AddColumn { column: column.clone(), backfill };
                // It may be computed of others that are new.
                match definition.is_some_and(|definition| definition.generated.is_some()) {
                    true => computed.push(add),
                    false => definitions.push(add),
                }
            }
            TableChange::AlterColumn(column) => {
                if let Some(pair) = columns(column) {
                    // What was computed stays as it is when it is computed no more.
                    if pair.next.generated.is_none() || pair.previous.generated == pair.next.generated {
                        definitions.push(alter_column(pair, table, intent, questions));
                    } else {
                        let [drop, add] = replace_column(pair, table, intent, questions);
                        definitions.push(drop);
                        computed.push(add);
                    }
                }
            }
            TableChange::PrimaryKey { present } => {
                drops.extend(present.previous.then_some(Alteration::DropPrimaryKey));
                adds.extend(present.next.then_some(Alteration::AddPrimaryKey));
            }
            TableChange::Unique(name, present) => {
                drops.extend(present.previous.then(|| Alteration::DropUnique { name: name.clone() }));
                adds.extend(present.next.then(|| Alteration::AddUnique { name: name.clone() }));
            }
            TableChange::ForeignKey(name, present) => {
                drops.extend(present.previous.then(|| Alteration::DropForeignKey { name: name.clone() }));
                adds.extend(present.next.then(|| Alteration::AddForeignKey { name: name.clone() }));
            }
            TableChange::Check(name, present) => {
                drops.extend(present.previous.then(|| Alteration::DropCheck { name: name.clone() }));
                adds.extend(present.next.then(|| Alteration::AddCheck { name: name.clone() }));
            }
            TableChange::Options => adds.push(Alteration::SetOptions),
            TableChange::Index(index, present) => {
                let (table, index) = (table.clone(), index.clone());
                if present.previous {
                    let (table, index) = (table.clone(), index.clone());
                    operations.push(Operation::DropIndex { table, index, online: false });
                }
                if present.next {
                    operations.push(Operation::CreateIndex { table, index, online: false });
                }
            }
        }
    }
    let alterations: Vec<Alteration> = stages.into_iter().flatten().collect();
    if !alterations.is_empty() {
        operations.push(Operation::AlterTable { table: table.clone(), alterations, online: false });
    }
    operations
}

/// No database turns a column with values of its own into a computed one, or computes it otherwise.
fn replace_column(
    pair: Pair<&Column>,
    table: &Name,
    intent: &Intent,
    questions: &mut Vec<Question>,
) -> [Alteration; 2] {
    let column = pair.next.name.clone();
    let backfill = backfill(intent, table, &column);
    if backfill.is_none() && pair.next.needs_value() {
        questions.push(Question::Backfill { table: table.clone(), column: column.clone() });
    }
    [Alteration::DropColumn { column: column.clone() }, Alteration::AddColumn { column, backfill }]
}

fn alter_column(
    pair: Pair<&Column>,
    table: &Name,
    intent: &Intent,
    questions: &mut Vec<Question>,
) -> Alteration {
    let column = &pair.next.name;
    let using = intent.conversions.get(&(table.clone(), column.clone())).cloned().map(Expression::Sql);
    let types = pair.map(|column| &column.column_type);
    if using.is_none()
        && pair.next.is_written()
        && Conversion::between(types.previous, types.next) == Conversion::Unconvertible
    {
        questions.push(Question::Using {
            table: table.clone(),
            column: column.clone(),
            types: types.map(Clone::clone),
        });
    }
    let tightened = pair.previous.nullable && !pair.next.nullable && pair.next.is_written();
    let backfill = tightened.then(|| backfill(intent, table, column)).flatten();
    if tightened && backfill.is_none() {
        questions.push(Question::Backfill { table: table.clone(), column: column.clone() });
    }
    Alteration::AlterColumn { column: column.clone(), using, backfill, restore: false }
}

fn backfill(intent: &Intent, table: &Name, column: &Name) -> Option<Expression> {
    intent.backfills.get(&(table.clone(), column.clone())).map(fill_expression)
}
