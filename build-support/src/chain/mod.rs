//! The chain of migrations: each with its snapshot, its code, its hash and the schema it leads to.

mod hash;
mod order;
mod seal;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use whimbrel_schema::{
    Code, ColumnType, Diagnostic, Hazard, Name, Object, Origins, Pair, Schema, Snapshot, Sources,
};

use crate::check;
use crate::code::{self, MigrationCode, ReadCode, Versions};
use crate::inputs::{Inputs, MigrationFiles};
use crate::reversal::migration_hazards;
pub(crate) use hash::hash as content_hash;
pub(crate) use order::Header;
use order::Parsed;
pub(crate) use seal::reseal;

/// The migrations from first to last, as far as they hold together.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    pub(crate) links: Vec<Link>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether every directory under `migrations` has its place in the chain, so that its end is
    /// known to be the schema that the migrations lead to.
    pub(crate) complete: bool,
}

/// One migration in its place.
#[derive(Debug)]
pub(crate) struct Link {
    /// The number at the head of its name, which is also its version.
    pub(crate) number: u32,
    pub(crate) files: MigrationFiles,
    pub(crate) snapshot: Snapshot,
    pub(crate) origins: Origins,
    pub(crate) header: Header,
    /// The schema after it.
    pub(crate) schema: Schema,
    /// The identifiers in its code: among them, the tokens that it names.
    pub(crate) words: BTreeSet<String>,
    /// Its code, if it could be read whole.
    pub(crate) code: Option<MigrationCode>,
    /// Its hash, if its code could be read.
    pub(crate) hash: Option<String>,
    /// Its hazards: `previous` of its upgrade, `next` of its downgrade.
    pub(crate) hazards: Pair<Vec<Hazard>>,
    /// Whether its steps lead where they must: of others it would be idle to judge the dangers.
    pub(crate) is_proven: bool,
}

impl Link {
    pub(crate) fn revision(&self) -> &str {
        &self.snapshot.revision
    }
}

impl Chain {
    /// The schema that the migrations lead to.
    pub(crate) fn head_schema(&self) -> Schema {
        self.links.last().map_or_else(Schema::default, |link| link.schema.clone())
    }

    /// Reads, orders and checks the migrations of a package.
    pub(crate) fn read(inputs: &mut Inputs) -> Self {
        let mut diagnostics = Vec::new();
        let parsed = order::parse(inputs, &mut diagnostics);
        let total = inputs.migrations.len();
        let ordered = order::order(parsed, &inputs.migrations, &mut diagnostics);
        let complete = ordered.len() == total && diagnostics.is_empty();
        let mut chain = Self { links: Vec::new(), diagnostics, complete };
        let mut versions = Versions::default();
        for parsed in ordered {
            let (link, diagnostics) = link(chain.links.last(), parsed, &inputs.sources, &mut versions);
            chain.diagnostics.extend(diagnostics);
            chain.links.push(link);
        }
        chain
    }
}

/// Puts a migration behind its parent: folds its snapshot, reads its code, and checks both.
fn link(
    parent: Option<&Link>,
    parsed: Parsed,
    sources: &Sources,
    versions: &mut Versions,
) -> (Link, Vec<Diagnostic>) {
    let Parsed { number, files, snapshot, origins, header } = parsed;
    let previous = parent.map_or_else(Schema::default, |parent| parent.schema.clone());
    let mut diagnostics = missing_objects(&snapshot, &previous, &header);
    let schema = snapshot.apply(&previous);
    diagnostics.extend(missing_enums(&snapshot, &schema, &origins, &header));
    versions.insert(number, schema.clone(), &snapshot.changed);
    let read = files.code.map(|id| code::read(sources, id, versions)).unwrap_or_default();
    let ReadCode { words, code, diagnostics: found } = read;
    diagnostics.extend(found);
    // On what it recorded of its parent, so that an edit is one error, at what was edited, and not
    // one more for every migration that follows.
    let hash = code.as_ref().map(|code| hash::known_by(snapshot.parent_hash.as_deref(), &snapshot, code));
    let hazards = code.as_ref().map(|code| migration_hazards(code, Pair::new(&previous, &schema)));
    let hazards = hazards.unwrap_or(Pair::new(Vec::new(), Vec::new()));
    let is_proven = false;
    let mut link =
        Link { number, files, snapshot, origins, header, schema, words, code, hash, hazards, is_proven };
    diagnostics.extend(parent.and_then(|parent| seal::check(parent, &link)));
    diagnostics.extend(seal::check_own(&link));
    if let Some(code) = &link.code {
        let wrong = check::check(&previous, &link, code, versions);
        link.is_proven = wrong.is_empty();
        diagnostics.extend(wrong);
    }
    (link, diagnostics)
}

/// The migration in these files as the next one of a chain, if nothing is wrong with it.
pub(crate) fn prove(
    chain: &Chain,
    files: MigrationFiles,
    sources: &Sources,
) -> Result<Link, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut versions = Versions::default();
    for link in &chain.links {
        versions.insert(link.number, link.schema.clone(), &link.snapshot.changed);
    }
    match order::parse_one(files, sources, &mut diagnostics) {
        Some(parsed) => {
            let (link, found) = link(chain.links.last(), parsed, sources, &mut versions);
            diagnostics.extend(found);
            if diagnostics.is_empty() { Ok(link) } else { Err(diagnostics) }
        }
        None => Err(diagnostics),
    }
}

/// A snapshot cannot drop what was not there.
fn missing_objects(snapshot: &Snapshot, previous: &Schema, header: &Header) -> Vec<Diagnostic> {
    let Schema { tables, enums, views, triggers } = previous;
    let there = |kind: &str, name: &Name| match kind {
        "table" => tables.contains_key(name),
        "enum" => enums.contains_key(name),
        "view" => views.contains_key(name),
        _ => triggers.contains_key(name),
    };
    let kinds = snapshot.dropped.kinds().into_iter();
    let dropped = kinds.flat_map(|(kind, names)| names.iter().map(move |name| (kind, name)));
    dropped
        .filter(|(kind, name)| !there(kind, name))
        .map(|(kind, name)| {
            let revision = &snapshot.revision;
            let message = format!("`{revision}` drops {kind} `{name}`, which no migration before it has");
            Diagnostic::new(Code::BAD_SNAPSHOT, message)
                .label(header.revision, "in this snapshot")
                .help("restore the snapshot from version control")
        })
        .collect()
}

/// A column is of an enum that a migration up to here has created.
fn missing_enums(
    snapshot: &Snapshot,
    schema: &Schema,
    origins: &Origins,
    header: &Header,
) -> Vec<Diagnostic> {
    let tables = snapshot.changed.tables.values();
    let columns = tables.flat_map(|table| table.columns.values().map(|column| (&table.name, column)));
    columns
        .filter_map(|(table, column)| match &column.column_type {
            ColumnType::Enum(name) if !schema.enums.contains_key(name) => Some((table, column, name)),
            _ => None,
        })
        .map(|(table, column, name)| {
            let place = origins.get(&Object::Column(table.clone(), column.name.clone()));
            let message = format!("column `{table}.{}`: there is no type or enum `{name}`", column.name);
            Diagnostic::new(Code::BAD_SNAPSHOT, message)
                .label(place.unwrap_or(header.revision), "in this snapshot")
                .help("restore the snapshot from version control")
        })
        .collect()
}
