//! Finding things at a position, or saying that they are not there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::misfit::{Misfit, MisfitKind, misfit};
use crate::{Column, Name, Schema, Table};

pub(super) fn table_at<'a>(schema: &'a Schema, name: &Name) -> Result<&'a Table, Misfit> {
    let missing = || Misfit {
        kind: MisfitKind::Position,
        message: format!("table `{name}` does not exist at this position"),
    };
    schema.table(name.as_str()).ok_or_else(missing)
}

pub(super) fn table_mut<'a>(schema: &'a mut Schema, name: &Name) -> Result<&'a mut Table, Misfit> {
    table_at(schema, name)?;
    match schema.tables.get_mut(name) {
        Some(table) => Ok(table),
        None => misfit(MisfitKind::Position, format!("table `{name}` does not exist at this position")),
    }
}

pub(super) fn column_at<'a>(table: &'a Table, column: &Name) -> Result<&'a Column, Misfit> {
    let missing = || Misfit {
        kind: MisfitKind::Position,
        message: format!("column `{}.{column}` does not exist at this position", table.name),
    };
    table.column(column.as_str()).ok_or_else(missing)
}

pub(super) fn defined<'a>(target: &'a Schema, name: &Name) -> Result<&'a Arc<Table>, Misfit> {
    let missing = || Misfit {
        kind: MisfitKind::Definition,
        message: format!("the schema that the migration leads to has no table `{name}`"),
    };
    target.tables.get(name).ok_or_else(missing)
}

pub(super) fn defined_column<'a>(
    target: &'a Schema,
    table: &Name,
    column: &Name,
) -> Result<&'a Column, Misfit> {
    let missing = || Misfit {
        kind: MisfitKind::Definition,
        message: format!("the schema that the migration leads to has no column `{table}.{column}`"),
    };
    defined(target, table)?.column(column.as_str()).ok_or_else(missing)
}
pub(super) fn remove<T>(
    objects: &mut BTreeMap<Name, T>,
    key: &Name,
    message: impl Fn() -> String,
) -> Result<(), Misfit> {
    match objects.remove(key) {
        Some(_) => Ok(()),
        None => misfit(MisfitKind::Position, message()),
    }
}
