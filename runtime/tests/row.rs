//! Row structs as the build generates them, read from rows of rusqlite.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::error::Error as _;

use rusqlite::Connection;
use whimbrel::row::{self, FromRow, Row, RowError};
use whimbrel::types::{BigInt, Boolean, Bytes, Nullable, Real, SmallInt, Text};
use whimbrel::{Column, Table};

struct Things;

impl Table for Things {
    const NAME: &'static str = "things";
    const VERSION: u32 = 1;
}

impl Things {
    const ID: Column<Self, BigInt> = Column::new("id");
    const IS_NEW: Column<Self, Boolean> = Column::new("is new");
    const SIZE: Column<Self, SmallInt> = Column::new("size");
    const WEIGHT: Column<Self, Real> = Column::new("weight");
    const NAME: Column<Self, Nullable<Text>> = Column::new("name");
    const DATA: Column<Self, Bytes> = Column::new("data");
}

#[derive(Debug, Clone, PartialEq)]
struct ThingsRow {
    id: i64,
    is_new: bool,
    size: i16,
    weight: f32,
    name: Option<String>,
    data: Vec<u8>,
}

impl FromRow for ThingsRow {
    fn from_row<R: Row>(row: &R) -> Result<Self, R::Error> {
        Ok(Self {
            id: row::field_at(row, (0, 6), Things::ID)?,
            is_new: row::field_at(row, (1, 6), Things::IS_NEW)?,
            size: row::field_at(row, (2, 6), Things::SIZE)?,
            weight: row::field_at(row, (3, 6), Things::WEIGHT)?,
            name: row::field_at(row, (4, 6), Things::NAME)?,
            data: row::field_at(row, (5, 6), Things::DATA)?,
        })
    }
}

const GOOD: &str = "1 AS id, 1 AS 'is new', -7 AS size, 0.1 AS weight, 'Ada' AS name, x'00ff' AS data";

fn read(columns: &str) -> rusqlite::Result<ThingsRow> {
    let connection = Connection::open_in_memory().unwrap();
    connection.query_row(&format!("SELECT {columns}"), [], |row| ThingsRow::from_row(row))
}

#[test]
fn values_are_found_by_name() {
    let expected = ThingsRow {
        id: 1,
        is_new: true,
        size: -7,
        weight: 0.1,
        name: Some("Ada".to_owned()),
        data: vec![0, 255],
    };
    assert_eq!(read(GOOD).unwrap(), expected);
    // In another order, and among others.
    let other = "'x' AS other, x'00ff' AS data, NULL AS name, 'y' AS ID, 1 AS id, 2 AS weight, -7 AS size, 0 AS 'is new'";
    let expected = ThingsRow { is_new: false, weight: 2.0, name: None, ..expected };
    assert_eq!(read(other).unwrap(), expected);
}

/// The error of the library that is behind the driver's.
fn row_error(columns: &str) -> RowError {
    let error = read(columns).unwrap_err();
    assert!(matches!(error, rusqlite::Error::FromSqlConversionFailure(..)), "{error:?}");
    error.source().unwrap().downcast_ref::<RowError>().unwrap().clone()
}

#[test]
fn a_wrong_value_is_told_with_table_column_and_types() {
    for (good, bad, words) in [
        ("1 AS id", "'seven' AS id", "column `id` of table `things` is text, not a whole number"),
        ("1 AS id", "NULL AS id", "column `id` of table `things` is NULL, and is read as a whole number"),
        (
            "-7 AS size",
            "32768 AS size",
            "column `size` of table `things` is a whole number that does not fit 16 bits",
        ),
        (
            "1 AS 'is new'",
            "2 AS 'is new'",
            "column `is new` of table `things` is a whole number, not true or false, stored as 1 or 0",
        ),
        (
            "0.1 AS weight",
            "1e300 AS weight",
            "column `weight` of table `things` is a floating point number that does not fit 32 bits",
        ),
        ("'Ada' AS name", "x'41' AS name", "column `name` of table `things` is bytes, not text"),
        (
            "'Ada' AS name",
            "CAST(x'ff' AS TEXT) AS name",
            "column `name` of table `things` is text that is not UTF-8, not text",
        ),
        ("x'00ff' AS data", "'secret' AS data", "column `data` of table `things` is text, not bytes"),
    ] {
        assert!(GOOD.contains(good), "{good}");
        let error = row_error(&GOOD.replace(good, bad));
        assert_eq!(error.to_string(), words);
        assert_eq!(error.table(), Some("things"));
        assert!(words.contains(&format!("`{}`", error.column())));
    }
    // The driver says where, too.
    let error = read(&GOOD.replace("-7 AS size", "x'' AS size")).unwrap_err();
    assert!(
        matches!(error, rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Blob, _)),
        "{error:?}"
    );
}

#[test]
fn a_column_must_be_there_once() {
    let error = read(&GOOD.replace("AS size", "AS len")).unwrap_err();
    assert!(matches!(error, rusqlite::Error::InvalidColumnName(_)), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains("no column `size` of table `things`; it has id, is new, len, weight, name, data"),
        "{text}"
    );
    // As many columns as there are fields, and each field but one at its place.
    let text = read(&GOOD.replace("AS data", "AS name")).unwrap_err().to_string();
    assert!(text.contains("more than one column `name`") || text.contains("no column `data`"), "{text}");
    let text = read(&format!("{GOOD}, 2 AS id")).unwrap_err().to_string();
    assert!(text.contains("more than one column `id` of table `things`"), "{text}");
}

#[test]
fn columns_of_no_table_are_read_by_their_names() {
    let connection = Connection::open_in_memory().unwrap();
    let total = |sql: &str| connection.query_row(sql, [], |row| row::value::<i64, _>(row, "total"));
    assert_eq!(total("SELECT 3 AS total"), Ok(3));
    let text = total("SELECT 'x' AS total").unwrap_err().to_string();
    assert!(text.contains("column `total` is text, not a whole number"), "{text}");
}
