//! Triggers.

use std::sync::Arc;

use super::Object;
use super::chosen::type_name;
use super::context::{Context, Kind, SHORTER, Scope};
use super::limit::only;
use super::literal::{Place, sql_of};
use crate::document::raw::{RawSql, RawTrigger, Spanned};
use crate::words::names_in;
use crate::{Code, Diagnostic, Document, Name, Schema, Trigger, first_word, names};

/// Adds the triggers that nothing is wrong with.
pub(super) fn add_triggers(context: &mut Context<'_>, documents: &[Document], schema: &mut Schema) {
    for raw in documents.iter().flat_map(|document| &document.objects.triggers) {
        if let Some(trigger) = trigger(context, raw, schema) {
            schema.triggers.insert(trigger.name.clone(), Arc::new(trigger));
        }
    }
}

fn trigger(context: &mut Context<'_>, raw: &RawTrigger, schema: &Schema) -> Option<Trigger> {
    let name = &raw.name;
    let what = format!("trigger `{}`", name.value);
    let chosen = type_name(context, raw.rust_name.as_ref());
    let rust = names::rust_type(chosen.as_deref(), &name.value);
    let acceptable = context.claim(Kind::Trigger, &raw.table.value, name, SHORTER)
        && context.claim_rust("trigger", name, rust);
    context.origins.insert(Object::Trigger(name.value.clone()), name.span);
    let before = context.diagnostics.len();
    let known = known_table(context, raw, schema, &what);
    let only = only(context, raw.only.as_ref());
    let sql = sql_of(context, &raw.sql, &what, &only, Place::Statements);
    let drop = raw.drop.as_ref().and_then(|drop| {
        // There is something to drop on those databases that the author names.
        let none = crate::Only::On(std::collections::BTreeSet::new());
        sql_of(context, drop, &format!("`drop` of {what}"), &none, Place::Statements)
    });
    creates_itself(context, &raw.sql, name, &what);
    let sound = acceptable && known && context.diagnostics.len() == before;
    let trigger = Trigger {
        name: name.value.clone(),
        doc: raw.doc.as_ref().map(|doc| doc.value.clone()),
        rust_name: chosen,
        table: raw.table.value.clone(),
        sql: sql?,
        drop,
        only,
    };
    sound.then_some(trigger)
}

fn known_table(context: &mut Context<'_>, raw: &RawTrigger, schema: &Schema, what: &str) -> bool {
    let table = &raw.table;
    // A trigger may stand on a view, too, where it is what writing to the view does.
    let known = schema.tables.contains_key(&table.value) || schema.views.contains_key(&table.value);
    if known || context.scope == Scope::Part {
        return true;
    }
    if context.complete && !context.is_left_out(&table.value) {
        let names = schema.tables.keys().chain(schema.views.keys()).map(Name::as_str);
        let help = context.suggest(table.value.as_str(), names, "the tables are");
        context.report(
            Diagnostic::new(Code::UNKNOWN_TABLE, format!("{what}: there is no table `{}`", table.value))
                .label(table.span, "no such table")
                .help(help),
        );
    }
    false
}

/// The statements create a trigger of that name, as far as their words tell.
fn creates_itself(context: &mut Context<'_>, raw: &RawSql, name: &Spanned<Name>, what: &str) {
    for (text, span) in raw.all() {
        let problem = if first_word(text) != "CREATE" {
            "does not begin with CREATE"
        } else if !names_in(text).any(|word| word.eq_ignore_ascii_case("trigger")) {
            "creates no trigger"
        } else if !names_in(text).any(|word| word.eq_ignore_ascii_case(name.value.as_str())) {
            "creates a trigger of another name"
        } else {
            continue;
        };
        context.report(
            Diagnostic::new(Code::BAD_TRIGGER, format!("the SQL of {what} {problem}"))
                .label(span, "here")
                .label(name.span, "the trigger that it must create")
                .help(format!(
                    "write the whole statement, as in `CREATE TRIGGER {} AFTER INSERT ON ...`",
                    name.value
                )),
        );
    }
}
