use std::collections::BTreeMap;

use crate::{Expression, Name};

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
