use annotate_snippets::{Annotation, AnnotationKind, Group, Level as Heading, Renderer, Snippet};

use super::excerpt::{Excerpt, excerpt};
use super::{Diagnostic, Label, Level};
use crate::text::visible;
use crate::{SourceId, Sources};

/// How a report is dressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text alone, for files, pipes and `compile_error!`.
    Plain,
    /// With colours, for a terminal.
    Coloured,
}

/// Renders one diagnostic as rustc would show it.
///
/// Characters that would be invisible or reorder a line come out escaped, long lines come out cut,
/// and a span that lies outside its text is moved into it.
pub fn report(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let Diagnostic { code, level, message, labels, help } = diagnostic;
    let heading = match level {
        Level::Error => Heading::ERROR,
        Level::Warning => Heading::WARNING,
        Level::Note => Heading::NOTE,
    };
    let title = heading.primary_title(shown(message)).id(code.to_string());
    let mut group = Group::with_title(title);
    let excerpts: Vec<Excerpt<'_>> =
        by_file(labels).into_iter().filter_map(|labels| excerpt(&labels, sources)).collect();
    for excerpt in &excerpts {
        group = group.element(snippet(excerpt));
    }
    for line in help {
        group = group.element(Heading::HELP.message(shown(line)));
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let rendered = renderer.term_width(TERM_WIDTH).render(&[group]);
    with_places(&rendered, &excerpts)
}

/// Renders several diagnostics, with an empty line between them.
pub fn report_all(diagnostics: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let reports: Vec<String> = diagnostics.iter().map(|one| report(one, sources, style)).collect();
    reports.join("\n\n")
}

/// A text as a terminal may show it: what a hostile file puts into a message is cut.
fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => visible(&text[..end]) + "...",
        None => visible(text),
    }
}

/// In characters; longer than any message about what a person has written.
const LONGEST: usize = 1_000;

/// Stands for the path of a file until the end. It is a hidden character, so no other text that is
/// shown contains it.
const PATH: &str = "\u{2060}";

/// Puts the places into the text. The renderer counts columns in excerpts, where a line may be cut
/// and characters are escaped; what people read must be the columns of the file.
fn with_places(rendered: &str, excerpts: &[Excerpt<'_>]) -> String {
    let mut parts = rendered.split(PATH);
    let mut text = parts.next().unwrap_or("").to_owned();
    for (part, excerpt) in parts.zip(excerpts) {
        text.push_str(&excerpt.place);
        text.push_str(
            part.trim_start_matches(|character: char| character == ':' || character.is_ascii_digit()),
        );
    }
    text
}

/// Wider than any excerpt, so that only this module decides where lines are cut.
const TERM_WIDTH: usize = 10_000;

/// The labels of each file, in the order in which the files are first named; the flag tells the
/// primary label.
fn by_file(labels: &[Label]) -> Vec<Vec<(&Label, bool)>> {
    let mut files: Vec<(SourceId, Vec<(&Label, bool)>)> = Vec::new();
    for (position, label) in labels.iter().enumerate() {
        let entry = (label, position == 0);
        match files.iter_mut().find(|(source, _)| *source == label.span.source) {
            Some((_, list)) => list.push(entry),
            None => files.push((label.span.source, vec![entry])),
        }
    }
    files.into_iter().map(|(_, list)| list).collect()
}

fn snippet<'a>(excerpt: &'a Excerpt<'_>) -> Snippet<'a, Annotation<'a>> {
    let annotations = excerpt.marks.iter().map(|mark| {
        let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        kind.span(mark.range.clone()).label(shown(mark.message))
    });
    Snippet::source(excerpt.text.as_str()).line_start(excerpt.line).path(PATH).annotations(annotations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::is_hidden;
    use crate::{Code, Span};

    fn check(text: &str, spans: &[(usize, usize)], expected: &str) {
        let mut sources = Sources::default();
        let id = sources.add("a.toml", text);
        let mut diagnostic = Diagnostic::new(Code::SYNTAX, "wrong").help("mend it");
        for (start, end) in spans {
            diagnostic = diagnostic.label(Span::new(id, *start..*end), "here");
        }
        let report = report(&diagnostic, &sources, Style::Plain);
        assert_eq!(report.trim_end(), expected.trim(), "\n{report}");
    }

    #[test]
    fn one_label() {
        check(
            "a = 1\nb = 2\n",
            &[(6, 7)],
            "error[W0001]: wrong\n --> a.toml:2:1\n  |\n2 | b = 2\n  | ^ here\n  |\n  = help: mend it",
        );
    }

    #[test]
    fn no_label() {
        check("a = 1\n", &[], "error[W0001]: wrong\n |\n = help: mend it");
    }

    #[test]
    fn lines_between_labels_are_left_out() {
        check(
            "a\nb\nc\nd\ne\nf\ng",
            &[(12, 13), (0, 1)],
            "error[W0001]: wrong\n --> a.toml:7:1\n  |\n1 | a\n  | - here\n...\n7 | g\n  | ^ here\n  |\n  = help: mend it",
        );
    }

    #[test]
    fn windows_line_ends() {
        check(
            "a = 1\r\nb = 2\r\n",
            &[(7, 8)],
            "error[W0001]: wrong\n --> a.toml:2:1\n  |\n2 | b = 2\n  | ^ here\n  |\n  = help: mend it",
        );
    }

    #[test]
    fn a_span_of_several_lines_shows_its_first() {
        check(
            "a = [\n1,\n]\n",
            &[(4, 10)],
            "error[W0001]: wrong\n --> a.toml:1:5\n  |\n1 | a = [\n  |     ^ here\n  |\n  = help: mend it",
        );
    }

    #[test]
    fn spans_outside_of_the_text() {
        check(
            "a",
            &[(7, 9)],
            "error[W0001]: wrong\n --> a.toml:1:2\n  |\n1 | a\n  |  ^ here\n  |\n  = help: mend it",
        );
        check(
            "",
            &[(0, 0)],
            "error[W0001]: wrong\n --> a.toml:1:1\n  |\n1 |\n  | ^ here\n  |\n  = help: mend it",
        );
    }

    #[test]
    fn columns_are_those_of_the_file() {
        // The character before the label takes eight on the screen, and one in the file.
        check(
            "\u{202e} x",
            &[(4, 5)],
            "error[W0001]: wrong\n --> a.toml:1:3\n  |\n1 | \\u{202e} x\n  |          ^ here\n  |\n  = help: mend it",
        );
    }

    #[test]
    fn no_span_panics() {
        let text = "a = \"\u{e9}\u{1f980}\u{1b}[31m\u{202e}\"\r\n\tb\u{0} = 1\n\n";
        let mut sources = Sources::default();
        let id = sources.add("odd\u{1b}\n\tname.toml", text);
        for start in 0..text.len() + 3 {
            for end in 0..text.len() + 3 {
                let diagnostic = Diagnostic::new(Code::SYNTAX, "\u{1b}[2J\u{feff}")
                    .label(Span { source: id, start: start as u32, end: end as u32 }, "\u{200b}\n")
                    .help("\u{202e}");
                let plain = report(&diagnostic, &sources, Style::Plain);
                assert!(!plain.contains(|c| is_hidden(c) && c != '\n'), "{start}..{end}: {plain}");
            }
        }
    }

    #[test]
    fn colours_are_the_only_escapes() {
        let mut sources = Sources::default();
        let id = sources.add("a.toml", "x = \"\u{1b}[31m\"");
        let diagnostic = Diagnostic::new(Code::SYNTAX, "wrong").label(Span::new(id, 0..1), "\u{1b}]8;;x");
        let report = report(&diagnostic, &sources, Style::Coloured);
        assert!(report.contains("\u{1b}["));
        for escape in report.split('\u{1b}').skip(1) {
            let (parameters, _) = escape.split_once('m').unwrap();
            assert!(parameters.starts_with('['), "{parameters}");
            assert!(
                parameters[1..].bytes().all(|byte| byte.is_ascii_digit() || byte == b';'),
                "{parameters}"
            );
        }
    }

    #[test]
    fn enormous_messages_are_cut() {
        let long = "\u{202e}".repeat(1_000_000);
        let mut sources = Sources::default();
        let id = sources.add("a.toml", "x = 1");
        let diagnostic = Diagnostic::new(Code::SYNTAX, &long).label(Span::new(id, 0..1), &long).help(&long);
        assert!(report(&diagnostic, &sources, Style::Plain).len() < 30_000);
    }

    #[test]
    fn enormous_lines_are_cut() {
        let text = format!("{} = 1 # {}", "k".repeat(1_000_000), "\u{1f980}".repeat(1_000_000));
        let mut sources = Sources::default();
        let id = sources.add("a.toml", &text);
        for span in [0..text.len(), 0..1, 500_000..500_007, 999_999..2_000_000, text.len()..text.len()] {
            let diagnostic = Diagnostic::new(Code::SYNTAX, "wrong").label(Span::new(id, span), "here");
            assert!(report(&diagnostic, &sources, Style::Plain).len() < 2_000);
        }
    }
}
