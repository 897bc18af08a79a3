//! SQLite.
//!
//! Tables and constraints are written here rather than by sea-query, which neither names
//! constraints in its CREATE TABLE for SQLite nor breaks lines, and people review this text.

mod alter;
mod enumeration;
mod literal;
mod rebuild;
mod table;

use super::common::{self, Concat, Grammar};
use crate::{Dialect, Effect, Name, Operation, Pair, Schema, Statement};

pub(super) const GRAMMAR: Grammar = Grammar {
    dialect: Dialect::Sqlite,
    quote: '"',
    literal: literal::literal,
    now: "CURRENT_TIMESTAMP",
    concat: Concat::Operator,
    own_type: |_| None,
    kept_as: |_, _| None,
    // The column converts what it is compared with.
    written_as: |_, expression| expression,
    // The sign takes affinity away: '1.00' may be equal to 1 in a column of numbers, and is not the same. What
    // is kept is compared as the column compares.
    differ: |left, right| format!("+{left} IS NOT {right}"),
    same: |column, kept| format!("{column} IS +{kept}"),
    characters: "length",
    bytes: "length",
    not_integer: |column| format!("CAST(CAST({column} AS INTEGER) AS TEXT) <> {column}"),
    // Decimals are texts.
    unfit_decimal: |column, before, after| {
        let point = format!("instr({column} || '.', '.')");
        format!(
            "(length(ltrim(substr({column}, 1, {point} - 1), '+-0')) > {before} \
             OR length(rtrim(substr({column}, {point} + 1), '0')) > {after})"
        )
    },
    foreign_key_check: Some(|table| format!("pragma_foreign_key_check({table})")),
    parenthesized_keys: false,
    drop_trigger_from: None,
};

pub(super) fn render(operation: &Operation, position: &Schema, target: &Schema) -> Vec<Statement> {
    match operation {
        Operation::CreateTable { table } => create_table(table, target),
        Operation::RestoreTable { table, set } => {
            let restore = target.table(table.as_str());
            let restore = restore.and_then(|table| common::restore_table(&GRAMMAR, target, table, set));
            create_table(table, target).into_iter().chain(restore.map(Statement::Restore)).collect()
        }
        Operation::DropTable { table } => {
            let keep = position.table(table.as_str()).and_then(|table| common::keep_table(&GRAMMAR, table));
            let drop = Statement::DropTable(format!("DROP TABLE {}", ident(table)));
            keep.map(Statement::Keep).into_iter().chain([drop]).collect()
        }
        Operation::RenameTable { previous, next } => rename_table(previous, next),
        Operation::ExchangeTables { one, other } => common::exchange(&GRAMMAR, one, other)
            .iter()
            .flat_map(|names| rename_table(&names.previous, &names.next))
            .collect(),
        Operation::AlterTable { table, alterations, online } => {
            let schemas = Pair::new(position, target);
            common::alter_table(&GRAMMAR, (table, *online), alterations, schemas, alter::change)
        }
        Operation::CreateIndex { table, index, .. } => target
            .table(table.as_str())
            .and_then(|table| Some((table, table.indexes.get(index)?)))
            .filter(|(_, definition)| definition.only.includes(Dialect::Sqlite))
            .map(|(table, definition)| Statement::Sql(table::create_index(&table.name, index, definition)))
            .into_iter()
            .collect(),
        Operation::DropIndex { table, index, .. } => {
            let definition = position.table(table.as_str()).and_then(|table| table.indexes.get(index));
            let here = definition.is_none_or(|definition| definition.only.includes(Dialect::Sqlite));
            here.then(|| Statement::Sql(format!("DROP INDEX {}", ident(index)))).into_iter().collect()
        }
        // An enum is a check of the columns that are of it.
        Operation::CreateEnum { .. } | Operation::DropEnum { .. } => Vec::new(),
        Operation::AlterEnum { name, renamed } => enumeration::alter_enum(name, renamed, position, target),
        Operation::CreateView { name } => common::create_view(&GRAMMAR, name, target),
        Operation::DropView { name } => common::drop_view(&GRAMMAR, name, position),
        Operation::CreateTrigger { name } => common::create_trigger(&GRAMMAR, name, target),
        Operation::DropTrigger { name } => common::drop_trigger(&GRAMMAR, name, position),
        Operation::Data(statement) => {
            let keep = common::keep_deleted(&GRAMMAR, statement, Pair::new(position, target));
            let change = Statement::Sql(common::statement(&GRAMMAR, position, statement));
            keep.map(Statement::Keep).into_iter().chain([change]).collect()
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

fn create_table(name: &Name, target: &Schema) -> Vec<Statement> {
    let Some(table) = target.table(name.as_str()) else { return Vec::new() };
    let mut texts = vec![table::create_table(target, table, &table.name)];
    texts.extend(table::create_indexes(table).into_iter().map(|(_, text)| text));
    texts.into_iter().map(Statement::Sql).collect()
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

fn ident(name: &Name) -> String {
    GRAMMAR.ident(name)
}
