//! Tests of all crates together. Everything is in `tests/`: the cases in `cases`, what runs them
//! in `tests`.
