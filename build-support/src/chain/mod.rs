//! The chain of migrations: each with its snapshot, its code, its hash and the schema it leads to.

mod hash;
mod order;
mod seal;

use std::collections::BTreeMap;

use whimbrel_schema::{Code, Diagnostic, Origins, Schema, Snapshot, Sources};

use crate::check;
use crate::code::{self, MigrationCode, Versions};
use crate::inputs::{Inputs, MigrationFiles};
pub(crate) use order::{Header, Parsed};

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
    /// Its code, if it could be read whole.
    pub(crate) code: Option<MigrationCode>,
    /// Its hash, if its code and those of all before it could be read.
    pub(crate) hash: Option<String>,
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
        let ordered = order::order(parsed, &mut diagnostics);
        let complete = ordered.len() == total && diagnostics.is_empty();
        let mut chain = Self { links: Vec::new(), diagnostics, complete };
        let mut versions: BTreeMap<u32, Schema> = BTreeMap::new();
        for parsed in ordered {
            chain.push(parsed, &inputs.sources, &mut versions);
        }
        chain
    }

    fn push(&mut self, parsed: Parsed, sources: &Sources, versions: &mut BTreeMap<u32, Schema>) {
        let Parsed { number, files, snapshot, origins, header } = parsed;
        let previous = self.head_schema();
        self.diagnostics.extend(missing_tables(&snapshot, &previous, &header));
        let schema = snapshot.apply(&previous);
        versions.insert(number, schema.clone());
        let versions = Versions { schemas: versions };
        let read = files.code.map(|id| code::read(sources, id, &versions));
        let code = read.and_then(|read| {
            self.diagnostics.extend(read.diagnostics);
            read.code
        });
        let parent_hash = match self.links.last() {
            None => Some(None),
            Some(parent) => parent.hash.clone().map(Some),
        };
        let hash = match (&code, parent_hash) {
            (Some(code), Some(parent)) => Some(hash::hash(parent.as_deref(), &snapshot, code)),
            _ => None,
        };
        let link = Link { number, files, snapshot, origins, header, schema, code, hash };
        if let Some(parent) = self.links.last() {
            self.diagnostics.extend(seal::check(parent, &link));
        }
        if let Some(code) = &link.code {
            self.diagnostics.extend(check::check(&previous, &link, code, &versions));
        }
        self.links.push(link);
    }
}

/// A snapshot cannot drop what was not there.
fn missing_tables(snapshot: &Snapshot, previous: &Schema, header: &Header) -> Vec<Diagnostic> {
    let unknown = snapshot.dropped_tables.iter().filter(|table| !previous.tables.contains_key(*table));
    let place = header.revision;
    unknown
        .map(|table| {
            Diagnostic::new(
                Code::BAD_SNAPSHOT,
                format!("`{}` drops table `{table}`, which no migration before it has", snapshot.revision),
            )
            .label(place, "in this snapshot")
            .help("restore the snapshot from version control")
        })
        .collect()
}
