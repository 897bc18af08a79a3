//! ALTER TABLE in the order that it was written in: renames by themselves, and what lies between them.

use std::collections::BTreeMap;

use super::{Grammar, archive};
use crate::{Alteration, Name, Operation, Pair, Schema, Statement, Table};

/// Alterations that are done together: all of them renames, or none.
pub(in crate::render) struct Group<'a> {
    pub(in crate::render) alterations: &'a [Alteration],
    /// The schemas before and after them.
    pub(in crate::render) schemas: Pair<&'a Schema>,
    /// The table in these.
    pub(in crate::render) tables: Pair<&'a Table>,
    pub(in crate::render) target: &'a Schema,
    /// The renames of the operation so far, from the previous names to the next ones. Expressions speak
    /// of columns as they were named before these.
    pub(in crate::render) renamed: &'a BTreeMap<Name, Name>,
    /// Whether it is the last group of the operation.
    pub(in crate::render) last: bool,
    /// Whether programs go on meanwhile.
    pub(in crate::render) online: bool,
}

/// The statements of one alteration of a table: each group's own, between what the archive keeps before
/// it and what comes back from there in the end.
pub(in crate::render) fn alter_table(
    grammar: &Grammar,
    (name, online): (&Name, bool),
    whole: &[Alteration],
    schemas: Pair<&Schema>,
    change: impl Fn(&Group<'_>) -> Vec<Statement>,
) -> Vec<Statement> {
    let Pair { previous: position, next: target } = schemas;
    let after = advance(name, whole, position, target);
    let ends = Pair::new(position, &after).both(|schema| schema.table(name.as_str()));
    let changed = ends.map(|tables| archive::leave_changed_values(grammar, tables, whole));
    let mut statements: Vec<Statement> = changed.into_iter().flatten().map(Statement::Restore).collect();
    let mut schema = position.clone();
    let mut renamed = BTreeMap::new();
    let mut groups = Alteration::together(whole).peekable();
    while let Some(alterations) = groups.next() {
        let before = schema.clone();
        schema = advance(name, alterations, &schema, target);
        let schemas = Pair::new(&before, &schema);
        let Some(tables) = schemas.both(|schema| schema.table(name.as_str())) else { continue };
        for alteration in alterations {
            if let Alteration::RenameColumn { previous, next } = alteration {
                renamed.insert(previous.clone(), next.clone());
            }
        }
        let group = Group {
            alterations,
            schemas,
            tables,
            target,
            renamed: &renamed,
            last: groups.peek().is_none(),
            online,
        };
        let keep = archive::keep_columns(grammar, &group, whole, Pair::new(position, target));
        statements.extend(keep.into_iter().map(Statement::Keep));
        statements.extend(change(&group));
    }
    let restore = ends.map(|tables| archive::restore_columns(grammar, tables, whole));
    statements.extend(restore.into_iter().flatten().map(Statement::Restore));
    statements
}

/// The schema after some alterations; where one does not fit, as far as they go.
fn advance(name: &Name, alterations: &[Alteration], schema: &Schema, target: &Schema) -> Schema {
    let whole =
        Operation::AlterTable { table: name.clone(), alterations: alterations.to_vec(), online: false };
    whole.apply(schema, target).unwrap_or_else(|_| schema.clone())
}
