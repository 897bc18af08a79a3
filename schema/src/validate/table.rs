//! Tables: everything in one that can be judged without the others.

use std::collections::BTreeMap;

use super::chosen::type_name;
use super::column::column;
use super::context::{Context, Kind, SHORTER, check_name, folded, one_name};
use super::key::{auto_increment, indexes, primary_key, uniques};
use super::limit::only;
use super::literal::sql_only;
use super::options::options;
use super::{Object, rename};
use crate::document::raw::RawTable;
use crate::{Check, Code, Column, Diagnostic, Name, Span, Table, names};

/// A table on its way into the schema.
pub(super) struct Draft<'a> {
    pub(super) raw: &'a RawTable,
    pub(super) table: Table,
    /// Whether its keys and indexes are all here; if not, a missing one is nobody's fault.
    pub(super) keys_complete: bool,
}

/// Makes the table without its foreign keys; `None` if no column is left of it.
pub(super) fn draft<'a>(context: &mut Context<'_>, raw: &'a RawTable) -> Option<Draft<'a>> {
    let before = context.diagnostics.len();
    let draft = draft_table(context, raw);
    if raw.torn {
        // What else is wrong with it may follow from the syntax error.
        context.diagnostics.truncate(before);
    }
    if draft.table.columns.is_empty() {
        context.leave_out(&raw.name.value);
        return None;
    }
    Some(draft)
}

fn draft_table<'a>(context: &mut Context<'_>, raw: &'a RawTable) -> Draft<'a> {
    let name = &raw.name.value;
    context.origins.insert(Object::Table(name.clone()), raw.name.span);
    rename::table(context, raw);
    let mut table = Table::new(name.clone());
    table.rust_name = type_name(context, raw.rust_name.as_ref());
    table.doc = raw.doc.as_ref().map(|doc| doc.value.clone());
    table.columns = columns(context, raw).into_iter().map(|column| (column.name.clone(), column)).collect();
    let before = context.diagnostics.len();
    table.primary_key = primary_key(context, raw, &table);
    table.uniques = uniques(context, raw, &table);
    table.indexes = indexes(context, raw, &table);
    let keys_complete =
        raw.intact && context.diagnostics.len() == before && table.columns.len() == raw.columns.len();
    auto_increment(context, raw, &mut table, keys_complete);
    table.checks = checks(context, raw);
    table.options = options(context, raw, &table, keys_complete);
    Draft { raw, table, keys_complete }
}

fn columns(context: &mut Context<'_>, raw: &RawTable) -> Vec<Column> {
    let table = &raw.name.value;
    if raw.columns.is_empty() && raw.intact {
        context.report(
            Diagnostic::new(Code::EMPTY_TABLE, format!("table `{table}` has no columns"))
                .label(raw.name.span, "a table needs at least one column")
                .help(format!("add `[table.{table}.columns]` with a line such as `id = \"bigint\"`")),
        );
    }
    let mut by_sql: BTreeMap<String, (Name, Span)> = BTreeMap::new();
    let mut by_rust: BTreeMap<String, (Name, Span)> = BTreeMap::new();
    let mut columns = Vec::new();
    for raw_column in &raw.columns {
        let name = &raw_column.name;
        let mut acceptable = check_name(context, "column", name, SHORTER);
        let place = (name.value.clone(), name.span);
        let chosen = raw_column.rust_name.as_ref().map(|chosen| chosen.value.clone());
        let rust = chosen.unwrap_or_else(|| names::const_name(&name.value));
        let rename = "give one of the two another name";
        let in_sql = by_sql.insert(folded(&name.value), place.clone()).map(|(previous, span)| {
            let reason = one_name(&name.value, &previous).to_owned();
            (previous, span, reason, rename.to_owned())
        });
        let in_rust = by_rust.insert(rust.clone(), place).map(|(previous, span)| {
            let reason = format!("in Rust, where both become `{rust}`");
            (
                previous,
                span,
                reason,
                format!("{rename}, or choose what Rust calls it: `rust_name = \"{rust}_2\"`"),
            )
        });
        if let Some((previous, span, reason, help)) = in_sql.or(in_rust).filter(|_| acceptable) {
            acceptable = false;
            context.report(
                Diagnostic::new(
                    Code::COLLIDING_NAMES,
                    format!(
                        "columns `{previous}` and `{}` of table `{table}` are one name {reason}",
                        name.value
                    ),
                )
                .label(name.span, format!("`{}` here", name.value))
                .label(span, format!("`{previous}` here"))
                .help(help),
            );
        }
        context.origins.insert(Object::Column(table.clone(), name.value.clone()), name.span);
        let column = column(context, table, raw_column);
        columns.extend(column.filter(|_| acceptable));
    }
    rename::columns(context, raw);
    columns
}

fn checks(context: &mut Context<'_>, raw: &RawTable) -> BTreeMap<Name, Check> {
    let mut checks = BTreeMap::new();
    for check in &raw.checks {
        let name = &check.name;
        let free = context.claim(Kind::Check, &raw.name.value, name, SHORTER);
        let only = only(context, check.only.as_ref());
        let condition = sql_only(context, &check.condition, &format!("check `{}`", name.value), &only);
        if let Some(condition) = condition.filter(|_| free) {
            checks.insert(name.value.clone(), Check { condition, only });
        }
    }
    checks
}
