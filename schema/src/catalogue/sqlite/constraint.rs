//! Constraints as they are written.

use super::cursor::{Cursor, Unread, parts};
use super::declaration::{Declaration, defer};
use super::token::Token;
use crate::{ReferentialAction, SortOrder, Timing};

#[derive(Debug)]
pub(super) enum Constraint {
    PrimaryKey {
        parts: Vec<Part>,
        auto_increment: bool,
        conflict: Option<String>,
    },
    Unique {
        name: Option<String>,
        parts: Vec<Part>,
        conflict: Option<String>,
    },
    Check {
        name: Option<String>,
        /// The column that it stands with.
        column: Option<String>,
        condition: String,
        conflict: Option<String>,
    },
    ForeignKey {
        name: Option<String>,
        key: ForeignKeyDeclaration,
    },
}

/// A column in a key.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) column: String,
    pub(super) collation: Option<String>,
    pub(super) order: SortOrder,
}

#[derive(Debug)]
pub(super) struct ForeignKeyDeclaration {
    pub(super) columns: Vec<String>,
    pub(super) table: String,
    /// Without them, the parent's primary key is meant.
    pub(super) references: Option<Vec<String>>,
    pub(super) on_delete: ReferentialAction,
    pub(super) on_update: ReferentialAction,
    pub(super) timing: Timing,
    /// What stands behind MATCH, which SQLite reads and ignores.
    pub(super) matching: Option<String>,
}

impl Part {
    pub(super) fn new(column: &str) -> Self {
        Self { column: column.to_owned(), collation: None, order: SortOrder::Ascending }
    }
}

/// Whether a constraint of the table comes next, and no column.
pub(super) fn begins(cursor: &Cursor<'_>) -> bool {
    const FIRST: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
    cursor.peek().is_some_and(|token| FIRST.iter().any(|word| token.is_word(word)))
}

/// The constraints of the table, between which a comma may stand or not.
pub(super) fn of_table(cursor: &mut Cursor<'_>, table: &mut Declaration) -> Result<(), Unread> {
    let mut name = None;
    loop {
        if cursor.sign(",") {
            name = None;
        } else if cursor.word("CONSTRAINT") {
            name = Some(cursor.name()?);
        } else if begins(cursor) {
            let constraint = constraint(cursor, &mut name)?;
            table.constraints.push(constraint);
            if let Some(timing) = timing(cursor)? {
                defer(table, timing);
            }
        } else {
            return Ok(());
        }
    }
}

fn constraint(cursor: &mut Cursor<'_>, name: &mut Option<String>) -> Result<Constraint, Unread> {
    if cursor.words(&["PRIMARY", "KEY"]) {
        let (parts, auto_increment) = key(cursor)?;
        *name = None;
        Ok(Constraint::PrimaryKey { parts, auto_increment, conflict: conflict(cursor)? })
    } else if cursor.word("UNIQUE") {
        let (parts, _) = key(cursor)?;
        Ok(Constraint::Unique { name: name.take(), parts, conflict: conflict(cursor)? })
    } else if cursor.word("CHECK") {
        let condition = cursor.group()?.0.to_owned();
        let conflict = conflict(cursor)?;
        Ok(Constraint::Check { name: name.take(), column: None, condition, conflict })
    } else {
        cursor.expect_word("FOREIGN")?;
        cursor.expect_word("KEY")?;
        let columns = names(cursor)?;
        cursor.expect_word("REFERENCES")?;
        Ok(Constraint::ForeignKey { name: name.take(), key: references(cursor, columns)? })
    }
}

/// The columns of a key, and whether AUTOINCREMENT stands behind them.
fn key(cursor: &mut Cursor<'_>) -> Result<(Vec<Part>, bool), Unread> {
    let (_, tokens) = cursor.group()?;
    let (tokens, auto_increment) = match tokens {
        [rest @ .., last] if !rest.is_empty() && last.is_word("AUTOINCREMENT") => (rest, true),
        _ => (tokens, false),
    };
    let parts: Result<Vec<Part>, Unread> = parts(tokens).into_iter().map(part).collect();
    Ok((parts?, auto_increment))
}

fn part(tokens: &[Token<'_>]) -> Result<Part, Unread> {
    let (tokens, order) = ordered(tokens);
    match tokens {
        [column] => Ok(Part { order, ..Part::new(&column.unquoted()) }),
        [column, word, name] if word.is_word("COLLATE") => {
            Ok(Part { order, collation: Some(name.unquoted()), ..Part::new(&column.unquoted()) })
        }
        _ => Err("a key is over something that is no column".to_owned()),
    }
}

/// What comes before ASC or DESC, and the order.
pub(super) fn ordered<'t, 'a>(tokens: &'t [Token<'a>]) -> (&'t [Token<'a>], SortOrder) {
    match tokens {
        [rest @ .., last] if !rest.is_empty() && last.is_word("DESC") => (rest, SortOrder::Descending),
        [rest @ .., last] if !rest.is_empty() && last.is_word("ASC") => (rest, SortOrder::Ascending),
        _ => (tokens, SortOrder::Ascending),
    }
}

pub(super) fn order(cursor: &mut Cursor<'_>) -> SortOrder {
    if cursor.word("DESC") {
        return SortOrder::Descending;
    }
    cursor.word("ASC");
    SortOrder::Ascending
}

/// What stands behind ON CONFLICT, unless it is what SQLite does anyway.
pub(super) fn conflict(cursor: &mut Cursor<'_>) -> Result<Option<String>, Unread> {
    if !cursor.words(&["ON", "CONFLICT"]) {
        return Ok(None);
    }
    let resolution = cursor.name()?.to_ascii_uppercase();
    Ok((resolution != "ABORT").then_some(resolution))
}

/// What follows REFERENCES.
pub(super) fn references(
    cursor: &mut Cursor<'_>,
    columns: Vec<String>,
) -> Result<ForeignKeyDeclaration, Unread> {
    let table = cursor.name()?;
    let listed = cursor.peek().is_some_and(|token| token.is_sign("("));
    let mut key = ForeignKeyDeclaration {
        columns,
        table,
        references: if listed { Some(names(cursor)?) } else { None },
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        timing: Timing::Immediate,
        matching: None,
    };
    loop {
        if cursor.word("MATCH") {
            key.matching = Some(cursor.name()?);
        } else if cursor.words(&["ON", "DELETE"]) {
            key.on_delete = action(cursor)?;
        } else if cursor.words(&["ON", "UPDATE"]) {
            key.on_update = action(cursor)?;
        } else if cursor.words(&["ON", "INSERT"]) {
            // Read and ignored.
            action(cursor)?;
        } else {
            return Ok(key);
        }
    }
}

fn action(cursor: &mut Cursor<'_>) -> Result<ReferentialAction, Unread> {
    let spelled = |action: &ReferentialAction| action.sql().split(' ').collect::<Vec<_>>();
    let found = ReferentialAction::ALL.into_iter().find(|action| cursor.words(&spelled(action)));
    found.ok_or_else(|| cursor.unread("what a foreign key does"))
}

/// When a foreign key is checked, if that is what comes next.
pub(super) fn timing(cursor: &mut Cursor<'_>) -> Result<Option<Timing>, Unread> {
    let never = cursor.words(&["NOT", "DEFERRABLE"]);
    if !never && !cursor.word("DEFERRABLE") {
        return Ok(None);
    }
    let deferred = cursor.words(&["INITIALLY", "DEFERRED"]);
    let _ = deferred || cursor.words(&["INITIALLY", "IMMEDIATE"]);
    Ok(Some(match (never, deferred) {
        (true, _) => Timing::Immediate,
        (false, true) => Timing::Deferred,
        (false, false) => Timing::Deferrable,
    }))
}

fn names(cursor: &mut Cursor<'_>) -> Result<Vec<String>, Unread> {
    cursor.expect_sign("(")?;
    let mut names = vec![cursor.name()?];
    while cursor.sign(",") {
        names.push(cursor.name()?);
    }
    cursor.expect_sign(")")?;
    Ok(names)
}
