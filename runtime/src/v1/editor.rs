//! The handle that a migration's functions receive.

use whimbrel_schema::{Alteration, Name, Operation};

use super::{
    AlterEnum, Backfill, Delete, Insert, InsertFrom, Online, Operand, RestoreTable, Result, Rows, Script,
    SqlStep, TableEditor, Undecided, Undeclared, UpdateStart,
};
use crate::types::{BaseType, Nullable};
use crate::{Column, Enum, Index, Table, Trigger, View};

/// Takes the steps of a migration, one after the other.
///
/// Each call is held to the step that the build has proven: one that is not the next step fails
/// before its SQL.
pub struct Editor<'m> {
    follow: &'m mut dyn Follow,
}

/// What becomes of the steps.
pub(crate) trait Follow {
    /// Takes a step, or learns why the call is none. `code` is what a step of Rust code does.
    fn step(&mut self, operation: Result<Operation, String>, code: Option<Code<'_>>) -> Result<()>;
}

/// What a step of Rust code does, once it is its turn.
pub(crate) type Code<'c> = &'c mut dyn FnMut(&mut Rows<'_>) -> Result<()>;

// Each method is a thin wrapper that turns its tokens into names: with hundreds of migrations,
// generic bodies would be compiled hundreds of times.
impl<'m> Editor<'m> {
    pub(crate) fn new(follow: &'m mut dyn Follow) -> Self {
        Self { follow }
    }

    /// Creates a table with its keys, constraints and indexes.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails; every method's errors are these.
    pub fn create_table<T: Table>(&mut self, _table: T) -> Result<()> {
        self.step(Operation::CreateTable { table: Name::new(T::NAME) })
    }

    /// Drops a table with its rows.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn drop_table<T: Table>(&mut self, _table: T) -> Result<()> {
        self.step(Operation::DropTable { table: Name::new(T::NAME) })
    }

    /// Creates a table that was dropped, with the rows that the archive kept of it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn restore_table<T: Table>(&mut self, _table: T) -> Result<()> {
        self.step(Operation::RestoreTable { table: Name::new(T::NAME), set: Vec::new() })
    }

    /// Creates a table that was dropped, with the rows that the archive kept of it, and values for its
    /// personal columns, of which the archive keeps nothing.
    pub fn restore_table_with<T: Table>(&mut self, _table: T) -> RestoreTable<'_, 'm, T> {
        RestoreTable::new(self)
    }

    /// Gives a table another name.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn rename_table<P: Table, N: Table>(&mut self, _previous: P, _next: N) -> Result<()> {
        self.step(Operation::RenameTable { previous: Name::new(P::NAME), next: Name::new(N::NAME) })
    }

    /// Gives two tables each the name of the other. More tables take over their names in a circle by several
    /// such steps, two tables at a time.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn exchange_tables<A: Table, B: Table>(&mut self, _one: A, _other: B) -> Result<()> {
        self.step(Operation::ExchangeTables { one: Name::new(A::NAME), other: Name::new(B::NAME) })
    }

    /// Changes a table; everything said in the closure is done together.
    ///
    /// A table that is also renamed is renamed first.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn alter_table<P: Table, N: Table>(
        &mut self,
        _previous: P,
        _next: N,
        change: impl FnOnce(&mut TableEditor<P, N>),
    ) -> Result<()> {
        let mut table = TableEditor::new();
        change(&mut table);
        self.alter(N::NAME, table.into_alterations(), false)
    }

    /// What follows is done in the form that lets programs go on meanwhile, on a database that has one.
    ///
    /// ```
    /// # use whimbrel::v1::*;
    /// # mod after {
    /// #     use whimbrel::Index;
    /// #     pub struct Emails;
    /// #     impl whimbrel::Table for Emails { const NAME: &'static str = "emails"; const VERSION: u32 = 1; }
    /// #     impl Emails { pub const EMAILS_SENDER_IDX: Index<Self> = Index::new("emails_sender_idx"); }
    /// # }
    /// # fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    /// db.online().create_index(after::Emails::EMAILS_SENDER_IDX)?;
    /// # Ok(()) }
    /// ```
    pub fn online(&mut self) -> Online<'_, 'm> {
        Online::new(self)
    }

    /// Creates an index.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn create_index<T: Table>(&mut self, index: Index<T>) -> Result<()> {
        self.create_index_of(T::NAME, index.name(), false)
    }

    /// Drops an index.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn drop_index<T: Table>(&mut self, index: Index<T>) -> Result<()> {
        self.drop_index_of(T::NAME, index.name(), false)
    }

    /// Creates an enum.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn create_enum<E: Enum>(&mut self, _enumeration: E) -> Result<()> {
        self.step(Operation::CreateEnum { name: Name::new(E::NAME) })
    }

    /// Gives an enum the values that it has in the version that the migration leads to. A value that is
    /// gone must be in no row.
    ///
    /// ```
    /// # use whimbrel::v1::*;
    /// # mod after {
    /// #     pub struct Category;
    /// #     impl whimbrel::Enum for Category { const NAME: &'static str = "category"; const VERSION: u32 = 1; }
    /// # }
    /// # fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    /// db.alter_enum(after::Category).rename_value("promo", "promotion").run()?;
    /// # Ok(()) }
    /// ```
    pub fn alter_enum<E: Enum>(&mut self, _enumeration: E) -> AlterEnum<'_, 'm> {
        AlterEnum::new(self, E::NAME)
    }

    /// Drops an enum. No column may be of it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn drop_enum<E: Enum>(&mut self, _enumeration: E) -> Result<()> {
        self.step(Operation::DropEnum { name: Name::new(E::NAME) })
    }

    /// Creates a view. What it reads must be there.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn create_view<V: View>(&mut self, _view: V) -> Result<()> {
        self.step(Operation::CreateView { name: Name::new(V::NAME) })
    }

    /// Drops a view. No other may read it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn drop_view<V: View>(&mut self, _view: V) -> Result<()> {
        self.step(Operation::DropView { name: Name::new(V::NAME) })
    }

    /// Creates a trigger.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn create_trigger<T: Trigger>(&mut self, _trigger: T) -> Result<()> {
        self.step(Operation::CreateTrigger { name: Name::new(T::NAME) })
    }

    /// Drops a trigger.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn drop_trigger<T: Trigger>(&mut self, _trigger: T) -> Result<()> {
        self.step(Operation::DropTrigger { name: Name::new(T::NAME) })
    }

    /// Changes rows of a table.
    pub fn update<T: Table>(&mut self, _table: T) -> UpdateStart<'_, 'm, T> {
        UpdateStart::new(self)
    }

    /// Inserts a row.
    pub fn insert<T: Table>(&mut self, _table: T) -> Insert<'_, 'm, T> {
        Insert::new(self)
    }

    /// Inserts a row for each row of another table.
    pub fn insert_from<T: Table, S: Table>(&mut self, _table: T, _source: S) -> InsertFrom<'_, 'm, T, S> {
        InsertFrom::new(self)
    }

    /// Deletes rows of a table.
    pub fn delete<T: Table>(&mut self, _table: T) -> Delete<'_, 'm, T, Undecided> {
        Delete::new(self)
    }

    /// Gives a value to the rows that have NULL in a column.
    pub fn backfill<T: Table, Base: BaseType>(
        &mut self,
        column: Column<T, Nullable<Base>>,
        value: impl Operand<T, Base>,
    ) -> Backfill<'_, 'm> {
        Backfill::new(self, T::NAME, column.name(), value.operand())
    }

    /// Runs SQL that is written by hand: one statement, with what it does to tables, which is
    /// believed. Nothing is known of it but that.
    ///
    /// ```
    /// # use whimbrel::v1::*;
    /// # mod after {
    /// #     pub struct Users;
    /// #     impl whimbrel::Table for Users { const NAME: &'static str = "users"; const VERSION: u32 = 1; }
    /// # }
    /// # fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    /// db.sql("UPDATE users SET rank = (SELECT count(*) FROM emails WHERE owner_id = users.id)")
    ///     .changes(after::Users)
    ///     .run()?;
    /// # Ok(()) }
    /// ```
    pub fn sql(&mut self, script: impl Script) -> SqlStep<'_, 'm, Undeclared> {
        SqlStep::new(self, script.draft())
    }

    /// Runs Rust code over rows. It is called when it is its turn, inside the transaction of the
    /// migration; nothing is known of it before.
    ///
    /// ```
    /// # use whimbrel::v1::*;
    /// # mod after {
    /// #     use whimbrel::{Column, types};
    /// #     pub struct Users;
    /// #     impl whimbrel::Table for Users { const NAME: &'static str = "users"; const VERSION: u32 = 1; }
    /// #     impl Users {
    /// #         pub const ID: Column<Self, types::BigInt> = Column::new("id");
    /// #         pub const EMAIL: Column<Self, types::Text> = Column::new("email");
    /// #     }
    /// # }
    /// # fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    /// db.data(|rows| {
    ///     for user in rows.query("SELECT id, email FROM users", &[])? {
    ///         let email = user.get(after::Users::EMAIL)?.to_lowercase();
    ///         rows.execute("UPDATE users SET email = ?1 WHERE id = ?2", &[&email, &user.get(after::Users::ID)?])?;
    ///     }
    ///     Ok(())
    /// })?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// If this is not the next step, or the code fails.
    pub fn data(&mut self, code: impl FnOnce(&mut Rows<'_>) -> Result<()>) -> Result<()> {
        let mut code = Some(code);
        let mut once = |rows: &mut Rows<'_>| code.take().map_or(Ok(()), |code| code(rows));
        self.follow.step(Ok(Operation::Code), Some(&mut once))
    }

    pub(super) fn step(&mut self, operation: Operation) -> Result<()> {
        self.follow.step(Ok(operation), None)
    }

    pub(super) fn step_or(&mut self, operation: Result<Operation, String>) -> Result<()> {
        self.follow.step(operation, None)
    }

    pub(super) fn create_index_of(&mut self, table: &str, index: &str, online: bool) -> Result<()> {
        self.step(Operation::CreateIndex { table: Name::new(table), index: Name::new(index), online })
    }

    pub(super) fn drop_index_of(&mut self, table: &str, index: &str, online: bool) -> Result<()> {
        self.step(Operation::DropIndex { table: Name::new(table), index: Name::new(index), online })
    }

    pub(super) fn alter(
        &mut self,
        table: &str,
        alterations: Result<Vec<Alteration>, String>,
        online: bool,
    ) -> Result<()> {
        let table = Name::new(table);
        self.follow
            .step(alterations.map(|alterations| Operation::AlterTable { table, alterations, online }), None)
    }
}
