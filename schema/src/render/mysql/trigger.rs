use super::GRAMMAR;
use crate::render::common;
use crate::{Dialect, Name, Schema, Statement};

/// Statements that change rows of a table for a migration's sake, which its triggers are not told of. They
/// cannot be turned off, so they go meanwhile.
pub(super) fn unheard(schema: &Schema, table: &Name, statements: Vec<Statement>) -> Vec<Statement> {
    let triggers = schema.triggers.values();
    let triggers: Vec<&Name> = triggers
        .filter(|trigger| trigger.table == *table && trigger.only.includes(Dialect::Mysql))
        .map(|trigger| &trigger.name)
        .collect();
    let go = triggers.iter().flat_map(|name| common::drop_trigger(&GRAMMAR, name, schema));
    let come = triggers.iter().flat_map(|name| common::create_trigger(&GRAMMAR, name, schema));
    go.chain(statements).chain(come).collect()
}
