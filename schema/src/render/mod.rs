//! Operations as SQL, a room for each dialect, and one for what all of them say alike.
//!
//! What differs in spelling alone is in a record, `Grammar`; a dialect's own room has what it does in
//! another way. Nothing is refused here: what a dialect cannot do was refused by
//! [`validate`](crate::validate), or is left out because the object is limited to others by `only`.

mod common;
mod mysql;
mod postgres;
mod sqlite;

pub(crate) use mysql::effort::{has_stored_column, is_kept_now, is_stored_otherwise};

use crate::{Dialect, Name, Operation, Probe, Schema, Statement};

/// The SQL of one operation: `position` is the schema where it stands, `target` the one that the
/// whole migration leads to, where definitions are read.
///
/// An operation that [does not fit its position](Operation::apply) renders what still makes sense;
/// callers apply it first.
///
/// The texts rely on the sessions of a migration, whose settings are the driver's to fix:
///
/// - On PostgreSQL the time zone is UTC, and `standard_conforming_strings` is on, as it is by default.
/// - On MySQL and MariaDB the time zone is UTC, and `sql_mode` is strict and has neither
///   `NO_BACKSLASH_ESCAPES` nor `ANSI_QUOTES`, as it is by default. Under `NO_BACKSLASH_ESCAPES` a
///   text keeps its quotes, but every backslash in it would become two.
///
/// ```
/// use whimbrel_schema::{Dialect, Name, Operation, Schema, render};
///
/// let rename = Operation::RenameTable { previous: Name::new("mail"), next: Name::new("emails") };
/// let statements = render(Dialect::Sqlite, &rename, &Schema::default(), &Schema::default());
/// assert_eq!(statements[0].to_string(), r#"ALTER TABLE "mail" RENAME TO "emails";"#);
/// ```
pub fn render(dialect: Dialect, operation: &Operation, position: &Schema, target: &Schema) -> Vec<Statement> {
    match dialect {
        Dialect::Sqlite => sqlite::render(operation, position, target),
        Dialect::Postgres => postgres::render(operation, position, target),
        Dialect::Mysql => mysql::render(operation, position, target),
    }
}

/// The SQL of one operation among others, those of a direction of a migration.
///
/// It is that of [`render`], but that the archive is told of tables by the names that they have where the
/// directions meet: before the first operation of what keeps, and after the last of what restores. There
/// each table has the same name for both, whatever it is called in between.
pub fn render_step(
    dialect: Dialect,
    operations: &[Operation],
    index: usize,
    position: &Schema,
    target: &Schema,
) -> Vec<Statement> {
    let Some(operation) = operations.get(index) else { return Vec::new() };
    let mut statements = render(dialect, operation, position, target);
    let first = |name: &Name| {
        let before = operations.iter().take(index).rev();
        before.fold(name.clone(), |name, operation| operation.name_before(&name).clone())
    };
    let last = |name: &Name| {
        let after = operations.iter().skip(index + 1);
        after.fold(name.clone(), |name, operation| operation.name_after(&name).clone())
    };
    for statement in &mut statements {
        match statement {
            Statement::Keep(keep) => keep.kept.table = first(&keep.kept.table),
            Statement::Restore(restore) => restore.kept.table = last(&restore.kept.table),
            Statement::Sql(_)
            | Statement::DropTable(_)
            | Statement::Rebuild(_)
            | Statement::Apart(_)
            | Statement::AddValue(_)
            | Statement::OnlineIndex(_)
            | Statement::Unchecked(_)
            | Statement::Verify(_) => {}
        }
    }
    statements
}

/// What a database is asked before a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// How many rows there are.
    pub count: String,
    /// The keys of the first of them, where the table has a key.
    pub sample: Option<String>,
}

/// The SQL of a probe, where `schema` is the one before the migration; `None` if the database has nothing
/// to ask.
///
/// ```
/// use whimbrel_schema::{Dialect, Name, Probe, ProbeQuestion, Rows, Schema, probe_query};
///
/// let rows = Rows { table: Name::new("t"), alias: Name::new("t"), columns: None, key: vec![Name::new("id")] };
/// let probe = Probe { rows, question: ProbeQuestion::Null(Name::new("a")) };
/// let query = probe_query(Dialect::Sqlite, &probe, &Schema::default()).unwrap();
/// assert_eq!(query.count, r#"SELECT count(*) FROM "t" WHERE "a" IS NULL"#);
/// ```
pub fn probe_query(dialect: Dialect, probe: &Probe, schema: &Schema) -> Option<Query> {
    let grammar = match dialect {
        Dialect::Sqlite => &sqlite::GRAMMAR,
        Dialect::Postgres => &postgres::GRAMMAR,
        Dialect::Mysql => &mysql::GRAMMAR,
    };
    common::probe(grammar, probe, schema)
}
