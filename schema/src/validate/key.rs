//! Primary keys, unique constraints and indexes.

use std::collections::BTreeMap;

use super::Object;
use super::context::{Context, Kind, SHORTER};
use super::limit::only;
use super::literal::sql_only;
use crate::document::raw::{RawIndex, RawIndexColumn, RawKey, RawTable, RawType, Spanned};
use crate::document::target::parse_index_column;
use crate::{
    Code, ColumnType, Diagnostic, Index, IndexColumn, IndexKey, Name, PrimaryKey, SortOrder, Span, Table,
    Unique,
};

pub(super) fn primary_key(context: &mut Context<'_>, raw: &RawTable, table: &Table) -> Option<PrimaryKey> {
    let flagged: Vec<(&Name, Span)> =
        raw.columns.iter().filter_map(|column| Some((&column.name.value, column.primary_key?))).collect();
    let name = &raw.name.value;
    let (columns, span) = match (&raw.primary_key, flagged.as_slice()) {
        (None, []) => return None,
        (None, [(column, span)]) => {
            let columns = vec![Spanned::new((*column).clone(), *span)];
            (usable_columns(context, raw, table, &columns, *span, "the primary key")?, *span)
        }
        (None, [(_, first), (_, second), ..]) => {
            let list: Vec<String> = flagged.iter().map(|(column, _)| format!("\"{column}\"")).collect();
            context.report(
                Diagnostic::new(
                    Code::BAD_KEY,
                    format!("table `{name}` has several columns marked `primary_key`"),
                )
                .label(*second, "second one here")
                .label(*first, "first one here")
                .help(format!(
                    "for a key of several columns, write `primary_key = [{}]` under `[table.{name}]` instead",
                    list.join(", ")
                )),
            );
            return None;
        }
        (Some(key), []) => {
            (usable_columns(context, raw, table, &key.columns, key.span, "the primary key")?, key.name.span)
        }
        (Some(key), [(column, span), ..]) => {
            context.report(
                Diagnostic::new(Code::BAD_KEY, format!("table `{name}` has its primary key twice"))
                    .label(*span, format!("on column `{column}`"))
                    .label(key.name.span, "and on the table")
                    .help("keep one of the two"),
            );
            return None;
        }
    };
    let mut usable = true;
    for column in columns.iter().filter_map(|column| table.column(column.as_str())) {
        if column.nullable {
            usable = false;
            let place = raw.column(column.name.as_str()).and_then(|column| column.column_type.as_ref());
            let message = format!("primary key column `{name}.{}` is nullable", column.name);
            context.report(
                Diagnostic::new(Code::BAD_KEY, message)
                    .label(place.map_or(span, RawType::span), "this makes it nullable")
                    .label(span, "in the primary key")
                    .help(format!("write `{}`", column.column_type)),
            );
        }
    }
    let computed = raw.primary_key.as_ref().map(|key| &key.columns).into_iter().flatten();
    for column in computed {
        let generated = raw.column(column.value.as_str()).and_then(|column| column.generated.as_ref());
        if let Some(generated) = generated {
            usable = false;
            let message = format!("column `{name}.{}` is generated, and in the primary key", column.value);
            context.report(
                Diagnostic::new(Code::BAD_GENERATED, message)
                    .label(column.span, "SQLite takes no such key")
                    .label(generated.span, "its values are computed")
                    .help("take the column out of the key, or remove `generated`"),
            );
        }
    }
    context.origins.insert(Object::PrimaryKey(name.clone()), span);
    usable.then_some(PrimaryKey { columns })
}

pub(super) fn uniques(context: &mut Context<'_>, raw: &RawTable, table: &Table) -> BTreeMap<Name, Unique> {
    let mut uniques = BTreeMap::new();
    let mut derived = Vec::new();
    for column in &raw.columns {
        if let Some(span) = column.unique {
            let name = Name::new(format!("{}_{}_key", raw.name.value, column.name.value));
            let columns = vec![Spanned::new(column.name.value.clone(), span)];
            let help = format!(
                "write `NAME = [\"{}\"]` with a shorter name under `[table.{}.uniques]` instead",
                column.name.value, raw.name.value
            );
            derived.push((RawKey { name: Spanned::new(name, span), columns, span }, help));
        }
    }
    let on_table = raw.uniques.iter().map(|key| (key, SHORTER));
    for (key, help) in on_table.chain(derived.iter().map(|(key, help)| (key, help.as_str()))) {
        let name = &key.name.value;
        let free = context.claim(Kind::Unique, &raw.name.value, &key.name, help);
        let what = format!("unique constraint `{name}`");
        let columns = usable_columns(context, raw, table, &key.columns, key.span, &what);
        if let Some(columns) = columns.filter(|_| free) {
            uniques.insert(name.clone(), Unique { columns });
        }
    }
    uniques
}

pub(super) fn indexes(context: &mut Context<'_>, raw: &RawTable, table: &Table) -> BTreeMap<Name, Index> {
    let mut indexes = BTreeMap::new();
    for index in &raw.indexes {
        let free = context.claim(Kind::Index, &raw.name.value, &index.name, SHORTER);
        if let Some(made) = self::index(context, raw, table, index).filter(|_| free) {
            indexes.insert(index.name.value.clone(), made);
        }
    }
    indexes
}

fn index(context: &mut Context<'_>, raw: &RawTable, table: &Table, index: &RawIndex) -> Option<Index> {
    let what = format!("index `{}`", index.name.value);
    let only = only(context, index.only.as_ref());
    let (mut columns, mut names) = (Vec::new(), Vec::new());
    let mut readable = true;
    for part in &index.columns {
        let column = match part {
            RawIndexColumn::Text(text) => {
                let column = index_column(context, raw, &what, text);
                names.extend(
                    column
                        .iter()
                        .filter_map(|column| Some(Spanned::new(column.key.column()?.clone(), text.span))),
                );
                column
            }
            RawIndexColumn::Expression { sql, descending } => {
                let order = if *descending { SortOrder::Descending } else { SortOrder::Ascending };
                let sql = sql_only(context, sql, &format!("an expression of {what}"), &only);
                sql.map(|sql| IndexColumn { key: IndexKey::Expression(sql), order })
            }
        };
        readable &= column.is_some();
        columns.extend(column);
    }
    let none_named = names.is_empty() && !(columns.is_empty() && readable);
    let mut usable = none_named || usable_columns(context, raw, table, &names, index.span, &what).is_some();
    let include = match &index.include {
        None => Vec::new(),
        Some(include) => {
            let what = format!("`include` of {what}");
            let columns = usable_columns(context, raw, table, &include.value, include.span, &what);
            usable &= columns.is_some();
            columns.unwrap_or_default()
        }
    };
    let predicate = match &index.predicate {
        None => None,
        Some(predicate) => Some(sql_only(context, predicate, &format!("`where` of {what}"), &only)?),
    };
    let method = index.method.iter().map(|(dialect, text)| (*dialect, text.value.to_lowercase())).collect();
    (readable && usable).then_some(Index { columns, unique: index.unique, predicate, include, method, only })
}

fn index_column(
    context: &mut Context<'_>,
    raw: &RawTable,
    what: &str,
    text: &Spanned<Name>,
) -> Option<IndexColumn> {
    let parsed = parse_index_column(text.value.as_str());
    let known = parsed.as_ref().is_some_and(|(name, _)| raw.column(name.as_str()).is_some());
    if !known && text.value.as_str().contains('(') {
        context.report(
            Diagnostic::new(Code::BAD_KEY, format!("{what} has an expression where a column belongs"))
                .label(text.span, "expected a column")
                .help(format!("write it as SQL: `{{ sql = {} }}`", crate::text::quoted(text.value.as_str()))),
        );
        return None;
    }
    let Some((name, order)) = parsed else {
        context.report(
            Diagnostic::new(Code::BAD_KEY, format!("{what} has a part that is no column"))
                .label(text.span, "expected a column")
                .help("name a column, as in `\"received_at\"` or `\"received_at desc\"`"),
        );
        return None;
    };
    Some(IndexColumn::new(name, order))
}

/// AUTOINCREMENT is possible only on an integer column that is the whole primary key.
pub(super) fn auto_increment(
    context: &mut Context<'_>,
    raw: &RawTable,
    table: &mut Table,
    keys_complete: bool,
) {
    let key = table.key_columns().to_vec();
    for raw_column in &raw.columns {
        let Some(span) = raw_column.auto_increment else { continue };
        let Some(column) = table.columns.get_mut(&raw_column.name.value) else { continue };
        let integer =
            matches!(column.column_type, ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt);
        let problem = if !integer {
            format!(
                "its type is `{}`, and only smallint, integer and bigint can be numbered",
                column.column_type
            )
        } else if raw_column.default.is_some() {
            "it has a default, which would never be used".to_owned()
        } else if key != [column.name.clone()] {
            "it is not the primary key by itself".to_owned()
        } else {
            continue;
        };
        column.auto_increment = false;
        if !keys_complete && integer && raw_column.default.is_none() {
            continue;
        }
        let (name, column) = (&raw.name.value, &column.name);
        context.report(
            Diagnostic::new(
                Code::BAD_AUTO_INCREMENT,
                format!("column `{name}.{column}` cannot be numbered by the database: {problem}"),
            )
            .label(span, "here")
            .help("write `{ type = \"bigint\", primary_key = true, auto_increment = true }`, or remove `auto_increment`"),
        );
    }
}

/// The columns of a key, if there are any, all exist, and none comes twice. A column that is there
/// but wrong was reported already: then there is no key, and no further word about it.
pub(super) fn usable_columns(
    context: &mut Context<'_>,
    raw: &RawTable,
    table: &Table,
    columns: &[Spanned<Name>],
    span: Span,
    what: &str,
) -> Option<Vec<Name>> {
    if columns.is_empty() {
        context.report(
            Diagnostic::new(Code::BAD_KEY, format!("{what} of table `{}` has no columns", table.name))
                .label(span, "expected at least one column")
                .help("name a column, or remove it"),
        );
        return None;
    }
    let mut usable = true;
    let mut places: BTreeMap<&Name, Span> = BTreeMap::new();
    for column in columns {
        if let Some(first) = places.get(&column.value) {
            usable = false;
            context.report(
                Diagnostic::new(Code::BAD_KEY, format!("{what} names column `{}` twice", column.value))
                    .label(column.span, "second time")
                    .label(*first, "first time")
                    .help("remove one of the two"),
            );
        } else if raw.column(column.value.as_str()).is_none() {
            usable = false;
            unknown_column(context, raw, column, what);
        } else if table.column(column.value.as_str()).is_none() {
            usable = false;
        }
        places.entry(&column.value).or_insert(column.span);
    }
    usable.then(|| columns.iter().map(|column| column.value.clone()).collect())
}

/// Reports a column that a table does not have, unless the table could not be read whole.
pub(super) fn unknown_column(context: &mut Context<'_>, raw: &RawTable, column: &Spanned<Name>, what: &str) {
    if raw.torn || (raw.columns.is_empty() && !raw.intact) {
        return;
    }
    let (table, name) = (&raw.name.value, &column.value);
    let known = raw.columns.iter().map(|column| column.name.value.as_str());
    let help = context.suggest(name.as_str(), known, &format!("the columns of `{table}` are"));
    context.report(
        Diagnostic::new(Code::UNKNOWN_COLUMN, format!("{what}: table `{table}` has no column `{name}`"))
            .label(column.span, "no such column")
            .label(raw.name.span, "in this table")
            .help(help),
    );
}
