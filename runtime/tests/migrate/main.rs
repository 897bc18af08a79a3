//! Migrating SQLite databases, with projects as the build would generate them.
#![cfg(feature = "sqlite")]

mod apply;
mod history;
mod mail;
mod race;
mod rebuild;
mod safety;
mod vocabulary;
