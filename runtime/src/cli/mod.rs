//! The `migrate` command: what ships to production.
//!
//! A package's `src/bin/migrate.rs` is one line:
//!
//! ```no_run
//! # mod db {
//! #     pub static PROJECT: whimbrel::Project =
//! #         whimbrel::Project { package: "mail", environments: &[], migrations: &[], seeds: None };
//! # }
//! fn main() -> std::process::ExitCode {
//!     whimbrel::cli::main(&db::PROJECT)
//! }
//! ```
//!
//! Data goes to stdout and messages to stderr. Exit codes: 0 done, 1 failed, 2 usage or
//! configuration, 3 pending migrations found by a check, 4 drift, or the history and the program
//! disagree, 5 refused for safety, 6 another program holds the database.

mod arguments;
mod baseline;
mod drift;
mod help;
mod json;
mod paint;
mod place;
mod purge;
mod repair;
mod run;
mod seed;
#[cfg(test)]
mod tests;
mod text;
mod verify;

use std::io::{IsTerminal, stderr, stdout};
use std::process::ExitCode;

use self::paint::Paint;
use self::run::Shell;
use crate::Project;

/// Runs the command line of this process.
pub fn main(project: &'static Project) -> ExitCode {
    let variable = |name: &str| std::env::var(name).ok();
    let plain = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    let mut shell = Shell {
        directory: std::env::current_dir().unwrap_or_default(),
        variable: &variable,
        out: &mut stdout().lock(),
        out_paint: Paint::new(!plain && stdout().is_terminal()),
        err: &mut stderr().lock(),
        err_terminal: stderr().is_terminal(),
        err_paint: Paint::new(!plain && stderr().is_terminal()),
    };
    ExitCode::from(run::run(project, std::env::args_os().skip(1).collect(), &mut shell))
}
