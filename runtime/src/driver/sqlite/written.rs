//! SQL that a person wrote.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Statement, params_from_iter};
use whimbrel_schema::first_word;

use super::{Sqlite, fault};
use crate::driver::{Cell, Fault, FaultKind, Row, Visit, during};

/// Runs one statement, gives its rows to `visit`, and counts the rows that it changed.
pub(super) fn run(
    driver: &Sqlite<'_>,
    sql: &str,
    parameters: &[Cell],
    visit: &mut Visit<'_>,
) -> Result<u64, Fault> {
    let connection = driver.connection();
    let failed = |error| fault::fault(error, sql, driver.is_lost());
    // `prepare` refuses a text of several statements.
    let mut statement = connection.prepare(sql).map_err(failed)?;
    refuse_control(&statement, sql)?;
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let before = connection.total_changes();
    let mut rows =
        statement.query(params_from_iter(parameters.iter().cloned().map(Value::from))).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let cell = |index: usize| cell(row.get_ref(index).map_err(failed)?, &names[index], sql);
        let cells = (0..names.len()).map(cell).collect::<Result<Row, Fault>>()?;
        if visit(&names, cells).is_break() {
            break;
        }
    }
    // What a statement that changes no rows leaves in `changes` is the count of one before it.
    Ok(if connection.total_changes() == before { 0 } else { connection.changes() })
}

/// What returns nothing and writes nothing acts on the connection: it begins or ends a transaction,
/// attaches a file or sets a pragma. SQLite's own parser is asked, which no comment deceives.
fn refuse_control(statement: &Statement<'_>, sql: &str) -> Result<(), Fault> {
    if !statement.readonly() || statement.column_count() > 0 {
        return Ok(());
    }
    let message = match first_word(sql).as_str() {
        // With `IF EXISTS` and `IF NOT EXISTS` there may be nothing to do.
        "CREATE" | "DROP" => return Ok(()),
        "" => "this SQL holds no statement".to_owned(),
        word => format!(
            "`{word}` is not for migrations: they neither begin nor end a transaction, nor change the connection"
        ),
    };
    Err(Fault::new(FaultKind::Other, message + &during(sql)))
}

/// A value, which must come as it is: what code reads it may write back.
fn cell(value: ValueRef<'_>, column: &str, sql: &str) -> Result<Cell, Fault> {
    match value {
        ValueRef::Text(text) if std::str::from_utf8(text).is_err() => {
            let message = format!(
                "the text in column `{column}` is not UTF-8; CAST({column} AS BLOB) gives its bytes{}",
                during(sql)
            );
            Err(Fault::new(FaultKind::Other, message))
        }
        value => Ok(Cell::from(value)),
    }
}
