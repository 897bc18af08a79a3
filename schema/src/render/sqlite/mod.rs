//! SQLite.
//!
//! Tables and constraints are written here rather than by sea-query, which neither names
//! constraints in its CREATE TABLE for SQLite nor breaks lines, and people review this text.

mod alter;
mod archive;
mod data;
mod enumeration;
mod literal;
mod rebuild;
mod table;

use crate::{Dialect, Effect, Name, Operation, Pair, Schema, Statement, Trigger};

pub(super) fn render(operation: &Operation, position: &Schema, target: &Schema) -> Vec<Statement> {
    match operation {
        Operation::CreateTable { table } => target.table(table.as_str()).map_or_else(Vec::new, |table| {
            let mut texts = vec![table::create_table(target, table, &table.name)];
            texts.extend(table::create_indexes(table).into_iter().map(|(_, text)| text));
            texts.into_iter().map(Statement::Sql).collect()
        }),
        Operation::RestoreTable { table, set } => {
            target.table(table.as_str()).map_or_else(Vec::new, |definition| {
                let create = Operation::CreateTable { table: table.clone() };
                let mut statements = render(&create, position, target);
                statements.extend(archive::restore_table(definition, set).map(Statement::Restore));
                statements
            })
        }
        Operation::DropTable { table } => {
            let keep = position.table(table.as_str()).and_then(archive::keep_table).map(Statement::Keep);
            keep.into_iter().chain([Statement::DropTable(format!("DROP TABLE {}", ident(table)))]).collect()
        }
        Operation::RenameTable { previous, next } => rename_table(previous, next),
        Operation::AlterTable { table, alterations } => {
            alter::alter_table(table, alterations, position, target)
        }
        Operation::CreateIndex { table, index } => target
            .table(table.as_str())
            .and_then(|table| Some((table, table.indexes.get(index)?)))
            .filter(|(_, definition)| definition.only.includes(Dialect::Sqlite))
            .map(|(table, definition)| Statement::Sql(table::create_index(&table.name, index, definition)))
            .into_iter()
            .collect(),
        Operation::DropIndex { table, index } => {
            let definition = position.table(table.as_str()).and_then(|table| table.indexes.get(index));
            let here = definition.is_none_or(|definition| definition.only.includes(Dialect::Sqlite));
            here.then(|| Statement::Sql(format!("DROP INDEX {}", ident(index)))).into_iter().collect()
        }
        // An enum is a check of the columns that are of it.
        Operation::CreateEnum { .. } | Operation::DropEnum { .. } => Vec::new(),
        Operation::AlterEnum { name, renamed } => enumeration::alter_enum(name, renamed, position, target),
        Operation::CreateView { name } => {
            let view = target.view(name.as_str()).filter(|view| view.only.includes(Dialect::Sqlite));
            let create = |text: &str| Statement::Sql(format!("CREATE VIEW {} AS\n{text}", ident(name)));
            view.and_then(|view| view.sql.text(Dialect::Sqlite)).map(create).into_iter().collect()
        }
        Operation::DropView { name } => {
            let view = position.view(name.as_str()).filter(|view| view.only.includes(Dialect::Sqlite));
            view.map(|_| Statement::Sql(format!("DROP VIEW {}", ident(name)))).into_iter().collect()
        }
        Operation::CreateTrigger { name } => {
            let trigger = target.trigger(name.as_str()).filter(|made| made.only.includes(Dialect::Sqlite));
            let text = trigger.and_then(|trigger| trigger.sql.text(Dialect::Sqlite));
            text.map(|text| Statement::Sql(text.to_owned())).into_iter().collect()
        }
        Operation::DropTrigger { name } => {
            let trigger = position.trigger(name.as_str()).filter(|made| made.only.includes(Dialect::Sqlite));
            let drop = |trigger: &Trigger| {
                let more = trigger.drop.as_ref().and_then(|drop| drop.text(Dialect::Sqlite));
                let first = format!("DROP TRIGGER {}", ident(name));
                [Some(first), more.map(str::to_owned)].into_iter().flatten().map(Statement::Sql).collect()
            };
            trigger.map(drop).unwrap_or_default()
        }
        Operation::Data(statement) => {
            let keep = archive::keep_deleted(statement, Pair::new(position, target)).map(Statement::Keep);
            keep.into_iter().chain([Statement::Sql(data::statement(statement))]).collect()
        }
        Operation::Sql { sql, effects } => {
            let statement = |text: &str| match effects.iter().any(Effect::may_drop) {
                true => Statement::DropTable(text.to_owned()),
                false => Statement::Sql(text.to_owned()),
            };
            sql.text(Dialect::Sqlite).map(statement).into_iter().collect()
        }
        // Its SQL is made while it runs.
        Operation::Code => Vec::new(),
    }
}

/// For SQLite names are the same whatever their case, so a change of case alone goes by another name.
fn rename_table(previous: &Name, next: &Name) -> Vec<Statement> {
    let rename = |previous: &Name, next: &Name| {
        Statement::Sql(format!("ALTER TABLE {} RENAME TO {}", ident(previous), ident(next)))
    };
    if previous.as_str().eq_ignore_ascii_case(next.as_str()) {
        let temporary = rebuild::temporary(next);
        vec![rename(previous, &temporary), rename(&temporary, next)]
    } else {
        vec![rename(previous, next)]
    }
}

/// A name as an SQL identifier, always in quotes.
fn ident(name: &Name) -> String {
    format!("\"{}\"", name.as_str().replace('"', "\"\""))
}

fn ident_list(names: &[Name]) -> String {
    let names: Vec<String> = names.iter().map(ident).collect();
    names.join(", ")
}
