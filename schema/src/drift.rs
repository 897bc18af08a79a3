//! What a database has otherwise than its history says.

use std::collections::BTreeSet;
use std::fmt;

use crate::diff::take;
use crate::plan::{Intent, plan};
use crate::{
    Difference, Introspected, Name, Operation, Pair, Renames, Schema, Unmanaged, UnmanagedKind, differences,
};

/// What a database has otherwise than it should.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// How what is managed differs. `previous` is the schema, `next` the database: what the database has in
    /// addition is added, and what it has not is dropped.
    pub differences: Vec<Difference>,
    /// What managed tables have that the language cannot say.
    pub unmanaged: Vec<Unmanaged>,
    /// What would be done to make the database what it should be, as far as the language can say it.
    pub mending: Vec<Operation>,
    /// What is in the database beside the schema and belongs to nothing in it. It is no drift.
    pub beside: Vec<Beside>,
}

/// Something in a database that is none of the schema's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// What it is, as `table notes`.
    pub object: String,
    /// What more there is to say of it, in words that follow the name of the object.
    pub reason: Option<String>,
}

impl Drift {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.differences.is_empty() && self.unmanaged.is_empty()
    }
}

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Some(reason) => write!(f, "{} {reason}", self.object),
            None => f.write_str(&self.object),
        }
    }
}

/// Compares a database with the schema that it should have.
///
/// ```
/// use whimbrel_schema::{drift, read_sqlite_table};
///
/// let known = read_sqlite_table("CREATE TABLE notes (text TEXT)").unwrap();
/// let found = read_sqlite_table("CREATE TABLE notes (text TEXT CHECK (text <> ''))").unwrap();
/// let drift = drift(&known.schema, &found);
/// assert_eq!(drift.differences[0].to_string(), "+ check notes_text_check on notes  text <> ''");
/// assert_eq!(drift.mending[0].to_string(), "alter table notes { drop check notes_text_check }");
/// ```
pub fn drift(expected: &Schema, found: &Introspected) -> Drift {
    drift_beyond(expected, &BTreeSet::new(), found)
}

/// The same where some lines of what is found in addition are known, as a [snapshot](crate::Snapshot) has them
/// of databases that were there before whimbrel. They are no drift.
pub fn drift_beyond(expected: &Schema, known: &BTreeSet<String>, found: &Introspected) -> Drift {
    let mut pair = found.against(expected);
    let mut beside = leave(&mut pair);
    beside.extend(leave_known(&mut pair, known));
    let managed = |part: &Unmanaged| {
        let table = part.table.as_ref().is_some_and(|table| pair.previous.tables.contains_key(table));
        table && part.kind != UnmanagedKind::Quirk && !known.contains(&format!("! {part}"))
    };
    let (unmanaged, others): (Vec<Unmanaged>, Vec<Unmanaged>) =
        found.unmanaged.iter().cloned().partition(managed);
    let others = others.into_iter();
    beside.extend(others.map(|other| Beside { object: other.object, reason: Some(other.reason) }));
    Drift {
        differences: differences(pair.as_ref(), &Renames::default()),
        unmanaged,
        mending: plan(pair.as_ref().swap(), &Intent::default()).upgrade,
        beside,
    }
}

/// Takes out of the database what it is known to have in addition.
fn leave_known(pair: &mut Pair<Schema>, known: &BTreeSet<String>) -> Vec<Beside> {
    if known.is_empty() {
        return Vec::new();
    }
    let differences = differences(pair.as_ref(), &Renames::default());
    let here = differences.iter().filter(|difference| known.contains(&difference.to_string()));
    here.filter_map(|difference| {
        take(&mut pair.next, difference)?;
        Some(Beside { object: difference.name.clone(), reason: Some("was there before whimbrel".to_owned()) })
    })
    .collect()
}

/// Takes out of the database what belongs to nothing in the schema.
fn leave(pair: &mut Pair<Schema>) -> Vec<Beside> {
    let Pair { previous: expected, next: found } = pair;
    let mut beside = Vec::new();
    let mut leave = |kind: &str, name: &Name| {
        beside.push(Beside { object: format!("{kind} {name}"), reason: None });
    };
    let relation = |name: &Name| expected.tables.contains_key(name) || expected.views.contains_key(name);
    let tables: Vec<Name> =
        found.tables.keys().filter(|name| !expected.tables.contains_key(*name)).cloned().collect();
    for name in tables {
        leave("table", &name);
        found.tables.remove(&name);
    }
    found.views.retain(|name, _| {
        let known = expected.views.contains_key(name);
        if !known {
            leave("view", name);
        }
        known
    });
    found.triggers.retain(|name, trigger| {
        let known = expected.triggers.contains_key(name) || relation(&trigger.table);
        if !known {
            leave("trigger", name);
        }
        known
    });
    beside
}
