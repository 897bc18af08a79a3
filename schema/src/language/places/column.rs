//! `[table.NAME.columns]`.

use super::{ACTION, DEFERRABLE, Key, ON_DELETE, ON_UPDATE, Place, SQL, Shape, TIMING, VALUE};
use crate::Dialect;

/// A column.
pub(crate) static COLUMN: Place = Place {
    name: "a column",
    one_of: &["type", "native"],
    keys: &[
        Key::new(
            "type",
            Shape::Type,
            "\"varchar(64)\"",
            "A type, or the name of an enum. With `?` at its end the column may hold NULL; without, it is \
             NOT NULL.",
        ),
        Key::new(
            "native",
            Shape::Table(&NATIVE),
            "{ sqlite = \"TEXT\", postgres = \"inet\", mysql = \"varchar(45)\" }",
            "In the place of `type`: a type of the databases themselves, as each of them spells it.",
        ),
        Key::new(
            "nullable",
            Shape::Flag(false),
            "true",
            "Whether a column with a native type may hold NULL.",
        )
        .beside("native"),
        Key::new(
            "primary_key",
            Shape::Flag(false),
            "true",
            "The column is the primary key. A key of several columns is `primary_key` of the table.",
        ),
        Key::new(
            "auto_increment",
            Shape::Flag(false),
            "true",
            "The database numbers new rows, and never gives a number twice. For an integer column that is \
             the primary key.",
        ),
        Key::new(
            "unique",
            Shape::Flag(false),
            "true",
            "No two rows have the same value. Short for a unique constraint named `TABLE_COLUMN_key`.",
        ),
        Key::new(
            "default",
            VALUE,
            "\"UTC\"",
            "What a row gets that names no value: a literal, or an expression as `{ sql = \"...\" }`.",
        ),
        Key::new(
            "references",
            Shape::Target,
            "\"users.id\"",
            "The column of another table that holds the same value. Short for a foreign key named \
             `TABLE_COLUMN_fkey`.",
        ),
        Key::new("on_delete", ACTION, "\"cascade\"", ON_DELETE).beside("references"),
        Key::new("on_update", ACTION, "\"cascade\"", ON_UPDATE).beside("references"),
        Key::new("deferrable", TIMING, "\"deferred\"", DEFERRABLE).beside("references"),
        Key::new(
            "generated",
            Shape::Table(&GENERATED),
            "{ sql = \"lower(email)\", stored = true }",
            "The column is computed from the others of its row, and is never written.",
        ),
        Key::new(
            "collation",
            SQL,
            "{ sqlite = \"NOCASE\", postgres = \"C\", mysql = \"utf8mb4_bin\" }",
            "How texts of the column compare, by the name that each database has for it.",
        ),
        Key::new(
            "personal",
            Shape::Flag(false),
            "true",
            "Its values are about people: the archive never has them.",
        ),
        Key::new(
            "doc",
            Shape::Text,
            "\"Where mail for the user goes.\"",
            "What the column is for. It becomes documentation in Rust, and a comment where the database has \
             comments.",
        ),
        Key::new(
            "rust_name",
            Shape::ConstName,
            "\"KIND\"",
            "The constant that stands for it in Rust, where another is wanted than its name gives.",
        ),
        Key::new(
            "renamed_from",
            Shape::Text,
            "\"mail\"",
            "The name that the column had in the last migration. It means nothing once a migration knows \
             the new name.",
        )
        .hint(),
        Key::new(
            "backfill",
            VALUE,
            "\"UTC\"",
            "What existing rows get when the column becomes NOT NULL: a literal, or an expression over the \
             row as `{ sql = \"...\" }`.",
        )
        .hint(),
    ],
};

/// A type for each database.
pub(crate) static NATIVE: Place = Place::new(
    "a native type",
    &[
        Key::new(
            Dialect::Sqlite.key(),
            Shape::Text,
            "\"TEXT\"",
            "The type on SQLite, where a column may have none: an empty text.",
        ),
        Key::new(Dialect::Postgres.key(), Shape::Text, "\"inet\"", "The type on PostgreSQL."),
        Key::new(Dialect::Mysql.key(), Shape::Text, "\"varchar(45)\"", "The type on MySQL and MariaDB."),
    ],
);

/// `generated = { .. }`.
pub(crate) static GENERATED: Place = Place::new(
    "a generated column",
    &[
        Key::new("sql", SQL, "\"lower(email)\"", "The expression, over the columns of the row.").required(),
        Key::new(
            "stored",
            Shape::Flag(false),
            "true",
            "Whether the value is computed when the row is written; without, it is when the row is read, \
             which PostgreSQL cannot.",
        ),
    ],
);

/// `{ sql = .. }`.
pub(crate) static EXPRESSION: Place = Place::new(
    "an expression",
    &[Key::new("sql", SQL, "\"CURRENT_TIMESTAMP\"", "The expression.").required()],
);
