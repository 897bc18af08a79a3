//! What is wrong with a file as TOML.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue, Error};

use crate::{Code, Diagnostic, SourceId, Span};

/// One diagnostic for each syntax error, up to a limit.
pub(super) fn diagnostics(
    source: SourceId,
    text: &str,
    root: &DeTable<'_>,
    errors: &[Error],
) -> Vec<Diagnostic> {
    let markers = conflict_markers(text);
    let (mut conflicts, mut plain) = (BTreeMap::new(), Vec::new());
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        let after = markers.partition_point(|marker| marker.start <= range.start);
        match after.checked_sub(1).map(|at| &markers[at]).filter(|marker| range.start <= marker.end) {
            Some(marker) => _ = conflicts.insert(marker.start, marker.clone()),
            None => plain.push((range, error.message())),
        }
    }
    let unclosed = plain.iter().position(|(_, message)| message.starts_with("unclosed"));
    if let Some(unclosed) = unclosed.filter(|_| plain.len() > 2) {
        // Whatever follows a bracket that is not closed is misread. The first error is where that shows.
        let unclosed = plain.swap_remove(unclosed);
        plain.truncate(1);
        plain.push(unclosed);
    }
    // One for each conflict: its first marker stands for the others.
    let opens = |marker: &Range<usize>| text[marker.start..].starts_with('<');
    if conflicts.values().any(opens) {
        conflicts.retain(|_, marker| opens(marker));
    }
    let more = plain.len().saturating_sub(LIMIT) + conflicts.len().saturating_sub(LIMIT);
    let mut diagnostics: Vec<Diagnostic> = conflicts
        .into_values()
        .take(LIMIT)
        .map(|marker| {
            Diagnostic::new(Code::SYNTAX, "the file holds a merge conflict")
                .label(Span::new(source, marker), "here")
                .help("keep what is right of both sides, and remove the lines of `<<<<<<<`, `=======` and `>>>>>>>`")
        })
        .collect();
    diagnostics.extend(
        plain.iter().take(LIMIT).map(|(range, message)| diagnostic(source, text, root, range, message)),
    );
    if let (Some(last), true) = (diagnostics.last_mut(), more > 0) {
        let more = if more > MANY { "thousands of".to_owned() } else { more.to_string() };
        last.help.push(format!("and {more} more syntax errors in this file"));
    }
    diagnostics
}

/// The lines that look like those that a merge leaves behind.
fn conflict_markers(text: &str) -> Vec<Range<usize>> {
    let mut offset = 0;
    let mut markers = Vec::new();
    for line in text.split_inclusive('\n') {
        if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker)) {
            markers.push(offset..offset + line.trim_end().len());
        }
        offset += line.len();
    }
    markers
}

/// More than this are not counted, because not all of them were looked for.
const MANY: usize = 3_000;

/// A file with more errors is no TOML at all, and nobody reads so many.
const LIMIT: usize = 100;

fn diagnostic(
    source: SourceId,
    text: &str,
    root: &DeTable<'_>,
    range: &Range<usize>,
    message: &str,
) -> Diagnostic {
    let key = text.get(range.clone()).unwrap_or("");
    let span = Span::new(source, range.clone());
    if message.starts_with("duplicate key") {
        let first = first_definition(text, root, range).map(|range| Span::new(source, range));
        return Diagnostic::new(Code::DUPLICATE, format!("`{}` is defined twice", unquoted(key)))
            .label(span, "defined again here")
            .label_if(first, "first defined here")
            .help("remove one of the two, or give it another name");
    }
    // The parser names what it expected behind a comma: that is what to write.
    let (problem, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let diagnostic = Diagnostic::new(Code::SYNTAX, format!("not TOML: {problem}"));
    match expected {
        "" => diagnostic.label(span, "here").help("see https://toml.io for how it is written"),
        "nothing" => diagnostic.label(span, "nothing may stand here").help("remove it"),
        "literal string" => diagnostic
            .label(span, "expected a value")
            .help("write a value; a text stands in double quotes, as in `\"text\"`"),
        expected => diagnostic.label(span, format!("expected {expected}")).help(format!("write {expected}")),
    }
}

/// Where the key at `again` was defined first.
fn first_definition(text: &str, root: &DeTable<'_>, again: &Range<usize>) -> Option<Range<usize>> {
    let line_start = text.get(..again.start)?.rfind('\n').map_or(0, |newline| newline + 1);
    if text[line_start..].trim_start().starts_with('[') {
        return first_header(text, line_start);
    }
    let key = unquoted(text.get(again.clone())?);
    let mut best: Option<(usize, Range<usize>)> = None;
    visit(root, 0, &mut |table_start, entry_key, range| {
        let before = range.end <= again.start && table_start <= again.start;
        if entry_key == key && before && best.as_ref().is_none_or(|(start, _)| *start <= table_start) {
            best = Some((table_start, range));
        }
    });
    best.map(|(_, range)| range)
}

/// A header that is spelled like the one at `line_start`, further up.
fn first_header(text: &str, line_start: usize) -> Option<Range<usize>> {
    let header = |line: &str| -> String {
        let end = line.rfind(']').map_or(line.len(), |end| end + 1);
        line[..end].chars().filter(|character| !character.is_whitespace()).collect()
    };
    let wanted = header(text[line_start..].lines().next()?);
    let mut offset = 0;
    for line in text[..line_start].split_inclusive('\n') {
        let trimmed = line.trim_start();
        if trimmed.starts_with('[') && header(line.trim_end()) == wanted {
            let start = offset + (line.len() - trimmed.len());
            return Some(start..offset + line.trim_end().len());
        }
        offset += line.len();
    }
    None
}

/// Calls a function for every key with the offset at which its table was opened.
fn visit(table: &DeTable<'_>, start: usize, found: &mut impl FnMut(usize, &str, Range<usize>)) {
    for (key, value) in table {
        found(start, key.get_ref(), key.span());
        visit_value(value.get_ref(), value.span().start, found);
    }
}

fn visit_value(value: &DeValue<'_>, start: usize, found: &mut impl FnMut(usize, &str, Range<usize>)) {
    match value {
        DeValue::Table(table) => visit(table, start, found),
        DeValue::Array(array) => {
            for element in array.iter() {
                visit_value(element.get_ref(), element.span().start, found);
            }
        }
        _ => {}
    }
}

fn unquoted(key: &str) -> &str {
    let strip = |quote: char| key.strip_prefix(quote).and_then(|key| key.strip_suffix(quote));
    strip('"').or_else(|| strip('\'')).unwrap_or(key)
}
