use super::token::{Token, TokenKind, tokens};

/// A place in the tokens of a statement.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    sql: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

/// Why a statement cannot be read: in words, what stands where something else should.
pub(super) type Unread = String;

impl<'a> Cursor<'a> {
    pub(super) fn new(sql: &'a str) -> Result<Self, Unread> {
        let tokens = tokens(sql).ok_or("it leaves a quote open")?;
        Ok(Self { sql, tokens, at: 0 })
    }

    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    /// Steps over a keyword, if it is the next token.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.step(|token| token.is_word(word))
    }

    /// Steps over keywords, if they are the next tokens.
    pub(super) fn words(&mut self, words: &[&str]) -> bool {
        let ahead = self.tokens[self.at..].iter();
        let found = ahead.zip(words).filter(|(token, word)| token.is_word(word)).count() == words.len();
        if found {
            self.at += words.len();
        }
        found
    }

    /// Steps over a sign, if it is the next token.
    pub(super) fn sign(&mut self, sign: &str) -> bool {
        self.step(|token| token.is_sign(sign))
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Result<(), Unread> {
        if self.word(word) { Ok(()) } else { Err(self.unread(word)) }
    }

    pub(super) fn expect_sign(&mut self, sign: &str) -> Result<(), Unread> {
        if self.sign(sign) { Ok(()) } else { Err(self.unread(sign)) }
    }

    /// A name, however it is quoted.
    pub(super) fn name(&mut self) -> Result<String, Unread> {
        let named =
            |token: &Token<'_>| matches!(token.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Text);
        match self.peek().filter(named) {
            Some(token) => {
                self.at += 1;
                Ok(token.unquoted())
            }
            None => Err(self.unread("a name")),
        }
    }

    /// What stands between parentheses, as it is written, with its tokens.
    pub(super) fn group(&mut self) -> Result<(&'a str, &[Token<'a>]), Unread> {
        self.expect_sign("(")?;
        let first = self.at;
        let mut depth = 1_usize;
        while let Some(token) = self.next() {
            depth = match (token.is_sign("("), token.is_sign(")")) {
                (true, _) => depth + 1,
                (_, true) => depth - 1,
                _ => depth,
            };
            if depth == 0 {
                let inner = &self.tokens[first..self.at - 1];
                return Ok((slice(self.sql, inner), inner));
            }
        }
        Err(self.unread(")"))
    }

    /// All that is left, as it is written.
    pub(super) fn rest(&self) -> &'a str {
        slice(self.sql, &self.tokens[self.at..])
    }

    /// What was stepped over since a place, as it is written.
    pub(super) fn since(&self, place: usize) -> &'a str {
        slice(self.sql, &self.tokens[place..self.at])
    }

    pub(super) const fn place(&self) -> usize {
        self.at
    }

    pub(super) fn unread(&self, wanted: &str) -> Unread {
        match self.peek() {
            Some(token) => format!("`{}` stands where {wanted} should", token.text),
            None => format!("it ends where {wanted} should stand"),
        }
    }

    fn step(&mut self, test: impl Fn(&Token<'a>) -> bool) -> bool {
        let found = self.peek().is_some_and(|token| test(&token));
        self.at += usize::from(found);
        found
    }
}

/// The text from the first of some tokens to the last.
pub(super) fn slice<'a>(sql: &'a str, tokens: &[Token<'a>]) -> &'a str {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => &sql[first.start..last.end()],
        _ => "",
    }
}

/// The parts between the commas of a list.
pub(super) fn parts<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (place, token) in tokens.iter().enumerate() {
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth = depth.saturating_sub(1);
        } else if token.is_sign(",") && depth == 0 {
            parts.push(&tokens[start..place]);
            start = place + 1;
        }
    }
    parts.push(&tokens[start..]);
    parts
}
