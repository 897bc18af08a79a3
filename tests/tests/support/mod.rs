//! What the tests share: cases, databases, and how they are looked at.

#![allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

pub(crate) mod case;
pub(crate) mod catalogue;
pub(crate) mod database;
pub(crate) mod files;
pub(crate) mod laws;
pub(crate) mod servers;
pub(crate) mod uses;
