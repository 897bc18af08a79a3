//! Views.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Object;
use super::chosen::rust_name;
use super::context::{Context, SHORTER, Scope, check_name};
use super::limit::only;
use super::literal::{Place, sql_of};
use crate::document::raw::{RawSql, RawView};
use crate::suggest::closest;
use crate::{Code, Diagnostic, Document, Name, Schema, View, first_word, names};

/// Adds the views that nothing is wrong with.
pub(super) fn add_views(context: &mut Context<'_>, documents: &[Document], schema: &mut Schema) {
    let written: Vec<&RawView> = documents.iter().flat_map(|document| &document.objects.views).collect();
    let known: BTreeSet<&Name> =
        schema.tables.keys().chain(written.iter().map(|raw| &raw.name.value)).collect();
    let views: Vec<View> = written.iter().filter_map(|raw| view(context, raw, &known)).collect();
    schema.views = views.into_iter().map(|view| (view.name.clone(), Arc::new(view))).collect();
    no_circles(context, schema);
}

fn view(context: &mut Context<'_>, raw: &RawView, known: &BTreeSet<&Name>) -> Option<View> {
    let name = &raw.name;
    let chosen = rust_name(context, raw.rust_name.as_ref());
    let rust = names::rust_type(chosen.as_deref(), &name.value);
    let acceptable = check_name(context, "view", name, SHORTER)
        && context.claim_relation("view", name)
        && context.claim_rust("view", name, rust);
    context.origins.insert(Object::View(name.value.clone()), name.span);
    let what = format!("view `{}`", name.value);
    let before = context.diagnostics.len();
    for dependency in &raw.depends_on {
        if context.scope == Scope::Whole && !known.contains(&dependency.value) {
            let names = known.iter().map(|name| name.as_str());
            let help = closest(dependency.value.as_str(), names)
                .map_or_else(|| "remove it".to_owned(), |similar| format!("did you mean `{similar}`?"));
            context.report(
                Diagnostic::new(
                    Code::UNKNOWN_TABLE,
                    format!("{what}: there is no table or view `{}`", dependency.value),
                )
                .label(dependency.span, "no such table or view")
                .help(help),
            );
        }
    }
    let only = only(context, raw.only.as_ref());
    let sql = sql_of(context, &raw.sql, &what, &only, Place::Query);
    query_alone(context, &raw.sql, &what);
    let sound = acceptable && context.diagnostics.len() == before;
    let view = View {
        name: name.value.clone(),
        doc: raw.doc.as_ref().map(|doc| doc.value.clone()),
        rust_name: chosen,
        sql: sql?,
        depends_on: raw.depends_on.iter().map(|name| name.value.clone()).collect(),
        only,
    };
    sound.then_some(view)
}

/// A view is written as its query; `CREATE VIEW` is whimbrel's.
fn query_alone(context: &mut Context<'_>, raw: &RawSql, what: &str) {
    for (text, span) in raw.all() {
        if first_word(text) == "CREATE" {
            context.report(
                Diagnostic::new(Code::BAD_VIEW, format!("the SQL of {what} creates something itself"))
                    .label(span, "here")
                    .help("write the query alone, as in `sql = \"SELECT ...\"`"),
            );
        }
    }
}

/// Views that read each other cannot be created one after the other.
fn no_circles(context: &mut Context<'_>, schema: &mut Schema) {
    let reads: BTreeMap<&Name, Vec<&Name>> = schema
        .views
        .values()
        .map(|view| {
            let others = schema.views.keys().filter(|other| **other != view.name);
            (&view.name, others.filter(|other| view.reads(other.as_str())).collect())
        })
        .collect();
    let mut left: BTreeSet<&Name> = reads.keys().copied().collect();
    while let Some(free) =
        left.iter().copied().find(|name| !reads[name].iter().any(|other| left.contains(other)))
    {
        left.remove(free);
    }
    // What is left reads something that is left: from any of it, a circle is reached.
    let Some(first) = left.iter().next().copied() else { return };
    let mut path = vec![first];
    let circle = loop {
        let next = reads[path[path.len() - 1]].iter().copied().find(|name| left.contains(*name));
        let Some(next) = next else { return };
        if let Some(start) = path.iter().position(|name| *name == next) {
            break &path[start..];
        }
        path.push(next);
    };
    let list: Vec<String> = circle.iter().chain(&circle[..1]).map(|name| format!("`{name}`")).collect();
    let mut diagnostic =
        Diagnostic::new(Code::BAD_VIEW, format!("views read each other in a circle: {}", list.join(" -> ")));
    for name in circle {
        if let Some(span) = context.origins.get(&Object::View((*name).clone())) {
            diagnostic = diagnostic.label(span, "in the circle");
        }
    }
    let left: Vec<Name> = left.into_iter().cloned().collect();
    context.report(diagnostic.help(
        "let one of them read the tables instead; a column or alias with the name of a view counts as reading it",
    ));
    schema.views.retain(|name, _| !left.contains(name));
}
