//! `[table.NAME]` and the options that only one database has.

use super::column::COLUMN;
use super::constraint::{CHECK, FOREIGN_KEY, INDEX};
use super::{COLUMNS, Key, Place, RUST_TYPE, Shape, TEXTS};

/// A table.
pub(crate) static TABLE: Place = Place::new(
    "a table",
    &[
        Key::new(
            "doc",
            Shape::Text,
            "\"A message fetched from a mailbox.\"",
            "What the table is for. It becomes documentation in Rust, and a comment where the database has \
             comments; to change it alone is no change of the schema.",
        ),
        RUST_TYPE,
        Key::new(
            "columns",
            Shape::Named(&Shape::Either(&[Shape::Type, Shape::Table(&COLUMN)])),
            "{ id = \"bigint\", email = { type = \"varchar(64)\", default = \"\" } }",
            "The columns, in the order of CREATE TABLE. Each is a type alone, or a table of keys.",
        )
        .required(),
        Key::new(
            "primary_key",
            COLUMNS,
            "[\"id\"]",
            "The columns of the primary key. Where it is one column, `primary_key = true` on the column says \
             the same.",
        ),
        Key::new(
            "uniques",
            Shape::Named(&COLUMNS),
            "{ labels_email_key = [\"email\"] }",
            "Unique constraints: the exact name of each, and its columns.",
        ),
        Key::new(
            "indexes",
            Shape::Named(&Shape::Either(&[INDEX_COLUMNS, Shape::Table(&INDEX)])),
            "{ labels_email_idx = [\"email desc\"] }",
            "Indexes: the exact name of each, and its columns or a table of keys. A column may be followed \
             by `asc` or `desc`.",
        ),
        Key::new(
            "checks",
            Shape::Named(&Shape::Either(&[Shape::Text, Shape::Table(&TEXTS), Shape::Table(&CHECK)])),
            "{ labels_id_check = \"id > 0\" }",
            "Conditions that every row must satisfy: the exact name of each, and its SQL or a table of keys.",
        ),
        Key::new(
            "foreign_keys",
            Shape::Named(&Shape::Table(&FOREIGN_KEY)),
            "{ labels_user_fk = { columns = [\"id\"], references = \"users(id)\" } }",
            "Foreign keys: the exact name of each, and a table of keys. Where it is one column, \
             `references` on the column says the same.",
        ),
        Key::new("sqlite", Shape::Table(&SQLITE), "{ strict = true }", "What only SQLite has for a table."),
        Key::new(
            "postgres",
            Shape::Table(&POSTGRES),
            "{ unlogged = true }",
            "What only PostgreSQL has for a table.",
        ),
        Key::new(
            "mysql",
            Shape::Table(&MYSQL),
            "{ engine = \"InnoDB\" }",
            "What only MySQL and MariaDB have for a table.",
        ),
        Key::new(
            "renamed_from",
            Shape::Text,
            "\"tags\"",
            "The name that the table had in the last migration. It means nothing once a migration knows the \
             new name.",
        )
        .hint(),
    ],
);

pub(super) const INDEX_COLUMNS: Shape =
    Shape::List { of: &Shape::Either(&[Shape::Text, Shape::Table(&super::INDEX_EXPRESSION)]), least: 1 };

/// `[table.NAME.sqlite]`.
pub(crate) static SQLITE: Place = Place::new(
    "the options for SQLite",
    &[
        Key::new(
            "strict",
            Shape::Flag(false),
            "true",
            "A [STRICT table](https://sqlite.org/stricttables.html), which refuses values of other types.",
        ),
        Key::new(
            "without_rowid",
            Shape::Flag(false),
            "true",
            "A [WITHOUT ROWID table](https://sqlite.org/withoutrowid.html), stored by its primary key. It \
             needs one, and no `auto_increment`.",
        ),
    ],
);

/// `[table.NAME.postgres]`.
pub(crate) static POSTGRES: Place = Place::new(
    "the options for PostgreSQL",
    &[
        Key::new(
            "unlogged",
            Shape::Flag(false),
            "true",
            "An UNLOGGED table: faster to write, and empty after a crash.",
        ),
        Key::new(
            "fillfactor",
            Shape::Integer { least: 10, greatest: 100 },
            "80",
            "How full pages are made, in percent, so that updated rows find room beside the others.",
        ),
    ],
);

/// `[table.NAME.mysql]`.
pub(crate) static MYSQL: Place = Place::new(
    "the options for MySQL",
    &[
        Key::new("engine", Shape::Text, "\"InnoDB\"", "The storage engine."),
        Key::new("charset", Shape::Text, "\"utf8mb4\"", "The character set of its texts."),
        Key::new("collation", Shape::Text, "\"utf8mb4_bin\"", "How its texts compare."),
    ],
);
