//! What a database keeps of a schema.

mod adopt;
mod language;
mod mysql;
mod postgres;
mod spelling;
mod sqlite;
mod trial;
mod unknown;

pub use trial::{Trial, Trials};
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
        Dialect::Postgres => postgres::stored(schema),
        Dialect::Mysql => mysql::stored(schema),
    }
}

impl Introspected {
    /// The schema that a database should have and the one that it has, both as it keeps them. What has no
    /// name in the database goes by that of its equal in the schema.
    ///
    /// A server keeps the SQL of checks, views and the like as it understood it, so texts that mean the same
    /// may differ here. [`Trials`] finds out, and gives a schema to compare instead of `expected`.
    pub fn against(&self, expected: &Schema) -> Pair<Schema> {
        let expected = stored(self.dialect, expected);
        let mut found = match self.dialect {
            Dialect::Sqlite => {
                let mut found = self.schema.clone();
                sqlite::normalise(&mut found);
                found
            }
            Dialect::Postgres | Dialect::Mysql => stored(self.dialect, &self.schema),
        };
        adopt::adopt(&mut found, &self.unnamed, &expected);
        let mut pair = Pair::new(expected, found);
        if self.dialect == Dialect::Postgres {
            postgres::adopt_triggers(&mut pair);
        }
        pair
    }
}
