//! A type whose values change their order, or lose one, is exchanged for another.

use std::collections::BTreeSet;

use super::enumeration::create_type;
use super::phases::Phases;
use super::{GRAMMAR, RULES, column, comment, ident, obstacle, table, trigger};
use crate::render::common::{self, columns_of};
use crate::{ColumnType, Name, Operation, Pair, Schema, Statement, Table};

/// Another type under a name for the meantime, which all columns get, and which then gets the name.
pub(super) fn exchange(
    name: &Name,
    renamed: &[Pair<String>],
    position: &Schema,
    target: &Schema,
) -> Vec<Statement> {
    let alter = Operation::AlterEnum { name: name.clone(), renamed: renamed.to_vec() };
    let after = alter.apply(position, target).unwrap_or_else(|_| target.clone());
    let Some(next) = after.enumeration(name.as_str()) else { return Vec::new() };
    let temporary = GRAMMAR.temporary(name);
    let tables: Vec<Pair<&Table>> = position
        .tables
        .values()
        .filter(|table| columns_of(table, name).next().is_some())
        .filter_map(|table| Some(Pair::new(&**table, after.table(table.name.as_str())?)))
        .collect();
    let moves = moves(name, &tables, Pair::new(position, &after));
    let mut statements: Vec<Statement> =
        moves.dropped.iter().map(table::drop_foreign_key).map(Statement::Sql).collect();
    statements.push(Statement::Sql(create_type(&temporary, next)));
    let mut come_back = Vec::new();
    for tables in tables {
        let (go, come) = change(name, &temporary, tables, position);
        statements.extend(go);
        come_back.extend(come);
    }
    statements.push(Statement::Sql(format!("DROP TYPE {}", ident(name))));
    statements.push(Statement::Sql(format!("ALTER TYPE {} RENAME TO {}", ident(&temporary), ident(name))));
    statements.extend(comment::of_enum(next).map(Statement::Sql));
    statements.extend(come_back);
    let added = moves.added.iter().filter_map(|added| table::add_foreign_key(&after, added));
    statements.extend(added.map(Statement::Sql));
    statements
}

/// The foreign keys between columns of the type, which change one after the other.
fn moves(name: &Name, tables: &[Pair<&Table>], schemas: Pair<&Schema>) -> common::Moves {
    let touched: Vec<&Name> = tables.iter().map(|tables| &tables.previous.name).collect();
    let of_it = |table: &Name, column: &Name| {
        let column = schemas.previous.table(table.as_str()).and_then(|table| table.column(column.as_str()));
        column.is_some_and(|column| matches!(&column.column_type, ColumnType::Enum(used) if used == name))
    };
    common::moves(&RULES, schemas, &touched, &of_it)
}

/// What is done to a table before the type gets its name, and after it.
fn change(
    name: &Name,
    temporary: &Name,
    tables: Pair<&Table>,
    position: &Schema,
) -> (Vec<Statement>, Vec<Statement>) {
    let table = &tables.previous.name;
    let columns: BTreeSet<Name> =
        columns_of(tables.previous, name).map(|column| column.name.clone()).collect();
    let obstacles = common::obstacles(&GRAMMAR, tables.previous, &columns, &BTreeSet::new());
    let watched = columns.iter().chain(&obstacles.generated).cloned().collect();
    let triggers = trigger::naming(position, table, &watched);
    let (mut go, mut come) = (Phases::default(), Phases::default());
    obstacle::clear(tables.previous, &obstacles, &mut go);
    for column in columns_of(tables.next, name) {
        let (column_name, default) = (ident(&column.name), column::default(column));
        let mut actions = Vec::new();
        if column.default.is_some() {
            actions.push("DROP DEFAULT".to_owned());
        }
        let (next, value) = (ident(temporary), format!("CAST({column_name} AS text)"));
        actions.push(format!("TYPE {next} USING CAST({value} AS {next})"));
        actions.extend(default.map(|default| format!("SET DEFAULT {default}")));
        go.first.extend(actions.into_iter().map(|action| format!("ALTER COLUMN {column_name} {action}")));
    }
    obstacle::put_back(tables.next, &obstacles, false, &mut come);
    let mut before = trigger::drop(position, &triggers);
    before.extend(go.statements(position, table));
    let mut after = come.statements(position, table);
    after.extend(trigger::create(position, &triggers));
    (before, after)
}
