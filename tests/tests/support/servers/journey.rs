//! A case on a server, beside the same on SQLite.

use std::fmt;

use whimbrel::Direction;
use whimbrel_schema::{Operation, Pair, Schema};

use super::{Rows, Session, Speaks, catalogue, insert};
use crate::support::case::Case;
use crate::support::database::{fresh, run};

/// What came in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The server does not take a schema.
    Schema(String),
    /// The server does not take the rows.
    Rows(String),
    /// A direction of the migration fails.
    Migration(String),
    /// It leaves something else than a fresh database or SQLite has.
    Difference(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(error) => write!(formatter, "the schema is not taken: {error}"),
            Self::Rows(error) => write!(formatter, "the rows are not taken: {error}"),
            Self::Migration(error) | Self::Difference(error) => formatter.write_str(error),
        }
    }
}

/// Up, down and up again leave the catalogue that a fresh database has, and the rows that SQLite has.
///
/// `form` gives the operations the form in which they are run.
pub(crate) fn there_and_back<S: Speaks>(
    case: &Case,
    form: fn(&[Operation]) -> Vec<Operation>,
) -> Result<(), Trouble> {
    let (Some(mut session), Some(up)) = (Session::<S>::open(), case.up()) else { return Ok(()) };
    let mut db = fresh(&case.schemas.previous);
    run(&db, &case.rows);
    let mut rows = Ok(());
    session
        .create(&case.schemas.previous, |session| {
            rows = insert(session, &db, &case.schemas.previous);
            Ok(())
        })
        .map_err(Trouble::Schema)?;
    rows.map_err(Trouble::Rows)?;
    same_rows(&mut session, &db, up.schemas.previous, "before")?;
    let previous = fresh_catalogue::<S>(&case.schemas.previous)?;
    let next = fresh_catalogue::<S>(&case.schemas.next)?;
    let again = case.up().filter(|_| case.down().is_some());
    let ways = [("up", Some(up)), ("down", case.down()), ("up again", again)];
    for (place, way) in ways.into_iter().filter_map(|(place, way)| Some((place, way?))) {
        let failed = |error| Trouble::Migration(format!("{place}: {error}"));
        way.go(&mut db).map_err(|error| failed(format!("SQLite: {error}")))?;
        session.migrate(&form(way.operations), way.schemas, way.direction).map_err(failed)?;
        let wanted = if way.direction == Direction::Downgrade { &previous } else { &next };
        let found = catalogue::<S>(&mut session.client);
        differ(Pair::new(lines(&found), lines(wanted)), place)?;
        same_rows(&mut session, &db, way.schemas.next, place)?;
    }
    Ok(())
}

/// The catalogue of a database in which a schema was created at once.
fn fresh_catalogue<S: Speaks>(schema: &Schema) -> Result<String, Trouble> {
    let mut session = Session::<S>::open().unwrap();
    session.create(schema, |_| Ok(())).map_err(Trouble::Schema)?;
    Ok(catalogue::<S>(&mut session.client))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn same_rows<S: Speaks>(
    session: &mut Session<S>,
    db: &rusqlite::Connection,
    schema: &Schema,
    place: &str,
) -> Result<(), Trouble> {
    let (Rows(found), Rows(wanted)) =
        (Rows::of_server::<S>(&mut session.client, schema), Rows::of_sqlite(db, schema));
    differ(Pair::new(found, wanted), place)
}

/// The lines that are only on one side: what was found, and what was wanted.
fn differ(lines: Pair<Vec<String>>, place: &str) -> Result<(), Trouble> {
    let Pair { previous: found, next: wanted } = lines;
    if found == wanted {
        return Ok(());
    }
    let only = |one: &[String], other: &[String], sign: &str| {
        let lines = one.iter().filter(|line| !other.contains(line));
        lines.map(|line| format!("\n  {sign} {line}")).collect::<String>()
    };
    let differences = format!("{place}:{}{}", only(&found, &wanted, "+"), only(&wanted, &found, "-"));
    Err(Trouble::Difference(differences))
}
