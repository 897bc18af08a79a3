//! Triggers, as far as they concern changes of columns.

use std::collections::BTreeSet;

use super::{GRAMMAR, ident};
use crate::render::common;
use crate::words::names_in;
use crate::{Dialect, Name, Schema, Statement, Trigger};

/// The triggers of a table that PostgreSQL has.
fn triggers_of<'a>(schema: &'a Schema, table: &'a Name) -> impl Iterator<Item = &'a Trigger> {
    let triggers = schema.triggers.values().map(|trigger| &**trigger);
    triggers.filter(move |trigger| trigger.table == *table && trigger.only.includes(Dialect::Postgres))
}

/// The triggers of a table that name a column, as in `UPDATE OF`. PostgreSQL lets no such column get another
/// type, and drops none. Their functions, whose bodies stand in dollars, may name what they like.
pub(super) fn naming<'a>(schema: &'a Schema, table: &'a Name, columns: &BTreeSet<Name>) -> Vec<&'a Name> {
    let names = |trigger: &&Trigger| {
        let text = GRAMMAR.written(&trigger.sql);
        names_in(text).any(|word| columns.iter().any(|column| word.eq_ignore_ascii_case(column.as_str())))
    };
    triggers_of(schema, table).filter(names).map(|trigger| &trigger.name).collect()
}

pub(super) fn drop(schema: &Schema, triggers: &[&Name]) -> Vec<Statement> {
    triggers.iter().flat_map(|name| common::drop_trigger(&GRAMMAR, name, schema)).collect()
}

pub(super) fn create(schema: &Schema, triggers: &[&Name]) -> Vec<Statement> {
    triggers.iter().flat_map(|name| common::create_trigger(&GRAMMAR, name, schema)).collect()
}

/// Statements that change rows of a table for a migration's sake, which its triggers are not told of.
pub(super) fn unheard(schema: &Schema, table: &Name, statements: Vec<String>) -> Vec<String> {
    let each = |verb: &str| {
        let triggers = triggers_of(schema, table);
        let texts = triggers
            .map(|trigger| format!("ALTER TABLE {} {verb} TRIGGER {}", ident(table), ident(&trigger.name)));
        texts.collect::<Vec<_>>()
    };
    each("DISABLE").into_iter().chain(statements).chain(each("ENABLE")).collect()
}
