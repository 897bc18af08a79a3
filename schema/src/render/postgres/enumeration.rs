//! Enums, which are types.

use super::exchange::exchange;
use super::{GRAMMAR, comment, ident};
use crate::render::common::columns_of;
use crate::{DefaultValue, Enum, Name, Pair, Schema, Sql, Statement, Table, Value};

pub(super) fn create_enum(name: &Name, target: &Schema) -> Vec<Statement> {
    let Some(definition) = target.enumeration(name.as_str()) else { return Vec::new() };
    let comment = comment::of_enum(definition);
    [create_type(name, definition)].into_iter().chain(comment).map(Statement::Sql).collect()
}

pub(super) fn create_type(name: &Name, definition: &Enum) -> String {
    let values: Vec<String> = definition.values.iter().map(|value| GRAMMAR.text(value)).collect();
    format!("CREATE TYPE {} AS ENUM ({})", ident(name), values.join(", "))
}

/// Values get other names, more values come between the others, and only if that is not all the type is
/// exchanged for another.
pub(super) fn alter_enum(
    name: &Name,
    renamed: &[Pair<String>],
    position: &Schema,
    target: &Schema,
) -> Vec<Statement> {
    let enums = Pair::new(position, target).both(|schema| schema.enumeration(name.as_str()));
    let Some(enums) = enums else { return Vec::new() };
    let mut texts: Vec<String> = renamed
        .iter()
        .map(|value| {
            let value = value.as_ref().map(|value| GRAMMAR.text(value));
            format!("ALTER TYPE {} RENAME VALUE {} TO {}", ident(name), value.previous, value.next)
        })
        .collect();
    let now: Vec<&String> = enums.previous.values.iter().map(|value| next_name(renamed, value)).collect();
    match additions(name, &now, enums.next).filter(|_| !is_used_at_once(name, &now, enums.next, target)) {
        Some(additions) => texts.extend(additions),
        None => {
            let texts = texts.into_iter().map(Statement::Sql);
            return texts.chain(exchange(name, renamed, position, target)).collect();
        }
    }
    texts.into_iter().map(Statement::Sql).collect()
}

fn next_name<'a>(renamed: &'a [Pair<String>], value: &'a String) -> &'a String {
    renamed.iter().find(|pair| pair.previous == *value).map_or(value, |pair| &pair.next)
}

/// How the values come that are not there now, if all that are there stay in their order. Each is put
/// before one that was there already.
fn additions(name: &Name, now: &[&String], next: &Enum) -> Option<Vec<String>> {
    let mut rest = now.iter().peekable();
    let mut texts = Vec::new();
    for value in &next.values {
        if rest.next_if(|known| **known == value).is_some() {
            continue;
        }
        let place =
            rest.peek().map_or_else(String::new, |before| format!(" BEFORE {}", GRAMMAR.text(before)));
        texts.push(format!("ALTER TYPE {} ADD VALUE {}{place}", ident(name), GRAMMAR.text(value)));
    }
    rest.peek().is_none().then_some(texts)
}

/// Whether the schema that the migration leads to speaks of a value that is new. A transaction must not use
/// a value that it has added to a type, but may use all of a type that it has created.
fn is_used_at_once(name: &Name, now: &[&String], next: &Enum, target: &Schema) -> bool {
    let added: Vec<&String> = next.values.iter().filter(|value| !now.contains(value)).collect();
    let default = |table: &Table| {
        columns_of(table, name).any(|column| {
            matches!(&column.default, Some(DefaultValue::Literal(Value::Text(text))) if added.contains(&text))
        })
    };
    let spoken = |sql: &Sql| added.iter().any(|value| GRAMMAR.written(sql).contains(&GRAMMAR.text(value)));
    let tables = || target.tables.values().filter(|table| columns_of(table, name).next().is_some());
    tables().any(|table| default(table))
        || tables().any(|table| sql_of(table).any(spoken))
        || target.views.values().any(|view| spoken(&view.sql))
}

/// All SQL in a table.
fn sql_of(table: &Table) -> impl Iterator<Item = &Sql> {
    let checks = table.checks.values().map(|check| &check.condition);
    let columns = table.columns.values().flat_map(|column| {
        let generated = column.generated.as_ref().map(|generated| &generated.sql);
        let default = column.default.as_ref().and_then(|default| match default {
            DefaultValue::Expression(sql) => Some(sql),
            DefaultValue::Literal(_) => None,
        });
        generated.into_iter().chain(default)
    });
    checks.chain(columns).chain(table.indexes.values().flat_map(|index| index.sqls()))
}
