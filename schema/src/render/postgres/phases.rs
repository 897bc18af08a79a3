//! The statements around and of one change of a table.

use super::ident;
use crate::{Name, Statement};

/// What is to be said, by when. PostgreSQL itself orders the actions of one ALTER TABLE; two are needed only
/// where a value that it computes for the one is what the other starts from.
#[derive(Default)]
pub(super) struct Phases {
    pub(super) before: Vec<String>,
    /// Actions of the first ALTER TABLE.
    pub(super) first: Vec<String>,
    /// Statements between the two.
    pub(super) between: Vec<String>,
    /// What takes long while programs go on, and the last actions use.
    pub(super) meanwhile: Vec<Statement>,
    /// Actions of the last one.
    pub(super) last: Vec<String>,
    pub(super) after: Vec<String>,
    /// What takes long while programs go on, and nothing waits for.
    pub(super) finally: Vec<Statement>,
    /// Whether the last actions want the first ones to be done.
    pub(super) apart: bool,
}

impl Phases {
    pub(super) fn statements(self, table: &Name) -> Vec<Statement> {
        let Self { before, mut first, between, meanwhile, mut last, after, finally, apart } = self;
        if !apart && between.is_empty() && meanwhile.is_empty() {
            first.append(&mut last);
        }
        let alter = |actions: Vec<String>| {
            (!actions.is_empty()).then(|| format!("ALTER TABLE {} {}", ident(table), actions.join(", ")))
        };
        let texts = before.into_iter().chain(alter(first)).chain(between);
        let rest = alter(last).into_iter().chain(after);
        let mut statements: Vec<Statement> = texts.map(Statement::Sql).collect();
        statements.extend(meanwhile);
        statements.extend(rest.map(Statement::Sql));
        statements.extend(finally);
        statements
    }
}
