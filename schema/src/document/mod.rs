//! TOML as it was written: the tree of the schema language with the place of everything in it.

mod column;
mod constraint;
mod limits;
mod object;
mod options;
pub(crate) mod raw;
pub(crate) mod reader;
mod syntax;
mod table;
pub(crate) mod target;

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue, Error};

use crate::language::SCHEMA_FILE;
use crate::{Diagnostic, SourceId, Sources};
pub(crate) use limits::{DIAGNOSTICS, read_toml};
use raw::{RawEnum, RawTable, RawTrigger, RawView};
use reader::{Context, Entry, Mode, entries};
pub(crate) use table::table;

/// One file of the schema language, with nothing believed yet.
///
/// Every key and value keeps its span. Only [`validate`](crate::validate) looks inside.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub source: SourceId,
    /// What was wrong with the file by itself. [`validate`](crate::validate) hands these on, so
    /// they need to be reported only once.
    pub diagnostics: Vec<Diagnostic>,
    pub(crate) objects: RawObjects,
    /// Whether the file was TOML all through. Where not, tables may be missing.
    pub(crate) complete: bool,
}

impl Document {
    /// Whether the file defines nothing, and nothing is wrong with it: there may be comments in it.
    pub fn is_empty(&self) -> bool {
        let RawObjects { tables, enums, views, triggers } = &self.objects;
        self.diagnostics.is_empty()
            && tables.is_empty()
            && enums.is_empty()
            && views.is_empty()
            && triggers.is_empty()
    }
}

/// What a file defines.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawObjects {
    pub(crate) tables: Vec<RawTable>,
    pub(crate) enums: Vec<RawEnum>,
    pub(crate) views: Vec<RawView>,
    pub(crate) triggers: Vec<RawTrigger>,
}

impl RawObjects {
    /// Reads an entry of a file, if it is one that defines objects.
    pub(crate) fn read(&mut self, context: &mut Context<'_>, entry: Entry<'_>) -> bool {
        match entry.key {
            "table" => self.tables = read_tables(context, entry),
            "enum" => self.enums = object::enums(context, entry),
            "view" => self.views = object::views(context, entry),
            "trigger" => self.triggers = object::triggers(context, entry),
            _ => return false,
        }
        true
    }
}

/// Reads a file of the schema language.
///
/// All that is wrong with it comes back in the document's diagnostics: every syntax error, every
/// unknown key, every value of the wrong shape. What could be read is in the document all the same.
///
/// ```
/// use whimbrel_schema::{Dialect, Sources, parse, validate};
///
/// let mut sources = Sources::default();
/// let id = sources.add("schema/users.toml", "[table.users]\ncolumns.id = 'bigint'\n");
/// let document = parse(&sources, id);
/// assert!(document.diagnostics.is_empty());
/// let validated = validate(&[document], &[Dialect::Sqlite]);
/// assert!(validated.schema.table("users").is_some());
/// ```
pub fn parse(sources: &Sources, id: SourceId) -> Document {
    let text: &str = &sources.get(id).text;
    let mut context = Context { source: id, text, mode: Mode::Schema, diagnostics: Vec::new() };
    let mut objects = RawObjects::default();
    let Some((root, errors)) = read_toml(&mut context) else {
        return Document { source: id, diagnostics: context.diagnostics, objects, complete: false };
    };
    let written = entries(&context, root.get_ref());
    for entry in reader::known(&mut context, &SCHEMA_FILE, written) {
        objects.read(&mut context, entry);
    }
    let complete = errors.is_empty();
    let diagnostics = finish(context, root.get_ref(), &errors, &mut objects.tables);
    Document { source: id, diagnostics, objects, complete }
}

/// Reads `[table]`.
fn read_tables(context: &mut Context<'_>, entry: Entry<'_>) -> Vec<RawTable> {
    let tables = reader::table(context, entry, "[table.NAME]").unwrap_or_default();
    tables.into_iter().map(|entry| table(context, entry)).collect()
}

/// Joins the errors of TOML with those of the language, in the order of the file. Where a table
/// could not be read whole, its other errors may follow from that, and are left out.
pub(crate) fn finish(
    context: Context<'_>,
    root: &DeTable<'_>,
    errors: &[Error],
    tables: &mut [RawTable],
) -> Vec<Diagnostic> {
    let Context { source, text, diagnostics: mut found, .. } = context;
    if !errors.is_empty() {
        let regions = Regions::new(root, text);
        let torn: BTreeSet<Option<u32>> =
            errors.iter().map(|error| regions.at(error.span().map_or(0, |span| span.start))).collect();
        for table in tables {
            table.torn = torn.contains(&Some(table.name.span.start));
            table.intact &= !table.torn;
        }
        found.retain(|diagnostic| {
            let start = diagnostic.labels.first().map_or(0, |label| label.span.start as usize);
            !torn.contains(&regions.at(start))
        });
        found.extend(syntax::diagnostics(source, text, root, errors));
    }
    sort(&mut found);
    found
}

/// Puts diagnostics into the order of files and of places in them.
pub(crate) fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|diagnostic| {
        diagnostic.labels.first().map(|label| (label.span.source, label.span.start, label.span.end))
    });
}

/// Which parts of a file belong to which table: from a key of the table to the next key of another.
struct Regions {
    /// Where a part begins, and where the name of its table stands.
    starts: Vec<(usize, Option<u32>)>,
}

impl Regions {
    fn new(root: &DeTable<'_>, text: &str) -> Self {
        let mut starts = Vec::new();
        for (key, value) in root {
            starts.push((key.span().start, None));
            match value.get_ref() {
                DeValue::Table(tables) if key.get_ref() == "table" => {
                    for (name, table) in tables {
                        let id = u32::try_from(name.span().start).ok();
                        starts.push((name.span().start, id));
                        starts.push((table.span().start, id));
                        collect(table.get_ref(), id, &mut starts);
                    }
                }
                other => collect(other, None, &mut starts),
            }
        }
        starts.sort_unstable();
        // A header that was not understood begins a part of nobody.
        let mut lost = Vec::new();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let trimmed = line.trim_start();
            if trimmed.starts_with('[') {
                let start = offset + line.len() - trimmed.len();
                let next = starts.partition_point(|(known, _)| *known < start);
                if starts.get(next).is_none_or(|(known, _)| *known >= offset + line.len()) {
                    lost.push((start, None));
                }
            }
            offset += line.len();
        }
        starts.extend(lost);
        starts.sort_by_key(|(start, id)| (*start, id.is_some()));
        Self { starts }
    }

    fn at(&self, offset: usize) -> Option<u32> {
        let index = self.starts.partition_point(|(start, _)| *start <= offset);
        self.starts.get(index.checked_sub(1)?)?.1
    }
}

fn collect(value: &DeValue<'_>, id: Option<u32>, starts: &mut Vec<(usize, Option<u32>)>) {
    match value {
        DeValue::Table(table) => {
            for (key, value) in table {
                starts.push((key.span().start, id));
                starts.push((value.span().start, id));
                collect(value.get_ref(), id, starts);
            }
        }
        DeValue::Array(array) => array.iter().for_each(|element| collect(element.get_ref(), id, starts)),
        _ => {}
    }
}
