//! The laws of migrations, each as a function that says what of a case breaks it.

use rusqlite::Connection;
use whimbrel::engine;
use whimbrel::replay::{Failure, Problem, Replayed, Subject};
use whimbrel_schema::plan::{plan, resolve_renames};
use whimbrel_schema::{Alteration, Operation, Pair, Schema, Snapshot, Sources, Statement, differences};

use super::case::{Case, Way};
use super::catalogue::catalogue;
use super::database::{fresh, lines, run, unsound};

/// What breaks a law, in words.
pub(crate) type Problems = Vec<String>;

/// *arrive*: the migrated database equals a fresh one.
pub(crate) fn arrive(case: &Case) -> Problems {
    let Some(up) = case.up() else { return Vec::new() };
    let mut db = filled(case);
    match up.go(&mut db) {
        Ok(()) => {
            let differs = differ("after the upgrade", &catalogue(&db), &catalogue(&fresh(up.schemas.next)));
            differs.into_iter().chain(unsound(&db)).collect()
        }
        Err(error) => vec![error],
    }
}

/// *rest*: a second diff is empty, and so is the one against the migration's own snapshot, with the hints
/// still in the files, which is what `migrate-new` does after itself.
pub(crate) fn rest(case: &Case) -> Problems {
    let mut problems = Vec::new();
    for way in case.up().into_iter().chain(case.down()) {
        let arrived = match way.arrive() {
            Ok(arrived) => arrived,
            Err(misfit) => return vec![misfit],
        };
        let pair = Pair::new(&arrived, way.schemas.next);
        let left = differences(pair, &Default::default());
        problems.extend((!left.is_empty()).then(|| format!("left to do: {left:?}")));
        let empty = plan(pair, &Default::default()) == Default::default();
        problems.extend((!empty).then(|| "the plan is not empty".to_owned()));
    }
    let folded = snapshot(case.schemas.as_ref()).apply(&case.schemas.previous);
    let (renames, stale) = resolve_renames(Pair::new(&folded, &case.schemas.next), &case.hints);
    let left = differences(Pair::new(&folded, &case.schemas.next), &renames);
    problems.extend((!left.is_empty()).then(|| format!("left to do after the snapshot: {left:?}")));
    problems.extend((!stale.is_empty()).then(|| format!("hints are not inert: {stale:?}")));
    problems
}

/// *keep*: rows survive unless a hazard said they would not, and numbers given out stay given out.
pub(crate) fn keep(case: &Case) -> Problems {
    let Some(up) = case.up() else { return Vec::new() };
    let mut db = filled(case);
    let mut problems = Vec::new();
    for way in [Some(up), case.down()].into_iter().flatten() {
        let rows = engine::rows(&db, way.schemas.previous).unwrap();
        let numbers = engine::numbers(&db).unwrap();
        if let Err(error) = way.go(&mut db) {
            return vec![error];
        }
        let lost = engine::lost(&db, (&rows, &numbers), way.operations, way.schemas).unwrap();
        problems.extend(lost.into_iter().map(|loss| loss.message));
    }
    problems
}

/// *back*: the downgrade returns, and up again arrives.
pub(crate) fn back(case: &Case) -> Problems {
    let (Some(up), Some(down)) = (case.up(), case.down()) else { return Vec::new() };
    let mut db = filled(case);
    let before = catalogue(&db);
    let (mut problems, mut tops) = (Vec::new(), Vec::new());
    for (way, place) in [(&up, "up"), (&down, "down"), (&up, "up again")] {
        if let Err(error) = way.go(&mut db) {
            return vec![format!("{place}: {error}")];
        }
        problems.extend(unsound(&db).map(|unsound| format!("{place}: {unsound}")));
        match place {
            "down" => problems.extend(differ("after the downgrade", &catalogue(&db), &before)),
            _ => tops.push(catalogue(&db)),
        }
    }
    problems.extend(differ("up again", &tops[1], &tops[0]));
    problems
}

/// *return*: what was dropped is there again after the way back, and the archive is empty.
pub(crate) fn returns(case: &Case) -> Problems {
    let (Some(up), Some(down)) = (case.up(), case.down()) else { return Vec::new() };
    if up.hazards().iter().any(|hazard| !hazard.keeping.is_whole()) || is_converted(&up, &down) {
        return Vec::new();
    }
    let mut db = filled(case);
    let rows = |db: &Connection| {
        let mut lines = engine::rows(db, up.schemas.previous).unwrap().lines();
        lines.sort();
        lines.join("\n")
    };
    let before = rows(&db);
    if let Err(error) = up.go(&mut db).and_then(|()| down.go(&mut db)) {
        return vec![error];
    }
    let rows = differ("rows after there and back", &rows(&db), &before);
    let left = differ("what is left in the archive", &archive(&db), "");
    rows.into_iter().chain(left).collect()
}

/// Whether values are not to come back from the archive: it has none where rows have no key, and where the
/// author says how values are converted back it is not asked.
fn is_converted(up: &Way<'_>, down: &Way<'_>) -> bool {
    let count = |way: &Way<'_>, so: fn(&Alteration) -> bool| {
        let alterations = way.operations.iter().flat_map(|operation| match operation {
            Operation::AlterTable { alterations, .. } => &alterations[..],
            _ => &[],
        });
        alterations.filter(|alteration| so(alteration)).count()
    };
    let replaced = count(up, |alteration| match alteration {
        Alteration::AlterColumn { using, backfill, .. } => using.is_some() || backfill.is_some(),
        _ => false,
    });
    let restored =
        count(down, |alteration| matches!(alteration, Alteration::AlterColumn { restore: true, .. }));
    let converted = count(down, |alteration| {
        matches!(alteration, Alteration::AlterColumn { using: Some(_), restore: false, .. })
    });
    replaced > restored || converted > 0
}

/// *replay*: it holds on rows that are made for it.
pub(crate) fn replay(case: &Case) -> Problems {
    replayed(case).err().into_iter().collect()
}

/// The replay of a case, if there is a way up.
pub(crate) fn replayed(case: &Case) -> Result<Option<Replayed>, String> {
    let Some(up) = case.up() else { return Ok(None) };
    let down = case.down();
    let subject = Subject {
        schemas: up.schemas,
        upgrade: up.operations,
        downgrade: down.as_ref().map(|down| down.operations),
    };
    whimbrel::replay::replay(&subject).map(Some).map_err(|problem| words(&problem))
}

/// What is wrong, for a reader.
pub(crate) fn words(problem: &Problem) -> String {
    match problem {
        Problem::Rejected(defects) => format!("{defects:?}"),
        Problem::Failed(Failure { direction, step, message, after, details, .. }) => {
            format!("{direction} {step:?} {after}: {message}\n    {}", details.join("\n    "))
        }
        Problem::Broken(error) => error.to_string(),
    }
}

/// A table is rebuilt once, whatever changes in it.
pub(crate) fn once(case: &Case) -> Problems {
    let mut problems = Vec::new();
    for way in case.up().into_iter().chain(case.down()) {
        let rebuilt: Vec<String> = way.statements().iter().filter_map(rebuilt).collect();
        let twice = rebuilt.iter().find(|table| rebuilt.iter().filter(|other| other == table).count() > 1);
        problems.extend(twice.map(|table| format!("{table} is rebuilt twice")));
    }
    problems
}

/// A database of the previous schema with the rows of the case.
pub(crate) fn filled(case: &Case) -> Connection {
    let db = fresh(&case.schemas.previous);
    run(&db, &case.rows);
    assert_eq!(unsound(&db), None, "{}", case.name);
    db
}

/// The table that a statement rebuilds.
pub(crate) fn rebuilt(statement: &Statement) -> Option<String> {
    match statement {
        Statement::Rebuild(rebuild) => Some(rebuild.table.to_string()),
        Statement::Sql(_)
        | Statement::DropTable(_)
        | Statement::Keep(_)
        | Statement::Restore(_)
        | Statement::Apart(_)
        | Statement::AddValue(_)
        | Statement::OnlineIndex(_)
        | Statement::Unchecked(_)
        | Statement::Verify(_) => None,
    }
}

/// The snapshot of the migration, written and read again.
fn snapshot(schemas: Pair<&Schema>) -> Snapshot {
    let mut snapshot = Snapshot::new("0001_case");
    (snapshot.changed, snapshot.dropped) = Snapshot::between(schemas);
    let mut sources = Sources::default();
    let id = sources.add("snapshot.toml", snapshot.to_string());
    let parsed = Snapshot::parse(&sources, id);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.snapshot.unwrap()
}

/// What the archive lists.
fn archive(db: &Connection) -> String {
    let exists = lines(db, "SELECT name FROM sqlite_master WHERE name = 'whimbrel_archive'");
    if exists.is_empty() {
        return String::new();
    }
    lines(db, "SELECT kind, table_name, column_name FROM whimbrel_archive WHERE direction = 'upgrade'")
        .join("\n")
}

pub(crate) fn differ(place: &str, found: &str, wanted: &str) -> Option<String> {
    if found == wanted {
        return None;
    }
    let only = |one: &str, other: &str, sign| {
        let lines = one.lines().filter(|line| !other.lines().any(|other| other == *line));
        lines.map(|line| format!("\n  {sign} {line}")).collect::<String>()
    };
    Some(format!("{place}:{}{}", only(found, wanted, '+'), only(wanted, found, '-')))
}
