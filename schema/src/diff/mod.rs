//! What differs between two schemas.

mod describe;
mod rename;
mod table;
mod take;

pub use describe::{Difference, DifferenceKind, differences};
pub use rename::Renames;
pub(crate) use rename::align;
pub use table::TableChange;
pub(crate) use take::take;

use crate::{Name, Pair, Schema, Tables};

/// A fact: how one schema differs from another.
///
/// Facts about what was renamed come first, and the others speak of tables and columns by the names
/// they have afterwards. Nothing is said about order or about how to get there; that is the
/// [`plan`](crate::plan)'s work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A table has another name.
    RenameTable(Pair<Name>),
    /// A table is new.
    CreateTable(Name),
    /// A table is gone.
    DropTable(Name),
    /// A table is there on both sides, and differs.
    AlterTable {
        /// The table, by its name in the next schema.
        table: Name,
        /// How it differs.
        changes: Vec<TableChange>,
    },
    /// Enums: present on which side; on both where the definition differs.
    Enum(Name, Pair<bool>),
    /// Views, likewise.
    View(Name, Pair<bool>),
    /// Triggers, likewise.
    Trigger(Name, Pair<bool>),
}

/// Compares two schemas, given what was renamed between them.
///
/// ```
/// use whimbrel_schema::{Change, Name, Pair, Renames, Schema, Table, diff};
///
/// let mut next = Schema::default();
/// next.insert(Table::new(Name::new("emails")));
/// let changes = diff(Pair::new(&Schema::default(), &next), &Renames::default());
/// assert_eq!(changes, [Change::CreateTable(Name::new("emails"))]);
/// assert_eq!(diff(Pair::new(&next, &next), &Renames::default()), []);
/// ```
pub fn diff(pair: Pair<&Schema>, renames: &Renames) -> Vec<Change> {
    let renamed = renames
        .tables
        .iter()
        .map(|(next, previous)| Change::RenameTable(Pair::new(previous.clone(), next.clone())));
    let mut changes: Vec<Change> = renamed.collect();
    let aligned = align(pair.previous, renames);
    let (mut created, mut dropped, mut altered) = (Vec::new(), Vec::new(), Vec::new());
    for Pair { previous, next } in Tables::differing(Pair::new(&aligned.tables, &pair.next.tables)) {
        match (previous, next) {
            (None, Some(next)) => created.push(Change::CreateTable(next.name.clone())),
            (Some(previous), None) => dropped.push(Change::DropTable(previous.name.clone())),
            (Some(previous), Some(next)) => {
                let changes = table::diff(Pair::new(previous, next), renames);
                if !changes.is_empty() {
                    altered.push(Change::AlterTable { table: next.name.clone(), changes });
                }
            }
            (None, None) => {}
        }
    }
    changes.extend(created.into_iter().chain(dropped).chain(altered));
    changes.extend(table::objects(pair.map(|schema| &schema.enums), Change::Enum));
    changes.extend(table::objects(pair.map(|schema| &schema.views), Change::View));
    changes.extend(table::objects(pair.map(|schema| &schema.triggers), Change::Trigger));
    changes
}
