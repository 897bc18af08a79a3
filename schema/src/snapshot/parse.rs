//! Reading a snapshot.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::{Snapshot, is_hash, is_revision};
use crate::document::reader::{self, Context, Entry, Mode, entries, missing_key, unknown_key};
use crate::document::{RawObjects, finish, read_toml, sort};
use crate::validate::{Scope, validate_scope};
use crate::{Code, Diagnostic, Document, Name, Object, Origins, Schema, SourceId, Sources, Span};

/// What a `snapshot.toml` holds, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct ParsedSnapshot {
    /// The snapshot; `None` if anything is wrong with it.
    pub snapshot: Option<Snapshot>,
    /// Where each object was written.
    pub origins: Origins,
    /// Where the place in the chain was written.
    pub header: HeaderSpans,
    /// All that is wrong, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where a snapshot names its place in the chain: the values, not the keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeaderSpans {
    /// Its revision.
    pub revision: Option<Span>,
    /// Its parent.
    pub parent: Option<Span>,
    /// The hash of its parent.
    pub parent_hash: Option<Span>,
}

impl Snapshot {
    /// Reads a snapshot.
    ///
    /// What it says about itself is checked here; whether its parent exists, and whether a foreign
    /// key to a table of an earlier snapshot holds, is not. A file of a newer `format` gives one
    /// diagnostic, [`Code::NEWER_FORMAT`], and nothing else.
    pub fn parse(sources: &Sources, id: SourceId) -> ParsedSnapshot {
        let text: &str = &sources.get(id).text;
        let mut context = Context { source: id, text, mode: Mode::Snapshot, diagnostics: Vec::new() };
        let Some((root, errors)) = read_toml(&mut context) else {
            return ParsedSnapshot { diagnostics: context.diagnostics, ..ParsedSnapshot::default() };
        };
        let root_entries = entries(&context, root.get_ref());
        if let Some(newer) = newer_format(&root_entries) {
            return ParsedSnapshot { diagnostics: vec![newer], ..ParsedSnapshot::default() };
        }
        let mut snapshot = Snapshot::new("");
        let mut header = HeaderSpans::default();
        let mut objects = RawObjects::default();
        for &entry in &root_entries {
            if !objects.read(&mut context, entry) {
                read_entry(&mut context, &mut snapshot, &mut header, entry);
            }
        }
        check_header(&mut context, &snapshot, &header, &root_entries);
        let complete = errors.is_empty();
        let diagnostics = finish(context, root.get_ref(), &errors, &mut objects.tables);
        let document = Document { source: id, diagnostics, objects, complete };
        let validated = validate_scope(&[document], &[], Scope::Part);
        snapshot.changed = validated.schema;
        let mut diagnostics = validated.diagnostics;
        diagnostics.extend(dropped_and_there(&snapshot, id, &validated.origins));
        sort(&mut diagnostics);
        ParsedSnapshot {
            snapshot: diagnostics.is_empty().then_some(snapshot),
            origins: validated.origins,
            header,
            diagnostics,
        }
    }
}

fn newer_format(entries: &[Entry<'_>]) -> Option<Diagnostic> {
    let entry = entries.iter().find(|entry| entry.key == "format")?;
    let DeValue::Integer(number) = entry.value else { return None };
    // A number too large for an i64 is a newer format, too.
    let digits = number.as_str();
    let format = i64::from_str_radix(digits, number.radix());
    let newer = format.as_ref().map_or(!digits.starts_with('-'), |format| *format > Snapshot::FORMAT);
    newer.then(|| {
        let message =
            format!("the snapshot has format {digits}, and this whimbrel reads {}", Snapshot::FORMAT);
        Diagnostic::new(Code::NEWER_FORMAT, message)
            .label(entry.value_span, "written by a newer whimbrel")
            .help("upgrade whimbrel and whimbrel-build: `cargo update -p whimbrel -p whimbrel-build`")
    })
}

fn read_entry(
    context: &mut Context<'_>,
    snapshot: &mut Snapshot,
    header: &mut HeaderSpans,
    entry: Entry<'_>,
) {
    match entry.key {
        "format" => read_format(context, entry),
        "revision" => {
            if let Some(text) = revision(context, entry) {
                header.revision = Some(entry.value_span);
                snapshot.revision = text;
            }
        }
        "parent" => {
            header.parent = Some(entry.value_span);
            snapshot.parent = revision(context, entry);
        }
        "parent_hash" => {
            header.parent_hash = Some(entry.value_span);
            snapshot.parent_hash = hash(context, entry);
        }
        "hazards" => match reader::integer(context, entry, "hazards = 1").map(u32::try_from) {
            Some(Ok(version)) => snapshot.hazards = version,
            Some(Err(_)) => bad(context, entry.value_span, "`hazards` is no version", "write `hazards = 1`"),
            None => {}
        },
        "replaces" => {
            let names = reader::names(context, entry, "replaces = [\"0001_name\"]").unwrap_or_default();
            for name in &names {
                if !is_revision(name.value.as_str()) {
                    bad_revision(context, name.span, name.value.as_str());
                }
            }
            snapshot.replaces = names.into_iter().map(|name| name.value.to_string()).collect();
        }
        "replaces_hash" => snapshot.replaces_hash = hash(context, entry),
        "seal" => snapshot.seal = hash(context, entry),
        "unmanaged" => {
            let example = "unmanaged = [\"! a line of migrate drift\"]";
            let lines = reader::names(context, entry, example).unwrap_or_default();
            snapshot.unmanaged = lines.into_iter().map(|line| line.value.to_string()).collect();
        }
        "dropped" => read_dropped(context, snapshot, entry),
        "accept" => {
            for inner in reader::table(context, entry, "[accept]").unwrap_or_default() {
                read_acceptance(context, &mut snapshot.accept, inner);
            }
        }
        _ => {
            let known = [
                "format",
                "revision",
                "parent",
                "parent_hash",
                "hazards",
                "replaces",
                "replaces_hash",
                "seal",
                "unmanaged",
                "dropped",
                "accept",
                "table",
                "enum",
                "view",
                "trigger",
            ];
            unknown_key(context, entry, "a snapshot", &known);
        }
    }
}

fn read_format(context: &mut Context<'_>, entry: Entry<'_>) {
    let example = format!("format = {}", Snapshot::FORMAT);
    if reader::integer(context, entry, &example).is_some_and(|format| format != Snapshot::FORMAT) {
        bad(context, entry.value_span, "there is no such format", &format!("write `{example}`"));
    }
}

fn read_dropped(context: &mut Context<'_>, snapshot: &mut Snapshot, entry: Entry<'_>) {
    for inner in reader::table(context, entry, "dropped.table = [\"name\"]").unwrap_or_default() {
        let Some(dropped) = snapshot.dropped.kind_mut(inner.key) else {
            unknown_key(context, inner, "what is dropped", &["table", "enum", "view", "trigger"]);
            continue;
        };
        let names = reader::names(context, inner, &format!("{} = [\"name\"]", inner.key)).unwrap_or_default();
        for name in names {
            if !dropped.insert(name.value.clone()) {
                let message = format!("`{}` is dropped twice", name.value);
                bad(context, name.span, &message, "write each name once");
            }
        }
    }
}

fn read_acceptance(context: &mut Context<'_>, accept: &mut BTreeMap<String, String>, entry: Entry<'_>) {
    let example = format!("{} = \"the reason\"", reader::toml_key(entry.key));
    let Some(reason) = reader::text(context, entry, &example) else { return };
    if reason.value.trim().is_empty() {
        bad(
            context,
            reason.span,
            &format!("`{}` is accepted without a reason", entry.key),
            &format!("write `{example}`"),
        );
    }
    accept.insert(entry.key.to_owned(), reason.value);
}

fn revision(context: &mut Context<'_>, entry: Entry<'_>) -> Option<String> {
    let text = reader::text(context, entry, &format!("{} = \"0001_name\"", entry.key))?.value;
    if !is_revision(&text) {
        bad_revision(context, entry.value_span, &text);
    }
    Some(text)
}

fn bad_revision(context: &mut Context<'_>, span: Span, text: &str) {
    bad(
        context,
        span,
        &format!("`{text}` is no name of a revision"),
        "write the name of its directory, as in `0001_create_users`",
    );
}

fn hash(context: &mut Context<'_>, entry: Entry<'_>) -> Option<String> {
    let text = reader::text(context, entry, "parent_hash = \"w1:...\"")?.value;
    if !is_hash(&text) {
        let message = format!("`{text}` is no hash");
        context.report(
            Diagnostic::new(Code::BAD_SNAPSHOT, message)
                .label(entry.value_span, "expected `w1:` and hexadecimal digits")
                .help("run `cargo xtask migrate-seal` to write the hash of the parent"),
        );
    }
    Some(text)
}

/// What must be there, and what goes together.
fn check_header(context: &mut Context<'_>, snapshot: &Snapshot, header: &HeaderSpans, entries: &[Entry<'_>]) {
    let start = Span::new(context.source, 0..0);
    for (key, example) in
        [("format", "format = 1"), ("revision", "revision = \"0001_name\""), ("hazards", "hazards = 1")]
    {
        if !entries.iter().any(|entry| entry.key == key) {
            missing_key(context, start, "the snapshot", key, example);
        }
    }
    match (header.parent, header.parent_hash) {
        (Some(parent), None) => {
            context.report(
                Diagnostic::new(Code::MISSING_KEY, "a snapshot with a `parent` lacks `parent_hash`")
                    .label(parent, "the hash of this is missing")
                    .help("run `cargo xtask migrate-seal` to write the hash of the parent"),
            );
        }
        (None, Some(hash)) => {
            missing_key(context, hash, "a snapshot with a `parent_hash`", "parent", "parent = \"0001_name\"")
        }
        _ => {}
    }
    let own_parent = snapshot.parent.as_ref() == Some(&snapshot.revision);
    if let Some(span) = header.parent.filter(|_| own_parent) {
        let message = format!("`{}` is its own parent", snapshot.revision);
        bad(context, span, &message, "write the revision before it");
    }
}

fn dropped_and_there(snapshot: &Snapshot, id: SourceId, origins: &Origins) -> Vec<Diagnostic> {
    let Schema { tables, enums, views, triggers } = &snapshot.changed;
    let there = |kind: &str, name: &Name| match kind {
        "table" => tables.contains_key(name).then(|| Object::Table(name.clone())),
        "enum" => enums.contains_key(name).then(|| Object::Enum(name.clone())),
        "view" => views.contains_key(name).then(|| Object::View(name.clone())),
        _ => triggers.contains_key(name).then(|| Object::Trigger(name.clone())),
    };
    let mut diagnostics = Vec::new();
    for (kind, names) in snapshot.dropped.kinds() {
        for (name, object) in names.iter().filter_map(|name| Some((name, there(kind, name)?))) {
            let place = origins.get(&object).unwrap_or(Span::new(id, 0..0));
            diagnostics.push(
                Diagnostic::new(Code::BAD_SNAPSHOT, format!("{kind} `{name}` is dropped and there"))
                    .label(place, "here it is, although it is in `[dropped]`")
                    .help("remove it from one of the two"),
            );
        }
    }
    diagnostics
}

fn bad(context: &mut Context<'_>, span: Span, message: &str, help: &str) {
    context.report(
        Diagnostic::new(Code::BAD_SNAPSHOT, message.to_owned()).label(span, "in this snapshot").help(help),
    );
}
