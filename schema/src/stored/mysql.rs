//! What MariaDB and MySQL keep of a schema, as far as that can be said without asking them.

use std::sync::Arc;

use super::{language, spelling};
use crate::catalogue::{mysql_enum, mysql_expression, mysql_statement, mysql_type};
use crate::{
    Column, ColumnType, DefaultValue, Dialect, ForeignKey, Index, IndexKey, MysqlOptions, Name,
    ReferentialAction, Schema, SortOrder, Sql, Table, Unique, Value,
};

pub(super) fn stored(schema: &Schema) -> Schema {
    let mut schema = language::without_language(Dialect::Mysql, schema);
    let tables: Vec<Arc<Table>> =
        schema.tables.values().map(|known| Arc::new(table(known, &schema))).collect();
    schema.tables = tables.into_iter().collect();
    // An enum is in the type of every column that is of it, and has no name.
    schema.enums.clear();
    for view in schema.views.values_mut().map(Arc::make_mut) {
        view.sql = expression(&view.sql);
    }
    for trigger in schema.triggers.values_mut().map(Arc::make_mut) {
        if let Some(text) = trigger.sql.text(Dialect::Mysql).and_then(mysql_statement) {
            trigger.sql = Sql::from(text);
        }
    }
    schema
}

fn expression(sql: &Sql) -> Sql {
    Sql::from(mysql_expression(sql.text(Dialect::Mysql).unwrap_or_default()))
}

fn table(table: &Table, schema: &Schema) -> Table {
    let mut table = table.clone();
    spelling::key_columns(&mut table);
    let collation = collation(&table.options.mysql);
    table.columns.values_mut().for_each(|known| column(known, schema, &collation));
    spelling::respell(&mut table, &expression);
    table.foreign_keys.values_mut().for_each(foreign_key);
    let engine = table.options.mysql.engine.as_deref().map(str::to_ascii_lowercase);
    let engine = engine.filter(|engine| engine != "innodb");
    table.indexes.values_mut().for_each(|known| index(known, engine.is_none()));
    uniques(&mut table);
    let collation = Some(collation).filter(|collation| collation != "utf8mb4_bin");
    table.options.mysql = MysqlOptions { engine, charset: None, collation };
    table
}

/// How texts of the table compare, as it is rendered: by bytes, if nothing else is said.
fn collation(options: &MysqlOptions) -> String {
    let name = match (&options.collation, &options.charset) {
        (Some(collation), _) => collation.to_ascii_lowercase(),
        (None, Some(charset)) if charset.eq_ignore_ascii_case("binary") => "binary".to_owned(),
        (None, charset) => format!("{}_bin", charset.as_deref().unwrap_or("utf8mb4").to_ascii_lowercase()),
    };
    // The name that it had when there was no other.
    match name.strip_prefix("utf8_") {
        Some(rest) => format!("utf8mb3_{rest}"),
        None => name,
    }
}

fn column(column: &mut Column, schema: &Schema, table_collation: &str) {
    let own = column.collation.take().and_then(|sql| sql.text(Dialect::Mysql).map(str::to_ascii_lowercase));
    let collation = own.filter(|collation| collation != table_collation);
    column.column_type = match (&column.column_type, collation.as_deref()) {
        (ColumnType::TimestampTz, _) => ColumnType::Timestamp,
        (ColumnType::Char(36), Some("ascii_bin")) => ColumnType::Uuid,
        (ColumnType::Native(native), _) => mysql_type(native.text(Dialect::Mysql).unwrap_or("longtext")),
        (ColumnType::Enum(name), _) => {
            let definition = schema.enumeration(name.as_str());
            mysql_enum(definition.map_or(&[], |definition| &definition.values))
        }
        (other, _) => other.clone(),
    };
    let compares = !matches!(column.column_type, ColumnType::Uuid | ColumnType::Json);
    column.collation = collation.filter(|_| compares).map(Sql::from);
    match &mut column.default {
        // The same moment is spelled the same.
        Some(DefaultValue::Literal(value)) => match value {
            Value::TimestampTz(text) => *value = Value::Timestamp(text.clone()),
            other => spelling::value(other),
        },
        Some(DefaultValue::Expression(sql)) if is_now(sql) => *sql = Sql::from("CURRENT_TIMESTAMP"),
        Some(DefaultValue::Expression(_)) | None => {}
    }
    // MariaDB takes no NOT NULL here, so it is not said.
    column.nullable |= column.generated.is_some();
}

fn is_now(sql: &Sql) -> bool {
    sql.text(Dialect::Mysql).is_some_and(|text| text.trim().eq_ignore_ascii_case("CURRENT_TIMESTAMP"))
}

/// InnoDB refuses at once in either case.
fn foreign_key(key: &mut ForeignKey) {
    for action in [&mut key.on_delete, &mut key.on_update] {
        if *action == ReferentialAction::Restrict {
            *action = ReferentialAction::NoAction;
        }
    }
}

fn plain_columns(index: &Index) -> Option<Vec<Name>> {
    let plain =
        index.columns.iter().all(|part| part.order == SortOrder::Ascending) && index.method.is_empty();
    let names = index.columns.iter().map(|part| match &part.key {
        IndexKey::Column(name) => Some(name.clone()),
        IndexKey::Expression(_) => None,
    });
    names.collect::<Option<Vec<Name>>>().filter(|_| plain)
}

fn index(index: &mut Index, innodb: bool) {
    let method = index.method.remove(&Dialect::Mysql).map(|method| method.to_ascii_lowercase());
    // InnoDB keeps a tree where a hash was asked for.
    let usual = |method: &String| method == "btree" || (innodb && method == "hash");
    if let Some(method) = method.filter(|method| !usual(method)) {
        index.method.insert(Dialect::Mysql, method);
    }
}

/// A unique index over columns is a unique constraint.
fn uniques(table: &mut Table) {
    let plain: Vec<(Name, Vec<Name>)> = table
        .indexes
        .iter()
        .filter(|(_, index)| index.unique)
        .filter_map(|(name, index)| Some((name.clone(), plain_columns(index)?)))
        .collect();
    for (name, columns) in plain {
        table.indexes.remove(&name);
        table.uniques.insert(name, Unique { columns });
    }
}
