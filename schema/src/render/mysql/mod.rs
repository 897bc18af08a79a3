//! MySQL 8 and MariaDB from 10.5.2 on: what both of them can do.

mod alter;
mod alter_column;
mod column;
pub(crate) mod effort;
mod enumeration;
mod literal;
mod online;
mod support;
mod table;
mod trigger;
mod update;
mod work;

use super::common::{self, Concat, Grammar, Rules};
use crate::{Alteration, ColumnType, Dialect, Expression, Name, Operation, Pair, Schema, Statement};

pub(super) const GRAMMAR: Grammar = Grammar {
    dialect: Dialect::Mysql,
    quote: '`',
    literal: literal::literal,
    now: "UTC_TIMESTAMP(6)",
    // `||` is OR unless a setting says otherwise.
    concat: Concat::Function,
    own_type: |_| None,
    // MariaDB's JSON is a text with a check that names the column, and CREATE TABLE .. AS copies the check.
    kept_as: |column_type, name| is_json(column_type).then(|| format!("CONCAT({name})")),
    written_as: column::written_as,
    // A number and a text would be compared as numbers, and a text that is none would be an error.
    differ: |left, right| format!("NOT (CAST({left} AS BINARY) <=> CAST({right} AS BINARY))"),
    same: |column, kept| format!("CAST({column} AS BINARY) <=> CAST({kept} AS BINARY)"),
    characters: "char_length",
    bytes: "octet_length",
    not_integer: |column| format!("{column} NOT REGEXP '^(0|-?[1-9][0-9]*)$'"),
    unfit_decimal: common::unfit_decimal,
    foreign_key_check: None,
    parenthesized_keys: true,
    drop_trigger_from: None,
};

const RULES: Rules = Rules { dialect: Dialect::Mysql, comparable: column::comparable };

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
            vec![Statement::Sql(format!("ALTER TABLE {} RENAME TO {}", ident(previous), ident(next)))]
        }
        Operation::ExchangeTables { one, other } => {
            let renames = common::exchange(&GRAMMAR, one, other);
            let renames =
                renames.iter().map(|names| format!("{} TO {}", ident(&names.previous), ident(&names.next)));
            vec![Statement::Sql(format!("RENAME TABLE {}", renames.collect::<Vec<_>>().join(", ")))]
        }
        Operation::AlterTable { table, alterations, online } => {
            let (schemas, alterations) = (Pair::new(position, target), checks_first(alterations));
            common::alter_table(&GRAMMAR, (table, *online), &alterations, schemas, alter::change)
        }
        Operation::CreateIndex { table, .. } | Operation::DropIndex { table, .. } => {
            change_index(operation, table, position, target)
        }
        // The values of an enum are in the type of every column that is of it.
        Operation::CreateEnum { .. } | Operation::DropEnum { .. } => Vec::new(),
        Operation::AlterEnum { name, renamed } => enumeration::alter_enum(name, renamed, position, target),
        Operation::CreateView { name } => common::create_view(&GRAMMAR, name, target),
        Operation::DropView { name } => common::drop_view(&GRAMMAR, name, position),
        Operation::CreateTrigger { name } => common::create_trigger(&GRAMMAR, name, target),
        Operation::DropTrigger { name } => common::drop_trigger(&GRAMMAR, name, position),
        Operation::Data(statement) => {
            let keep = common::keep_deleted(&GRAMMAR, statement, Pair::new(position, target));
            let change = update::statements(position, statement).into_iter().map(Statement::Sql);
            keep.map(Statement::Keep).into_iter().chain(change).collect()
        }
        Operation::Sql { sql, effects: _ } => common::written(&GRAMMAR, sql),
        // Its SQL is made while it runs.
        Operation::Code => Vec::new(),
    }
}

fn is_json(column_type: &ColumnType) -> bool {
    match column_type {
        ColumnType::Native(native) => {
            native.text(Dialect::Mysql).is_some_and(|text| text.eq_ignore_ascii_case("json"))
        }
        other => *other == ColumnType::Json,
    }
}

/// The table, and the foreign keys of others that wait for it.
fn create_table(name: &Name, position: &Schema, target: &Schema) -> Vec<Statement> {
    let after = with_table(name, position, target);
    let Some(table) = after.table(name.as_str()) else { return Vec::new() };
    let (own, waiting): (Vec<_>, Vec<_>) =
        foreign_keys(name, position, &after).into_iter().partition(|added| added.table == *name);
    let waiting = waiting.iter().filter_map(|added| table::add_foreign_key(&after, added));
    [table::create_table(&after, table, &own)].into_iter().chain(waiting).map(Statement::Sql).collect()
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
    let create = [table::create_table(&after, table, &[])].into_iter().map(Statement::Sql);
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
fn change_index(operation: &Operation, table: &Name, position: &Schema, target: &Schema) -> Vec<Statement> {
    let after = operation.apply(position, target).unwrap_or_else(|_| position.clone());
    let tables = Pair::new(position, &after).both(|schema| schema.table(table.as_str()));
    let moves = common::moves(&RULES, Pair::new(position, &after), &[table], &|_, _| false);
    let dropped = moves.dropped.iter().map(table::drop_foreign_key);
    let change = tables.and_then(|tables| support::change(tables, operation.is_online()));
    let added = online::add_foreign_keys(&after, &moves.added, operation.is_online());
    dropped.chain(change).map(Statement::Sql).chain(added).collect()
}

/// MySQL renames no column while a check names it, so checks that go anyhow go before.
fn checks_first(alterations: &[Alteration]) -> Vec<Alteration> {
    let mut sorted = alterations.to_vec();
    if alterations.iter().any(|alteration| matches!(alteration, Alteration::RenameColumn { .. })) {
        sorted.sort_by_key(|alteration| !matches!(alteration, Alteration::DropCheck { .. }));
    }
    sorted
}

fn ident(name: &Name) -> String {
    GRAMMAR.ident(name)
}
