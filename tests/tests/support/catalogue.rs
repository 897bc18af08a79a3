//! What a database consists of, by SQLite's own word.

use rusqlite::Connection;
use whimbrel::engine;

/// The catalogue of a database as lines, as the replay compares it.
pub(crate) fn catalogue(db: &Connection) -> String {
    engine::catalogue(db).unwrap().lines()
}
