//! What lets programs go on while a table changes.
//!
//! A strong lock is held for a moment only: what reads or writes all rows is done under a weak one, by
//! statements of their own, and the changes that would do so by themselves find it done.
//! <https://www.postgresql.org/docs/current/sql-altertable.html>

use super::phases::Phases;
use super::{GRAMMAR, ident};
use crate::render::common::{self, Group};
use crate::{Check, Column, ForeignKey, IndexAct, Name, OnlineIndex, Statement, Table};

/// An index that is built outside of transactions, by its SQL.
pub(super) fn build(index: &Name, text: String) -> Statement {
    let remove = format!("DROP INDEX CONCURRENTLY {}", ident(index));
    Statement::OnlineIndex(OnlineIndex { index: index.clone(), act: IndexAct::Build, text, remove })
}

/// An index that is dropped outside of transactions.
pub(super) fn drop(index: &Name) -> Statement {
    let text = format!("DROP INDEX CONCURRENTLY {}", ident(index));
    let remove = text.clone();
    Statement::OnlineIndex(OnlineIndex { index: index.clone(), act: IndexAct::Drop, text, remove })
}

/// A primary key or unique constraint, to which an index is given that was built before.
pub(super) fn add_key(table: &Table, name: &Name, kind: &str, columns: &[Name], phases: &mut Phases) {
    // A constraint of the same name may still have its index.
    let index = GRAMMAR.temporary(name);
    let text = format!(
        "CREATE UNIQUE INDEX CONCURRENTLY {} ON {} ({})",
        ident(&index),
        ident(&table.name),
        GRAMMAR.idents(columns)
    );
    phases.meanwhile.push(build(&index, text));
    phases.last.push(format!("ADD CONSTRAINT {} {kind} USING INDEX {}", ident(name), ident(&index)));
}

/// A check that holds for what is written from now on, and for what is there once that was looked at.
pub(super) fn add_check(table: &Name, name: &Name, check: &Check, phases: &mut Phases) {
    phases.last.push(format!("ADD {} NOT VALID", common::check(&GRAMMAR, name, check)));
    phases.finally.push(validate(table, name));
}

/// The same for a foreign key.
pub(super) fn add_foreign_key(table: &Name, name: &Name, key: &ForeignKey, phases: &mut Phases) {
    phases.last.push(not_valid(name, key));
    phases.finally.push(validate(table, name));
}

/// The action that adds a foreign key without a look at the rows.
pub(super) fn not_valid(name: &Name, key: &ForeignKey) -> String {
    format!("ADD {} NOT VALID", common::foreign_key(&GRAMMAR, name, key))
}

/// A look at all rows, which keeps nobody from reading and writing them.
pub(super) fn validate(table: &Name, constraint: &Name) -> Statement {
    Statement::Apart(vec![format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", ident(table), ident(constraint))])
}

/// Makes a column NOT NULL by way of a check, which spares PostgreSQL the reading of all rows under the
/// strongest lock. The check comes first, so that no NULL is written behind the back of what fills them.
pub(super) fn not_null(group: &Group<'_>, column: &Column, value: Option<String>, phases: &mut Phases) {
    let (table, name) = (&group.tables.previous.name, ident(&column.name));
    let check = GRAMMAR.temporary(&column.name);
    let constraint = ident(&check);
    phases.first.push(format!("ADD CONSTRAINT {constraint} CHECK ({name} IS NOT NULL) NOT VALID"));
    phases.fills.extend(value.map(|value| (name.clone(), value)));
    phases.meanwhile.push(validate(table, &check));
    phases.last.push(format!("ALTER COLUMN {name} SET NOT NULL"));
    // By itself: in one statement the constraint would be gone before it is asked.
    phases.after.push(format!("ALTER TABLE {} DROP CONSTRAINT {constraint}", ident(table)));
}
