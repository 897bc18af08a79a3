//! `migrate-import` where this program has no way to a database.

use std::path::Path;

use lexopt::Parser;

use super::output::{Failure, Outcome};

pub(super) fn run(_: Option<&str>, _: &Path, _: Parser) -> Outcome {
    Err(Failure::usage(
        "this program was built without databases, and migrate-import reads one; give whimbrel-build the feature \
         `replay` for SQLite, `postgres` or `mysql`, in xtask/Cargo.toml or by cargo install whimbrel-build \
         --features",
    ))
}
