//! A fault before a chosen statement, for the tests of what a crash leaves behind.
//!
//! Only with the feature `fault-injection`, and then only where the variable `WHIMBREL_FAULT` asks for
//! it: `halt:N` says so on stderr and waits for ever before statement N, so that a test can kill the
//! process there; `error:N` fails in its place; `panic:N` panics there. Statements are counted from 1,
//! over the whole process.

use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Fault, FaultKind, during};

/// What happens, and before which statement.
#[derive(Clone, Copy)]
struct Order {
    act: Act,
    statement: u64,
}

#[derive(Clone, Copy)]
enum Act {
    Halt,
    Error,
    Panic,
}

/// Counts a statement that is about to run, and does before it what was asked for.
pub(super) fn before(sql: &str) -> Result<(), Fault> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
    match order() {
        Some(Order { act, statement }) if statement == number => strike(act, number, sql),
        Some(_) | None => Ok(()),
    }
}

#[allow(clippy::panic, reason = "a panic is what was asked for")]
fn strike(act: Act, number: u64, sql: &str) -> Result<(), Fault> {
    // Also where nobody is told of the error, a test can see that it happened.
    let _ = writeln!(std::io::stderr(), "fault before statement {number}{}", during(sql));
    match act {
        Act::Halt => loop {
            std::thread::park();
        },
        Act::Error => Err(Fault::new(FaultKind::Other, "a fault was injected")),
        Act::Panic => panic!("a panic was injected"),
    }
}

fn order() -> Option<Order> {
    static ORDER: OnceLock<Option<Order>> = OnceLock::new();
    *ORDER.get_or_init(|| std::env::var("WHIMBREL_FAULT").ok().and_then(|text| parse(&text)))
}

fn parse(text: &str) -> Option<Order> {
    let (act, statement) = text.split_once(':')?;
    let act = match act {
        "halt" => Act::Halt,
        "error" => Act::Error,
        "panic" => Act::Panic,
        _ => return None,
    };
    Some(Order { act, statement: statement.parse().ok()? })
}
