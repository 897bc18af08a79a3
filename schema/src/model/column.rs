use super::{ColumnType, Value};
use crate::{Name, Sql};

/// One column of a table.
///
/// Equality ignores the documentation.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: Name,
    /// What it is for; becomes documentation of the generated token.
    pub doc: Option<String>,
    /// The type of its values.
    pub column_type: ColumnType,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// What a row gets that names no value.
    pub default: Option<DefaultValue>,
    /// Whether the database numbers new rows itself, never reusing a number.
    pub auto_increment: bool,
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

impl Column {
    /// A NOT NULL column without default.
    pub fn new(name: Name, column_type: ColumnType) -> Self {
        Self {
            name,
            doc: None,
            column_type,
            nullable: false,
            default: None,
            auto_increment: false,
            personal: false,
        }
    }

    /// Whether an insert must name a value for this column.
    pub fn needs_value(&self) -> bool {
        !self.nullable && self.default.is_none() && !self.auto_increment
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        let Self { name, doc: _, column_type, nullable, default, auto_increment, personal } = self;
        *name == other.name
            && *column_type == other.column_type
            && *nullable == other.nullable
            && *default == other.default
            && *auto_increment == other.auto_increment
            && *personal == other.personal
    }
}

impl Eq for Column {}
