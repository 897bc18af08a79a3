//! Changes of one table.

use std::marker::PhantomData;

use whimbrel_schema::{Alteration, Expression, Name};

use super::{Draft, Operand, Value};
use crate::types::ColumnType;
use crate::{Check, Column, ForeignKey, Table, Unique};

/// Collects the changes of a table: `P` is the table as it is, `N` as it will be.
///
/// They are done together, by one rebuild where the database cannot alter.
pub struct TableEditor<P, N> {
    alterations: Alterations,
    marker: PhantomData<fn() -> (P, N)>,
}

#[derive(Default)]
struct Alterations {
    list: Vec<Alteration>,
    /// The first value that is none.
    wrong: Option<String>,
}

/// A column being added; [`backfill`](AddColumn::backfill) says what existing rows get.
pub struct AddColumn<'t, P, Ty> {
    alterations: &'t mut Alterations,
    marker: PhantomData<fn() -> (P, Ty)>,
}

/// A column being altered.
pub struct AlterColumn<'t, P, Ty> {
    alterations: &'t mut Alterations,
    marker: PhantomData<fn() -> (P, Ty)>,
}

impl<P: Table, N: Table> TableEditor<P, N> {
    pub(super) fn new() -> Self {
        Self { alterations: Alterations::default(), marker: PhantomData }
    }

    pub(super) fn into_alterations(self) -> Result<Vec<Alteration>, String> {
        match self.alterations.wrong {
            Some(wrong) => Err(wrong),
            None => Ok(self.alterations.list),
        }
    }

    /// Adds a column.
    pub fn add_column<Ty>(&mut self, column: Column<N, Ty>) -> AddColumn<'_, P, Ty> {
        self.alterations.add(Alteration::AddColumn { column: Name::new(column.name()), backfill: None });
        AddColumn { alterations: &mut self.alterations, marker: PhantomData }
    }

    /// Adds a column that was dropped, with the values that the archive kept of it. Rows inserted
    /// since get the `backfill`, or the column's default.
    pub fn restore_column<Ty>(&mut self, column: Column<N, Ty>) -> AddColumn<'_, P, Ty> {
        self.alterations.add(Alteration::RestoreColumn { column: Name::new(column.name()), backfill: None });
        AddColumn { alterations: &mut self.alterations, marker: PhantomData }
    }

    /// Drops a column with its values.
    pub fn drop_column<Ty>(&mut self, column: Column<P, Ty>) {
        self.alterations.add(Alteration::DropColumn { column: Name::new(column.name()) });
    }

    /// Gives a column another name. Renames that stand next to each other are done at once, so columns can
    /// exchange their names.
    pub fn rename_column<A, B>(&mut self, previous: Column<P, A>, next: Column<N, B>) {
        self.alterations.add(Alteration::RenameColumn {
            previous: Name::new(previous.name()),
            next: Name::new(next.name()),
        });
    }

    /// Gives a column another type, nullability or default.
    ///
    /// A column that is also renamed is renamed first.
    pub fn alter_column<A, B>(
        &mut self,
        _previous: Column<P, A>,
        next: Column<N, B>,
    ) -> AlterColumn<'_, P, B> {
        self.alterations.add(Alteration::AlterColumn {
            column: Name::new(next.name()),
            using: None,
            backfill: None,
            restore: false,
        });
        AlterColumn { alterations: &mut self.alterations, marker: PhantomData }
    }

    /// Adds the primary key.
    pub fn add_primary_key(&mut self) {
        self.alterations.add(Alteration::AddPrimaryKey);
    }

    /// Drops the primary key.
    pub fn drop_primary_key(&mut self) {
        self.alterations.add(Alteration::DropPrimaryKey);
    }

    /// Adds a unique constraint.
    pub fn add_unique(&mut self, unique: Unique<N>) {
        self.alterations.add(Alteration::AddUnique { name: Name::new(unique.name()) });
    }

    /// Drops a unique constraint.
    pub fn drop_unique(&mut self, unique: Unique<P>) {
        self.alterations.add(Alteration::DropUnique { name: Name::new(unique.name()) });
    }

    /// Adds a foreign key.
    pub fn add_foreign_key(&mut self, key: ForeignKey<N>) {
        self.alterations.add(Alteration::AddForeignKey { name: Name::new(key.name()) });
    }

    /// Drops a foreign key.
    pub fn drop_foreign_key(&mut self, key: ForeignKey<P>) {
        self.alterations.add(Alteration::DropForeignKey { name: Name::new(key.name()) });
    }

    /// Adds a check constraint.
    pub fn add_check(&mut self, check: Check<N>) {
        self.alterations.add(Alteration::AddCheck { name: Name::new(check.name()) });
    }

    /// Drops a check constraint.
    pub fn drop_check(&mut self, check: Check<P>) {
        self.alterations.add(Alteration::DropCheck { name: Name::new(check.name()) });
    }

    /// Gives the table its options: what only one database has for it, as `strict` on SQLite, and what
    /// Rust calls it.
    pub fn set_options(&mut self) {
        self.alterations.add(Alteration::SetOptions);
    }
}

impl<P: Table, Ty> AddColumn<'_, P, Ty> {
    /// What existing rows get, where the default is not it.
    pub fn backfill(self, value: impl Value<P, Ty>) {
        self.alterations.set_backfill(value.draft());
    }
}

impl<P: Table, Ty: ColumnType> AlterColumn<'_, P, Ty> {
    /// How values are converted, where a plain conversion is not it.
    pub fn using(self, value: impl Operand<P, Ty::Base>) -> Self {
        self.alterations.set_using(value.operand());
        self
    }

    /// What rows with NULL get when the column becomes NOT NULL.
    pub fn backfill(self, value: impl Value<P, Ty>) -> Self {
        self.alterations.set_backfill(value.draft());
        self
    }

    /// Puts back, from the archive, the values that the upgrade replaced and that nothing has changed
    /// since.
    pub fn restore(self) -> Self {
        self.alterations.set_restore();
        self
    }
}

impl Alterations {
    fn add(&mut self, alteration: Alteration) {
        self.list.push(alteration);
    }

    fn set_backfill(&mut self, value: Draft) {
        let value = self.accept(value);
        if let Some(
            Alteration::AddColumn { backfill, .. }
            | Alteration::RestoreColumn { backfill, .. }
            | Alteration::AlterColumn { backfill, .. },
        ) = self.list.last_mut()
        {
            *backfill = value;
        }
    }

    fn set_restore(&mut self) {
        if let Some(Alteration::AlterColumn { restore, .. }) = self.list.last_mut() {
            *restore = true;
        }
    }

    fn set_using(&mut self, value: Draft) {
        let value = self.accept(value);
        if let Some(Alteration::AlterColumn { using, .. }) = self.list.last_mut() {
            *using = value;
        }
    }

    fn accept(&mut self, value: Draft) -> Option<Expression> {
        value.0.map_err(|wrong| self.wrong.get_or_insert(wrong).clone()).ok()
    }
}
