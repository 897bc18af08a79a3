//! The keys of the language, for each place where keys stand: their shapes, and what they mean.
//!
//! There is one list of them. The reader takes no key that is not in it, the JSON Schema that editors
//! ask is made of it, and so are the tables of the guide; none of the three can say what the others do
//! not. What a value must be beyond its shape (a name that exists, a default of the column's type) is
//! judged by [`validate`](crate::validate) alone.

mod guide;
mod json;
mod json_schema;
mod key;
mod places;

pub use guide::fill_guide;
pub(crate) use json::{Json, text, texts};
pub(crate) use json_schema::place_json;
pub use json_schema::{config_json_schema, schema_json_schema, seeds_json_schema};
pub use key::{Key, Place, Presence, Shape};
pub use places::{ALL, CONFIG, OF_SEEDS, SCHEMA_FILE, SEED_FILE, SEEDS};
pub(crate) use places::{
    ARCHIVE, CHECK, COLUMN, ENUM, ENVIRONMENT, EXPRESSION, FOREIGN_KEY, GENERATED, INDEX, INDEX_EXPRESSION,
    METHOD, MYSQL, NATIVE, POSTGRES, SEED_ENVIRONMENT, SEED_GROUP, SEED_MAKER, SEED_SOURCE, SEED_TABLE,
    SEEDS_CONFIG, SQLITE, TABLE, TEXTS, TRIGGER, URL, VIEW,
};
