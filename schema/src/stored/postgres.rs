//! What PostgreSQL keeps of a schema, as far as that can be said without asking it.

use std::sync::Arc;

use super::{language, spelling};
use crate::catalogue::{postgres_expression, postgres_script, postgres_type};
use crate::{Column, ColumnType, DefaultValue, Dialect, Index, Pair, Schema, Sql, Table};

pub(super) fn stored(schema: &Schema) -> Schema {
    let mut schema = language::without_language(Dialect::Postgres, schema);
    schema.tables = schema.tables.values().map(|known| Arc::new(table(known))).collect();
    for view in schema.views.values_mut().map(Arc::make_mut) {
        view.sql = expression(&view.sql);
    }
    schema
}

fn expression(sql: &Sql) -> Sql {
    Sql::from(postgres_expression(sql.text(Dialect::Postgres).unwrap_or_default()))
}

fn table(table: &Table) -> Table {
    let mut table = table.clone();
    spelling::key_columns(&mut table);
    uniques(&mut table);
    table.columns.values_mut().for_each(column);
    spelling::respell(&mut table, &expression);
    table.indexes.values_mut().for_each(index);
    table
}

/// In CREATE TABLE, of constraints over the same columns only the first is made, the primary key before all.
/// The others mean nothing.
fn uniques(table: &mut Table) {
    let mut known = vec![table.key_columns().to_vec()];
    table.uniques.retain(|_, unique| {
        let first = !known.contains(&unique.columns);
        known.extend(first.then(|| unique.columns.clone()));
        first
    });
}

fn column(column: &mut Column) {
    column.column_type = match &column.column_type {
        // Bytes have no length here.
        ColumnType::Binary(_) => ColumnType::Blob,
        ColumnType::Native(native) => postgres_type(native.text(Dialect::Postgres).unwrap_or("text")),
        other => other.clone(),
    };
    match &mut column.default {
        Some(DefaultValue::Literal(value)) => spelling::value(value),
        Some(DefaultValue::Expression(sql)) if is_now(sql) => *sql = Sql::from("CURRENT_TIMESTAMP"),
        Some(DefaultValue::Expression(_)) | None => {}
    }
    // An identity is never NULL.
    column.nullable &= !column.auto_increment;
    column.collation = column.collation.take().filter(|sql| sql.text(Dialect::Postgres) != Some("default"));
}

fn is_now(sql: &Sql) -> bool {
    sql.text(Dialect::Postgres).is_some_and(|text| text.trim().eq_ignore_ascii_case("CURRENT_TIMESTAMP"))
}

fn index(index: &mut Index) {
    let method = index.method.remove(&Dialect::Postgres).map(|method| method.to_ascii_lowercase());
    if let Some(method) = method.filter(|method| method != "btree") {
        index.method.insert(Dialect::Postgres, method);
    }
}

/// Gives triggers that are the same the same text. A function that is made elsewhere is not compared here.
pub(super) fn adopt_triggers(pair: &mut Pair<Schema>) {
    let Pair { previous: expected, next: found } = pair;
    for (name, trigger) in &mut found.triggers {
        let Some(wanted) = expected.triggers.get(name) else { continue };
        let scripts =
            [&wanted.sql, &trigger.sql].map(|sql| sql.text(Dialect::Postgres).and_then(postgres_script));
        let [Some(wanted_script), Some(mut script)] = scripts else { continue };
        if wanted_script.functions.is_empty() {
            script.functions.clear();
        }
        if wanted_script == script {
            Arc::make_mut(trigger).sql = wanted.sql.clone();
        }
    }
}
