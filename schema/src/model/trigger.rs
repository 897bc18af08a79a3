use crate::{Name, Only, Sql};

/// What a database does by itself when rows of a table change.
///
/// Equality ignores the documentation.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// Its name.
    pub name: Name,
    /// What it is for.
    pub doc: Option<String>,
    /// What Rust calls it, where its name alone does not say.
    pub rust_name: Option<String>,
    /// The table.
    pub table: Name,
    /// The statements that create it.
    pub sql: Sql,
    /// What else goes after it was dropped, such as the function that it called on PostgreSQL.
    pub drop: Option<Sql>,
    /// The dialects that have it.
    pub only: Only,
}

impl Trigger {
    /// A trigger of a table, on every dialect.
    pub fn new(name: Name, table: Name, sql: impl Into<Sql>) -> Self {
        Self { name, doc: None, rust_name: None, table, sql: sql.into(), drop: None, only: Only::Everywhere }
    }
}

impl PartialEq for Trigger {
    fn eq(&self, other: &Self) -> bool {
        let Self { name, doc: _, rust_name, table, sql, drop, only } = self;
        *name == other.name
            && *rust_name == other.rust_name
            && *table == other.table
            && *sql == other.sql
            && *drop == other.drop
            && *only == other.only
    }
}

impl Eq for Trigger {}
