//! Values that would be made of each other.

use super::super::table::Scope;
use super::super::wrong;
use crate::document::reader::Context;
use crate::seed::model::{Gap, Maker, Part, Reference};
use crate::{Code, Span};

/// Reports columns whose values would be made of each other.
pub(in crate::seed::check) fn check_circles(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    cells: &[Maker],
    span: Span,
) {
    let mut done = vec![false; cells.len()];
    loop {
        let next = (0..cells.len()).find(|at| {
            let used = uses(scope, *at, &cells[*at]);
            !done[*at] && used.iter().all(|used| done[*used])
        });
        match next {
            Some(at) => done[at] = true,
            None => break,
        }
    }
    let circle: Vec<String> = (0..cells.len())
        .filter(|at| !done[*at])
        .map(|at| format!("`{}`", scope.shell().columns[at].name))
        .collect();
    if !circle.is_empty() {
        context.report(
            wrong(
                Code::BAD_GENERATOR,
                format!("values of {} would be made of each other", circle.join(", ")),
                span,
                "in a circle",
            )
            .help("make one of them of something else"),
        );
    }
}

/// The columns of its own row that a cell is made of.
fn uses(scope: Scope<'_, '_>, column: usize, cell: &Maker) -> Vec<usize> {
    let uses = |cell| uses(scope, column, cell);
    match cell {
        Maker::Reference(Reference { same: Some(same), .. }) => {
            let same = scope.shell().columns.iter().position(|other| other.name == *same);
            same.filter(|same| *same != column).into_iter().collect()
        }
        Maker::Text(template) => {
            let parts = template.0.iter().filter_map(|part| match part {
                Part::Gap(Gap::Own(column), _) => Some(*column),
                _ => None,
            });
            parts.collect()
        }
        Maker::Cases { by, cases, otherwise } => {
            let inner = cases.iter().flat_map(|(_, maker)| uses(maker));
            let own = match by {
                Gap::Own(column) => Some(*column),
                Gap::Number | Gap::Row | Gap::Parent(..) => None,
            };
            inner.chain(uses(otherwise)).chain(own).collect()
        }
        Maker::Chance { then, otherwise, .. } => uses(then).into_iter().chain(uses(otherwise)).collect(),
        Maker::Pick(items, _) => items.iter().flat_map(uses).collect(),
        _ => Vec::new(),
    }
}
