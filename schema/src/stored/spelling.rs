//! What two databases and the language spell alike once it is decided.

use crate::{DefaultValue, Sql, Table, Value};

/// Every piece of SQL in a table, as a function has it.
pub(super) fn respell(table: &mut Table, spelling: &dyn Fn(&Sql) -> Sql) {
    for column in table.columns.values_mut() {
        if let Some(DefaultValue::Expression(sql)) = &mut column.default {
            *sql = spelling(sql);
        }
        if let Some(generated) = &mut column.generated {
            generated.sql = spelling(&generated.sql);
        }
    }
    table.checks.values_mut().for_each(|check| check.condition = spelling(&check.condition));
    for index in table.indexes.values_mut() {
        index.predicate.iter_mut().for_each(|sql| *sql = spelling(sql));
        for part in &mut index.columns {
            if let crate::IndexKey::Expression(sql) = &mut part.key {
                *sql = spelling(sql);
            }
        }
    }
}

/// A value in one spelling: numbers without zeros that say nothing.
pub(super) fn value(value: &mut Value) {
    if let Value::Decimal(digits) = value {
        let (sign, number) = match digits.strip_prefix('-') {
            Some(number) => ("-", number),
            None => ("", digits.as_str()),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let whole = if whole.is_empty() { "0" } else { whole };
        let number = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
        *digits = if number == "0" { number } else { format!("{sign}{number}") };
    }
}

/// No column of a primary key is nullable, whether it says so or not.
pub(super) fn key_columns(table: &mut Table) {
    for name in table.key_columns().to_vec() {
        if let Some(column) = table.columns.get_mut(&name) {
            column.nullable = false;
        }
    }
}
