//! Databases, and rows as text.

use rusqlite::Connection;
use rusqlite::types::Value;
use whimbrel::engine;
use whimbrel_schema::{Name, Operation, Pair, Schema, plan};

/// A database in memory, with foreign keys enforced.
pub(crate) fn memory() -> Connection {
    let db = Connection::open_in_memory().unwrap();
    run(&db, "PRAGMA foreign_keys = ON");
    db
}

/// A fresh database of a schema.
pub(crate) fn fresh(schema: &Schema) -> Connection {
    let mut db = memory();
    create(&mut db, schema);
    db
}

/// Creates everything in a schema, as a first migration would.
pub(crate) fn create(db: &mut Connection, schema: &Schema) {
    let empty = Schema::default();
    let plan = plan::plan(Pair::new(&empty, schema), &plan::Intent::default());
    migrate(db, &plan.upgrade, Pair::new(&empty, schema)).unwrap();
}

/// Runs operations by the rules of a migration; the error is its report.
pub(crate) fn migrate(
    db: &mut Connection,
    operations: &[Operation],
    schemas: Pair<&Schema>,
) -> Result<(), String> {
    engine::run(db, operations, schemas).map_err(|error| error.to_string())
}

/// Runs SQL.
pub(crate) fn run(db: &Connection, sql: &str) {
    db.execute_batch(sql).unwrap_or_else(|error| panic!("{error} in: {sql}"));
}

/// The rows of a query.
pub(crate) fn query(db: &Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = db.prepare(sql).unwrap_or_else(|error| panic!("{error} in: {sql}"));
    let width = statement.column_count();
    let rows = statement.query_map([], |row| (0..width).map(|index| row.get(index)).collect()).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

/// The rows of a query, each as a line.
pub(crate) fn lines(db: &Connection, sql: &str) -> Vec<String> {
    let line = |row: &Vec<Value>| row.iter().map(text).collect::<Vec<_>>().join(" | ");
    query(db, sql).iter().map(line).collect()
}

/// The only value of a query.
pub(crate) fn value(db: &Connection, sql: &str) -> String {
    let lines = lines(db, sql);
    assert_eq!(lines.len(), 1, "{sql}");
    lines.into_iter().next().unwrap()
}

/// A value as SQL would write it, so that 7 and '7' are told apart.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(bytes) => {
            format!("x'{}'", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
    }
}

/// A name in SQL.
pub(crate) fn quoted(name: &Name) -> String {
    format!("\"{}\"", name.as_str().replace('"', "\"\""))
}

/// Why a database is not sound, if it is not.
pub(crate) fn unsound(db: &Connection) -> Option<String> {
    let integrity = lines(db, "PRAGMA integrity_check");
    let violations = lines(db, "PRAGMA foreign_key_check");
    let settings = [("foreign_keys", "1"), ("legacy_alter_table", "0")];
    let settings: Vec<String> = settings
        .into_iter()
        .filter(|(pragma, wanted)| value(db, &format!("PRAGMA {pragma}")) != *wanted)
        .map(|(pragma, _)| format!("PRAGMA {pragma} was not put back"))
        .collect();
    let sound = integrity == ["'ok'"] && violations.is_empty() && settings.is_empty() && db.is_autocommit();
    (!sound).then(|| format!("integrity {integrity:?}, foreign keys {violations:?}, {settings:?}"))
}
