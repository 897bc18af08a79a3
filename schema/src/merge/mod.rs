//! Two schemas that came from one, as one schema.
//!
//! ```text
//! base, theirs, ours --naming--> the same names for the same things --three ways--> merged, or conflicts
//! ```

mod coherent;
mod conflict;
mod differs;
mod fork;
mod lineage;
mod naming;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use conflict::{Conflict, ConflictKind};
pub use differs::differs;
pub use fork::{Fork, Side};
pub use lineage::renamed_by;
pub use naming::Naming;

use self::coherent::Site;
use self::table::{part, parts};
use crate::{Enum, Name, Object, Pair, Renames, Schema, Table};

/// Two schemas as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// What both sides lead to.
    pub schema: Schema,
    /// What each of the three calls by another name than the merged schema.
    pub naming: Fork<Naming>,
}

/// Merges what two sides made of one schema, given what each renamed: theirs and ours.
///
/// What one side alone changed is taken, and so is what both changed in the same way. The rest is a conflict:
/// nobody but the two authors knows what is meant. Tables are merged part by part; each column, key, check and index
/// is one thing. New values of an enum stand behind those that were there, theirs before ours.
///
/// # Errors
///
/// All conflicts, none twice.
///
/// ```
/// use whimbrel_schema::{Dialect, Pair, Renames, Sources, parse, validate};
/// use whimbrel_schema::merge::{Fork, merge};
///
/// let schema = |text: &str| {
///     let mut sources = Sources::default();
///     let id = sources.add("schema/a.toml", text);
///     validate(&[parse(&sources, id)], &[Dialect::Sqlite]).schema
/// };
/// let base = schema("[table.users.columns]\nid = 'bigint'\n");
/// let theirs = schema("[table.users.columns]\nid = 'bigint'\nname = 'text'\n");
/// let ours = schema("[table.users.columns]\nid = 'bigint'\nage = 'integer?'\n");
/// let none = Renames::default();
/// let merged = merge(Fork::new(&base, &theirs, &ours), Pair::new(&none, &none)).unwrap();
/// assert_eq!(merged.schema, schema("[table.users.columns]\nid = 'bigint'\nname = 'text'\nage = 'integer?'\n"));
/// ```
pub fn merge(schemas: Fork<&Schema>, renames: Pair<&Renames>) -> Result<Merged, Vec<Conflict>> {
    let (naming, mut conflicts) = naming::naming(schemas, renames);
    let named = naming.as_ref().zip(schemas).map(|(naming, schema)| naming.apply(schema));
    let mut found = Vec::new();
    let schema = Schema {
        tables: tables(named.as_ref(), &mut found),
        enums: enums(named.as_ref(), &mut found),
        views: parts(
            named.as_ref().map(|schema| &schema.views),
            |name| Object::View(name.clone()),
            &mut found,
        ),
        triggers: parts(
            named.as_ref().map(|schema| &schema.triggers),
            |name| Object::Trigger(name.clone()),
            &mut found,
        ),
    };
    // Of what is in conflict it would be idle to say what speaks of it.
    if conflicts.is_empty() && found.is_empty() {
        found.extend(Site { schemas: named.as_ref(), naming: &naming, merged: &schema }.conflicts());
    }
    let before = naming.as_ref().map(Naming::invert);
    for (object, kind) in found {
        let object = before.as_ref().map(|before| before.object(&object));
        let kind = match kind {
            ConflictKind::GoneAndNamed { gone, by } => {
                let by = before.as_ref().side(gone.other()).object(&by);
                ConflictKind::GoneAndNamed { gone, by }
            }
            other => other,
        };
        let conflict = Conflict { object, kind };
        if !conflicts.contains(&conflict) {
            conflicts.push(conflict);
        }
    }
    if conflicts.is_empty() { Ok(Merged { schema, naming }) } else { Err(conflicts) }
}

fn tables(schemas: Fork<&Schema>, conflicts: &mut Vec<(Object, ConflictKind)>) -> crate::Tables {
    let names: BTreeSet<&Name> = schemas.each().into_iter().flat_map(|schema| schema.tables.keys()).collect();
    let merged = names.into_iter().filter_map(|name| {
        let one = schemas.map(|schema| schema.tables.get(name));
        match one {
            Fork { base: Some(base), theirs: Some(theirs), ours: Some(ours) } => {
                let tables: Fork<&Table> = Fork::new(base, theirs, ours);
                Some(Arc::new(table::merge(tables, conflicts)))
            }
            one => part(one, || Object::Table(name.clone()), conflicts).cloned(),
        }
    });
    merged.collect()
}

fn enums(schemas: Fork<&Schema>, conflicts: &mut Vec<(Object, ConflictKind)>) -> BTreeMap<Name, Arc<Enum>> {
    let names: BTreeSet<&Name> = schemas.each().into_iter().flat_map(|schema| schema.enums.keys()).collect();
    let merged = names.into_iter().filter_map(|name| {
        let one = schemas.map(|schema| schema.enums.get(name));
        let grown = match one {
            Fork { base: Some(base), theirs: Some(theirs), ours: Some(ours) } => {
                grown(Fork::new(base, theirs, ours))
            }
            _ => None,
        };
        let both = grown.map(Arc::new);
        let one = both.or_else(|| part(one, || Object::Enum(name.clone()), conflicts).cloned())?;
        Some((name.clone(), one))
    });
    merged.collect()
}

/// An enum to which both sides have added values behind those that were there.
fn grown(enums: Fork<&Enum>) -> Option<Enum> {
    let Fork { base, theirs, ours } = enums;
    if base.rust_name != theirs.rust_name || base.rust_name != ours.rust_name {
        return None;
    }
    let new = |side: &Enum| side.values.strip_prefix(&base.values[..]).map(<[String]>::to_vec);
    let (new_theirs, new_ours) = (new(theirs)?, new(ours)?);
    let only_ours = new_ours.into_iter().filter(|value| !new_theirs.contains(value));
    let values = base.values.iter().cloned().chain(new_theirs.iter().cloned()).chain(only_ours);
    Some(Enum { values: values.collect(), ..theirs.clone() })
}
