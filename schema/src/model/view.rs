use crate::{Name, Only, Sql};

/// A query with a name, which is read like a table.
///
/// Equality ignores the documentation.
#[derive(Debug, Clone)]
pub struct View {
    /// Its name.
    pub name: Name,
    /// What it is for.
    pub doc: Option<String>,
    /// What Rust calls it, where its name alone does not say.
    pub rust_name: Option<String>,
    /// The query.
    pub sql: Sql,
    /// What it reads beside the tables and views whose names stand in its query.
    pub depends_on: Vec<Name>,
    /// The dialects that have it.
    pub only: Only,
}

impl View {
    /// A view of a query, on every dialect.
    pub fn new(name: Name, sql: impl Into<Sql>) -> Self {
        Self {
            name,
            doc: None,
            rust_name: None,
            sql: sql.into(),
            depends_on: Vec::new(),
            only: Only::Everywhere,
        }
    }

    /// Whether it reads a table or view: it says so, or the name stands in its query.
    ///
    /// The query is not understood, only its words are looked at. So a view may be thought to read
    /// what it does not; then it is created a little later than it could be, which harms nobody.
    ///
    /// ```
    /// use whimbrel_schema::{Name, View};
    ///
    /// let unread = View::new(Name::new("unread"), "SELECT * FROM emails WHERE subject <> 'users'");
    /// assert!(unread.reads("emails") && !unread.reads("users"));
    /// ```
    pub fn reads(&self, name: &str) -> bool {
        self.depends_on.iter().any(|known| known == name) || self.sql.names(name)
    }
}

impl PartialEq for View {
    fn eq(&self, other: &Self) -> bool {
        let Self { name, doc: _, rust_name, sql, depends_on, only } = self;
        *name == other.name
            && *rust_name == other.rust_name
            && *sql == other.sql
            && *depends_on == other.depends_on
            && *only == other.only
    }
}

impl Eq for View {}
