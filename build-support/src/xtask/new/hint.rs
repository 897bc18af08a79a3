//! Answers that belong into the schema, written where they belong.
//!
//! Every other byte of the file stays as it is. Whether a hint is where it was meant to be, the reader says
//! afterwards: the schema must be the same and have the hint, or nothing is written.

use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::Path;

use serde_json::Value;
use whimbrel_schema::{
    ColumnType, Document, Hints, Name, Object, Pair, SourceId, Sources, Span, parse, validate,
};

use crate::analysis::Analysis;
use crate::draft::Renamed;

/// Something that is said to the last migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hint {
    Renamed(Renamed),
    /// What rows get in a column of a type, as the command line has it.
    Backfill((Name, Name), ColumnType, String),
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Renamed(renamed) => {
                let Pair { previous, next } = renamed.names();
                write!(f, "that `{next}` was `{previous}`")
            }
            Self::Backfill((table, column), ..) => write!(f, "what rows get in `{table}.{column}`"),
        }
    }
}

/// Writes a hint into the file of its object, and tells the path of that; none if it cannot be written there
/// without changing more.
pub(super) fn write(root: &Path, hint: &Hint) -> Option<String> {
    let analysis = Analysis::of(root);
    let span = analysis.schema.origins.get(&hint.object())?;
    let source = analysis.sources().get(span.source);
    let next = inserted(&source.text, span.range(), hint)?;
    says_only(&analysis, span, &next, hint).then_some(())?;
    fs::write(root.join(&source.path), &next).ok()?;
    Some(source.path.clone())
}

impl Hint {
    fn object(&self) -> Object {
        match self {
            Self::Renamed(Renamed::Table(names)) => Object::Table(names.next.clone()),
            Self::Renamed(Renamed::Column(table, names)) => Object::Column(table.clone(), names.next.clone()),
            Self::Renamed(Renamed::Value(name, _)) => Object::Enum(name.clone()),
            Self::Backfill((table, column), ..) => Object::Column(table.clone(), column.clone()),
        }
    }

    /// The key and its value.
    fn entry(&self) -> (&'static str, String) {
        match self {
            Self::Renamed(Renamed::Table(names) | Renamed::Column(_, names)) => {
                ("renamed_from", quoted(names.previous.as_str()))
            }
            Self::Renamed(Renamed::Value(_, values)) => {
                let (next, previous) = (quoted(&values.next), quoted(&values.previous));
                ("renamed_values", format!("{{ {next} = {previous} }}"))
            }
            Self::Backfill(_, column_type, value) => {
                let bare = matches!(
                    column_type,
                    ColumnType::Boolean
                        | ColumnType::SmallInt
                        | ColumnType::Integer
                        | ColumnType::BigInt
                        | ColumnType::Real
                        | ColumnType::Double
                );
                ("backfill", if bare { value.clone() } else { quoted(value) })
            }
        }
    }

    /// The key that a short form is the value of.
    const fn short_for(&self) -> &'static str {
        match self {
            Self::Renamed(Renamed::Value(..)) => "values",
            Self::Renamed(Renamed::Table(_) | Renamed::Column(..)) | Self::Backfill(..) => "type",
        }
    }

    fn is_in(&self, hints: &Hints) -> bool {
        match self {
            Self::Renamed(Renamed::Table(names)) => {
                hints.renamed_tables.get(&names.next).is_some_and(|(name, _)| *name == names.previous)
            }
            Self::Renamed(Renamed::Column(table, names)) => {
                let hint = hints.renamed_columns.get(&(table.clone(), names.next.clone()));
                hint.is_some_and(|(name, _)| *name == names.previous)
            }
            Self::Renamed(Renamed::Value(name, values)) => {
                let hint = hints.renamed_values.get(&(name.clone(), values.next.clone()));
                hint.is_some_and(|(value, _)| *value == values.previous)
            }
            Self::Backfill(column, ..) => hints.backfills.contains_key(column),
        }
    }
}

/// A text with a hint beside a key, which is written in one of the forms that TOML has for it.
fn inserted(text: &str, key: Range<usize>, hint: &Hint) -> Option<String> {
    let (name, value) = hint.entry();
    let line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let start = text[..key.start].rfind('\n').map_or(0, |at| at + 1);
    let splice = |at: Range<usize>, new: &str| Some(format!("{}{new}{}", &text[..at.start], &text[at.end..]));
    let after = skip_blanks(text, key.end);
    match (text[start..].trim_start().starts_with('['), text[after..].chars().next()?) {
        // `[table.users]`: the line below.
        (true, ']') => {
            let end = text[after..].find('\n').map_or(text.len(), |at| after + at + 1);
            let gap = if text[..end].ends_with('\n') { "" } else { line };
            splice(end..end, &format!("{gap}{name} = {value}{line}"))
        }
        // `[table.users.columns]`: a table of its own before it.
        (true, '.') => {
            let header = text[start..key.end].trim_start();
            splice(start..start, &format!("{header}]{line}{name} = {value}{line}{line}"))
        }
        // `nick.type = "text"`: the line before.
        (false, '.') => splice(start..start, &format!("{}.{name} = {value}{line}", &text[start..key.end])),
        (false, '=') => {
            let at = skip_blanks(text, after + 1);
            let end = value_end(text, at)?;
            match text[at..].chars().next()? {
                '{' => {
                    let inside = text[at + 1..end - 1].trim_end();
                    let comma = if inside.trim().is_empty() { "" } else { "," };
                    let at = at + 1 + inside.len();
                    splice(at..end, &format!("{comma} {name} = {value} }}"))
                }
                _ => {
                    let short = &text[at..end];
                    splice(at..end, &format!("{{ {} = {short}, {name} = {value} }}", hint.short_for()))
                }
            }
        }
        _ => None,
    }
}

fn skip_blanks(text: &str, at: usize) -> usize {
    at + text[at..].len() - text[at..].trim_start_matches([' ', '\t']).len()
}

/// Where a string, an array or an inline table ends that begins at a place.
fn value_end(text: &str, at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut rest = &text[at..];
    loop {
        let first = rest.chars().next()?;
        let after = &rest[first.len_utf8()..];
        rest = match first {
            '"' => string_end(after)?,
            '\'' => after.split_once('\'')?.1,
            '#' => after.split_once('\n')?.1,
            '{' | '[' => {
                depth += 1;
                after
            }
            '}' | ']' => {
                depth = depth.checked_sub(1)?;
                after
            }
            _ if depth == 0 => return None,
            _ => after,
        };
        if depth == 0 {
            return Some(text.len() - rest.len());
        }
    }
}

/// What follows the quote that ends a string; an escaped one does not.
fn string_end(mut rest: &str) -> Option<&str> {
    loop {
        let at = rest.find(['"', '\\'])?;
        let after = &rest[at + 1..];
        if rest[at..].starts_with('"') {
            return Some(after);
        }
        rest = &after[after.chars().next()?.len_utf8()..];
    }
}

/// Whether the schema with a changed file is the same, and has the hint.
fn says_only(analysis: &Analysis, changed: Span, text: &str, hint: &Hint) -> bool {
    let mut sources = Sources::default();
    let mut read = |id: &SourceId| -> Document {
        let source = analysis.sources().get(*id);
        let text = if *id == changed.source { text } else { &source.text };
        let id = sources.add(&source.path, text);
        parse(&sources, id)
    };
    let documents: Vec<Document> = analysis.inputs.schema.iter().map(&mut read).collect();
    let next = validate(&documents, &analysis.config.dialects);
    next.diagnostics.is_empty() && next.schema == analysis.schema.schema && hint.is_in(&next.hints)
}

/// A text as TOML and JSON both write it.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file after a hint was written into it; none if it was not.
    fn written(text: &str, hint: &Hint) -> Option<String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("schema/mail.toml");
        fs::create_dir_all(directory.path().join("schema")).unwrap();
        fs::write(&path, text).unwrap();
        let said = write(directory.path(), hint);
        let next = fs::read_to_string(&path).unwrap();
        match &said {
            Some(shown) => assert_eq!(shown, "schema/mail.toml"),
            None => assert_eq!(next, text, "what is not said is not written"),
        }
        said.map(|_| next)
    }

    #[track_caller]
    fn becomes(text: &str, hint: &Hint, next: &str) {
        assert_eq!(written(text, hint).as_deref(), Some(next));
    }

    fn renamed() -> Hint {
        let names = Pair::new(Name::new("nick \"x\""), Name::new("handle"));
        Hint::Renamed(Renamed::Column(Name::new("users"), names))
    }

    const WAS: &str = "renamed_from = \"nick \\\"x\\\"\"";

    #[test]
    fn beside_a_column_in_each_of_its_forms() {
        for (before, after) in [
            (
                "handle  =  \"text?\"  # Why.\nid = \"bigint\"",
                "handle  =  { type = \"text?\", WAS }  # Why.\nid = \"bigint\"",
            ),
            ("handle = 'text'", "handle = { type = 'text', WAS }"),
            (
                "handle = { type = \"text\", default = \"}\\\"\" }# x",
                "handle = { type = \"text\", default = \"}\\\"\", WAS }# x",
            ),
            ("handle={type=\"text\"}", "handle={type=\"text\", WAS }"),
            (
                "  handle.type = \"text\"\n  handle.doc = \"x\"",
                "  handle.WAS\n  handle.type = \"text\"\n  handle.doc = \"x\"",
            ),
            ("\"handle\" = \"text\"", "\"handle\" = { type = \"text\", WAS }"),
        ] {
            let file = |lines: &str| {
                format!("# Users.\n[table.users.columns]\n{lines}\n\n[table.other.columns]\na = \"text\"\n")
            };
            becomes(&file(before), &renamed(), &file(&after.replace("WAS", WAS)));
            let windows = |lines: &str| file(lines).replace('\n', "\r\n");
            becomes(&windows(before), &renamed(), &windows(&after.replace("WAS", WAS)));
        }
        let header = "[table.users.columns.handle] # x\ntype = \"text\"\n";
        becomes(header, &renamed(), &header.replace("x\n", &format!("x\n{WAS}\n")));
        let dotted = "[table.users]\ncolumns.handle = \"text\"\n";
        let next = format!("[table.users]\ncolumns.handle = {{ type = \"text\", {WAS} }}\n");
        becomes(dotted, &renamed(), &next);
    }

    #[test]
    fn into_a_table() {
        let hint = Hint::Renamed(Renamed::Table(Pair::new(Name::new("users"), Name::new("people"))));
        becomes(
            "# Who.\n[table.people.columns]\nid = \"bigint\"\n",
            &hint,
            "# Who.\n[table.people]\nrenamed_from = \"users\"\n\n[table.people.columns]\nid = \"bigint\"\n",
        );
        becomes(
            "[table.people] # x\ncolumns.id = \"bigint\"",
            &hint,
            "[table.people] # x\nrenamed_from = \"users\"\ncolumns.id = \"bigint\"",
        );
        becomes(
            "[table]\npeople = { columns = { id = \"bigint\" } }\n",
            &hint,
            "[table]\npeople = { columns = { id = \"bigint\" }, renamed_from = \"users\" }\n",
        );
    }

    #[test]
    fn into_an_enum() {
        let values = Pair::new("open".to_owned(), "it's".to_owned());
        let hint = Hint::Renamed(Renamed::Value(Name::new("state"), values));
        becomes(
            "[enum]\nstate = [ # ]\n  \"it's\",\n]\n",
            &hint,
            "[enum]\nstate = { values = [ # ]\n  \"it's\",\n], renamed_values = { \"it's\" = \"open\" } }\n",
        );
        becomes(
            "[enum.state]\nvalues = [\"it's\"]\n",
            &hint,
            "[enum.state]\nrenamed_values = { \"it's\" = \"open\" }\nvalues = [\"it's\"]\n",
        );
        let taken = "[enum]\nstate = { values = [\"it's\", \"b\"], renamed_values = { b = \"a\" } }\n";
        assert_eq!(written(taken, &hint), None, "a second list is no TOML");
    }

    #[test]
    fn values_are_of_their_type() {
        let column = (Name::new("users"), Name::new("age"));
        let hint = |column_type, text: &str| Hint::Backfill(column.clone(), column_type, text.to_owned());
        let text = "[table.users.columns]\nage = \"integer\"\n";
        becomes(
            text,
            &hint(ColumnType::Integer, "7"),
            "[table.users.columns]\nage = { type = \"integer\", backfill = 7 }\n",
        );
        assert_eq!(written(text, &hint(ColumnType::Integer, "7, default = 8")), None, "it says more");
        let text = "[table.users.columns]\nage = \"text\"\n";
        becomes(
            text,
            &hint(ColumnType::Text, "7"),
            "[table.users.columns]\nage = { type = \"text\", backfill = \"7\" }\n",
        );
    }
}
