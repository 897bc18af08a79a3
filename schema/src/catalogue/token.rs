//! The tokens of the SQL of servers, as they print it and as people write it.

use std::borrow::Cow;

use crate::Dialect;
use crate::words::dollar_quoted;

/// A token, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'a str,
    /// The byte at which it begins.
    pub(crate) start: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A keyword or a name.
    Word,
    /// A name in quotes.
    Quoted,
    /// A text.
    Text,
    /// A number.
    Number,
    /// A sign.
    Sign,
}

/// The tokens of a text without blanks and comments; `None` if it leaves a quote or a comment open.
pub(crate) fn tokens(sql: &str, dialect: Dialect) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(first) = sql[start..].chars().next() {
        let rest = &sql[start..];
        if let Some(length) = blank(rest, first, dialect) {
            start += length?;
            continue;
        }
        let (kind, length) = token(rest, first, dialect)?;
        tokens.push(Token { kind, text: &rest[..length], start });
        start += length;
    }
    Some(tokens)
}

/// What stands in a text from its first token to its last.
pub(crate) fn slice<'a>(sql: &'a str, tokens: &[Token<'_>]) -> &'a str {
    match tokens {
        [first, .., last] => &sql[first.start..last.end()],
        [only] => &sql[only.start..only.end()],
        [] => "",
    }
}

/// The tokens without the parentheses around all of them.
pub(crate) fn without_parentheses<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    match tokens {
        [first, inner @ .., last] if first.is_sign("(") && last.is_sign(")") && is_whole(inner) => {
            without_parentheses(inner)
        }
        _ => tokens,
    }
}

/// Whether every parenthesis that closes was opened here.
fn is_whole(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_i64;
    tokens.iter().all(|token| {
        depth += i64::from(token.is_sign("(")) - i64::from(token.is_sign(")"));
        depth >= 0
    })
}

impl Token<'_> {
    /// The byte behind it.
    pub(crate) const fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_sign(&self, sign: &str) -> bool {
        self.kind == TokenKind::Sign && self.text == sign
    }

    /// The name that it is, if it can be one. PostgreSQL knows names without quotes in small letters.
    pub(crate) fn name(&self, dialect: Dialect) -> Option<String> {
        match self.kind {
            TokenKind::Quoted => {
                let quote = self.text.get(..1)?;
                let inner = self.text.get(1..self.text.len() - 1)?;
                Some(inner.replace(&quote.repeat(2), quote))
            }
            TokenKind::Word if dialect == Dialect::Postgres => Some(self.text.to_lowercase()),
            TokenKind::Word => Some(self.text.to_owned()),
            TokenKind::Text | TokenKind::Number | TokenKind::Sign => None,
        }
    }

    /// The text that it stands for, if it is one.
    pub(crate) fn text(&self, dialect: Dialect) -> Option<String> {
        if self.kind != TokenKind::Text {
            return None;
        }
        if let Some(body) = dollar_body(self.text) {
            return Some(body.to_owned());
        }
        let escaped = self.text.starts_with(['e', 'E']);
        let quoted = if escaped { &self.text[1..] } else { self.text };
        let quote = quoted.get(..1)?;
        let inner = quoted.get(1..quoted.len() - 1)?.replace(&quote.repeat(2), quote);
        Some(if escaped || dialect == Dialect::Mysql { unescaped(&inner).into_owned() } else { inner })
    }
}

/// What stands between the dollars of a text.
fn dollar_body(text: &str) -> Option<&str> {
    let end = text.strip_prefix('$')?.find('$')? + 2;
    let (tag, rest) = text.split_at_checked(end)?;
    rest.strip_suffix(tag)
}

/// A text without the backslashes that its signs are escaped by.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('0') => out.push('\0'),
            Some('b') => out.push('\u{8}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('Z') => out.push('\u{1a}'),
            // Elsewhere than behind LIKE they keep their backslash.
            Some(wild @ ('%' | '_')) => out.extend(['\\', wild]),
            Some(other) => out.push(other),
            None => {}
        }
    }
    Cow::Owned(out)
}

/// The length of the blanks or the comment that begin here; `Some(None)` for a comment that does not end.
fn blank(rest: &str, first: char, dialect: Dialect) -> Option<Option<usize>> {
    let line = || Some(Some(rest.find('\n').unwrap_or(rest.len())));
    match first {
        _ if first.is_whitespace() || first == '\u{feff}' => Some(Some(first.len_utf8())),
        '-' if rest.starts_with("--") => line(),
        '#' if dialect == Dialect::Mysql => line(),
        '/' if rest.starts_with("/*") => Some(rest[2..].find("*/").map(|end| end + 4)),
        _ => None,
    }
}

/// The kind and the length of the token that begins here.
fn token(rest: &str, first: char, dialect: Dialect) -> Option<(TokenKind, usize)> {
    let mysql = dialect == Dialect::Mysql;
    let number = |text: &str| text.starts_with(|next: char| next.is_ascii_digit());
    Some(match first {
        '\'' => (TokenKind::Text, quoted(rest, '\'', mysql)?),
        '"' if mysql => (TokenKind::Text, quoted(rest, '"', true)?),
        '"' | '`' => (TokenKind::Quoted, quoted(rest, first, false)?),
        'e' | 'E' if !mysql && rest[1..].starts_with('\'') => {
            (TokenKind::Text, quoted(&rest[1..], '\'', true)? + 1)
        }
        '$' if !mysql => match dollar_quoted(rest) {
            Some(after) => {
                let length = rest.len() - after.len();
                // One that does not end ends with the text.
                dollar_body(&rest[..length])?;
                (TokenKind::Text, length)
            }
            None => (TokenKind::Sign, 1),
        },
        _ if number(rest) || (first == '.' && number(&rest[1..])) => (TokenKind::Number, digits(rest)),
        _ if is_word(first) => (TokenKind::Word, rest.find(|next| !is_word(next)).unwrap_or(rest.len())),
        _ => {
            let long = ["::", "->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", ":="];
            let long = long.into_iter().find(|sign| rest.starts_with(sign));
            (TokenKind::Sign, long.map_or(first.len_utf8(), str::len))
        }
    })
}

/// The length of what stands in quotes, which are doubled inside of it.
fn quoted(rest: &str, quote: char, backslashes: bool) -> Option<usize> {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' && backslashes {
            characters.next();
        } else if character == quote {
            match characters.peek() {
                Some((_, next)) if *next == quote => _ = characters.next(),
                _ => return Some(at + quote.len_utf8()),
            }
        }
    }
    None
}

fn digits(rest: &str) -> usize {
    let mut exponent = false;
    for (place, character) in rest.char_indices() {
        let signed = exponent && matches!(character, '+' | '-');
        if !(signed || character == '.' || is_word(character)) {
            return place;
        }
        exponent = matches!(character, 'e' | 'E');
    }
    rest.len()
}

fn is_word(character: char) -> bool {
    character == '_' || character == '$' || character.is_ascii_alphanumeric() || !character.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dialect: Dialect, sql: &str, expected: &[&str]) {
        let found: Vec<&str> = tokens(sql, dialect).unwrap().iter().map(|token| token.text).collect();
        assert_eq!(found, expected, "{sql}");
    }

    fn text(dialect: Dialect, sql: &str) -> String {
        tokens(sql, dialect).unwrap()[0].text(dialect).unwrap()
    }

    #[test]
    fn names_texts_and_signs() {
        check(Dialect::Postgres, "'a'::text||E'b\\'c' -- d", &["'a'", "::", "text", "||", "E'b\\'c'"]);
        check(Dialect::Postgres, "$$ a; $$ \"b\"\"c\" $1", &["$$ a; $$", "\"b\"\"c\"", "$", "1"]);
        check(Dialect::Mysql, "`a``b`.\"c\\\"d\" # e\n/* f */ 1e-3", &["`a``b`", ".", "\"c\\\"d\"", "1e-3"]);
    }

    #[test]
    fn texts_are_what_they_stand_for() {
        assert_eq!(text(Dialect::Mysql, r"'it''s \\ \n\'x'"), "it's \\ \n'x");
        assert_eq!(text(Dialect::Postgres, r"'it''s \n'"), r"it's \n");
        assert_eq!(text(Dialect::Postgres, r"E'\\n'"), r"\n");
        assert_eq!(text(Dialect::Postgres, "$tag$ $$ $tag$"), " $$ ");
    }

    #[test]
    fn what_is_left_open_is_no_sql() {
        for open in ["'a", "\"a", "$$ a", "/* a", "$a$ $$"] {
            assert_eq!(tokens(open, Dialect::Postgres), None, "{open}");
        }
        assert_eq!(tokens(r"'a\'", Dialect::Mysql), None);
    }
}
