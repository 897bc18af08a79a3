//! JSON whose keys stay in order, whatever features other crates turn on in `serde_json`.

use std::fmt;

/// A value of JSON.
#[derive(Debug, Clone)]
pub(crate) enum Json {
    Truth(bool),
    Number(i64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
    /// The same with keys that a project has.
    Named(Vec<(String, Json)>),
}

/// A text.
pub(crate) fn text(text: impl Into<String>) -> Json {
    Json::Text(text.into())
}

/// A list of texts.
pub(crate) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Json {
    Json::List(texts.into_iter().map(text).collect())
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self, 0)
    }
}

fn write(f: &mut fmt::Formatter<'_>, value: &Json, depth: usize) -> fmt::Result {
    match value {
        Json::Truth(truth) => write!(f, "{truth}"),
        Json::Number(number) => write!(f, "{number}"),
        Json::Text(text) => write_text(f, text),
        Json::List(values) => {
            let parts = values.iter().map(|value| (None, value));
            write_parts(f, ['[', ']'], parts, depth)
        }
        Json::Object(entries) => {
            let parts = entries.iter().map(|(key, value)| (Some(*key), value));
            write_parts(f, ['{', '}'], parts, depth)
        }
        Json::Named(entries) => {
            let parts = entries.iter().map(|(key, value)| (Some(key.as_str()), value));
            write_parts(f, ['{', '}'], parts, depth)
        }
    }
}

fn write_parts<'a>(
    f: &mut fmt::Formatter<'_>,
    [open, close]: [char; 2],
    parts: impl ExactSizeIterator<Item = (Option<&'a str>, &'a Json)>,
    depth: usize,
) -> fmt::Result {
    if parts.len() == 0 {
        return write!(f, "{open}{close}");
    }
    write!(f, "{open}")?;
    for (position, (key, value)) in parts.enumerate() {
        let comma = if position == 0 { "" } else { "," };
        write!(f, "{comma}\n{:width$}", "", width = 2 * (depth + 1))?;
        if let Some(key) = key {
            write_text(f, key)?;
            f.write_str(": ")?;
        }
        write(f, value, depth + 1)?;
    }
    write!(f, "\n{:width$}{close}", "", width = 2 * depth)
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            '\n' => f.write_str("\\n")?,
            control if u32::from(control) < 0x20 => write!(f, "\\u{:04x}", u32::from(control))?,
            other => write!(f, "{other}")?,
        }
    }
    f.write_str("\"")
}
