//! What hand-written SQL is said to do.

use std::fmt;
use std::sync::Arc;

use super::apply::{create_table, drop_table};
use super::lookup::{defined, table_at};
use super::misfit::Misfit;
use crate::text::bare_or_quoted;
use crate::{Name, Schema};

/// What a piece of hand-written SQL does to a table. Nobody can see it in the SQL, so its author
/// says it, and it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Changes rows: inserts, updates or deletes.
    Changes {
        /// The table.
        table: Name,
    },
    /// Creates a table, as the schema that the migration leads to defines it.
    Creates {
        /// The table.
        table: Name,
    },
    /// Drops a table with its rows.
    Drops {
        /// The table.
        table: Name,
    },
    /// Leaves a table as the schema that the migration leads to defines it.
    Alters {
        /// The table.
        table: Name,
    },
}

impl Effect {
    /// The table.
    pub const fn table(&self) -> &Name {
        match self {
            Self::Changes { table }
            | Self::Creates { table }
            | Self::Drops { table }
            | Self::Alters { table } => table,
        }
    }

    /// Whether the definition of the table is another afterwards.
    pub const fn is_structural(&self) -> bool {
        match self {
            Self::Changes { .. } => false,
            Self::Creates { .. } | Self::Drops { .. } | Self::Alters { .. } => true,
        }
    }

    /// Whether a table may be dropped on the way, with which a database that enforces foreign keys
    /// would delete the rows that reference it.
    pub const fn may_drop(&self) -> bool {
        match self {
            Self::Changes { .. } | Self::Creates { .. } => false,
            Self::Drops { .. } | Self::Alters { .. } => true,
        }
    }

    pub(super) fn apply(&self, schema: &mut Schema, target: &Schema) -> Result<(), Misfit> {
        match self {
            Self::Changes { table } => table_at(schema, table).map(drop),
            Self::Creates { table } => create_table(schema, table, target),
            Self::Drops { table } => drop_table(schema, table),
            Self::Alters { table } => {
                table_at(schema, table)?;
                let definition = Arc::clone(defined(target, table)?);
                schema.tables.insert(definition);
                Ok(())
            }
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Changes { .. } => "changes",
            Self::Creates { .. } => "creates",
            Self::Drops { .. } => "drops",
            Self::Alters { .. } => "alters",
        };
        write!(f, "{word} {}", bare_or_quoted(self.table().as_str()))
    }
}
