//! The tables that a migration changes, and their neighbours.

use std::collections::{BTreeMap, BTreeSet};

use whimbrel_schema::{Column, Name, Pair, Renames, Schema, Table};

/// Tables and what they reference.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Diagram {
    pub(crate) tables: Vec<Entity>,
    pub(crate) edges: Vec<Edge>,
}

/// One table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entity {
    pub(crate) name: String,
    pub(crate) fate: Fate,
    pub(crate) columns: Vec<Field>,
}

/// One column. Of a neighbour only its keys are shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) is_key: bool,
    pub(crate) fate: Fate,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    New,
    Changed,
    Dropped,
    Same,
}

/// A foreign key.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) child: String,
    pub(crate) parent: String,
    pub(crate) columns: String,
    /// Whether every row of the child has a parent.
    pub(crate) is_required: bool,
}

impl Fate {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Dropped => "dropped",
            Self::Same => "",
        }
    }
}

impl Diagram {
    pub(crate) fn new(schemas: Pair<&Schema>, renames: &Renames) -> Self {
        let Pair { previous, next } = schemas;
        let origin = |name: &Name| renames.tables.get(name).unwrap_or(name).clone();
        let renamed: BTreeSet<&Name> = renames.tables.values().collect();
        let mut fates: BTreeMap<Name, Fate> = BTreeMap::new();
        for table in next.tables.values() {
            match previous.table(origin(&table.name).as_str()) {
                None => drop(fates.insert(table.name.clone(), Fate::New)),
                Some(before) if before != &**table => drop(fates.insert(table.name.clone(), Fate::Changed)),
                Some(_) => {}
            }
        }
        let gone =
            previous.tables.keys().filter(|name| !next.tables.contains_key(*name) && !renamed.contains(name));
        fates.extend(gone.map(|name| (name.clone(), Fate::Dropped)));
        for name in neighbours(&fates, schemas) {
            fates.entry(name).or_insert(Fate::Same);
        }
        let definition = |name: &Name| next.table(name.as_str()).or_else(|| previous.table(name.as_str()));
        let tables = fates.iter().filter_map(|(name, fate)| {
            let before = previous.table(origin(name).as_str());
            Some(entity(definition(name)?, *fate, before, renames))
        });
        let mut edges: Vec<Edge> =
            fates.keys().filter_map(definition).flat_map(|table| edges(table, &fates)).collect();
        edges.sort();
        edges.dedup();
        Self { tables: tables.collect(), edges }
    }
}

/// The tables that reference those that change, or that they reference.
fn neighbours(fates: &BTreeMap<Name, Fate>, schemas: Pair<&Schema>) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    for schema in [schemas.previous, schemas.next] {
        for table in schema.tables.values() {
            for key in table.foreign_keys.values() {
                if fates.contains_key(&table.name) {
                    found.insert(key.references_table.clone());
                }
                // A table that is only referenced from afar is not drawn with all who do so.
                if matches!(fates.get(&key.references_table), Some(Fate::New | Fate::Dropped)) {
                    found.insert(table.name.clone());
                }
            }
        }
    }
    found
}

fn entity(table: &Table, fate: Fate, before: Option<&Table>, renames: &Renames) -> Entity {
    let is_key = |name: &Name| table.key_columns().contains(name);
    let references = |name: &Name| table.foreign_keys.values().any(|key| key.columns.contains(name));
    let origin =
        |name: &Name| renames.columns.get(&(table.name.clone(), name.clone())).unwrap_or(name).clone();
    let field = |column: &Column, fate: Fate| Field {
        name: column.name.to_string(),
        kind: format!("{}{}", column.column_type, if column.nullable { "?" } else { "" }),
        is_key: is_key(&column.name),
        fate,
    };
    let shown = table
        .columns
        .values()
        .filter(|column| fate != Fate::Same || is_key(&column.name) || references(&column.name));
    let mut columns: Vec<Field> = shown
        .map(|column| {
            let before = before.and_then(|table| table.column(origin(&column.name).as_str()));
            let part = match (fate, before) {
                (Fate::Changed, None) => Fate::New,
                (Fate::Changed, Some(before)) if before != column => Fate::Changed,
                _ => Fate::Same,
            };
            field(column, part)
        })
        .collect();
    if fate == Fate::Changed {
        let kept: BTreeSet<Name> = table.columns.keys().map(origin).collect();
        let gone = before.into_iter().flat_map(|table| table.columns.values());
        let gone = gone.filter(|column| !kept.contains(&column.name));
        columns.extend(gone.map(|column| field(column, Fate::Dropped)));
    }
    Entity { name: table.name.to_string(), fate, columns }
}

fn edges(table: &Table, shown: &BTreeMap<Name, Fate>) -> Vec<Edge> {
    let keys = table.foreign_keys.values().filter(|key| shown.contains_key(&key.references_table));
    let is_null = |name: &Name| table.column(name.as_str()).is_some_and(|column| column.nullable);
    keys.map(|key| Edge {
        child: table.name.to_string(),
        parent: key.references_table.to_string(),
        columns: key.columns.iter().map(Name::as_str).collect::<Vec<_>>().join(", "),
        is_required: !key.columns.iter().any(is_null),
    })
    .collect()
}

/// The diagram in the words of Mermaid.
pub(super) fn mermaid(diagram: &Diagram) -> String {
    let mut lines = vec!["erDiagram".to_owned()];
    for entity in &diagram.tables {
        let fate = match entity.fate {
            Fate::Same => String::new(),
            fate => format!("[\"{} ({})\"]", entity.name.replace('"', "'"), fate.word()),
        };
        lines.push(format!("    {}{fate} {{", entity_name(&entity.name)));
        for Field { name, kind, is_key, fate } in &entity.columns {
            let key = if *is_key { " PK" } else { "" };
            let fate = if *fate == Fate::Same { String::new() } else { format!(" \"{}\"", fate.word()) };
            lines.push(format!("        {} {}{key}{fate}", word(kind), word(name)));
        }
        lines.push("    }".to_owned());
    }
    for Edge { child, parent, columns, is_required } in &diagram.edges {
        let one = if *is_required { "||" } else { "|o" };
        let columns = columns.replace('"', "'");
        lines.push(format!("    {} {one}--o{{ {} : \"{columns}\"", entity_name(parent), entity_name(child)));
    }
    lines.join("\n")
}

/// A name as Mermaid takes one without quotation marks: letters, digits and underscores.
fn entity_name(name: &str) -> String {
    word(name).replace(['(', ')'], "_")
}

/// A word of a column: what Mermaid has another use for becomes an underscore.
fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_()".contains(letter);
    let text = text.replace('?', "_null");
    let word: String = text.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    if word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        word
    } else {
        format!("_{word}")
    }
}
