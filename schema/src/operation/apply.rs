//! What an operation does to a schema.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{Alteration, DataStatement, Operation};
use crate::{Name, Schema, Table};

/// Why an operation cannot be done where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// What kind of misfit it is.
    pub kind: MisfitKind,
    /// What is wrong, in a sentence.
    pub message: String,
}

/// The kinds of [`Misfit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MisfitKind {
    /// Something is not there, or is already there, at this position.
    Position,
    /// The schema that the migration leads to does not define it.
    Definition,
    /// Something else still needs what would be dropped.
    Dependency,
    /// A data statement does not fit the tables at this position.
    Data,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Misfit {}

fn misfit<T>(kind: MisfitKind, message: impl Into<String>) -> Result<T, Misfit> {
    Err(Misfit { kind, message: message.into() })
}

impl Operation {
    /// The schema after this operation: `position` is where it stands, and `target` is the schema
    /// that the whole migration leads to, where definitions are read.
    ///
    /// The build checks a migration with it, and the running migration steps along with it.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] if the operation cannot be done at this position.
    ///
    /// ```
    /// use whimbrel_schema::{Name, Operation, Schema, Table};
    ///
    /// let mut target = Schema::default();
    /// target.insert(Table::new(Name::new("emails")));
    /// let create = Operation::CreateTable { table: Name::new("emails") };
    /// let after = create.apply(&Schema::default(), &target).unwrap();
    /// assert_eq!(after, target);
    /// assert!(create.apply(&after, &target).is_err());
    /// ```
    pub fn apply(&self, position: &Schema, target: &Schema) -> Result<Schema, Misfit> {
        let mut schema = position.clone();
        match self {
            Self::CreateTable { table } => create_table(&mut schema, table, target)?,
            Self::DropTable { table } => drop_table(&mut schema, table)?,
            Self::RenameTable { previous, next } => rename_table(&mut schema, previous, next)?,
            Self::AlterTable { table, alterations } => {
                for alteration in alterations {
                    alter_table(&mut schema, table, alteration, target)?;
                }
                complete(&schema, table)?;
            }
            Self::CreateIndex { table, index } => create_index(&mut schema, table, index, target)?,
            Self::DropIndex { table, index } => {
                let indexes = &mut table_mut(&mut schema, table)?.indexes;
                remove(indexes, index, || {
                    format!("table `{table}` has no index `{index}` at this position")
                })?;
            }
            Self::Data(statement) => check_data(&schema, statement)?,
        }
        Ok(schema)
    }
}

fn create_table(schema: &mut Schema, name: &Name, target: &Schema) -> Result<(), Misfit> {
    if schema.tables.contains_key(name) {
        return misfit(MisfitKind::Position, format!("table `{name}` already exists at this position"));
    }
    let table = defined(target, name)?;
    schema.tables.insert(name.clone(), Arc::clone(table));
    Ok(())
}

fn drop_table(schema: &mut Schema, name: &Name) -> Result<(), Misfit> {
    table_at(schema, name)?;
    if let Some(child) = schema.children(name.as_str()).find(|child| child.name != *name) {
        return misfit(
            MisfitKind::Dependency,
            format!("table `{name}` cannot be dropped while table `{}` references it", child.name),
        );
    }
    schema.tables.remove(name);
    Ok(())
}

fn rename_table(schema: &mut Schema, previous: &Name, next: &Name) -> Result<(), Misfit> {
    if schema.tables.contains_key(next) {
        return misfit(MisfitKind::Position, format!("table `{next}` already exists at this position"));
    }
    let mut table = table_at(schema, previous)?.clone();
    schema.tables.remove(previous);
    table.name = next.clone();
    schema.insert(table);
    update_references(schema, previous, |key| key.references_table = next.clone());
    Ok(())
}

/// Changes every foreign key that references `parent`, copying only the tables that have one.
fn update_references(schema: &mut Schema, parent: &Name, mut update: impl FnMut(&mut crate::ForeignKey)) {
    for table in schema.tables.values_mut() {
        if table.foreign_keys.values().any(|key| key.references_table == *parent) {
            let keys = Arc::make_mut(table).foreign_keys.values_mut();
            keys.filter(|key| key.references_table == *parent).for_each(&mut update);
        }
    }
}

fn create_index(schema: &mut Schema, name: &Name, index: &Name, target: &Schema) -> Result<(), Misfit> {
    let definition = defined(target, name)?.indexes.get(index).cloned();
    let table = table_mut(schema, name)?;
    let Some(definition) = definition else {
        return misfit(
            MisfitKind::Definition,
            format!("the schema defines no index `{index}` on table `{name}`"),
        );
    };
    if let Some(part) = definition.columns.iter().find(|part| !table.columns.contains_key(&part.name)) {
        return misfit(
            MisfitKind::Position,
            format!(
                "index `{index}` needs column `{name}.{}`, which does not exist at this position",
                part.name
            ),
        );
    }
    if table.indexes.insert(index.clone(), definition).is_some() {
        return misfit(MisfitKind::Position, format!("index `{index}` already exists at this position"));
    }
    Ok(())
}

fn alter_table(
    schema: &mut Schema,
    name: &Name,
    alteration: &Alteration,
    target: &Schema,
) -> Result<(), Misfit> {
    match alteration {
        Alteration::AddColumn { column, .. } => {
            let definition = defined_column(target, name, column)?.clone();
            let table = table_mut(schema, name)?;
            if table.columns.insert(column.clone(), definition).is_some() {
                return misfit(
                    MisfitKind::Position,
                    format!("column `{name}.{column}` already exists at this position"),
                );
            }
        }
        Alteration::DropColumn { column } => {
            column_at(table_at(schema, name)?, column)?;
            table_mut(schema, name)?.columns.shift_remove(column);
        }
        Alteration::RenameColumn { previous, next } => rename_column(schema, name, previous, next)?,
        Alteration::AlterColumn { column, .. } => {
            let definition = defined_column(target, name, column)?.clone();
            let table = table_mut(schema, name)?;
            column_at(table, column)?;
            table.columns.insert(column.clone(), definition);
        }
        Alteration::AddPrimaryKey => {
            let definition = defined(target, name)?.primary_key.clone();
            let table = table_mut(schema, name)?;
            if table.primary_key.is_some() {
                return misfit(MisfitKind::Position, format!("table `{name}` already has a primary key"));
            }
            if definition.is_none() {
                return misfit(
                    MisfitKind::Definition,
                    format!("the schema gives table `{name}` no primary key"),
                );
            }
            table.primary_key = definition;
        }
        Alteration::DropPrimaryKey => {
            if table_mut(schema, name)?.primary_key.take().is_none() {
                return misfit(MisfitKind::Position, format!("table `{name}` has no primary key to drop"));
            }
        }
        Alteration::AddUnique { name: unique } => {
            add(
                schema,
                name,
                unique,
                "unique constraint",
                target,
                |table| &table.uniques,
                |table| &mut table.uniques,
            )?;
        }
        Alteration::DropUnique { name: unique } => {
            let uniques = &mut table_mut(schema, name)?.uniques;
            remove(uniques, unique, || format!("table `{name}` has no unique constraint `{unique}`"))?;
        }
        Alteration::AddForeignKey { name: key } => {
            add(
                schema,
                name,
                key,
                "foreign key",
                target,
                |table| &table.foreign_keys,
                |table| &mut table.foreign_keys,
            )?;
        }
        Alteration::DropForeignKey { name: key } => {
            let keys = &mut table_mut(schema, name)?.foreign_keys;
            remove(keys, key, || format!("table `{name}` has no foreign key `{key}`"))?;
        }
        Alteration::AddCheck { name: check } => {
            add(schema, name, check, "check", target, |table| &table.checks, |table| &mut table.checks)?;
        }
        Alteration::DropCheck { name: check } => {
            let checks = &mut table_mut(schema, name)?.checks;
            remove(checks, check, || format!("table `{name}` has no check `{check}`"))?;
        }
    }
    Ok(())
}

fn rename_column(schema: &mut Schema, name: &Name, previous: &Name, next: &Name) -> Result<(), Misfit> {
    let table = table_mut(schema, name)?;
    column_at(table, previous)?;
    if table.columns.contains_key(next) {
        return misfit(
            MisfitKind::Position,
            format!("column `{name}.{next}` already exists at this position"),
        );
    }
    let rename = |column: &mut Name| {
        if column == previous {
            *column = next.clone();
        }
    };
    let columns = std::mem::take(&mut table.columns).into_iter().map(|(_, mut column)| {
        rename(&mut column.name);
        (column.name.clone(), column)
    });
    table.columns = columns.collect();
    table.primary_key.iter_mut().flat_map(|key| &mut key.columns).for_each(rename);
    table.uniques.values_mut().flat_map(|unique| &mut unique.columns).for_each(rename);
    table.indexes.values_mut().flat_map(|index| &mut index.columns).for_each(|part| rename(&mut part.name));
    table.foreign_keys.values_mut().flat_map(|key| &mut key.columns).for_each(rename);
    update_references(schema, name, |key| key.references_columns.iter_mut().for_each(rename));
    Ok(())
}

/// Adds an object that the target's table defines under `key`.
fn add<T: Clone>(
    schema: &mut Schema,
    name: &Name,
    key: &Name,
    what: &str,
    target: &Schema,
    objects: impl Fn(&Table) -> &BTreeMap<Name, T>,
    objects_mut: impl Fn(&mut Table) -> &mut BTreeMap<Name, T>,
) -> Result<(), Misfit> {
    let Some(definition) = objects(defined(target, name)?).get(key).cloned() else {
        return misfit(
            MisfitKind::Definition,
            format!("the schema defines no {what} `{key}` on table `{name}`"),
        );
    };
    let table = table_mut(schema, name)?;
    if objects_mut(table).insert(key.clone(), definition).is_some() {
        return misfit(MisfitKind::Position, format!("{what} `{key}` already exists at this position"));
    }
    Ok(())
}

fn remove<T>(
    objects: &mut BTreeMap<Name, T>,
    key: &Name,
    message: impl Fn() -> String,
) -> Result<(), Misfit> {
    match objects.remove(key) {
        Some(_) => Ok(()),
        None => misfit(MisfitKind::Position, message()),
    }
}

/// After the alterations of one operation the table must be whole: every key and index finds its
/// columns, here and in the tables that reference it.
fn complete(schema: &Schema, name: &Name) -> Result<(), Misfit> {
    let table = table_at(schema, name)?;
    let uniques = table
        .uniques
        .iter()
        .map(|(key, unique)| (format!("unique constraint `{key}`"), unique.columns.clone()));
    let foreign_keys = table
        .foreign_keys
        .iter()
        .map(|(key, foreign)| (format!("foreign key `{key}`"), foreign.columns.clone()));
    let indexes = table.indexes.iter().map(|(key, index)| {
        (format!("index `{key}`"), index.columns.iter().map(|part| part.name.clone()).collect())
    });
    let primary = std::iter::once(("the primary key".to_owned(), table.key_columns().to_vec()));
    for (what, columns) in primary.chain(uniques).chain(foreign_keys).chain(indexes) {
        if let Some(column) = columns.iter().find(|column| !table.columns.contains_key(*column)) {
            return misfit(MisfitKind::Dependency, format!("{what} still needs column `{name}.{column}`"));
        }
    }
    for child in schema.children(name.as_str()) {
        for (key, foreign) in &child.foreign_keys {
            let missing =
                |column: &&Name| foreign.references_table == *name && !table.columns.contains_key(*column);
            if let Some(column) = foreign.references_columns.iter().find(missing) {
                return misfit(
                    MisfitKind::Dependency,
                    format!(
                        "foreign key `{key}` of table `{}` still references column `{name}.{column}`",
                        child.name
                    ),
                );
            }
        }
    }
    Ok(())
}

fn check_data(schema: &Schema, statement: &DataStatement) -> Result<(), Misfit> {
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
                check_literal(table, column, value)?;
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
            check_literal(table, column, value)
        }
    }
}

fn check_assignments(
    schema: &Schema,
    table: &Table,
    set: &[(Name, crate::Expression)],
) -> Result<(), Misfit> {
    for (column, value) in set {
        column_at(table, column)?;
        check_columns(schema, &table.name, value)?;
        check_literal(table, column, value)?;
    }
    Ok(())
}

/// A row that is inserted names every column that has no value of its own, and names none twice.
fn check_complete_row(table: &Table, set: &[(Name, crate::Expression)]) -> Result<(), Misfit> {
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

fn check_columns(schema: &Schema, row: &Name, expression: &crate::Expression) -> Result<(), Misfit> {
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

fn check_literal(table: &Table, column: &Name, value: &crate::Expression) -> Result<(), Misfit> {
    let definition = column_at(table, column)?;
    let wrong = match value {
        crate::Expression::Literal(value) => value.misfit(&definition.column_type),
        crate::Expression::Null if !definition.nullable => Some("it is NOT NULL, and gets NULL".to_owned()),
        _ => None,
    };
    match wrong {
        Some(reason) => misfit(MisfitKind::Data, format!("column `{}.{column}`: {reason}", table.name)),
        None => Ok(()),
    }
}

fn table_at<'a>(schema: &'a Schema, name: &Name) -> Result<&'a Table, Misfit> {
    let missing = || Misfit {
        kind: MisfitKind::Position,
        message: format!("table `{name}` does not exist at this position"),
    };
    schema.table(name.as_str()).ok_or_else(missing)
}

fn table_mut<'a>(schema: &'a mut Schema, name: &Name) -> Result<&'a mut Table, Misfit> {
    table_at(schema, name)?;
    match schema.tables.get_mut(name) {
        Some(table) => Ok(Arc::make_mut(table)),
        None => misfit(MisfitKind::Position, format!("table `{name}` does not exist at this position")),
    }
}

fn column_at<'a>(table: &'a Table, column: &Name) -> Result<&'a crate::Column, Misfit> {
    let missing = || Misfit {
        kind: MisfitKind::Position,
        message: format!("column `{}.{column}` does not exist at this position", table.name),
    };
    table.column(column.as_str()).ok_or_else(missing)
}

fn defined<'a>(target: &'a Schema, name: &Name) -> Result<&'a Arc<Table>, Misfit> {
    let missing = || Misfit {
        kind: MisfitKind::Definition,
        message: format!("the schema that the migration leads to has no table `{name}`"),
    };
    target.tables.get(name).ok_or_else(missing)
}

fn defined_column<'a>(target: &'a Schema, table: &Name, column: &Name) -> Result<&'a crate::Column, Misfit> {
    let missing = || Misfit {
        kind: MisfitKind::Definition,
        message: format!("the schema that the migration leads to has no column `{table}.{column}`"),
    };
    defined(target, table)?.column(column.as_str()).ok_or_else(missing)
}
