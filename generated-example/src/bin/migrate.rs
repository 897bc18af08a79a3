//! Applies and rolls back the migrations of the mail application.

use std::process::ExitCode;

fn main() -> ExitCode {
    whimbrel::cli::main(&generated_example::db::PROJECT)
}
