//! Documentation, which the database shows as comments.

use super::{GRAMMAR, ident};
use crate::{Column, Enum, Name, Table, View};

/// Of a new table and its columns.
pub(super) fn of_table(table: &Table) -> Vec<String> {
    let own =
        table.doc.as_ref().map(|doc| format!("COMMENT ON TABLE {} IS {}", ident(&table.name), text(doc)));
    let columns = table.columns.values().filter_map(|column| of_column(&table.name, column));
    own.into_iter().chain(columns).collect()
}

/// Of a new column.
pub(super) fn of_column(table: &Name, column: &Column) -> Option<String> {
    column.doc.as_ref().map(|_| change_of_column(table, column))
}

/// Of a column whose documentation changes, or goes.
pub(super) fn change_of_column(table: &Name, column: &Column) -> String {
    let doc = column.doc.as_deref().map_or_else(|| "NULL".to_owned(), text);
    format!("COMMENT ON COLUMN {}.{} IS {doc}", ident(table), ident(&column.name))
}

/// Of a view, where it is.
pub(super) fn of_view(view: &View) -> Option<String> {
    let doc = view.doc.as_ref().filter(|_| view.only.includes(GRAMMAR.dialect))?;
    Some(format!("COMMENT ON VIEW {} IS {}", ident(&view.name), text(doc)))
}

/// Of a new enum.
pub(super) fn of_enum(definition: &Enum) -> Option<String> {
    let doc = definition.doc.as_ref()?;
    Some(format!("COMMENT ON TYPE {} IS {}", ident(&definition.name), text(doc)))
}

fn text(doc: &str) -> String {
    GRAMMAR.text(doc)
}
