//! Files of the seeds.

use super::{Key, Place, Shape};
use crate::seed::Mode;

/// `seeds.toml`.
pub static SEEDS: Place = Place::new(
    "seeds.toml",
    &[
        Key::new(
            "seed",
            Shape::Text,
            "\"mail\"",
            "What all values that are made follow from; `\"whimbrel\"` without. Another text gives other values.",
        ),
        Key::new(
            "now",
            Shape::Literal,
            "2026-06-01T09:00:00Z",
            "The time that values call `now`, so that the same rows come out on every day; the first moment of \
             2026 without.",
        ),
        Key::new(
            "size",
            Shape::Named(&Shape::Number),
            "{ small = 0.1, large = 100 }",
            "By how much `--size NAME` multiplies the numbers of rows that are not made for each of others.",
        ),
        Key::new(
            "environment",
            Shape::Named(&Shape::Table(&SEED_ENVIRONMENT)),
            "{ test = { sets = [\"reference\"] } }",
            "What `seed run` loads into the databases of whimbrel.toml, each as `[environment.NAME]`.",
        ),
    ],
);

/// `[environment.NAME]` of seeds.toml.
pub(crate) static SEED_ENVIRONMENT: Place = Place::new(
    "an environment of seeds",
    &[
        Key::new(
            "sets",
            Shape::List { of: &Shape::Text, least: 0 },
            "[\"reference\", \"demo\"]",
            "The sets that `seed run` loads; those that they need come with them.",
        ),
        Key::new("size", Shape::Text, "\"small\"", "The size where `--size` names none."),
        Key::new(
            "protect",
            Shape::Flag(false),
            "true",
            "Whether nothing but its sets is loaded here, none of them with rows that are made up, and \
             nothing cleaned; `false` without. `protect` in whimbrel.toml says the same.",
        ),
        Key::new(
            "confirm",
            Shape::Flag(false),
            "true",
            "Whether a run has to name the environment once more, as `--confirm NAME`; `false` without.",
        ),
    ],
);

/// A file of the seeds, beside its tables.
pub static SEED_FILE: Place = Place::new(
    "a seed file",
    &[
        Key::new(
            "set",
            Shape::Text,
            "\"demo\"",
            "The set that the rows belong to: what is loaded together, or not at all. Files may share one.",
        )
        .required(),
        Key::new(
            "needs",
            Shape::List { of: &Shape::Text, least: 0 },
            "[\"reference\"]",
            "Sets whose rows it may name, which are loaded before it.",
        ),
    ],
);

/// `[TABLE]` of a seed file.
pub(crate) static SEED_TABLE: Place = Place::new(
    "a table of a seed file",
    &[
        Key::new(
            "mode",
            Shape::Word(&[Mode::Insert.key(), Mode::Upsert.key(), Mode::Ensure.key()]),
            "\"upsert\"",
            "What becomes of a row that is written out and there already: `insert` (the default) fails, `upsert` \
             makes it what is written, `ensure` leaves it.",
        ),
        Key::new(
            "match",
            Shape::List { of: &Shape::Text, least: 1 },
            "[\"email\"]",
            "The unique key by which such a row is found; without, the first one that the database does not \
             number.",
        ),
        Key::new(
            "defaults",
            Shape::Named(&Shape::Any),
            "{ is_read = false }",
            "Values of columns that a row says nothing about.",
        ),
        Key::new(
            "rows",
            Shape::Named(&Shape::Named(&Shape::Any)),
            "{ ada = { email = \"ada@example.com\" } }",
            "Rows by their labels, by which others name them as `\"@ada\"` in columns of foreign keys.",
        ),
        Key::new(
            "source",
            Shape::Table(&SEED_SOURCE),
            "{ csv = \"data/users.csv\" }",
            "A file of rows, besides those that stand here.",
        ),
        Key::new(
            "generate",
            Shape::List { of: &Shape::Table(&SEED_GROUP), least: 0 },
            "[{ count = 10, columns = { email = { fake = \"internet.email\" } } }]",
            "Groups of rows that are made, each as `[[TABLE.generate]]`.",
        ),
    ],
);

/// `source = { .. }`.
pub(crate) static SEED_SOURCE: Place = Place::new(
    "a source of rows",
    &[
        Key::new(
            "csv",
            Shape::Text,
            "\"data/users.csv\"",
            "A CSV file, whose first line names the columns. An empty field says nothing.",
        ),
        Key::new(
            "json",
            Shape::Text,
            "\"data/users.json\"",
            "A JSON file: a list of objects, or an object of objects by their labels.",
        ),
        Key::new(
            "label",
            Shape::Text,
            "\"email\"",
            "The column whose values are the labels; a column `label`, which is no other, without.",
        ),
        Key::new(
            "null",
            Shape::Text,
            "\"NULL\"",
            "How a CSV file spells NULL. With it an empty field is the empty text.",
        ),
    ],
);

/// `[[TABLE.generate]]`.
pub(crate) static SEED_GROUP: Place = Place::new(
    "a group of rows",
    &[
        Key::new(
            "count",
            COUNT,
            "\"3..=10\"",
            "How many: a number, a range, weights as `{ 0 = 5, 1 = 3 }`, or `{ chance = 0.3 }` for one or none. \
             With `for_each` that many for each parent row, and one without `count`; else times the size.",
        ),
        Key::new(
            "for_each",
            Shape::Text,
            "\"users\"",
            "A table that this one references: rows are made for each row of it in this set and in those that it \
             needs, and reference that row.",
        ),
        Key::new(
            "via",
            Shape::Text,
            "\"owner_id\"",
            "The column that does, where several reference the table.",
        )
        .beside("for_each"),
        Key::new(
            "columns",
            Shape::Named(&Shape::Any),
            "{ subject = { fake = \"lorem.sentence\" } }",
            "How values are made, by column: a literal, or a table with a generator.",
        ),
        Key::new(
            "name",
            Shape::Text,
            "\"newcomers\"",
            "What the values are keyed by among the groups of the table; its place among them without.",
        ),
    ],
);

const COUNT: Shape = Shape::Either(&[
    Shape::Integer { least: 0, greatest: 1_000_000_000 },
    Shape::Text,
    Shape::Named(&Shape::Number),
]);

/// `{ fake = .. }` and so on.
pub(crate) static SEED_MAKER: Place = Place::new(
    "a generator",
    &[
        Key::new(
            "fake",
            Shape::Text,
            "\"name.full\"",
            "A value that looks real: a name, an address at a reserved domain, a sentence.",
        ),
        Key::new(
            "pick",
            Shape::Any,
            "{ personal = 3, work = 5 }",
            "One of some values: a list, or values with their weights.",
        ),
        Key::new(
            "text",
            Shape::Text,
            "\"m-{users.id}-{n}\"",
            "A text with gaps: `{n}` the number of the row in its group or among those of its parent, `{row}` that \
             in its table, `{column}` another column of the row, `{users.email}` one of the parent row. Filters \
             stand behind a bar: `{subject|slug}`.",
        ),
        Key::new(
            "ref",
            Shape::Text,
            "\"gmail_labels\"",
            "A row of the table that the column references; of its own table, one before it.",
        ),
        Key::new(
            "by",
            Shape::Text,
            "\"category\"",
            "As another column says, by `cases`: one of the row, or as `users.email` one of its parent row.",
        ),
        Key::new(
            "between",
            Shape::List { of: &Shape::Literal, least: 2 },
            "[\"now - 90d\", \"now\"]",
            "A number, a date or a time between two, both of them included.",
        ),
        Key::new(
            "normal",
            Shape::List { of: &Shape::Number, least: 2 },
            "[50, 12.5]",
            "A number of the normal distribution, by mean and deviation.",
        ),
        Key::new(
            "log_normal",
            Shape::List { of: &Shape::Number, least: 2 },
            "[8000, 1.2]",
            "A number whose logarithm is of the normal distribution, by its median and the deviation of the \
             logarithm: sizes, prices, durations.",
        ),
        Key::new(
            "chance",
            Shape::Number,
            "0.3",
            "With this share `then`, and otherwise `else`: in a column of truth values true and false, in one \
             that may be NULL a value and NULL.",
        ),
        Key::new("file", Shape::Text, "\"data/body.txt\"", "What is in a file, as text or as bytes."),
        Key::new("hex", Shape::Text, "\"00ff\"", "Bytes by their digits."),
        Key::new("null", Shape::Flag(true), "true", "NULL, where the column has a default otherwise."),
        Key::new(
            "call",
            Shape::Text,
            "\"crate::seeds::subject\"",
            "What a function of the package gives, `fn(&mut whimbrel::seed::Call) -> T`, where `T` is the type of \
             the column's field in a row struct without `row_types`.",
        ),
        Key::new(
            "weights",
            Shape::Any,
            "[3, 5]",
            "How often each comes: a list beside a list, or rows by their labels beside `ref`.",
        ),
        Key::new(
            "same",
            Shape::Text,
            "\"owner_id\"",
            "Beside `ref`: a column of the table referenced, which must name the same row as the column of this \
             name in this row or in its parents.",
        )
        .beside("ref"),
        Key::new(
            "distinct",
            Shape::Flag(true),
            "true",
            "Beside `ref`: no row is chosen twice, by rows of one parent where there is `for_each`, by all otherwise. Where the \
             schema asks for it, it is so without.",
        )
        .beside("ref"),
        Key::new(
            "cases",
            Shape::Named(&Shape::Any),
            "{ work = \"Agenda\", personal = { fake = \"lorem.sentence\" } }",
            "Beside `by`: how the value is made for each value of the other column.",
        )
        .beside("by"),
        Key::new("then", Shape::Any, "{ fake = \"name.full\" }", "Beside `chance`: the value that comes by chance.")
            .beside("chance"),
        Key::new("else", Shape::Any, "\"none\"", "Beside `by` and `chance`: the value otherwise."),
        Key::new("min", Shape::Number, "0", "Beside `normal` and `log_normal`: no number is below it."),
        Key::new("max", Shape::Number, "100", "Beside `normal` and `log_normal`: no number is above it."),
    ],
);
