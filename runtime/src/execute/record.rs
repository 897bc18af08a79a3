//! A migration's function, heard without running any SQL.

use whimbrel_schema::Operation;

use super::follow::{Follower, call};
use crate::error::Error;
use crate::project::Steps;
use crate::v1::Code;

/// The operations that a function asks for, which must be exactly the proven steps.
///
/// # Errors
///
/// If the function asks for another step than the next one, ends too early, fails or panics.
pub(crate) fn record(steps: &Steps) -> Result<Vec<Operation>, Error> {
    let mut operations = Vec::with_capacity(steps.steps.len());
    // Rust code is only noted here; it is called when it is its turn.
    let mut take = |_: usize, operation: Operation, _: Option<Code<'_>>| {
        operations.push(operation);
        Ok(())
    };
    let mut follower = Follower::new(steps.steps, &mut take);
    call(steps.run, &mut follower)?;
    Ok(operations)
}
