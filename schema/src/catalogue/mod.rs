//! What a database says of itself, read as a schema.

mod found;
mod sqlite;

pub use found::{Introspected, Unmanaged, UnmanagedKind};
pub use sqlite::{SqliteCatalogue, SqliteColumn, SqliteObject, read_sqlite, read_sqlite_table};
pub(crate) use sqlite::{canonical, canonical_type};
