//! Views, triggers and SQL written by hand.

use super::Grammar;
use crate::{Name, Schema, Sql, Statement};

pub(in crate::render) fn create_view(grammar: &Grammar, name: &Name, target: &Schema) -> Vec<Statement> {
    let view = target.view(name.as_str()).filter(|view| view.only.includes(grammar.dialect));
    let create = |text| Statement::Sql(format!("CREATE VIEW {} AS\n{text}", grammar.ident(name)));
    view.and_then(|view| view.sql.text(grammar.dialect)).map(create).into_iter().collect()
}

pub(in crate::render) fn drop_view(grammar: &Grammar, name: &Name, position: &Schema) -> Vec<Statement> {
    let view = position.view(name.as_str()).filter(|view| view.only.includes(grammar.dialect));
    view.map(|_| Statement::Sql(format!("DROP VIEW {}", grammar.ident(name)))).into_iter().collect()
}

pub(in crate::render) fn create_trigger(grammar: &Grammar, name: &Name, target: &Schema) -> Vec<Statement> {
    let trigger = target.trigger(name.as_str()).filter(|trigger| trigger.only.includes(grammar.dialect));
    trigger.map(|trigger| written(grammar, &trigger.sql)).unwrap_or_default()
}

pub(in crate::render) fn drop_trigger(grammar: &Grammar, name: &Name, position: &Schema) -> Vec<Statement> {
    let trigger = position.trigger(name.as_str()).filter(|trigger| trigger.only.includes(grammar.dialect));
    let Some(trigger) = trigger else { return Vec::new() };
    let table = grammar
        .drop_trigger_from
        .map_or_else(String::new, |word| format!(" {word} {}", grammar.ident(&trigger.table)));
    let first = Statement::Sql(format!("DROP TRIGGER {}{table}", grammar.ident(name)));
    let more = trigger.drop.as_ref().map(|drop| written(grammar, drop)).unwrap_or_default();
    [first].into_iter().chain(more).collect()
}

/// The text for this database, if there is one.
pub(in crate::render) fn written(grammar: &Grammar, sql: &Sql) -> Vec<Statement> {
    sql.text(grammar.dialect).map(|text| Statement::Sql(text.to_owned())).into_iter().collect()
}
