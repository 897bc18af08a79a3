//! SQLite keeps SQL, so what it keeps of a schema is what the SQL of the schema says.

use std::sync::Arc;

use crate::catalogue::{canonical, canonical_type};
use crate::{
    Column, DefaultValue, Dialect, Index, IndexKey, Name, Operation, Schema, Sql, SqliteCatalogue,
    SqliteObject, Table, read_sqlite, render,
};

pub(super) fn stored(schema: &Schema) -> Schema {
    let tables = schema.tables.keys().map(|table| Operation::CreateTable { table: table.clone() });
    let views = schema.views.keys().map(|name| Operation::CreateView { name: name.clone() });
    let triggers = schema.triggers.keys().map(|name| Operation::CreateTrigger { name: name.clone() });
    let objects = tables.chain(views).chain(triggers).flat_map(|operation| objects(&operation, schema));
    let catalogue = SqliteCatalogue { objects: objects.collect(), ..SqliteCatalogue::default() };
    let mut stored = read_sqlite(&catalogue).schema;
    normalise(&mut stored);
    stored
}

/// What `sqlite_master` has after an operation that creates something. A table comes before its indexes.
fn objects(create: &Operation, schema: &Schema) -> Vec<SqliteObject> {
    let (kinds, name): ([&str; 2], &Name) = match create {
        Operation::CreateTable { table } => (["table", "index"], table),
        Operation::CreateView { name } => (["view"; 2], name),
        Operation::CreateTrigger { name } => (["trigger"; 2], name),
        _ => return Vec::new(),
    };
    let statements = render(Dialect::Sqlite, create, schema, schema);
    let texts = statements.iter().flat_map(crate::Statement::texts);
    let object = |(place, text): (usize, &str)| SqliteObject {
        kind: kinds[usize::from(place > 0)].to_owned(),
        name: name.to_string(),
        table: name.to_string(),
        sql: Some(text.to_owned()),
    };
    texts.enumerate().map(object).collect()
}

/// Brings everything that was read into the one spelling in which it is compared.
pub(super) fn normalise(schema: &mut Schema) {
    let tables = schema.tables.values().map(|table| Arc::new(table_in_one_spelling(table)));
    schema.tables = tables.collect();
    for view in schema.views.values_mut() {
        let view = Arc::make_mut(view);
        in_one_spelling(&mut view.sql);
    }
    for trigger in schema.triggers.values_mut() {
        let trigger = Arc::make_mut(trigger);
        in_one_spelling(&mut trigger.sql);
    }
}

fn table_in_one_spelling(table: &Table) -> Table {
    let mut table = table.clone();
    table.columns.values_mut().for_each(column);
    table.checks.values_mut().for_each(|check| in_one_spelling(&mut check.condition));
    table.indexes.values_mut().for_each(index);
    table
}

fn column(column: &mut Column) {
    column.column_type = canonical_type(&column.column_type);
    if let Some(DefaultValue::Expression(sql)) = &mut column.default {
        in_one_spelling(sql);
    }
    if let Some(generated) = &mut column.generated {
        in_one_spelling(&mut generated.sql);
    }
    // Names of collations have no case, and without one bytes are compared.
    let collation =
        column.collation.take().and_then(|sql| sql.text(Dialect::Sqlite).map(str::to_ascii_uppercase));
    column.collation = collation.filter(|name| name != "BINARY").map(Sql::from);
}

fn index(index: &mut Index) {
    for part in &mut index.columns {
        if let IndexKey::Expression(sql) = &mut part.key {
            in_one_spelling(sql);
        }
    }
    index.predicate.iter_mut().for_each(in_one_spelling);
}

fn in_one_spelling(sql: &mut Sql) {
    *sql = Sql::from(canonical(sql.text(Dialect::Sqlite).unwrap_or_default()));
}
