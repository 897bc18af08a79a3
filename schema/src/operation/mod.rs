//! What a migration does, step by step, free of any dialect.

mod alter;
mod apply;
mod effect;
mod lookup;
mod misfit;
mod object;
mod rows;
mod text;

pub use effect::Effect;
pub use misfit::{Misfit, MisfitKind};
pub(crate) use object::rename_defaults;

use crate::{Expression, Name, Pair, Sql};

/// One act of a migration: what a step of its upgrade or downgrade does.
///
/// An operation carries names; the definitions behind them are read from the schema the migration
/// leads to, so that code and definition cannot disagree. `Display` is its canonical text: the
/// build embeds it, hashes it, and the running migration is held to it. That text is frozen;
/// `tests/fixtures/v1` guards it.
///
/// ```
/// use whimbrel_schema::{Name, Operation};
///
/// let operation = Operation::RenameTable { previous: Name::new("mail"), next: Name::new("emails") };
/// assert_eq!(operation.to_string(), "rename table mail to emails");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Creates a table with its keys, constraints and indexes.
    CreateTable {
        /// The table.
        table: Name,
    },
    /// Drops a table with its rows.
    DropTable {
        /// The table.
        table: Name,
    },
    /// Creates a table that was dropped, with the rows that the archive kept of it.
    RestoreTable {
        /// The table.
        table: Name,
        /// What every row gets in columns of which the archive keeps nothing, because they are personal.
        set: Vec<(Name, Expression)>,
    },
    /// Gives a table another name.
    RenameTable {
        /// The name it has.
        previous: Name,
        /// The name it gets.
        next: Name,
    },
    /// Gives two tables each the name of the other.
    ExchangeTables {
        /// The one.
        one: Name,
        /// The other.
        other: Name,
    },
    /// Changes a table; everything in one operation is done together.
    AlterTable {
        /// The table.
        table: Name,
        /// What changes, in order.
        alterations: Vec<Alteration>,
        /// Whether it is done in the form that lets programs go on meanwhile, on a database that has one.
        online: bool,
    },
    /// Creates an index.
    CreateIndex {
        /// The table.
        table: Name,
        /// The index.
        index: Name,
        /// Whether it is done in the form that lets programs go on meanwhile, on a database that has one.
        online: bool,
    },
    /// Drops an index.
    DropIndex {
        /// The table.
        table: Name,
        /// The index.
        index: Name,
        /// Whether it is done in the form that lets programs go on meanwhile, on a database that has one.
        online: bool,
    },
    /// Creates an enum.
    CreateEnum {
        /// The enum.
        name: Name,
    },
    /// Gives an enum the values that the schema it leads to gives it. Where a value with another name is
    /// the default of a column, the default follows.
    AlterEnum {
        /// The enum.
        name: Name,
        /// The values that get another name.
        renamed: Vec<Pair<String>>,
    },
    /// Drops an enum.
    DropEnum {
        /// The enum.
        name: Name,
    },
    /// Creates a view.
    CreateView {
        /// The view.
        name: Name,
    },
    /// Drops a view.
    DropView {
        /// The view.
        name: Name,
    },
    /// Creates a trigger.
    CreateTrigger {
        /// The trigger.
        name: Name,
    },
    /// Drops a trigger.
    DropTrigger {
        /// The trigger.
        name: Name,
    },
    /// Changes rows.
    Data(DataStatement),
    /// Runs SQL that a person wrote, which is taken at their word.
    Sql {
        /// The statement; nothing is run on a dialect that it has no text for.
        sql: Sql,
        /// What it does to tables, in order; without any it touches none.
        effects: Vec<Effect>,
    },
    /// Runs Rust code over rows. The code is in the migration; what it does is known only when it
    /// runs, except that it leaves every table as it is defined.
    Code,
}

/// One change of a table inside [`Operation::AlterTable`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alteration {
    /// Adds a column.
    AddColumn {
        /// The column.
        column: Name,
        /// What existing rows get, where the default is not it.
        backfill: Option<Expression>,
    },
    /// Drops a column with its values.
    DropColumn {
        /// The column.
        column: Name,
    },
    /// Adds a column that was dropped, with the values that the archive kept of it.
    RestoreColumn {
        /// The column.
        column: Name,
        /// What rows get that the archive has no value for, where the default is not it.
        backfill: Option<Expression>,
    },
    /// Gives a column another name. Renames that stand next to each other are done at once: columns may
    /// exchange their names.
    RenameColumn {
        /// The name it has.
        previous: Name,
        /// The name it gets.
        next: Name,
    },
    /// Gives a column another type, nullability or default.
    AlterColumn {
        /// The column.
        column: Name,
        /// How its values are converted, where a plain conversion is not it.
        using: Option<Expression>,
        /// What rows with NULL get when the column becomes NOT NULL.
        backfill: Option<Expression>,
        /// Whether values that an alteration before has replaced come back from the archive.
        restore: bool,
    },
    /// Adds the primary key.
    AddPrimaryKey,
    /// Drops the primary key.
    DropPrimaryKey,
    /// Adds a unique constraint.
    AddUnique {
        /// The constraint.
        name: Name,
    },
    /// Drops a unique constraint.
    DropUnique {
        /// The constraint.
        name: Name,
    },
    /// Adds a foreign key.
    AddForeignKey {
        /// The constraint.
        name: Name,
    },
    /// Drops a foreign key.
    DropForeignKey {
        /// The constraint.
        name: Name,
    },
    /// Adds a check constraint.
    AddCheck {
        /// The constraint.
        name: Name,
    },
    /// Drops a check constraint.
    DropCheck {
        /// The constraint.
        name: Name,
    },
    /// Gives the table its options: what only one database has for it, and what Rust calls it.
    SetOptions,
}

/// A statement that changes rows in a way that whimbrel understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataStatement {
    /// Changes rows of a table.
    Update {
        /// The table.
        table: Name,
        /// The columns and what they get.
        set: Vec<(Name, Expression)>,
        /// Which rows; `None` is every row.
        filter: Option<Expression>,
    },
    /// Inserts one row.
    Insert {
        /// The table.
        table: Name,
        /// The columns and what they get.
        set: Vec<(Name, Expression)>,
    },
    /// Inserts a row for each row of another table.
    InsertFrom {
        /// The table that gets the rows.
        table: Name,
        /// The table whose rows are read.
        source: Name,
        /// The columns and what they get from a row of the source.
        set: Vec<(Name, Expression)>,
        /// Which rows of the source; `None` is every row.
        filter: Option<Expression>,
    },
    /// Deletes rows of a table.
    Delete {
        /// The table.
        table: Name,
        /// Which rows; `None` is every row.
        filter: Option<Expression>,
    },
    /// Gives a value to the rows that have NULL in a column.
    Backfill {
        /// The table.
        table: Name,
        /// The column.
        column: Name,
        /// What they get.
        value: Expression,
    },
}

impl Operation {
    /// The table that is changed, by its name before the operation; none if it may be any.
    pub fn table(&self) -> Option<&Name> {
        match self {
            Self::CreateTable { table }
            | Self::DropTable { table }
            | Self::RestoreTable { table, .. }
            | Self::RenameTable { previous: table, .. }
            | Self::ExchangeTables { one: table, .. }
            | Self::AlterTable { table, .. }
            | Self::CreateIndex { table, .. }
            | Self::DropIndex { table, .. } => Some(table),
            Self::Data(statement) => Some(statement.table()),
            Self::CreateEnum { .. }
            | Self::AlterEnum { .. }
            | Self::DropEnum { .. }
            | Self::CreateView { .. }
            | Self::DropView { .. }
            | Self::CreateTrigger { .. }
            | Self::DropTrigger { .. }
            | Self::Sql { .. }
            | Self::Code => None,
        }
    }

    /// Whether it is done in the form that lets programs go on meanwhile.
    pub const fn is_online(&self) -> bool {
        match self {
            Self::AlterTable { online, .. }
            | Self::CreateIndex { online, .. }
            | Self::DropIndex { online, .. } => *online,
            Self::CreateTable { .. }
            | Self::DropTable { .. }
            | Self::RestoreTable { .. }
            | Self::RenameTable { .. }
            | Self::ExchangeTables { .. }
            | Self::CreateEnum { .. }
            | Self::AlterEnum { .. }
            | Self::DropEnum { .. }
            | Self::CreateView { .. }
            | Self::DropView { .. }
            | Self::CreateTrigger { .. }
            | Self::DropTrigger { .. }
            | Self::Data(_)
            | Self::Sql { .. }
            | Self::Code => false,
        }
    }

    /// The expressions that its author has written.
    ///
    /// ```
    /// use whimbrel_schema::{DataStatement, Expression, Name, Operation};
    ///
    /// let filter = Some(Expression::Sql("size > 0".into()));
    /// let delete = Operation::Data(DataStatement::Delete { table: Name::new("emails"), filter });
    /// assert_eq!(delete.expressions(), [&Expression::Sql("size > 0".into())]);
    /// ```
    pub fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::RestoreTable { set, .. } => set.iter().map(|(_, value)| value).collect(),
            Self::AlterTable { alterations, .. } => {
                alterations.iter().flat_map(Alteration::expressions).collect()
            }
            Self::Data(statement) => statement.expressions(),
            _ => Vec::new(),
        }
    }

    /// What a table of this name is called after it.
    pub fn name_after<'n>(&'n self, name: &'n Name) -> &'n Name {
        match self {
            Self::RenameTable { previous, next } if previous == name => next,
            Self::ExchangeTables { one, other } if one == name => other,
            Self::ExchangeTables { one, other } if other == name => one,
            _ => name,
        }
    }

    /// What a table that has this name after it is called before.
    pub fn name_before<'n>(&'n self, name: &'n Name) -> &'n Name {
        match self {
            Self::RenameTable { previous, next } if next == name => previous,
            Self::ExchangeTables { one, other } if one == name => other,
            Self::ExchangeTables { one, other } if other == name => one,
            _ => name,
        }
    }

    /// Whether what it does is known only by its author's word: no schema, diff or replay can tell.
    ///
    /// ```
    /// use whimbrel_schema::{Name, Operation};
    ///
    /// assert!(Operation::Code.is_opaque());
    /// assert!(!Operation::DropTable { table: Name::new("emails") }.is_opaque());
    /// ```
    pub const fn is_opaque(&self) -> bool {
        match self {
            Self::Sql { .. } | Self::Code => true,
            Self::CreateTable { .. }
            | Self::DropTable { .. }
            | Self::RestoreTable { .. }
            | Self::RenameTable { .. }
            | Self::ExchangeTables { .. }
            | Self::AlterTable { .. }
            | Self::CreateIndex { .. }
            | Self::DropIndex { .. }
            | Self::CreateEnum { .. }
            | Self::AlterEnum { .. }
            | Self::DropEnum { .. }
            | Self::CreateView { .. }
            | Self::DropView { .. }
            | Self::CreateTrigger { .. }
            | Self::DropTrigger { .. }
            | Self::Data(_) => false,
        }
    }

    /// Whether it may leave something in a database without rows that no definition tells of: rows, or
    /// whatever hand-written SQL and Rust code make.
    pub fn leaves_rows(&self) -> bool {
        match self {
            Self::Data(statement) => matches!(statement, DataStatement::Insert { .. }),
            other => other.is_opaque(),
        }
    }

    /// Whether it may change rows that it does not put back by itself: a way back that does nothing
    /// wants a reason.
    pub fn changes_rows(&self) -> bool {
        match self {
            Self::Data(_) | Self::Code => true,
            Self::Sql { effects, .. } => {
                effects.iter().any(|effect| matches!(effect, Effect::Changes { .. }))
            }
            Self::CreateTable { .. }
            | Self::DropTable { .. }
            | Self::RestoreTable { .. }
            | Self::RenameTable { .. }
            | Self::ExchangeTables { .. }
            | Self::AlterTable { .. }
            | Self::CreateIndex { .. }
            | Self::DropIndex { .. }
            | Self::CreateEnum { .. }
            | Self::AlterEnum { .. }
            | Self::DropEnum { .. }
            | Self::CreateView { .. }
            | Self::DropView { .. }
            | Self::CreateTrigger { .. }
            | Self::DropTrigger { .. } => false,
        }
    }
}

impl Alteration {
    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let (using, backfill) = match self {
            Self::AlterColumn { using, backfill, .. } => (using.as_ref(), backfill.as_ref()),
            Self::AddColumn { backfill, .. } | Self::RestoreColumn { backfill, .. } => {
                (None, backfill.as_ref())
            }
            _ => (None, None),
        };
        using.into_iter().chain(backfill)
    }

    /// Alterations in parts that are done one after the other: all of a part are renames, or none.
    pub fn together(alterations: &[Self]) -> impl Iterator<Item = &[Self]> {
        let is_rename = |alteration: &Self| matches!(alteration, Self::RenameColumn { .. });
        alterations.chunk_by(move |previous, next| is_rename(previous) == is_rename(next))
    }

    /// The names of columns that a part renames, if that is what it does.
    pub fn renames(together: &[Self]) -> Option<Vec<Pair<&Name>>> {
        let names = together.iter().map(|alteration| match alteration {
            Self::RenameColumn { previous, next } => Some(Pair::new(previous, next)),
            _ => None,
        });
        names.collect()
    }
}

impl DataStatement {
    fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Update { set, filter, .. } | Self::InsertFrom { set, filter, .. } => {
                set.iter().map(|(_, value)| value).chain(filter).collect()
            }
            Self::Insert { set, .. } => set.iter().map(|(_, value)| value).collect(),
            Self::Delete { filter, .. } => filter.iter().collect(),
            Self::Backfill { value, .. } => vec![value],
        }
    }

    /// The table whose rows change.
    pub fn table(&self) -> &Name {
        match self {
            Self::Update { table, .. }
            | Self::Insert { table, .. }
            | Self::InsertFrom { table, .. }
            | Self::Delete { table, .. }
            | Self::Backfill { table, .. } => table,
        }
    }
}
