//! The rebuild of a table: create, copy, drop, rename.

use std::collections::BTreeMap;

use super::{GRAMMAR, ident, literal::literal, table};
use crate::render::common::{rename_columns, sql};
use crate::{Alteration, Column, DefaultValue, Expression, Name, Pair, Rebuild, Schema, Table};

/// Every temporary table of whimbrel begins with this; no table of a schema may.
const TEMPORARY: &str = "whimbrel_new_";

/// Replaces a table by the next one, whose enums `target` has. The expressions of `alterations` speak of
/// columns as they were named before `renamed`.
pub(super) fn rebuild(
    position: &Schema,
    target: &Schema,
    tables: Pair<&Table>,
    alterations: &[Alteration],
    renamed: &BTreeMap<Name, Name>,
) -> Rebuild {
    let Pair { previous, next } = tables;
    let temporary = temporary(&next.name);
    Rebuild {
        known: table::create_table(position, previous, &previous.name),
        create: table::create_table(target, next, &temporary),
        copy: copy(position, tables, &temporary, alterations, renamed),
        sequence: if table::has_rowid_key(next) { sequence(&previous.name, &temporary) } else { Vec::new() },
        drop: format!("DROP TABLE {}", ident(&previous.name)),
        rename: format!("ALTER TABLE {} RENAME TO {}", ident(&temporary), ident(&next.name)),
        indexes: table::create_indexes(next),
        table: next.name.clone(),
        temporary,
    }
}

/// The name that a table has while it is between two.
pub(super) fn temporary(table: &Name) -> Name {
    Name::new(format!("{TEMPORARY}{table}"))
}

fn copy(
    position: &Schema,
    Pair { previous, next }: Pair<&Table>,
    temporary: &Name,
    alterations: &[Alteration],
    renamed: &BTreeMap<Name, Name>,
) -> String {
    let mut columns = Vec::new();
    let mut values = Vec::new();
    if keeps_rowid(previous, next) {
        columns.push("rowid".to_owned());
        values.push("rowid".to_owned());
    }
    for Column { name, .. } in next.written_columns() {
        if let Some(value) = copied_value(position, previous, name, alterations, renamed) {
            columns.push(ident(name));
            values.push(value);
        }
    }
    if columns.is_empty() {
        // Every column is new and has its default: as many rows, each of defaults.
        let filler = next.written_columns().next().map(|column| match &column.default {
            Some(DefaultValue::Literal(value)) => (ident(&column.name), literal(value)),
            _ => (ident(&column.name), "NULL".to_owned()),
        });
        columns.extend(filler.iter().map(|(column, _)| column.clone()));
        values.extend(filler.into_iter().map(|(_, value)| value));
    }
    format!(
        "INSERT INTO {} ({}) SELECT {} FROM {}",
        ident(temporary),
        columns.join(", "),
        values.join(", "),
        ident(&previous.name)
    )
}

/// What a column of the new table is filled with; `None` where its default is meant to apply.
fn copied_value(
    position: &Schema,
    previous: &Table,
    name: &Name,
    alterations: &[Alteration],
    renamed: &BTreeMap<Name, Name>,
) -> Option<String> {
    let sql = |expression: &Expression| sql(&GRAMMAR, position, &rename_columns(expression, renamed));
    let alteration = alterations.iter().rev().find_map(|alteration| match alteration {
        Alteration::AddColumn { column, backfill } | Alteration::RestoreColumn { column, backfill }
            if column == name =>
        {
            Some((None, backfill.as_ref(), true))
        }
        Alteration::AlterColumn { column, using, backfill, .. } if column == name => {
            Some((using.as_ref(), backfill.as_ref(), false))
        }
        _ => None,
    });
    match alteration {
        Some((_, backfill, true)) => backfill.map(sql),
        Some((using, backfill, false)) => {
            let value = using.map_or_else(|| ident(name), sql);
            Some(match backfill {
                Some(backfill) => format!("COALESCE({value}, {})", sql(backfill)),
                None => value,
            })
        }
        None => previous.columns.contains_key(name).then(|| ident(name)),
    }
}

/// Rows keep their number where nothing else does, because full-text indexes and people rely on it.
fn keeps_rowid(previous: &Table, next: &Table) -> bool {
    let hidden = |table: &Table| table.columns.keys().any(|name| name.as_str().eq_ignore_ascii_case("rowid"));
    let bare =
        |table: &Table| !table.options.sqlite.without_rowid && !table::has_rowid_key(table) && !hidden(table);
    bare(previous) && bare(next)
}

/// Numbers given out are never given out again, even if their rows are gone.
fn sequence(table: &Name, temporary: &Name) -> Vec<String> {
    let quote = |name: &Name| GRAMMAR.text(name.as_str());
    let (table, temporary) = (quote(table), quote(temporary));
    vec![
        format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT {temporary}, seq FROM sqlite_sequence \
             WHERE name = {table} AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = {temporary})"
        ),
        format!(
            "UPDATE sqlite_sequence SET seq = max(seq, \
             coalesce((SELECT seq FROM sqlite_sequence WHERE name = {table}), 0)) WHERE name = {temporary}"
        ),
    ]
}
