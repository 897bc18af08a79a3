//! Which tokens the migrations name.
//!
//! With every table of every version in full, the time to compile grows with the number of migrations
//! times the number of tables. An old migration does not change any more, so of an old version only
//! what migrations name is needed; what it costs then grows with the number of changes.

use std::collections::{BTreeMap, BTreeSet};

use whimbrel_schema::{Name, names};

use crate::chain::Chain;
use crate::code::module_name;

/// So many of the newest versions are whole, for completion in editors while a migration is written.
const WHOLE: usize = 5;

/// What is needed of the tokens of every version.
pub(super) struct Mentions<'a> {
    /// For each version, the words of the migrations that name it.
    naming: Vec<Vec<&'a BTreeSet<String>>>,
}

/// Which constants of a table's token are needed.
pub(super) enum Needed<'a> {
    /// All of them.
    Whole,
    /// Those whose names occur in one of these migrations.
    Named(Vec<&'a BTreeSet<String>>),
}

impl<'a> Mentions<'a> {
    pub(super) fn new(chain: &'a Chain) -> Self {
        let positions: BTreeMap<String, usize> = chain
            .links
            .iter()
            .enumerate()
            .map(|(position, link)| (module_name(link.number), position))
            .collect();
        let mut naming = vec![Vec::new(); chain.links.len()];
        for link in &chain.links {
            // Only a word that begins so can be a version, and few do.
            let words = link.words.range("v".to_owned().."w".to_owned());
            for position in words.filter_map(|word| positions.get(word)) {
                naming[*position].push(&link.words);
            }
        }
        Self { naming }
    }

    /// Whether a version needs a token for a table.
    pub(super) fn needs_table(&self, position: usize, table: &Name) -> bool {
        self.is_whole(position) || self.naming(position, &names::type_name(table)).next().is_some()
    }

    /// What is needed of a token that is defined at one position and re-exported up to another, which
    /// is not included. `None` if no version needs it.
    pub(super) fn needed(&self, defined: usize, end: usize, table: &Name) -> Option<Needed<'a>> {
        if (defined..end).any(|position| self.is_whole(position)) {
            return Some(Needed::Whole);
        }
        let type_name = names::type_name(table);
        let named: Vec<&BTreeSet<String>> =
            (defined..end).flat_map(|position| self.naming(position, &type_name)).collect();
        (!named.is_empty()).then_some(Needed::Named(named))
    }

    fn is_whole(&self, position: usize) -> bool {
        position + WHOLE >= self.naming.len()
    }

    /// The words of the migrations that name a table of a version.
    fn naming<'s>(
        &'s self,
        position: usize,
        type_name: &'s str,
    ) -> impl Iterator<Item = &'a BTreeSet<String>> + 's {
        let naming = self.naming.get(position).into_iter().flatten().copied();
        naming.filter(move |words| words.contains(type_name))
    }
}

impl Needed<'_> {
    pub(super) fn constant(&self, name: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Named(words) => words.iter().any(|words| words.contains(name)),
        }
    }
}
