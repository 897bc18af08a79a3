//! How much a file may hold, so that one that nobody wrote by hand costs no time and no memory.

use toml::Spanned;
use toml::de::{DeTable, Error};
use toml_parser::lexer::{Token, TokenKind};
use toml_parser::parser::{RecursionGuard, parse_document};
use toml_parser::{ParseError, Source};

use super::reader::Context;
use crate::{Code, Diagnostic, Span};

/// The most bytes of a file.
const SIZE: usize = 16 * 1024 * 1024;

/// The most names, values and signs of a file: those of ten thousand tables, and of nothing larger.
const TOKENS: usize = 2_000_000;

/// The most syntax errors that are looked at. The parser makes a message of each.
const ERRORS: usize = 5_000;

/// Files up to this size cannot hold enough to matter.
const SMALL: usize = 256 * 1024;

/// How deep values may lie in each other: as deep as the parser goes.
const DEPTH: u32 = 80;

/// The most columns of a table, and of a list of columns. SQLite takes 2,000, the others fewer.
pub(super) const COLUMNS: usize = 2_000;

/// The most diagnostics of one stage. Nobody reads so many, and they would fill the memory.
pub(crate) const DIAGNOSTICS: usize = 10_000;

/// Reads a file as TOML, with all syntax errors; `None` if it was refused, which is reported.
pub(crate) fn read_toml<'a>(context: &mut Context<'a>) -> Option<(Spanned<DeTable<'a>>, Vec<Error>)> {
    let text = context.text;
    let problem = if text.len() > SIZE {
        format!("the file has {} bytes, and {SIZE} are allowed", text.len())
    } else if text.len() > SMALL && tokens(text).filter(|token| !is_blank(token)).nth(TOKENS).is_some() {
        format!("the file has more than {TOKENS} names, values and signs")
    } else {
        return Some(DeTable::parse_recoverable(sound_part(text)));
    };
    context.report(
        Diagnostic::new(Code::UNREADABLE, problem)
            .label(Span::new(context.source, 0..0), "too large to be read")
            .help("split it into several files"),
    );
    None
}

/// All of the text, or its lines up to the last syntax error that is looked at.
fn sound_part(text: &str) -> &str {
    if text.len() <= SMALL {
        return text;
    }
    let (mut count, mut last) = (0, 0);
    let tokens: Vec<Token> = tokens(text).collect();
    let mut errors = |error: ParseError| {
        count += 1;
        if count == ERRORS {
            last = error.unexpected().or(error.context()).map_or(0, |span| span.end());
        }
    };
    parse_document(&tokens, &mut RecursionGuard::new(&mut (), DEPTH), &mut errors);
    if count < ERRORS {
        return text;
    }
    let end = text[floor(text, last)..].find('\n').map_or(text.len(), |end| floor(text, last) + end + 1);
    &text[..end]
}

fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or(0)
}

fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    Source::new(text).lex()
}

fn is_blank(token: &Token) -> bool {
    matches!(token.kind(), TokenKind::Whitespace | TokenKind::Newline | TokenKind::Comment)
}
