//! Seeds: rows that are written out and rows that are made, checked against the schema.
//!
//! ```text
//! seeds/*.toml --check_seeds--> Seeds --World--> rows, one after the other
//! ```
//!
//! What a build has checked and what a program loads goes through the same door, so a file that is named when
//! the program runs gets the same messages. Rows are made when they are looked at, each by itself, and none
//! is kept: how many there are costs no memory.

mod check;
mod files;
mod json_schema;
mod model;
mod values;
mod world;

pub use check::{Called, CheckedSeeds, SeedContext, SeedSources, check_seeds};
pub use files::{DataFiles, NoDataFiles};
pub use json_schema::seed_json_schema;
pub use model::{Group, Manifest, Mode, SeedColumn, SeedEnvironment, SeedRow, SeedSet, SeedTable, Seeds};
pub use values::fake::Fake;
pub use values::stream::{Stream, StreamKey, permuted};
pub use world::{Call, Functions, Loading, Row, Unmade, World};
