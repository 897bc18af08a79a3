//! Enums, which are types.

use super::exchange::exchange;
use super::{GRAMMAR, comment, ident};
use crate::{AddValue, Enum, Name, Pair, Schema, Statement};

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
    let mut statements: Vec<Statement> = renamed
        .iter()
        .map(|value| {
            let value = value.as_ref().map(|value| GRAMMAR.text(value));
            let text =
                format!("ALTER TYPE {} RENAME VALUE {} TO {}", ident(name), value.previous, value.next);
            Statement::Sql(text)
        })
        .collect();
    let now: Vec<&String> = enums.previous.values.iter().map(|value| next_name(renamed, value)).collect();
    match additions(name, &now, enums.next) {
        Some(additions) => statements.extend(additions.into_iter().map(Statement::AddValue)),
        None => statements.extend(exchange(name, renamed, position, target)),
    }
    statements
}

fn next_name<'a>(renamed: &'a [Pair<String>], value: &'a String) -> &'a String {
    renamed.iter().find(|pair| pair.previous == *value).map_or(value, |pair| &pair.next)
}

/// How the values come that are not there now, if all that are there stay in their order. Each is put
/// before one that was there already.
fn additions(name: &Name, now: &[&String], next: &Enum) -> Option<Vec<AddValue>> {
    let mut rest = now.iter().peekable();
    let mut additions = Vec::new();
    for value in &next.values {
        if rest.next_if(|known| **known == value).is_some() {
            continue;
        }
        let place =
            rest.peek().map_or_else(String::new, |before| format!(" BEFORE {}", GRAMMAR.text(before)));
        let (spelled, value) = (ident(name), GRAMMAR.text(value));
        let text = format!("ALTER TYPE {spelled} ADD VALUE {value}{place}");
        additions.push(AddValue { text, spelled, value });
    }
    rest.peek().is_none().then_some(additions)
}
