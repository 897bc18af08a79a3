//! Schemas written as files, and read again.

use whimbrel_schema::{Dialect, Schema, Snapshot, Sources, Style, parse, report_all, schema_files, validate};

/// Writes a schema and reads it again: why that is not the same schema, if it is not. Documentation and the
/// order of columns count.
pub(crate) fn said_otherwise(schema: &Schema, dialects: &[Dialect]) -> Option<String> {
    let files = schema_files(schema, &[], &[]);
    let mut sources = Sources::default();
    let ids = files.iter().map(|file| sources.add(format!("schema/{}", file.name), &file.text));
    let ids: Vec<_> = ids.collect();
    let documents: Vec<_> = ids.iter().map(|id| parse(&sources, *id)).collect();
    let validated = validate(&documents, dialects);
    if !validated.diagnostics.is_empty() {
        return Some(report_all(&validated.diagnostics, &sources, Style::Plain));
    }
    let text = |schema: &Schema| {
        let mut snapshot = Snapshot::new("0001_all");
        snapshot.changed = schema.clone();
        snapshot.to_string()
    };
    let texts: String = files.iter().map(|file| format!("# {}\n{}", file.name, file.text)).collect();
    (text(&validated.schema) != text(schema)).then(|| format!("it is read otherwise:\n{texts}"))
}
