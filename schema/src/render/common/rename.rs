use std::collections::BTreeMap;

use super::{Grammar, Group};
use crate::{Alteration, Expression, Name, Pair};

/// The renames of a group, one after the other, in an order in which each finds its name free. Columns that
/// take over their names in a circle go through a name that no column has.
pub(in crate::render) fn renames_in_order(grammar: &Grammar, group: &Group<'_>) -> Vec<Pair<Name>> {
    let renames = Alteration::renames(group.alterations).unwrap_or_default();
    let mut left: Vec<Pair<Name>> = renames.into_iter().map(|names| names.map(Clone::clone)).collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let is_free = |names: &Pair<Name>| {
            // Where case does not count, a name of one's own is in nobody else's way.
            let taken =
                |other: &Pair<Name>| other.previous != names.previous && same(&other.previous, &names.next);
            !left.iter().any(taken)
        };
        if let Some(at) = left.iter().position(is_free) {
            ordered.push(left.remove(at));
        } else {
            let names = &mut left[0];
            let mut aside = grammar.temporary(&names.previous);
            while group.tables.previous.columns.contains_key(&aside) {
                aside = Name::new(format!("{aside}_"));
            }
            let previous = std::mem::replace(&mut names.previous, aside.clone());
            ordered.push(Pair::new(previous, aside));
        }
    }
    ordered
}

/// Two names, each given to what has the other, in three renames.
pub(in crate::render) fn exchange(grammar: &Grammar, one: &Name, other: &Name) -> [Pair<Name>; 3] {
    let aside = grammar.temporary(one);
    [
        Pair::new(one.clone(), aside.clone()),
        Pair::new(other.clone(), one.clone()),
        Pair::new(aside, other.clone()),
    ]
}

fn same(one: &Name, other: &Name) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}

/// An expression with its columns by the names that they have after renames.
pub(in crate::render) fn rename_columns(
    expression: &Expression,
    renamed: &BTreeMap<Name, Name>,
) -> Expression {
    let again = |inner: &Expression| Box::new(rename_columns(inner, renamed));
    match expression {
        Expression::Column { table, column } => {
            Expression::Column { table: table.clone(), column: renamed.get(column).unwrap_or(column).clone() }
        }
        Expression::Literal(_) | Expression::Null | Expression::Sql(_) | Expression::Now => {
            expression.clone()
        }
        Expression::Coalesce(value, otherwise) => Expression::Coalesce(again(value), again(otherwise)),
        Expression::Call(function, value) => Expression::Call(*function, again(value)),
        Expression::Binary(operator, left, right) => Expression::Binary(*operator, again(left), again(right)),
        Expression::Not(condition) => Expression::Not(again(condition)),
        Expression::IsNull(value) => Expression::IsNull(again(value)),
        Expression::In(value, list) => {
            Expression::In(again(value), list.iter().map(|item| rename_columns(item, renamed)).collect())
        }
    }
}
