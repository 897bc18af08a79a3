//! Which part of a file a report shows.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Label;
use crate::Sources;
use crate::text::{push_visible, visible};

/// The lines of one file that labels point at, made fit for a terminal.
pub(super) struct Excerpt<'a> {
    /// Where the first label points, as `path:line:column`.
    pub(super) place: String,
    /// The number of the first line, from 1.
    pub(super) line: usize,
    /// The lines from the first label's to the last one's. Those far from any label are left
    /// empty, because they are not shown.
    pub(super) text: String,
    pub(super) marks: Vec<Mark<'a>>,
}

/// A place in the text of an excerpt.
pub(super) struct Mark<'a> {
    pub(super) range: Range<usize>,
    pub(super) message: &'a str,
    pub(super) primary: bool,
}

/// The excerpt for labels of one file; the flag tells the primary one.
pub(super) fn excerpt<'a>(labels: &[(&'a Label, bool)], sources: &Sources) -> Option<Excerpt<'a>> {
    let (first, _) = labels.first()?;
    let source = sources.get(first.span.source);
    let mut lines: BTreeMap<usize, Line<'_, 'a>> = BTreeMap::new();
    for (label, primary) in labels {
        let range = within(&source.text, label.span.range());
        let number = sources.position(label.span).line;
        let line = lines.entry(number).or_insert_with(|| Line { text: &source.text, spots: Vec::new() });
        line.spots.push((range, label.message.as_str(), *primary));
    }
    let (first_line, last_line) = (*lines.keys().next()?, *lines.keys().next_back()?);
    let near = |number: usize| lines.range(number.saturating_sub(NEAR)..=number + NEAR).next().is_some();
    let mut texts = sources.from_line(first.span.source, first_line).lines();
    let (mut text, mut marks) = (String::new(), Vec::new());
    for number in first_line..=last_line {
        let plain = texts.next().unwrap_or("");
        match lines.get(&number) {
            Some(line) => marks.extend(line.show(&mut text)),
            None if near(number) => {
                plain.chars().take(AFTER).for_each(|character| push_visible(&mut text, character));
            }
            None => {}
        }
        if number < last_line {
            text.push('\n');
        }
    }
    let position = sources.position(first.span);
    let path = visible(&source.path).replace(['\n', '\t'], " ");
    let place = format!("{path}:{}:{}", position.line, position.column);
    Some(Excerpt { place, line: first_line, text, marks })
}

/// How many lines around a label may be shown.
const NEAR: usize = 2;

/// How many characters of a line are shown before and after what a label points at.
const BEFORE: usize = 80;
const AFTER: usize = 120;

struct Line<'t, 'a> {
    text: &'t str,
    spots: Vec<(Range<usize>, &'a str, bool)>,
}

impl<'a> Line<'_, 'a> {
    /// Writes the line as it is shown, and tells where the labels come to lie.
    fn show(&self, shown: &mut String) -> Vec<Mark<'a>> {
        let anchor = self.spots.iter().map(|(range, ..)| range.start).min().unwrap_or(0);
        let start = self.text[..anchor].rfind('\n').map_or(0, |newline| newline + 1);
        let end = self.text[anchor..].find('\n').map_or(self.text.len(), |newline| anchor + newline);
        let end = if self.text[start..end].ends_with('\r') { end - 1 } else { end };
        let anchor = anchor.min(end);
        let before = self.text[start..anchor].char_indices().rev().nth(BEFORE - 1);
        let after = self.text[anchor..end].char_indices().nth(AFTER);
        let cut_start = before.map_or(start, |(offset, _)| start + offset);
        let cut_end = after.map_or(end, |(offset, _)| anchor + offset);
        if cut_start > start {
            shown.push_str("...");
        }
        let mut places = Vec::new();
        for (offset, character) in self.text[cut_start..cut_end].char_indices() {
            places.push((cut_start + offset, shown.len()));
            push_visible(shown, character);
        }
        places.push((cut_end, shown.len()));
        if cut_end < end {
            shown.push_str("...");
        }
        let place = |offset: usize| {
            let index = places.partition_point(|(original, _)| *original < offset);
            places.get(index).or(places.last()).map_or(0, |(_, place)| *place)
        };
        let marks = self.spots.iter().map(|(range, message, primary)| Mark {
            range: place(range.start)..place(range.end),
            message,
            primary: *primary,
        });
        marks.collect()
    }
}

/// The range moved into the text and onto whole characters.
fn within(text: &str, range: Range<usize>) -> Range<usize> {
    let floor = |offset: usize| {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = floor(range.start);
    start..floor(range.end).max(start)
}
