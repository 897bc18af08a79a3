//! What a user's project has as `cargo xtask`, for the tests that build such projects.

use std::process::ExitCode;

fn main() -> ExitCode {
    whimbrel_build::xtask::main()
}
