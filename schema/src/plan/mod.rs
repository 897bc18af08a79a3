//! From facts to acts: the operations that lead from one schema to another and back.

mod alter;
mod back;
mod conversion;
mod dependent;
mod of_enum;
mod order;
mod question;
mod rename;
mod waiting;

pub use conversion::Conversion;
pub use question::Question;
pub use rename::{RenameProblem, resolve_renames};

use std::collections::BTreeMap;

use crate::diff::align;
use crate::{Change, Expression, Fill, Name, Operation, Pair, Renames, Schema, diff};

/// What the author of a change said about the rows that are already there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intent {
    /// What was renamed.
    pub renames: Renames,
    /// What existing rows get, by table and column.
    pub backfills: BTreeMap<(Name, Name), Fill>,
    /// How values are converted, by table and column.
    pub conversions: BTreeMap<(Name, Name), crate::Sql>,
    /// How values are converted on the way back, by table and column as they are called in the previous
    /// schema.
    pub conversions_back: BTreeMap<(Name, Name), crate::Sql>,
    /// What rows get on the way back that the archive has no value for, by table and column as they
    /// are called in the previous schema.
    pub backfills_back: BTreeMap<(Name, Name), Fill>,
}

/// The operations of a migration, both ways, and what stays open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What the upgrade does.
    pub upgrade: Vec<Operation>,
    /// What the downgrade does.
    pub downgrade: Vec<Operation>,
    /// What only the author can decide; while there is any, the operations are no migration yet.
    pub questions: Vec<Question>,
}

/// Plans a migration: the way there and the way back.
///
/// ```
/// use whimbrel_schema::{Name, Operation, Pair, Schema, Table, plan::{Intent, plan}};
///
/// let mut next = Schema::default();
/// next.insert(Table::new(Name::new("emails")));
/// let plan = plan(Pair::new(&Schema::default(), &next), &Intent::default());
/// assert_eq!(plan.upgrade, [Operation::CreateTable { table: Name::new("emails") }]);
/// assert_eq!(plan.downgrade, [Operation::DropTable { table: Name::new("emails") }]);
/// ```
pub fn plan(pair: Pair<&Schema>, intent: &Intent) -> Plan {
    let mut questions = Vec::new();
    let upgrade = one_way(pair, intent, &mut questions);
    let way_back = Intent {
        renames: intent.renames.invert(),
        backfills: intent.backfills_back.clone(),
        conversions: intent.conversions_back.clone(),
        ..Intent::default()
    };
    let mut questions_back = Vec::new();
    let downgrade = one_way(pair.swap(), &way_back, &mut questions_back);
    let downgrade = back::restore(downgrade, &upgrade, pair, intent, &mut questions_back);
    questions.extend(questions_back.into_iter().map(|question| Question::NoWayBack(Box::new(question))));
    Plan { upgrade, downgrade, questions }
}

fn one_way(pair: Pair<&Schema>, intent: &Intent, questions: &mut Vec<Question>) -> Vec<Operation> {
    let changes = diff(pair, &intent.renames);
    let mut operations = intent.renames.table_operations();
    for change in &changes {
        match change {
            Change::RenameTable(_) => {}
            Change::CreateTable(table) => operations.push(Operation::CreateTable { table: table.clone() }),
            Change::DropTable(table) => {
                operations.extend(given_on(pair, table));
                operations.push(Operation::DropTable { table: table.clone() });
            }
            Change::AlterTable { table, changes } => {
                operations.extend(alter::operations(pair, table, changes, intent, questions));
            }
            Change::Enum(name, present) => operations.push(enum_operation(name, *present, intent)),
            Change::View(..) | Change::Trigger(..) => {}
        }
    }
    operations.extend(dependent::operations(pair, &changes, &intent.renames));
    let aligned = align(pair.previous, &intent.renames);
    let pair = Pair::new(&aligned, pair.next);
    let split = operations.into_iter().flat_map(|operation| of_enum::split(operation, pair));
    order::order(split.collect(), pair)
}

fn enum_operation(name: &Name, present: Pair<bool>, intent: &Intent) -> Operation {
    let name = name.clone();
    match (present.previous, present.next) {
        (false, _) => Operation::CreateEnum { name },
        (true, false) => Operation::DropEnum { name },
        (true, true) => {
            let renamed = intent.renames.values.get(&name).cloned().unwrap_or_default();
            Operation::AlterEnum { name, renamed }
        }
    }
}

/// The indexes of a table that goes whose names other indexes get: these go before the table does,
/// because names of indexes are taken for the whole database.
fn given_on(pair: Pair<&Schema>, table: &Name) -> Vec<Operation> {
    let taken = |index: &&Name| pair.next.tables.values().any(|next| next.indexes.contains_key(*index));
    let indexes = pair.previous.table(table.as_str()).into_iter().flat_map(|table| table.indexes.keys());
    indexes
        .filter(taken)
        .map(|index| Operation::DropIndex { table: table.clone(), index: index.clone(), online: false })
        .collect()
}

/// A backfill as the value of a row.
pub(crate) fn fill_expression(fill: &Fill) -> Expression {
    match fill {
        Fill::Literal(value) => Expression::Literal(value.clone()),
        Fill::Sql(sql) => Expression::Sql(sql.clone()),
    }
}
