//! Applies and rolls back the migrations of a package, as whimbrel's build has proven them.
//!
//! The build script of a package generates its module `db`: tokens for the tables of every version,
//! and [`PROJECT`](Project), which holds the migrations with their numbered steps. This crate runs
//! them, on a connection of the application or from the `migrate` command:
//!
//! ```no_run
//! # mod db {
//! #     pub static PROJECT: whimbrel::Project =
//! #         whimbrel::Project { package: "mail", environments: &[], migrations: &[], seeds: None };
//! # }
//! // in src/lib.rs: pub mod db { whimbrel::include_db!(); }
//! use whimbrel::{Apply, Migrator};
//!
//! let mut connection = rusqlite::Connection::open("mail.db")?;
//! Migrator::new(&db::PROJECT, &mut connection).apply(Apply::All)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What migrations themselves are written with is in [`v1`]; what reads the rows of the application's own
//! queries is in [`row`].
//!
//! # Features
//!
//! - `bundled` (default): SQLite, compiled into the program;
//! - `sqlite`: SQLite as another crate or the system provides it;
//! - `postgres`: PostgreSQL from version 12 on;
//! - `mysql`: MariaDB from version 10.6 on, and MySQL from version 8.0 on;
//! - `cli` (default): the `migrate` command;
//! - `seed` (default, with `cli`): seeds, and their part of that command: the module [`seed`];
//! - `testing`: databases for tests, and all migrations tried on rows: the module `testing`;
//! - `chrono`, `jiff`, `rust_decimal`, `serde_json`, `uuid`: row structs with types of these crates, where
//!   `row_types` of whimbrel.toml asks for them; each is `whimbrel::jiff` and so on;
//! - `sea-query`: tokens of the newest schema in queries of sea-query 1, which is `whimbrel::sea_query`.

#[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "only drivers call it"))]
mod archive;
mod chain;
#[cfg(feature = "cli")]
pub mod cli;
mod clock;
#[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "without a database there is no driver"))]
mod driver;
#[cfg(feature = "sqlite")]
#[doc(hidden)]
pub mod engine;
mod error;
mod execute;
mod history;
mod identifier;
pub mod introspect;
mod journal;
mod migrator;
mod project;
#[cfg(feature = "replay")]
#[doc(hidden)]
pub mod replay;
pub mod row;
mod row_types;
mod scalar;
pub mod seed;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
pub mod types;
mod url;
pub mod v1;

pub use archive::{ARCHIVE_DDL, Archived, ArchivedRows};
#[cfg(feature = "chrono")]
#[doc(no_inline)]
pub use chrono;
pub use error::{Error, ErrorKind};
pub use history::{Event, FORMAT, HISTORY_DDL, Method};
#[cfg(feature = "jiff")]
#[doc(no_inline)]
pub use jiff;
pub use journal::{Attempt, JOURNAL_DDL};
pub use migrator::{
    Applied, Apply, Completed, Migrator, Planned, PlannedStep, Probed, Progress, Repair, RepairAct, Repaired,
    Report, Rollback, Status, Underway, Verified,
};
pub use project::{
    Destruction, Direction, Downgrade, Environment, EnvironmentUrl, Migration, Project, Reversal, SeedFiles,
    SeedFunction, Steps,
};
#[cfg(feature = "rust_decimal")]
#[doc(no_inline)]
pub use rust_decimal;
#[cfg(feature = "sea-query")]
#[doc(no_inline)]
pub use sea_query;
#[cfg(feature = "serde_json")]
#[doc(no_inline)]
pub use serde_json;
pub use token::{Check, Column, Enum, ForeignKey, Index, Table, Trigger, Unique, View};
pub use url::Url;
#[cfg(feature = "uuid")]
#[doc(no_inline)]
pub use uuid;
pub use whimbrel_schema::{
    Age, Archiving, Beside, Difference, DifferenceKind, Drift, HazardCode, Rebuild, Statement, Timeouts,
    Unmanaged, UnmanagedKind,
};

/// What generated tokens are made of.
#[doc(hidden)]
pub mod prelude {
    pub use crate::token::{Check, Column, Enum, ForeignKey, Index, Table, Trigger, Unique, View};
    pub use crate::types::{
        BigInt, Boolean, Bytes, Date, Decimal, Double, Integer, Json, Nullable, Real, SmallInt, Text, Time,
        Timestamp, TimestampTz, Uuid,
    };
}

/// The version of this crate, which the history records.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Includes what the build script has generated.
///
/// ```ignore
/// pub mod db {
///     whimbrel::include_db!();
/// }
/// ```
#[macro_export]
macro_rules! include_db {
    () => {
        include!(concat!(env!("OUT_DIR"), "/whimbrel/db.rs"));
    };
}

/// The seeds of a package, where the program is built to load them.
#[doc(hidden)]
#[cfg(feature = "seed")]
#[macro_export]
macro_rules! seeds {
    ($files:path) => {
        ::core::option::Option::Some(&$files)
    };
}

/// Nothing, in a program that loads no seeds: then it does not carry them either.
#[doc(hidden)]
#[cfg(not(feature = "seed"))]
#[macro_export]
macro_rules! seeds {
    ($files:path) => {
        ::core::option::Option::None
    };
}
