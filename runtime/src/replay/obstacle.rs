//! What rows of a real database may be in the way of, or not.
//!
//! That nobody can know at build time: it is asked when the migration is applied. So it is no mistake of a
//! migration, while everything else that refuses rows is one.

use whimbrel_schema::{
    Alteration, DataStatement, Expression, HazardCode, Name, Operation, Schema, Table, hazards,
};

/// Whether an operation can fail because of what is in rows, by its nature and not by a mistake: it adds a
/// constraint, or gives a column that has one values that are not its own.
pub(super) fn may_refuse_rows(operation: &Operation, position: &Schema, next: &Schema) -> bool {
    match operation {
        Operation::AlterTable { table, alterations, .. } => {
            let narrows = || {
                let found = hazards([operation], position, next);
                found.iter().any(|hazard| hazard.code == HazardCode::NarrowType)
            };
            let table = next.table(table.as_str());
            alterations.iter().any(|alteration| constrains(alteration, table)) || narrows()
        }
        Operation::AlterEnum { .. } => true,
        Operation::CreateIndex { table, index, .. } => {
            let table = next.table(table.as_str());
            table.and_then(|table| table.indexes.get(index)).is_some_and(|index| index.unique)
        }
        // Every row that comes back gets the same in a personal column.
        Operation::RestoreTable { table, .. } => {
            let table = next.table(table.as_str());
            table.is_some_and(|table| {
                let mut personal = table.columns.values().filter(|column| column.personal);
                personal.any(|column| is_key(table, &column.name))
            })
        }
        Operation::Data(statement) => names_a_parent(statement, position),
        _ => false,
    }
}

fn constrains(alteration: &Alteration, table: Option<&Table>) -> bool {
    let is_key = |column: &Name| table.is_some_and(|table| is_key(table, column));
    let computes = |column: &Name| table.is_some_and(|table| computes(table, column));
    let computed = |column: &Name| {
        let column = table.and_then(|table| table.column(column.as_str()));
        column.is_some_and(|column| column.generated.is_some())
    };
    match alteration {
        Alteration::AddPrimaryKey
        | Alteration::AddUnique { .. }
        | Alteration::AddForeignKey { .. }
        | Alteration::AddCheck { .. }
        | Alteration::SetOptions => true,
        // What is computed of a row may be NULL, or what another row has.
        Alteration::AddColumn { column, .. } | Alteration::RestoreColumn { column, .. } => {
            is_key(column) || computed(column)
        }
        Alteration::AlterColumn { column, using, backfill, .. } => {
            computed(column)
                || (using.is_some() || backfill.is_some()) && (is_key(column) || computes(column))
        }
        Alteration::DropColumn { .. }
        | Alteration::RenameColumn { .. }
        | Alteration::DropPrimaryKey
        | Alteration::DropUnique { .. }
        | Alteration::DropForeignKey { .. }
        | Alteration::DropCheck { .. } => false,
    }
}

/// Whether rows must differ in a column, or reference others with it.
fn is_key(table: &Table, column: &Name) -> bool {
    let name = column.as_str();
    let mut indexes = table.indexes.values().filter(|index| index.unique);
    table.key_columns().contains(column)
        || table.uniques.values().any(|unique| unique.columns.contains(column))
        || indexes.any(|index| index.mentions(name) || index.sqls().any(|sql| sql.names(name)))
        || is_reference(table, column)
}

/// Whether another column is computed of a column.
fn computes(table: &Table, column: &Name) -> bool {
    let generated = table.columns.values().filter_map(|column| column.generated.as_ref());
    generated.into_iter().any(|generated| generated.sql.names(column.as_str()))
}

fn is_reference(table: &Table, column: &Name) -> bool {
    table.foreign_keys.values().any(|key| key.columns.contains(column))
}

/// Whether a statement names a row of another table by a value of its author's.
fn names_a_parent(statement: &DataStatement, position: &Schema) -> bool {
    let Some(table) = position.table(statement.table().as_str()) else { return false };
    let named = |column: &Name, value: &Expression| {
        !matches!(value, Expression::Column { .. } | Expression::Null) && is_reference(table, column)
    };
    match statement {
        DataStatement::Update { set, .. }
        | DataStatement::Insert { set, .. }
        | DataStatement::InsertFrom { set, .. } => set.iter().any(|(column, value)| named(column, value)),
        DataStatement::Backfill { column, value, .. } => named(column, value),
        DataStatement::Delete { .. } => false,
    }
}
