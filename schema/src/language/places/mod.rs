//! Every place where keys stand, with its keys.

mod column;
mod config;
mod constraint;
mod object;
mod seed;
mod table;

pub(crate) use column::{COLUMN, EXPRESSION, GENERATED, NATIVE};
pub use config::CONFIG;
pub(crate) use config::{ARCHIVE, ENVIRONMENT, SEEDS_CONFIG, URL};
pub(crate) use constraint::{CHECK, FOREIGN_KEY, INDEX, INDEX_EXPRESSION, METHOD};
pub use object::SCHEMA_FILE;
pub(crate) use object::{ENUM, TRIGGER, VIEW};
pub(crate) use seed::{SEED_ENVIRONMENT, SEED_GROUP, SEED_MAKER, SEED_SOURCE, SEED_TABLE};
pub use seed::{SEED_FILE, SEEDS};
pub(crate) use table::{MYSQL, POSTGRES, SQLITE, TABLE};

use super::key::{Key, Place, Shape};
use crate::{Dialect, ReferentialAction, RowTypes, Timing};

/// Every place, from the whole of a file to the parts of its parts.
pub static ALL: [&Place; 23] = [
    &SCHEMA_FILE,
    &TABLE,
    &COLUMN,
    &GENERATED,
    &EXPRESSION,
    &TEXTS,
    &NATIVE,
    &INDEX,
    &INDEX_EXPRESSION,
    &METHOD,
    &CHECK,
    &FOREIGN_KEY,
    &SQLITE,
    &POSTGRES,
    &MYSQL,
    &ENUM,
    &VIEW,
    &TRIGGER,
    &CONFIG,
    &ENVIRONMENT,
    &URL,
    &ARCHIVE,
    &SEEDS_CONFIG,
];

/// Every place in files of the seeds.
pub static OF_SEEDS: [&Place; 7] =
    [&SEEDS, &SEED_ENVIRONMENT, &SEED_FILE, &SEED_TABLE, &SEED_SOURCE, &SEED_GROUP, &SEED_MAKER];

/// A text for each database.
pub(crate) static TEXTS: Place = Place::new("SQL per database", EACH);

/// The keys of the databases, each with a text.
const EACH: &[Key] = &[
    Key::new(Dialect::Sqlite.key(), Shape::Text, "\"lower(email)\"", "The text for SQLite."),
    Key::new(Dialect::Postgres.key(), Shape::Text, "\"lower(email)\"", "The text for PostgreSQL."),
    Key::new(Dialect::Mysql.key(), Shape::Text, "\"lower(email)\"", "The text for MySQL and MariaDB."),
];

/// SQL: one text for all databases, or one for each.
const SQL: Shape = Shape::Either(&[Shape::Text, Shape::Table(&TEXTS)]);

/// A literal, or an expression.
const VALUE: Shape = Shape::Either(&[Shape::Literal, Shape::Table(&EXPRESSION)]);

/// A list of columns.
const COLUMNS: Shape = Shape::List { of: &Shape::Text, least: 1 };

const ONLY: Key = Key::new(
    "only",
    DIALECTS,
    "[\"sqlite\", \"postgres\"]",
    "The databases that have it; the others do without. SQL in it is needed for these alone.",
);

const DIALECTS: Shape = Shape::List { of: &Shape::Word(DIALECT), least: 1 };
const DIALECT: &[&str] = &[Dialect::Sqlite.key(), Dialect::Postgres.key(), Dialect::Mysql.key()];

const ROW_TYPES: Shape = Shape::List { of: &Shape::Word(ROW_TYPE), least: 1 };
const ROW_TYPE: &[&str] = &[
    RowTypes::Chrono.key(),
    RowTypes::Jiff.key(),
    RowTypes::RustDecimal.key(),
    RowTypes::SerdeJson.key(),
    RowTypes::Uuid.key(),
];

const ACTION: Shape = Shape::Word(&[
    ReferentialAction::NoAction.key(),
    ReferentialAction::Restrict.key(),
    ReferentialAction::Cascade.key(),
    ReferentialAction::SetNull.key(),
    ReferentialAction::SetDefault.key(),
]);

const TIMING: Shape = Shape::Word(&[Timing::Deferrable.key(), Timing::Deferred.key()]);

const ON_DELETE: &str = "What becomes of these rows when the row that they reference is deleted: `no_action` \
                         (the default: it is refused), `restrict`, `cascade`, `set_null` or `set_default`.";
const ON_UPDATE: &str = "The same, when the key that they reference is changed.";
const DEFERRABLE: &str = "When the foreign key is checked: `deferred` at the end of the transaction, \
                          `immediate` after each statement unless the transaction asks for its end. Without \
                          this key it is checked after each statement.";

/// `rust_name` of something that Rust has as a type.
const RUST_TYPE: Key = Key::new(
    "rust_name",
    Shape::TypeName,
    "\"Settings\"",
    "The type that stands for it in Rust, where another is wanted than its name gives.",
);
