//! Databases for tests, and all migrations tried on rows.
//!
//! The body of a test of one line, which no mistake in a migration should get past:
//!
//! ```
//! # mod db {
//! #     pub static PROJECT: whimbrel::Project =
//! #         whimbrel::Project { package: "mail", environments: &[], migrations: &[], seeds: None };
//! # }
//! # fn migrations_hold_on_rows() -> Result<(), whimbrel::Error> {
//! whimbrel::testing::replay(&db::PROJECT).map(drop)
//! # }
//! # assert!(migrations_hold_on_rows().is_ok());
//! ```
//!
//! The feature `testing` belongs below `[dev-dependencies]`.

mod fresh;

use std::collections::BTreeSet;

pub use self::fresh::{fresh, fresh_file, fresh_with};
use crate::error::Error;
use crate::project::Project;
use crate::replay::replay_project;

/// What a [`replay`] could not try.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replayed {
    /// Tables for which no rows could be made: their checks or triggers refuse all that were tried.
    pub empty_tables: BTreeSet<String>,
}

/// Tries every migration on SQLite in memory, from the version before it, with rows that are made for it:
/// up, down and up again, and down and up on rows that were written after it. Its Rust code runs as well,
/// which the build cannot run.
///
/// The rows are such as the schema allows and careless code does not expect: NULLs, limits of types, empty
/// and long texts, quotes, characters beyond the first 65,536. They are the same each time.
///
/// # Errors
///
/// The first migration that fails, that loses rows or does not bring them back though no hazard says so, or
/// that leaves another database than its schema says. What Rust code does to rows nobody knows but its
/// author, so after it only the structure is compared.
pub fn replay(project: &'static Project) -> Result<Replayed, Error> {
    let replayed = replay_project(project)?;
    Ok(Replayed { empty_tables: replayed.empty.iter().map(ToString::to_string).collect() })
}
