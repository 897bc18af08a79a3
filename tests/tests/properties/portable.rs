//! What a schema may have in it that is to hold on a server, too.

use whimbrel_schema::Dialect;

use super::edit::forget;
use super::kind::is_text;
use super::sketch::{Phrase, Reference, Sketch, is_plain};

/// Takes what only SQLite has, and what it has in words of its own, out of a sketch.
pub(crate) fn adapt(sketch: &mut Sketch, dialect: Dialect) {
    sketch.triggers.clear();
    let odd = |name: &str| match dialect {
        // There a name in double quotes is a text.
        Dialect::Mysql => !is_plain(name),
        // There a name without quotes is of small letters.
        _ => name.chars().any(char::is_uppercase),
    };
    // The order of columns, which no change follows, tells what `*` means.
    let foreign = |phrase: &Phrase| {
        phrase.text.contains('*') || phrase.names.iter().any(|name| odd(name.name()) || odd(name.table()))
    };
    forget(sketch, &foreign, &|_| false);
    for table in &mut sketch.tables {
        for column in &mut table.columns {
            column.collation = None;
            if column.column_type.starts_with("binary") || column.column_type == "blob" {
                // Bytes are written otherwise everywhere.
                column.column_type = "text".to_owned();
                (column.default, column.backfill) = (None, None);
            }
        }
        table.foreign_keys.iter_mut().for_each(|key| key.deferrable = false);
        for index in &mut table.indexes {
            if dialect == Dialect::Mysql {
                index.predicate = None;
                index.keys.retain(|(phrase, _)| phrase.text == "{}");
            }
        }
        let types: Vec<(String, String)> =
            table.columns.iter().map(|column| (column.name.clone(), column.column_type.clone())).collect();
        let of = |phrase: &Phrase, fits: fn(&str) -> bool| match phrase.names.first() {
            Some(Reference::Column(_, name)) => {
                types.iter().any(|(known, column_type)| known == name && fits(column_type))
            }
            _ => false,
        };
        let of_text = |phrase: &Phrase| of(phrase, is_text);
        for column in &mut table.columns {
            if let Some((phrase, _)) = &mut column.generated {
                let portable = if of_text(phrase) {
                    (if phrase.text.contains("lower") { "trim({})" } else { "rtrim({})" }, "text")
                } else {
                    ("{} IS NULL", "boolean")
                };
                say(phrase, portable.0);
                column.column_type = portable.1.to_owned();
            }
        }
        for (_, check) in &mut table.checks {
            let portable = if of_text(check) {
                if check.text.starts_with("length") { "length({}) < 100" } else { "{} <> 'group'" }
            } else {
                "{} IS NULL OR {} IS NOT NULL"
            };
            say(check, portable);
        }
    }
}

/// Says something else about the same column.
fn say(phrase: &mut Phrase, text: &str) {
    if let Some(name) = phrase.names.first() {
        *phrase = Phrase::new(text, vec![name.clone(); text.matches("{}").count()]);
    }
}
