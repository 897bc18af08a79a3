//! Tokens, read one after the other.

use super::token::{Token, TokenKind, tokens};
use crate::Dialect;

/// What is left of the tokens of a text.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    sql: &'a str,
    dialect: Dialect,
    tokens: std::vec::IntoIter<Token<'a>>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(sql: &'a str, dialect: Dialect) -> Option<Self> {
        Some(Self { sql, dialect, tokens: tokens(sql, dialect)?.into_iter() })
    }

    /// The statements of a text, each to be read by itself.
    pub(crate) fn statements(sql: &'a str, dialect: Dialect) -> Option<Vec<Self>> {
        let all = tokens(sql, dialect)?;
        let statements = all.split(|token| token.is_sign(";")).filter(|tokens| !tokens.is_empty());
        let cursor = |tokens: &[Token<'a>]| Self { sql, dialect, tokens: Vec::from(tokens).into_iter() };
        Some(statements.map(cursor).collect())
    }

    pub(crate) fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.as_slice().first()
    }

    pub(crate) fn next(&mut self) -> Option<Token<'a>> {
        self.tokens.next()
    }

    /// Takes these words if they are next.
    pub(crate) fn words(&mut self, words: &[&str]) -> bool {
        let next = self.tokens.as_slice();
        let found =
            next.len() >= words.len() && words.iter().zip(next).all(|(word, token)| token.is_word(word));
        if found {
            self.tokens.by_ref().take(words.len()).for_each(drop);
        }
        found
    }

    pub(crate) fn sign(&mut self, sign: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_sign(sign));
        if found {
            self.next();
        }
        found
    }

    /// A name, without the schema before it.
    pub(crate) fn name(&mut self) -> Option<String> {
        loop {
            let name = self.next()?.name(self.dialect)?;
            if !self.sign(".") {
                return Some(name);
            }
        }
    }

    /// What stands in parentheses, if one opens here: its text without them.
    pub(crate) fn group(&mut self) -> Option<&'a str> {
        let start = self.peek().filter(|token| token.is_sign("("))?.end();
        let mut depth = 0_usize;
        loop {
            let token = self.next()?;
            if token.is_sign("(") {
                depth += 1;
            } else if token.is_sign(")") {
                depth -= 1;
                if depth == 0 {
                    return Some(self.sql[start..token.start].trim());
                }
            }
        }
    }

    /// Everything that is left, as it was written.
    pub(crate) fn rest_of_text(&self) -> &'a str {
        self.peek().map_or("", |token| &self.sql[token.start..])
    }

    /// Everything that is left, in one spelling: one blank between tokens, comments left out.
    pub(crate) fn rest(&mut self) -> String {
        let dialect = self.dialect;
        spelled(self.tokens.by_ref(), dialect)
    }
}

/// Tokens in one spelling.
fn spelled<'a>(tokens: impl Iterator<Item = Token<'a>>, dialect: Dialect) -> String {
    let spelling = |token: Token<'a>| match (token.kind, dialect) {
        (TokenKind::Word, Dialect::Postgres) => token.text.to_lowercase(),
        _ => token.text.to_owned(),
    };
    tokens.map(spelling).collect::<Vec<_>>().join(" ")
}
