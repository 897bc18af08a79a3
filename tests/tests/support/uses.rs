//! What of the language a schema file uses, and what there is to use.
//!
//! Both are asked of the language's own list of keys, so that a new key is missed by whoever says that
//! everything is used.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};
use whimbrel_schema::ColumnType;
use whimbrel_schema::language::{Key, Place, SCHEMA_FILE, Shape};

/// Each key of each place of a schema file, and of its values each word, each flag that is not the usual one,
/// each form, and each type.
pub(crate) fn everything() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    place(&SCHEMA_FILE, &mut all);
    all
}

fn place(place: &Place, all: &mut BTreeSet<String>) {
    for key in place.keys {
        // A place may hold itself, by way of another.
        if all.insert(key_of(place, key)) {
            shape(&key_of(place, key), &key.shape, all);
        }
    }
}

fn shape(what: &str, shape: &Shape, all: &mut BTreeSet<String>) {
    match shape {
        Shape::Word(words) => all.extend(words.iter().map(|word| format!("{what} = {word}"))),
        Shape::Flag(usual) => _ = all.insert(format!("{what} = {}", !usual)),
        Shape::Type => all.extend(ColumnType::NAMES.iter().map(|name| format!("type {name}"))),
        Shape::Literal => all.extend(LITERALS.iter().map(|kind| format!("{what} = {kind}"))),
        Shape::List { of, .. } | Shape::Named(of) => self::shape(what, of, all),
        Shape::Table(inner) => place(inner, all),
        Shape::Either(forms) => {
            for form in *forms {
                all.insert(format!("{what} as {}", form_of(form)));
                self::shape(what, form, all);
            }
        }
        Shape::Text
        | Shape::Integer { .. }
        | Shape::TypeName
        | Shape::ConstName
        | Shape::Target
        | Shape::Age
        | Shape::Any
        | Shape::Number
        | Shape::Time => {}
    }
}

const LITERALS: [&str; 5] = ["a text", "a number", "a fraction", "true or false", "a time"];

fn key_of(place: &Place, key: &Key) -> String {
    format!("{}: {}", place.name, key.name)
}

fn form_of(shape: &Shape) -> &'static str {
    match shape {
        Shape::Table(place) => place.name,
        Shape::List { .. } => "a list",
        Shape::Named(_) => "names",
        Shape::Type => "a type",
        Shape::Literal => "a literal",
        Shape::Text => "a text",
        _ => "a value",
    }
}

/// What a file uses, in the words of [`everything`].
pub(crate) fn used(text: &str) -> BTreeSet<String> {
    let document = DeTable::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let mut used = BTreeSet::new();
    keys(&SCHEMA_FILE, document.get_ref(), &mut used);
    used
}

fn keys(place: &Place, table: &DeTable<'_>, used: &mut BTreeSet<String>) {
    for (name, value) in table {
        let key = place.key(name.get_ref()).unwrap_or_else(|| panic!("{} has no `{name:?}`", place.name));
        used.insert(key_of(place, key));
        take(&key_of(place, key), &key.shape, value.get_ref(), used);
    }
}

fn take(what: &str, shape: &Shape, value: &DeValue<'_>, used: &mut BTreeSet<String>) {
    match (shape, value) {
        (Shape::Word(_), DeValue::String(word)) => _ = used.insert(format!("{what} = {word}")),
        (Shape::Flag(_), DeValue::Boolean(flag)) => _ = used.insert(format!("{what} = {flag}")),
        (Shape::Type, DeValue::String(text)) => {
            let name = text.trim_end_matches('?').split('(').next().unwrap_or_default().trim();
            used.insert(format!("type {name}"));
        }
        (Shape::Literal, value) => _ = used.insert(format!("{what} = {}", kind(value))),
        (Shape::List { of, .. }, DeValue::Array(elements)) => {
            elements.iter().for_each(|element| take(what, of, element.get_ref(), used));
        }
        (Shape::Named(of), DeValue::Table(entries)) => {
            entries.iter().for_each(|(_, entry)| take(what, of, entry.get_ref(), used));
        }
        (Shape::Table(place), DeValue::Table(table)) => keys(place, table, used),
        (Shape::Either(forms), value) => {
            let form =
                forms.iter().find(|form| is(form, value)).unwrap_or_else(|| panic!("{what}: {value:?}"));
            used.insert(format!("{what} as {}", form_of(form)));
            take(what, form, value, used);
        }
        _ => {}
    }
}

/// Whether a value has this form rather than another.
fn is(shape: &Shape, value: &DeValue<'_>) -> bool {
    match (shape, value) {
        (Shape::Table(place), DeValue::Table(table)) => {
            table.iter().all(|(key, _)| place.key(key.get_ref()).is_some())
        }
        (Shape::Named(_), DeValue::Table(_))
        | (Shape::List { .. }, DeValue::Array(_))
        | (Shape::Text | Shape::Type, DeValue::String(_)) => true,
        (Shape::Literal, value) => !matches!(value, DeValue::Array(_) | DeValue::Table(_)),
        _ => false,
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::Integer(_) => LITERALS[1],
        DeValue::Float(_) => LITERALS[2],
        DeValue::Boolean(_) => LITERALS[3],
        DeValue::Datetime(_) => LITERALS[4],
        DeValue::String(_) | DeValue::Array(_) | DeValue::Table(_) => LITERALS[0],
    }
}
