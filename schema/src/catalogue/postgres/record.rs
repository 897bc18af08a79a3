//! What PostgreSQL's own catalogue says, as it says it.

/// The rows of `pg_catalog` for one schema of a database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostgresCatalogue {
    /// Tables, views and what else is like them.
    pub relations: Vec<PostgresRelation>,
    /// The columns of tables, in their order.
    pub columns: Vec<PostgresColumn>,
    /// The constraints of tables.
    pub constraints: Vec<PostgresConstraint>,
    /// The columns of constraints, in their order.
    pub constraint_columns: Vec<PostgresConstraintColumn>,
    /// The indexes that no constraint has made.
    pub indexes: Vec<PostgresIndex>,
    /// What indexes sort by and hold, in order.
    pub index_parts: Vec<PostgresIndexPart>,
    /// Values of enums, in order.
    pub enum_values: Vec<PostgresEnumValue>,
    /// Triggers.
    pub triggers: Vec<PostgresTrigger>,
    /// Everything else.
    pub others: Vec<PostgresOther>,
}

/// A row of `pg_class`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresRelation {
    /// Its number.
    pub oid: i64,
    /// Its name.
    pub name: String,
    /// Its kind, as `r` for a table.
    pub kind: String,
    /// How it lasts: `p`, or `u` if it is not logged.
    pub persistence: String,
    /// Its options as `name=value`, one a line.
    pub options: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// Whether it is a partition.
    pub partition: bool,
    /// Whether it inherits, or others inherit from it.
    pub inherits: bool,
    /// Whether what is seen of its rows depends on who looks.
    pub row_security: bool,
    /// Whether it is a table of a type.
    pub typed: bool,
    /// How its rows are kept.
    pub method: Option<String>,
    /// The query of a view.
    pub query: Option<String>,
}

/// A row of `pg_attribute`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresColumn {
    /// The number of its table.
    pub relation: i64,
    /// Its name.
    pub name: String,
    /// Its type as PostgreSQL spells it.
    pub type_text: String,
    /// The enum that its type is, if it is one of the same schema.
    pub enumeration: Option<String>,
    /// Whether it may not be NULL.
    pub not_null: bool,
    /// Its default, or the expression that it is computed by.
    pub default: Option<String>,
    /// `a` or `d` for an identity, else nothing.
    pub identity: String,
    /// `s` for a stored generated column, `v` for one computed when read, else nothing.
    pub generated: String,
    /// The collation, where it is not that of the type.
    pub collation: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The default that it would have as a column of the type `serial`.
    pub serial: Option<String>,
    /// What its numbers grow by, if it has a sequence.
    pub increment: Option<i64>,
    /// Whether its numbers begin again after the last.
    pub cycles: bool,
}

/// A row of `pg_constraint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresConstraint {
    /// Its number.
    pub oid: i64,
    /// The number of its table.
    pub relation: i64,
    /// Its name.
    pub name: String,
    /// Its kind: `p`, `u`, `f`, `c` or `x`.
    pub kind: String,
    /// The table that a foreign key references, if it is in the same schema.
    pub references: Option<String>,
    /// What happens when the referenced key changes, and when it goes.
    pub actions: [String; 2],
    /// Whether it may be checked when the transaction ends.
    pub deferrable: bool,
    /// Whether it is.
    pub deferred: bool,
    /// Whether all rows are known to satisfy it.
    pub validated: bool,
    /// The condition of a check.
    pub condition: Option<String>,
    /// What the language has no words for, each as words that follow the name.
    pub beyond: Option<String>,
    /// All of it.
    pub definition: String,
}

/// A column of a constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresConstraintColumn {
    /// The number of the constraint.
    pub constraint: i64,
    /// Whether it is a column of the table referenced.
    pub referenced: bool,
    /// Its name.
    pub name: String,
}

/// A row of `pg_index`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresIndex {
    /// Its number.
    pub oid: i64,
    /// The number of its table.
    pub relation: i64,
    /// Its name.
    pub name: String,
    /// Whether it is unique.
    pub unique: bool,
    /// How it is kept.
    pub method: String,
    /// Whether it can be used.
    pub valid: bool,
    /// The condition of a partial index.
    pub predicate: Option<String>,
    /// What the language has no words for, as words that follow the name.
    pub beyond: Option<String>,
    /// All of it.
    pub definition: String,
}

/// A part of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresIndexPart {
    /// The number of the index.
    pub index: i64,
    /// Whether rows are sorted by it, rather than only held beside the key.
    pub key: bool,
    /// The column, unless it is an expression.
    pub column: Option<String>,
    /// The expression.
    pub expression: Option<String>,
    /// Whether it is sorted from large to small.
    pub descending: bool,
    /// Whether NULL comes first.
    pub nulls_first: bool,
    /// The operator class, where it is not the usual one of the type.
    pub class: Option<String>,
}

/// A row of `pg_enum`, or an enum without any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresEnumValue {
    /// The name of the enum.
    pub name: String,
    /// The value.
    pub value: Option<String>,
    /// The comment of the enum.
    pub comment: Option<String>,
}

/// A row of `pg_trigger`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresTrigger {
    /// The number of its table or view.
    pub relation: i64,
    /// Its name.
    pub name: String,
    /// The statement that creates it.
    pub definition: String,
    /// Whether it fires: `O`, as always.
    pub enabled: String,
    /// The function that it calls as `DROP FUNCTION` names it, if it is in the same schema.
    pub function: Option<String>,
    /// The statement that creates the function.
    pub function_definition: Option<String>,
    /// How many triggers call the function.
    pub callers: i64,
}

/// Anything that the schema language has no words for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresOther {
    /// What it is and its name, as `domain email`.
    pub object: String,
    /// The number of the table that it is part of, or sits on.
    pub relation: Option<i64>,
    /// Whether it is part of that table, so that it changes what the table does.
    pub part: bool,
}
