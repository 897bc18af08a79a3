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
/// snapshot.changed = schema;
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
    /// The revisions that this one stands for after a squash, its own last.
    pub replaces: Vec<String>,
    /// The hash that the last of those had: histories and the next migration know this one by it.
    pub replaces_hash: Option<String>,
    /// What seals a migration that stands for others, because no hash of its own is in the one behind it. Not part of
    /// what is sealed.
    pub seal: Option<String>,
    /// What is gone after it.
    pub dropped: Dropped,
    /// The hazards accepted here, each with the reason. Not part of what is sealed.
    pub accept: BTreeMap<String, String>,
    /// What databases that were there before whimbrel have besides, as lines of `migrate drift`: it is known,
    /// and no drift. Not part of what is sealed, because it is said of databases and changes none.
    pub unmanaged: BTreeSet<String>,
    /// What it created or changed, each object whole.
    pub changed: Schema,
}

/// The names of what is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Tables.
    pub tables: BTreeSet<Name>,
    /// Enums.
    pub enums: BTreeSet<Name>,
    /// Views.
    pub views: BTreeSet<Name>,
    /// Triggers.
    pub triggers: BTreeSet<Name>,
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
            replaces_hash: None,
            seal: None,
            dropped: Dropped::default(),
            accept: BTreeMap::new(),
            unmanaged: BTreeSet::new(),
            changed: Schema::default(),
        }
    }

    /// What leads from one schema to the next: the objects that are new or differ, and the names of
    /// those that are gone.
    pub fn between(schemas: Pair<&Schema>) -> (Schema, Dropped) {
        let Pair { previous, next } = schemas;
        let (tables, dropped_tables) = tables_between(schemas.map(|schema| &schema.tables));
        let changed = Schema {
            tables,
            enums: changed(&previous.enums, &next.enums),
            views: changed(&previous.views, &next.views),
            triggers: changed(&previous.triggers, &next.triggers),
        };
        let dropped = Dropped {
            tables: dropped_tables,
            enums: dropped(&previous.enums, &next.enums),
            views: dropped(&previous.views, &next.views),
            triggers: dropped(&previous.triggers, &next.triggers),
        };
        (changed, dropped)
    }

    /// The schema after this migration, from the one before it.
    #[must_use]
    pub fn apply(&self, previous: &Schema) -> Schema {
        let mut schema = previous.clone();
        let Dropped { tables, enums, views, triggers } = &self.dropped;
        for name in tables {
            schema.tables.remove(name);
        }
        for table in self.changed.tables.values() {
            schema.tables.insert(Arc::clone(table));
        }
        fold(&mut schema.enums, &self.changed.enums, enums);
        fold(&mut schema.views, &self.changed.views, views);
        fold(&mut schema.triggers, &self.changed.triggers, triggers);
        schema
    }

    /// The canonical text without what may be changed after sealing: this is what is hashed.
    pub fn sealed_text(&self) -> String {
        format::text(self, format::Part::Sealed)
    }
}

impl Dropped {
    /// The names by kind, with the key of each kind, in the order of the file.
    pub fn kinds(&self) -> [(&'static str, &BTreeSet<Name>); 4] {
        let Self { tables, enums, views, triggers } = self;
        [("table", tables), ("enum", enums), ("view", views), ("trigger", triggers)]
    }

    pub(crate) fn kind_mut(&mut self, key: &str) -> Option<&mut BTreeSet<Name>> {
        match key {
            "table" => Some(&mut self.tables),
            "enum" => Some(&mut self.enums),
            "view" => Some(&mut self.views),
            "trigger" => Some(&mut self.triggers),
            _ => None,
        }
    }
}

fn tables_between(pair: Pair<&Tables>) -> (Tables, BTreeSet<Name>) {
    let (mut tables, mut dropped) = (Tables::default(), BTreeSet::new());
    for Pair { previous, next } in Tables::differing(pair) {
        match (previous, next) {
            (Some(previous), None) => drop(dropped.insert(previous.name.clone())),
            (previous, Some(next)) if previous != Some(next) => drop(tables.insert(Arc::clone(next))),
            _ => {}
        }
    }
    (tables, dropped)
}

type Objects<T> = BTreeMap<Name, Arc<T>>;

fn changed<T: PartialEq>(previous: &Objects<T>, next: &Objects<T>) -> Objects<T> {
    let differs = |name: &Name, object: &Arc<T>| match previous.get(name) {
        // Neighbouring versions share what does not differ.
        Some(before) => !Arc::ptr_eq(before, object) && before != object,
        None => true,
    };
    let changed = next.iter().filter(|(name, object)| differs(name, object));
    changed.map(|(name, object)| (name.clone(), Arc::clone(object))).collect()
}

fn dropped<T>(previous: &Objects<T>, next: &Objects<T>) -> BTreeSet<Name> {
    previous.keys().filter(|name| !next.contains_key(*name)).cloned().collect()
}

fn fold<T>(objects: &mut Objects<T>, changed: &Objects<T>, dropped: &BTreeSet<Name>) {
    objects.retain(|name, _| !dropped.contains(name));
    objects.extend(changed.iter().map(|(name, object)| (name.clone(), Arc::clone(object))));
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
