//! The door between what was written and what is believed: only here a [`Schema`] is made of text.

mod capability;
mod chosen;
mod column;
mod context;
mod enumeration;
mod foreign_key;
mod hints;
mod key;
mod limit;
mod literal;
mod options;
mod origins;
mod personal;
mod quoted;
mod rename;
mod table;
mod trigger;
mod view;

use std::sync::Arc;

pub use hints::{Fill, Hints};
pub use origins::{Object, Origins};

use crate::document::raw::RawTable;
use crate::document::sort;
use crate::{Diagnostic, Dialect, Document, Schema, names};
pub(crate) use context::Scope;
use context::{Context, SHORTER, check_name};
pub(crate) use literal::literal_value;

/// A schema, with what else its files said and all that is wrong with them.
#[derive(Debug, Clone, Default)]
pub struct Validated {
    /// What holds. With no diagnostics it is all of the schema. With some it is the part that nothing
    /// is wrong with, good for names to refer to but not for a migration: an object with an error is
    /// left out of its table, and so is what depends on it.
    pub schema: Schema,
    /// Where each object was written.
    pub origins: Origins,
    /// What was said about the way here from the previous schema.
    pub hints: Hints,
    /// All that is wrong, with what was wrong with the documents, in the order of files and of
    /// places in them.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks documents as one schema that must hold on every one of the dialects.
///
/// See [`parse`](crate::parse) for an example.
pub fn validate(documents: &[Document], dialects: &[Dialect]) -> Validated {
    validate_scope(documents, dialects, Scope::Whole)
}

/// The same for documents that hold only a part of a schema.
pub(crate) fn validate_scope(documents: &[Document], dialects: &[Dialect], scope: Scope) -> Validated {
    let mut context = Context::new(documents, dialects, scope);
    enumeration::enums(&mut context, documents);
    let tables = distinct_tables(&mut context, documents);
    let mut drafts: Vec<_> = tables.into_iter().filter_map(|raw| table::draft(&mut context, raw)).collect();
    foreign_key::add_foreign_keys(&mut context, &mut drafts);
    capability::check(&mut context, &drafts);
    quoted::check(&mut context, &drafts);
    let mut schema = Schema::default();
    for draft in drafts {
        schema.insert(draft.table);
    }
    view::add_views(&mut context, documents, &mut schema);
    trigger::add_triggers(&mut context, documents, &mut schema);
    let enums = std::mem::take(&mut context.enums);
    schema.enums = enums.into_iter().filter_map(|(name, made)| Some((name, Arc::new(made?)))).collect();
    let Context { origins, hints, mut diagnostics, .. } = context;
    sort(&mut diagnostics);
    Validated { schema, origins, hints, diagnostics }
}

/// The tables whose names are acceptable and theirs alone.
fn distinct_tables<'a>(context: &mut Context<'_>, documents: &'a [Document]) -> Vec<&'a RawTable> {
    let mut tables = Vec::new();
    for raw in documents.iter().flat_map(|document| &document.objects.tables) {
        let name = &raw.name;
        let chosen = raw.rust_name.as_ref().map(|chosen| chosen.value.as_str());
        let distinct = check_name(context, "table", name, SHORTER)
            && context.claim_relation("table", name)
            && context.claim_rust("table", name, names::rust_type(chosen, &name.value));
        if distinct {
            tables.push(raw);
        } else {
            context.leave_out(&name.value);
        }
    }
    tables
}

#[cfg(test)]
mod tests;
