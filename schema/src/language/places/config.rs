//! `whimbrel.toml`.

use super::{DIALECTS, Key, Place, ROW_TYPES, Shape};

/// `whimbrel.toml`.
pub static CONFIG: Place = Place::new(
    "whimbrel.toml",
    &[
        Key::new(
            "dialects",
            DIALECTS,
            "[\"sqlite\"]",
            "The databases on which the schema must hold; `[\"sqlite\"]` without.",
        ),
        Key::new(
            "online",
            Shape::Flag(false),
            "true",
            "Whether the application goes on while its database is migrated: then `migrate-new` writes steps in \
             the form that lets it (`db.online()`), and what locks tables on the servers all the same is an \
             error; `false` without.",
        ),
        Key::new(
            "hazards",
            Shape::Named(&Shape::Word(&["error", "warn", "inform", "off"])),
            "{ WHN003 = \"inform\" }",
            "How much hazards weigh, by their codes, where it is not what the catalogue says: `error`, `warn`, \
             `inform` or `off`.",
        ),
        Key::new(
            "archive",
            ARCHIVING,
            "{ keep = \"90d\" }",
            "Whether what migrations destroy is kept in the archive, and how long; `true`, which is for \
             ever, without.",
        ),
        Key::new(
            "environment",
            Shape::Named(&Shape::Table(&ENVIRONMENT)),
            "{ test = { url = \"sqlite:test.db\" } }",
            "Databases that commands are pointed at by name, each as `[environment.NAME]`. Without `--env`, \
             `--url` and `DATABASE_URL` it is `dev`, or else the first one.",
        ),
        Key::new(
            "row_types",
            ROW_TYPES,
            "[\"jiff\", \"uuid\"]",
            "Crates whose types fields of row structs have instead of texts: `jiff` or `chrono`, `uuid`, \
             `rust_decimal`, `serde_json`; none without. Each is a feature of `whimbrel` of the same name.",
        ),
        Key::new(
            "seeds",
            Shape::Table(&SEEDS_CONFIG),
            "{ dir = \"seeds\" }",
            "That the package has seeds, and where; without it none are read.",
        ),
    ],
);

const ARCHIVING: Shape = Shape::Either(&[Shape::Flag(true), Shape::Table(&ARCHIVE)]);

/// `[environment.NAME]`.
pub(crate) static ENVIRONMENT: Place = Place::new(
    "an environment",
    &[
        Key::new(
            "url",
            Shape::Either(&[Shape::Text, Shape::Table(&URL)]),
            "\"sqlite:mail.db\"",
            "Where the database is, or the environment variable that says so. A URL with a password has no \
             place in this file.",
        )
        .required(),
        Key::new(
            "allow_destructive",
            Shape::Flag(true),
            "false",
            "Whether migrations may destroy values without being allowed by name; `true` without.",
        ),
        Key::new(
            "protect",
            Shape::Flag(false),
            "true",
            "Whether seeds keep away from it: nothing is loaded but the sets that seeds.toml has for it, none of \
             them with rows that are made up, and nothing is cleaned; `false` without.",
        ),
        Key::new(
            "archive",
            ARCHIVING,
            "false",
            "Whether what migrations destroy is kept in the archive here, and how long; as for all, without.",
        ),
        Key::new(
            "wait",
            Shape::Time,
            "\"2m\"",
            "How long a run waits for other migrators, and tries again for locks of tables; `\"30s\"` without.",
        ),
        Key::new(
            "lock_timeout",
            Shape::Time,
            "\"500ms\"",
            "How long one statement waits for the lock of a table, and keeps those waiting that come after it; \
             `\"3s\"` without. MariaDB counts whole seconds, and SQLite has no such locks.",
        ),
        Key::new(
            "statement_timeout",
            Shape::Time,
            "\"10m\"",
            "How long one statement of a migration may take before the server ends it; without, for ever. SQLite and \
             MySQL cannot end one.",
        ),
    ],
);

/// `url = { .. }`.
pub(crate) static URL: Place = Place::new(
    "a URL",
    &[Key::new(
        "env",
        Shape::Text,
        "\"DATABASE_URL\"",
        "The environment variable that holds the URL when a command runs.",
    )
    .required()],
);

/// `[archive]`.
pub(crate) static ARCHIVE: Place = Place::new(
    "the archive",
    &[Key::new(
        "keep",
        Shape::Age,
        "\"90d\"",
        "How long, in hours, days or weeks (`\"12h\"`, `\"90d\"`, `\"8w\"`), or `\"forever\"`.",
    )],
);

/// `[seeds]`.
pub(crate) static SEEDS_CONFIG: Place = Place::new(
    "seeds of the package",
    &[Key::new("dir", Shape::Text, "\"seeds\"", "Their directory in the package; `seeds` without.")],
);
