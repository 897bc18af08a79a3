//! The example's migrations on every database: the same migrations lead to the same rows, and whatever
//! happens on the way, the next run knows where it stands.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, too, fail by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod adopt;
mod apply;
mod concurrency;
mod engine;
mod galera;
mod online;
mod pooler;
mod power;
mod seeds;
mod session;
mod timeouts;
mod tls;
mod tokio;
