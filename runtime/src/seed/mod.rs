//! Seeds: predefined and fake data, checked when you compile, gone when you clean.
//!
//! A package has them below the directory that `[seeds]` of whimbrel.toml names. The build checks them against
//! the schema; a [`Seeder`] loads what it has checked, by the same code:
//!
//! ```no_run
//! # #[cfg(all(feature = "seed", feature = "sqlite"))] {
//! # mod db {
//! #     pub static PROJECT: whimbrel::Project =
//! #         whimbrel::Project { package: "mail", environments: &[], migrations: &[], seeds: None };
//! # }
//! use whimbrel::Migrator;
//! use whimbrel::seed::{Scope, Seeder};
//!
//! let mut connection = rusqlite::Connection::open("mail.db")?;
//! let migrator = Migrator::new(&db::PROJECT, &mut connection);
//! let report = Seeder::new(migrator)?.run(Scope::Set("demo"))?;
//! for set in &report.sets {
//!     println!("{}: {} rows", set.name, set.rows());
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is loaded is written down in the table `whimbrel_seeds`, so that a second run does nothing, and
//! [`clean`](Seeder::clean) removes the rows that were loaded, and no other.

#[cfg(feature = "seed")]
mod batch;
#[cfg(feature = "seed")]
mod canonical;
#[cfg(feature = "seed")]
mod clean;
#[cfg(feature = "seed")]
mod export;
#[cfg(feature = "seed")]
mod ledger;
#[cfg(feature = "seed")]
mod load;
mod made;
#[cfg(feature = "seed")]
mod making;
#[cfg(feature = "seed")]
mod policy;
#[cfg(feature = "seed")]
mod report;
#[cfg(feature = "seed")]
mod run;
#[cfg(feature = "seed")]
mod seeder;
#[cfg(feature = "seed")]
mod sources;
#[cfg(feature = "seed")]
mod sql;

pub use whimbrel_schema::seed::Call;

#[cfg(feature = "seed")]
pub use ledger::SEEDS_DDL;
pub use made::{Makes, made};
#[cfg(feature = "seed")]
pub use report::{
    Cleaned, Kept, Outcome, PlannedSeeds, PlannedTable, Reason, SeedProgress, SeedReport, SeedState,
    SeedStatus, SeededSet, SeededTable,
};
#[cfg(feature = "seed")]
pub use seeder::{Scope, Seeder};
