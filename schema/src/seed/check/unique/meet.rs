//! Whether rows of two groups of a table can agree.

use crate::Value;
use crate::seed::model::{Distinct, Filter, Gap, Group, Maker, Part, Template};
use crate::seed::values::whole::number_of;

/// Whether nothing that one group makes in a column is what another makes there.
pub(super) fn apart(one: &Group, other: &Group, column: usize) -> bool {
    let [mine, theirs] = [&one.cells[column], &other.cells[column]];
    let stock = |group: &Group| group.distinct[column] == Distinct::OfTable;
    match (mine, theirs) {
        (Maker::Parent { .. }, Maker::Parent { .. }) => match (&one.parents, &other.parents) {
            (Some(one), Some(other)) => !one.0.iter().any(|part| other.0.contains(part)),
            _ => false,
        },
        // They take from one stock, which nothing leaves twice.
        _ if stock(one) && stock(other) && format!("{mine:?}") == format!("{theirs:?}") => true,
        _ => cells(mine, theirs),
    }
}

/// Whether both take what is distinct together in some of these columns from one stock.
pub(super) fn share(one: &Group, other: &Group, columns: &[usize]) -> bool {
    let alike = |column: &usize| format!("{:?}", one.cells[*column]) == format!("{:?}", other.cells[*column]);
    let mut joints = one.joints.iter().filter(|joint| other.joints.contains(joint));
    joints.any(|joint| {
        joint.distinct == Distinct::OfTable
            && joint.columns.iter().all(|column| columns.contains(column) && alike(column))
    })
}

/// Whether nothing that one makes is what another makes.
pub(super) fn cells(one: &Maker, other: &Maker) -> bool {
    match (one, other) {
        // NULL agrees with nothing, and functions answer for themselves.
        (Maker::Constant(None) | Maker::Call(_), _) | (_, Maker::Constant(None) | Maker::Call(_)) => true,
        (Maker::Number, Maker::Number) => true,
        (Maker::Text(one), Maker::Text(other)) => texts(one, other),
        // What is in word lists is not looked up.
        (Maker::Text(_), Maker::Fake(_)) | (Maker::Fake(_), Maker::Text(_)) => true,
        (Maker::Text(template), rest) | (rest, Maker::Text(template)) => {
            constants(rest).is_some_and(|values| values.iter().all(|value| !can_be(template, value)))
        }
        (Maker::Between { low, high, unit }, Maker::Between { low: least, high: most, unit: other }) => {
            unit == other && (high < least || most < low)
        }
        (Maker::Between { low, high, unit }, rest) | (rest, Maker::Between { low, high, unit }) => {
            constants(rest).is_some_and(|values| {
                let inside = |value: &&Value| match number_of(value, *unit) {
                    Some(number) => (*low..=*high).contains(&number),
                    None => false,
                };
                !values.iter().any(inside)
            })
        }
        (one, other) => match (constants(one), constants(other)) {
            (Some(one), Some(other)) => !one.iter().any(|value| other.contains(value)),
            _ => false,
        },
    }
}

/// All values that there are, where they are written out.
fn constants(maker: &Maker) -> Option<Vec<&Value>> {
    match maker {
        Maker::Constant(Some(value)) => Some(vec![value]),
        Maker::Constant(None) => Some(Vec::new()),
        Maker::Pick(items, _) => {
            let all: Option<Vec<_>> = items.iter().map(constants).collect();
            all.map(|all| all.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn texts(one: &Template, other: &Template) -> bool {
    let (one, other) = (&one.0[..], &other.0[..]);
    let apart =
        |one: &str, other: &str, begins: fn(&str, &str) -> bool| !begins(one, other) && !begins(other, one);
    apart(beginning(one), beginning(other), |text, with| text.starts_with(with))
        || apart(end(one), end(other), |text, with| text.ends_with(with))
        || (alike(one, other) && one.iter().enumerate().any(|(at, _)| is_row(one, at)))
        || numbered_last(one, other)
        || numbered_first(one, other)
}

fn beginning(parts: &[Part]) -> &str {
    match parts.first() {
        Some(Part::Text(text)) => text,
        _ => "",
    }
}

fn end(parts: &[Part]) -> &str {
    match parts.last() {
        Some(Part::Text(text)) => text,
        _ => "",
    }
}

fn alike(one: &[Part], other: &[Part]) -> bool {
    format!("{one:?}") == format!("{other:?}")
}

/// Whether a part is the number of the row in its table, and no other digits touch it.
fn is_row(parts: &[Part], at: usize) -> bool {
    let plain = match parts.get(at) {
        Some(Part::Gap(Gap::Row, filters)) => filters.iter().all(|filter| matches!(filter, Filter::Pad(_))),
        _ => false,
    };
    let before = match at.checked_sub(1).and_then(|at| parts.get(at)) {
        None => true,
        Some(Part::Text(text)) => !text.ends_with(|last: char| last.is_ascii_digit()),
        Some(Part::Gap(..)) => false,
    };
    let behind = match parts.get(at + 1) {
        None => true,
        Some(Part::Text(text)) => !text.starts_with(|first: char| first.is_ascii_digit()),
        Some(Part::Gap(..)) => false,
    };
    plain && before && behind
}

/// Whether both end with the number of the row, and with the same words behind it.
fn numbered_last(one: &[Part], other: &[Part]) -> bool {
    let stem = |parts: &[Part]| parts.len() - usize::from(!end(parts).is_empty());
    let is_last = |parts: &[Part]| stem(parts).checked_sub(1).is_some_and(|at| is_row(parts, at));
    end(one) == end(other) && is_last(one) && is_last(other)
}

/// Whether both begin with it, and with the same words before it.
fn numbered_first(one: &[Part], other: &[Part]) -> bool {
    let is_first = |parts: &[Part]| is_row(parts, usize::from(!beginning(parts).is_empty()));
    beginning(one) == beginning(other) && is_first(one) && is_first(other)
}

/// Whether a text might come of a template, as far as its beginning and its end tell.
fn can_be(template: &Template, value: &Value) -> bool {
    match value {
        Value::Text(text) => text.starts_with(beginning(&template.0)) && text.ends_with(end(&template.0)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Part {
        Part::Gap(Gap::Row, Vec::new())
    }

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn apart(one: &[Part], other: &[Part]) -> bool {
        texts(&Template(one.to_vec()), &Template(other.to_vec()))
    }

    #[test]
    fn texts_are_told_apart_by_what_is_fixed_in_them() {
        let name = || Part::Gap(Gap::Own(0), Vec::new());
        assert!(apart(&[text("a-"), name()], &[text("b-"), name()]));
        assert!(!apart(&[text("a-"), name()], &[text("a-b-"), name()]));
        assert!(apart(&[name(), text("@x")], &[name(), text("@y")]));
        assert!(apart(&[name(), text("."), row(), text("@x")], &[text("u"), row(), text("@x")]));
        assert!(apart(&[row(), text("-"), name()], &[row(), text("."), name()]));
        // 1 behind 1 is 11, and so is 11 behind nothing.
        assert!(!apart(&[text("r-1"), row()], &[text("r-"), row()]));
        assert!(!apart(&[name(), row()], &[text("-"), row()]));
        assert!(!apart(
            &[text("m-"), Part::Gap(Gap::Number, Vec::new())],
            &[text("m-"), Part::Gap(Gap::Number, Vec::new())]
        ));
        assert!(apart(&[name(), text("-"), row()], &[name(), text("-"), row()]));
    }
}
