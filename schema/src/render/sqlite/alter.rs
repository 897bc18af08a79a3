//! ALTER TABLE, which on SQLite adds, renames and drops simple columns, and for everything else is
//! a rebuild of the table.

use super::{GRAMMAR, ident, rebuild, table};
use crate::render::common::{Group, renames_in_order};
use crate::{
    Alteration, Column, DefaultValue, Dialect, GeneratedStorage, Index, Name, Pair, Schema, Statement, Table,
    Unique,
};

/// The statements of alterations that are done together: what SQLite can do by itself if that is all, else
/// a rebuild. Renames it does by itself, and mends triggers, views and references with them.
pub(super) fn change(group: &Group<'_>) -> Vec<Statement> {
    let Group { alterations, schemas, tables, target, renamed, last, online: _ } = *group;
    let renames = renames_in_order(&GRAMMAR, group);
    if !renames.is_empty() {
        let table = ident(&tables.previous.name);
        let rename = |Pair { previous, next }: &Pair<Name>| {
            format!("ALTER TABLE {table} RENAME COLUMN {} TO {}", ident(previous), ident(next))
        };
        let renames = renames.iter().map(|names| Statement::Sql(rename(names)));
        return match without_repeated_key(tables.previous).zip(without_repeated_key(tables.next)) {
            None => renames.collect(),
            Some((bare, bare_next)) => {
                let rebuild = |schema, tables| {
                    Statement::Rebuild(rebuild::rebuild(schema, schema, tables, &[], renamed))
                };
                let before = rebuild(schemas.previous, Pair::new(tables.previous, &bare));
                // What follows rebuilds it anyway, with SQL that says the next names.
                let after = last.then(|| rebuild(schemas.next, Pair::new(&bare_next, tables.next)));
                [before].into_iter().chain(renames).chain(after).collect()
            }
        };
    }
    let is_bare = !renamed.is_empty() && without_repeated_key(tables.previous).is_some();
    let native = native(tables.previous, alterations, schemas.previous, target);
    match native.filter(|_| !is_bare) {
        Some(native) => native,
        None => {
            vec![Statement::Rebuild(rebuild::rebuild(schemas.previous, target, tables, alterations, renamed))]
        }
    }
}

/// A table stored by its key without the unique constraints that have columns of the key, if there are any.
/// While there are, SQLite cannot rename these, by a fault of its own: "expressions prohibited in PRIMARY KEY
/// and UNIQUE constraints" (seen from 3.40 on).
fn without_repeated_key(table: &Table) -> Option<Table> {
    let repeats = |unique: &Unique| unique.columns.iter().any(|column| table.key_columns().contains(column));
    let found = table.options.sqlite.without_rowid && table.uniques.values().any(repeats);
    found.then(|| {
        let mut bare = table.clone();
        bare.uniques.retain(|_, unique| !repeats(unique));
        bare
    })
}

/// The alterations as statements of SQLite's own, if it can do every one of them.
fn native(
    previous: &Table,
    alterations: &[Alteration],
    position: &Schema,
    target: &Schema,
) -> Option<Vec<Statement>> {
    // One after the other, they must not take the last column before there is another.
    let drops = |alteration: &&Alteration| matches!(alteration, Alteration::DropColumn { .. });
    let dropped = alterations.iter().filter(drops).count();
    (dropped == 0 || dropped < previous.columns.len()).then_some(())?;
    let texts: Option<Vec<Vec<String>>> = alterations
        .iter()
        .map(|alteration| native_alteration(previous, alteration, position, target))
        .collect();
    Some(texts?.into_iter().flatten().map(Statement::Sql).collect())
}

/// No texts at all where nothing changes that the database knows of.
fn native_alteration(
    previous: &Table,
    alteration: &Alteration,
    position: &Schema,
    target: &Schema,
) -> Option<Vec<String>> {
    let table = ident(&previous.name);
    let next = || target.table(previous.name.as_str());
    match alteration {
        Alteration::AddColumn { column, backfill: None }
        | Alteration::RestoreColumn { column, backfill: None } => {
            let definition = next()?.column(column.as_str())?;
            let column = table::column(target, next()?, definition);
            addable(definition).then(|| vec![format!("ALTER TABLE {table} ADD COLUMN {column}")])
        }
        // An UPDATE would fire triggers, and could not read columns that go at the same time.
        Alteration::AddColumn { backfill: Some(_), .. }
        | Alteration::RestoreColumn { backfill: Some(_), .. } => None,
        Alteration::DropColumn { column } => {
            let drop = || vec![format!("ALTER TABLE {table} DROP COLUMN {}", ident(column))];
            (droppable(previous, column) && !is_read(position, column)).then(drop)
        }
        Alteration::AlterColumn { column, using: None, backfill: None, .. } => {
            let before = table::column_line(position, previous, previous.column(column.as_str())?);
            let after = table::column_line(target, next()?, next()?.column(column.as_str())?);
            (before == after).then(Vec::new)
        }
        Alteration::SetOptions => (previous.options.sqlite == next()?.options.sqlite).then(Vec::new),
        Alteration::AddForeignKey { name } => {
            let key = next()?.foreign_keys.get(name)?;
            (!key.only.includes(Dialect::Sqlite)).then(Vec::new)
        }
        Alteration::DropForeignKey { name } => {
            let key = previous.foreign_keys.get(name)?;
            (!key.only.includes(Dialect::Sqlite)).then(Vec::new)
        }
        Alteration::AddCheck { name } => {
            let check = next()?.checks.get(name)?;
            (!check.only.includes(Dialect::Sqlite)).then(Vec::new)
        }
        Alteration::DropCheck { name } => {
            let check = previous.checks.get(name)?;
            (!check.only.includes(Dialect::Sqlite)).then(Vec::new)
        }
        Alteration::RenameColumn { .. }
        | Alteration::AlterColumn { .. }
        | Alteration::AddPrimaryKey
        | Alteration::DropPrimaryKey
        | Alteration::AddUnique { .. }
        | Alteration::DropUnique { .. } => None,
    }
}

/// <https://sqlite.org/lang_altertable.html#altertabaddcol>: no key, no computed default, and NOT
/// NULL only with a default.
fn addable(column: &Column) -> bool {
    let constant = match &column.default {
        None => column.nullable,
        Some(DefaultValue::Literal(_)) => true,
        Some(DefaultValue::Expression(_)) => false,
    };
    constant && !column.auto_increment && !stored(column)
}

fn stored(column: &Column) -> bool {
    column.generated.as_ref().is_some_and(|generated| generated.storage == GeneratedStorage::Stored)
}

/// Whether a view or a trigger that stays may read a column, as where another one takes its place.
fn is_read(schema: &Schema, column: &Name) -> bool {
    let views = schema.views.values().map(|view| &view.sql);
    let triggers = schema.triggers.values().map(|trigger| &trigger.sql);
    views.chain(triggers).any(|sql| sql.names(column.as_str()))
}

/// <https://sqlite.org/lang_altertable.html#altertabdropcol>: not while anything mentions it. The
/// words of checks, predicates and expressions are looked at rather than understood: a rebuild too many
/// does no harm.
fn droppable(table: &Table, column: &Name) -> bool {
    let in_keys = table.key_columns().contains(column)
        || table.uniques.values().any(|unique| unique.columns.contains(column))
        || table.foreign_keys.values().any(|key| key.columns.contains(column))
        || table.indexes.values().any(|index| index.mentions(column.as_str()));
    let checks = table.checks.values().map(|check| &check.condition);
    let indexes = table.indexes.values().flat_map(Index::sqls);
    let generated = table.columns.values().filter_map(|column| Some(&column.generated.as_ref()?.sql));
    let in_text = checks.chain(indexes).chain(generated).any(|sql| sql.names(column.as_str()));
    !in_keys && !in_text
}
