//! Answers on the command line that answer nothing: a slip of the pen must not go unnoticed.

use whimbrel_schema::{Code, Diagnostic, Hazard, HazardCode, Name, Pair, Schema, closest};

use super::Wishes;
use crate::hazards::unused;

/// Conversions of columns that do not exist.
pub(super) fn without_question(pair: Pair<&Schema>, wishes: &Wishes) -> Vec<Diagnostic> {
    let there = wishes.conversions.keys().map(|column| ("--using", pair.next, column));
    let back = wishes.conversions_back.keys().map(|column| ("--using-back", pair.previous, column));
    let unknown = there.chain(back).filter(|(_, schema, column)| !has(schema, column));
    unknown
        .map(|(option, schema, (table, column))| {
            let message = format!("{option} {table}.{column}: there is no such column");
            let known = schema.tables.values().flat_map(|table| {
                table.columns.keys().map(|column| format!("{}.{column}", table.name)).collect::<Vec<_>>()
            });
            suggest(Diagnostic::new(Code::NEEDS_USING, message), &format!("{table}.{column}"), known)
        })
        .collect()
}

/// Acceptances of hazards that the migration does not have.
pub(super) fn without_hazard(pair: Pair<&Schema>, wishes: &Wishes, hazards: &[Hazard]) -> Vec<Diagnostic> {
    let dropped = |object: &str| match object.split_once('.') {
        Some((whole, part)) => {
            has(pair.previous, &(Name::new(whole), Name::new(part)))
                || pair.previous.enumeration(whole).is_some_and(|definition| definition.has(part))
        }
        None => pair.previous.tables.contains_key(object),
    };
    let idle = unused(hazards, &wishes.accept).into_iter().filter(|name| {
        let rename = name
            .split_once(':')
            .is_some_and(|(code, object)| code == HazardCode::LooksRenamed.to_string() && dropped(object));
        !rename
    });
    idle.map(|name| {
        let message = format!("--accept {name}: the migration has no such hazard");
        suggest(Diagnostic::new(Code::UNUSED_ACCEPTANCE, message), name, hazards.iter().map(Hazard::name))
    })
    .collect()
}

fn has(schema: &Schema, (table, column): &(Name, Name)) -> bool {
    schema.table(table.as_str()).is_some_and(|table| table.columns.contains_key(column))
}

fn suggest(diagnostic: Diagnostic, word: &str, known: impl Iterator<Item = String>) -> Diagnostic {
    let known: Vec<String> = known.collect();
    match closest(word, known.iter().map(String::as_str)) {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
        None => diagnostic.help("leave it out"),
    }
}
