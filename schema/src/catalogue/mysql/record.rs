//! What the information schema says, as it says it.

/// The rows of `information_schema` for one database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MysqlCatalogue {
    /// Whose information schema it is.
    pub server: MysqlServer,
    /// The name of the database, which stands before every table in the query of a view.
    pub database: String,
    /// Tables, and what else is like them.
    pub tables: Vec<MysqlTable>,
    /// The columns of tables, in their order.
    pub columns: Vec<MysqlColumn>,
    /// Checks.
    pub checks: Vec<MysqlCheck>,
    /// The columns of foreign keys, in their order.
    pub keys: Vec<MysqlKeyColumn>,
    /// The columns of indexes, in their order.
    pub indexes: Vec<MysqlIndexPart>,
    /// Views.
    pub views: Vec<MysqlView>,
    /// Triggers.
    pub triggers: Vec<MysqlTrigger>,
    /// Everything else.
    pub others: Vec<MysqlOther>,
}

/// Two servers that speak one dialect, and spell defaults in different ways.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MysqlServer {
    /// MariaDB, where a default is SQL.
    #[default]
    MariaDb,
    /// MySQL, where a default that is a literal is the text of its value.
    MySql,
}

/// A row of `TABLES`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MysqlTable {
    /// Its name.
    pub name: String,
    /// Its kind, as `BASE TABLE`.
    pub kind: String,
    /// How its rows are kept.
    pub engine: Option<String>,
    /// How its texts compare.
    pub collation: Option<String>,
    /// What else was said when it was made.
    pub options: String,
    /// Its comment; empty without one.
    pub comment: String,
}

/// A row of `COLUMNS`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MysqlColumn {
    /// Its table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// Its type as the server spells it.
    pub type_text: String,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Its default.
    pub default: Option<String>,
    /// What else there is, as `auto_increment`.
    pub extra: String,
    /// The expression that it is computed by.
    pub generated: Option<String>,
    /// How its texts compare.
    pub collation: Option<String>,
    /// Its comment; empty without one.
    pub comment: String,
}

/// A row of `CHECK_CONSTRAINTS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MysqlCheck {
    /// Its table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// Whether it is part of a column, whose name it has.
    pub of_column: bool,
    /// The condition.
    pub condition: String,
    /// Whether rows must satisfy it.
    pub enforced: bool,
}

/// A row of `KEY_COLUMN_USAGE` that is of a foreign key, with its row of `REFERENTIAL_CONSTRAINTS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MysqlKeyColumn {
    /// The table.
    pub table: String,
    /// The name of the foreign key.
    pub name: String,
    /// The column.
    pub column: String,
    /// The table referenced, if it is in the same database.
    pub references: Option<String>,
    /// The column referenced.
    pub references_column: String,
    /// What happens when the referenced key changes, and when it goes.
    pub actions: [String; 2],
}

/// A row of `STATISTICS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MysqlIndexPart {
    /// The table.
    pub table: String,
    /// The name of the index.
    pub name: String,
    /// Whether it is unique.
    pub unique: bool,
    /// The column; none for an expression.
    pub column: Option<String>,
    /// The expression, where the server has some.
    pub expression: Option<String>,
    /// Whether it is sorted from large to small.
    pub descending: bool,
    /// How many characters are in the index, if not all.
    pub prefix: Option<i64>,
    /// How it is kept, as `BTREE`.
    pub method: String,
    /// Whether queries pass it by.
    pub ignored: bool,
}

/// A row of `VIEWS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MysqlView {
    /// Its name.
    pub name: String,
    /// Its query.
    pub query: String,
    /// What is checked when rows are written through it; `NONE` without.
    pub check_option: String,
    /// Whose rights count.
    pub security: String,
}

/// A row of `TRIGGERS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MysqlTrigger {
    /// Its name.
    pub name: String,
    /// Its table.
    pub table: String,
    /// When it fires, as `BEFORE`.
    pub timing: String,
    /// What it fires at, as `INSERT`.
    pub event: String,
    /// What it does.
    pub body: String,
}

/// Anything that the schema language has no words for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MysqlOther {
    /// What it is and its name, as `procedure tidy`.
    pub object: String,
}
