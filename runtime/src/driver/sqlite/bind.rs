//! Values of sea-query as parameters of rusqlite.

use rusqlite::types::Value;
use rusqlite::{ParamsFromIter, params_from_iter};
use sea_query::Values;

/// The values of a query that `sea_query` has built, as parameters of rusqlite.
///
/// ```
/// # use rusqlite::Connection;
/// use whimbrel::row::sqlite::bind;
/// use whimbrel::sea_query::{Expr, ExprTrait, Query, SqliteQueryBuilder};
///
/// # let connection = Connection::open_in_memory()?;
/// # connection.execute_batch("CREATE TABLE users (id, email); INSERT INTO users VALUES (7, 'ada@x')")?;
/// let select = Query::select().column("id").from("users").and_where(Expr::col("email").eq("ada@x")).to_owned();
/// let (sql, values) = select.build(SqliteQueryBuilder);
/// let id: i64 = connection.query_row(&sql, bind(values)?, |row| row.get(0))?;
/// assert_eq!(id, 7);
/// # Ok::<(), rusqlite::Error>(())
/// ```
///
/// # Errors
///
/// `ToSqlConversionFailure` for an unsigned number beyond 63 bits, and for values of other crates that
/// features of `sea_query` add: bind these as text.
pub fn bind(values: Values) -> rusqlite::Result<ParamsFromIter<Vec<Value>>> {
    let values = values.0.into_iter().map(value).collect::<rusqlite::Result<Vec<Value>>>()?;
    Ok(params_from_iter(values))
}

fn value(value: sea_query::Value) -> rusqlite::Result<Value> {
    use sea_query::Value as From;
    Ok(match value {
        From::Bool(value) => value.into(),
        From::TinyInt(value) => value.into(),
        From::SmallInt(value) => value.into(),
        From::Int(value) => value.into(),
        From::BigInt(value) => value.into(),
        From::TinyUnsigned(value) => value.into(),
        From::SmallUnsigned(value) => value.into(),
        From::Unsigned(value) => value.into(),
        From::BigUnsigned(None) => Value::Null,
        From::BigUnsigned(Some(number)) => i64::try_from(number).map(Value::from).map_err(failed)?,
        From::Float(value) => value.map(f64::from).into(),
        From::Double(value) => value.into(),
        From::String(value) => value.into(),
        From::Char(value) => value.map(String::from).into(),
        From::Bytes(value) => value.into(),
        // Which others there are depends on features of sea-query that any crate of the program may
        // turn on.
        #[allow(unreachable_patterns, reason = "without features there is nothing else")]
        other => return Err(failed(format!("SQLite takes no {other:?}"))),
    })
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}
