//! Schema changes found wrong by `cargo build`, not at deploy time.
//!
//! A package that keeps its database schema in TOML calls [`emit`] from its `build.rs`:
//!
//! ```no_run
//! whimbrel_build::emit();
//! ```
//!
//! It reads `whimbrel.toml`, `schema/*.toml` and `migrations/`, checks that they agree, and
//! generates the module that `whimbrel::include_db!()` includes. An xtask gets all commands that
//! write files, and those of the package's `migrate` binary, from [`xtask::main`]. The program
//! `whimbrel` of this crate has the same commands; `whimbrel migrate-init` makes a package such a one.
//!
//! With the feature `replay`, which is on by default, each migration is tried once on a SQLite database in
//! memory, with rows that are made for it: up, down and up again. It brings SQLite into the build;
//! `default-features = false` leaves both out.
//!
//! The build reads only the package, writes only below `OUT_DIR`, and asks no network, clock or
//! database.

mod analysis;
mod chain;
mod check;
mod code;
mod codegen;
mod draft;
mod emit;
mod hazards;
mod inputs;
mod name;
mod rebase;
#[cfg(feature = "replay")]
mod replay;
mod reversal;
mod review;
pub mod xtask;

pub use emit::emit;
pub use review::reviews;
