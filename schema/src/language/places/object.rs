//! A file below `schema`, and what is in it beside tables.

use super::table::TABLE;
use super::{Key, ONLY, Place, RUST_TYPE, SQL, Shape};

/// A file below `schema`.
pub static SCHEMA_FILE: Place = Place::new(
    "a schema file",
    &[
        Key::new(
            "table",
            Shape::Named(&Shape::Table(&TABLE)),
            "{ labels = { columns = { id = \"bigint\" } } }",
            "Tables, each as `[table.NAME]`.",
        ),
        Key::new(
            "enum",
            Shape::Named(&Shape::Either(&[VALUES, Shape::Table(&ENUM)])),
            "{ size = [\"small\", \"large\"] }",
            "Enums: the name of each, and its values or a table of keys.",
        ),
        Key::new(
            "view",
            Shape::Named(&Shape::Table(&VIEW)),
            "{ addresses = { sql = \"SELECT email FROM users\" } }",
            "Views, each as `[view.NAME]`.",
        ),
        Key::new(
            "trigger",
            Shape::Named(&Shape::Table(&TRIGGER)),
            "{ stay = { table = \"users\", sql = \"CREATE TRIGGER stay BEFORE DELETE ON users BEGIN SELECT 1; END\" } }",
            "Triggers, each as `[trigger.NAME]`.",
        ),
    ],
);

const VALUES: Shape = Shape::List { of: &Shape::Text, least: 1 };

/// An enum.
pub(crate) static ENUM: Place = Place::new(
    "an enum",
    &[
        Key::new("values", VALUES, "[\"open\", \"closed\"]", "Its values, in the order in which they sort.")
            .required(),
        Key::new(
            "doc",
            Shape::Text,
            "\"How far a thread is.\"",
            "What the enum is for. It becomes documentation in Rust.",
        ),
        RUST_TYPE,
        Key::new(
            "renamed_values",
            Shape::Named(&Shape::Text),
            "{ closed = \"done\" }",
            "For values that were renamed, what they were called in the last migration.",
        )
        .hint(),
    ],
);

/// A view.
pub(crate) static VIEW: Place = Place::new(
    "a view",
    &[
        Key::new("sql", SQL, "\"SELECT email FROM users\"", "The query alone, without `CREATE VIEW`.")
            .required(),
        Key::new(
            "depends_on",
            Shape::List { of: &Shape::Text, least: 0 },
            "[\"users\"]",
            "Tables and views that it reads although its query does not say their names.",
        ),
        ONLY,
        Key::new(
            "doc",
            Shape::Text,
            "\"What is still to be read.\"",
            "What the view shows. It becomes documentation in Rust.",
        ),
        RUST_TYPE,
    ],
);

/// A trigger.
pub(crate) static TRIGGER: Place = Place::new(
    "a trigger",
    &[
        Key::new("table", Shape::Text, "\"users\"", "The table or view that it belongs to.").required(),
        Key::new(
            "sql",
            SQL,
            "\"CREATE TRIGGER odd BEFORE DELETE ON users BEGIN SELECT 1; END\"",
            "The whole statement or statements that create it, beginning with `CREATE`.",
        )
        .required(),
        Key::new(
            "drop",
            SQL,
            "{ postgres = \"DROP FUNCTION odd()\" }",
            "What else is to be dropped after the trigger, as the function that PostgreSQL calls; only for \
             the databases that are named.",
        ),
        ONLY,
        Key::new(
            "doc",
            Shape::Text,
            "\"Counts what comes in.\"",
            "What the trigger does. It becomes documentation in Rust.",
        ),
        RUST_TYPE,
    ],
);
