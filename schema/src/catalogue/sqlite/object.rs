//! Indexes, views and triggers as they are written.

use super::constraint::ordered;
use super::cursor::{Cursor, Unread, parts, slice};
use super::token::{Token, TokenKind};
use crate::{Index, IndexColumn, IndexKey, Name, Sql, Table, Trigger, View};

/// `CREATE INDEX` on a table: its name and what it is.
pub(super) fn index(sql: &str, table: &Table) -> Result<(Name, Index), Unread> {
    let mut cursor = Cursor::new(sql)?;
    cursor.expect_word("CREATE")?;
    let unique = cursor.word("UNIQUE");
    cursor.expect_word("INDEX")?;
    let name = Name::new(cursor.name()?);
    cursor.expect_word("ON")?;
    cursor.name()?;
    let (_, tokens) = cursor.group()?;
    let columns = parts(tokens).into_iter().map(|part| key(sql, part, table)).collect();
    let predicate = match cursor.word("WHERE") {
        true => Some(Sql::from(ended(cursor.rest()))),
        false => None,
    };
    Ok((name, Index { unique, predicate, ..Index { columns, ..Index::new([]) } }))
}

fn key(sql: &str, tokens: &[Token<'_>], table: &Table) -> IndexColumn {
    let (tokens, order) = ordered(tokens);
    let named = match tokens {
        [token] if token.kind != TokenKind::Number && token.kind != TokenKind::Bytes => {
            let name = token.unquoted();
            table.columns.keys().find(|column| column.as_str().eq_ignore_ascii_case(&name)).cloned()
        }
        _ => None,
    };
    let key = named.map_or_else(|| IndexKey::Expression(Sql::from(slice(sql, tokens))), IndexKey::Column);
    IndexColumn { key, order }
}

/// `CREATE VIEW`, which may also name its columns; the language cannot.
pub(super) fn view(sql: &str) -> Result<View, Unread> {
    let mut cursor = Cursor::new(sql)?;
    cursor.expect_word("CREATE")?;
    cursor.expect_word("VIEW")?;
    let name = Name::new(cursor.name()?);
    if cursor.peek().is_some_and(|token| token.is_sign("(")) {
        return Err("it names its columns before its query".to_owned());
    }
    cursor.expect_word("AS")?;
    Ok(View::new(name, ended(cursor.rest())))
}

/// `CREATE TRIGGER`, as `sqlite_master` has it or as a person wrote it.
pub(super) fn trigger(sql: &str) -> Result<Trigger, Unread> {
    let mut cursor = Cursor::new(sql)?;
    cursor.expect_word("CREATE")?;
    let _ = cursor.word("TEMP") || cursor.word("TEMPORARY");
    cursor.expect_word("TRIGGER")?;
    cursor.words(&["IF", "NOT", "EXISTS"]);
    let mut start = cursor.place();
    let mut name = cursor.name()?;
    if cursor.sign(".") {
        start = cursor.place();
        name = cursor.name()?;
    }
    while !cursor.word("ON") {
        cursor.next().ok_or("it ends where its table should stand")?;
    }
    let mut table = cursor.name()?;
    if cursor.sign(".") {
        table = cursor.name()?;
    }
    // As SQLite keeps it.
    let text = format!("CREATE TRIGGER {}{}", cursor.since(start), tail(&cursor));
    Ok(Trigger::new(Name::new(name), Name::new(table), text))
}

fn tail(cursor: &Cursor<'_>) -> String {
    let rest = ended(cursor.rest());
    if rest.is_empty() { String::new() } else { format!(" {rest}") }
}

fn ended(sql: &str) -> &str {
    sql.trim_end_matches([';', ' ', '\t', '\n', '\r'])
}
