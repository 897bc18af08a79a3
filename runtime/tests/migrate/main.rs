//! Migrating SQLite databases, with projects as the build would generate them.
#![cfg(feature = "sqlite")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod apply;
mod baseline;
mod history;
mod jump;
mod mail;
mod opaque;
mod probes;
mod race;
mod rebuild;
mod repair;
mod safety;
mod vocabulary;
mod wait;
