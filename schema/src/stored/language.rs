//! What only the schema language knows of, and what other dialects have.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{
    Column, DefaultValue, Dialect, Index, IndexKey, MysqlOptions, Only, PostgresOptions, Schema, Sql,
    SqliteOptions, Table, TableOptions,
};

/// The schema without documentation and names for Rust, and with what one dialect has, in its own SQL.
pub(super) fn without_language(dialect: Dialect, schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    schema.tables = schema.tables.values().map(|known| Arc::new(table(dialect, known))).collect();
    for known in schema.enums.values_mut().map(Arc::make_mut) {
        (known.doc, known.rust_name) = (None, None);
    }
    schema.views.retain(|_, view| view.only.includes(dialect));
    for view in schema.views.values_mut().map(Arc::make_mut) {
        (view.doc, view.rust_name, view.only) = (None, None, Only::Everywhere);
        view.depends_on.clear();
        resolve(dialect, &mut view.sql);
    }
    schema.triggers.retain(|_, trigger| trigger.only.includes(dialect));
    for trigger in schema.triggers.values_mut().map(Arc::make_mut) {
        (trigger.doc, trigger.rust_name, trigger.only, trigger.drop) = (None, None, Only::Everywhere, None);
        resolve(dialect, &mut trigger.sql);
    }
    schema
}

fn table(dialect: Dialect, table: &Table) -> Table {
    let mut table = table.clone();
    (table.doc, table.rust_name) = (None, None);
    table.options = options(dialect, &table.options);
    table.columns.values_mut().for_each(|known| column(dialect, known));
    table.foreign_keys.retain(|_, key| key.only.includes(dialect));
    table.foreign_keys.values_mut().for_each(|key| key.only = Only::Everywhere);
    table.checks.retain(|_, check| check.only.includes(dialect));
    for check in table.checks.values_mut() {
        check.only = Only::Everywhere;
        resolve(dialect, &mut check.condition);
    }
    table.indexes.retain(|_, index| index.only.includes(dialect));
    table.indexes.values_mut().for_each(|known| index(dialect, known));
    table
}

fn options(dialect: Dialect, options: &TableOptions) -> TableOptions {
    let TableOptions { sqlite, postgres, mysql } = options.clone();
    TableOptions {
        sqlite: if dialect == Dialect::Sqlite { sqlite } else { SqliteOptions::default() },
        postgres: if dialect == Dialect::Postgres { postgres } else { PostgresOptions::default() },
        mysql: if dialect == Dialect::Mysql { mysql } else { MysqlOptions::default() },
    }
}

fn column(dialect: Dialect, column: &mut Column) {
    (column.doc, column.rust_name, column.personal) = (None, None, false);
    if let Some(DefaultValue::Expression(sql)) = &mut column.default {
        resolve(dialect, sql);
    }
    column.generated.iter_mut().for_each(|generated| resolve(dialect, &mut generated.sql));
    column.collation.iter_mut().for_each(|collation| resolve(dialect, collation));
}

fn index(dialect: Dialect, index: &mut Index) {
    index.only = Only::Everywhere;
    let method = index.method.remove(&dialect);
    index.method = method.map_or_else(BTreeMap::new, |method| BTreeMap::from([(dialect, method)]));
    for part in &mut index.columns {
        if let IndexKey::Expression(sql) = &mut part.key {
            resolve(dialect, sql);
        }
    }
    index.predicate.iter_mut().for_each(|predicate| resolve(dialect, predicate));
}

fn resolve(dialect: Dialect, sql: &mut Sql) {
    *sql = Sql::from(sql.text(dialect).unwrap_or_default());
}
