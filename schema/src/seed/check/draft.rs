//! Seed files as sets and tables, before anything in their rows is looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::manifest::unknown_set;
use super::{Checker, Text, wrong};
use crate::document::reader::{self, Entry, entries, known};
use crate::language::SEED_TABLE;
use crate::suggest::{closest, listed};
use crate::{Code, Diagnostic, Span, Table};

/// All sets, each behind those it needs.
pub(super) struct Drafts<'d> {
    pub(super) sets: Vec<Draft<'d>>,
}

/// One set.
pub(super) struct Draft<'d> {
    pub(super) name: String,
    /// All sets that it needs, directly or not, each behind those that it needs itself.
    pub(super) needs: Vec<usize>,
    pub(super) parts: Vec<TablePart<'d>>,
}

/// One table of a set.
pub(super) struct TablePart<'d> {
    pub(super) text: &'d Text<'d>,
    pub(super) span: Span,
    pub(super) table: Arc<Table>,
    /// What is written about it.
    pub(super) entries: Vec<Entry<'d>>,
    /// Where rows are made.
    pub(super) generate: Option<Span>,
}

impl<'d> TablePart<'d> {
    pub(super) fn entry(&self, key: &str) -> Option<Entry<'d>> {
        self.entries.iter().copied().find(|entry| entry.key == key)
    }

    pub(super) fn name(&self) -> &str {
        self.table.name.as_str()
    }
}

impl Drafts<'_> {
    pub(super) fn set(&self, name: &str) -> Option<usize> {
        self.sets.iter().position(|set| set.name == name)
    }

    /// A set with those that it needs, itself last.
    pub(super) fn with_needs(&self, set: usize) -> Vec<usize> {
        self.sets[set].needs.iter().copied().chain([set]).collect()
    }
}

/// A set as it is written, in one file or in several.
struct Written<'d> {
    name: String,
    needs: Vec<(String, Span, &'d Text<'d>)>,
    parts: Vec<TablePart<'d>>,
}

pub(super) fn drafts<'d>(checker: &Checker<'_>, texts: &'d [Text<'d>]) -> Drafts<'d> {
    let mut written: Vec<Written<'d>> = Vec::new();
    for text in texts {
        read(checker, text, &mut written);
    }
    let all = Drafts {
        sets: written
            .iter()
            .map(|set| Draft { name: set.name.clone(), needs: Vec::new(), parts: Vec::new() })
            .collect(),
    };
    for (name, span, text) in written.iter().flat_map(|set| &set.needs) {
        if all.set(name).is_none() {
            text.reading(|context| context.report(unknown_set(name, *span, &all)));
        }
    }
    in_order(written)
}

fn read<'d>(checker: &Checker<'_>, text: &'d Text<'d>, written: &mut Vec<Written<'d>>) {
    let (mut name, mut needs, mut parts) = (None, Vec::new(), Vec::new());
    text.reading(|context| {
        let all = entries(context, text.root.get_ref());
        for entry in &all {
            match entry.key {
                "set" => name = reader::text(context, *entry, "set = \"demo\"").map(|name| name.value),
                "needs" => {
                    let names = reader::names(context, *entry, "needs = [\"reference\"]").unwrap_or_default();
                    needs.extend(
                        names.into_iter().map(|name| (name.value.as_str().to_owned(), name.span, text)),
                    );
                }
                _ => parts.extend(part(checker, text, context, *entry)),
            }
        }
        if !all.iter().any(|entry| entry.key == "set") {
            let start = Span::new(text.source, 0..0);
            reader::missing_key(context, start, "a seed file", "set", "set = \"demo\"");
        }
    });
    let name = name.unwrap_or_else(|| format!("({})", text.path));
    let at = written.iter().position(|set| set.name == name).unwrap_or_else(|| {
        written.push(Written { name, needs: Vec::new(), parts: Vec::new() });
        written.len() - 1
    });
    let set = &mut written[at];
    set.needs.extend(needs);
    for part in parts {
        match set.parts.iter().find(|known| known.table.name == part.table.name) {
            Some(known) => checker.report(
                Diagnostic::new(
                    Code::DUPLICATE,
                    format!("set `{}` has table `{}` twice", set.name, part.name()),
                )
                .label(part.span, "here again")
                .label(known.span, "first here")
                .help("write all of its rows in one file"),
            ),
            None => set.parts.push(part),
        }
    }
}

fn part<'d>(
    checker: &Checker<'_>,
    text: &'d Text<'d>,
    context: &mut reader::Context<'d>,
    entry: Entry<'d>,
) -> Option<TablePart<'d>> {
    let schema = checker.context.schema;
    let Some(table) = schema.tables.get(entry.key) else {
        let names: Vec<&str> = schema.tables.keys().map(|name| name.as_str()).collect();
        let help = match closest(entry.key, names.iter().copied().chain(["set", "needs"])) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the tables are: {}", listed(names.iter().copied())),
        };
        context.report(
            wrong(
                Code::UNKNOWN_TABLE,
                format!("the schema has no table `{}`", entry.key),
                entry.key_span,
                "not known",
            )
            .help(help),
        );
        return None;
    };
    let example = format!("[{}.rows]", reader::toml_key(entry.key));
    let inner = reader::table(context, entry, &example)?;
    let entries = known(context, &SEED_TABLE, inner);
    let find = |key: &str| entries.iter().find(|entry| entry.key == key);
    let generate = find("generate").map(|entry| entry.key_span);
    Some(TablePart { text, span: entry.key_span, table: Arc::clone(table), entries, generate })
}

/// The sets in an order in which each comes behind those that it needs.
fn in_order(written: Vec<Written<'_>>) -> Drafts<'_> {
    let names: Vec<String> = written.iter().map(|set| set.name.clone()).collect();
    let needs: Vec<Vec<usize>> = written
        .iter()
        .map(|set| {
            set.needs.iter().filter_map(|(name, ..)| names.iter().position(|one| one == name)).collect()
        })
        .collect();
    let mut order: Vec<usize> = Vec::new();
    while order.len() < written.len() {
        let waiting: Vec<usize> = (0..written.len()).filter(|set| !order.contains(set)).collect();
        let free = waiting.iter().copied().find(|set| needs[*set].iter().all(|need| order.contains(need)));
        let next = free.unwrap_or_else(|| {
            let (name, span, text) = &written[waiting[0]].needs[0];
            let message = format!("set `{}` needs itself, through `{name}`", names[waiting[0]]);
            let diagnostic = wrong(Code::UNKNOWN_SET, message, *span, "in a circle")
                .help("take one of the `needs` out, or make one set of them");
            text.reading(|context| context.report(diagnostic));
            waiting[0]
        });
        order.push(next);
    }
    let place = |set: usize| order.iter().position(|one| *one == set).unwrap_or(0);
    let mut all: Vec<BTreeSet<usize>> = Vec::new();
    for (at, set) in order.iter().enumerate() {
        let direct = needs[*set].iter().map(|need| place(*need)).filter(|need| *need < at);
        let direct: Vec<usize> = direct.collect();
        let indirect = direct.iter().flat_map(|need| all[*need].iter().copied());
        let whole = indirect.chain(direct.iter().copied()).collect();
        all.push(whole);
    }
    let mut written: Vec<Option<Written<'_>>> = written.into_iter().map(Some).collect();
    let mut sets = Vec::new();
    for (set, needs) in order.into_iter().zip(all) {
        if let Some(Written { name, parts, .. }) = written[set].take() {
            sets.push(Draft { name, needs: needs.into_iter().collect(), parts });
        }
    }
    Drafts { sets }
}
