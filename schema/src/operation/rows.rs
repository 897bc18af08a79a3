//! Whether a data statement fits the tables at its position.

use super::DataStatement;
use super::lookup::{column_at, table_at};
use super::misfit::{Misfit, MisfitKind, misfit};
use crate::{Expression, Keeping, Name, Schema, Table};

pub(super) fn check_data(schema: &Schema, statement: &DataStatement) -> Result<(), Misfit> {
    let table = table_at(schema, statement.table())?;
    match statement {
        DataStatement::Update { set, filter, .. } => {
            check_assignments(schema, table, set)?;
            filter.iter().try_for_each(|filter| check_columns(schema, &table.name, filter))
        }
        DataStatement::Insert { set, .. } => {
            check_assignments(schema, table, set)?;
            for (column, value) in set {
                let mut read = None;
                value.each_column(&mut |_, column| read = Some(column));
                if let Some(read) = read {
                    return misfit(
                        MisfitKind::Data,
                        format!(
                            "the value of `{}.{column}` reads column `{read}`, but an insert has no row to read",
                            table.name
                        ),
                    );
                }
            }
            check_complete_row(table, set)
        }
        DataStatement::InsertFrom { source, set, filter, .. } => {
            let source = table_at(schema, source)?;
            for (column, value) in set {
                column_at(table, column)?;
                check_columns(schema, &source.name, value)?;
                check_literal(schema, table, column, value)?;
            }
            check_complete_row(table, set)?;
            filter.iter().try_for_each(|filter| check_columns(schema, &source.name, filter))
        }
        DataStatement::Delete { filter, .. } => {
            filter.iter().try_for_each(|filter| check_columns(schema, &table.name, filter))
        }
        DataStatement::Backfill { column, value, .. } => {
            column_at(table, column)?;
            check_columns(schema, &table.name, value)?;
            check_literal(schema, table, column, value)
        }
    }
}

/// Whether a dropped table can come back: with a value for each column that must have one and of which
/// the archive keeps nothing.
pub(super) fn check_restored(
    schema: &Schema,
    table: &Table,
    set: &[(Name, Expression)],
) -> Result<(), Misfit> {
    let name = &table.name;
    if let Keeping::PersonalKey(key) = Keeping::of_rows(table) {
        return misfit(
            MisfitKind::Data,
            format!(
                "the archive keeps no rows of `{name}`, because `{key}` is personal and in its key; write \
                 `create_table`, and it comes back empty"
            ),
        );
    }
    for (column, value) in set {
        if !column_at(table, column)?.personal {
            return misfit(
                MisfitKind::Data,
                format!("`{name}.{column}` comes back from the archive; only personal columns are set"),
            );
        }
        check_literal(schema, table, column, value)?;
        let mut reads = false;
        value.each_column(&mut |_, _| reads = true);
        if reads || set.iter().filter(|(other, _)| other == column).count() > 1 {
            return misfit(
                MisfitKind::Data,
                format!("`{name}.{column}` is set once, to a value that reads no column"),
            );
        }
    }
    match Keeping::without_value(table).find(|column| !set.iter().any(|(given, _)| given == *column)) {
        None => Ok(()),
        Some(column) => misfit(
            MisfitKind::Data,
            format!(
                "rows of `{name}` cannot come back: the archive keeps no value of `{name}.{column}`, which is \
                 personal, NOT NULL and has no default; write \
                 `db.restore_table_with(..).set(.., value).run()?`, or `create_table`, and it comes back empty"
            ),
        ),
    }
}

fn check_assignments(schema: &Schema, table: &Table, set: &[(Name, Expression)]) -> Result<(), Misfit> {
    for (column, value) in set {
        column_at(table, column)?;
        check_columns(schema, &table.name, value)?;
        check_literal(schema, table, column, value)?;
    }
    Ok(())
}

/// A row that is inserted names every column that has no value of its own, and names none twice.
fn check_complete_row(table: &Table, set: &[(Name, Expression)]) -> Result<(), Misfit> {
    let named = |name: &Name| set.iter().filter(|(column, _)| column == name).count();
    let problem = table.columns.values().find_map(|column| match named(&column.name) {
        0 if column.needs_value() => Some(format!(
            "the insert into `{}` names no value for column `{}`, which is NOT NULL and has no default",
            table.name, column.name
        )),
        0 | 1 => None,
        _ => Some(format!("the insert into `{}` names column `{}` twice", table.name, column.name)),
    });
    problem.map_or(Ok(()), |message| misfit(MisfitKind::Data, message))
}

fn check_columns(schema: &Schema, row: &Name, expression: &Expression) -> Result<(), Misfit> {
    let mut result = Ok(());
    expression.each_column(&mut |table, column| {
        if result.is_ok() {
            result = if table == row {
                table_at(schema, row).and_then(|table| column_at(table, column).map(drop))
            } else {
                misfit(
                    MisfitKind::Data,
                    format!("`{table}.{column}` cannot be read here: the row at hand is of table `{row}`"),
                )
            };
        }
    });
    result
}

fn check_literal(schema: &Schema, table: &Table, column: &Name, value: &Expression) -> Result<(), Misfit> {
    let definition = column_at(table, column)?;
    let wrong = match value {
        _ if definition.generated.is_some() => Some("it is generated, and takes no value".to_owned()),
        Expression::Literal(value) => schema.misfit(value, &definition.column_type),
        Expression::Null if !definition.nullable => Some("it is NOT NULL, and gets NULL".to_owned()),
        _ => None,
    };
    match wrong {
        Some(reason) => misfit(MisfitKind::Data, format!("column `{}.{column}`: {reason}", table.name)),
        None => Ok(()),
    }
}
