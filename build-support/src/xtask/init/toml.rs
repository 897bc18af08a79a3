//! A few words more in a TOML file, and every other byte as it was.
//!
//! The places come from the parser. Whether the words are where they were meant to be, the parser says
//! again afterwards: the next text must be the previous one and the new value, and nothing else, or
//! nothing is changed. So forms that are not thought of here (a table written inline, say) end in advice
//! for a person. A crate that edits TOML would serve as well; but every build script of every user would
//! compile it, for a command that is run once.

use std::ops::Range;

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A TOML file that is being added to.
#[derive(Debug)]
pub(super) struct Toml {
    pub(super) text: String,
}

impl Toml {
    /// A file that must be TOML; the error is the parser's.
    pub(super) fn new(text: String) -> Result<Self, String> {
        match DeTable::parse(&text) {
            Ok(_) => Ok(Self { text }),
            Err(error) => Err(error.message().to_owned()),
        }
    }

    /// The value at a path.
    pub(super) fn get(&self, path: &[&str]) -> Option<Value> {
        path.iter().try_fold(values(&self.text)?, |value, key| value.get(key).cloned())
    }

    /// Adds a key that the table, which need not be there, does not have. False if that is not safe.
    pub(super) fn insert(&mut self, table: &str, key: &str, value: &str) -> bool {
        let line = format!("{key} = {value}");
        let place = self.parsed().and_then(|root| below(root.get_ref(), table, &self.text));
        let next = match place {
            Some(place) => {
                let (head, tail) = self.text.split_at(place);
                let gap = if head.ends_with('\n') { "" } else { "\n" };
                format!("{head}{gap}{line}\n{tail}")
            }
            None if self.text.trim().is_empty() => format!("{}[{table}]\n{line}\n", self.text),
            None => format!("{}\n\n[{table}]\n{line}\n", self.text.trim_end()),
        };
        self.accept(
            next,
            |root, added| {
                let table = root.entry(table).or_insert_with(|| Value::Object(Map::new()));
                let fits = table.as_object_mut().map(|table| table.insert(key.to_owned(), added));
                matches!(fits, Some(None))
            },
            &format!("v = {value}"),
        )
    }

    /// Adds a string to an array of a table. False if that is not safe.
    pub(super) fn push(&mut self, table: &str, key: &str, element: &str) -> bool {
        let Some(next) =
            self.parsed().and_then(|root| pushed(root.get_ref(), table, key, element, &self.text))
        else {
            return false;
        };
        self.accept(
            next,
            |root, added| {
                let array = root.get_mut(table).and_then(|table| table.get_mut(key)?.as_array_mut());
                array.map(|array| array.push(added)).is_some()
            },
            &format!("v = {element}"),
        )
    }

    /// Takes a text if it means what the previous one means with `change` made to it.
    fn accept(
        &mut self,
        next: String,
        change: impl Fn(&mut Map<String, Value>, Value) -> bool,
        added: &str,
    ) -> bool {
        let next =
            if self.text.contains("\r\n") { next.replace("\r\n", "\n").replace('\n', "\r\n") } else { next };
        let added = values(added).and_then(|mut root| root.get_mut("v").map(Value::take));
        let (Some(Value::Object(mut expected)), Some(added)) = (values(&self.text), added) else {
            return false;
        };
        let accepted = change(&mut expected, added) && values(&next) == Some(Value::Object(expected));
        if accepted {
            self.text = next;
        }
        accepted
    }

    fn parsed(&self) -> Option<Spanned<DeTable<'_>>> {
        DeTable::parse(&self.text).ok()
    }
}

/// The start of the line below the last entry of a table that has a header of its own.
fn below(root: &DeTable<'_>, table: &str, text: &str) -> Option<usize> {
    let (key, value) = root.get_key_value(table)?;
    let DeValue::Table(entries) = value.get_ref() else { return None };
    // The place of a table is its header, brackets included, or its key where it has none.
    if value.span().start >= key.span().start {
        return None;
    }
    let end = last_entry(entries).unwrap_or(value.span().end);
    Some(text[end..].find('\n').map_or(text.len(), |line| end + line + 1))
}

/// Where the entries end that stand below a table's own header.
fn last_entry(table: &DeTable<'_>) -> Option<usize> {
    let end = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
        match (value.get_ref(), key.span().start.cmp(&value.span().start)) {
            (_, std::cmp::Ordering::Less) => Some(value.span().end),
            // `serde.version = "1"`: the place of `serde` is only its key.
            (DeValue::Table(inner), std::cmp::Ordering::Equal) => last_entry(inner),
            // A header of its own.
            _ => None,
        }
    };
    table.iter().filter_map(end).max()
}

/// The text with one more element in an array: on a line of its own if the others have theirs.
fn pushed(root: &DeTable<'_>, table: &str, key: &str, element: &str, text: &str) -> Option<String> {
    let DeValue::Table(entries) = root.get(table)?.get_ref() else { return None };
    let array = entries.get(key)?;
    let DeValue::Array(elements) = array.get_ref() else { return None };
    let Range { end, .. } = array.span();
    let bracket = end - 1;
    let Some(last) = elements.iter().map(Spanned::span).next_back() else {
        return Some(format!("{}{element}{}", &text[..bracket], &text[bracket..]));
    };
    let line = text[..bracket].rfind('\n').map_or(0, |line| line + 1);
    if line <= last.end {
        return Some(format!("{}, {element}{}", &text[..last.end], &text[last.end..]));
    }
    let first_line = text[..last.start].rfind('\n').map_or(0, |line| line + 1);
    let indent: String = text[first_line..].chars().take_while(|character| *character == ' ').collect();
    // Comments after the last element stay with it; it may need its comma.
    let comma = if comma_follows(&text[last.end..bracket]) { "" } else { "," };
    Some(format!(
        "{}{comma}{}{indent}{element},\n{}",
        &text[..last.end],
        &text[last.end..line],
        &text[line..]
    ))
}

/// Whether there is a comma outside of comments.
fn comma_follows(text: &str) -> bool {
    text.lines().any(|line| line.split('#').next().is_some_and(|code| code.contains(',')))
}

/// What a text means, without its form.
fn values(text: &str) -> Option<Value> {
    Some(object(DeTable::parse(text).ok()?.get_ref()))
}

fn object(table: &DeTable<'_>) -> Value {
    table.iter().map(|(key, entry)| (key.get_ref().to_string(), value(entry.get_ref()))).collect()
}

fn value(found: &DeValue<'_>) -> Value {
    match found {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(truth) => Value::from(*truth),
        DeValue::Array(elements) => elements.iter().map(|element| value(element.get_ref())).collect(),
        DeValue::Table(table) => object(table),
        // Told apart from strings, and from each other, by how they are written.
        DeValue::Integer(number) => Value::from(vec![Value::Null, Value::from(format!("{number:?}"))]),
        DeValue::Float(number) => Value::from(vec![Value::Null, Value::from(format!("{number:?}"))]),
        DeValue::Datetime(time) => Value::from(vec![Value::Null, Value::from(time.to_string())]),
    }
}
