//! Parse, validate, format, and read again: `schema/tests/garbage.rs` does the same for a bounded time.

#![no_main]

#[path = "../../tests/support/door.rs"]
mod door;

libfuzzer_sys::fuzz_target!(|text: &str| door::check(text));
