//! Rows out of files: CSV and JSON.

use std::collections::BTreeMap;

use super::cell::{RawCell, unreadable_file};
use super::draft::TablePart;
use super::table::RawRow;
use super::{Checker, wrong};
use crate::document::reader::{self, Context, Entry, fields};
use crate::language::SEED_SOURCE;
use crate::{Code, Span};

/// What `source` says.
#[derive(Default)]
struct Source {
    csv: Option<(String, Span)>,
    json: Option<(String, Span)>,
    label: Option<String>,
    null: Option<String>,
}

/// The rows of a file; what is wrong with it is reported.
pub(super) fn rows<'d>(
    checker: &Checker<'_>,
    context: &mut Context<'d>,
    part: &TablePart<'d>,
    entry: Entry<'d>,
) -> Vec<RawRow<'d>> {
    let mut source = Source::default();
    for inner in
        fields(context, entry, &SEED_SOURCE, "source = { csv = \"data/users.csv\" }").unwrap_or_default()
    {
        let text = reader::text(context, inner, &format!("{} = \"...\"", inner.key));
        match inner.key {
            "csv" => source.csv = text.map(|text| (text.value, text.span)),
            "json" => source.json = text.map(|text| (text.value, text.span)),
            "label" => source.label = text.map(|text| text.value),
            _ => source.null = text.map(|text| text.value),
        }
    }
    let (path, span, is_csv) = match (&source.csv, &source.json) {
        (Some((path, span)), None) => (path.clone(), *span, true),
        (None, Some((path, span))) => (path.clone(), *span, false),
        _ => {
            context.report(
                wrong(
                    Code::MISSING_KEY,
                    "a source is one file",
                    entry.key_span,
                    "needs `csv` or `json`, and not both",
                )
                .help("write `source = { csv = \"data/users.csv\" }`"),
            );
            return Vec::new();
        }
    };
    let read = checker.data(&path).map_err(|problem| {
        let paths = checker.context.data.paths();
        unreadable_file(&paths, &path, &problem, span)
    });
    let rows = read.and_then(|bytes| {
        let text = std::str::from_utf8(&bytes).map_err(|_| "is not text in UTF-8".to_owned());
        let text = text.map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
        let rows = text.and_then(|text| match is_csv {
            true => csv(text, &source, span),
            false => json(text, &source, span),
        });
        rows.map_err(|problem| {
            wrong(Code::BAD_DATA_FILE, format!("`{path}` {problem}"), span, "named here")
                .help(format!("every row names columns of `{}`", part.name()))
        })
    });
    rows.unwrap_or_else(|diagnostic| {
        context.report(diagnostic);
        Vec::new()
    })
}

/// A CSV file whose first line names the columns. An empty field is NULL, or, where `null` says how NULL is
/// written, the empty text.
fn csv<'d>(text: &str, source: &Source, span: Span) -> Result<Vec<RawRow<'d>>, String> {
    let mut records = records(text)?.into_iter();
    let Some((_, names)) = records.next() else { return Ok(Vec::new()) };
    let label = label_place(&names, source)?;
    let mut rows = Vec::new();
    for (line, record) in records {
        if record.len() != names.len() {
            return Err(format!(
                "has {} fields in line {line}, and {} columns in its first",
                record.len(),
                names.len()
            ));
        }
        let mut row = RawRow {
            label: label.map(|place| record[place].clone()),
            span,
            place: Some(format!("line {line}")),
            cells: Vec::new(),
        };
        for (name, field) in names.iter().zip(record) {
            let is_label = source.label.is_none() && name == LABEL;
            let is_null = source.null.as_ref().map_or(field.is_empty(), |null| field == *null);
            if !is_label && !is_null {
                row.cells.push((name.clone(), span, RawCell::Text(field)));
            } else if is_null && source.null.is_some() && !is_label {
                row.cells.push((name.clone(), span, RawCell::Json(serde_json::Value::Null)));
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The column that holds labels, where nothing else is said.
const LABEL: &str = "label";

fn label_place(names: &[String], source: &Source) -> Result<Option<usize>, String> {
    let wanted = source.label.as_deref().unwrap_or(LABEL);
    match (names.iter().position(|name| name == wanted), &source.label) {
        (None, Some(label)) => Err(format!("has no column `{label}` that could give labels")),
        (place, _) => Ok(place),
    }
}

fn records(text: &str) -> Result<Vec<(u64, Vec<String>)>, String> {
    use csv_core::ReadRecordResult as Read;
    let mut reader = csv_core::Reader::new();
    let (mut input, mut records) = (text.as_bytes(), Vec::new());
    let (mut output, mut ends) = (vec![0; 1024], vec![0; 64]);
    let (mut written, mut ended) = (0, 0);
    loop {
        let line = reader.line();
        let (result, read, wrote, found) =
            reader.read_record(input, &mut output[written..], &mut ends[ended..]);
        input = &input[read..];
        written += wrote;
        ended += found;
        match result {
            Read::InputEmpty => {}
            Read::OutputFull => output.resize(output.len() * 2, 0),
            Read::OutputEndsFull => ends.resize(ends.len() * 2, 0),
            Read::Record => {
                let mut fields = Vec::with_capacity(ended);
                let mut start = 0;
                for end in &ends[..ended] {
                    let field = output.get(start..*end).unwrap_or_default();
                    let field = std::str::from_utf8(field).map_err(|_| "is not text in UTF-8".to_owned())?;
                    fields.push(field.to_owned());
                    start = *end;
                }
                records.push((line, fields));
                (written, ended) = (0, 0);
            }
            Read::End => return Ok(records),
        }
    }
}

/// A JSON file: a list of objects, or an object of objects by their labels.
fn json<'d>(text: &str, source: &Source, span: Span) -> Result<Vec<RawRow<'d>>, String> {
    use serde_json::Value as Json;
    let parsed = serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
    let objects: Vec<(Option<String>, Json)> = match parsed {
        Json::Array(list) => list.into_iter().map(|object| (None, object)).collect(),
        Json::Object(named) => {
            // In an order that no feature of the library decides.
            let named: BTreeMap<String, Json> = named.into_iter().collect();
            named.into_iter().map(|(label, object)| (Some(label), object)).collect()
        }
        _ => return Err("is neither a list of objects nor an object of objects".to_owned()),
    };
    let wanted = source.label.as_deref().unwrap_or(LABEL);
    let mut rows = Vec::new();
    for (number, (label, object)) in objects.into_iter().enumerate() {
        let Json::Object(object) = object else {
            return Err(format!("has what is no object at place {}", number + 1));
        };
        let own = object.get(wanted).and_then(Json::as_str).map(str::to_owned);
        let place = Some(format!("object {}", number + 1));
        let mut row = RawRow { label: label.or(own), span, place, cells: Vec::new() };
        for (name, value) in object {
            if source.label.is_some() || name != LABEL {
                row.cells.push((name, span, RawCell::Json(value)));
            }
        }
        rows.push(row);
    }
    Ok(rows)
}
