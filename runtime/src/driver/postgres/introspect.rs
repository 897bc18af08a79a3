//! What a database consists of, by PostgreSQL's own catalogue.
//!
//! A query for each kind of row, whatever the number of tables. Everything is seen at one moment and by
//! one spelling of dates and names, whatever the session has set.

mod queries;
mod respell;

use whimbrel_schema::{
    Introspected, PostgresCatalogue, PostgresColumn, PostgresConstraint, PostgresConstraintColumn,
    PostgresEnumValue, PostgresIndex, PostgresIndexPart, PostgresOther, PostgresRelation, PostgresTrigger,
    Schema, read_postgres,
};

use super::Postgres;
use crate::driver::{Cell, Fault, FaultKind, Row};

pub(super) fn introspect(driver: &mut Postgres<'_>) -> Result<Introspected, Fault> {
    apart(driver, |driver| {
        let home = home(driver)?;
        let catalogue = home.map(|home| catalogue(driver, home, home)).transpose()?.unwrap_or_default();
        Ok(read_postgres(&catalogue))
    })
}

/// Does something in a transaction, or in a part of the one that is open, and undoes it.
fn apart<T>(
    driver: &mut Postgres<'_>,
    act: impl FnOnce(&mut Postgres<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    // Whether a transaction is open can only be found out by asking for what only one has.
    let inside = driver.rows("SAVEPOINT whimbrel_introspect", &[]).is_ok();
    if !inside {
        driver.rows("BEGIN ISOLATION LEVEL REPEATABLE READ", &[])?;
    }
    let done = driver.rows(queries::SETTINGS, &[]).and_then(|_| act(driver));
    let undo = match inside {
        true => {
            ["ROLLBACK TO SAVEPOINT whimbrel_introspect", "RELEASE SAVEPOINT whimbrel_introspect"].as_slice()
        }
        false => &["ROLLBACK"],
    };
    let undone = undo.iter().try_for_each(|sql| driver.rows(sql, &[]).map(drop));
    done.and_then(|done| undone.map(|()| done))
}

/// The number of the schema in which everything happens.
fn home(driver: &mut Postgres<'_>) -> Result<Option<i64>, Fault> {
    let name = Cell::from(driver.home.as_str());
    namespace(driver, "SELECT oid FROM pg_namespace WHERE nspname = $1", &[name])
}

/// The number of a schema that a query names, if there is one.
fn namespace(driver: &mut Postgres<'_>, sql: &str, parameters: &[Cell]) -> Result<Option<i64>, Fault> {
    let rows = driver.rows(sql, parameters)?;
    Ok(rows.into_iter().flatten().next().and_then(Cell::integer).filter(|oid| *oid != 0))
}

/// The rows of one schema, with the enums of another, which may be the same.
fn catalogue(driver: &mut Postgres<'_>, namespace: i64, enums: i64) -> Result<PostgresCatalogue, Fault> {
    Ok(PostgresCatalogue {
        relations: read(driver, queries::RELATIONS, namespace, |row| {
            Some(PostgresRelation {
                oid: row.number()?,
                name: row.text()?,
                kind: row.text()?,
                persistence: row.text()?,
                options: row.maybe(),
                comment: row.maybe(),
                partition: row.truth()?,
                inherits: row.truth()?,
                row_security: row.truth()?,
                typed: row.truth()?,
                method: row.maybe(),
                query: row.maybe(),
            })
        })?,
        columns: read(driver, queries::COLUMNS, namespace, |row| {
            Some(PostgresColumn {
                relation: row.number()?,
                name: row.text()?,
                type_text: row.text()?,
                enumeration: row.maybe(),
                not_null: row.truth()?,
                default: row.maybe(),
                identity: row.text()?,
                generated: row.text()?,
                collation: row.maybe(),
                comment: row.maybe(),
                serial: row.maybe(),
                increment: row.maybe_number(),
                cycles: row.truth()?,
            })
        })?,
        constraints: read(driver, queries::CONSTRAINTS, namespace, |row| {
            Some(PostgresConstraint {
                oid: row.number()?,
                relation: row.number()?,
                name: row.text()?,
                kind: row.text()?,
                references: row.maybe(),
                actions: [row.text()?, row.text()?],
                deferrable: row.truth()?,
                deferred: row.truth()?,
                validated: row.truth()?,
                condition: row.maybe(),
                beyond: row.maybe(),
                definition: row.text()?,
            })
        })?,
        constraint_columns: read(driver, queries::CONSTRAINT_COLUMNS, namespace, |row| {
            Some(PostgresConstraintColumn {
                constraint: row.number()?,
                referenced: row.truth()?,
                name: row.text()?,
            })
        })?,
        indexes: read(driver, queries::INDEXES, namespace, |row| {
            Some(PostgresIndex {
                oid: row.number()?,
                relation: row.number()?,
                name: row.text()?,
                unique: row.truth()?,
                method: row.text()?,
                valid: row.truth()?,
                predicate: row.maybe(),
                beyond: row.maybe(),
                definition: row.text()?,
            })
        })?,
        index_parts: read(driver, queries::INDEX_PARTS, namespace, |row| {
            Some(PostgresIndexPart {
                index: row.number()?,
                key: row.truth()?,
                column: row.maybe(),
                expression: row.maybe(),
                descending: row.truth()?,
                nulls_first: row.truth()?,
                class: row.maybe(),
            })
        })?,
        enum_values: read(driver, queries::ENUM_VALUES, enums, |row| {
            Some(PostgresEnumValue { name: row.text()?, value: row.maybe(), comment: row.maybe() })
        })?,
        triggers: read(driver, queries::TRIGGERS, namespace, |row| {
            Some(PostgresTrigger {
                relation: row.number()?,
                name: row.text()?,
                definition: row.text()?,
                enabled: row.text()?,
                function: row.maybe(),
                function_definition: row.maybe(),
                callers: row.number()?,
            })
        })?,
        others: read(driver, queries::OTHERS, namespace, |row| {
            Some(PostgresOther { object: row.text()?, relation: row.maybe_number(), part: row.truth()? })
        })?,
    })
}

fn read<T>(
    driver: &mut Postgres<'_>,
    sql: &str,
    namespace: i64,
    record: impl Fn(&mut Cells) -> Option<T>,
) -> Result<Vec<T>, Fault> {
    let rows = driver.rows(sql, &[Cell::Integer(namespace)])?;
    let records = rows.into_iter().map(|row| record(&mut Cells(row.into_iter())));
    let records: Option<Vec<T>> = records.collect();
    records.ok_or_else(|| Fault::new(FaultKind::Damaged, "the catalogue of PostgreSQL cannot be read"))
}

/// The cells of a row, one after the other.
struct Cells(<Row as IntoIterator>::IntoIter);

impl Cells {
    fn text(&mut self) -> Option<String> {
        self.0.next().and_then(Cell::text)
    }

    fn number(&mut self) -> Option<i64> {
        self.0.next().and_then(Cell::integer)
    }

    fn truth(&mut self) -> Option<bool> {
        self.number().map(|number| number != 0)
    }

    /// NULL is `None`.
    fn maybe(&mut self) -> Option<String> {
        self.text()
    }

    fn maybe_number(&mut self) -> Option<i64> {
        self.number()
    }
}

/// A schema in the spelling of this server.
pub(super) fn respell(
    driver: &mut Postgres<'_>,
    expected: &Schema,
    found: &Introspected,
) -> Result<Schema, Fault> {
    driver.respelled(expected, found)
}
