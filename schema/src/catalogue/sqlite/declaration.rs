//! `CREATE TABLE` as it is written: <https://sqlite.org/lang_createtable.html>.

use super::constraint::{self, Constraint, ForeignKeyDeclaration};
use super::cursor::{Cursor, Unread};
use super::token::{Token, TokenKind};
use crate::{GeneratedStorage, SortOrder, Timing};

/// A table as its SQL declares it. Nothing is looked up yet.
#[derive(Debug, Default)]
pub(super) struct Declaration {
    pub(super) name: String,
    pub(super) columns: Vec<ColumnDeclaration>,
    /// Those of the columns and those of the table.
    pub(super) constraints: Vec<Constraint>,
    pub(super) strict: bool,
    pub(super) without_rowid: bool,
}

#[derive(Debug, Default)]
pub(super) struct ColumnDeclaration {
    pub(super) name: String,
    /// The type as it is written; empty if there is none.
    pub(super) declared_type: String,
    pub(super) not_null: Option<NotNull>,
    /// The default as it is written.
    pub(super) default: Option<String>,
    pub(super) collation: Option<String>,
    pub(super) generated: Option<(String, GeneratedStorage)>,
}

#[derive(Debug)]
pub(super) struct NotNull {
    /// What happens to a row without a value, where it is not the usual.
    pub(super) conflict: Option<String>,
}

/// Reads a statement as `sqlite_master` has it.
pub(super) fn declaration(sql: &str) -> Result<Declaration, Unread> {
    let mut cursor = Cursor::new(sql)?;
    cursor.expect_word("CREATE")?;
    cursor.expect_word("TABLE")?;
    let mut table = Declaration { name: cursor.name()?, ..Declaration::default() };
    cursor.expect_sign("(")?;
    loop {
        if constraint::begins(&cursor) {
            constraint::of_table(&mut cursor, &mut table)?;
            break;
        }
        column(&mut cursor, &mut table)?;
        if !cursor.sign(",") {
            break;
        }
    }
    cursor.expect_sign(")")?;
    options(&mut cursor, &mut table)?;
    Ok(table)
}

fn options(cursor: &mut Cursor<'_>, table: &mut Declaration) -> Result<(), Unread> {
    loop {
        if cursor.words(&["WITHOUT", "ROWID"]) {
            table.without_rowid = true;
        } else if cursor.word("STRICT") {
            table.strict = true;
        }
        if !cursor.sign(",") {
            break;
        }
    }
    while cursor.sign(";") {}
    match cursor.peek() {
        None => Ok(()),
        Some(_) => Err(cursor.unread("the end of the table")),
    }
}

fn column(cursor: &mut Cursor<'_>, table: &mut Declaration) -> Result<(), Unread> {
    let mut column = ColumnDeclaration { name: cursor.name()?, ..ColumnDeclaration::default() };
    column.declared_type = declared_type(cursor)?;
    // A name holds for what follows it, and stays behind where nothing does.
    let mut name = None;
    loop {
        if cursor.word("CONSTRAINT") {
            name = Some(cursor.name()?);
            continue;
        }
        if !attribute(cursor, &mut column, table, &mut name)? {
            break;
        }
        name = None;
    }
    table.columns.push(column);
    Ok(())
}

/// A type: names, and perhaps one or two numbers in parentheses.
fn declared_type(cursor: &mut Cursor<'_>) -> Result<String, Unread> {
    let start = cursor.place();
    while cursor.peek().is_some_and(|token| is_type_word(&token)) {
        // What a column is computed from follows the type, and these two words fit both.
        if cursor.clone().words(&["GENERATED", "ALWAYS"]) {
            return Ok(cursor.since(start).to_owned());
        }
        cursor.next();
    }
    if cursor.place() > start && cursor.peek().is_some_and(|token| token.is_sign("(")) {
        cursor.group()?;
    }
    Ok(cursor.since(start).to_owned())
}

/// A name, and no keyword that can never be one.
fn is_type_word(token: &Token<'_>) -> bool {
    const NEVER: [&str; 11] = [
        "AS",
        "CHECK",
        "COLLATE",
        "CONSTRAINT",
        "DEFAULT",
        "DEFERRABLE",
        "NOT",
        "NULL",
        "PRIMARY",
        "REFERENCES",
        "UNIQUE",
    ];
    match token.kind {
        TokenKind::Quoted | TokenKind::Text => true,
        TokenKind::Word => !NEVER.iter().any(|word| token.is_word(word)),
        TokenKind::Number | TokenKind::Bytes | TokenKind::Sign => false,
    }
}

/// What a column says of itself; false where nothing more follows.
fn attribute(
    cursor: &mut Cursor<'_>,
    column: &mut ColumnDeclaration,
    table: &mut Declaration,
    name: &mut Option<String>,
) -> Result<bool, Unread> {
    if cursor.words(&["NOT", "NULL"]) {
        column.not_null = Some(NotNull { conflict: constraint::conflict(cursor)? });
    } else if cursor.word("NULL") {
        constraint::conflict(cursor)?;
    } else if cursor.word("DEFAULT") {
        column.default = Some(default(cursor)?);
    } else if cursor.word("COLLATE") {
        column.collation = Some(cursor.name()?);
    } else if cursor.words(&["GENERATED", "ALWAYS", "AS"]) || cursor.word("AS") {
        let expression = cursor.group()?.0.to_owned();
        let stored = cursor.word("STORED");
        let storage = if stored { GeneratedStorage::Stored } else { GeneratedStorage::Virtual };
        let _ = stored || cursor.word("VIRTUAL");
        column.generated = Some((expression, storage));
    } else if cursor.words(&["PRIMARY", "KEY"]) {
        let order = constraint::order(cursor);
        let conflict = constraint::conflict(cursor)?;
        let auto_increment = cursor.word("AUTOINCREMENT");
        let part = constraint::Part { order, ..constraint::Part::new(&column.name) };
        table.constraints.push(Constraint::PrimaryKey { parts: vec![part], auto_increment, conflict });
    } else if cursor.word("UNIQUE") {
        let conflict = constraint::conflict(cursor)?;
        let parts = vec![constraint::Part::new(&column.name)];
        table.constraints.push(Constraint::Unique { name: name.take(), parts, conflict });
    } else if cursor.word("CHECK") {
        let condition = cursor.group()?.0.to_owned();
        let column = Some(column.name.clone());
        table.constraints.push(Constraint::Check { name: name.take(), column, condition, conflict: None });
    } else if cursor.word("REFERENCES") {
        let key = constraint::references(cursor, vec![column.name.clone()])?;
        table.constraints.push(Constraint::ForeignKey { name: name.take(), key });
    } else if let Some(timing) = constraint::timing(cursor)? {
        defer(table, timing);
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// When a foreign key is checked is said of the newest one, wherever it stands.
pub(super) fn defer(table: &mut Declaration, timing: Timing) {
    let newest = table.constraints.iter_mut().rev().find_map(|constraint| match constraint {
        Constraint::ForeignKey { key, .. } => Some(key),
        _ => None,
    });
    newest.into_iter().for_each(|key: &mut ForeignKeyDeclaration| key.timing = timing);
}

fn default(cursor: &mut Cursor<'_>) -> Result<String, Unread> {
    let start = cursor.place();
    if cursor.peek().is_some_and(|token| token.is_sign("(")) {
        cursor.group()?;
    } else {
        let _ = cursor.sign("-") || cursor.sign("+");
        cursor.next().ok_or("it ends where a default should stand")?;
    }
    Ok(cursor.since(start).to_owned())
}

impl ColumnDeclaration {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl Declaration {
    /// The name of a column as the column spells it.
    pub(super) fn spelled(&self, name: &str) -> Option<&str> {
        self.columns.iter().find(|column| column.is(name)).map(|column| column.name.as_str())
    }

    /// The parts of its primary key, if it has one.
    pub(super) fn key(&self) -> Option<&[constraint::Part]> {
        self.constraints.iter().find_map(|constraint| match constraint {
            Constraint::PrimaryKey { parts, .. } => Some(parts.as_slice()),
            _ => None,
        })
    }

    /// Whether a column is SQLite's own number of the row: <https://sqlite.org/lang_createtable.html#rowid>.
    pub(super) fn is_row_number(&self, column: &ColumnDeclaration) -> bool {
        let integer = column.declared_type.eq_ignore_ascii_case("INTEGER");
        let alone = |parts: &[constraint::Part]| matches!(parts, [part] if column.is(&part.column) && part.order == SortOrder::Ascending);
        integer && !self.without_rowid && self.key().is_some_and(alone)
    }
}
