use std::sync::Arc;

use super::{Table, Tables};

/// Everything a database holds, as whimbrel manages it.
///
/// Tables are shared, so a schema of a thousand tables is cheap to clone and to step through
/// history.
///
/// ```
/// use whimbrel_schema::Schema;
///
/// let schema = Schema::default();
/// assert!(schema.table("emails").is_none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// The tables by name.
    pub tables: Tables,
}

impl Schema {
    /// The table with this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name).map(Arc::as_ref)
    }

    /// Puts a table in place under its own name, and gives back the one that stood there.
    pub fn insert(&mut self, table: Table) -> Option<Arc<Table>> {
        self.tables.insert(Arc::new(table))
    }

    /// The tables whose foreign keys reference `parent`, itself included if it does.
    pub fn children<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a Table> {
        // Most tables reference nothing, and every step of a migration asks all of them.
        let some = self.tables.values().filter(|table| !table.foreign_keys.is_empty());
        some.map(Arc::as_ref)
            .filter(move |table| table.foreign_keys.values().any(|key| key.references_table == *parent))
    }
}
