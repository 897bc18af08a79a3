//! `seeds.toml`.

use toml::de::DeValue;

use super::draft::Drafts;
use super::{Checker, Text, wrong};
use crate::document::finish;
use crate::document::reader::{self, Context, Entry, entries, fields, known, wrong_shape};
use crate::language::{SEED_ENVIRONMENT, SEEDS};
use crate::seed::values::time;
use crate::seed::{Manifest, SeedEnvironment};
use crate::suggest::{closest, listed};
use crate::{Code, ColumnType, Diagnostic, SourceId, Sources, Value};

/// Reads the file.
pub(super) fn read(checker: &Checker<'_>, sources: &Sources, id: SourceId) -> Manifest {
    let mut manifest = Manifest::default();
    let Some(text) = Text::read(sources, id) else { return manifest };
    let mut context = text.context();
    let written = entries(&context, text.root.get_ref());
    for entry in known(&mut context, &SEEDS, written) {
        match entry.key {
            "seed" => {
                if let Some(seed) = reader::text(&mut context, entry, "seed = \"mail\"") {
                    manifest.seed = seed.value;
                }
            }
            "now" => manifest.now = now(&mut context, entry).unwrap_or(manifest.now),
            "size" => {
                for size in reader::table(&mut context, entry, "size = { small = 0.1 }").unwrap_or_default() {
                    if let Some(factor) = factor(&mut context, size) {
                        manifest.sizes.insert(size.key.to_owned(), factor);
                    }
                }
            }
            _ => {
                let table = reader::table(&mut context, entry, "[environment.dev]").unwrap_or_default();
                manifest
                    .environments
                    .extend(table.into_iter().filter_map(|entry| environment(&mut context, entry)));
            }
        }
    }
    finish(context, text.root.get_ref(), &text.errors, &mut [])
        .into_iter()
        .for_each(|one| checker.report(one));
    manifest
}

fn now(context: &mut Context<'_>, entry: Entry<'_>) -> Option<i64> {
    let text = match entry.value {
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::String(text) => text.to_string(),
        _ => return wrong_shape(context, entry, "a date and time in UTC", EXAMPLE_NOW),
    };
    match Value::parse(&ColumnType::TimestampTz, &text) {
        Ok(value) => time::microseconds(&value),
        Err(problem) => {
            context.report(
                Diagnostic::new(Code::BAD_SEEDS, format!("`now`: {problem}"))
                    .label(entry.value_span, "not a point in time")
                    .help(format!("write `{EXAMPLE_NOW}`")),
            );
            None
        }
    }
}

const EXAMPLE_NOW: &str = "now = 2026-06-01T09:00:00Z";

fn factor(context: &mut Context<'_>, entry: Entry<'_>) -> Option<f64> {
    let digits = match entry.value {
        DeValue::Integer(number) => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => return wrong_shape(context, entry, "a number", "small = 0.1"),
    };
    let factor = digits.parse::<f64>().ok().filter(|factor| *factor > 0.0 && *factor <= 1e9);
    if factor.is_none() {
        context.report(
            Diagnostic::new(Code::BAD_SEEDS, format!("size `{}` is {digits}", entry.key))
                .label(entry.value_span, "not a number above 0, up to 1000000000")
                .help("write by how much the numbers of rows are multiplied, as `small = 0.1`"),
        );
    }
    factor
}

fn environment(context: &mut Context<'_>, entry: Entry<'_>) -> Option<SeedEnvironment> {
    let mut environment = SeedEnvironment {
        name: entry.key.to_owned(),
        sets: Vec::new(),
        size: None,
        protect: false,
        confirm: false,
    };
    for inner in fields(context, entry, &SEED_ENVIRONMENT, "[environment.dev]")? {
        match inner.key {
            "sets" => {
                let names = reader::names(context, inner, "sets = [\"demo\"]").unwrap_or_default();
                environment.sets = names.into_iter().map(|name| name.value.as_str().to_owned()).collect();
            }
            "size" => {
                environment.size = reader::text(context, inner, "size = \"small\"").map(|size| size.value)
            }
            "protect" => environment.protect = reader::flag(context, inner).is_some(),
            _ => environment.confirm = reader::flag(context, inner).is_some(),
        }
    }
    Some(environment)
}

/// Checks what environments name: sets, sizes, and what is loaded where it must not be.
pub(super) fn check(
    checker: &Checker<'_>,
    sources: &Sources,
    id: Option<SourceId>,
    manifest: &Manifest,
    drafts: &Drafts<'_>,
) {
    let Some(text) = id.and_then(|id| Text::read(sources, id)) else { return };
    let mut context = text.context();
    let written = entries(&context, text.root.get_ref());
    let environments = written.iter().find(|entry| entry.key == "environment").map(|entry| entry.value);
    let Some(DeValue::Table(environments)) = environments else { return };
    for entry in entries(&context, environments) {
        let (Some(environment), DeValue::Table(table)) =
            (manifest.environments.iter().find(|one| one.name == entry.key), entry.value)
        else {
            continue;
        };
        for inner in entries(&context, table) {
            match (inner.key, inner.value) {
                ("sets", DeValue::Array(names)) => {
                    for name in names.iter() {
                        let DeValue::String(set) = name.get_ref() else { continue };
                        let span = context.span(name);
                        if drafts.set(set).is_none() {
                            context.report(unknown_set(set, span, drafts));
                        }
                    }
                }
                ("size", DeValue::String(size)) if !manifest.sizes.contains_key(size.as_ref()) => {
                    let help = match closest(size, manifest.sizes.keys().map(String::as_str)) {
                        Some(size) => format!("did you mean \"{size}\"?"),
                        None => format!("add it to `[size]`, as `{size} = 10`"),
                    };
                    context.report(
                        wrong(
                            Code::BAD_SEEDS,
                            format!("there is no size `{size}`"),
                            inner.value_span,
                            "not known",
                        )
                        .help(help),
                    );
                }
                _ => {}
            }
        }
        let protected = environment.protect || checker.context.protected.contains(&environment.name);
        if protected {
            protect(&mut context, entry, environment, drafts);
        }
    }
    context.diagnostics.into_iter().for_each(|one| checker.report(one));
}

/// A protected environment takes nothing that was made up.
fn protect(context: &mut Context<'_>, entry: Entry<'_>, environment: &SeedEnvironment, drafts: &Drafts<'_>) {
    for name in &environment.sets {
        let Some(set) = drafts.set(name) else { continue };
        for part in drafts.with_needs(set).into_iter().flat_map(|set| &drafts.sets[set].parts) {
            let Some(span) = part.generate else { continue };
            let message = format!(
                "environment `{}` is protected, and set `{name}` has rows that are made up",
                environment.name
            );
            context.report(
                Diagnostic::new(Code::PROTECTED_ENVIRONMENT, message)
                    .label(entry.key_span, "protected, here or in whimbrel.toml")
                    .label(span, "rows that are made up")
                    .help("put what belongs there into a set of its own, with all of its rows written out"),
            );
        }
    }
}

/// A set that is not there.
pub(super) fn unknown_set(name: &str, span: crate::Span, drafts: &Drafts<'_>) -> Diagnostic {
    let names: Vec<&str> = drafts.sets.iter().map(|set| set.name.as_str()).collect();
    let help = match closest(name, names.iter().copied()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None if names.is_empty() => format!("write `set = \"{name}\"` at the head of a file of the seeds"),
        None => format!("the sets are: {}", listed(names.iter().copied())),
    };
    wrong(Code::UNKNOWN_SET, format!("there is no set `{name}`"), span, "not known").help(help)
}
