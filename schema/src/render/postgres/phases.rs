//! The statements around and of one change of a table.

use super::{ident, trigger};
use crate::{Name, Schema, Statement};

/// What is to be said, by when. PostgreSQL itself orders the actions of one ALTER TABLE; two are needed only
/// where a value that it computes for the one is what the other starts from.
#[derive(Default)]
pub(super) struct Phases {
    pub(super) before: Vec<String>,
    /// Actions of the first ALTER TABLE.
    pub(super) first: Vec<String>,
    /// Statements between the two.
    pub(super) between: Vec<String>,
    /// Columns, and what rows get that have NULL in them, while programs go on.
    pub(super) fills: Vec<(String, String)>,
    /// What takes long while programs go on, and the last actions use.
    pub(super) meanwhile: Vec<Statement>,
    /// Actions of the last one.
    pub(super) last: Vec<String>,
    pub(super) after: Vec<String>,
    /// What takes long while programs go on, and nothing waits for.
    pub(super) finally: Vec<Statement>,
    /// The columns of the keys that the last actions add.
    keys: Vec<Vec<Name>>,
    /// Whether the last actions want the first ones to be done.
    pub(super) apart: bool,
}

impl Phases {
    /// Adds a key with the last actions, or after them: of two keys over the same columns in one statement
    /// PostgreSQL makes one, and says nothing.
    pub(super) fn add_key(&mut self, table: &Name, columns: &[Name], action: String) {
        if self.keys.iter().any(|key| key == columns) {
            self.after.push(format!("ALTER TABLE {} {action}", ident(table)));
        } else {
            self.keys.push(columns.to_vec());
            self.last.push(action);
        }
    }

    pub(super) fn statements(self, schema: &Schema, table: &Name) -> Vec<Statement> {
        let Self {
            before,
            mut first,
            between,
            fills,
            mut meanwhile,
            mut last,
            after,
            finally,
            keys: _,
            apart,
        } = self;
        // First of all, because the rest looks at these rows.
        meanwhile.splice(0..0, fill(schema, table, &fills));
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

/// One statement for all columns: none may be left NULL for a moment by what fills another. Triggers are not
/// told.
fn fill(schema: &Schema, table: &Name, fills: &[(String, String)]) -> Option<Statement> {
    if fills.is_empty() {
        return None;
    }
    let set = fills.iter().map(|(name, value)| format!("{name} = COALESCE({name}, {value})"));
    let open = fills.iter().map(|(name, _)| format!("{name} IS NULL"));
    let update = format!(
        "UPDATE {} SET {} WHERE {}",
        ident(table),
        set.collect::<Vec<_>>().join(", "),
        open.collect::<Vec<_>>().join(" OR ")
    );
    Some(Statement::Apart(trigger::unheard(schema, table, vec![update])))
}
