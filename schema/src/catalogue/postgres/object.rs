//! Enums, views, triggers, and what the language has no words for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::record::{PostgresCatalogue, PostgresRelation, PostgresTrigger};
use super::{expression, part, postgres_script};
use crate::catalogue::{Introspected, Unmanaged, UnmanagedKind, is_enum_name, is_kept, kept, said};
use crate::{Dialect, Enum, Name, Sql, Trigger, View};

pub(super) fn enums(catalogue: &PostgresCatalogue, found: &mut Introspected) {
    for row in &catalogue.enum_values {
        let name = Name::new(&row.name);
        let empty = || Arc::new(Enum::new(Name::new(&row.name), [] as [&str; 0]));
        let definition = Arc::make_mut(found.schema.enums.entry(name).or_insert_with(empty));
        definition.doc.clone_from(&row.comment);
        definition.values.extend(row.value.clone());
    }
    // The columns that are of one are of a native type.
    let (enums, unmanaged) = (&mut found.schema.enums, &mut found.unmanaged);
    enums.retain(|name, definition| {
        let reason = if !is_enum_name(name.as_str()) {
            "has a name that a column cannot name as its type"
        } else if definition.values.iter().any(String::is_empty) {
            "has an empty value"
        } else if definition.values.is_empty() {
            "has no values"
        } else {
            return true;
        };
        let (object, reason) = (format!("enum {name}"), reason.to_owned());
        unmanaged.push(Unmanaged { object, table: None, reason, kind: UnmanagedKind::Object });
        false
    });
}

pub(super) fn views(relations: &BTreeMap<i64, &PostgresRelation>, found: &mut Introspected) {
    for relation in relations.values().filter(|relation| relation.kind == "v") {
        let name = Name::new(&relation.name);
        if is_kept(&relation.name) {
            found.unmanaged.push(kept("view", &relation.name));
            continue;
        }
        for option in relation.options.iter().flat_map(|options| options.lines()) {
            let object = format!("view {name}");
            found.unmanaged.push(part(object, &name, format!("has the option {option}")));
        }
        let mut view = View::new(
            name,
            said(Dialect::Postgres, &expression(relation.query.as_deref().unwrap_or_default())),
        );
        view.doc.clone_from(&relation.comment);
        found.schema.views.insert(view.name.clone(), Arc::new(view));
    }
}

/// Triggers with their functions. To PostgreSQL a trigger's name is its table's own, to the language it is
/// one of all.
pub(super) fn triggers(
    catalogue: &PostgresCatalogue,
    relations: &BTreeMap<i64, &PostgresRelation>,
    found: &mut Introspected,
) {
    let mut names = BTreeSet::new();
    for row in &catalogue.triggers {
        let Some(relation) = relations.get(&row.relation) else { continue };
        let table = Name::new(&relation.name);
        let object = || format!("trigger {} on {table}", row.name);
        if relation.partition {
            // It is the trigger of the whole.
            continue;
        }
        if !names.insert(&row.name) {
            found.unmanaged.push(part(object(), &table, "has the name of a trigger of another table"));
            continue;
        }
        if row.enabled != "O" {
            let reason = if row.enabled == "D" { "is disabled" } else { "does not fire in every session" };
            found.unmanaged.push(part(object(), &table, reason));
        }
        let trigger = trigger(row, table);
        found.schema.triggers.insert(trigger.name.clone(), Arc::new(trigger));
    }
}

fn trigger(row: &PostgresTrigger, table: Name) -> Trigger {
    let definition = unqualified(&row.definition, table.as_str());
    let function = row.function.as_deref().zip(row.function_definition.as_deref());
    let function = function.map(|(name, text)| {
        // PostgreSQL prints it with its schema.
        let text = text.trim_end();
        let rest = text.find("\n RETURNS ").map(|place| &text[place..]);
        rest.map_or_else(|| text.to_owned(), |rest| format!("CREATE OR REPLACE FUNCTION {name}{rest}"))
    });
    let sql = match function {
        Some(function) => format!("{function};\n{definition}"),
        None => definition,
    };
    let mut trigger = Trigger::new(Name::new(&row.name), table, sql);
    // One that others call as well stays when this goes.
    let drop = row.function.as_ref().filter(|_| row.callers == 1);
    trigger.drop = drop.map(|name| Sql::from(format!("DROP FUNCTION {name}")));
    trigger
}

/// The statement with the name of the table alone, which PostgreSQL prints with its schema.
fn unqualified(definition: &str, table: &str) -> String {
    let quoted = format!("\"{}\"", table.replace('"', "\"\""));
    let found = [table, quoted.as_str()].into_iter().find_map(|name| {
        let behind = format!(".{name} ");
        let place = definition.find(&behind)?;
        let start = definition[..place].rfind(" ON ")? + 4;
        let text = format!("{}{name} {}", &definition[..start], &definition[place + behind.len()..]);
        Some(text)
    });
    let same = |text: &String| postgres_script(text) == postgres_script(definition);
    found.filter(same).unwrap_or_else(|| definition.to_owned())
}

pub(super) fn others(
    catalogue: &PostgresCatalogue,
    relations: &BTreeMap<i64, &PostgresRelation>,
    found: &mut Introspected,
) {
    for row in &catalogue.others {
        let relation = row.relation.map(|oid| relations.get(&oid));
        // What is part of a table that is left out is left out with it.
        let Some(relation) = relation.map_or(Some(None), |found| found.map(Some)) else { continue };
        found.unmanaged.push(Unmanaged {
            object: row.object.clone(),
            table: relation.map(|relation| Name::new(&relation.name)),
            reason: "cannot be said".to_owned(),
            kind: if row.part { UnmanagedKind::Part } else { UnmanagedKind::Object },
        });
    }
}
