//! A database that is there already as a schema and its files.

mod leave;
mod rust_name;
mod unnamed;

use std::collections::{BTreeMap, BTreeSet};

use self::leave::{blamed, leave};
use self::rust_name::choose_rust_names;
use self::unnamed::name_anew;
use crate::{
    Diagnostic, Dialect, DifferenceKind, Drift, Introspected, Object, Schema, SchemaFile, SourceId, Sources,
    Unmanaged, Validated, drift, parse, schema_files, validate,
};

/// A database as the schema language says it.
#[derive(Debug, Clone)]
pub struct Imported {
    /// All that can be said.
    pub schema: Schema,
    /// It, written.
    pub files: Vec<SchemaFile>,
    /// What cannot be said, with what a schema must not have: each stands in a comment of the files.
    pub unmanaged: Vec<Unmanaged>,
    /// The lines of the drift between the schema and the database: what managed tables have and the schema
    /// has not. It is known, and nobody's mistake.
    pub known: BTreeSet<String>,
}

/// Why a database cannot be imported: files that no schema can be made of.
#[derive(Debug, Clone)]
pub struct Unsaid {
    /// What is wrong with them.
    pub diagnostics: Vec<Diagnostic>,
    /// The files.
    pub sources: Sources,
}

/// Says a database in the schema language, for that one dialect.
///
/// What the database allows and a schema must not have, as a name with invisible characters, is left out: a
/// constraint, an index, a view or a trigger alone, and a table whole, because a table without one of its
/// columns would be another. Constraints without a name get one, and what would be one name in Rust gets
/// `rust_name`.
///
/// What `left` names is left out as well, each for the reason that follows its name. No file gets a name that is
/// `taken`.
///
/// # Errors
///
/// If what is wrong with a file cannot be traced to something in the database. No database is known to do
/// that; it would be a mistake of this function.
///
/// ```
/// use whimbrel_schema::{Dialect, import, read_sqlite_table};
///
/// let found = read_sqlite_table("CREATE TABLE \"order\" (id INTEGER PRIMARY KEY, tag TEXT UNIQUE)").unwrap();
/// let imported = import(&found, Dialect::Sqlite, &Default::default(), &[]).unwrap();
/// assert_eq!(imported.files[0].name, "order.toml");
/// assert!(imported.files[0].text.contains("tag = { type = \"text?\", unique = true }"));
/// assert!(imported.unmanaged.is_empty() && imported.known.is_empty());
/// ```
pub fn import(
    found: &Introspected,
    dialect: Dialect,
    left: &BTreeMap<Object, String>,
    taken: &[String],
) -> Result<Imported, Box<Unsaid>> {
    let mut schema = found.schema.clone();
    let mut unmanaged = found.unmanaged.clone();
    name_anew(&mut schema, &found.unnamed, dialect);
    unmanaged.extend(left.iter().filter_map(|(object, reason)| leave(&mut schema, object, reason)));
    choose_rust_names(&mut schema);
    loop {
        let files = schema_files(&schema, &unmanaged, taken);
        let Read { sources, ids, validated } = read(&files, dialect);
        let blamed: BTreeMap<Object, String> = match &validated.diagnostics[..] {
            [] => {
                // Written, read, and compared with where it comes from: what is not the same is left out, too.
                let schema = validated.schema;
                let drift = drift(&schema, found);
                let others = otherwise(&drift);
                if others.is_empty() {
                    let known = lines(&drift).collect();
                    return Ok(Imported { schema, files, unmanaged, known });
                }
                others
            }
            diagnostics => {
                let object_at = |diagnostic: &Diagnostic| {
                    let span = diagnostic.labels.first()?.span;
                    let file = ids.iter().position(|id| *id == span.source)?;
                    files.get(file)?.object_at(span.range().start).cloned()
                };
                let one = |diagnostic: &Diagnostic| {
                    let object = blamed(diagnostic, object_at(diagnostic)?, &schema);
                    Some((object, reason(diagnostic)))
                };
                diagnostics.iter().filter_map(one).collect()
            }
        };
        let mut left = 0;
        for (object, reason) in blamed {
            let gone = leave(&mut schema, &object, &reason);
            left += usize::from(gone.is_some());
            unmanaged.extend(gone);
        }
        // Each round leaves something out, so there is an end.
        if left == 0 {
            return Err(Box::new(Unsaid { diagnostics: validated.diagnostics, sources }));
        }
    }
}

/// Files read again.
struct Read {
    sources: Sources,
    ids: Vec<SourceId>,
    validated: Validated,
}

fn read(files: &[SchemaFile], dialect: Dialect) -> Read {
    let mut sources = Sources::default();
    let ids: Vec<SourceId> =
        files.iter().map(|file| sources.add(format!("schema/{}", file.name), &file.text)).collect();
    let documents: Vec<_> = ids.iter().map(|id| parse(&sources, *id)).collect();
    let validated = validate(&documents, &[dialect]);
    Read { sources, ids, validated }
}

fn reason(diagnostic: &Diagnostic) -> String {
    let remedy = match diagnostic.code {
        crate::Code::BAD_NAME | crate::Code::LONG_NAME | crate::Code::COLLIDING_NAMES => {
            "; give it another name in the database, and import again"
        }
        _ => "",
    };
    format!("is left out: {}{remedy}", diagnostic.message)
}

/// What the schema says otherwise than the database has it.
fn otherwise(drift: &Drift) -> BTreeMap<Object, String> {
    let others = drift.differences.iter().filter(|difference| difference.kind != DifferenceKind::Added);
    let words = |difference: &crate::Difference| format!("is left out: it would read {difference}");
    others.map(|difference| (difference.object.clone(), words(difference))).collect()
}

/// Drift as lines, as `migrate drift` shows it; by them it is known again.
fn lines(drift: &Drift) -> impl Iterator<Item = String> {
    let differences = drift.differences.iter().map(ToString::to_string);
    differences.chain(drift.unmanaged.iter().map(|part| format!("! {part}")))
}
