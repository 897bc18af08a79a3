//! Real cargo projects, as users have them, built in temporary directories.
mod harness;
