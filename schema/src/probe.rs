//! The evidence that would clear a hazard, as data: what to count in the rows that are there.

use crate::{Check, Column, ColumnType, Expression, ForeignKey, IndexKey, Name, Pair, Sql};

/// What to count. A result of 0 clears the hazard on the database where it was counted.
///
/// It speaks of the rows as they are before the migration, so it can be asked before its first statement.
/// [`probe_query`](crate::probe_query) is its SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The rows that are looked at, as the step will find them.
    pub rows: Rows,
    /// Which of them count.
    pub question: ProbeQuestion,
}

/// The rows of a table before the migration, with the names and values that the step will give them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The table, by its name before the migration.
    pub table: Name,
    /// Its name when the step is done, which SQL written for the step may use.
    pub alias: Name,
    /// The columns of the step, where they are not simply those of the table: each with where its value
    /// comes from.
    pub columns: Option<Vec<(Name, Origin)>>,
    /// The columns that name a row to a person, as they are called before the migration.
    pub key: Vec<Name>,
}

/// Where the value of a column comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The column of this name.
    Column(Name),
    /// What is computed from the row, for a column of this name: as its conversion.
    Computed(Expression),
    /// A column of this name, with something else where it is NULL.
    Filled(Name, Expression),
    /// Its default.
    Default(Box<Column>),
}

/// Which rows count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeQuestion {
    /// All of them.
    All,
    /// Those with a value in this column.
    Valued(Name),
    /// Those with NULL in this column.
    Null(Name),
    /// Those that agree with another one in all of these, none of which is NULL.
    Repeated {
        /// What is compared, each with the collation by which it will be compared, if that is another.
        keys: Vec<(IndexKey, Option<Sql>)>,
        /// Which rows at all.
        predicate: Option<Sql>,
    },
    /// Those whose foreign key finds nothing.
    Orphaned {
        /// The foreign key.
        key: ForeignKey,
        /// The table referenced, by its name before the migration.
        parent: Name,
    },
    /// Those that break this check.
    Breaking(Check),
    /// Those whose value does not stay what it is when the column gets another type.
    Unfit {
        /// The column.
        column: Name,
        /// Its types.
        types: Pair<ColumnType>,
    },
    /// Those with this value of an enum in this column.
    Valuing {
        /// The column.
        column: Name,
        /// The value.
        value: String,
    },
    /// Those whose foreign keys find nothing before the migration.
    Violating,
}

impl ProbeQuestion {
    /// Whether the step fails on a database that has such rows.
    pub const fn fails(&self) -> bool {
        match self {
            Self::Null(_)
            | Self::Repeated { .. }
            | Self::Orphaned { .. }
            | Self::Breaking(_)
            | Self::Valuing { .. } => true,
            Self::All | Self::Valued(_) | Self::Unfit { .. } | Self::Violating => false,
        }
    }

    /// Whether it is of values that some databases keep, and others refuse.
    pub const fn is_unfit(&self) -> bool {
        matches!(self, Self::Unfit { .. })
    }

    /// What so many such rows are called: `3 rows with the same values`.
    pub fn found(&self, count: i64) -> String {
        let rows = if count == 1 { "row" } else { "rows" };
        match self {
            Self::All => format!("{count} {rows}"),
            Self::Valued(column) => format!("{count} {rows} with a value in {column}"),
            Self::Null(column) => format!("{count} {rows} with NULL in {column}"),
            Self::Repeated { .. } => format!("{count} {rows} with the values of another"),
            Self::Orphaned { parent, .. } => format!("{count} {rows} that reference no row of {parent}"),
            Self::Breaking(_) => format!("{count} {rows} that break the check"),
            Self::Unfit { types, .. } => format!("{count} {rows} whose value does not fit {}", types.next),
            Self::Valuing { value, .. } => format!("{count} {rows} with the value {value}"),
            Self::Violating => format!("{count} {rows} whose foreign key finds nothing already"),
        }
    }
}
