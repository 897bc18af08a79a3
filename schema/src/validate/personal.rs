//! Personal columns: what holds the same values is personal as well.

use super::context::Context;
use super::table::Draft;
use crate::{Code, Diagnostic, Name};

/// A column that references a personal one has the same values, which must not reach an archive by it.
pub(super) fn references(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    columns: &[Name],
    target: &Draft<'_>,
    referenced: &[Name],
) {
    for (column, referenced) in columns.iter().zip(referenced) {
        let is_personal = |draft: &Draft<'_>, name: &Name| {
            draft.table.column(name.as_str()).is_some_and(|column| column.personal)
        };
        if is_personal(draft, column) || !is_personal(target, referenced) {
            continue;
        }
        let (own, other) = (&draft.table.name, &target.table.name);
        let place = |draft: &Draft<'_>, name: &Name| draft.raw.column(name.as_str()).map(|raw| raw.name.span);
        context.report(
            Diagnostic::new(
                Code::BAD_FOREIGN_KEY,
                format!("`{own}.{column}` has the values of `{other}.{referenced}`, which is personal"),
            )
            .label_if(place(draft, column), "not personal")
            .label_if(place(target, referenced), "personal")
            .help(format!("add `personal = true` to `{own}.{column}`")),
        );
    }
}
