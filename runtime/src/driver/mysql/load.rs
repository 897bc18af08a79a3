//! Rows into MariaDB and MySQL, many with one INSERT.

use mysql::prelude::Queryable as _;
use whimbrel_schema::{Column, Dialect, Plain, Value};

use super::{Mysql, fault};
use crate::driver::{Cell, Fault, Rows, Target, quoted};

/// Parameters of one statement, below the 65,535 that the protocol counts.
const PARAMETERS: usize = 60_000;
/// Rows of one statement; more of them are no faster.
const ROWS: usize = 1_000;

/// How much fits into one statement.
pub(super) fn target<'t>(
    driver: &mut Mysql<'_>,
    table: &'t str,
    columns: &'t [&'t Column],
) -> Result<Target<'t>, Fault> {
    let packet = driver.rows("SELECT @@max_allowed_packet", &[])?;
    let packet = packet.into_iter().flatten().next().and_then(Cell::integer);
    let packet = packet.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(1 << 20);
    Ok(Target { table, columns, packet, types: Vec::new() })
}

/// Inserts rows; their transaction is open.
pub(super) fn load(driver: &mut Mysql<'_>, target: &Target<'_>, rows: &Rows) -> Result<(), Fault> {
    let Target { table, columns, packet, .. } = target;
    // Half of it leaves room for what stands around values.
    let packet = packet / 2;
    let most = ROWS.min(PARAMETERS / columns.len().max(1)).max(1);
    let names: Vec<String> =
        columns.iter().map(|column| quoted(Dialect::Mysql, column.name.as_str())).collect();
    let head = format!("INSERT INTO {} ({}) VALUES ", quoted(Dialect::Mysql, table), names.join(", "));
    let marks = format!("({})", vec!["?"; columns.len()].join(", "));
    let mut waiting: Vec<mysql::Value> = Vec::new();
    let (mut count, mut bytes) = (0, 0);
    for row in rows.iter() {
        let row: Vec<mysql::Value> = row.iter().map(parameter).collect();
        let size: usize = row.iter().map(size).sum();
        if count == most || (count > 0 && bytes + size > packet) {
            insert(driver, &head, &marks, count, std::mem::take(&mut waiting))?;
            (count, bytes) = (0, 0);
        }
        waiting.extend(row);
        count += 1;
        bytes += size;
    }
    if count > 0 { insert(driver, &head, &marks, count, waiting) } else { Ok(()) }
}

fn insert(
    driver: &mut Mysql<'_>,
    head: &str,
    marks: &str,
    count: usize,
    values: Vec<mysql::Value>,
) -> Result<(), Fault> {
    let sql = format!("{head}{}", vec![marks; count].join(", "));
    #[cfg(feature = "fault-injection")]
    crate::driver::inject::before(&sql)?;
    let parameters = match values.is_empty() {
        true => mysql::Params::Empty,
        false => mysql::Params::Positional(values),
    };
    // What is said of an error shows how the statement begins, and not all of its marks.
    let failed = |error| fault::fault(error, head);
    let statement = prepared(driver, sql).map_err(failed)?;
    driver.connection.conn().exec_drop(statement, parameters).map_err(failed)
}

/// The statement of a text: the one before, if it has the same. A server takes longer to prepare thousands of marks
/// than to insert what they stand for.
fn prepared(driver: &mut Mysql<'_>, sql: String) -> Result<mysql::Statement, mysql::Error> {
    if let Some((text, statement)) = &driver.loading
        && *text == sql
    {
        return Ok(statement.clone());
    }
    forget(driver)?;
    let statement = driver.connection.conn().prep(&sql)?;
    driver.loading = Some((sql, statement.clone()));
    Ok(statement)
}

/// Has the server forget the statement that loads rows.
pub(super) fn forget(driver: &mut Mysql<'_>) -> Result<(), mysql::Error> {
    match driver.loading.take() {
        Some((_, statement)) => driver.connection.conn().close(statement),
        None => Ok(()),
    }
}

fn size(value: &mysql::Value) -> usize {
    match value {
        mysql::Value::Bytes(bytes) => bytes.len() + 9,
        _ => 9,
    }
}

fn parameter(value: &Option<Value>) -> mysql::Value {
    match value.as_ref().map(Value::plain) {
        None => mysql::Value::NULL,
        Some(Plain::Boolean(truth)) => mysql::Value::Int(truth.into()),
        Some(Plain::Integer(number)) => mysql::Value::Int(number),
        Some(Plain::Float(number)) => mysql::Value::Double(number.get()),
        Some(Plain::Bytes(bytes)) => mysql::Value::Bytes(bytes.to_vec()),
        Some(Plain::Text(text)) => mysql::Value::Bytes(text.as_bytes().to_vec()),
    }
}
