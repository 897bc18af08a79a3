//! Views.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Object;
use super::chosen::type_name;
use super::context::{Context, SHORTER, Scope, check_name};
use super::limit::only;
use super::literal::{Place, sql_of};
use crate::document::raw::{RawSql, RawView};
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
    let chosen = type_name(context, raw.rust_name.as_ref());
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
            let help = context.suggest(dependency.value.as_str(), names, "the tables and views are");
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
    let reads = read_views(schema);
    let left = in_or_behind_circles(&reads);
    // What is left reads something that is left: from any of it, a circle is reached.
    let Some(first) = left.iter().next().copied() else { return };
    let circle = circle(first, &reads, &left);
    let list: Vec<String> = circle.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let back = match circle.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("{more} more -> "),
    };
    let message = format!(
        "views read each other in a circle: {} -> {back}{}",
        list.join(" -> "),
        list.first().map_or("", String::as_str)
    );
    let mut diagnostic = Diagnostic::new(Code::BAD_VIEW, message);
    for name in circle.iter().take(SHOWN) {
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

/// So many views of a circle are named.
const SHOWN: usize = 12;

/// The circle that is reached from a view when each step goes to the first view read that is left.
fn circle<'a>(
    first: &'a Name,
    reads: &BTreeMap<&'a Name, BTreeSet<&'a Name>>,
    left: &BTreeSet<&'a Name>,
) -> Vec<&'a Name> {
    let (mut path, mut places) = (vec![first], BTreeMap::from([(first, 0)]));
    let mut name = first;
    while let Some(next) = reads[name].iter().copied().find(|name| left.contains(name)) {
        if let Some(start) = places.insert(next, path.len()) {
            return path.split_off(start);
        }
        path.push(next);
        name = next;
    }
    path
}

/// Which other views each view reads, as [`View::reads`] tells of one of them.
fn read_views(schema: &Schema) -> BTreeMap<&Name, BTreeSet<&Name>> {
    let by_word: BTreeMap<String, &Name> =
        schema.views.keys().map(|name| (name.as_str().to_ascii_lowercase(), name)).collect();
    let read = |view: &View| {
        let words = view.sql.words().map(|word| word.to_ascii_lowercase());
        let named: Vec<&Name> = words.filter_map(|word| by_word.get(&word).copied()).collect();
        let said = view.depends_on.iter().filter_map(|name| Some(schema.views.get_key_value(name)?.0));
        said.chain(named).filter(|other| **other != view.name).collect()
    };
    schema.views.iter().map(|(name, view)| (name, read(view))).collect()
}

/// The views that are left when, again and again, those are taken away that read none of the others.
fn in_or_behind_circles<'a>(reads: &BTreeMap<&'a Name, BTreeSet<&'a Name>>) -> BTreeSet<&'a Name> {
    let mut readers: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    let mut open: BTreeMap<&Name, usize> = BTreeMap::new();
    for (reader, read) in reads {
        open.insert(*reader, read.len());
        read.iter().for_each(|read| readers.entry(*read).or_default().push(*reader));
    }
    let mut free: Vec<&Name> = open.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    let mut left: BTreeSet<&Name> = reads.keys().copied().collect();
    while let Some(name) = free.pop() {
        left.remove(name);
        for reader in readers.get(name).into_iter().flatten() {
            if let Some(count) = open.get_mut(reader) {
                *count -= 1;
                if *count == 0 {
                    free.push(*reader);
                }
            }
        }
    }
    left
}
