//! What the conditions of a table say of the values of a column.
//!
//! Nobody can solve a condition in general. But most name the values that they want, and those are
//! worth a try.

use whimbrel_schema::{Column, ColumnType, Dialect, Table};

use crate::driver::Cell;

/// Values that stand in the table's conditions on a column, as values of its type.
pub(super) fn hints(table: &Table, column: &Column) -> Vec<Cell> {
    let conditions = table.checks.values().filter(|check| check.condition.names(column.name.as_str()));
    let texts = conditions.filter_map(|check| check.condition.text(Dialect::Sqlite));
    let mut values = Vec::new();
    for literal in texts.flat_map(literals) {
        for value in as_value(&column.column_type, literal) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
    }
    values
}

/// A literal in SQL.
#[derive(Debug, Clone, PartialEq)]
enum Literal {
    Text(String),
    Number(f64),
}

fn literals(sql: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        rest = match first {
            '\'' => {
                let (text, after) = until_quote(after);
                found.push(Literal::Text(text));
                after
            }
            '"' | '`' => after.split_once(first).map_or("", |(_, after)| after),
            _ if first.is_ascii_digit() => {
                let end =
                    rest.find(|character: char| !(character.is_ascii_alphanumeric() || character == '.'));
                let (number, after) = rest.split_at(end.unwrap_or(rest.len()));
                found.extend(number.parse().ok().map(Literal::Number));
                after
            }
            _ if first == '_' || first.is_alphabetic() => {
                let end = rest.find(|character: char| character != '_' && !character.is_alphanumeric());
                &rest[end.unwrap_or(rest.len())..]
            }
            _ => after,
        };
    }
    found
}

/// A text up to its closing quote, and what follows it.
fn until_quote(sql: &str) -> (String, &str) {
    let (mut text, mut rest) = (String::new(), sql);
    while let Some((inner, after)) = rest.split_once('\'') {
        text.push_str(inner);
        match after.strip_prefix('\'') {
            Some(after) => {
                text.push('\'');
                rest = after;
            }
            None => return (text, after),
        }
    }
    (text, "")
}

/// The longest text that a number is taken to ask for.
const LONGEST: f64 = 10_000.0;

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers are checked before")]
fn as_value(column_type: &ColumnType, literal: Literal) -> Vec<Cell> {
    let is_whole = |number: f64| number.fract() == 0.0 && number.abs() < 9e15;
    match (column_type, literal) {
        (
            ColumnType::Boolean | ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt,
            Literal::Number(number),
        ) if is_whole(number) => {
            let number = number as i64;
            [number, number + 1, number - 1, -number].map(Cell::Integer).into()
        }
        (ColumnType::Real | ColumnType::Double, Literal::Number(number)) => {
            [number, number + 0.5, number - 0.5, -number].map(Cell::Real).into()
        }
        (ColumnType::Decimal { .. }, Literal::Number(number)) => {
            [number, number + 1.0, number - 1.0].map(|number| Cell::Text(number.to_string())).into()
        }
        // A length, as in `length(code) = 3`.
        (
            ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text | ColumnType::Native(_),
            Literal::Number(number),
        ) if is_whole(number) && (0.0..=LONGEST).contains(&number) => {
            let length = number as usize;
            let long = |length| Cell::Text("x".repeat(length));
            vec![
                long(length),
                Cell::Text("7".repeat(length)),
                long(length + 1),
                long(length.saturating_sub(1)),
            ]
        }
        (ColumnType::Binary(_) | ColumnType::Blob, Literal::Number(number))
            if is_whole(number) && (0.0..=LONGEST).contains(&number) =>
        {
            let length = number as usize;
            [length, length + 1, length.saturating_sub(1)].map(|length| Cell::Bytes(vec![7; length])).into()
        }
        // No value of these is a text, though a table that is not strict would take it.
        (
            ColumnType::Binary(_)
            | ColumnType::Blob
            | ColumnType::Boolean
            | ColumnType::SmallInt
            | ColumnType::Integer
            | ColumnType::BigInt
            | ColumnType::Real
            | ColumnType::Double,
            Literal::Text(_),
        ) => Vec::new(),
        // A pattern is a text that it fits itself, unless it has classes.
        (_, Literal::Text(text)) => {
            let filled = text.replace(['%', '*'], "a").replace(['_', '?'], "b");
            if filled == text { vec![Cell::Text(text)] } else { vec![Cell::Text(text), Cell::Text(filled)] }
        }
        (_, Literal::Number(_)) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use whimbrel_schema::{Check, Name};

    use super::*;

    #[test]
    fn literals_of_a_condition() {
        let text = |text: &str| Literal::Text(text.to_owned());
        let found = literals("a2 IN ('x', 'it''s') AND \"b 9\" >= 1.5 AND length(c) = 3");
        assert_eq!(found, [text("x"), text("it's"), Literal::Number(1.5), Literal::Number(3.0)]);
    }

    #[test]
    fn a_length_is_a_text_and_a_bound_is_a_number() {
        let mut table = Table::new(Name::new("t"));
        table.checks.insert(Name::new("one"), Check::new("length(code) = 3 AND size > 10"));
        let of = |name: &str, column_type| hints(&table, &Column::new(Name::new(name), column_type));
        assert!(of("code", ColumnType::Text).contains(&Cell::from("xxx")));
        assert!(of("size", ColumnType::BigInt).contains(&Cell::Integer(11)));
        assert_eq!(of("other", ColumnType::BigInt), []);
    }
}
