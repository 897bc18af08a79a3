//! Operations as SQL, a room for each dialect.

mod sqlite;

use crate::{Dialect, Operation, Schema, Statement};

/// The SQL of one operation: `position` is the schema where it stands, `target` the one that the
/// whole migration leads to, where definitions are read.
///
/// `None` if this version of whimbrel does not render the dialect; see
/// [`Capabilities::supported`](crate::Capabilities::supported), which is looked at long before.
///
/// An operation that [does not fit its position](Operation::apply) renders what still makes sense;
/// callers apply it first.
///
/// ```
/// use whimbrel_schema::{Dialect, Name, Operation, Schema, render};
///
/// let rename = Operation::RenameTable { previous: Name::new("mail"), next: Name::new("emails") };
/// let statements = render(Dialect::Sqlite, &rename, &Schema::default(), &Schema::default()).unwrap();
/// assert_eq!(statements[0].to_string(), r#"ALTER TABLE "mail" RENAME TO "emails";"#);
/// ```
pub fn render(
    dialect: Dialect,
    operation: &Operation,
    position: &Schema,
    target: &Schema,
) -> Option<Vec<Statement>> {
    match dialect {
        Dialect::Sqlite => Some(sqlite::render(operation, position, target)),
        Dialect::Postgres | Dialect::Mysql => None,
    }
}
