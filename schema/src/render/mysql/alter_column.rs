//! One column of an ALTER TABLE.

use super::alter::modify;
use super::column::{definition, effective_type};
use super::update::bare;
use super::work::Work;
use super::{GRAMMAR, ident};
use crate::render::common::{self, Group, rename_columns};
use crate::{Column, DefaultValue, Expression, GeneratedStorage, Pair};

/// Whether another column has to take a column's values: they are computed for a type that it does not have
/// yet, or whenever they are read, which MySQL alters into nothing else.
pub(super) fn is_exchanged(
    group: &Group<'_>,
    columns: Pair<&Column>,
    using: Option<&Expression>,
    backfill: Option<&Expression>,
) -> bool {
    let types = group.schemas.zip(group.tables).zip(columns);
    let types = types.map(|((schema, table), column)| effective_type(schema, table, column));
    let is_read =
        columns.previous.generated.as_ref().is_some_and(|made| made.storage == GeneratedStorage::Virtual);
    columns.next.is_written() && (using.is_some() || is_read || (backfill.is_some() && types.differs()))
}

/// Adds a column. Rows get a literal as a default that is there only for a moment, which takes no time and
/// fires no trigger.
pub(super) fn add(group: &Group<'_>, column: &Column, backfill: Option<&Expression>, work: &mut Work) {
    let schema = group.schemas.next;
    let backfill = backfill.filter(|_| column.is_written());
    let Some(backfill) = backfill.map(|backfill| rename_columns(backfill, group.renamed)) else {
        work.columns.push(format!("ADD COLUMN {}", definition(schema, column)));
        return;
    };
    if let Expression::Literal(value) = &backfill {
        let default = Some(DefaultValue::Literal(value.clone()));
        let moment = Column { default, ..column.clone() };
        work.columns.push(format!("ADD COLUMN {}", definition(schema, &moment)));
        if moment.default != column.default {
            work.settled.push(modify(&definition(schema, column)));
        }
        return;
    }
    let value = common::sql(&GRAMMAR, group.schemas.previous, &backfill);
    if group.tables.previous.columns.contains_key(&column.name) {
        stage(group, column, value, work);
    } else {
        let staged = definition(schema, &bare(column, &column.name));
        work.staged.push(format!("ADD COLUMN {staged}"));
        work.values.push((ident(&column.name), value));
        work.columns.push(modify(&definition(schema, column)));
    }
}

/// Gives a column another type, default or nullability.
pub(super) fn alter(
    group: &Group<'_>,
    columns: Pair<&Column>,
    using: Option<&Expression>,
    backfill: Option<&Expression>,
    work: &mut Work,
) {
    let Pair { previous, next } = columns;
    let sql = |value: &Expression| {
        common::sql(&GRAMMAR, group.schemas.previous, &rename_columns(value, group.renamed))
    };
    let name = ident(&next.name);
    let value = using.map_or_else(|| name.clone(), sql);
    let value = match backfill {
        Some(backfill) => format!("COALESCE({value}, {})", sql(backfill)),
        None => value,
    };
    if is_exchanged(group, columns, using, backfill) {
        work.drops.push(format!("DROP COLUMN {}", ident(&previous.name)));
        stage(group, next, value, work);
        return;
    }
    if backfill.is_some() && next.is_written() {
        work.values.push((name, value));
    }
    let definitions = group.schemas.zip(columns).map(|(schema, column)| definition(schema, column));
    let types = group.schemas.zip(group.tables).zip(columns);
    let types = types.map(|((schema, table), column)| effective_type(schema, table, column));
    if definitions.differs() || types.differs() {
        work.columns.push(modify(&definitions.next));
    }
}

/// Puts the values of a column into another, which then takes its place.
fn stage(group: &Group<'_>, column: &Column, value: String, work: &mut Work) {
    let temporary = GRAMMAR.temporary(&column.name);
    let schema = group.schemas.next;
    work.staged.push(format!("ADD COLUMN {}", definition(schema, &bare(column, &temporary))));
    // Before the columns that are filled where they are, so that it is computed from what these had.
    work.values.insert(0, (ident(&temporary), value));
    work.columns.push(format!("CHANGE COLUMN {} {}", ident(&temporary), definition(schema, column)));
}
