//! SQL that a person wrote, for one dialect or for all.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::Dialect;
use crate::words::{dollar_quoted, names_in};

/// A piece of hand-written SQL: one text for every dialect, or a text for each.
///
/// ```
/// use whimbrel_schema::{Dialect, Sql};
///
/// let now = Sql::from("CURRENT_TIMESTAMP");
/// assert_eq!(now.text(Dialect::Sqlite), Some("CURRENT_TIMESTAMP"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sql {
    /// The same text everywhere.
    Same(String),
    /// A text for each dialect named. One that is the same for all of them is read as [`Same`](Sql::Same).
    Each(BTreeMap<Dialect, String>),
}

impl Sql {
    /// A text for each dialect; a blank one is none.
    ///
    /// ```
    /// use whimbrel_schema::{Dialect, Sql};
    ///
    /// let sql = Sql::each([(Dialect::Sqlite, ""), (Dialect::Postgres, "ANALYZE users")]);
    /// assert_eq!(sql.text(Dialect::Sqlite), None);
    /// ```
    pub fn each<'a>(texts: impl IntoIterator<Item = (Dialect, &'a str)>) -> Self {
        let texts = texts.into_iter().filter(|(_, text)| !text.trim().is_empty());
        Self::Each(texts.map(|(dialect, text)| (dialect, text.to_owned())).collect())
    }

    /// The same, said once if it is the same for every dialect that there is.
    pub(crate) fn simplified(self) -> Self {
        match self {
            Self::Each(mut texts) if Dialect::ALL.iter().all(|dialect| texts.contains_key(dialect)) => {
                match texts.pop_first() {
                    Some((_, text)) if texts.values().all(|other| *other == text) => Self::Same(text),
                    first => Self::Each(first.into_iter().chain(texts).collect()),
                }
            }
            other => other,
        }
    }

    /// Whether there is no text for any dialect.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Same(text) => text.trim().is_empty(),
            Self::Each(texts) => texts.values().all(|text| text.trim().is_empty()),
        }
    }

    /// Whether a name stands in it, in the text of any dialect: as a word, whatever its case, or in
    /// quotes. Texts, comments and parts of longer words do not count.
    ///
    /// ```
    /// use whimbrel_schema::Sql;
    ///
    /// let sql = Sql::from("SELECT \"id\" FROM Emails -- not users");
    /// assert!(sql.names("emails") && sql.names("id"));
    /// assert!(!sql.names("users") && !sql.names("mail"));
    /// ```
    pub fn names(&self, name: &str) -> bool {
        self.words().any(|word| word.eq_ignore_ascii_case(name))
    }

    /// Everything that may be a name in it, keywords included.
    pub fn words(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let (same, each) = match self {
            Self::Same(text) => (Some(text), None),
            Self::Each(texts) => (None, Some(texts.values())),
        };
        same.into_iter().chain(each.into_iter().flatten()).flat_map(|text| names_in(text))
    }

    /// Whether a star stands in it, which may mean every column of something.
    pub fn has_star(&self) -> bool {
        match self {
            Self::Same(text) => text.contains('*'),
            Self::Each(texts) => texts.values().any(|text| text.contains('*')),
        }
    }

    /// Whether a text for any dialect has this word, in whatever case. The text is searched rather than
    /// parsed, so a word in a literal counts as well.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        match self {
            Self::Same(text) => mentions(text, word),
            Self::Each(texts) => texts.values().any(|text| mentions(text, word)),
        }
    }

    /// The text for a dialect, if there is one.
    pub fn text(&self, dialect: Dialect) -> Option<&str> {
        match self {
            Self::Same(text) => Some(text),
            Self::Each(texts) => texts.get(&dialect).map(String::as_str),
        }
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Self {
        Self::Same(text)
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Self {
        Self::Same(text.to_owned())
    }
}

fn mentions(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.to_lowercase());
    let in_word = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(&word).any(|(start, found)| {
        !text[..start].ends_with(in_word) && !text[start + found.len()..].starts_with(in_word)
    })
}

/// Why a text cannot stand where SQL of a database has an expression, if that is so: it would end before its
/// place does, or swallow what follows. `None` does not say that the database understands it.
///
/// ```
/// use whimbrel_schema::{Dialect, not_an_expression};
///
/// assert_eq!(not_an_expression(Dialect::Sqlite, "size > 0 AND note <> ';)'"), None);
/// assert_eq!(
///     not_an_expression(Dialect::Sqlite, "1); DROP TABLE users; --"),
///     Some("closes a parenthesis that it has not opened")
/// );
/// // A backslash is a sign like others, or keeps the quote that follows it from closing the text.
/// assert_eq!(not_an_expression(Dialect::Sqlite, r"path <> 'C:\'"), None);
/// assert_eq!(not_an_expression(Dialect::Mysql, r"path <> 'C:\'"), Some("leaves a quote open"));
/// ```
pub fn not_an_expression(dialect: Dialect, sql: &str) -> Option<&'static str> {
    let mut depth = 0_usize;
    let (mut rest, mut before) = (sql, ' ');
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        let escapes = match dialect {
            Dialect::Mysql => true,
            // `E'..'`, unless the letter ends a word.
            Dialect::Postgres => {
                matches!(before, 'e' | 'E') && {
                    let word = &sql[..sql.len() - rest.len() - 1];
                    !word.ends_with(|end: char| end.is_alphanumeric() || end == '_')
                }
            }
            Dialect::Sqlite => false,
        };
        let next = match first {
            // A quote within quotes is doubled, and so ends one text and begins the next.
            '\'' => closed(after, first, escapes),
            '"' => closed(after, first, escapes && dialect == Dialect::Mysql),
            '`' => closed(after, first, false),
            '[' if dialect == Dialect::Sqlite => closed(after, ']', false),
            '$' if dialect == Dialect::Postgres => Some(dollar_quoted(rest).unwrap_or(after)),
            '-' | '#' if is_comment(dialect, rest) => match after.split_once('\n') {
                Some((_, after)) => Some(after),
                None => return Some("ends in a comment, which would swallow what follows"),
            },
            '/' if after.starts_with('*') => match after[1..].split_once("*/") {
                Some((_, after)) => Some(after),
                None => return Some("leaves a comment open"),
            },
            ';' => return Some("contains a semicolon, which ends a statement"),
            '(' => {
                depth += 1;
                Some(after)
            }
            ')' => match depth.checked_sub(1) {
                Some(less) => {
                    depth = less;
                    Some(after)
                }
                None => return Some("closes a parenthesis that it has not opened"),
            },
            _ => Some(after),
        };
        match next {
            Some(after) => rest = after,
            None => return Some("leaves a quote open"),
        }
        before = first;
    }
    (depth > 0).then_some("leaves a parenthesis open")
}

/// What follows a quote.
fn closed(text: &str, quote: char, escapes: bool) -> Option<&str> {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, character)| {
        let closes = *character == quote && !escaped;
        escaped = escapes && *character == '\\' && !escaped;
        closes
    });
    end.map(|(end, quote)| &text[end + quote.len_utf8()..])
}

/// Whether a comment up to the end of the line begins here. To MySQL `1--1` is a difference.
fn is_comment(dialect: Dialect, text: &str) -> bool {
    match text.strip_prefix("--") {
        Some(after) if dialect == Dialect::Mysql => {
            after.is_empty() || after.starts_with(|next: char| next.is_whitespace() || next.is_control())
        }
        Some(_) => true,
        None => dialect == Dialect::Mysql && text.starts_with('#'),
    }
}

/// The first word of an SQL text in capitals, comments left out; empty if there is none.
///
/// It is what a statement does, as far as one word can say it.
///
/// ```
/// use whimbrel_schema::first_word;
///
/// assert_eq!(first_word("-- once\n/* for all */ commit;"), "COMMIT");
/// ```
pub fn first_word(sql: &str) -> String {
    let blank = |character: char| character.is_whitespace() || character == ';' || character == '\u{feff}';
    let mut rest = sql.trim_start_matches(blank);
    loop {
        rest = if rest.starts_with("--") {
            rest.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, after)| after)
        } else {
            break;
        }
        .trim_start_matches(blank);
    }
    let end = rest.find(|character: char| !character.is_alphanumeric() && character != '_');
    rest[..end.unwrap_or(rest.len())].to_uppercase()
}
