//! Texts of files, and places in them.

use std::ops::Range;
use std::sync::Arc;

/// Which of the [`Sources`] a [`Span`] points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A range of bytes in one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just past the last byte.
    pub end: u32,
}

impl Span {
    /// Makes a span from a range of byte offsets.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let limit = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { source, start: limit(range.start), end: limit(range.end) }
    }

    /// The byte offsets.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One file: its path as it is shown to people, and its text without a byte order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path, relative to the package, with `/` between its parts on every platform.
    pub path: String,
    /// The text.
    pub text: Arc<str>,
}

/// All files of a run; hands out the ids that spans refer to.
///
/// ```
/// use whimbrel_schema::{Sources, Span};
///
/// let mut sources = Sources::default();
/// let id = sources.add("schema/emails.toml", "[table.emails]\nfoo = 1\n");
/// let position = sources.position(Span::new(id, 15..18));
/// assert_eq!((position.line, position.column), (2, 1));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

/// A place as people count it: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Sources {
    /// Takes in a file and gives the id for spans into it. A byte order mark is cut off.
    pub fn add(&mut self, path: impl Into<String>, text: impl AsRef<str>) -> SourceId {
        let text = text.as_ref();
        let text = Arc::from(text.strip_prefix('\u{feff}').unwrap_or(text));
        let id = SourceId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source { path: path.into(), text });
        id
    }

    /// The file with this id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// The text that a span covers; empty if the span lies outside.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.range()).unwrap_or("")
    }

    /// Where a span begins.
    pub fn position(&self, span: Span) -> Position {
        let text = &self.get(span.source).text;
        let mut start = (span.start as usize).min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}
