//! Which tokens the migrations name.
//!
//! With every table of every version in full, the time to compile grows with the number of migrations
//! times the number of tables. An old migration does not change any more, so of an old version only
//! what migrations name is needed; what it costs then grows with the number of changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use whimbrel_schema::{Name, Table, Tables, names};

use crate::chain::Chain;
use crate::code::module_name;

/// So many of the newest versions are whole, for completion in editors while a migration is written.
const WHOLE: usize = 5;

/// What is needed of the tokens of every version.
pub(super) struct Mentions<'a> {
    chain: &'a Chain,
    /// What Rust calls each table, and the positions of the versions that have changed it.
    tables: BTreeMap<&'a Name, (String, Vec<usize>)>,
    /// For each version, what is needed of the tables in it, by their names.
    needed: Vec<BTreeMap<&'a Name, Token<'a>>>,
}

/// The token of a table in one version.
pub(super) enum Token<'a> {
    /// It is defined there.
    Definition(Needed<'a>),
    /// It is the one that is defined at an earlier position.
    Reexport(usize),
}

/// Which constants of a table's token are needed.
#[derive(Default)]
pub(super) struct Needed<'a> {
    /// All of them.
    whole: bool,
    /// Those whose names occur in one of these migrations.
    words: Vec<&'a BTreeSet<String>>,
}

impl<'a> Mentions<'a> {
    pub(super) fn new(chain: &'a Chain) -> Self {
        let mut tables: BTreeMap<&'a Name, (String, Vec<usize>)> = BTreeMap::new();
        for (position, link) in chain.links.iter().enumerate() {
            for name in link.snapshot.tables.keys() {
                let entry = tables.entry(name).or_insert_with(|| (names::type_name(name), Vec::new()));
                entry.1.push(position);
            }
        }
        let needed = chain.links.iter().map(|_| BTreeMap::new()).collect();
        let mut mentions = Self { chain, tables, needed };
        mentions.named();
        mentions.newest();
        mentions
    }

    /// The tables of which a version needs tokens, by their names.
    pub(super) fn at(&self, position: usize) -> impl Iterator<Item = (&'a Table, &Token<'a>)> {
        let tables = self.tables_at(position);
        let needed = self.needed.get(position).into_iter().flatten();
        needed.filter_map(move |(name, token)| Some((tables?.get(name)?.as_ref(), token)))
    }

    /// What Rust calls a table of the chain.
    pub(super) fn type_name(&self, table: &Name) -> &str {
        self.tables.get(table).map_or("", |(type_name, _)| type_name)
    }

    /// Every table of every version that a migration names.
    fn named(&mut self) {
        let mut types: BTreeMap<String, Vec<&'a Name>> = BTreeMap::new();
        for (name, (type_name, _)) in &self.tables {
            types.entry(type_name.clone()).or_default().push(name);
        }
        let positions: BTreeMap<String, usize> = self
            .chain
            .links
            .iter()
            .enumerate()
            .map(|(position, link)| (module_name(link.number), position))
            .collect();
        for link in &self.chain.links {
            // Only a word that begins so can be a version, and few do.
            let versions = link.words.range("v".to_owned().."w".to_owned());
            let versions: Vec<usize> = versions.filter_map(|word| positions.get(word).copied()).collect();
            let tables = link.words.iter().filter_map(|word| types.get(word)).flatten();
            for name in tables.copied() {
                for position in &versions {
                    if let Some(needed) = self.need(*position, name) {
                        needed.words.push(&link.words);
                    }
                }
            }
        }
    }

    /// Every table of the newest versions.
    fn newest(&mut self) {
        let count = self.chain.links.len();
        for position in count.saturating_sub(WHOLE)..count {
            let names: Vec<&'a Name> = self.tables_at(position).into_iter().flat_map(Tables::keys).collect();
            for name in names {
                if let Some(needed) = self.need(position, name) {
                    needed.whole = true;
                }
            }
        }
    }

    /// Notes that a version needs a table, if it has it: a token there, and what is needed of it where
    /// it is defined.
    fn need(&mut self, position: usize, name: &'a Name) -> Option<&mut Needed<'a>> {
        let table: &Arc<Table> = self.tables_at(position)?.get(name)?;
        let (_, changes) = self.tables.get(name)?;
        let defined = *changes.get(changes.partition_point(|change| *change <= position).checked_sub(1)?)?;
        if defined != position {
            self.needed.get_mut(position)?.insert(&table.name, Token::Reexport(defined));
        }
        let token = self.needed.get_mut(defined)?.entry(name);
        match token.or_insert_with(|| Token::Definition(Needed::default())) {
            Token::Definition(needed) => Some(needed),
            Token::Reexport(_) => None,
        }
    }

    fn tables_at(&self, position: usize) -> Option<&'a Tables> {
        self.chain.links.get(position).map(|link| &link.schema.tables)
    }
}

impl Needed<'_> {
    pub(super) fn constant(&self, name: &str) -> bool {
        self.whole || self.words.iter().any(|words| words.contains(name))
    }
}
