//! What a database says of itself, read as a schema.

mod cursor;
mod found;
mod mysql;
mod postgres;
mod sqlite;
mod token;

pub use found::{Introspected, Unmanaged, UnmanagedKind};
pub use mysql::{
    MysqlCatalogue, MysqlCheck, MysqlColumn, MysqlIndexPart, MysqlKeyColumn, MysqlOther, MysqlServer,
    MysqlTable, MysqlTrigger, MysqlUnclear, MysqlView, read_mysql,
};
pub(crate) use mysql::{mysql_enum, mysql_expression, mysql_statement, mysql_type};
pub use postgres::{
    PostgresCatalogue, PostgresColumn, PostgresConstraint, PostgresConstraintColumn, PostgresEnumValue,
    PostgresIndex, PostgresIndexPart, PostgresOther, PostgresRelation, PostgresTrigger, read_postgres,
};
pub(crate) use postgres::{
    PostgresTriggerParts, expression as postgres_expression, postgres_script, postgres_type,
};
pub use sqlite::{SqliteCatalogue, SqliteColumn, SqliteObject, read_sqlite, read_sqlite_table};
pub(crate) use sqlite::{canonical, canonical_type};

/// Whether a table or view of this name is one of whimbrel's own.
fn is_own(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let archived = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit());
    OWN.contains(&name.as_str()) || name.strip_prefix("whimbrel_archive_").is_some_and(archived)
}

/// The tables of whimbrel; those of the archive have numbers.
const OWN: [&str; 5] =
    ["whimbrel_history", "whimbrel_journal", "whimbrel_archive", "whimbrel_seeds", "whimbrel_lock"];
