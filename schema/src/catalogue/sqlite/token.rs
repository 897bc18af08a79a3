//! The tokens of SQLite's SQL: <https://sqlite.org/src/file/src/tokenize.c>.

/// A token, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
    /// The byte at which it begins.
    pub(super) start: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A keyword or a name.
    Word,
    /// A name in quotes: `"a"`, `` `a` `` or `[a]`.
    Quoted,
    /// A text in quotes, which SQLite takes for a name where only a name can stand.
    Text,
    /// A number.
    Number,
    /// Bytes: `x'0aff'`.
    Bytes,
    /// A sign.
    Sign,
}

/// The tokens of a text without blanks and comments; `None` if it leaves a quote open.
pub(super) fn tokens(sql: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(first) = sql[start..].chars().next() {
        let rest = &sql[start..];
        if let Some(length) = blank(rest, first) {
            start += length;
            continue;
        }
        let (kind, length) = token(rest, first)?;
        tokens.push(Token { kind, text: &rest[..length], start });
        start += length;
    }
    Some(tokens)
}

impl Token<'_> {
    /// The byte behind it.
    pub(super) const fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == TokenKind::Sign && self.text == sign
    }

    /// What it says without its quotes.
    pub(super) fn unquoted(&self) -> String {
        let inner = || &self.text[1..self.text.len() - 1];
        match (self.kind, self.text.chars().next()) {
            (TokenKind::Quoted, Some('[')) => inner().to_owned(),
            (TokenKind::Quoted | TokenKind::Text, Some(quote)) => {
                inner().replace(&format!("{quote}{quote}"), &quote.to_string())
            }
            _ => self.text.to_owned(),
        }
    }
}

/// The length of the blanks or the comment that begin here.
fn blank(rest: &str, first: char) -> Option<usize> {
    let to = |end: Option<usize>| end.unwrap_or(rest.len());
    match first {
        // To SQLite every other blank of Unicode is a letter.
        ' ' | '\t' | '\n' | '\u{c}' | '\r' | '\u{feff}' => Some(first.len_utf8()),
        '-' if rest.starts_with("--") => Some(to(rest.find('\n'))),
        '/' if rest.starts_with("/*") => Some(to(rest[2..].find("*/").map(|end| end + 4))),
        _ => None,
    }
}

/// The kind and the length of the token that begins here.
fn token(rest: &str, first: char) -> Option<(TokenKind, usize)> {
    Some(match first {
        '\'' => (TokenKind::Text, quoted(rest, '\'')?),
        '"' | '`' => (TokenKind::Quoted, quoted(rest, first)?),
        '[' => (TokenKind::Quoted, rest.find(']')? + 1),
        'x' | 'X' if rest[1..].starts_with('\'') => (TokenKind::Bytes, quoted(&rest[1..], '\'')? + 1),
        '0'..='9' => (TokenKind::Number, number(rest)),
        '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => (TokenKind::Number, number(rest)),
        _ if is_word(first) => (TokenKind::Word, rest.find(|next| !is_word(next)).unwrap_or(rest.len())),
        _ => {
            let long = ["->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "=="];
            let long = long.into_iter().find(|sign| rest.starts_with(sign));
            (TokenKind::Sign, long.map_or(first.len_utf8(), str::len))
        }
    })
}

/// The length of what stands in quotes, which are doubled inside of it.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut end = 1;
    loop {
        end += rest[end..].find(quote)? + 1;
        if !rest[end..].starts_with(quote) {
            return Some(end);
        }
        end += 1;
    }
}

fn number(rest: &str) -> usize {
    let hexadecimal = rest.starts_with("0x") || rest.starts_with("0X");
    let mut exponent = false;
    for (place, character) in rest.char_indices() {
        let signed = exponent && matches!(character, '+' | '-');
        if !(signed || character == '.' || is_word(character)) {
            return place;
        }
        exponent = !hexadecimal && matches!(character, 'e' | 'E');
    }
    rest.len()
}

pub(super) fn is_word(character: char) -> bool {
    character == '_' || character == '$' || character.is_ascii_alphanumeric() || !character.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: &[&str]) {
        let found: Vec<&str> = tokens(sql).unwrap().iter().map(|token| token.text).collect();
        assert_eq!(found, expected, "{sql}");
    }

    #[test]
    fn names_texts_and_signs() {
        check("a.b||'it''s'", &["a", ".", "b", "||", "'it''s'"]);
        check("\"a\"\"b\" `c``d` [e\"f] x'0A' x", &["\"a\"\"b\"", "`c``d`", "[e\"f]", "x'0A'", "x"]);
        check("a->>'$.b'<=-1", &["a", "->>", "'$.b'", "<=", "-", "1"]);
        check("ünï\u{a0}x (é)", &["ünï\u{a0}x", "(", "é", ")"]);
    }

    #[test]
    fn numbers() {
        check(
            "1 1.5 .5 1e-3-2 0x1E-3 1_000",
            &["1", "1.5", ".5", "1e-3", "-", "2", "0x1E", "-", "3", "1_000"],
        );
    }

    #[test]
    fn comments_are_blanks() {
        check("a -- b\n/* c ' */ d --'", &["a", "d"]);
        check("a /* b", &["a"]);
        check("a /*/ b */ c", &["a", "c"]);
    }

    #[test]
    fn what_is_left_open_is_no_sql() {
        for open in ["'a", "\"a", "`a", "[a", "x'0", "'a''"] {
            assert_eq!(tokens(open), None, "{open}");
        }
    }
}
