//! The small languages inside strings: what a foreign key references, and the columns of an index.

use std::fmt;

use crate::{Name, SortOrder};

/// Reads `users.id` or `threads(owner_id, id)`. A name with other characters than letters, digits
/// and underscores may stand in double quotes, which are doubled inside of it.
pub(crate) fn parse_target(text: &str) -> Option<(Name, Vec<Name>)> {
    let (table, rest) = parse_name(text)?;
    if let Some(rest) = rest.strip_prefix('.') {
        let (column, rest) = parse_name(rest)?;
        return rest.is_empty().then(|| (table, vec![column]));
    }
    let mut rest = rest.strip_prefix('(')?;
    let mut columns = Vec::new();
    loop {
        let (column, after) = parse_name(rest)?;
        columns.push(column);
        if let Some(after) = after.strip_prefix(',') {
            rest = after;
        } else {
            return after.strip_prefix(')')?.trim().is_empty().then_some((table, columns));
        }
    }
}

/// Reads `received_at`, `received_at desc` or `"odd name" asc`.
pub(crate) fn parse_index_column(text: &str) -> Option<(Name, SortOrder)> {
    let text = text.trim();
    if text.starts_with('"') {
        let (name, rest) = parse_name(text)?;
        return if rest.is_empty() { Some((name, SortOrder::Ascending)) } else { Some((name, order(rest)?)) };
    }
    let ordered = text.rsplit_once(char::is_whitespace).and_then(|(name, word)| Some((name, order(word)?)));
    if let Some((name, order)) = ordered {
        return Some((Name::new(name.trim_end()), order));
    }
    (!text.is_empty()).then(|| (Name::new(text), SortOrder::Ascending))
}

/// The text that [`parse_target`] reads as this.
pub(crate) fn target_text(table: &Name, columns: &[Name]) -> impl fmt::Display {
    let columns: Vec<String> = columns.iter().map(quoted_if_needed).collect();
    format!("{}({})", quoted_if_needed(table), columns.join(", "))
}

/// The same in the short form that one column has.
pub(crate) fn column_target_text(table: &Name, columns: &[Name]) -> String {
    match columns {
        [column] => format!("{}.{}", quoted_if_needed(table), quoted_if_needed(column)),
        _ => target_text(table, columns).to_string(),
    }
}

/// The text that [`parse_index_column`] reads as this.
pub(crate) fn index_column_text(name: &Name, order: SortOrder) -> String {
    let name = quoted_if_needed(name);
    match order {
        SortOrder::Ascending => name,
        SortOrder::Descending => format!("{name} desc"),
    }
}

fn order(word: &str) -> Option<SortOrder> {
    if word.eq_ignore_ascii_case("asc") {
        Some(SortOrder::Ascending)
    } else if word.eq_ignore_ascii_case("desc") {
        Some(SortOrder::Descending)
    } else {
        None
    }
}

/// A name and what follows it, without the blanks between.
fn parse_name(text: &str) -> Option<(Name, &str)> {
    let text = text.trim_start();
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find(['.', '(', ')', ',', '"']).unwrap_or(text.len());
        let name = text[..end].trim_end();
        return (!name.is_empty()).then(|| (Name::new(name), &text[end..]));
    };
    let mut name = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((Name::new(name), after.trim_start())),
        }
    }
}

fn quoted_if_needed(name: &Name) -> String {
    let plain = |character: char| character == '_' || character.is_alphanumeric();
    let text = name.as_str();
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &[&str])>) {
        let expected = expected.map(|(table, columns)| {
            (Name::new(table), columns.iter().map(|name| Name::from(*name)).collect::<Vec<_>>())
        });
        assert_eq!(parse_target(text), expected, "{text}");
    }

    #[test]
    fn targets() {
        check("users.id", Some(("users", &["id"])));
        check(" users . id ", Some(("users", &["id"])));
        check("threads(owner_id, id)", Some(("threads", &["owner_id", "id"])));
        check("threads ( id ) ", Some(("threads", &["id"])));
        check("\"a.b\"(\"c,\"\"d\")", Some(("a.b", &["c,\"d"])));
    }

    #[test]
    fn what_is_no_target() {
        for text in
            ["", "users", "users.", ".id", "a.b.c", "a(", "a()", "a(b", "a(b,)", "a(b) c", "\"a", "a\"b\".c"]
        {
            check(text, None);
        }
    }

    fn check_index(text: &str, name: &str, order: SortOrder) {
        assert_eq!(parse_index_column(text), Some((Name::new(name), order)), "{text}");
    }

    #[test]
    fn index_columns() {
        check_index("a", "a", SortOrder::Ascending);
        check_index(" a  DESC ", "a", SortOrder::Descending);
        check_index("a asc", "a", SortOrder::Ascending);
        check_index("a b", "a b", SortOrder::Ascending);
        check_index("desc", "desc", SortOrder::Ascending);
        check_index("\"a desc\"", "a desc", SortOrder::Ascending);
        check_index("\"a desc\" desc", "a desc", SortOrder::Descending);
        assert_eq!(parse_index_column(" "), None);
        assert_eq!(parse_index_column("\"a\" down"), None);
    }

    #[test]
    fn texts_are_read_back() {
        for name in ["a", "odd name", "a\"b", "x desc", "a.b", "ünï", "1", ","] {
            let name = Name::new(name);
            let target = target_text(&name, &[name.clone(), name.clone()]).to_string();
            assert_eq!(parse_target(&target), Some((name.clone(), vec![name.clone(), name.clone()])));
            let short = column_target_text(&name, std::slice::from_ref(&name));
            assert_eq!(parse_target(&short), Some((name.clone(), vec![name.clone()])));
            for order in [SortOrder::Ascending, SortOrder::Descending] {
                assert_eq!(parse_index_column(&index_column_text(&name, order)), Some((name.clone(), order)));
            }
        }
    }
}
