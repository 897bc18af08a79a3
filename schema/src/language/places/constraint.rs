//! Indexes, checks and foreign keys.

use super::table::INDEX_COLUMNS;
use super::{ACTION, COLUMNS, DEFERRABLE, Key, ON_DELETE, ON_UPDATE, ONLY, Place, SQL, Shape, TIMING};
use crate::Dialect;

/// An index.
pub(crate) static INDEX: Place = Place::new(
    "an index",
    &[
        Key::new(
            "columns",
            INDEX_COLUMNS,
            "[\"email\", \"id desc\"]",
            "Its columns, each followed by `asc` or `desc` or by nothing, or an expression as \
             `{ sql = \"...\" }`.",
        )
        .required(),
        Key::new("unique", Shape::Flag(false), "true", "No two rows have the same values in its columns."),
        Key::new("where", SQL, "\"id > 0\"", "Only rows that satisfy this condition are in the index."),
        Key::new(
            "include",
            COLUMNS,
            "[\"email\"]",
            "Columns that are kept in the index beside its key, so that a query finds them there.",
        ),
        Key::new(
            "method",
            Shape::Table(&METHOD),
            "{ postgres = \"hash\" }",
            "How each database keeps the index, where it is not the usual way.",
        ),
        ONLY,
    ],
);

/// `{ sql = .. }` among the columns of an index.
pub(crate) static INDEX_EXPRESSION: Place = Place::new(
    "an expression of an index",
    &[
        Key::new("sql", SQL, "\"lower(email)\"", "The expression.").required(),
        Key::new(
            "order",
            Shape::Word(&["asc", "desc"]),
            "\"desc\"",
            "Which way it is sorted; `asc` without.",
        ),
    ],
);

/// A way to keep an index for each database.
pub(crate) static METHOD: Place = Place::new(
    "an index method",
    &[
        Key::new(
            Dialect::Postgres.key(),
            Shape::Text,
            "\"hash\"",
            "`btree`, `hash`, `gin`, `gist`, `spgist` or `brin`.",
        ),
        Key::new(Dialect::Mysql.key(), Shape::Text, "\"hash\"", "`btree`, `hash`, `fulltext` or `spatial`."),
    ],
);

/// A check with more than its SQL.
pub(crate) static CHECK: Place =
    Place::new("a check", &[Key::new("sql", SQL, "\"id > 0\"", "The condition.").required(), ONLY]);

/// A foreign key.
pub(crate) static FOREIGN_KEY: Place = Place::new(
    "a foreign key",
    &[
        Key::new("columns", COLUMNS, "[\"id\"]", "The columns of this table.").required(),
        Key::new(
            "references",
            Shape::Target,
            "\"users(id)\"",
            "The table that they reference, and in parentheses its columns, which must be a primary key, a \
             unique constraint or a unique index of it.",
        )
        .required(),
        Key::new("on_delete", ACTION, "\"cascade\"", ON_DELETE),
        Key::new("on_update", ACTION, "\"cascade\"", ON_UPDATE),
        Key::new("deferrable", TIMING, "\"deferred\"", DEFERRABLE),
        ONLY,
    ],
);
