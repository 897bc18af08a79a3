//! SQL that is ready to run.

use std::fmt;

use crate::Name;

/// What a driver executes for an operation: one SQL text, or a procedure of several that only a
/// driver can carry out as a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// One SQL text.
    Sql(String),
    /// The text that drops a table. On its own because a driver must keep the database from
    /// deleting rows of other tables along with it.
    DropTable(String),
    /// The replacement of a table by another with the same name.
    Rebuild(Rebuild),
}

/// SQLite's procedure for changes that its ALTER TABLE cannot make:
/// create the new table, copy the rows, drop the previous table, rename the new one, and put back
/// what went with the previous one. See <https://sqlite.org/lang_altertable.html#otheralter>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuild {
    /// The table.
    pub table: Name,
    /// The name under which the new table is built.
    pub temporary: Name,
    /// Creates the new table under its temporary name.
    pub create: String,
    /// Copies the rows.
    pub copy: String,
    /// Carries the counter of AUTOINCREMENT over.
    pub sequence: Vec<String>,
    /// Drops the previous table.
    pub drop: String,
    /// Gives the new table its name.
    pub rename: String,
    /// Creates the indexes of the schema again.
    pub indexes: Vec<(Name, String)>,
}

impl Statement {
    /// Whether the database must not enforce foreign keys while it runs.
    pub const fn suspends_foreign_keys(&self) -> bool {
        match self {
            Self::Sql(_) => false,
            Self::DropTable(_) | Self::Rebuild(_) => true,
        }
    }

    /// The SQL texts in order.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Sql(text) | Self::DropTable(text) => vec![text],
            Self::Rebuild(rebuild) => {
                let Rebuild { table: _, temporary: _, create, copy, sequence, drop, rename, indexes } =
                    rebuild;
                let mut texts = vec![create.as_str(), copy];
                texts.extend(sequence.iter().map(String::as_str));
                texts.extend([drop.as_str(), rename]);
                texts.extend(indexes.iter().map(|(_, text)| text.as_str()));
                texts
            }
        }
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Rebuild(rebuild) = self {
            writeln!(f, "-- rebuild of {}: its triggers and all of its indexes are kept", rebuild.table)?;
        }
        for (position, text) in self.texts().into_iter().enumerate() {
            write!(f, "{}{text};", if position == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}
