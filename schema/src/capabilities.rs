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
    /// The longest name in bytes, if there is a limit.
    pub name_limit: Option<usize>,
    /// Whether statements that change the schema take part in transactions.
    pub transactional_ddl: bool,
    /// How far ALTER TABLE goes.
    pub alter_table: AlterTable,
    /// Whether an index may hold only some rows.
    pub partial_indexes: bool,
    /// Whether an index may sort by an expression.
    pub expression_indexes: bool,
    /// Whether an index may hold columns beside its key.
    pub covering_indexes: bool,
    /// The ways in which an index may be kept.
    pub index_methods: &'static [&'static str],
    /// Whether foreign keys may be checked when the transaction ends.
    pub deferrable: bool,
    /// Whether a foreign key may set columns to their defaults.
    pub set_default: bool,
    /// Whether a generated column may be computed when it is read.
    pub virtual_columns: bool,
    /// Whether checks and generated columns may read the column that numbers rows.
    pub reads_numbers: bool,
    /// Whether columns that are computed and kept may read a text that is filled up with blanks as it is.
    pub keeps_computed_char: bool,
    /// Whether a foreign key is bound to one key of the table that it references, and in the way when that goes.
    pub bound_foreign_keys: bool,
    /// Whether a backslash in a text takes the meaning from what follows, and `#` begins a comment.
    pub backslash_escapes: bool,
    /// Whether a value that does not fit its column is refused, rather than kept as it is.
    pub refuses_unfit: bool,
    /// Whether it makes an index for every foreign key by itself.
    pub indexes_foreign_keys: bool,
    /// Whether a foreign key may join integers of different sizes.
    pub mixed_integer_keys: bool,
    /// Which names no two tables may have, each for something of its own.
    pub shared_names: SharedNames,
    /// How large texts and numbers may be.
    pub limits: Option<Limits>,
}

/// Whether all tables share the names of something, so that no two of them may use one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedNames {
    /// Of indexes.
    pub indexes: bool,
    /// Of unique constraints.
    pub uniques: bool,
    /// Of foreign keys.
    pub foreign_keys: bool,
    /// Of checks.
    pub checks: bool,
}

/// How far a dialect's ALTER TABLE goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlterTable {
    /// Any number of changes of any kind in one statement.
    Full,
    /// Only one simple column at a time; the rest rebuilds the table.
    Limited,
}

/// How large things may be where a database has narrow limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest `char` and `binary`.
    pub fixed_length: u32,
    /// The bytes of a key or index, with four for each character of a text.
    pub key_bytes: u64,
    /// The bytes of the columns of a row, texts and bytes of any length aside.
    pub row_bytes: u64,
    /// The most digits of a decimal after the point.
    pub scale: u32,
}

impl Capabilities {
    /// The record of a dialect.
    pub const fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &Self {
                dialect: Dialect::Sqlite,
                name_limit: None,
                transactional_ddl: true,
                alter_table: AlterTable::Limited,
                partial_indexes: true,
                expression_indexes: true,
                covering_indexes: false,
                index_methods: &[],
                deferrable: true,
                set_default: true,
                virtual_columns: true,
                reads_numbers: true,
                keeps_computed_char: true,
                bound_foreign_keys: false,
                backslash_escapes: false,
                refuses_unfit: false,
                indexes_foreign_keys: false,
                mixed_integer_keys: true,
                shared_names: SharedNames {
                    indexes: true,
                    uniques: false,
                    foreign_keys: false,
                    checks: false,
                },
                limits: None,
            },
            // PostgreSQL 15. Columns computed when read come with 18.
            Dialect::Postgres => &Self {
                dialect: Dialect::Postgres,
                name_limit: Some(63),
                transactional_ddl: true,
                alter_table: AlterTable::Full,
                partial_indexes: true,
                expression_indexes: true,
                covering_indexes: true,
                index_methods: &["btree", "hash", "gin", "gist", "spgist", "brin"],
                deferrable: true,
                set_default: true,
                virtual_columns: false,
                reads_numbers: true,
                keeps_computed_char: true,
                bound_foreign_keys: true,
                backslash_escapes: false,
                refuses_unfit: true,
                indexes_foreign_keys: false,
                mixed_integer_keys: true,
                shared_names: SharedNames {
                    indexes: true,
                    uniques: true,
                    foreign_keys: false,
                    checks: false,
                },
                limits: None,
            },
            // What both MariaDB 10.11 and MySQL 8 can do. MariaDB indexes no expressions.
            Dialect::Mysql => &Self {
                dialect: Dialect::Mysql,
                name_limit: Some(64),
                transactional_ddl: false,
                alter_table: AlterTable::Full,
                partial_indexes: false,
                expression_indexes: false,
                covering_indexes: false,
                index_methods: &["btree", "hash", "fulltext", "spatial"],
                deferrable: false,
                set_default: false,
                virtual_columns: true,
                reads_numbers: false,
                keeps_computed_char: false,
                bound_foreign_keys: false,
                backslash_escapes: true,
                refuses_unfit: true,
                indexes_foreign_keys: true,
                mixed_integer_keys: false,
                shared_names: SharedNames {
                    indexes: false,
                    uniques: false,
                    foreign_keys: true,
                    checks: true,
                },
                limits: Some(Limits { fixed_length: 255, key_bytes: 3072, row_bytes: 65_535, scale: 30 }),
            },
        }
    }
}
