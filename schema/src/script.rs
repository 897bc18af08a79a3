//! Hand-written SQL as statements of words: enough to see what it does, without a grammar.
//!
//! A parser of the whole grammar of three databases is dearer than everything else that the build needs
//! together, and stops at what it does not know. Here a statement is its words and signs; what they mean
//! is asked by those who look for something.

use std::borrow::Cow;

use crate::Dialect;
use crate::words::{dollar_quoted, quoted};

/// One statement of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written<'a> {
    tokens: Vec<Token<'a>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    /// A keyword, a number or a name without quotes.
    Word(&'a str),
    /// A name in quotes.
    Name(Cow<'a, str>),
    /// A text.
    Text,
    /// Anything else, with how deep in parentheses it stands.
    Sign(char),
}

/// A text that ends within a quote, a comment or parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unfinished;

/// The statements of a text for a database.
pub(crate) fn statements(sql: &str, dialect: Dialect) -> Result<Vec<Written<'_>>, Unfinished> {
    let mut statements: Vec<Written<'_>> =
        parted(sql, dialect)?.into_iter().map(|(_, tokens)| Written { tokens }).collect();
    statements.retain(|statement| !statement.tokens.is_empty());
    let depth = |statement: &Written<'_>| {
        let sign = |token: &Token<'_>| match token {
            Token::Sign('(') => 1,
            Token::Sign(')') => -1,
            _ => 0,
        };
        statement.tokens.iter().map(sign).sum::<i32>()
    };
    if statements.iter().any(|statement| depth(statement) != 0) { Err(Unfinished) } else { Ok(statements) }
}

/// The statements of a text as texts of their own, for a database that takes one at a time. A text that does
/// not end is one.
///
/// ```
/// use whimbrel_schema::{Dialect, each_statement};
///
/// let sql = "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ LANGUAGE plpgsql; SELECT ';'";
/// let statements = each_statement(sql, Dialect::Postgres);
/// assert_eq!(statements.len(), 2);
/// assert_eq!(statements[1], "SELECT ';'");
/// ```
pub fn each_statement(sql: &str, dialect: Dialect) -> Vec<&str> {
    let Ok(parts) = parted(sql, dialect) else { return vec![sql] };
    let mut start = 0;
    let mut texts = Vec::new();
    for (end, tokens) in parts {
        if !tokens.is_empty() {
            texts.push(sql[start..end].trim());
        }
        start = sql.len().min(end + 1);
    }
    texts
}

/// The tokens of each statement, with the place where it ends.
fn parted(sql: &str, dialect: Dialect) -> Result<Vec<(usize, Vec<Token<'_>>)>, Unfinished> {
    let tokens = tokens(sql, dialect)?;
    let mut statements = Vec::new();
    let mut current = Vec::new();
    let mut open = 0_i32;
    for (place, token) in tokens {
        // The body of a trigger or procedure has statements of its own.
        if is_routine(&current) {
            open += match token {
                Token::Word(word) if is_one_of(word, &["BEGIN", "CASE"]) => 1,
                Token::Word(word) if is_one_of(word, &["END"]) => -1,
                _ => 0,
            };
        }
        if token == Token::Sign(';') && open <= 0 {
            statements.push((place, std::mem::take(&mut current)));
            open = 0;
        } else {
            current.push(token);
        }
    }
    statements.push((sql.len(), current));
    Ok(statements)
}

fn is_routine(tokens: &[Token<'_>]) -> bool {
    let words = tokens.iter().take(8).filter_map(|token| match token {
        Token::Word(word) => Some(*word),
        _ => None,
    });
    let words: Vec<&str> = words.collect();
    words.first().is_some_and(|first| is_one_of(first, &["CREATE"]))
        && words.iter().any(|word| is_one_of(word, &["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"]))
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// The tokens of a text, each with the place where it begins.
fn tokens(sql: &str, dialect: Dialect) -> Result<Vec<(usize, Token<'_>)>, Unfinished> {
    let backslashes = crate::Capabilities::of(dialect).backslash_escapes;
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start_matches('\u{feff}');
    while let Some(first) = rest.chars().next() {
        let place = sql.len() - rest.len();
        let after = &rest[first.len_utf8()..];
        if rest.starts_with("--") || (backslashes && first == '#') {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").ok_or(Unfinished)?.1;
        } else if first == '\'' {
            // PostgreSQL's E'..'.
            let escapes =
                matches!(tokens.last(), Some((_, Token::Word("E" | "e")))) && is_next_to_word(sql, rest);
            rest = text_end(after, '\'', backslashes || escapes)?;
            tokens.push((place, Token::Text));
        } else if first == '"' || first == '`' {
            text_end(after, first, false)?;
            let (name, after) = quoted(rest, first);
            rest = after;
            tokens.push((place, Token::Name(name)));
        } else if first == '[' && dialect == Dialect::Sqlite {
            let (name, after) = after.split_once(']').ok_or(Unfinished)?;
            rest = after;
            tokens.push((place, Token::Name(Cow::Borrowed(name))));
        } else if let Some(after) = dollar_quoted(rest) {
            rest = after;
            tokens.push((place, Token::Text));
        } else if is_word(first) {
            let end = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            rest = after;
            tokens.push((place, Token::Word(word)));
        } else {
            rest = after;
            if !first.is_whitespace() {
                tokens.push((place, Token::Sign(first)));
            }
        }
    }
    Ok(tokens)
}

/// The parameters of a text, which are written `?1`, `?2` and so on, as a database knows them: numbered with
/// another sign, or without numbers, so that each place needs its own value. With the text come the numbers
/// that its places have, in order.
///
/// What stands in texts, names and comments is left alone. A text that does not end is returned as it is.
///
/// ```
/// use whimbrel_schema::{Dialect, parameters};
///
/// let sql = "UPDATE t SET a = ?2 WHERE b = ?1 AND c <> '?1' AND a <> ?2";
/// let (text, numbers) = parameters(sql, Dialect::Postgres);
/// assert_eq!(text, "UPDATE t SET a = $2 WHERE b = $1 AND c <> '?1' AND a <> $2");
/// assert_eq!(numbers, [2, 1, 2]);
/// let (text, _) = parameters(sql, Dialect::Mysql);
/// assert_eq!(text, "UPDATE t SET a = ? WHERE b = ? AND c <> '?1' AND a <> ?");
/// ```
pub fn parameters(sql: &str, dialect: Dialect) -> (Cow<'_, str>, Vec<usize>) {
    let tokens = tokens(sql, dialect).unwrap_or_default();
    let (mut text, mut numbers, mut written) = (String::new(), Vec::new(), 0);
    for pair in tokens.windows(2) {
        let [(mark, Token::Sign('?')), (place, Token::Word(word))] = pair else { continue };
        let (true, Ok(number)) = (*place == mark + 1, word.parse::<usize>()) else { continue };
        text.push_str(&sql[written..*mark]);
        match dialect {
            Dialect::Sqlite => text.push_str(&format!("?{number}")),
            Dialect::Postgres => text.push_str(&format!("${number}")),
            Dialect::Mysql => text.push('?'),
        }
        numbers.push(number);
        written = place + word.len();
    }
    if numbers.is_empty() {
        return (Cow::Borrowed(sql), numbers);
    }
    text.push_str(&sql[written..]);
    (Cow::Owned(text), numbers)
}

/// Whether what is left of a text begins right behind a word.
fn is_next_to_word(sql: &str, rest: &str) -> bool {
    sql[..sql.len() - rest.len()].ends_with(is_word)
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// What follows a text whose first quote was read.
fn text_end(text: &str, quote: char, backslashes: bool) -> Result<&str, Unfinished> {
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' && backslashes {
            characters.next();
        } else if character == quote {
            match characters.peek() {
                Some((_, next)) if *next == quote => _ = characters.next(),
                _ => return Ok(&text[at + quote.len_utf8()..]),
            }
        }
    }
    Err(Unfinished)
}

impl Written<'_> {
    /// Whether it begins with these words.
    pub(crate) fn begins(&self, words: &[&str]) -> bool {
        words.len() <= self.tokens.len()
            && words.iter().zip(&self.tokens).all(|(wanted, token)| is_word_of(token, wanted))
    }

    /// The first word in capitals; empty if it is none.
    pub(crate) fn verb(&self) -> String {
        match self.tokens.first() {
            Some(Token::Word(word)) => word.to_uppercase(),
            _ => String::new(),
        }
    }

    /// Whether a word stands in it outside of parentheses.
    pub(crate) fn has(&self, wanted: &str) -> bool {
        self.position(&[wanted]).is_some()
    }

    /// Whether these words follow each other outside of parentheses.
    pub(crate) fn has_all(&self, wanted: &[&str]) -> bool {
        self.position(wanted).is_some()
    }

    /// Whether these words follow each other anywhere.
    pub(crate) fn contains(&self, wanted: &[&str]) -> bool {
        self.tokens
            .windows(wanted.len())
            .any(|tokens| tokens.iter().zip(wanted).all(|(token, wanted)| is_word_of(token, wanted)))
    }

    /// What changes rows: behind the tables of a WITH it is the first such word that stands outside of
    /// parentheses.
    pub(crate) fn act(&self) -> String {
        let verb = self.verb();
        if verb != "WITH" {
            return verb;
        }
        let acts = ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"];
        let first = acts.iter().filter_map(|act| Some((self.position(&[act])?, *act))).min();
        first.map_or(verb, |(_, act)| act.to_owned())
    }

    /// The name behind these words, without its schema; words of an existence test are passed by.
    pub(crate) fn name_after(&self, words: &[&str]) -> Option<String> {
        let mut rest = &self.tokens[self.position(words)? + words.len()..];
        while let [Token::Word(word), after @ ..] = rest {
            if !is_one_of(word, &["IF", "NOT", "EXISTS", "ONLY", "INTO", "FROM", "TABLE", "CONCURRENTLY"]) {
                break;
            }
            rest = after;
        }
        loop {
            let name = match rest.first()? {
                Token::Word(word) => (*word).to_owned(),
                Token::Name(name) => name.to_string(),
                Token::Text | Token::Sign(_) => return None,
            };
            match rest {
                [_, Token::Sign('.'), after @ ..] => rest = after,
                _ => return Some(name),
            }
        }
    }

    fn position(&self, wanted: &[&str]) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            let tokens = &self.tokens[at..];
            let found = tokens.len() >= wanted.len()
                && wanted.iter().zip(tokens).all(|(wanted, token)| is_word_of(token, wanted));
            if depth == 0 && found {
                return Some(at);
            }
        }
        None
    }
}

fn is_word_of(token: &Token<'_>, wanted: &str) -> bool {
    matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verbs(sql: &str, dialect: Dialect) -> Vec<String> {
        statements(sql, dialect).unwrap().iter().map(Written::act).collect()
    }

    #[test]
    fn statements_end_where_they_end() {
        let sql = "-- a;\nUPDATE t SET a = ';' WHERE b; /* ; */ DELETE FROM \"a;b\";;";
        assert_eq!(verbs(sql, Dialect::Sqlite), ["UPDATE", "DELETE"]);
        let body = "CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE t SET a = CASE b WHEN 1 THEN 2 END; SELECT 1; END; DELETE FROM t";
        assert_eq!(verbs(body, Dialect::Sqlite), ["CREATE", "DELETE"]);
        assert_eq!(verbs("DO $$ BEGIN COMMIT; END $$; SELECT 1", Dialect::Postgres), ["DO", "SELECT"]);
        assert_eq!(verbs("SELECT 'it\\'s; DELETE'; # ; x\nSELECT 2", Dialect::Mysql), ["SELECT", "SELECT"]);
        assert_eq!(verbs("BEGIN; COMMIT", Dialect::Sqlite), ["BEGIN", "COMMIT"]);
    }

    #[test]
    fn what_is_behind_with_acts() {
        assert_eq!(verbs("WITH a AS (DELETE FROM b) UPDATE c SET d = 1", Dialect::Postgres), ["UPDATE"]);
    }

    #[test]
    fn where_counts_outside_of_parentheses() {
        let sql = "UPDATE t SET a = (SELECT b FROM c WHERE d)";
        let statement = &statements(sql, Dialect::Sqlite).unwrap()[0];
        assert!(!statement.has("WHERE") && statement.contains(&["WHERE", "d"]));
    }

    #[test]
    fn names_are_found_behind_their_schema() {
        for (sql, words, expected) in [
            ("DROP TABLE IF EXISTS main.\"a b\"", &["DROP", "TABLE"][..], "a b"),
            ("DELETE FROM [t] WHERE 1", &["DELETE"], "t"),
            ("TRUNCATE `t`", &["TRUNCATE"], "t"),
        ] {
            let dialect = if sql.contains('`') { Dialect::Mysql } else { Dialect::Sqlite };
            let statement = &statements(sql, dialect).unwrap()[0];
            assert_eq!(statement.name_after(words).as_deref(), Some(expected), "{sql}");
        }
    }

    #[test]
    fn what_does_not_end_is_told() {
        for sql in ["SELECT 'a", "SELECT \"a", "/* a", "SELECT (1", "SELECT 1)", "SELECT [a"] {
            assert_eq!(statements(sql, Dialect::Sqlite), Err(Unfinished), "{sql}");
        }
    }
}
