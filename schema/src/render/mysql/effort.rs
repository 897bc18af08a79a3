//! How much a change costs, so that what was thought to be cheap never turns out to be a copy.
//!
//! The clauses are asserted only online: the server then refuses what it cannot do so, before it does
//! anything. They are what MariaDB 10.11 takes, tried one by one in `tests/tests/engines/online.rs`; MySQL 8
//! takes the same or refuses. What is known to copy the table has no clause: its hazard says so.

use crate::render::common::{Act, Group};
use crate::{Column, DefaultValue, Dialect, Expression, GeneratedStorage, Index, Pair, Table};

/// What the server has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effort {
    /// It notes something about the table.
    Instant,
    /// It reads or writes the table while programs go on.
    InPlace,
    /// It copies the table, or keeps writers out.
    Copy,
}

impl Effort {
    /// What is asserted at the end of the statement.
    pub(super) const fn clause(self) -> &'static str {
        match self {
            // MySQL takes no lock clause beside this one.
            Self::Instant => ", ALGORITHM=INSTANT",
            Self::InPlace => ", ALGORITHM=INPLACE, LOCK=NONE",
            Self::Copy => "",
        }
    }
}

/// Of all that a group of alterations does in one statement, and `keys` whether indexes or foreign keys come
/// or go with it.
pub(super) fn of_acts(group: &Group<'_>, acts: &[Act<'_>], keys: bool) -> Effort {
    let virtuals = acts.iter().filter(|act| is_virtual(act)).count();
    if virtuals > 0 && (virtuals < acts.len() || keys) {
        // These go with nothing else.
        return Effort::Copy;
    }
    // A table that loses its key and gets no other is one of another kind to the storage.
    let loses_key = acts.iter().any(|act| matches!(act, Act::DropPrimaryKey))
        && !acts.iter().any(|act| matches!(act, Act::AddPrimaryKey(_)));
    if loses_key {
        return Effort::Copy;
    }
    let keys = keys.then_some(Effort::InPlace);
    acts.iter().map(|act| of_act(group, act)).chain(keys).max().unwrap_or(Effort::Instant)
}

fn is_virtual(act: &Act<'_>) -> bool {
    let (Act::AddColumn { column, .. } | Act::DropColumn(column)) = act else { return false };
    column.generated.as_ref().is_some_and(|made| made.storage == GeneratedStorage::Virtual)
}

fn of_act(group: &Group<'_>, act: &Act<'_>) -> Effort {
    let tightening = || if has_stored_column(group.tables.previous) { Effort::Copy } else { Effort::InPlace };
    match act {
        Act::AddColumn { column, .. } if is_made_for_every_row(column) => Effort::Copy,
        Act::AddColumn { column, backfill: Some(value) }
            if !matches!(value, Expression::Literal(_)) && !column.nullable =>
        {
            tightening()
        }
        Act::AddColumn { .. } | Act::DropColumn(_) => Effort::Instant,
        Act::AlterColumn { columns, using: None, .. } => {
            let without_default = columns.map(|column| Column { default: None, ..column.clone() });
            match columns.map(|column| column.nullable) {
                _ if is_stored_otherwise(*columns) => Effort::Copy,
                Pair { previous: true, next: false } => tightening(),
                _ if without_default.differs() => Effort::InPlace,
                _ => Effort::Instant,
            }
        }
        Act::AlterColumn { using: Some(_), .. } | Act::AddCheck(..) => Effort::Copy,
        Act::SetOptions if group.tables.map(|table| &table.options.mysql).differs() => Effort::Copy,
        Act::AddPrimaryKey(_)
        | Act::DropPrimaryKey
        | Act::AddUnique(..)
        | Act::DropUnique(_)
        | Act::DropCheck(_) => Effort::InPlace,
        Act::SetOptions => Effort::Instant,
    }
}

/// Of an index that comes.
pub(super) fn of_index(index: &Index) -> Effort {
    let method = index.method.get(&Dialect::Mysql);
    // While these are built nobody can write.
    let slow = method.is_some_and(|method| {
        method.eq_ignore_ascii_case("fulltext") || method.eq_ignore_ascii_case("spatial")
    });
    if slow { Effort::Copy } else { Effort::InPlace }
}

/// Whether a column of it is computed and stored, beside which none becomes NOT NULL without a copy.
pub(crate) fn has_stored_column(table: &Table) -> bool {
    let stored = |column: &Column| {
        column.generated.as_ref().is_some_and(|made| made.storage == GeneratedStorage::Stored)
    };
    table.columns.values().any(stored)
}

fn is_made_for_every_row(column: &Column) -> bool {
    let stored = column.generated.as_ref().is_some_and(|made| made.storage == GeneratedStorage::Stored);
    stored || column.auto_increment || matches!(&column.default, Some(DefaultValue::Expression(_)))
}

/// Whether what was computed becomes a column with values of its own.
pub(crate) fn is_kept_now(columns: Pair<&Column>) -> bool {
    columns.previous.generated.is_some() && columns.next.generated.is_none()
}

/// Whether a column becomes another to the storage. A longer text does not, as long as its length takes as
/// many bytes: one up to 255 bytes, of which a character takes up to four.
pub(crate) fn is_stored_otherwise(columns: Pair<&Column>) -> bool {
    use crate::ColumnType::*;
    let class = |length: u32| length.saturating_mul(4) > 255;
    let types = columns.map(|column| &column.column_type);
    let retyped = match (types.previous, types.next) {
        (Varchar(previous), Varchar(next)) => next < previous || class(*previous) != class(*next),
        (previous, next) => previous != next,
    };
    let numbered = columns.next.auto_increment && !columns.previous.auto_increment;
    retyped || numbered || is_kept_now(columns) || columns.previous.collation != columns.next.collation
}
