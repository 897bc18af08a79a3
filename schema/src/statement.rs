//! SQL that is ready to run.

use std::fmt;

use crate::Name;

/// What a driver executes for an operation: one SQL text, or a procedure of several that only a
/// driver can carry out as a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// One SQL text.
    Sql(String),
    /// A text that drops a table, or may. On its own because a driver must keep the database from
    /// deleting rows of other tables along with it.
    DropTable(String),
    /// The replacement of a table by another with the same name.
    Rebuild(Rebuild),
    /// A copy, into the archive, of what the next statements destroy.
    Keep(Keep),
    /// What the archive kept, put back.
    Restore(Restore),
    /// Texts in a transaction of their own: what was done before it is lasting by then, and so are they before
    /// anything else is done. They take long, or what comes next uses what they do.
    Apart(Vec<String>),
    /// A text that adds a value to an enum.
    AddValue(AddValue),
    /// An index that comes or goes while programs read and write its table.
    OnlineIndex(OnlineIndex),
    /// A text that adds a foreign key without a look at the rows that are there; [`Verify`](Self::Verify)
    /// looks at them afterwards.
    Unchecked(String),
    /// A look at rows, which fails if there are any that must not be.
    Verify(Verify),
}

/// Adds a value to an enum. A transaction must not use a value that it has added to a type, so one that
/// would must be over before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddValue {
    /// The SQL.
    pub text: String,
    /// The enum, as SQL spells it.
    pub spelled: String,
    /// The value, as SQL spells it.
    pub value: String,
}

/// Builds or drops an index while programs read and write its table, which cannot be part of a transaction.
///
/// A build that fails or is cut short leaves an index behind that serves nobody: a driver never takes it for
/// the index, and removes it before it builds again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineIndex {
    /// The index.
    pub index: Name,
    /// Whether it is there afterwards.
    pub act: IndexAct,
    /// The SQL.
    pub text: String,
    /// The SQL that removes what is left of it.
    pub remove: String,
}

/// What becomes of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexAct {
    /// It is built.
    Build,
    /// It is dropped.
    Drop,
}

/// Asks for rows that must not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verify {
    /// How many there are.
    pub count: String,
    /// The keys of the first of them, where the table has a key.
    pub sample: Option<String>,
    /// What is wrong if there are any.
    pub wrong: String,
}

/// What is kept in the archive, and what it is kept of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// What kind of thing.
    pub kind: KeptKind,
    /// The table, by the name that [`render_step`](crate::render_step) explains.
    pub table: Name,
    /// The column, unless it is the whole table.
    pub column: Option<Name>,
}

/// What kind of thing the archive keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeptKind {
    /// The rows of a dropped table.
    Table,
    /// Rows that a typed statement deleted.
    Rows,
    /// The values of a dropped column.
    Column,
    /// The values of a column that an alteration has replaced, and the others where it converts all of them.
    Values,
}

/// Copies rows into a table of the archive before they are destroyed.
///
/// The copy has no constraint, trigger or index, so nothing that happens to the database later
/// reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// What is kept.
    pub kept: Kept,
    /// The rows, as a SELECT.
    pub select: String,
}

/// Puts rows back from a table of the archive, if it has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restore {
    /// What is put back.
    pub kept: Kept,
    /// The SQL with the name of the archive's table left out: it belongs between the parts.
    pub parts: Vec<String>,
    /// Whether that is all, and the archive is rid of it. If not, the SQL only takes out of the archive what
    /// is not to come back.
    pub last: bool,
}

impl KeptKind {
    /// The key under which the archive knows it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Rows => "rows",
            Self::Column => "column",
            Self::Values => "values",
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "{}.{column}", self.table),
            None => write!(f, "{}", self.table),
        }
    }
}

impl Restore {
    /// The SQL for an archive's table, whose name is given as SQL spells it.
    pub fn text(&self, holder: &str) -> String {
        self.parts.join(holder)
    }
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
    /// The SQL of the table as the schema knows it. If the database has [more](crate::unknown_parts) of it,
    /// it is not replaced: what nobody knows would be lost.
    pub known: String,
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
    /// Whether the database must not enforce foreign keys while it runs: where a table goes, its
    /// children must not go with it, and where rows come back, their parents may come later.
    pub const fn suspends_foreign_keys(&self) -> bool {
        match self {
            Self::Sql(_)
            | Self::Keep(_)
            | Self::Apart(_)
            | Self::AddValue(_)
            | Self::OnlineIndex(_)
            | Self::Unchecked(_)
            | Self::Verify(_) => false,
            Self::Restore(restore) => matches!(restore.kept.kind, KeptKind::Table),
            Self::DropTable(_) | Self::Rebuild(_) => true,
        }
    }

    /// Whether it must be in a transaction of its own, or in none, so that a migration with it is not one
    /// transaction.
    pub const fn is_apart(&self) -> bool {
        match self {
            Self::Apart(_) | Self::OnlineIndex(_) => true,
            Self::Sql(_)
            | Self::DropTable(_)
            | Self::Rebuild(_)
            | Self::Keep(_)
            | Self::Restore(_)
            | Self::AddValue(_)
            | Self::Unchecked(_)
            | Self::Verify(_) => false,
        }
    }

    /// The SQL texts in order; none for what the archive does, whose tables get their names when it
    /// runs.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Keep(_) | Self::Restore(_) => Vec::new(),
            Self::Sql(text) | Self::DropTable(text) | Self::Unchecked(text) => vec![text],
            Self::Apart(texts) => texts.iter().map(String::as_str).collect(),
            Self::AddValue(add) => vec![&add.text],
            Self::OnlineIndex(index) => vec![&index.text],
            Self::Verify(verify) => vec![&verify.count],
            Self::Rebuild(rebuild) => {
                let Rebuild {
                    table: _,
                    temporary: _,
                    known: _,
                    create,
                    copy,
                    sequence,
                    drop,
                    rename,
                    indexes,
                } = rebuild;
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
        match self {
            Self::Sql(_) | Self::DropTable(_) | Self::AddValue(_) => {}
            Self::Apart(_) => f.write_str("-- in a transaction of its own:\n")?,
            Self::OnlineIndex(_) => f.write_str("-- outside of a transaction:\n")?,
            Self::Unchecked(text) => {
                return write!(
                    f,
                    "SET SESSION foreign_key_checks = 0;\n{text};\nSET SESSION foreign_key_checks = 1;"
                );
            }
            Self::Verify(_) => f.write_str("-- fails unless this is 0:\n")?,
            Self::Rebuild(rebuild) => {
                writeln!(f, "-- rebuild of {}: its triggers and all of its indexes are kept", rebuild.table)?;
            }
            Self::Keep(keep) => {
                let kind = keep.kept.kind.key();
                writeln!(f, "-- archive of {kind} {}, under the next number of the archive", keep.kept)?;
                return write!(f, "CREATE TABLE whimbrel_archive_N AS {};", keep.select);
            }
            Self::Restore(restore) => {
                let kind = restore.kept.kind.key();
                let does = if restore.last { "back from" } else { "not to come back, out of" };
                writeln!(f, "-- {does} the archive of {kind} {}, under its number", restore.kept)?;
                return write!(f, "{};", restore.text("whimbrel_archive_N"));
            }
        }
        for (position, text) in self.texts().into_iter().enumerate() {
            let swap = matches!(self, Self::Rebuild(rebuild) if rebuild.drop == text);
            let swapped = matches!(self, Self::Rebuild(rebuild) if rebuild.rename == text);
            let newline = if position == 0 { "" } else { "\n" };
            let before = if swap { "PRAGMA legacy_alter_table = ON;\n" } else { "" };
            let after = if swapped { "\nPRAGMA legacy_alter_table = OFF;" } else { "" };
            write!(f, "{newline}{before}{text};{after}")?;
        }
        Ok(())
    }
}
