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
    /// Actions of the last one.
    pub(super) last: Vec<String>,
    pub(super) after: Vec<String>,
    /// Whether the last actions want the first ones to be done.
    pub(super) apart: bool,
}

impl Phases {
    pub(super) fn statements(self, table: &Name) -> Vec<Statement> {
        let Self { before, mut first, between, mut last, after, apart } = self;
        if !apart && between.is_empty() {
            first.append(&mut last);
        }
        let alter = |actions: Vec<String>| {
            (!actions.is_empty()).then(|| format!("ALTER TABLE {} {}", ident(table), actions.join(", ")))
        };
        let texts = before.into_iter().chain(alter(first)).chain(between).chain(alter(last)).chain(after);
        texts.map(Statement::Sql).collect()
    }
}
