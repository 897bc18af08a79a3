use std::fmt;
use std::sync::Arc;

use super::Table;
use crate::{Name, Pair};

/// Tables by name, which share what they have in common with what they were copied from.
///
/// Hundreds of versions of a schema with a thousand tables are held and compared at once, and each
/// differs from the one before in a table or two. So tables stand in short runs, in the order of
/// their names, and the runs are shared: a copy copies a few pointers, a change copies one run, and
/// [`differing`](Self::differing) skips every run that both sides share.
///
/// ```
/// use std::sync::Arc;
///
/// use whimbrel_schema::{Name, Table, Tables};
///
/// let mut tables = Tables::default();
/// tables.insert(Arc::new(Table::new(Name::new("users"))));
/// tables.insert(Arc::new(Table::new(Name::new("emails"))));
/// let names: Vec<&str> = tables.keys().map(Name::as_str).collect();
/// assert_eq!(names, ["emails", "users"]);
/// ```
#[derive(Clone, Default)]
pub struct Tables {
    /// None of them is empty.
    runs: Vec<Arc<Vec<Arc<Table>>>>,
}

/// A longer run is split. A copy costs as many pointers as there are runs, a change as many as there
/// are in a run, so at a thousand tables both are about the same.
const LONGEST_RUN: usize = 32;

impl Tables {
    /// The table with this name.
    pub fn get(&self, name: impl AsRef<str>) -> Option<&Arc<Table>> {
        let (run, place) = self.find(name.as_ref()).ok()?;
        self.runs.get(run)?.get(place)
    }

    /// The table with this name, to be changed; it is copied first where it is shared. It must keep
    /// its name.
    pub(crate) fn get_mut(&mut self, name: impl AsRef<str>) -> Option<&mut Table> {
        let (run, place) = self.find(name.as_ref()).ok()?;
        Arc::make_mut(self.runs.get_mut(run)?).get_mut(place).map(Arc::make_mut)
    }

    /// Whether there is a table with this name.
    pub fn contains_key(&self, name: impl AsRef<str>) -> bool {
        self.find(name.as_ref()).is_ok()
    }

    /// How many tables there are.
    pub fn len(&self) -> usize {
        self.runs.iter().map(|run| run.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Names and tables, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Arc<Table>)> {
        self.values().map(|table| (&table.name, table))
    }

    /// The names, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &Name> {
        self.values().map(|table| &table.name)
    }

    /// The tables, in the order of their names.
    pub fn values(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.runs.iter().flat_map(|run| run.iter())
    }

    /// Puts a table in place under its own name, and gives back the one that stood there.
    pub fn insert(&mut self, table: Arc<Table>) -> Option<Arc<Table>> {
        match self.find(table.name.as_str()) {
            Ok((run, place)) => {
                let run = Arc::make_mut(self.runs.get_mut(run)?);
                run.get_mut(place).map(|previous| std::mem::replace(previous, table))
            }
            Err((run, place)) => {
                match self.runs.get_mut(run) {
                    Some(shared) => {
                        let tables = Arc::make_mut(shared);
                        tables.insert(place, table);
                        if tables.len() > LONGEST_RUN {
                            let rest = tables.split_off(LONGEST_RUN / 2);
                            self.runs.insert(run + 1, Arc::new(rest));
                        }
                    }
                    None => self.runs.push(Arc::new(vec![table])),
                }
                None
            }
        }
    }

    /// Takes a table out.
    pub fn remove(&mut self, name: impl AsRef<str>) -> Option<Arc<Table>> {
        let (run, place) = self.find(name.as_ref()).ok()?;
        let tables = Arc::make_mut(self.runs.get_mut(run)?);
        let removed = tables.remove(place);
        if tables.is_empty() {
            self.runs.remove(run);
        }
        Some(removed)
    }

    /// What stands under each name that has not the very same table on both sides, in the order of
    /// the names. Tables that were made apart are here even if they are equal.
    pub fn differing(pair: Pair<&Self>) -> impl Iterator<Item = Pair<Option<&Arc<Table>>>> {
        let mut cursors = pair.map(|tables| Cursor { tables, run: 0, place: 0 });
        std::iter::from_fn(move || {
            loop {
                if cursors.as_ref().both(Cursor::run_ahead).is_some_and(same) {
                    cursors.previous.run += 1;
                    cursors.next.run += 1;
                    continue;
                }
                let found = match (cursors.previous.table(), cursors.next.table()) {
                    (None, None) => return None,
                    (Some(previous), Some(next)) if previous.name < next.name => {
                        Pair::new(Some(previous), None)
                    }
                    (Some(previous), Some(next)) if previous.name > next.name => Pair::new(None, Some(next)),
                    (previous, next) => Pair::new(previous, next),
                };
                found.previous.iter().for_each(|_| cursors.previous.advance());
                found.next.iter().for_each(|_| cursors.next.advance());
                if !found.both(|table| table).is_some_and(same) {
                    return Some(found);
                }
            }
        })
    }

    /// The run and the place in it of a name; where it is not there, of where it belongs, which is
    /// behind the last run only if there is none.
    fn find(&self, name: &str) -> Result<(usize, usize), (usize, usize)> {
        let starts_later =
            |run: &Arc<Vec<Arc<Table>>>| run.first().is_some_and(|first| first.name.as_str() > name);
        let run = self.runs.partition_point(|run| !starts_later(run)).saturating_sub(1);
        let Some(tables) = self.runs.get(run) else { return Err((run, 0)) };
        let found = tables.binary_search_by(|table| table.name.as_str().cmp(name));
        found.map(|place| (run, place)).map_err(|place| (run, place))
    }
}

/// A place in tables that are walked through.
struct Cursor<'a> {
    tables: &'a Tables,
    run: usize,
    place: usize,
}

impl<'a> Cursor<'a> {
    /// The run that begins here, if one does.
    fn run_ahead(&self) -> Option<&'a Arc<Vec<Arc<Table>>>> {
        self.tables.runs.get(self.run).filter(|_| self.place == 0)
    }

    fn table(&self) -> Option<&'a Arc<Table>> {
        self.tables.runs.get(self.run)?.get(self.place)
    }

    fn advance(&mut self) {
        self.place += 1;
        if self.tables.runs.get(self.run).is_some_and(|run| run.len() == self.place) {
            (self.run, self.place) = (self.run + 1, 0);
        }
    }
}

fn same<T>(pair: Pair<&Arc<T>>) -> bool {
    Arc::ptr_eq(pair.previous, pair.next)
}

impl PartialEq for Tables {
    fn eq(&self, other: &Self) -> bool {
        Self::differing(Pair::new(self, other)).all(|tables| tables.previous == tables.next)
    }
}

impl Eq for Tables {}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl FromIterator<Arc<Table>> for Tables {
    fn from_iter<I: IntoIterator<Item = Arc<Table>>>(tables: I) -> Self {
        tables.into_iter().fold(Self::default(), |mut all, table| {
            all.insert(table);
            all
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn table(name: u32, mark: u32) -> Arc<Table> {
        let mut table = Table::new(Name::new(format!("t{name:03}")));
        table.primary_key = Some(crate::PrimaryKey { columns: vec![Name::new(mark.to_string())] });
        Arc::new(table)
    }

    /// Thousands of insertions and removals, each compared with a map of the standard library, and with
    /// the tables as they were some time before.
    #[test]
    fn is_what_a_map_is() {
        let (mut tables, mut map) = (Tables::default(), BTreeMap::new());
        let (mut before, mut map_before) = (tables.clone(), map.clone());
        let mut seed = 1_u32;
        for round in 0..4_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (name, grows) =
                ((seed >> 8) % 300, (seed >> 24) % 8 < if round / 1_000 % 2 == 0 { 6 } else { 2 });
            if grows {
                let table = table(name, round);
                let previous = map.insert(table.name.clone(), Arc::clone(&table));
                assert_eq!(tables.insert(table), previous);
            } else {
                let name = Name::new(format!("t{name:03}"));
                assert_eq!(tables.remove(&name), map.remove(&name));
            }
            let known: Vec<_> = tables.iter().collect();
            assert_eq!(known, map.iter().collect::<Vec<_>>());
            assert_eq!((tables.len(), tables.is_empty()), (map.len(), map.is_empty()));
            assert!(tables.runs.iter().all(|run| !run.is_empty() && run.len() <= LONGEST_RUN));
            if round % 7 == 0 {
                let mut names: Vec<&Name> = map_before.keys().chain(map.keys()).collect();
                names.sort();
                names.dedup();
                let expected = names.into_iter().map(|name| Pair::new(map_before.get(name), map.get(name)));
                let expected: Vec<_> = expected.filter(Pair::differs).collect();
                let found: Vec<_> = Tables::differing(Pair::new(&before, &tables)).collect();
                assert_eq!(found, expected);
                assert_eq!(before == tables, expected.is_empty());
                (before, map_before) = (tables.clone(), map.clone());
            }
        }
        assert!(map.keys().all(|name| tables.contains_key(name) && tables.get(name) == map.get(name)));
        assert!(!tables.contains_key("") && !tables.contains_key("t1") && !tables.contains_key("u"));
    }

    /// What was equal and made apart is not shared, and is equal.
    #[test]
    fn equality_looks_into_tables() {
        let make = |mark| (0..100).map(|name| table(name, mark)).collect::<Tables>();
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
        assert_eq!(Tables::differing(Pair::new(&make(1), &make(1))).count(), 100);
    }

    /// A change of a copy leaves what was copied as it was.
    #[test]
    fn copies_are_independent() {
        let tables: Tables = (0..100).map(|name| table(name, 0)).collect();
        let mut copy = tables.clone();
        copy.get_mut("t050").unwrap().primary_key = None;
        let differing: Vec<_> = Tables::differing(Pair::new(&tables, &copy)).collect();
        assert_eq!(differing.len(), 1);
        assert_eq!(tables.get("t050"), Some(&table(50, 0)));
        assert!(copy.get_mut("t100").is_none());
    }
}
