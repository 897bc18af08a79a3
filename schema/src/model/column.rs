use super::{ColumnType, Value};
use crate::{Name, Sql};

/// One column of a table.
///
/// Equality ignores the documentation.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: Name,
    /// What it is for; becomes documentation of the generated token, and the comment of the column
    /// where the database has comments.
    pub doc: Option<String>,
    /// What Rust calls it, where its name alone does not say.
    pub rust_name: Option<String>,
    /// The type of its values.
    pub column_type: ColumnType,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// Where its values come from, if a row need not name one.
    pub default: Option<DefaultValue>,
    /// Whether the database numbers new rows itself, never reusing a number.
    pub auto_increment: bool,
    /// For a column that is computed from the others, how.
    pub generated: Option<Generated>,
    /// How its texts compare, by the name that each database has for it.
    pub collation: Option<Sql>,
    /// Whether its values are about people, and are never copied into the archive.
    pub personal: bool,
}

/// What a row gets in a column for which it names no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// A literal of the column's type.
    Literal(Value),
    /// An expression that the database evaluates for each row.
    Expression(Sql),
}

/// How a column is computed from the others of its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The expression.
    pub sql: Sql,
    /// When it is computed.
    pub storage: GeneratedStorage,
}

/// When a generated column is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeneratedStorage {
    /// When the row is written.
    Stored,
    /// When the row is read.
    Virtual,
}

impl Column {
    /// A NOT NULL column without default.
    pub const fn new(name: Name, column_type: ColumnType) -> Self {
        Self {
            name,
            doc: None,
            rust_name: None,
            column_type,
            nullable: false,
            default: None,
            auto_increment: false,
            generated: None,
            collation: None,
            personal: false,
        }
    }

    /// Whether an insert must name a value for this column.
    pub const fn needs_value(&self) -> bool {
        !self.nullable && self.default.is_none() && !self.auto_increment && self.generated.is_none()
    }

    /// Whether rows are written with a value for it: every column but a generated one.
    pub const fn is_written(&self) -> bool {
        self.generated.is_none()
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            name,
            doc: _,
            rust_name,
            column_type,
            nullable,
            default,
            auto_increment,
            generated,
            collation,
            personal,
        } = self;
        *name == other.name
            && *rust_name == other.rust_name
            && *column_type == other.column_type
            && *nullable == other.nullable
            && *default == other.default
            && *auto_increment == other.auto_increment
            && *generated == other.generated
            && *collation == other.collation
            && *personal == other.personal
    }
}

impl Eq for Column {}
