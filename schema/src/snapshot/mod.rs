//! `snapshot.toml`: what one migration changed, as it stands after it.

mod format;
mod parse;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use parse::{HeaderSpans, ParsedSnapshot};

use crate::{Name, Pair, Schema, Tables};

/// What one migration changed, with its place in the chain.
///
/// `Display` writes the canonical text, which [`parse`](Snapshot::parse) reads back to the same
/// snapshot. The text has one form whatever made the snapshot: primary keys, unique constraints and
/// foreign keys stand on the table under their names, columns stand in their order, and everything
/// else is sorted by name.
///
/// ```
/// use whimbrel_schema::{Dialect, Snapshot, Sources, parse, validate};
///
/// let mut sources = Sources::default();
/// let id = sources.add("schema/users.toml", "[table.users]\ncolumns.name = 'text?'\n");
/// let schema = validate(&[parse(&sources, id)], &[Dialect::Sqlite]).schema;
/// let mut snapshot = Snapshot::new("0001_create_users");
/// snapshot.tables = schema.tables;
/// let text = snapshot.to_string();
/// assert!(text.ends_with("[table.users]\n\n[table.users.columns]\nname = \"text?\"\n"));
///
/// let id = sources.add("migrations/0001_create_users/snapshot.toml", &text);
/// assert_eq!(Snapshot::parse(&sources, id).snapshot, Some(snapshot));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The revision: the name of the migration's directory.
    pub revision: String,
    /// The revision before it; `None` for the first.
    pub parent: Option<String>,
    /// The hash of the parent, which this migration seals.
    pub parent_hash: Option<String>,
    /// The version of the hazard catalogue that the migration was judged by.
    pub hazards: u32,
    /// The revisions that this one stands for after a squash.
    pub replaces: Vec<String>,
    /// The tables that are gone after it.
    pub dropped_tables: BTreeSet<Name>,
    /// The hazards accepted here, each with the reason. Not part of what is sealed.
    pub accept: BTreeMap<String, String>,
    /// The tables that it created or changed, each whole.
    pub tables: Tables,
}

impl Snapshot {
    /// The `format` that this version of whimbrel writes, and the newest that it reads.
    pub const FORMAT: i64 = 1;

    /// The version of the hazard catalogue that new migrations are judged by.
    pub const HAZARDS: u32 = crate::HAZARD_CATALOGUE;

    /// A snapshot without a parent and without changes.
    pub fn new(revision: impl Into<String>) -> Self {
        Self {
            revision: revision.into(),
            parent: None,
            parent_hash: None,
            hazards: Self::HAZARDS,
            replaces: Vec::new(),
            dropped_tables: BTreeSet::new(),
            accept: BTreeMap::new(),
            tables: Tables::default(),
        }
    }

    /// What leads from one schema to the next: the tables that are new or differ, and the names of
    /// those that are gone.
    pub fn between(schemas: Pair<&Schema>) -> (Tables, BTreeSet<Name>) {
        let (mut tables, mut dropped) = (Tables::default(), BTreeSet::new());
        for Pair { previous, next } in Tables::differing(schemas.map(|schema| &schema.tables)) {
            match (previous, next) {
                (Some(previous), None) => drop(dropped.insert(previous.name.clone())),
                (previous, Some(next)) if previous != Some(next) => drop(tables.insert(Arc::clone(next))),
                _ => {}
            }
        }
        (tables, dropped)
    }

    /// The schema after this migration, from the one before it.
    #[must_use]
    pub fn apply(&self, previous: &Schema) -> Schema {
        let mut schema = previous.clone();
        for name in &self.dropped_tables {
            schema.tables.remove(name);
        }
        for table in self.tables.values() {
            schema.tables.insert(Arc::clone(table));
        }
        schema
    }

    /// The canonical text without what may be changed after sealing: this is what is hashed.
    pub fn sealed_text(&self) -> String {
        format::text(self, format::Part::Sealed)
    }
}

impl std::fmt::Display for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&format::text(self, format::Part::Whole))
    }
}

/// Whether a text can be the name of a revision: four digits or more, an underscore, and lower case
/// letters, digits and underscores.
///
/// ```
/// use whimbrel_schema::is_revision;
///
/// assert!(is_revision("0003_add_user_settings"));
/// assert!(!is_revision("add_user_settings"));
/// ```
pub fn is_revision(text: &str) -> bool {
    let Some((number, name)) = text.split_once('_') else { return false };
    number.len() >= 4
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a text has the shape of a hash: the tag of its algorithm, a colon and hexadecimal digits.
///
/// ```
/// use whimbrel_schema::is_hash;
///
/// assert!(is_hash("w1:9f2c"));
/// assert!(!is_hash("9f2c"));
/// ```
pub fn is_hash(text: &str) -> bool {
    let Some((tag, digits)) = text.split_once(':') else { return false };
    let tagged = tag.starts_with(|first: char| first.is_ascii_lowercase())
        && tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    tagged && !digits.is_empty() && digits.bytes().all(hexadecimal)
}
