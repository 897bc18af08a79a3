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
        let tables = self.tables.iter().map(|(next, previous)| Operation::RenameTable {
            previous: previous.clone(),
            next: next.clone(),
        });
        let columns = self.columns.iter().map(|((table, next), previous)| Operation::AlterTable {
            table: table.clone(),
            alterations: vec![Alteration::RenameColumn { previous: previous.clone(), next: next.clone() }],
        });
        tables.chain(columns).collect()
    }
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
