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
    /// Where the lines of each file begin, so that a place in a long file is found at once.
    lines: Vec<Vec<u32>>,
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
        self.lines.push(line_starts(&text));
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
        self.position_at(span.source, span.start)
    }

    /// Where a span ends: the place just past its last character.
    pub fn end(&self, span: Span) -> Position {
        self.position_at(span.source, span.end.max(span.start))
    }

    /// The text from a line on, counted from 1; empty behind the last one.
    pub fn from_line(&self, id: SourceId, line: usize) -> &str {
        let start = line.checked_sub(1).and_then(|line| self.lines[id.0 as usize].get(line));
        start.map_or("", |start| &self.get(id).text[*start as usize..])
    }

    fn position_at(&self, id: SourceId, offset: u32) -> Position {
        let text = &self.get(id).text;
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let lines = &self.lines[id.0 as usize];
        let line = lines.partition_point(|start| *start as usize <= offset);
        let start = line.checked_sub(1).map_or(0, |line| lines[line] as usize);
        Position { line, column: text[start..offset].chars().count() + 1 }
    }
}

/// The offset of every line's first byte. What lies behind four gigabytes has no place.
fn line_starts(text: &str) -> Vec<u32> {
    let ends = text.match_indices('\n').map_while(|(offset, _)| u32::try_from(offset + 1).ok());
    std::iter::once(0).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, range: Range<usize>, expected: [(usize, usize); 2]) {
        let mut sources = Sources::default();
        let span = Span::new(sources.add("a.toml", text), range);
        let places = [sources.position(span), sources.end(span)];
        assert_eq!(places.map(|place| (place.line, place.column)), expected, "{text:?}");
    }

    #[test]
    fn places() {
        check("", 0..0, [(1, 1), (1, 1)]);
        check("ab\ncd", 0..2, [(1, 1), (1, 3)]);
        check("ab\ncd", 2..3, [(1, 3), (2, 1)]);
        check("ab\ncd\n", 4..6, [(2, 2), (3, 1)]);
        check("\n\n", 1..9, [(2, 1), (3, 1)]);
        check("äö = 1", 0..4, [(1, 1), (1, 3)]);
        check("äö = 1", 1..3, [(1, 1), (1, 2)]);
    }

    #[test]
    fn text_from_a_line() {
        let mut sources = Sources::default();
        let id = sources.add("a.toml", "a\nb\nc");
        let texts = [0, 1, 2, 3, 4].map(|line| sources.from_line(id, line));
        assert_eq!(texts, ["", "a\nb\nc", "b\nc", "c", ""]);
    }
}
