//! `CREATE TRIGGER`, as the server keeps it and as people write it.

use crate::Dialect;
use crate::catalogue::cursor::Cursor;

/// A trigger in the one spelling in which two of them are compared: the server keeps what it does as it was
/// written. `None` if it cannot be read.
pub(crate) fn statement(sql: &str) -> Option<String> {
    let mut cursor = Cursor::new(sql, Dialect::Mysql)?;
    if !cursor.words(&["CREATE"]) {
        return None;
    }
    cursor.words(&["OR", "REPLACE"]);
    while !cursor.words(&["TRIGGER"]) {
        // DEFINER = somebody
        cursor.next()?;
    }
    cursor.words(&["IF", "NOT", "EXISTS"]);
    let name = cursor.name()?;
    let timing = ["BEFORE", "AFTER"].into_iter().find(|word| cursor.words(&[word]))?;
    let event = ["INSERT", "UPDATE", "DELETE"].into_iter().find(|word| cursor.words(&[word]))?;
    if !cursor.words(&["ON"]) {
        return None;
    }
    let table = cursor.name()?;
    if !cursor.words(&["FOR", "EACH", "ROW"]) {
        return None;
    }
    if cursor.words(&["FOLLOWS"]) || cursor.words(&["PRECEDES"]) {
        cursor.name()?;
    }
    let body = cursor.rest();
    let body = body.trim_end_matches([';', ' ']);
    Some(format!(
        "CREATE TRIGGER {} {timing} {event} ON {} FOR EACH ROW {body}",
        quoted(&name),
        quoted(&table)
    ))
}

pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_compared() {
        let expected = "CREATE TRIGGER `a` BEFORE INSERT ON `t` FOR EACH ROW SET NEW . x = 'a  b'";
        for sql in [
            "create definer=`a`@`%` trigger a before insert on `t` for each row SET NEW.x = 'a  b' ; -- c",
            "CREATE TRIGGER IF NOT EXISTS db.a BEFORE INSERT ON db.t FOR EACH ROW FOLLOWS b\n SET NEW.x = 'a  b'",
            expected,
        ] {
            assert_eq!(statement(sql).as_deref(), Some(expected), "{sql}");
        }
        assert_eq!(statement("CREATE TRIGGER a ON t"), None);
    }
}
