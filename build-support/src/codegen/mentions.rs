//! Which tokens the migrations name.
//!
//! With every table of every version in full, the time to compile grows with the number of migrations
//! times the number of tables. An old migration does not change any more, so of an old version only
//! what migrations name is needed; what it costs then grows with the number of changes.

use std::collections::{BTreeMap, BTreeSet};

use whimbrel_schema::{Object, names};

use crate::chain::Chain;
use crate::code::module_name;

/// So many of the newest versions are whole, for completion in editors while a migration is written.
const WHOLE: usize = 5;

/// What is needed of the tokens of every version.
pub(super) struct Mentions<'a> {
    chain: &'a Chain,
    /// For each object, the positions of the versions that have changed it, with what Rust calls it from
    /// there on.
    changes: BTreeMap<Object, Vec<(usize, String)>>,
    /// For each version, what is needed of the objects in it.
    needed: Vec<BTreeMap<Object, Token<'a>>>,
}

/// The token of an object in one version.
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
        let mut changes: BTreeMap<Object, Vec<(usize, String)>> = BTreeMap::new();
        for (position, link) in chain.links.iter().enumerate() {
            for (object, type_name) in names::types(&link.snapshot.changed) {
                changes.entry(object).or_default().push((position, type_name));
            }
        }
        let needed = chain.links.iter().map(|_| BTreeMap::new()).collect();
        let mut mentions = Self { chain, changes, needed };
        mentions.named();
        mentions.newest();
        mentions
    }

    /// The objects of which a version needs tokens, with what Rust calls them there.
    pub(super) fn at(&self, position: usize) -> impl Iterator<Item = (&Object, &str, &Token<'a>)> {
        let needed = self.needed.get(position).into_iter().flatten();
        needed.filter_map(move |(object, token)| {
            let (_, type_name) = self.change(object, position)?;
            Some((object, type_name.as_str(), token))
        })
    }

    /// The last change of an object up to a version.
    fn change(&self, object: &Object, position: usize) -> Option<&(usize, String)> {
        let changes = self.changes.get(object)?;
        changes.get(changes.partition_point(|(change, _)| *change <= position).checked_sub(1)?)
    }

    /// Every object of every version that a migration names.
    fn named(&mut self) {
        let mut types: BTreeMap<&str, BTreeSet<&Object>> = BTreeMap::new();
        for (object, changes) in &self.changes {
            for (_, type_name) in changes {
                types.entry(type_name).or_default().insert(object);
            }
        }
        let positions: BTreeMap<String, usize> = self
            .chain
            .links
            .iter()
            .enumerate()
            .map(|(position, link)| (module_name(link.number), position))
            .collect();
        let mut named = Vec::new();
        for link in &self.chain.links {
            // Only a word that begins so can be a version, and few do.
            let versions = link.words.range("v".to_owned().."w".to_owned());
            let versions: Vec<usize> = versions.filter_map(|word| positions.get(word).copied()).collect();
            let objects = link.words.iter().filter_map(|word| types.get(word.as_str())).flatten();
            for object in objects {
                named.extend(versions.iter().map(|position| (*position, (*object).clone(), &link.words)));
            }
        }
        for (position, object, words) in named {
            if let Some(needed) = self.need(position, &object) {
                needed.words.push(words);
            }
        }
    }

    /// Every object of the newest versions.
    fn newest(&mut self) {
        let count = self.chain.links.len();
        for position in count.saturating_sub(WHOLE)..count {
            let schema = self.chain.links.get(position).map(|link| &link.schema);
            let objects: Vec<Object> = schema.into_iter().flat_map(names::objects).collect();
            for object in &objects {
                if let Some(needed) = self.need(position, object) {
                    needed.whole = true;
                }
            }
        }
    }

    /// Notes that a version needs an object, if it has it: a token there, and what is needed of it where
    /// it is defined.
    fn need(&mut self, position: usize, object: &Object) -> Option<&mut Needed<'a>> {
        let schema = &self.chain.links.get(position)?.schema;
        names::is_in(schema, object).then_some(())?;
        let defined = self.change(object, position)?.0;
        if defined != position {
            self.needed.get_mut(position)?.insert(object.clone(), Token::Reexport(defined));
        }
        let token = self.needed.get_mut(defined)?.entry(object.clone());
        match token.or_insert_with(|| Token::Definition(Needed::default())) {
            Token::Definition(needed) => Some(needed),
            Token::Reexport(_) => None,
        }
    }
}

impl Needed<'_> {
    pub(super) fn constant(&self, name: &str) -> bool {
        self.whole || self.words.iter().any(|words| words.contains(name))
    }
}
