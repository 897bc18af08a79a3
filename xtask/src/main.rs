//! `cargo xtask`: what a user's project has.

use std::process::ExitCode;

fn main() -> ExitCode {
    whimbrel_build::xtask::main()
}
