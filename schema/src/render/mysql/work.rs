//! The statements around and of one change of a table.

use super::effort::Effort;
use super::{ident, trigger};
use crate::{Name, Schema, Statement};

/// What is to be said, by when. There is one ALTER TABLE, unless rows need values that are computed: these
/// are written by an UPDATE into columns that a first ALTER TABLE adds, and a last one does the rest.
#[derive(Default)]
pub(super) struct Work {
    pub(super) before: Vec<String>,
    /// What must be gone before rows are written.
    pub(super) hindrances: Vec<String>,
    /// The columns that are added for the values.
    pub(super) staged: Vec<String>,
    /// Columns and the values that they get.
    pub(super) values: Vec<(String, String)>,
    pub(super) drops: Vec<String>,
    pub(super) columns: Vec<String>,
    pub(super) adds: Vec<String>,
    /// Columns that had a default for a moment only.
    pub(super) settled: Vec<String>,
    pub(super) after: Vec<String>,
    /// Foreign keys that come while programs go on.
    pub(super) finally: Vec<Statement>,
    /// What the main statement costs, where that is asserted.
    pub(super) effort: Option<Effort>,
}

impl Work {
    pub(super) fn statements(self, schema: &Schema, table: &Name) -> Vec<Statement> {
        let Self {
            before,
            hindrances,
            staged,
            values,
            drops,
            columns,
            adds,
            settled,
            after,
            finally,
            effort,
        } = self;
        let alter = |actions: Vec<String>, effort: Option<Effort>| {
            let clause = effort.map_or("", Effort::clause);
            let text = (!actions.is_empty())
                .then(|| format!("ALTER TABLE {} {}{clause}", ident(table), actions.join(", ")));
            text.map(Statement::Sql)
        };
        let at_most = |most: Effort| effort.map(|_| most);
        let mut statements: Vec<Statement> = before.into_iter().map(Statement::Sql).collect();
        if values.is_empty() {
            statements.extend(alter([hindrances, drops, columns, adds].concat(), effort));
        } else {
            let staging = if hindrances.is_empty() { Effort::Instant } else { Effort::InPlace };
            statements.extend(alter([hindrances, staged].concat(), at_most(staging)));
            let values: Vec<String> =
                values.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            let update = format!("UPDATE {} SET {}", ident(table), values.join(", "));
            statements.extend(trigger::unheard(schema, table, vec![Statement::Sql(update)]));
            statements.extend(alter([drops, columns, adds].concat(), effort));
        }
        statements.extend(alter(settled, at_most(Effort::Instant)));
        statements.extend(after.into_iter().map(Statement::Sql));
        statements.extend(finally);
        statements
    }
}
