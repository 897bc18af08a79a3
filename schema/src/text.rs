//! Spelling names and texts so that they can stand in canonical text.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// Text in double quotes, with backslash escapes for quotes, backslashes and control characters.
///
/// Unlike `{:?}` it does not depend on the Unicode tables of a Rust version, so hashes may be made
/// of it.
///
/// ```
/// use whimbrel_schema::text::quoted;
///
/// assert_eq!(quoted("say \"hi\"\n").to_string(), r#""say \"hi\"\n""#);
/// ```
pub fn quoted(text: &str) -> impl fmt::Display + '_ {
    Quoted(text)
}

struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for character in self.0.chars() {
            match character {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                hidden if is_hidden(hidden) => write!(f, "\\u{{{:x}}}", u32::from(hidden))?,
                plain => write!(f, "{plain}")?,
            }
        }
        f.write_str("\"")
    }
}

/// Whether a character would be invisible or would reorder its line on a terminal or in an editor:
/// control characters, zero-width characters and bidirectional overrides.
pub const fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// A number with its noun, as people say it.
///
/// ```
/// use whimbrel_schema::text::counted;
///
/// assert_eq!(counted(1_u64, "row"), "1 row");
/// assert_eq!(counted(0_usize, "row"), "0 rows");
/// ```
pub fn counted<N: fmt::Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    format!("{number} {noun}{}", if number == N::from(1) { "" } else { "s" })
}

/// A name in the composed form of Unicode, in which a letter with its accent is one character.
pub(crate) fn composed(name: &str) -> String {
    if name.is_ascii() { name.to_owned() } else { name.nfc().collect() }
}

/// A name without its case and its way of writing accents. Upper case first, because letters that
/// have one upper case in common, as `σ` and `ς`, are the same to whoever ignores case.
pub(crate) fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let upper = name.nfd().flat_map(char::to_uppercase);
    upper.flat_map(char::to_lowercase).nfc().collect()
}

/// The text with hidden characters escaped, but for newlines and tabs: fit for a terminal or a log.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        push_visible(&mut shown, character);
    }
    shown
}

pub(crate) fn push_visible(shown: &mut String, character: char) {
    if is_hidden(character) && character != '\n' && character != '\t' {
        shown.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
    } else {
        shown.push(character);
    }
}

/// A name as it stands in canonical text: bare if it is a plain identifier, else quoted.
pub(crate) fn bare_or_quoted(name: &str) -> String {
    let mut bytes = name.bytes();
    let plain = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { name.to_owned() } else { quoted(name).to_string() }
}
