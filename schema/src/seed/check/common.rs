//! References whose rows are to have something in common: whether those can be found that have it.

use super::draft::Drafts;
use super::unique::group_span;
use super::{Checker, wrong};
use crate::Code;
use crate::seed::SeedSet;
use crate::seed::model::{Maker, Reference};

/// Rows that are made are found by the rows that they are made for, and by no other column: to look at all of them for
/// each row would take the square of the time.
pub(super) fn check(checker: &Checker<'_>, sets: &[SeedSet], drafts: &Drafts<'_>) {
    for (set, draft) in sets.iter().zip(&drafts.sets) {
        for (table, part) in set.tables.iter().zip(&draft.parts) {
            for (index, group) in table.groups.iter().enumerate() {
                let references = group.cells.iter().flat_map(Maker::references);
                if let Some((same, name)) = references.filter_map(|one| not_found(sets, one)).next() {
                    let message = format!(
                        "rows of `{name}` that are made otherwise than for their `{same}` are never chosen"
                    );
                    checker.report(
                        wrong(Code::BAD_GENERATOR, message, group_span(part, index), "`same` looks for them here").help(
                            format!("make all rows of `{name}` by `for_each` with the table that `{same}` references, or leave `same` out"),
                        ),
                    );
                }
            }
        }
    }
}

/// The column and the table of which rows are made so that nobody finds them.
fn not_found<'s>(sets: &'s [SeedSet], reference: &'s Reference) -> Option<(&'s str, &'s str)> {
    let same = reference.same.as_ref()?;
    let tables = reference.pool.0.iter().map(|(set, table)| &sets[*set].tables[*table]);
    let hides = |table: &&crate::seed::SeedTable| {
        let column = table.column(same.as_str());
        let found = |cell: &Maker| matches!(cell, Maker::Parent { .. } | Maker::Constant(None));
        column.is_some_and(|column| table.groups.iter().any(|group| !found(&group.cells[column])))
    };
    let mut hidden = tables.filter(hides);
    hidden.next().map(|table| (same.as_str(), table.table.name.as_str()))
}
