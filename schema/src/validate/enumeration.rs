//! Enums.

use std::collections::{BTreeMap, BTreeSet};

use super::chosen::type_name;
use super::context::{Context, SHORTER, check_name, is_plain};
use super::{Object, context::Scope};
use crate::document::raw::{RawEnum, Spanned};
use crate::{Code, ColumnType, Diagnostic, Dialect, Document, Enum, Span, names};

/// Takes in all enums, so that columns find them.
pub(super) fn enums(context: &mut Context<'_>, documents: &[Document]) {
    for raw in documents.iter().flat_map(|document| &document.objects.enums) {
        let definition = enumeration(context, raw);
        context.enums.entry(raw.name.value.clone()).or_insert(definition);
    }
}

fn enumeration(context: &mut Context<'_>, raw: &RawEnum) -> Option<Enum> {
    let name = &raw.name;
    let chosen = type_name(context, raw.rust_name.as_ref());
    let rust = names::rust_type(chosen.as_deref(), &name.value);
    let acceptable = check_name(context, "enum", name, SHORTER)
        && plain_name(context, name)
        && context.claim_relation("enum", name)
        && context.claim_rust("enum", name, rust);
    context.origins.insert(Object::Enum(name.value.clone()), name.span);
    let written = raw.values.as_deref()?;
    let before = context.diagnostics.len();
    values(context, raw, written);
    renamed_values(context, raw, written);
    (acceptable && context.diagnostics.len() == before).then(|| Enum {
        name: name.value.clone(),
        doc: raw.doc.as_ref().map(|doc| doc.value.clone()),
        rust_name: chosen,
        values: written.iter().map(|value| value.value.clone()).collect(),
    })
}

/// A column names its enum where it names its type, so an enum must look like a type and be none.
fn plain_name(context: &mut Context<'_>, name: &Spanned<crate::Name>) -> bool {
    let text = name.value.as_str();
    let (problem, help) = if ColumnType::NAMES.contains(&text) {
        ("is a type of the language", "choose another name")
    } else if !is_plain(text) {
        (
            "cannot stand where a column names its type",
            "write letters, digits and underscores, no digit first",
        )
    } else {
        return true;
    };
    context.report(
        Diagnostic::new(Code::BAD_NAME, format!("the name of enum `{text}` {problem}"))
            .label(name.span, "this name")
            .help(help),
    );
    false
}

fn values(context: &mut Context<'_>, raw: &RawEnum, written: &[Spanned<String>]) {
    let name = &raw.name.value;
    if written.is_empty() {
        context.report(
            Diagnostic::new(Code::BAD_ENUM, format!("enum `{name}` has no values"))
                .label(raw.span, "expected at least one")
                .help(format!("write `{name} = [\"first\", \"second\"]`")),
        );
    }
    let mut known: BTreeMap<&str, Span> = BTreeMap::new();
    for value in written {
        if let Some(problem) = bad_value(context, &value.value) {
            let (problem, help) = problem;
            context.report(
                Diagnostic::new(
                    Code::BAD_ENUM,
                    format!("value {} of enum `{name}` {problem}", crate::text::quoted(&value.value)),
                )
                .label(value.span, "this value")
                .help(help),
            );
        } else if let Some(first) = known.get(value.value.as_str()) {
            context.report(
                Diagnostic::new(Code::BAD_ENUM, format!("enum `{name}` has value \"{}\" twice", value.value))
                    .label(value.span, "second time")
                    .label(*first, "first time")
                    .help("remove one of the two"),
            );
        } else {
            known.insert(&value.value, value.span);
        }
    }
}

fn bad_value(context: &Context<'_>, value: &str) -> Option<(String, &'static str)> {
    if value.is_empty() {
        // MySQL keeps the empty text for values that are none.
        Some(("is empty".to_owned(), "write a value, or make the column nullable instead"))
    } else if value.chars().any(crate::text::is_hidden) {
        Some(("contains an invisible character".to_owned(), "write it with visible characters only"))
    } else if value.trim() != value {
        Some(("begins or ends with a blank".to_owned(), "remove the blanks around it"))
    } else if value.len() > LABEL_LIMIT && context.dialects.contains(&Dialect::Postgres) {
        let length = value.len();
        Some((format!("has {length} bytes, and PostgreSQL takes {LABEL_LIMIT}"), "write a shorter value"))
    } else {
        None
    }
}

/// <https://www.postgresql.org/docs/current/datatype-enum.html>: a label is a name.
const LABEL_LIMIT: usize = 63;

fn renamed_values(context: &mut Context<'_>, raw: &RawEnum, written: &[Spanned<String>]) {
    let name = &raw.name.value;
    let values: BTreeSet<&str> = written.iter().map(|value| value.value.as_str()).collect();
    for (next, previous) in &raw.renamed_values {
        let has = |text: &str| values.contains(text);
        let (problem, span) = if !has(&next.value) {
            (format!("`{}` is not one of its values", next.value), next.span)
        } else if has(&previous.value) {
            (format!("`{}` is still one of its values", previous.value), previous.span)
        } else {
            let key = (name.clone(), next.value.clone());
            context.hints.renamed_values.insert(key, (previous.value.clone(), Some(previous.span)));
            continue;
        };
        if context.scope == Scope::Whole {
            context.report(
                Diagnostic::new(Code::BAD_RENAME, format!("a renamed value of enum `{name}`: {problem}"))
                    .label(span, "this value")
                    .help("write `renamed_values = { next = \"previous\" }`, or remove it"),
            );
        }
    }
}
