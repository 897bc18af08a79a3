//! Operations as SQL.

use crate::{Dialect, Operation, Schema, Statement};

/// The SQL of one operation: `position` is the schema where it stands, `target` the one that the
/// whole migration leads to.
pub fn render(dialect: Dialect, operation: &Operation, position: &Schema, target: &Schema) -> Vec<Statement> {
    let _ = (dialect, operation, position, target);
    Vec::new()
}
