//! What the archive keeps of what an operation destroys, and why not more.

use std::fmt;

use crate::plan::Conversion;
use crate::{Alteration, Column, Expression, Name, Pair, Schema, Table};

/// How much of something the archive keeps before it is destroyed.
///
/// One answer for all who ask: the hazards, which say it, the SQL, which does it, and the plan of the
/// way back, which relies on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeping {
    /// All of it.
    Whole,
    /// All but the values of these columns, as `users.phone`, because they are personal.
    Without(Vec<String>),
    /// Nothing: the key of its rows has this column, as `users.email`, which is personal, and without
    /// their key nobody could tell whose the other values are.
    PersonalKey(String),
    /// Nothing: the rows have no key by which they would be found again, or nobody knows which are meant.
    Nothing,
}

impl Keeping {
    /// Whether all of it is kept.
    pub const fn is_whole(&self) -> bool {
        match self {
            Self::Whole => true,
            Self::Without(_) | Self::PersonalKey(_) | Self::Nothing => false,
        }
    }

    /// Whether it is all but some columns, and this is one of them.
    pub fn leaves_out(&self, table: &Name, column: &Name) -> bool {
        match self {
            Self::Whole => false,
            Self::Without(columns) => columns.contains(&format!("{table}.{column}")),
            Self::PersonalKey(_) | Self::Nothing => true,
        }
    }

    /// Of rows of a table. A table without a key is kept as well: it comes back as a whole.
    pub(crate) fn of_rows(table: &Table) -> Self {
        let full = |column: &Name| format!("{}.{column}", table.name);
        if let Some(key) = table.key_columns().iter().find(|column| is_personal(table, column)) {
            return Self::PersonalKey(full(key));
        }
        let personal = table.columns.values().filter(|column| column.personal);
        let personal: Vec<String> = personal.map(|column| full(&column.name)).collect();
        if personal.is_empty() { Self::Whole } else { Self::Without(personal) }
    }

    /// A table as it is at a position, with the columns personal that are so there or in the end.
    pub(crate) fn rows_at(schemas: Pair<&Schema>, table: &Name) -> Option<Table> {
        let mut rows = schemas.previous.table(table.as_str())?.clone();
        if let Some(next) = schemas.next.table(table.as_str()) {
            rows.columns.values_mut().for_each(|column| column.personal |= is_personal(next, &column.name));
        }
        Some(rows)
    }

    /// The columns of which the archive keeps nothing, and that a row cannot come back without.
    pub(crate) fn without_value(table: &Table) -> impl Iterator<Item = &Name> {
        table
            .columns
            .values()
            .filter(|column| column.personal && column.needs_value())
            .map(|column| &column.name)
    }

    /// Of the values of a column that are replaced by those of `expressions`, or dropped. They are
    /// personal if the column is so before or after, or if what replaces them is made of such values,
    /// since an archive has both.
    ///
    /// `schemas` are the one where the operation stands and the one that the migration leads to, `altered`
    /// the table with all that the operation does to it, and `column` has its names before and after the
    /// renames of the same operation.
    pub(crate) fn of_values<'a>(
        schemas: Pair<&Schema>,
        altered: (&Name, &[Alteration]),
        column: Pair<&Name>,
        expressions: impl IntoIterator<Item = &'a Expression>,
    ) -> Self {
        let (table, alterations) = altered;
        let Some(rows) = schemas.previous.table(table.as_str()) else { return Self::Nothing };
        let full = |column: &Name| format!("{table}.{column}");
        let next = schemas.next.table(table.as_str());
        if is_personal(rows, column.previous) || next.is_some_and(|next| is_personal(next, column.next)) {
            return Self::Without(vec![full(column.next)]);
        }
        let read = expressions.into_iter().find_map(|expression| personal_in(schemas, expression));
        if let Some(read) = read {
            return Self::Without(vec![read]);
        }
        if rows.column(column.previous.as_str()).is_none_or(|column| !column.is_written()) {
            return Self::Nothing;
        }
        let keys = rows.key_columns();
        if let Some(key) = keys.iter().find(|key| is_personal(rows, key)) {
            return Self::PersonalKey(full(key));
        }
        let stays = |key: &Name| stays(alterations, key, next);
        if keys.is_empty() || keys.contains(column.previous) || !keys.iter().all(stays) {
            return Self::Nothing;
        }
        Self::Whole
    }
}

/// Whether the archive keeps the values of an altered column that the alteration leaves as they are, too.
/// Where the way back converts values in its own way, each of them has to come from the archive. `columns`
/// are the column before and after it.
pub(crate) fn keeps_unchanged(columns: Pair<&Column>, using: Option<&Expression>) -> bool {
    let types = columns.map(|column| &column.column_type);
    using.is_some() || Conversion::between(types.next, types.previous) == Conversion::Unconvertible
}

/// The words that follow those of the act: `drops column users.phone with its values`.
impl fmt::Display for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Without(columns) => {
                write!(f, ": values of `{}` are personal and are not kept", columns.join("`, `"))
            }
            Self::PersonalKey(key) => {
                write!(f, ": nothing of it is kept, because `{key}`, which is personal, is in the key")
            }
            Self::Nothing => f.write_str(", which cannot be kept"),
        }
    }
}

/// Whether a column of a key tells in the end which row is which, as it did before. A column that goes has
/// other values when it is there again, and one that is converted by hand may have others.
fn stays(alterations: &[Alteration], key: &Name, next: Option<&Table>) -> bool {
    let mut name = key;
    for together in Alteration::together(alterations) {
        if let Some(renames) = Alteration::renames(together) {
            name = renames.iter().find(|names| names.previous == name).map_or(name, |names| names.next);
            continue;
        }
        let lost = together.iter().any(|alteration| match alteration {
            Alteration::DropColumn { column } => column == name,
            Alteration::AlterColumn { column, using, .. } => column == name && using.is_some(),
            _ => false,
        });
        if lost {
            return false;
        }
    }
    // Where a later step gives the table another name, this one alone is looked at.
    next.is_none_or(|next| next.column(name.as_str()).is_some_and(Column::is_written))
}

fn is_personal(table: &Table, column: &Name) -> bool {
    table.column(column.as_str()).is_some_and(|column| column.personal)
}

/// A personal column that an expression reads. The text of SQL is searched for names rather than
/// parsed: what is not kept without need is announced, what is kept without right is not undone.
fn personal_in(schemas: Pair<&Schema>, expression: &Expression) -> Option<String> {
    let personal = |schema: &Schema| -> Vec<(Name, Name)> {
        let tables = schema.tables.values();
        let columns =
            tables.flat_map(|table| table.columns.values().map(|column| (table.name.clone(), column)));
        columns
            .filter(|(_, column)| column.personal)
            .map(|(table, column)| (table, column.name.clone()))
            .collect()
    };
    let personal: Vec<(Name, Name)> =
        [schemas.previous, schemas.next].into_iter().flat_map(personal).collect();
    if personal.is_empty() {
        return None;
    }
    let mut read = None;
    expression.each_column(&mut |table, column| {
        if personal.iter().any(|known| (&known.0, &known.1) == (table, column)) {
            read.get_or_insert_with(|| format!("{table}.{column}"));
        }
    });
    let mut named = None;
    expression.each_sql(&mut |sql| {
        let found = personal.iter().find(|(_, column)| sql.mentions(column.as_str()));
        named = named.take().or(found);
    });
    read.or_else(|| named.map(|(table, column)| format!("{table}.{column}")))
}
