//! What a database can do, as data.

use crate::Dialect;

/// What a dialect can do and how far it goes.
///
/// Validation, planning and rendering ask these; nothing else in the core knows one database from
/// another.
///
/// ```
/// use whimbrel_schema::{Capabilities, Dialect};
///
/// assert!(Capabilities::of(Dialect::Sqlite).transactional_ddl);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// The dialect described.
    pub dialect: Dialect,
    /// Whether this version of whimbrel renders and runs this dialect.
    pub supported: bool,
    /// The longest name in bytes, if there is a limit.
    pub name_limit: Option<usize>,
    /// Whether statements that change the schema take part in transactions.
    pub transactional_ddl: bool,
    /// How far ALTER TABLE goes.
    pub alter_table: AlterTable,
    /// Whether an index may hold only some rows.
    pub partial_indexes: bool,
}

/// How far a dialect's ALTER TABLE goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlterTable {
    /// Any number of changes of any kind in one statement.
    Full,
    /// Only one simple column at a time; the rest rebuilds the table.
    Limited,
}

impl Capabilities {
    /// The record of a dialect.
    pub const fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &Self {
                dialect: Dialect::Sqlite,
                supported: true,
                name_limit: None,
                transactional_ddl: true,
                alter_table: AlterTable::Limited,
                partial_indexes: true,
            },
            Dialect::Postgres => &Self {
                dialect: Dialect::Postgres,
                supported: false,
                name_limit: Some(63),
                transactional_ddl: true,
                alter_table: AlterTable::Full,
                partial_indexes: true,
            },
            Dialect::Mysql => &Self {
                dialect: Dialect::Mysql,
                supported: false,
                name_limit: Some(64),
                transactional_ddl: false,
                alter_table: AlterTable::Full,
                partial_indexes: false,
            },
        }
    }
}
