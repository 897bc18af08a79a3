//! SQL in the one spelling in which two texts are compared.

use super::token::{Token, TokenKind, is_word, tokens};

/// A text without comments and semicolons at its end, with blanks where they always stand, and with
/// quotes only around names that need them. So it reads the same before and after SQLite has written other
/// names into it, which it does with quotes.
///
/// It is for comparisons alone: a name in quotes that is a keyword loses them.
pub(crate) fn canonical(sql: &str) -> String {
    let Some(tokens) = tokens(sql) else { return sql.trim().to_owned() };
    let end = tokens.iter().rposition(|token| !token.is_sign(";")).map_or(0, |last| last + 1);
    let mut out = String::new();
    let mut before = Before::Nothing;
    for token in &tokens[..end] {
        let piece = piece(token);
        if before.wants_blank(&piece) {
            out.push(' ');
        }
        before = before.then(token, &piece);
        out.push_str(&piece);
    }
    out
}

/// What stands before a token, as far as blanks depend on it.
enum Before {
    Nothing,
    /// An opening parenthesis or a point.
    Tight,
    /// A sign that belongs to what follows.
    Prefix,
    /// A sign between two operands, or a comma.
    Operator,
    /// A word before whose parenthesis stands no blank.
    Name,
    /// Anything else that ends an operand, or a keyword.
    Other,
}

impl Before {
    fn wants_blank(&self, piece: &str) -> bool {
        if matches!(piece, ")" | "," | "." | ";") {
            return false;
        }
        match self {
            Self::Nothing | Self::Tight => false,
            // Two of them would begin a comment.
            Self::Prefix => matches!(piece, "-" | "+"),
            Self::Name => piece != "(",
            Self::Operator | Self::Other => true,
        }
    }

    fn then(&self, token: &Token<'_>, piece: &str) -> Self {
        match token.kind {
            TokenKind::Sign => match piece {
                "(" | "." => Self::Tight,
                ")" => Self::Other,
                "-" | "+" | "~" if !matches!(self, Self::Name | Self::Other) => Self::Prefix,
                _ => Self::Operator,
            },
            TokenKind::Word | TokenKind::Quoted if !is_operator(piece) => Self::Name,
            TokenKind::Word | TokenKind::Quoted => Self::Other,
            TokenKind::Text | TokenKind::Number | TokenKind::Bytes => Self::Other,
        }
    }
}

fn piece(token: &Token<'_>) -> String {
    if token.kind != TokenKind::Quoted {
        return token.text.to_owned();
    }
    let name = token.unquoted();
    let simple =
        name.chars().all(is_word) && !name.starts_with(|first: char| first == '$' || first.is_ascii_digit());
    // These are no names without their quotes.
    let constants = ["null", "true", "false", "current_date", "current_time", "current_timestamp"];
    if simple && !name.is_empty() && !constants.iter().any(|word| name.eq_ignore_ascii_case(word)) {
        name
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Keywords that stand apart from a parenthesis that follows.
fn is_operator(piece: &str) -> bool {
    const OPERATORS: [&str; 26] = [
        "ALL", "AND", "AS", "BETWEEN", "BY", "CASE", "ELSE", "EXISTS", "FROM", "HAVING", "IN", "INTO", "IS",
        "JOIN", "LIKE", "NOT", "ON", "OR", "OVER", "SELECT", "SET", "THEN", "UNION", "VALUES", "WHEN",
        "WHERE",
    ];
    OPERATORS.iter().any(|word| word.eq_ignore_ascii_case(piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: &str) {
        assert_eq!(canonical(sql), expected);
        assert_eq!(canonical(expected), expected, "it is canonical already");
    }

    #[test]
    fn blanks_and_comments_do_not_count() {
        check("a>0 /* not 0 */ AND\n  lower( b )IN('x' ,'y');", "a > 0 AND lower(b) IN ('x', 'y')");
        check("a*-1 - - 1 < ~ 2", "a * -1 - -1 < ~2");
        check("- - 1", "- -1");
        check("SELECT a . b FROM t -- all of it", "SELECT a.b FROM t");
    }

    #[test]
    fn quotes_stand_where_they_must() {
        check("\"size\" > [a b] AND `key` IS NOT 'x'", "size > \"a b\" AND key IS NOT 'x'");
        check("\"null\" = \"1a\" || \"\"", "\"null\" = \"1a\" || \"\"");
    }

    #[test]
    fn what_differs_stays_apart() {
        for (one, other) in
            [("'a  b'", "'a b'"), ("a - b", "a -- b\n- c"), ("\"true\"", "true"), ("ab", "a b")]
        {
            assert_ne!(canonical(one), canonical(other));
        }
    }

    #[test]
    fn what_is_no_sql_stays_as_it_is() {
        assert_eq!(canonical(" it's "), "it's");
    }
}
