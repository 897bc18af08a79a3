//! What keeps rows from differing, as their author is told.

use toml::de::DeValue;

use super::super::draft::TablePart;
use super::super::wrong;
use crate::text::counted;
use crate::{Code, Diagnostic, Name, Span};

/// Why rows of a group may agree.
pub(super) enum Problem {
    TooFew { rows: u64, values: u64, at: String, columns: String },
    Alike { within: bool },
    Claimed { columns: String },
    Otherwise { column: Name },
}

/// Who wants values to differ.
#[derive(Clone, Copy)]
pub(super) enum Wish {
    /// A unique key.
    Schema,
    /// The word `distinct`.
    Author,
}

/// The place of a group: its header.
pub(in crate::seed::check) fn group_span(part: &TablePart<'_>, group: usize) -> Span {
    let entry = part.entry("generate");
    let value = entry.and_then(|entry| match entry.value {
        DeValue::Array(groups) => groups.get(group).map(|value| value.span()),
        _ => None,
    });
    value.map_or(part.span, |range| Span::new(part.text.source, range.start..range.end))
}

pub(super) fn impossible(
    part: &TablePart<'_>,
    group: usize,
    key: &[Name],
    problem: Problem,
    wish: Wish,
) -> Diagnostic {
    let wish = match wish {
        Wish::Schema => "which is unique",
        Wish::Author => "which is to be distinct",
    };
    let names: Vec<&str> = key.iter().map(Name::as_str).collect();
    let names = names.join("`, `");
    let span = group_span(part, group);
    let code = Code::IMPOSSIBLE_UNIQUENESS;
    match problem {
        Problem::TooFew { rows, values, at, columns } => wrong(
            code,
            format!("{rows} rows of `{}`{at} need different values of `{names}`, and there are {values}", part.name()),
            span,
            &format!("`{columns}` has {} to choose from", counted(values, "value")),
        )
        .help("make fewer rows, or choose from more values; `text` with `{row}` has no end of them"),
        Problem::Claimed { columns } => wrong(
            code,
            format!("two unique keys of `{}` want the same columns to differ", part.name()),
            span,
            &format!("`{columns}` are those of `{names}` and of another"),
        )
        .help("make a column of one of them of more values, or of `text` with `{row}`"),
        Problem::Otherwise { column } => wrong(
            code,
            format!("groups of `{}` make values of `{names}`, {wish}, in different ways", part.name()),
            span,
            &format!("those of `{column}` may meet those of another group"),
        )
        .help("make them in one group, or of values that begin, end or lie where those of no other group do, as `text` with `{row}` and words of its own"),
        Problem::Alike { within } => {
            let help = match within {
                true => "make one of its columns of `text` with `{n}`, of `pick`, or of another generator that has enough values, or make one row for each parent",
                false => "make one of its columns of `text` with `{row}`, of `between`, `pick` or `fake`, or of another generator that has enough values",
            };
            wrong(
                code,
                format!("nothing keeps rows of `{}` from agreeing in `{names}`, {wish}", part.name()),
                span,
                "made here",
            )
            .help(help)
        }
    }
}
