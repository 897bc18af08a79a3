//! What a database says of itself, read as a schema.

mod cursor;
mod found;
mod mysql;
mod postgres;
mod sqlite;
mod token;

use crate::{ColumnType, Dialect, Name, Sql, Table, not_an_expression};

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

/// SQL of one database as the language has it: for that one alone, where another would read it as less, or as
/// more, than it is.
fn said(dialect: Dialect, text: &str) -> Sql {
    match Dialect::ALL.into_iter().all(|other| not_an_expression(other, text).is_none()) {
        true => Sql::from(text),
        false => Sql::each([(dialect, text)]),
    }
}

/// Whether an enum of this name can be the type of a column: it must look like a type and be none.
fn is_enum_name(name: &str) -> bool {
    let first = name.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic());
    let plain = name.chars().all(|character| character == '_' || character.is_ascii_alphanumeric());
    first && plain && !ColumnType::NAMES.contains(&name)
}

/// Whether the name of a table or view is one that whimbrel keeps for its own.
fn is_kept(name: &str) -> bool {
    !name.starts_with(TRIAL) && name.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("whimbrel_"))
}

/// A table or view that has such a name and is none of whimbrel's.
fn kept(what: &str, name: &str) -> Unmanaged {
    Unmanaged {
        object: format!("{what} {name}"),
        table: Some(Name::new(name)),
        reason: "has a name that whimbrel keeps for its own tables".to_owned(),
        kind: UnmanagedKind::Object,
    }
}

/// Takes the numbering away from a column of which the language cannot say it: one that is not the primary key
/// by itself, or is no whole number.
fn number_keys_only(table: &mut Table, unmanaged: &mut Vec<Unmanaged>) {
    let key = table.key_columns().to_vec();
    for column in table.columns.values_mut().filter(|column| column.auto_increment) {
        let reason = if key != [column.name.clone()] {
            "is numbered by the database, and is not the primary key by itself"
        } else if !matches!(
            column.column_type,
            ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt
        ) {
            "is numbered by the database, and is no whole number with a sign"
        } else {
            continue;
        };
        column.auto_increment = false;
        let (object, reason) = (format!("column {} of {}", column.name, table.name), reason.to_owned());
        unmanaged.push(Unmanaged {
            object,
            table: Some(table.name.clone()),
            reason,
            kind: UnmanagedKind::Part,
        });
    }
}

/// Whether a table or view of this name is one of whimbrel's own.
fn is_own(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let archived = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit());
    OWN.contains(&name.as_str()) || name.strip_prefix("whimbrel_archive_").is_some_and(archived)
}

/// The tables of whimbrel; those of the archive have numbers.
const OWN: [&str; 5] =
    ["whimbrel_history", "whimbrel_journal", "whimbrel_archive", "whimbrel_seeds", "whimbrel_lock"];

/// How the names of tables and views begin that are made to see how a server spells what is in them.
pub(crate) const TRIAL: &str = "whimbrel_trial_";
