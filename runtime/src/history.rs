//! What happened to a database: the table `whimbrel_history`.
//!
//! It is append-only: one immutable event for each completed act, written in the transaction of
//! the act itself. The hash of a migration covers all before it, so the newest event alone tells
//! where a database stands.

use crate::driver::{Cell, Driver, Fault, FaultKind, Row};
use crate::error::{Error, ErrorKind};
use crate::project::Direction;

/// The table of events, as every version of whimbrel with this [`FORMAT`] creates it on SQLite. On
/// PostgreSQL and MariaDB its numbers are `BIGINT`, and its texts `TEXT` and `LONGTEXT` in `utf8mb4_bin`.
///
/// `direction` is `upgrade` or `downgrade`, `method` how: by `steps`, by a `jump`,
/// or without SQL by a `baseline` or a `repair`; `head_after` is the revision then newest and
/// `head_hash_after` its hash, both NULL where nothing is applied any more; times are RFC 3339 in
/// UTC; events are numbered from 1 without gaps.
pub const HISTORY_DDL: &str = "CREATE TABLE whimbrel_history (event INTEGER PRIMARY KEY, \
    revision TEXT NOT NULL, direction TEXT NOT NULL, method TEXT NOT NULL, head_after TEXT, \
    head_hash_after TEXT, started_at TEXT NOT NULL, finished_at TEXT NOT NULL, duration_ms INTEGER NOT NULL, \
    actor TEXT NOT NULL, tool_version TEXT NOT NULL, format INTEGER NOT NULL)";

/// The format of the rows of history and journal.
pub const FORMAT: i64 = 1;

/// One completed act.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Its number, from 1.
    pub number: i64,
    /// The revision applied or rolled back.
    pub revision: String,
    /// Which of the two.
    pub direction: Direction,
    /// By what.
    pub method: Method,
    /// The newest revision applied after it; `None` where there is none.
    pub head_after: Option<String>,
    /// The hash of that revision.
    pub head_hash_after: Option<String>,
    /// When it began, in UTC.
    pub started_at: String,
    /// When it ended, in UTC.
    pub finished_at: String,
    /// How long it took, in milliseconds; after a jump, all of it.
    pub duration_ms: i64,
    /// Who ran it.
    pub actor: String,
    /// The version of whimbrel.
    pub tool_version: String,
}

/// By what a migration was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// By its own steps.
    Steps,
    /// Together with others, on an empty database, by creating what they lead to.
    Jump,
    /// Not at all: the database was found to be what it leads to, before whimbrel knew it.
    Baseline,
    /// Not at all: the database was found to be what it leads to, or not, when its history was repaired.
    Repair,
}

impl Method {
    /// The word used in history and JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Jump => "jump",
            Self::Baseline => "baseline",
            Self::Repair => "repair",
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        [Self::Steps, Self::Jump, Self::Baseline, Self::Repair].into_iter().find(|method| method.key() == key)
    }
}

/// The newest revision applied and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) revision: String,
    pub(crate) hash: String,
}

/// What one look at the newest event shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Newest {
    /// There is no history yet.
    NoTable,
    /// Nothing is applied, or this is.
    Head(Option<Head>),
}

/// Where a database stands, and whether a migration has begun there that is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) newest: Newest,
    pub(crate) underway: bool,
}

/// Creates the table, if it is not there.
pub(crate) fn create(driver: &mut dyn Driver) -> Result<(), Fault> {
    driver.own(&HISTORY_DDL.replacen("TABLE ", "TABLE IF NOT EXISTS main.", 1), &[]).map(drop)
}

/// Where the database stands, by one query.
pub(crate) fn newest(driver: &mut dyn Driver) -> Result<Newest, Error> {
    let sql = "SELECT head_after, head_hash_after, 0 FROM main.whimbrel_history ORDER BY event DESC LIMIT 1";
    first(driver, sql).map(|standing| standing.newest)
}

/// The same, with a look at the journal where a migration can be left in the middle; still one query.
pub(crate) fn standing(driver: &mut dyn Driver) -> Result<Standing, Error> {
    if !driver.journals() {
        return Ok(Standing { newest: newest(driver)?, underway: false });
    }
    let sql = "SELECT events.head_after, events.head_hash_after, \
               CASE WHEN EXISTS (SELECT 1 FROM main.whimbrel_journal AS entries \
               WHERE entries.event = events.event AND entries.outcome <> 'failed') THEN 1 ELSE 0 END \
               FROM main.whimbrel_history AS events ORDER BY events.event DESC LIMIT 1";
    first(driver, sql)
}

fn first(driver: &mut dyn Driver, sql: &str) -> Result<Standing, Error> {
    let standing = |newest, underway| Ok(Standing { newest, underway });
    let Some(rows) = read(driver, sql)? else { return standing(Newest::NoTable, false) };
    let Some(row) = rows.into_iter().next() else { return standing(Newest::Head(None), false) };
    let mut cells = row.into_iter();
    let (revision, hash) = (nullable_text(cells.next())?, nullable_text(cells.next())?);
    let underway = integer(cells.next())? != 0;
    match (revision, hash) {
        (Some(revision), Some(hash)) => standing(Newest::Head(Some(Head { revision, hash })), underway),
        (None, None) => standing(Newest::Head(None), underway),
        _ => Err(unreadable("its newest event has a head without a hash, or a hash without a head")),
    }
}

/// All events, from the first; none if there is no history.
pub(crate) fn events(driver: &mut dyn Driver) -> Result<Vec<Event>, Error> {
    rows(driver)?.unwrap_or_default().into_iter().map(event).collect()
}

/// The rows of the table as they are, from the first; `None` if there is no table.
pub(crate) fn rows(driver: &mut dyn Driver) -> Result<Option<Vec<Row>>, Error> {
    let sql = "SELECT event, revision, direction, method, head_after, head_hash_after, started_at, finished_at, \
               duration_ms, actor, tool_version, format FROM main.whimbrel_history ORDER BY event";
    read(driver, sql)
}

/// Removes every row but the first events. Nothing but a repair does that.
pub(crate) fn remove_but(driver: &mut dyn Driver, kept: i64) -> Result<(), Fault> {
    let sql = "DELETE FROM main.whimbrel_history WHERE event < 1 OR event > ?1";
    driver.own(sql, &[kept.into()]).map(drop)
}

/// Adds an event; its number is given here.
pub(crate) fn append(driver: &mut dyn Driver, event: &Event) -> Result<(), Fault> {
    let Event {
        number: _,
        revision,
        direction,
        method,
        head_after,
        head_hash_after,
        started_at,
        finished_at,
        duration_ms,
        actor,
        tool_version,
    } = event;
    driver
        .own(
            "INSERT INTO main.whimbrel_history (event, revision, direction, method, head_after, \
             head_hash_after, started_at, finished_at, duration_ms, actor, tool_version, format) \
             SELECT COALESCE(MAX(event), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 \
             FROM main.whimbrel_history",
            &[
                Cell::from(revision.as_str()),
                direction.key().into(),
                method.key().into(),
                head_after.as_deref().into(),
                head_hash_after.as_deref().into(),
                started_at.as_str().into(),
                finished_at.as_str().into(),
                (*duration_ms).into(),
                actor.as_str().into(),
                tool_version.as_str().into(),
                FORMAT.into(),
            ],
        )
        .map(drop)
}

/// The revisions applied after all events, from the first, each with the hash it was last seen with.
///
/// # Errors
///
/// [`ErrorKind::BadHistory`] if an event does not follow from the one before it.
pub(crate) fn replay(events: &[Event]) -> Result<Vec<Head>, Error> {
    let mut applied: Vec<Head> = Vec::new();
    for (position, event) in events.iter().enumerate() {
        let tampered = |what: &str| {
            Error::new(
                ErrorKind::BadHistory,
                format!(
                    "event {} of whimbrel_history does not follow from those before it: {what}",
                    event.number
                ),
            )
            .help(MEND)
        };
        if usize::try_from(event.number).ok() != Some(position + 1) {
            return Err(tampered(&format!("event {} is missing", position + 1)));
        }
        match event.direction {
            Direction::Upgrade => {
                if applied.iter().any(|head| head.revision == event.revision) {
                    return Err(tampered(&format!("it applies {} a second time", event.revision)));
                }
                if event.head_after.as_ref() != Some(&event.revision) {
                    return Err(tampered("its head is not the revision that it applied"));
                }
                let hash = event.head_hash_after.clone().ok_or_else(|| tampered("its head has no hash"))?;
                applied.push(Head { revision: event.revision.clone(), hash });
            }
            Direction::Downgrade => {
                if applied.pop().is_none_or(|head| head.revision != event.revision) {
                    return Err(tampered(&format!(
                        "it rolls back {}, which was not the newest revision",
                        event.revision
                    )));
                }
                let head = applied.last();
                if event.head_after.as_ref() != head.map(|head| &head.revision)
                    || event.head_hash_after.as_ref() != head.map(|head| &head.hash)
                {
                    return Err(tampered("its head is not the revision that was left"));
                }
            }
        }
    }
    Ok(applied)
}

/// The rows of a query, or `None` if there is no table.
fn read(driver: &mut dyn Driver, sql: &str) -> Result<Option<Vec<Row>>, Error> {
    match driver.own_rows("whimbrel_history", sql, &[]) {
        Ok(rows) => Ok(rows),
        Err(fault) if fault.kind == FaultKind::MissingColumn => Err(not_ours("it has other columns")),
        Err(fault) => Err(Error::from(fault).context("the history cannot be read")),
    }
}

/// A row as an event.
///
/// # Errors
///
/// [`ErrorKind::BadHistory`] if it is none.
pub(crate) fn event(row: Row) -> Result<Event, Error> {
    let newer = is_of_newer(&row);
    let mut cells = row.into_iter();
    let number = integer(cells.next())?;
    let mut next = || nullable_text(cells.next());
    let (revision, direction, method) = (next()?, next()?, next()?);
    let (head_after, head_hash_after) = (next()?, next()?);
    let (started_at, finished_at) = (next()?, next()?);
    let duration_ms = integer(cells.next())?;
    let mut next = || required(nullable_text(cells.next())?);
    let (actor, tool_version) = (next()?, next()?);
    let format = integer(cells.next())?;
    let direction = Direction::from_key(&required(direction)?);
    let method = Method::from_key(&required(method)?);
    let (Some(direction), Some(method), true) = (direction, method, format <= FORMAT) else {
        if !newer {
            return Err(unreadable(&format!("event {number} has words that whimbrel does not write")));
        }
        return Err(Error::new(
            ErrorKind::BadHistory,
            format!(
                "event {number} of whimbrel_history was written by whimbrel {tool_version}, in a way \
                 that this version, {}, does not read",
                crate::VERSION
            ),
        )
        .help("use a program built with that version of whimbrel or a newer one"));
    };
    Ok(Event {
        number,
        revision: required(revision)?,
        direction,
        method,
        head_after,
        head_hash_after,
        started_at: required(started_at)?,
        finished_at: required(finished_at)?,
        duration_ms,
        actor,
        tool_version,
    })
}

/// Whether a newer whimbrel wrote a row, by its own word.
pub(crate) fn is_of_newer(row: &Row) -> bool {
    let numbers = |version: &str| -> Option<Vec<u64>> {
        version.split('.').map(|number| number.parse().ok()).collect()
    };
    let [.., Cell::Text(version), format] = &row[..] else { return false };
    let format = matches!(format, Cell::Integer(format) if *format > FORMAT);
    format || numbers(version).is_some_and(|version| Some(version) > numbers(crate::VERSION))
}

fn integer(cell: Option<Cell>) -> Result<i64, Error> {
    cell.and_then(Cell::integer).ok_or_else(|| unreadable("it holds a value of another type"))
}

fn required(text: Option<String>) -> Result<String, Error> {
    text.ok_or_else(|| unreadable("it holds a NULL where there is none"))
}

fn nullable_text(cell: Option<Cell>) -> Result<Option<String>, Error> {
    match cell {
        Some(Cell::Null) => Ok(None),
        Some(Cell::Text(text)) => Ok(Some(text)),
        _ => Err(unreadable("it holds a value of another type")),
    }
}

fn not_ours(why: &str) -> Error {
    Error::new(
        ErrorKind::BadHistory,
        format!("the table whimbrel_history is not the one that whimbrel keeps: {why}"),
    )
    .help("if another program has it there, give it another name: migrate repair --set-aside")
}

fn unreadable(why: &str) -> Error {
    Error::new(ErrorKind::BadHistory, format!("whimbrel_history cannot be read: {why}")).help(MEND)
}

/// What is told where the rows of the history are not what whimbrel has written.
pub(crate) const MEND: &str = "write it anew from what the database is: migrate repair --history";

#[cfg(test)]
mod tests {
    use super::*;

    fn event(number: i64, direction: Direction, revision: &str, head: Option<&str>) -> Event {
        Event {
            number,
            revision: revision.to_owned(),
            direction,
            method: Method::Steps,
            head_after: head.map(str::to_owned),
            head_hash_after: head.map(|head| format!("w1:{head}")),
            started_at: String::new(),
            finished_at: String::new(),
            duration_ms: 0,
            actor: String::new(),
            tool_version: String::new(),
        }
    }

    fn up(number: i64, revision: &str) -> Event {
        event(number, Direction::Upgrade, revision, Some(revision))
    }

    fn down(number: i64, revision: &str, head: Option<&str>) -> Event {
        event(number, Direction::Downgrade, revision, head)
    }

    fn applied(events: &[Event]) -> Vec<String> {
        replay(events).unwrap().into_iter().map(|head| head.revision).collect()
    }

    #[test]
    fn replays_to_what_is_applied() {
        assert_eq!(applied(&[]), Vec::<String>::new());
        assert_eq!(applied(&[up(1, "a"), up(2, "b")]), ["a", "b"]);
        assert_eq!(applied(&[up(1, "a"), up(2, "b"), down(3, "b", Some("a")), up(4, "c")]), ["a", "c"]);
        assert_eq!(applied(&[up(1, "a"), down(2, "a", None)]), Vec::<String>::new());
    }

    #[test]
    fn notices_what_does_not_follow() {
        let bad = |events: &[Event]| {
            let error = replay(events).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadHistory);
            error.to_string()
        };
        assert!(bad(&[up(2, "a")]).contains("event 1 is missing"));
        assert!(bad(&[up(1, "a"), up(3, "b")]).contains("event 2 is missing"));
        assert!(bad(&[up(1, "a"), up(2, "a")]).contains("a second time"));
        assert!(bad(&[up(1, "a"), down(2, "b", Some("a"))]).contains("not the newest"));
        assert!(bad(&[up(1, "a"), up(2, "b"), down(3, "b", None)]).contains("was left"));
        assert!(bad(&[event(1, Direction::Upgrade, "a", Some("b"))]).contains("its head"));
    }
}
