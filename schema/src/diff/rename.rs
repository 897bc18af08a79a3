use std::collections::BTreeMap;

use crate::operation::rename_defaults;
use crate::{Alteration, Name, Operation, Pair, Schema};

/// What was renamed between two schemas. Everything in it is known to be possible: only
/// [`resolve`](crate::plan::resolve_renames) and the way back make one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    /// Tables: from the next name to the previous one.
    pub tables: BTreeMap<Name, Name>,
    /// Columns: from the table's next name and the column's next name to its previous one.
    pub columns: BTreeMap<(Name, Name), Name>,
    /// Values of enums: from the previous to the next one.
    pub values: BTreeMap<Name, Vec<Pair<String>>>,
}

impl Renames {
    /// The same renames on the way back.
    #[must_use]
    pub fn invert(&self) -> Self {
        let previous_table = |next: &Name| self.tables.get(next).unwrap_or(next).clone();
        Self {
            tables: self.tables.iter().map(|(next, previous)| (previous.clone(), next.clone())).collect(),
            columns: self
                .columns
                .iter()
                .map(|((table, next), previous)| ((previous_table(table), previous.clone()), next.clone()))
                .collect(),
            values: self
                .values
                .iter()
                .map(|(name, values)| (name.clone(), values.iter().cloned().map(Pair::swap).collect()))
                .collect(),
        }
    }

    /// The operations that carry them out: tables first, then columns by the tables' next names.
    pub(crate) fn operations(&self) -> Vec<Operation> {
        let mut columns: BTreeMap<&Name, Vec<Alteration>> = BTreeMap::new();
        for ((table, next), previous) in &self.columns {
            let rename = Alteration::RenameColumn { previous: previous.clone(), next: next.clone() };
            columns.entry(table).or_default().push(rename);
        }
        let columns = columns.into_iter().map(|(table, alterations)| Operation::AlterTable {
            table: table.clone(),
            alterations,
            online: false,
        });
        self.table_operations().into_iter().chain(columns).collect()
    }

    /// The operations that rename tables, in an order in which each finds its name free. Tables that take
    /// over their names in a circle exchange them, two at a time.
    pub(crate) fn table_operations(&self) -> Vec<Operation> {
        let mut left: BTreeMap<&Name, &Name> =
            self.tables.iter().map(|(next, previous)| (previous, next)).collect();
        let mut operations = Vec::new();
        while let Some((previous, next)) =
            free(&left).or_else(|| left.first_key_value().map(|(previous, next)| (*previous, *next)))
        {
            left.remove(previous);
            let taken = left.keys().copied().find(|name| same(name, next));
            let Some(taken) = taken else {
                operations.push(Operation::RenameTable { previous: previous.clone(), next: next.clone() });
                continue;
            };
            operations.push(Operation::ExchangeTables { one: previous.clone(), other: taken.clone() });
            // Each goes on from the name that the other had.
            if let Some(last) = left.remove(taken).filter(|last| *last != previous) {
                left.insert(previous, last);
            }
            left.extend((taken != next).then_some((taken, next)));
        }
        operations
    }
}

/// A rename whose next name is not to be given up by another.
fn free<'a>(left: &BTreeMap<&'a Name, &'a Name>) -> Option<(&'a Name, &'a Name)> {
    let taken =
        |previous: &Name, next: &Name| left.keys().any(|other| *other != previous && same(other, next));
    left.iter().find(|(previous, next)| !taken(previous, next)).map(|(previous, next)| (*previous, *next))
}

/// Whether two names are one to a database for which case does not count.
fn same(one: &Name, other: &Name) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}

/// The previous schema with everything renamed, so that the rest can be compared by name.
pub(crate) fn align(previous: &Schema, renames: &Renames) -> Schema {
    let mut schema = previous.clone();
    // Views and triggers stand in the way of renames, and are compared by their texts as they are.
    let (views, triggers) = (std::mem::take(&mut schema.views), std::mem::take(&mut schema.triggers));
    for operation in renames.operations() {
        // A rename needs no definition, so the target does not matter.
        if let Ok(next) = operation.apply(&schema, &Schema::default()) {
            schema = next;
        }
    }
    for (name, values) in &renames.values {
        rename_defaults(&mut schema, name, values);
    }
    Schema { views, triggers, ..schema }
}
