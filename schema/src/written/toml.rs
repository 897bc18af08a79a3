//! Keys and values of TOML, written.

use toml_writer::{ToTomlKey as _, ToTomlValue as _, TomlKeyBuilder, TomlStringBuilder};

use crate::Name;
use crate::text::is_hidden;

pub(crate) fn section(header: Option<String>, lines: Vec<String>) -> String {
    let header = header.map(|header| format!("[{header}]"));
    header.into_iter().chain(lines).map(|line| line + "\n").collect()
}

pub(crate) fn named(name: &Name, value: &str) -> String {
    format!("{} = {value}", key(name))
}

pub(crate) fn assignment(name: &str, value: &str) -> String {
    format!("{} = {value}", toml_key(name))
}

pub(crate) fn key(name: &Name) -> String {
    toml_key(name.as_str())
}

fn toml_key(name: &str) -> String {
    let builder = TomlKeyBuilder::new(name);
    let written = builder.as_unquoted().unwrap_or_else(|| builder.as_basic());
    escape_hidden(written.to_toml_key())
}

pub(crate) fn names(names: &[Name]) -> String {
    list(names.iter().map(|name| line(name.as_str())))
}

pub(crate) fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

pub(crate) fn inline_table(parts: &[(&str, String)]) -> String {
    let parts: Vec<String> = parts.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
}

/// A text in double quotes on one line.
pub(crate) fn line(text: &str) -> String {
    escape_hidden(TomlStringBuilder::new(text).as_basic().to_toml_value())
}

/// A text in double quotes, over several lines if it has several. Carriage returns are escaped,
/// because a version control system may add and remove them.
pub(crate) fn block(text: &str) -> String {
    if text.contains('\n') && !text.contains('\r') {
        escape_hidden(TomlStringBuilder::new(text).as_ml_basic().to_toml_value())
    } else {
        line(text)
    }
}

/// The writer escapes what TOML forbids; this escapes what people could not see, too.
fn escape_hidden(written: String) -> String {
    let beyond_ascii = |character: char| is_hidden(character) && !character.is_ascii();
    if !written.contains(beyond_ascii) {
        return written;
    }
    let mut escaped = String::with_capacity(written.len());
    for character in written.chars() {
        if beyond_ascii(character) {
            escaped.push_str(&match u32::from(character) {
                short @ ..=0xFFFF => format!("\\u{short:04X}"),
                long => format!("\\U{long:08X}"),
            });
        } else {
            escaped.push(character);
        }
    }
    escaped
}
