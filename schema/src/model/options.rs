/// What only one database has for a table, under the key of that database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// For SQLite.
    pub sqlite: SqliteOptions,
    /// For PostgreSQL.
    pub postgres: PostgresOptions,
    /// For MySQL and MariaDB.
    pub mysql: MysqlOptions,
}

/// `[table.NAME.sqlite]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SqliteOptions {
    /// Whether values must be of their column's type: <https://sqlite.org/stricttables.html>.
    pub strict: bool,
    /// Whether the primary key is how rows are stored: <https://sqlite.org/withoutrowid.html>.
    pub without_rowid: bool,
}

/// `[table.NAME.postgres]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostgresOptions {
    /// Whether the table is not written to the log: faster, and empty after a crash.
    pub unlogged: bool,
    /// How full pages are made, in percent from 10 to 100.
    pub fillfactor: Option<u8>,
}

/// `[table.NAME.mysql]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MysqlOptions {
    /// The storage engine; InnoDB without it.
    pub engine: Option<String>,
    /// The character set; utf8mb4 without it.
    pub charset: Option<String>,
    /// The collation; one that compares bytes without it.
    pub collation: Option<String>,
}
