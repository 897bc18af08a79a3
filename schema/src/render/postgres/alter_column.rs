//! One column of an ALTER TABLE.

use super::column::{self, default, storage, type_clause};
use super::phases::Phases;
use super::{GRAMMAR, ident, online, trigger};
use crate::render::common::{self, Group, rename_columns};
use crate::{Column, ColumnType, DefaultValue, Expression, Pair};

/// Whether the column is written anew, which PostgreSQL does row by row.
pub(super) fn is_retyped(
    group: &Group<'_>,
    columns: Pair<&Column>,
    using: Option<&Expression>,
    backfill: Option<&Expression>,
) -> bool {
    let written = using.is_some() || (backfill.is_some() && !group.online);
    columns.map(type_clause).differs() || (written && columns.next.is_written())
}

/// Adds a column. Rows get a backfill by the way that costs least and fires no trigger: as a default that is
/// there only for a moment, or by a type that is the same as before but computed.
pub(super) fn add(group: &Group<'_>, column: &Column, backfill: Option<&Expression>, phases: &mut Phases) {
    let name = ident(&column.name);
    let backfill = backfill.filter(|_| column.is_written());
    let Some(backfill) = backfill.map(|backfill| rename_columns(backfill, group.renamed)) else {
        // What is computed comes when what it reads has its values.
        let actions = if column.generated.is_some() { &mut phases.last } else { &mut phases.first };
        actions.push(format!("ADD COLUMN {}", column::definition(column)));
        return;
    };
    if let Expression::Literal(value) = &backfill {
        let moment =
            Column { default: Some(DefaultValue::Literal(value.clone())), doc: None, ..column.clone() };
        phases.first.push(format!("ADD COLUMN {}", column::definition(&moment)));
        if moment.default != column.default {
            phases.last.push(set_default(column));
            phases.apart = true;
        }
        return;
    }
    phases.first.push(format!("ADD COLUMN {name} {}", type_clause(column)));
    let value = cast(column, common::sql(&GRAMMAR, group.schemas.previous, &backfill));
    if group.online {
        // Programs that do not know the column write rows as well.
        phases.first.extend(column.default.as_ref().map(|_| set_default(column)));
        match column.nullable {
            true => phases.fills.push((name, value)),
            false => online::not_null(group, column, Some(value), phases),
        }
        return;
    }
    phases.apart = true;
    if has_query(&backfill) {
        update(group, &name, &value, phases);
    } else {
        phases.last.push(format!("ALTER COLUMN {name} TYPE {} USING {value}", type_clause(column)));
    }
    if column.default.is_some() {
        phases.last.push(set_default(column));
    }
    if !column.nullable {
        phases.last.push(format!("ALTER COLUMN {name} SET NOT NULL"));
    }
}

/// Gives a column another type, default or nullability. The actions are said in the order in which
/// PostgreSQL carries them out: what goes, the type, what comes.
pub(super) fn alter(
    group: &Group<'_>,
    columns: Pair<&Column>,
    using: Option<&Expression>,
    backfill: Option<&Expression>,
    phases: &mut Phases,
) {
    let Pair { previous, next } = columns;
    let retyped = is_retyped(group, columns, using, backfill);
    let tightened = previous.nullable && !next.nullable;
    let mut actions = Vec::new();
    if previous.auto_increment && !next.auto_increment {
        let can_be_numbered = |column: &Column| {
            matches!(column.column_type, ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt)
        };
        if can_be_numbered(next) {
            actions.push("DROP IDENTITY".to_owned());
        } else {
            // By then: the type is looked at before anything of the same statement is done.
            phases.first.push(format!("ALTER COLUMN {} DROP IDENTITY", ident(&next.name)));
            phases.apart = true;
        }
    }
    if previous.generated.is_some() && next.generated.is_none() {
        // Before a column goes that it reads.
        phases.first.push(format!("ALTER COLUMN {} DROP EXPRESSION", ident(&next.name)));
    }
    let defaults = columns.map(default);
    if defaults.previous.is_some() && (retyped || defaults.next.is_none()) {
        // What was the default may be none of the next type.
        actions.push("DROP DEFAULT".to_owned());
    }
    if next.nullable && !previous.nullable {
        actions.push("DROP NOT NULL".to_owned());
    }
    if retyped {
        let value = computed(group, columns, using, backfill, phases);
        let value = value.map_or_else(String::new, |value| format!(" USING {value}"));
        actions.push(format!("TYPE {}{value}", type_clause(next)));
    }
    if let Some(default) = defaults.next.as_ref().filter(|_| retyped || defaults.differs()) {
        actions.push(format!("SET DEFAULT {default}"));
    }
    if group.online && !retyped {
        let value = backfill.filter(|_| next.is_written()).map(|value| filled(group, next, value));
        match (tightened, value) {
            (true, value) => online::not_null(group, next, value, phases),
            (false, Some(value)) => phases.fills.push((ident(&next.name), value)),
            (false, None) => {}
        }
    } else if tightened {
        actions.push("SET NOT NULL".to_owned());
    }
    let name = ident(&next.name);
    if next.auto_increment && !previous.auto_increment {
        actions.push("ADD GENERATED BY DEFAULT AS IDENTITY".to_owned());
        phases.after.push(continue_numbers(group, next));
    }
    phases.last.extend(actions.into_iter().map(|action| format!("ALTER COLUMN {name} {action}")));
}

/// What stands after USING; nothing where PostgreSQL converts by itself, which unlike a cast refuses a text
/// that is too long.
fn computed(
    group: &Group<'_>,
    columns: Pair<&Column>,
    using: Option<&Expression>,
    backfill: Option<&Expression>,
    phases: &mut Phases,
) -> Option<String> {
    let Pair { previous, next } = columns;
    let own = (GRAMMAR.own_type)(&next.column_type).is_some() && previous.column_type != next.column_type;
    if using.is_none() && backfill.is_none() && !own {
        return None;
    }
    let sql = |value: &Expression| {
        common::sql(&GRAMMAR, group.schemas.previous, &rename_columns(value, group.renamed))
    };
    // Its own name is the next one already, which before may have been another column's.
    let unchanged = || {
        let column = Expression::column(group.tables.previous.name.clone(), previous.name.clone());
        common::sql(&GRAMMAR, group.schemas.previous, &column)
    };
    let value = cast(next, using.map_or_else(unchanged, sql));
    let value = match backfill {
        Some(backfill) => format!("COALESCE({value}, {})", cast(next, sql(backfill))),
        None => value,
    };
    if !using.into_iter().chain(backfill).any(has_query) {
        return Some(value);
    }
    // USING takes no query, so its values are put beside the column first.
    let beside = ident(&GRAMMAR.temporary(&next.name));
    phases.first.push(format!("ADD COLUMN {beside} {}", type_clause(next)));
    update(group, &beside, &value, phases);
    phases.last.push(format!("DROP COLUMN {beside}"));
    Some(beside)
}

/// The value of a backfill.
fn filled(group: &Group<'_>, column: &Column, value: &Expression) -> String {
    cast(column, common::sql(&GRAMMAR, group.schemas.previous, &rename_columns(value, group.renamed)))
}

/// A value as one of the column's type. A text that is too long for its column is left to be refused.
fn cast(column: &Column, value: String) -> String {
    match &column.column_type {
        ColumnType::Char(_) | ColumnType::Varchar(_) => format!("CAST({value} AS text)"),
        other => format!("CAST({value} AS {})", storage(other)),
    }
}

fn has_query(value: &Expression) -> bool {
    let mut found = false;
    value.each_sql(&mut |sql| found |= sql.names("select"));
    found
}

fn update(group: &Group<'_>, name: &str, value: &str, phases: &mut Phases) {
    let table = &group.tables.previous.name;
    let update = format!("UPDATE {} SET {name} = {value}", ident(table));
    phases.between.extend(trigger::unheard(group.schemas.previous, table, vec![update]));
}

fn set_default(column: &Column) -> String {
    let name = ident(&column.name);
    match default(column) {
        Some(default) => format!("ALTER COLUMN {name} SET DEFAULT {default}"),
        None => format!("ALTER COLUMN {name} DROP DEFAULT"),
    }
}

/// Numbers begin after those that rows have.
fn continue_numbers(group: &Group<'_>, column: &Column) -> String {
    let table = ident(&group.tables.next.name);
    let (name, highest) = (GRAMMAR.text(column.name.as_str()), ident(&column.name));
    format!(
        "SELECT setval(pg_get_serial_sequence({}, {name}), (SELECT max({highest}) FROM {table}))",
        GRAMMAR.text(&table)
    )
}
