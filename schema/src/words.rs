//! The words of SQL that somebody wrote: enough to see what it names, without understanding it.

use std::borrow::Cow;

/// The identifiers and keywords of a text, quoted ones without their quotes. What stands in
/// comments and in text literals is left out.
pub(crate) fn names_in(sql: &str) -> impl Iterator<Item = Cow<'_, str>> {
    words_in(sql).map(|word| word.name)
}

/// The words in double quotes that stand where a value does: no function, type or collation.
pub(crate) fn quoted_values(sql: &str) -> Vec<Cow<'_, str>> {
    let words: Vec<Word<'_>> = words_in(sql).collect();
    let introduced = |index: usize| {
        let before = index.checked_sub(1).map_or("", |before| &words[before].name);
        ["as", "collate"].iter().any(|word| before.eq_ignore_ascii_case(word))
    };
    let values = words.iter().enumerate().filter(|(index, word)| {
        word.quote == Some('"') && !introduced(*index) && !word.rest.trim_start().starts_with('(')
    });
    values.map(|(_, word)| word.name.clone()).collect()
}

/// An identifier or keyword, and what follows it.
struct Word<'a> {
    name: Cow<'a, str>,
    quote: Option<char>,
    rest: &'a str,
}

fn words_in(sql: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            if let Some(after) = rest.strip_prefix("--") {
                rest = after.split_once('\n').map_or("", |(_, after)| after);
            } else if let Some(after) = rest.strip_prefix("/*") {
                rest = after.split_once("*/").map_or("", |(_, after)| after);
            } else if first == '\'' {
                (_, rest) = quoted(rest, '\'');
            } else if first == '"' || first == '`' {
                let (name, after) = quoted(rest, first);
                rest = after;
                return Some(Word { name, quote: Some(first), rest });
            } else if let Some(after) = dollar_quoted(rest) {
                rest = after;
            } else if is_word(first) {
                let end = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                rest = after;
                return Some(Word { name: Cow::Borrowed(word), quote: None, rest });
            } else {
                rest = &rest[first.len_utf8()..];
            }
        }
    })
}

/// What stands between quotes, which are doubled inside of it, and what follows.
pub(crate) fn quoted(text: &str, quote: char) -> (Cow<'_, str>, &str) {
    let inner = &text[1..];
    let mut end = 0;
    while let Some(next) = inner[end..].find(quote) {
        let after = end + next + 1;
        if inner[after..].starts_with(quote) {
            end = after + 1;
            continue;
        }
        let doubled = format!("{quote}{quote}");
        let name = &inner[..after - 1];
        let name = if name.contains(&doubled) {
            Cow::Owned(name.replace(&doubled, &quote.to_string()))
        } else {
            Cow::Borrowed(name)
        };
        return (name, &inner[after..]);
    }
    (Cow::Borrowed(inner), "")
}

/// What follows a text of PostgreSQL's between `$$` or `$tag$`, if one begins here. The body of a function
/// stands in such a text, so what it names is not seen.
pub(crate) fn dollar_quoted(text: &str) -> Option<&str> {
    let tag_end = text.strip_prefix('$')?.find('$')? + 2;
    let tag = &text[..tag_end];
    let plain = tag[1..tag_end - 1].chars().all(is_word);
    let numbered = tag[1..].starts_with(|first: char| first.is_ascii_digit());
    if !plain || numbered {
        return None;
    }
    let body = &text[tag_end..];
    Some(body.find(tag).map_or("", |end| &body[end + tag_end..]))
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: &[&str]) {
        assert_eq!(names_in(sql).collect::<Vec<_>>(), expected, "{sql}");
    }

    #[test]
    fn words_and_quoted_names() {
        check("SELECT a.b, c1 FROM t", &["SELECT", "a", "b", "c1", "FROM", "t"]);
        check("\"a\"\"b\" `c``d` ünï", &["a\"b", "c`d", "ünï"]);
    }

    #[test]
    fn texts_and_comments_are_left_out() {
        check("a -- b\nc /* d\n e */ f", &["a", "c", "f"]);
        check("a = 'it''s b' c", &["a", "c"]);
        check("$$ a $$ b $t$ c $$ d $t$ e", &["b", "e"]);
        check("a = $1 and b = $2", &["a", "1", "and", "b", "2"]);
    }

    #[test]
    fn quoted_values_are_no_functions_types_or_collations() {
        let sql = "\"a\" > 'b' AND \"lower\" (\"c\" COLLATE \"NOCASE\") = CAST(`d` AS \"text\") -- \"e\"";
        assert_eq!(quoted_values(sql), ["a", "c"]);
    }

    #[test]
    fn what_is_not_closed_ends_with_the_text() {
        check("a 'b", &["a"]);
        check("a \"b", &["a", "b"]);
        check("a /* b", &["a"]);
        check("$a$ b", &[]);
        check("'", &[]);
    }
}
