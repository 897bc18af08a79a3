//! Real cargo projects, as users have them, built in temporary directories.
//!
//! All of them share one target directory below that of the test run, so that the dependencies are
//! compiled once, and every build is asked to do without network and home directory.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod application;
mod base;
mod commands;
mod crash;
mod errors;
mod example;
mod format;
mod frozen;
mod green;
mod guide;
mod harness;
mod hazards;
mod hygiene;
mod import;
mod init;
mod language;
mod names;
mod personal;
mod repair;
#[cfg(unix)]
mod security;
#[path = "../support/mod.rs"]
mod support;
mod team;
#[cfg(target_os = "linux")]
mod terminal;
mod typed;
