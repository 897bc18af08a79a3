//! One text through every door of the core, as the tests of garbage and the fuzzer send it.

use whimbrel_schema::{
    Config, Diagnostic, Dialect, Pair, Schema, Snapshot, Sources, Style, parse, report, validate,
};

/// Reads a text as each kind of file. Whatever it holds, nothing panics, what is wrong has a place and
/// a remedy and can be shown, and what is right survives being written and read again.
pub(crate) fn check(text: &str) {
    let mut sources = Sources::default();
    let id = sources.add("a.toml", text);
    let validated = validate(&[parse(&sources, id)], &Dialect::ALL);
    let toml = toml::de::DeTable::parse(&sources.get(id).text).is_ok();
    assert!(toml || !validated.diagnostics.is_empty(), "no TOML, and nobody says so: {text}");
    if validated.diagnostics.is_empty() {
        survives(validated.schema, &mut sources);
    }
    let parsed = Snapshot::parse(&sources, id);
    assert_eq!(parsed.snapshot.is_some(), parsed.diagnostics.is_empty());
    if let Some(snapshot) = parsed.snapshot {
        let id = sources.add("b.toml", snapshot.to_string());
        assert_eq!(Snapshot::parse(&sources, id).snapshot, Some(snapshot));
    }
    let config = Config::parse(&sources, id).1;
    for diagnostics in [&validated.diagnostics, &parsed.diagnostics, &config] {
        diagnostics.iter().take(4).for_each(|diagnostic| can_be_shown(diagnostic, &sources));
    }
}

/// Formats a schema as the snapshot of a first migration.
fn survives(schema: Schema, sources: &mut Sources) {
    let mut snapshot = Snapshot::new("0001_first");
    (snapshot.changed, snapshot.dropped) = Snapshot::between(Pair::new(&Schema::default(), &schema));
    let text = snapshot.to_string();
    let id = sources.add("c.toml", &text);
    let parsed = Snapshot::parse(sources, id);
    assert_eq!(parsed.diagnostics, [], "{text}");
    let read = parsed.snapshot.map(|snapshot| snapshot.apply(&Schema::default()));
    assert_eq!(read, Some(schema), "{text}");
}

fn can_be_shown(diagnostic: &Diagnostic, sources: &Sources) {
    assert!(!diagnostic.labels.is_empty() && !diagnostic.help.is_empty(), "{diagnostic:?}");
    let shown = report(diagnostic, sources, Style::Plain);
    let hidden = |sign: char| whimbrel_schema::text::is_hidden(sign) && sign != '\n';
    assert!(!shown.is_empty() && !shown.contains(hidden), "{shown}");
}
