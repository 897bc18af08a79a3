//! The commands of a project's xtask, for packages that have none yet: `whimbrel migrate-init`.

use std::process::ExitCode;

fn main() -> ExitCode {
    whimbrel_build::xtask::main()
}
