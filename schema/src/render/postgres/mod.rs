//! PostgreSQL, from version 12 on.

mod alter;
mod alter_column;
mod column;
mod comment;
mod enumeration;
mod exchange;
mod literal;
mod obstacle;
mod online;
mod phases;
mod table;
mod trigger;

use std::collections::BTreeMap;

use super::common::{self, Concat, Grammar, Rules};
use crate::{ColumnType, Dialect, Expression, Name, Operation, Pair, Schema, Statement, Table};

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
    // The type may go, and the archive stays.
    kept_as: |column_type, name| (GRAMMAR.own_type)(column_type).map(|_| format!("CAST({name} AS text)")),
    written_as: column::written_as,
    // What an alteration has replaced may be of another type than what replaced it.
    differ: |left, right| format!("CAST({left} AS text) IS DISTINCT FROM CAST({right} AS text)"),
    same: |column, kept| format!("CAST({column} AS text) IS NOT DISTINCT FROM CAST({kept} AS text)"),
    characters: "char_length",
    bytes: "octet_length",
    not_integer: |column| format!("{column} !~ '^(0|-?[1-9][0-9]*)$'"),
    unfit_decimal: common::unfit_decimal,
    foreign_key_check: None,
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
        Operation::RestoreTable { table, set } => restore_table(table, set, position, target),
        Operation::DropTable { table } => {
            let keep = position.table(table.as_str()).and_then(|table| common::keep_table(&GRAMMAR, table));
            let drop = Statement::Sql(format!("DROP TABLE {}", ident(table)));
            keep.map(Statement::Keep).into_iter().chain([drop]).collect()
        }
        Operation::RenameTable { previous, next } => {
            rename_table(previous, next, has_key(position, previous))
        }
        Operation::ExchangeTables { one, other } => {
            let keys = [one, other, one].map(|table| has_key(position, table));
            let renames = common::exchange(&GRAMMAR, one, other).into_iter().zip(keys);
            renames.flat_map(|(names, key)| rename_table(&names.previous, &names.next, key)).collect()
        }
        Operation::AlterTable { table, alterations, online } => {
            let schemas = Pair::new(position, target);
            common::alter_table(&GRAMMAR, (table, *online), alterations, schemas, alter::change)
        }
        Operation::CreateIndex { table, index, online } => {
            let create = target.table(table.as_str()).and_then(|table| match online {
                true => table::build_index(table, index),
                false => table::create_index(table, index).map(Statement::Sql),
            });
            around_index(operation, table, create, position, target)
        }
        Operation::DropIndex { table, index, online } => {
            let drop = position.table(table.as_str()).and_then(|table| table::drop_index(table, index));
            let drop = drop.map(|text| if *online { online::drop(index) } else { Statement::Sql(text) });
            around_index(operation, table, drop, position, target)
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
    let after = with_table(name, position, target);
    let Some(table) = after.table(name.as_str()) else { return Vec::new() };
    let (own, waiting): (Vec<_>, Vec<_>) =
        foreign_keys(name, position, &after).into_iter().partition(|added| can_be_inline(table, added));
    let waiting = waiting.iter().filter_map(|added| table::add_foreign_key(&after, added));
    table::create_table(table, &own).into_iter().chain(waiting).map(Statement::Sql).collect()
}

/// Whether a foreign key can be declared with its table, before the indexes of that are there.
fn can_be_inline(table: &Table, added: &common::Move) -> bool {
    let without_indexes = Table { indexes: BTreeMap::new(), ..table.clone() };
    let key = table.foreign_keys.get(&added.name).filter(|_| added.table == table.name);
    key.is_some_and(|key| {
        key.references_table != table.name || without_indexes.is_unique(&key.references_columns)
    })
}

/// The table and its rows, and then all foreign keys: a row may reference one that comes after it.
fn restore_table(
    name: &Name,
    set: &[(Name, Expression)],
    position: &Schema,
    target: &Schema,
) -> Vec<Statement> {
    let after = with_table(name, position, target);
    let Some(table) = after.table(name.as_str()) else { return Vec::new() };
    let restore = common::restore_table(&GRAMMAR, target, table, set).map(Statement::Restore);
    let added = foreign_keys(name, position, &after);
    let added = added.iter().filter_map(|added| table::add_foreign_key(&after, added));
    let create = table::create_table(table, &[]).into_iter().map(Statement::Sql);
    create.chain(restore).chain(added.map(Statement::Sql)).collect()
}

fn with_table(name: &Name, position: &Schema, target: &Schema) -> Schema {
    let create = Operation::CreateTable { table: name.clone() };
    create.apply(position, target).unwrap_or_else(|_| target.clone())
}

/// The foreign keys that stand as soon as the table is there: its own, and those that wait for it.
fn foreign_keys(name: &Name, position: &Schema, after: &Schema) -> Vec<common::Move> {
    common::moves(&RULES, Pair::new(position, after), &[name], &|_, _| false).added
}

/// The change of an index, after the foreign keys that reference it are gone, or before they come.
fn around_index(
    operation: &Operation,
    table: &Name,
    change: Option<Statement>,
    position: &Schema,
    target: &Schema,
) -> Vec<Statement> {
    let after = operation.apply(position, target).unwrap_or_else(|_| position.clone());
    let moves = common::moves(&RULES, Pair::new(position, &after), &[table], &|_, _| false);
    let dropped = moves.dropped.iter().map(table::drop_foreign_key).map(Statement::Sql);
    let added = table::add_foreign_keys(&after, &moves.added, operation.is_online());
    dropped.chain(change).chain(added).collect()
}

/// The primary key is named after its table.
fn rename_table(previous: &Name, next: &Name, has_key: bool) -> Vec<Statement> {
    let mut texts = vec![format!("ALTER TABLE {} RENAME TO {}", ident(previous), ident(next))];
    if has_key {
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

fn has_key(schema: &Schema, table: &Name) -> bool {
    schema.table(table.as_str()).is_some_and(|table| table.primary_key.is_some())
}

fn ident(name: &Name) -> String {
    GRAMMAR.ident(name)
}
