//! Seeds read and checked against a schema.

mod cell;
mod common;
mod data;
mod draft;
mod group;
mod maker;
mod manifest;
mod order;
mod table;
mod template;
mod unique;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned as TomlSpanned;
use toml::de::DeTable;

use super::{DataFiles, Manifest, SeedSet, Seeds, StreamKey};
use crate::document::reader::{Context, Mode as ReadMode};
use crate::document::{finish, read_toml, sort};
use crate::{ColumnType, Diagnostic, Dialect, Schema, SourceId, Sources, Span};

/// The files of the seeds.
#[derive(Debug, Clone, Default)]
pub struct SeedSources {
    /// `seeds.toml`, if there is one.
    pub manifest: Option<SourceId>,
    /// The other files, in the order of their paths.
    pub files: Vec<SourceId>,
}

/// What seeds are checked against.
#[derive(Clone, Copy)]
pub struct SeedContext<'a> {
    /// The schema whose rows they are.
    pub schema: &'a Schema,
    /// The databases on which they must load.
    pub dialects: &'a [Dialect],
    /// The environments of whimbrel.toml that seeds must keep away from.
    pub protected: &'a [String],
    /// The files that they take rows and values from.
    pub data: &'a dyn DataFiles,
    /// The functions that the program has; `None` where rustc is to say.
    pub functions: Option<&'a [&'a str]>,
}

/// What came of checking seeds.
#[derive(Debug, Clone)]
pub struct CheckedSeeds {
    /// The seeds; only without diagnostics are they whole.
    pub seeds: Seeds,
    /// The files that were read, and others that are named.
    pub data: Vec<String>,
    /// The functions that are called.
    pub calls: Vec<Called>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// A function that seeds call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Called {
    /// Its path in Rust.
    pub path: String,
    /// The type of the column that it makes values of, as Rust marks it.
    pub marker: &'static str,
    /// Whether the column may hold NULL.
    pub nullable: bool,
}

/// Reads seeds and checks them.
///
/// ```
/// use whimbrel_schema::seed::{NoDataFiles, SeedContext, SeedSources, check_seeds};
/// use whimbrel_schema::{Dialect, Sources, parse, validate};
///
/// let mut sources = Sources::default();
/// let schema = sources.add("schema/tags.toml", "[table.tags]\ncolumns.name = { type = 'text', primary_key = true }\n");
/// let schema = validate(&[parse(&sources, schema)], &[Dialect::Sqlite]).schema;
/// let file = sources.add("seeds/tags.toml", "set = 'demo'\n[tags.rows]\nfirst = { nmae = 'first' }\n");
/// let context = SeedContext {
///     schema: &schema,
///     dialects: &[Dialect::Sqlite],
///     protected: &[],
///     data: &NoDataFiles,
///     functions: None,
/// };
/// let checked = check_seeds(&sources, &SeedSources { manifest: None, files: vec![file] }, context);
/// assert!(checked.diagnostics.iter().any(|one| one.help[0].contains("did you mean `name`?")));
/// ```
pub fn check_seeds(sources: &Sources, from: &SeedSources, context: SeedContext<'_>) -> CheckedSeeds {
    let texts: Vec<Text<'_>> = from.files.iter().filter_map(|id| Text::read(sources, *id)).collect();
    let checker = &Checker::new(context);
    let manifest = from.manifest.map_or_else(Manifest::default, |id| manifest::read(checker, sources, id));
    let drafts = draft::drafts(checker, &texts);
    manifest::check(checker, sources, from.manifest, &manifest, &drafts);
    let mut sets = table::sets(checker, &manifest, &drafts);
    unique::check(checker, &manifest, &mut sets, &drafts);
    common::check(checker, &sets, &drafts);
    order::order(checker, &mut sets, &drafts);
    for set in &mut sets {
        set.hash = hash(set, manifest.now);
    }
    let mut diagnostics = checker.diagnostics.take();
    drop(drafts);
    for text in texts {
        let mut context = text.context();
        context.diagnostics = text.found.into_inner();
        diagnostics.extend(finish(context, text.root.get_ref(), &text.errors, &mut []));
    }
    sort(&mut diagnostics);
    diagnostics.dedup();
    let data = checker.data.take().into_keys().collect();
    let mut calls = checker.calls.take();
    calls.sort();
    calls.dedup();
    CheckedSeeds { seeds: Seeds { manifest, sets }, data, calls, diagnostics }
}

/// All that the rows of a set follow from. What only comments and blanks say is no part of it.
fn hash(set: &SeedSet, now: i64) -> String {
    let mut texts = vec![format!("{now} {:?}", set.needs)];
    for table in &set.tables {
        texts.push(format!("{} {:?} {:?} {:?}", table.table.name, table.mode, table.matching, table.late));
        texts.extend(table.columns.iter().map(|column| column.name.to_string()));
        texts.extend(table.rows.iter().map(|row| format!("{row:?}")));
        texts.extend(table.groups.iter().map(|group| format!("{group:?}")));
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let key = StreamKey::new(&texts);
    format!("s1:{:016x}{:016x}", key.at(0).bits(), key.at(1).bits())
}

/// A file as TOML, with what is found wrong in it.
struct Text<'t> {
    source: SourceId,
    text: &'t str,
    path: &'t str,
    root: TomlSpanned<DeTable<'t>>,
    errors: Vec<toml::de::Error>,
    found: RefCell<Vec<Diagnostic>>,
}

impl<'t> Text<'t> {
    fn read(sources: &'t Sources, source: SourceId) -> Option<Self> {
        let file = sources.get(source);
        let text: &str = &file.text;
        let mut context = Context { source, text, mode: ReadMode::Schema, diagnostics: Vec::new() };
        let (root, errors) = read_toml(&mut context)?;
        let found = RefCell::new(context.diagnostics);
        Some(Self { source, text, path: &file.path, root, errors, found })
    }

    fn context(&self) -> Context<'t> {
        Context { source: self.source, text: self.text, mode: ReadMode::Schema, diagnostics: Vec::new() }
    }

    /// Reads something of the file; what is found wrong is kept with it.
    fn reading<T>(&self, read: impl FnOnce(&mut Context<'t>) -> T) -> T {
        let mut context = self.context();
        let read = read(&mut context);
        self.found.borrow_mut().append(&mut context.diagnostics);
        read
    }
}

/// What a data file was read as, or why it was not.
type DataText = Result<Arc<[u8]>, String>;

/// What every part of the check needs.
struct Checker<'a> {
    context: SeedContext<'a>,
    diagnostics: RefCell<Vec<Diagnostic>>,
    data: RefCell<BTreeMap<String, DataText>>,
    calls: RefCell<Vec<Called>>,
}

impl<'a> Checker<'a> {
    fn new(context: SeedContext<'a>) -> Self {
        Self { context, diagnostics: RefCell::default(), data: RefCell::default(), calls: RefCell::default() }
    }

    fn report(&self, diagnostic: Diagnostic) {
        let mut diagnostics = self.diagnostics.borrow_mut();
        if diagnostics.len() < crate::document::DIAGNOSTICS {
            diagnostics.push(diagnostic);
        }
    }

    /// The bytes of a data file, which are read once.
    fn data(&self, path: &str) -> DataText {
        if let Some(known) = self.data.borrow().get(path) {
            return known.clone();
        }
        let plain = !path.is_empty()
            && !path.starts_with('/')
            && !path.contains(['\\', ':', '\0'])
            && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        let read = match plain {
            true => self.context.data.read(path),
            false => return Err("is no path below the directory of the seeds".to_owned()),
        };
        self.data.borrow_mut().insert(path.to_owned(), read.clone());
        read
    }

    fn called(&self, path: &str, column_type: &ColumnType, nullable: bool) {
        let called = Called { path: path.to_owned(), marker: column_type.marker(), nullable };
        self.calls.borrow_mut().push(called);
    }
}

/// A column or a cell, in words.
fn place_of(table: &str, column: &str) -> String {
    format!("`{table}.{column}`")
}

/// A diagnostic at a place.
fn wrong(code: crate::Code, message: impl Into<String>, span: Span, label: &str) -> Diagnostic {
    Diagnostic::new(code, message).label(span, label)
}
