use std::collections::BTreeMap;

use crate::{Name, Span, Sql, Value};

/// What the schema files say about the way from the previous schema to this one, and what the command line
/// adds to it. None of it is part of the schema itself.
///
/// With a name stands the place where it was written; none for the command line.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// For a table's name, the one it had before, and where that was written.
    pub renamed_tables: BTreeMap<Name, (Name, Option<Span>)>,
    /// For a table and a column's name, the one the column had before, and where that was written.
    pub renamed_columns: BTreeMap<(Name, Name), (Name, Option<Span>)>,
    /// For an enum and one of its values, the one that the value was before, and where that was written.
    pub renamed_values: BTreeMap<(Name, String), (String, Option<Span>)>,
    /// For a table and a column, what existing rows get when it becomes NOT NULL.
    pub backfills: BTreeMap<(Name, Name), Fill>,
}

/// What existing rows get in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// A literal of the column's type.
    Literal(Value),
    /// An expression over the row.
    Sql(Sql),
}
