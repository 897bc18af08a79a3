//! What a database keeps of a schema.

mod adopt;
mod language;
mod sqlite;
mod unknown;

pub use unknown::unknown_parts;

use crate::{Dialect, Introspected, Pair, Schema};

/// The schema that can be read back from a database that was just made of a schema.
///
/// A database keeps no documentation and no name that Rust has for something, and it may keep two types
/// alike. What is the same in it is the same here, so that [`differences`](crate::differences) says what
/// matters and nothing else. SQL comes in one spelling, which is for comparisons alone.
///
/// ```
/// use whimbrel_schema::{Column, ColumnType, Dialect, Name, Schema, Table, stored};
///
/// let mut users = Table::new(Name::new("users"));
/// users.doc = Some("Who has an account.".to_owned());
/// users.columns.insert(Name::new("id"), Column::new(Name::new("id"), ColumnType::Uuid));
/// let mut schema = Schema::default();
/// schema.insert(users);
/// let stored = stored(Dialect::Sqlite, &schema);
/// assert_eq!(stored, schema);
/// assert_eq!(stored.table("users").unwrap().doc, None);
/// ```
pub fn stored(dialect: Dialect, schema: &Schema) -> Schema {
    match dialect {
        Dialect::Sqlite => sqlite::stored(schema),
        Dialect::Postgres | Dialect::Mysql => language::without_language(dialect, schema),
    }
}

impl Introspected {
    /// The schema that a database of SQLite should have and the one that it has, both as it keeps them. What
    /// has no name in the database goes by that of its equal in the schema.
    pub fn against(&self, expected: &Schema) -> Pair<Schema> {
        let expected = stored(Dialect::Sqlite, expected);
        let mut found = self.schema.clone();
        sqlite::normalise(&mut found);
        adopt::adopt(&mut found, &self.unnamed, &expected);
        Pair::new(expected, found)
    }
}
