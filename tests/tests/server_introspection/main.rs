//! What is read back from a database on a server is what it was made of, and nothing else is.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod changed;
mod foreign;
mod fresh;
mod undecided;
