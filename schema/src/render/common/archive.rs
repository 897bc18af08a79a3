//! What is kept before it is destroyed, and how it comes back.

use super::{Grammar, Group, assigned, rename_columns, sql};
use crate::keeping::keeps_unchanged;
use crate::{
    Alteration, ColumnType, DataStatement, Expression, Keep, Keeping, Kept, KeptKind, Name, Pair, Restore,
    Schema, Table,
};

/// All rows of a table.
pub(in crate::render) fn keep_table(grammar: &Grammar, table: &Table) -> Option<Keep> {
    let columns = kept_columns(grammar, table)?;
    Some(Keep {
        kept: Kept { kind: KeptKind::Table, table: table.name.clone(), column: None },
        select: format!("SELECT {columns} FROM {}", grammar.ident(&table.name)),
    })
}

/// The rows that a statement deletes.
pub(in crate::render) fn keep_deleted(
    grammar: &Grammar,
    statement: &DataStatement,
    schemas: Pair<&Schema>,
) -> Option<Keep> {
    let DataStatement::Delete { table, filter } = statement else { return None };
    let columns = kept_columns(grammar, &Keeping::rows_at(schemas, table)?)?;
    let filter = filter
        .as_ref()
        .map_or_else(String::new, |filter| format!(" WHERE {}", sql(grammar, schemas.previous, filter)));
    Some(Keep {
        kept: Kept { kind: KeptKind::Rows, table: table.clone(), column: None },
        select: format!("SELECT {columns} FROM {}{filter}", grammar.ident(table)),
    })
}

/// What is kept of rows: every column, those that the schema does not know as well, unless some are
/// personal. Then nobody knows what those are that it does not know, and they are left out, too.
fn kept_columns(grammar: &Grammar, table: &Table) -> Option<String> {
    let list = |columns: Vec<Name>| {
        let columns = columns.iter().map(|column| kept_column(grammar, table, column));
        columns.collect::<Vec<_>>().join(", ")
    };
    match Keeping::of_rows(table) {
        Keeping::Whole if table.columns.keys().all(|column| is_kept_as_it_is(grammar, table, column)) => {
            Some("*".to_owned())
        }
        Keeping::Whole => Some(list(table.columns.keys().cloned().collect())),
        Keeping::Without(_) => {
            let columns = impersonal(table);
            (!columns.is_empty()).then(|| list(columns))
        }
        Keeping::PersonalKey(_) | Keeping::Nothing => None,
    }
}

fn is_kept_as_it_is(grammar: &Grammar, table: &Table, column: &Name) -> bool {
    kept_value(grammar, table, column) == grammar.ident(column)
}

fn kept_column(grammar: &Grammar, table: &Table, column: &Name) -> String {
    let name = grammar.ident(column);
    if is_kept_as_it_is(grammar, table, column) {
        name
    } else {
        format!("{} AS {name}", kept_value(grammar, table, column))
    }
}

fn kept_value(grammar: &Grammar, table: &Table, column: &Name) -> String {
    let name = grammar.ident(column);
    let definition = table.column(column.as_str());
    definition.and_then(|definition| (grammar.kept_as)(&definition.column_type, &name)).unwrap_or(name)
}

/// A value of the archive as one of the column.
fn restored_value(grammar: &Grammar, table: &Table, column: &Name, value: String) -> String {
    let definition = table.column(column.as_str());
    match definition.and_then(|definition| (grammar.own_type)(&definition.column_type)) {
        Some(own) => format!("CAST({value} AS {own})"),
        None => value,
    }
}

/// What is computed is left out with them: it may be made of what is personal, and comes back by itself.
fn impersonal(table: &Table) -> Vec<Name> {
    table.written_columns().filter(|column| !column.personal).map(|column| column.name.clone()).collect()
}

/// The rows of a table that was just created again.
/// Personal columns get what is said, else their default or NULL.
pub(in crate::render) fn restore_table(
    grammar: &Grammar,
    target: &Schema,
    table: &Table,
    set: &[(Name, Expression)],
) -> Option<Restore> {
    kept_columns(grammar, table)?;
    let mut columns = impersonal(table);
    let restored = |column: &Name| restored_value(grammar, table, column, grammar.ident(column));
    let mut values: Vec<String> = columns.iter().map(restored).collect();
    columns.extend(set.iter().map(|(column, _)| column.clone()));
    values.extend(set.iter().map(|(column, value)| assigned(grammar, target, (&table.name, column), value)));
    let (columns, values) = (grammar.idents(&columns), values.join(", "));
    Some(Restore {
        kept: Kept { kind: KeptKind::Table, table: table.name.clone(), column: None },
        parts: vec![
            format!("INSERT INTO {} ({columns}) SELECT {values} FROM ", grammar.ident(&table.name)),
            String::new(),
        ],
        last: true,
    })
}

/// What alterations of a table destroy, taken before they begin. The renames of the same operation are
/// done already; what is kept is known by its previous name. What [`Keeping`] excludes is left out, and
/// [`hazards`](crate::hazards) says so. `whole` are all alterations of the operation, and `schemas` the one
/// where it stands and the one that the migration leads to.
pub(super) fn keep_columns(
    grammar: &Grammar,
    group: &Group<'_>,
    whole: &[Alteration],
    schemas: Pair<&Schema>,
) -> Vec<Keep> {
    let (table, renamed) = (group.tables.previous, group.renamed);
    let known_as = |column: &Name| {
        let previous = renamed.iter().find(|(_, next)| *next == column).map(|(previous, _)| previous);
        previous.unwrap_or(column).clone()
    };
    let is_kept = |column: &Name, using: &Option<Expression>, backfill: &Option<Expression>| {
        let previous = known_as(column);
        let names = Pair::new(&previous, column);
        Keeping::of_values(schemas, (&table.name, whole), names, using.iter().chain(backfill)).is_whole()
    };
    let sql =
        |expression: &Expression| sql(grammar, group.schemas.previous, &rename_columns(expression, renamed));
    let mut kept = Vec::new();
    for alteration in group.alterations {
        match alteration {
            Alteration::DropColumn { column } if is_kept(column, &None, &None) => {
                let value = format!("{} AS value", kept_value(grammar, table, column));
                kept.push(keep(grammar, table, KeptKind::Column, known_as(column), &value, None));
            }
            Alteration::AlterColumn { column, using, backfill, .. } if is_kept(column, using, backfill) => {
                let value = kept_value(grammar, table, column);
                let replaced = replaced_by(&value, using.as_ref().map(sql), backfill.as_ref().map(sql));
                if let Some(replaced) = replaced {
                    let next = group.tables.next.column(column.as_str()).map(|column| &column.column_type);
                    let replaced = match next {
                        Some(column_type) => (grammar.written_as)(column_type, replaced),
                        None => replaced,
                    };
                    let values = format!("{value} AS value, {replaced} AS replaced_by");
                    let columns = group.tables.both(|table| table.column(column.as_str()));
                    let all = columns.is_some_and(|columns| keeps_unchanged(columns, using.as_ref()));
                    let changed = (!all).then(|| (grammar.differ)(&value, &replaced));
                    let column = known_as(column);
                    kept.push(keep(grammar, table, KeptKind::Values, column, &values, changed.as_deref()));
                }
            }
            _ => {}
        }
    }
    kept
}

/// What comes back after an alteration: see [`leave_changed`].
pub(super) fn restore_columns(
    grammar: &Grammar,
    tables: Pair<&Table>,
    alterations: &[Alteration],
) -> Vec<Restore> {
    let table = tables.next;
    let restore = |alteration: &Alteration| match alteration {
        Alteration::RestoreColumn { column, .. } => {
            Some(restore(grammar, table, KeptKind::Column, column, Unchanged::All))
        }
        Alteration::AlterColumn { column, using, restore: true, .. } => {
            let known = leave_changed(grammar, tables, alterations, column, using).is_some();
            let unchanged = if known { Unchanged::All } else { Unchanged::Compare };
            Some(restore(grammar, table, KeptKind::Values, column, unchanged))
        }
        _ => None,
    };
    if table.key_columns().is_empty() { Vec::new() } else { alterations.iter().filter_map(restore).collect() }
}

/// A value that is another than the one that replaced the archived one stays. Where an alteration converts
/// values, in its own way or to another type, which may write them otherwise, that is only seen before it: then
/// the archive forgets the others.
pub(super) fn leave_changed_values(
    grammar: &Grammar,
    tables: Pair<&Table>,
    alterations: &[Alteration],
) -> Vec<Restore> {
    let changed = alterations.iter().filter_map(|alteration| match alteration {
        Alteration::AlterColumn { column, using, restore: true, .. } => {
            leave_changed(grammar, tables, alterations, column, using)
        }
        _ => None,
    });
    changed.collect()
}

/// `tables` are the one before the alterations and the one after them, whose key the archive has.
fn leave_changed(
    grammar: &Grammar,
    tables: Pair<&Table>,
    alterations: &[Alteration],
    column: &Name,
    using: &Option<Expression>,
) -> Option<Restore> {
    let previous = |name: &Name| {
        let name = alterations.iter().find_map(|alteration| match alteration {
            Alteration::RenameColumn { previous, next } if next == name => Some(previous),
            _ => None,
        });
        name.cloned()
    };
    let before = |name: &Name| previous(name).unwrap_or_else(|| name.clone());
    let there = |name: &Name| tables.previous.column(before(name).as_str()).is_some();
    let keys = tables.next.key_columns();
    let columns =
        Pair::new(tables.previous.column(before(column).as_str()), tables.next.column(column.as_str()));
    let types = columns.both(|column| column.map(|column| &column.column_type));
    if using.is_none() && !types.is_some_and(|types| types.differs()) {
        return None;
    }
    if keys.is_empty() || !keys.iter().chain([column]).all(there) {
        return None;
    }
    let name = grammar.ident(&tables.previous.name);
    let same_row = keys.iter().enumerate().map(|(index, key)| {
        let (now, kept) = (kept_value(grammar, tables.previous, &before(key)), key_name(index));
        let types = Pair::new(tables.previous.column(before(key).as_str()), tables.next.column(key.as_str()));
        let types = types.both(|column| column.map(|column| &column.column_type));
        // PostgreSQL compares no number with a text.
        match types.is_some_and(|types| *types.previous == ColumnType::Text && types.differs()) {
            true => (grammar.same)(&now, &format!("{HOLDER}.{kept}")),
            false => format!("{now} = {HOLDER}.{kept}"),
        }
    });
    let same_row = same_row.collect::<Vec<_>>().join(" AND ");
    let now = format!("{name}.{}", grammar.ident(&before(column)));
    let same = (grammar.same)(&now, &format!("{HOLDER}.replaced_by"));
    let text =
        format!("DELETE FROM {HOLDER} WHERE NOT EXISTS (SELECT 1 FROM {name} WHERE {same_row} AND {same})");
    let parts = text.split(HOLDER).map(str::to_owned).collect();
    let kept = Kept { kind: KeptKind::Values, table: tables.next.name.clone(), column: Some(column.clone()) };
    Some(Restore { kept, parts, last: false })
}

/// Stands for the archive's table until its name is known; no name has this character.
const HOLDER: &str = "\0";

/// Which values come back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unchanged {
    /// All that the archive has.
    All,
    /// Those that still are what replaced them.
    Compare,
}

fn keep(
    grammar: &Grammar,
    table: &Table,
    kind: KeptKind,
    column: Name,
    values: &str,
    changed: Option<&str>,
) -> Keep {
    let keys = table
        .key_columns()
        .iter()
        .enumerate()
        .map(|(index, key)| format!("{} AS {}", kept_value(grammar, table, key), key_name(index)));
    let keys: Vec<String> = keys.collect();
    let filter = changed.map_or_else(String::new, |changed| format!(" WHERE {changed}"));
    Keep {
        kept: Kept { kind, table: table.name.clone(), column: Some(column) },
        select: format!("SELECT {}, {values} FROM {}{filter}", keys.join(", "), grammar.ident(&table.name)),
    }
}

/// A value that the application has changed since is not touched.
fn restore(grammar: &Grammar, table: &Table, kind: KeptKind, column: &Name, unchanged: Unchanged) -> Restore {
    let (name, column_sql) = (grammar.ident(&table.name), grammar.ident(column));
    let keys = table.key_columns().iter().enumerate();
    let same_row = keys.map(|(index, key)| {
        let kept = restored_value(grammar, table, key, format!("kept.{}", key_name(index)));
        format!("{kept} = {name}.{}", grammar.ident(key))
    });
    let mut found = same_row.collect::<Vec<_>>().join(" AND ");
    if unchanged == Unchanged::Compare {
        let same = (grammar.same)(&format!("{name}.{column_sql}"), "kept.replaced_by");
        found = format!("{found} AND {same}");
    }
    let value = restored_value(grammar, table, column, "kept.value".to_owned());
    Restore {
        kept: Kept { kind, table: table.name.clone(), column: Some(column.clone()) },
        parts: vec![
            format!("UPDATE {name} SET {column_sql} = (SELECT {value} FROM "),
            format!(" AS kept WHERE {found}) WHERE EXISTS (SELECT 1 FROM "),
            format!(" AS kept WHERE {found})"),
        ],
        last: true,
    }
}

fn replaced_by(column: &str, using: Option<String>, backfill: Option<String>) -> Option<String> {
    match (using, backfill) {
        (None, None) => None,
        (using, None) => using.map(|using| format!("({using})")),
        (using, Some(backfill)) => {
            Some(format!("COALESCE({}, {backfill})", using.unwrap_or_else(|| column.to_owned())))
        }
    }
}

fn key_name(index: usize) -> String {
    format!("key_{}", index + 1)
}
