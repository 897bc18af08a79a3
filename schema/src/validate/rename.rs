//! `renamed_from`.

use std::collections::BTreeMap;

use super::context::Context;
use crate::document::raw::{RawTable, Spanned};
use crate::{Code, Diagnostic, Name, Span};

/// Takes in the hint of a table.
pub(super) fn table(context: &mut Context<'_>, raw: &RawTable) {
    let Some(hint) = &raw.renamed_from else { return };
    let next = &raw.name;
    let twice = context.renamed_tables.get(hint.value.as_str()).cloned();
    if let Some(previous) = previous_name(context, "table", next, hint, twice) {
        context.renamed_tables.insert(previous.clone(), (next.value.clone(), hint.span));
        context.hints.renamed_tables.insert(next.value.clone(), (previous, Some(hint.span)));
    }
}

/// Takes in the hints of a table's columns.
pub(super) fn columns(context: &mut Context<'_>, raw: &RawTable) {
    let table = &raw.name.value;
    let mut taken: BTreeMap<&str, (Name, Span)> = BTreeMap::new();
    for column in &raw.columns {
        let Some(hint) = &column.renamed_from else { continue };
        let next = &column.name;
        let twice = taken.get(hint.value.as_str()).cloned();
        if let Some(previous) = previous_name(context, "column", next, hint, twice) {
            taken.insert(&hint.value, (next.value.clone(), hint.span));
            let key = (table.clone(), next.value.clone());
            context.hints.renamed_columns.insert(key, (previous, Some(hint.span)));
        }
    }
}

fn previous_name(
    context: &mut Context<'_>,
    what: &str,
    next: &Spanned<Name>,
    hint: &Spanned<String>,
    twice: Option<(Name, Span)>,
) -> Option<Name> {
    let name = &next.value;
    let diagnostic = if hint.value.trim().is_empty() {
        Diagnostic::new(Code::BAD_RENAME, format!("`renamed_from` of {what} `{name}` is blank"))
            .label(hint.span, "expected the name it had before")
            .help("write the previous name, or remove the key")
    } else if *name == *hint.value {
        Diagnostic::new(Code::BAD_RENAME, format!("{what} `{name}` is renamed from itself"))
            .label(hint.span, "this is the name it has")
            .help("write the previous name, or remove the key")
    } else if let Some((other, span)) = twice {
        let message = format!("two {what}s are renamed from `{}`", hint.value);
        Diagnostic::new(Code::BAD_RENAME, message)
            .label(hint.span, format!("`{name}` here"))
            .label(span, format!("`{other}` here"))
            .help("keep `renamed_from` on the one that holds the previous rows, and remove the other")
    } else {
        return Some(Name::new(&hint.value));
    };
    context.report(diagnostic);
    None
}
