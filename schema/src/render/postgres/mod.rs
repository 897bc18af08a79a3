//! PostgreSQL, from version 12 on.

mod alter;
mod alter_column;
mod column;
mod comment;
mod enumeration;
mod exchange;
mod literal;
mod obstacle;
mod phases;
mod table;
mod trigger;

use super::common::{self, Concat, Grammar, Rules};
use crate::{ColumnType, Dialect, Name, Operation, Pair, Schema, Statement};

pub(super) const GRAMMAR: Grammar = Grammar {
    dialect: Dialect::Postgres,
    quote: '"',
    literal: literal::literal,
    now: "CURRENT_TIMESTAMP",
    concat: Concat::Operator,
    own_type: |column_type| {
        let own = matches!(column_type, ColumnType::Enum(_) | ColumnType::Native(_));
        own.then(|| column::storage(column_type))
    },
    // What an alteration has replaced may be of another type than what replaced it.
    differ: |left, right| format!("CAST({left} AS text) IS DISTINCT FROM CAST({right} AS text)"),
    same: |column, kept| format!("CAST({column} AS text) IS NOT DISTINCT FROM CAST({kept} AS text)"),
    parenthesized_keys: true,
    drop_trigger_from: Some("ON"),
};

const RULES: Rules = Rules {
    dialect: Dialect::Postgres,
    comparable: |_, (_, column), (_, referenced)| {
        column::comparable(&column.column_type, &referenced.column_type)
    },
};

pub(super) fn render(operation: &Operation, position: &Schema, target: &Schema) -> Vec<Statement> {
    match operation {
        Operation::CreateTable { table } => create_table(table, position, target),
        Operation::RestoreTable { table, set } => {
            let restore = target.table(table.as_str());
            let restore = restore.and_then(|table| common::restore_table(&GRAMMAR, target, table, set));
            create_table(table, position, target).into_iter().chain(restore.map(Statement::Restore)).collect()
        }
        Operation::DropTable { table } => {
            let keep = position.table(table.as_str()).and_then(|table| common::keep_table(&GRAMMAR, table));
            let drop = Statement::Sql(format!("DROP TABLE {}", ident(table)));
            keep.map(Statement::Keep).into_iter().chain([drop]).collect()
        }
        Operation::RenameTable { previous, next } => rename_table(previous, next, position),
        Operation::AlterTable { table, alterations } => {
            let schemas = Pair::new(position, target);
            common::alter_table(&GRAMMAR, table, alterations, schemas, alter::change)
        }
        Operation::CreateIndex { table, index } => {
            let table = target.table(table.as_str());
            table
                .and_then(|table| table::create_index(table, index))
                .into_iter()
                .map(Statement::Sql)
                .collect()
        }
        Operation::DropIndex { table, index } => {
            let table = position.table(table.as_str());
            let drop = table.and_then(|table| table::drop_index(table, index));
            drop.into_iter().map(Statement::Sql).collect()
        }
        Operation::CreateEnum { name } => enumeration::create_enum(name, target),
        Operation::AlterEnum { name, renamed } => enumeration::alter_enum(name, renamed, position, target),
        Operation::DropEnum { name } => vec![Statement::Sql(format!("DROP TYPE {}", ident(name)))],
        Operation::CreateView { name } => {
            let comment = target.view(name.as_str()).and_then(comment::of_view);
            let create = common::create_view(&GRAMMAR, name, target);
            create.into_iter().chain(comment.map(Statement::Sql)).collect()
        }
        Operation::DropView { name } => common::drop_view(&GRAMMAR, name, position),
        Operation::CreateTrigger { name } => common::create_trigger(&GRAMMAR, name, target),
        Operation::DropTrigger { name } => common::drop_trigger(&GRAMMAR, name, position),
        Operation::Data(statement) => {
            let keep = common::keep_deleted(&GRAMMAR, statement, Pair::new(position, target));
            let change = Statement::Sql(common::statement(&GRAMMAR, position, statement));
            keep.map(Statement::Keep).into_iter().chain([change]).collect()
        }
        Operation::Sql { sql, effects: _ } => common::written(&GRAMMAR, sql),
        // Its SQL is made while it runs.
        Operation::Code => Vec::new(),
    }
}

/// The table, and the foreign keys of others that wait for it.
fn create_table(name: &Name, position: &Schema, target: &Schema) -> Vec<Statement> {
    let create = Operation::CreateTable { table: name.clone() };
    let after = create.apply(position, target).unwrap_or_else(|_| target.clone());
    let Some(table) = after.table(name.as_str()) else { return Vec::new() };
    let moves = common::moves(&RULES, Pair::new(position, &after), &[name], &|_, _| false);
    let waiting = moves.added.iter().filter(|added| added.table != *name);
    let waiting = waiting.filter_map(|added| table::add_foreign_key(&after, added));
    table::create_table(&after, table).into_iter().chain(waiting).map(Statement::Sql).collect()
}

/// The primary key is named after its table.
fn rename_table(previous: &Name, next: &Name, position: &Schema) -> Vec<Statement> {
    let mut texts = vec![format!("ALTER TABLE {} RENAME TO {}", ident(previous), ident(next))];
    if position.table(previous.as_str()).is_some_and(|table| table.primary_key.is_some()) {
        let keys = Pair::new(previous, next).map(|table| ident(&table::primary_key_name(table)));
        texts.push(format!(
            "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
            ident(next),
            keys.previous,
            keys.next
        ));
    }
    texts.into_iter().map(Statement::Sql).collect()
}

fn ident(name: &Name) -> String {
    GRAMMAR.ident(name)
}
