//! Steps of hand-written SQL.

use std::marker::PhantomData;

use whimbrel_schema::{Dialect, Effect, Name, Operation, Sql};

use super::{Editor, Result};
use crate::Table;

/// SQL in the words of each database, for [`Editor::sql`]. An empty text runs nothing there.
///
/// ```
/// use whimbrel::v1::PerDialect;
///
/// let analyse = PerDialect { sqlite: "ANALYZE users", postgres: "ANALYZE users", mysql: "ANALYZE TABLE users" };
/// # let _ = analyse;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerDialect {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
    /// For MySQL and MariaDB.
    pub mysql: &'static str,
}

/// What [`Editor::sql`] runs: a text, or a [`PerDialect`].
///
/// Only this crate implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a piece of SQL that a migration can run",
    label = "expected a text, or `PerDialect {{ sqlite: \"..\", postgres: \"..\", mysql: \"..\" }}`"
)]
pub trait Script {
    /// The SQL as the core knows it.
    #[doc(hidden)]
    fn draft(self) -> ScriptDraft;
}

/// SQL as the core knows it.
#[doc(hidden)]
pub struct ScriptDraft(Sql);

impl ScriptDraft {
    pub(super) fn into_sql(self) -> Sql {
        self.0
    }
}

impl Script for &'static str {
    fn draft(self) -> ScriptDraft {
        ScriptDraft(Sql::from(self))
    }
}

impl Script for PerDialect {
    fn draft(self) -> ScriptDraft {
        let Self { sqlite, postgres, mysql } = self;
        let texts = [(Dialect::Sqlite, sqlite), (Dialect::Postgres, postgres), (Dialect::Mysql, mysql)];
        ScriptDraft(Sql::each(texts))
    }
}

/// Nothing says yet what a piece of SQL does.
pub struct Undeclared;

/// It is said what a piece of SQL does, and more may be said.
pub struct Declared;

/// It is said that a piece of SQL does nothing to tables.
pub struct Harmless;

/// Whether it is said what a piece of SQL does.
#[diagnostic::on_unimplemented(
    message = "nothing says what this SQL does to tables",
    label = "add `.changes(..)`, `.creates(..)`, `.drops(..)`, `.alters(..)` or `.touches_nothing()` before `.run()`"
)]
pub trait Told {}

impl Told for Declared {}
impl Told for Harmless {}

/// Whether more can be said about a piece of SQL.
#[diagnostic::on_unimplemented(
    message = "this SQL is said to touch nothing, and yet to do something",
    label = "remove this, or `.touches_nothing()`"
)]
pub trait Open {}

impl Open for Undeclared {}
impl Open for Declared {}

/// A step of hand-written SQL.
#[must_use = "SQL does nothing until it is said what it does, and `.run()?`"]
pub struct SqlStep<'e, 'm, Effects> {
    parts: Parts<'e, 'm>,
    marker: PhantomData<fn() -> Effects>,
}

/// The parts of a step, free of types.
struct Parts<'e, 'm> {
    editor: &'e mut Editor<'m>,
    sql: Sql,
    effects: Vec<Effect>,
}

impl<'e, 'm> SqlStep<'e, 'm, Undeclared> {
    pub(super) fn new(editor: &'e mut Editor<'m>, script: ScriptDraft) -> Self {
        Self { parts: Parts { editor, sql: script.0, effects: Vec::new() }, marker: PhantomData }
    }

    /// It does nothing to a table of the schema: neither to its definition nor to its rows.
    pub fn touches_nothing(self) -> SqlStep<'e, 'm, Harmless> {
        SqlStep { parts: self.parts, marker: PhantomData }
    }
}

impl<'e, 'm, Effects> SqlStep<'e, 'm, Effects> {
    /// It inserts, updates or deletes rows of a table.
    pub fn changes<T: Table>(self, _table: T) -> SqlStep<'e, 'm, Declared>
    where
        Effects: Open,
    {
        self.with(Effect::Changes { table: Name::new(T::NAME) })
    }

    /// It creates a table, as the version that the migration leads to defines it.
    pub fn creates<T: Table>(self, _table: T) -> SqlStep<'e, 'm, Declared>
    where
        Effects: Open,
    {
        self.with(Effect::Creates { table: Name::new(T::NAME) })
    }

    /// It drops a table with its rows.
    pub fn drops<T: Table>(self, _table: T) -> SqlStep<'e, 'm, Declared>
    where
        Effects: Open,
    {
        self.with(Effect::Drops { table: Name::new(T::NAME) })
    }

    /// It leaves a table as the version that the migration leads to defines it.
    pub fn alters<P: Table, N: Table>(self, _previous: P, _next: N) -> SqlStep<'e, 'm, Declared>
    where
        Effects: Open,
    {
        self.with(Effect::Alters { table: Name::new(N::NAME) })
    }

    /// Runs it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or the SQL fails. SQL that begins or ends a transaction, or
    /// changes the connection, fails before it runs.
    pub fn run(self) -> Result<()>
    where
        Effects: Told,
    {
        let Parts { editor, sql, effects } = self.parts;
        editor.step(Operation::Sql { sql, effects })
    }

    fn with(self, effect: Effect) -> SqlStep<'e, 'm, Declared> {
        let mut parts = self.parts;
        parts.effects.push(effect);
        SqlStep { parts, marker: PhantomData }
    }
}
