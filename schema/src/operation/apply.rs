//! What an operation does to a schema.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::alter::{alter_table, complete, rename_columns};
use super::lookup::{defined, remove, table_at, table_mut};
use super::misfit::{Misfit, MisfitKind, misfit};
use super::rows::{check_data, check_restored};
use super::{Alteration, Operation, object};
use crate::{Name, Schema, Table};

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
            Self::RestoreTable { table, set } => {
                create_table(&mut schema, table, target)?;
                check_restored(target, defined(target, table)?, set)?;
            }
            Self::DropTable { table } => drop_table(&mut schema, table)?,
            Self::RenameTable { previous, next } => rename_table(&mut schema, previous, next)?,
            Self::ExchangeTables { one, other } => exchange_tables(&mut schema, one, other)?,
            Self::AlterTable { table, alterations, online: _ } => {
                for together in Alteration::together(alterations) {
                    match Alteration::renames(together) {
                        Some(renames) => rename_columns(&mut schema, table, &renames)?,
                        None => together
                            .iter()
                            .try_for_each(|alteration| alter_table(&mut schema, table, alteration, target))?,
                    }
                }
                complete(&schema, table)?;
            }
            Self::CreateIndex { table, index, online: _ } => create_index(&mut schema, table, index, target)?,
            Self::DropIndex { table, index, online: _ } => {
                let indexes = &mut table_mut(&mut schema, table)?.indexes;
                remove(indexes, index, || {
                    format!("table `{table}` has no index `{index}` at this position")
                })?;
            }
            Self::CreateEnum { name } => object::create_enum(&mut schema, name, target)?,
            Self::AlterEnum { name, renamed } => object::alter_enum(&mut schema, name, renamed, target)?,
            Self::DropEnum { name } => object::drop_enum(&mut schema, name)?,
            Self::CreateView { name } => object::create_view(&mut schema, name, target)?,
            Self::DropView { name } => object::drop_view(&mut schema, name)?,
            Self::CreateTrigger { name } => object::create_trigger(&mut schema, name, target)?,
            Self::DropTrigger { name } => object::drop_trigger(&mut schema, name)?,
            Self::Data(statement) => check_data(&schema, statement)?,
            Self::Sql { sql: _, effects } => {
                effects.iter().try_for_each(|effect| effect.apply(&mut schema, target))?;
            }
            Self::Code => {}
        }
        Ok(schema)
    }
}

pub(super) fn create_table(schema: &mut Schema, name: &Name, target: &Schema) -> Result<(), Misfit> {
    if schema.tables.contains_key(name) {
        return misfit(MisfitKind::Position, format!("table `{name}` already exists at this position"));
    }
    let table = defined(target, name)?;
    schema.tables.insert(Arc::clone(table));
    Ok(())
}

pub(super) fn drop_table(schema: &mut Schema, name: &Name) -> Result<(), Misfit> {
    table_at(schema, name)?;
    if let Some(child) = schema.children(name.as_str()).find(|child| child.name != *name) {
        return misfit(
            MisfitKind::Dependency,
            format!("table `{name}` cannot be dropped while table `{}` references it", child.name),
        );
    }
    object::free_of_views_and_triggers(schema, name, "dropped")?;
    schema.tables.remove(name);
    Ok(())
}

fn rename_table(schema: &mut Schema, previous: &Name, next: &Name) -> Result<(), Misfit> {
    if schema.tables.contains_key(next) {
        return misfit(MisfitKind::Position, format!("table `{next}` already exists at this position"));
    }
    object::free_of_views_and_triggers(schema, previous, "renamed")?;
    let mut table = table_at(schema, previous)?.clone();
    schema.tables.remove(previous);
    table.name = next.clone();
    schema.insert(table);
    update_references(schema, previous, |key| key.references_table = next.clone());
    Ok(())
}

fn exchange_tables(schema: &mut Schema, one: &Name, other: &Name) -> Result<(), Misfit> {
    if one == other {
        return misfit(MisfitKind::Position, format!("table `{one}` cannot exchange its name with itself"));
    }
    let mut tables = Vec::new();
    for (previous, next) in [(one, other), (other, one)] {
        object::free_of_views_and_triggers(schema, previous, "renamed")?;
        tables.push(Table { name: next.clone(), ..table_at(schema, previous)?.clone() });
    }
    for mut table in tables {
        for key in table.foreign_keys.values_mut() {
            exchange(&mut key.references_table, one, other);
        }
        schema.insert(table);
    }
    for child in &children(schema, one, other) {
        if let Some(table) = schema.tables.get_mut(child) {
            table.foreign_keys.values_mut().for_each(|key| exchange(&mut key.references_table, one, other));
        }
    }
    Ok(())
}

/// The tables beside two that reference either.
fn children(schema: &Schema, one: &Name, other: &Name) -> BTreeSet<Name> {
    let children = [one, other].into_iter().flat_map(|parent| schema.children(parent.as_str()));
    children.map(|child| child.name.clone()).filter(|child| child != one && child != other).collect()
}

fn exchange(name: &mut Name, one: &Name, other: &Name) {
    if name == one {
        *name = other.clone();
    } else if name == other {
        *name = one.clone();
    }
}

/// Changes every foreign key that references `parent`, copying only the tables that have one.
pub(super) fn update_references(
    schema: &mut Schema,
    parent: &Name,
    mut update: impl FnMut(&mut crate::ForeignKey),
) {
    let children: Vec<Name> = schema.children(parent.as_str()).map(|child| child.name.clone()).collect();
    for child in &children {
        if let Some(table) = schema.tables.get_mut(child) {
            let keys = table.foreign_keys.values_mut();
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
    if let Some(column) = definition.named_columns().find(|column| !table.columns.contains_key(*column)) {
        return misfit(
            MisfitKind::Position,
            format!("index `{index}` needs column `{name}.{column}`, which does not exist at this position"),
        );
    }
    if table.indexes.insert(index.clone(), definition).is_some() {
        return misfit(MisfitKind::Position, format!("index `{index}` already exists at this position"));
    }
    Ok(())
}
