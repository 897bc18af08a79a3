//! What migrations destroyed, kept: the table `whimbrel_archive` and the tables it lists.
//!
//! Each entry has a table of its own, `whimbrel_archive_N`, with plain copies of rows: no constraint,
//! no trigger, no index. Nothing that happens to the database later reaches them, until a rollback
//! takes them back or someone purges them.

use std::ops::ControlFlow;
use std::time::SystemTime;

use whimbrel_schema::{Keep, Kept, Restore};

use crate::clock::timestamp;
use crate::driver::{Cell, Driver, Fault, FaultKind, Row};
use crate::error::{Error, ErrorKind};
use crate::history::FORMAT;
use crate::project::Direction;

/// The table of entries, as every version of whimbrel with format 1 creates it.
///
/// `direction` is what destroyed the rows: `upgrade` or `downgrade`; `kind` is `table` (all rows of a
/// dropped table), `rows` (those that a typed statement deleted), `column` (the values of a dropped column
/// with the keys of their rows) or `values` (the values that an alteration replaced, with what replaced
/// them); `table_name` is what the table was called before `revision` began, and `column_name` is NULL for
/// a table. The rows of entry N are in the table `whimbrel_archive_N`.
pub const ARCHIVE_DDL: &str = "CREATE TABLE whimbrel_archive (entry INTEGER PRIMARY KEY, \
    revision TEXT NOT NULL, direction TEXT NOT NULL, kind TEXT NOT NULL, table_name TEXT NOT NULL, \
    column_name TEXT, row_count INTEGER NOT NULL, archived_at TEXT NOT NULL, actor TEXT NOT NULL, \
    tool_version TEXT NOT NULL, format INTEGER NOT NULL)";

/// Something that the archive keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Archived {
    /// The number of the entry.
    pub entry: i64,
    /// The revision that destroyed it.
    pub revision: String,
    /// Whether by its `upgrade` or its `downgrade`.
    pub direction: String,
    /// `table`, `rows`, `column` or `values`.
    pub kind: String,
    /// The table, or the column as `table.column`.
    pub object: String,
    /// How many rows are kept.
    pub rows: i64,
    /// When, in UTC.
    pub archived_at: String,
    /// Who ran it.
    pub actor: String,
}

/// The rows of an entry, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchivedRows {
    /// The entry.
    pub entry: Archived,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows; `None` is NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

/// The migration on whose behalf something is kept or put back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Act<'a> {
    pub(crate) revision: &'a str,
    pub(crate) direction: Direction,
    pub(crate) actor: &'a str,
    /// Whether anything is kept; what was kept before is put back in any case.
    pub(crate) archive: bool,
}

/// Copies what is about to be destroyed, and counts the SQL texts. Where there are no rows there is
/// nothing to keep.
pub(crate) fn keep(driver: &mut dyn Driver, keep: &Keep, act: &Act<'_>) -> Result<usize, Fault> {
    match make_room(driver, keep, act)? {
        Some(entry) => fill(driver, keep, act, entry),
        None => Ok(0),
    }
}

/// Finds the number of the next entry, and where tables are not created inside of transactions creates its
/// table, without rows. What an interrupted attempt has left under that number is nobody's, because no
/// entry tells of it.
pub(crate) fn make_room(driver: &mut dyn Driver, keep: &Keep, act: &Act<'_>) -> Result<Option<i64>, Fault> {
    let some = format!("SELECT CASE WHEN EXISTS (SELECT 1 FROM ({}) AS kept) THEN 1 ELSE 0 END", keep.select);
    if !act.archive || count(driver, &some)? == 0 {
        return Ok(None);
    }
    driver.own(&ARCHIVE_DDL.replacen("TABLE ", "TABLE IF NOT EXISTS main.", 1), &[])?;
    let next = driver.own("SELECT COALESCE(MAX(entry), 0) + 1 FROM main.whimbrel_archive", &[])?;
    let entry = number(next)?;
    if !driver.capabilities().transactional_ddl {
        let holder = holder(driver, entry);
        driver.execute(&format!("DROP TABLE IF EXISTS {holder}"), &[])?;
        driver.execute(&format!("CREATE TABLE {holder} AS {} LIMIT 0", keep.select), &[])?;
    }
    Ok(Some(entry))
}

/// Copies the rows, and writes the entry.
pub(crate) fn fill(driver: &mut dyn Driver, keep: &Keep, act: &Act<'_>, entry: i64) -> Result<usize, Fault> {
    let holder = holder(driver, entry);
    let copy = match driver.capabilities().transactional_ddl {
        true => format!("CREATE TABLE {holder} AS {}", keep.select),
        false => format!("INSERT INTO {holder} {}", keep.select),
    };
    driver.execute(&copy, &[])?;
    let rows = count(driver, &format!("SELECT COUNT(*) FROM {holder}"))?;
    let Kept { kind, table, column } = &keep.kept;
    driver.own(
        "INSERT INTO main.whimbrel_archive (entry, revision, direction, kind, table_name, column_name, \
         row_count, archived_at, actor, tool_version, format) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        &[
            entry.into(),
            act.revision.into(),
            act.direction.key().into(),
            kind.key().into(),
            table.as_str().into(),
            column.as_ref().map(|column| column.as_str()).into(),
            rows.into(),
            timestamp(SystemTime::now()).as_str().into(),
            act.actor.into(),
            crate::VERSION.into(),
            FORMAT.into(),
        ],
    )?;
    Ok(3)
}

/// What putting back has done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Restored {
    /// How many SQL texts it took.
    pub(crate) statements: usize,
    /// The SQL that removes what is no longer of use, where that would end the transaction: it is to run
    /// after it.
    pub(crate) leftover: Option<String>,
}

/// Puts back what the other direction of the same migration kept, if it kept anything, and with the last
/// statement about it takes it out of the archive.
pub(crate) fn restore(driver: &mut dyn Driver, restore: &Restore, act: &Act<'_>) -> Result<Restored, Fault> {
    let Some(entry) = find(driver, &restore.kept, act)? else { return Ok(Restored::default()) };
    let holder = holder(driver, entry);
    driver.execute(&restore.text(&holder), &[])?;
    if !restore.last {
        return Ok(Restored { statements: 1, leftover: None });
    }
    let drop = format!("DROP TABLE IF EXISTS {holder}");
    let transactional = driver.capabilities().transactional_ddl;
    if transactional {
        driver.execute(&drop, &[])?;
    }
    driver.own("DELETE FROM main.whimbrel_archive WHERE entry = ?1", &[entry.into()])?;
    Ok(Restored { statements: 3, leftover: (!transactional).then_some(drop) })
}

/// The newest entry of the thing.
fn find(driver: &mut dyn Driver, kept: &Kept, act: &Act<'_>) -> Result<Option<i64>, Fault> {
    let made_by = match act.direction {
        Direction::Upgrade => Direction::Downgrade,
        Direction::Downgrade => Direction::Upgrade,
    };
    let sql = "SELECT entry, table_name, column_name FROM main.whimbrel_archive \
               WHERE revision = ?1 AND direction = ?2 AND kind = ?3 ORDER BY entry DESC";
    let parameters = [Cell::from(act.revision), made_by.key().into(), kept.kind.key().into()];
    let rows = driver.own_rows("whimbrel_archive", sql, &parameters)?.unwrap_or_default();
    let read = |row: Row| {
        let mut cells = row.into_iter();
        let (entry, table, column) = (cells.next()?.integer()?, cells.next()?.text()?, cells.next()?.text());
        let wanted = kept.column.as_ref().map(|column| column.as_str());
        (column.as_deref() == wanted).then_some((entry, table))
    };
    let mut entries = rows.into_iter().filter_map(read);
    Ok(entries.find(|(_, table)| table == kept.table.as_str()).map(|(entry, _)| entry))
}

/// All entries, from the first; none if nothing was ever kept.
pub(crate) fn list(driver: &mut dyn Driver) -> Result<Vec<Archived>, Error> {
    let sql = "SELECT entry, revision, direction, kind, table_name, column_name, row_count, archived_at, actor \
               FROM main.whimbrel_archive ORDER BY entry";
    let rows = driver.own_rows("whimbrel_archive", sql, &[]);
    let rows =
        rows.map_err(|fault| Error::from(fault).context("the archive cannot be read"))?.unwrap_or_default();
    let read = |row: Row| {
        let mut cells = row.into_iter();
        let entry = cells.next()?.integer()?;
        let mut text = || cells.next()?.text();
        let (revision, direction, kind, table) = (text()?, text()?, text()?, text()?);
        let object = text().map_or_else(|| table.clone(), |column| format!("{table}.{column}"));
        let rows = cells.next()?.integer()?;
        Some(Archived {
            entry,
            revision,
            direction,
            kind,
            object,
            rows,
            archived_at: cells.next()?.text()?,
            actor: cells.next()?.text()?,
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The rows of one entry, at most `limit`.
pub(crate) fn show(driver: &mut dyn Driver, entry: i64, limit: usize) -> Result<ArchivedRows, Error> {
    let archived = entry_of(&list(driver)?, entry)?;
    let failed = |fault: Fault| Error::from(fault).context(format!("entry {entry} cannot be read"));
    let sql = format!("SELECT * FROM {} LIMIT {limit}", holder(driver, entry));
    let (mut columns, mut rows) = (Vec::new(), Vec::new());
    // There is no entry without rows.
    let mut visit = |names: &[String], row: Row| {
        if columns.is_empty() {
            columns = names.to_vec();
        }
        rows.push(row.into_iter().map(Cell::shown).collect());
        ControlFlow::Continue(())
    };
    driver.run_written(&sql, &[], &mut visit).map_err(failed)?;
    Ok(ArchivedRows { entry: archived, columns, rows })
}

/// Destroys an entry for good.
pub(crate) fn purge(driver: &mut dyn Driver, entry: i64) -> Result<Archived, Error> {
    let archived = entry_of(&list(driver)?, entry)?;
    remove(driver, entry)
        .map_err(|fault| Error::from(fault).context(format!("entry {entry} cannot be purged")))?;
    Ok(archived)
}

fn remove(driver: &mut dyn Driver, entry: i64) -> Result<(), Fault> {
    let holder = holder(driver, entry);
    driver.execute(&format!("DROP TABLE IF EXISTS {holder}"), &[])?;
    driver.own("DELETE FROM main.whimbrel_archive WHERE entry = ?1", &[entry.into()]).map(drop)
}

/// The entry with a number.
pub(crate) fn entry_of(entries: &[Archived], number: i64) -> Result<Archived, Error> {
    let found = entries.iter().find(|archived| archived.entry == number).cloned();
    found.ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("the archive has no entry {number}"))
            .help("migrate archive list shows all")
    })
}

/// The table with the rows of an entry, as SQL names it.
fn holder(driver: &dyn Driver, entry: i64) -> String {
    driver.spelling().spell(&format!("main.whimbrel_archive_{entry}")).into_owned()
}

fn count(driver: &mut dyn Driver, sql: &str) -> Result<i64, Fault> {
    number(driver.execute(sql, &[])?)
}

fn number(rows: Vec<Row>) -> Result<i64, Fault> {
    let number = rows.into_iter().flatten().next().and_then(Cell::integer);
    number.ok_or_else(|| Fault::new(FaultKind::Other, "the archive cannot count its rows"))
}
