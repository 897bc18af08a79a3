//! Whether the laws hold for a case.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use whimbrel::engine;
use whimbrel_schema::{Dialect, Operation, Pair, render};

use crate::support::case::{Case, Way, read};
use crate::support::catalogue::catalogue;
use crate::support::database::{fresh, unsound};
use crate::support::files::said_otherwise;
use crate::support::laws::{self, Problems, filled};
use crate::support::servers::{Speaks, Trouble, there_and_back};

/// What was found out about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is none.
    NoCase(String),
    /// Every law holds. Whether its rows came along, or had to stay because the next schema refuses them.
    Holds { with_rows: bool, back: bool },
    /// A law is broken.
    Broken { law: &'static str, problems: Problems },
}

type Law = (&'static str, fn(&Case) -> Problems);

const LAWS: [Law; 9] = [
    ("write", written),
    ("render", every_dialect),
    ("arrive", laws::arrive),
    ("rest", laws::rest),
    ("keep", laws::keep),
    ("back", laws::back),
    ("return", laws::returns),
    ("stay", stay),
    ("replay", laws::replay),
];

/// Judges the text of a case.
pub(crate) fn judge(text: &str) -> Verdict {
    let mut case = match read("pair", text) {
        Ok(case) => case,
        Err(wrong) => return Verdict::NoCase(wrong),
    };
    for schema in [&case.schemas.previous, &case.schemas.next] {
        if let Err(panic) = caught(|| drop(fresh(schema))) {
            return Verdict::Broken { law: "create", problems: vec![panic] };
        }
    }
    let db = fresh(&case.schemas.previous);
    if let Err(error) = db.execute_batch(&case.rows) {
        return Verdict::NoCase(error.to_string());
    }
    let problems = stay(&case);
    if !problems.is_empty() {
        return Verdict::Broken { law: "stay", problems };
    }
    let with_rows = case.rows.trim().is_empty() || !is_refused(&case);
    if !with_rows {
        case.rows.clear();
    }
    for (law, holds) in LAWS {
        let problems = caught(|| holds(&case)).unwrap_or_else(|panic| vec![panic]);
        if problems.is_empty() {
            continue;
        }
        return match rejected(&case) {
            // Of a view of nothing there is nothing to say.
            Some(defect) if law == "replay" => Verdict::NoCase(defect),
            _ => Verdict::Broken { law, problems },
        };
    }
    Verdict::Holds { with_rows: with_rows && !case.rows.trim().is_empty(), back: case.down().is_some() }
}

/// Judges the text of a case by what it comes to on a server, and on SQLite beside it.
pub(crate) fn judge_on<S: Speaks>(text: &str) -> Verdict {
    let mut case = match read("pair", text) {
        Ok(case) if case.holds_on(S::DIALECT) => case,
        Ok(_) => return Verdict::NoCase(format!("a schema does not hold on {}", S::NAME)),
        Err(wrong) => return Verdict::NoCase(wrong),
    };
    let filled = caught(|| {
        drop(fresh(&case.schemas.next));
        fresh(&case.schemas.previous).execute_batch(&case.rows).map_err(|error| error.to_string())
    });
    if let Err(wrong) | Ok(Err(wrong)) = filled {
        return Verdict::NoCase(wrong);
    }
    let with_rows = !case.rows.trim().is_empty() && !is_refused(&case);
    if !with_rows {
        case.rows.clear();
    }
    loop {
        let gone = caught(|| there_and_back::<S>(&case, <[Operation]>::to_vec));
        let trouble = match gone {
            Ok(Ok(())) => {
                let with_rows = !case.rows.trim().is_empty();
                return Verdict::Holds { with_rows, back: case.down().is_some() };
            }
            Ok(Err(trouble)) => trouble,
            Err(panic) => return Verdict::Broken { law: "panic", problems: vec![panic] },
        };
        let law = match &trouble {
            Trouble::Schema(_) => "schema",
            // SQLite takes rows that the server does not take, before or afterwards.
            Trouble::Rows(_) if !case.rows.is_empty() => {
                case.rows.clear();
                continue;
            }
            Trouble::Migration(error) if !case.rows.is_empty() && is_about_rows(error) => {
                case.rows.clear();
                continue;
            }
            Trouble::Rows(_) | Trouble::Migration(_) => "migrate",
            Trouble::Difference(_) => "equal",
        };
        return Verdict::Broken { law, problems: vec![trouble.to_string()] };
    }
}

/// Why SQLite does not take one of the schemas, if that is known only when it is used.
fn rejected(case: &Case) -> Option<String> {
    let schemas = [&case.schemas.previous, &case.schemas.next];
    let mut defects = schemas.into_iter().flat_map(|schema| whimbrel::replay::defects(schema).unwrap());
    defects.next().map(|defect| defect.message)
}

/// Files that are written of a schema are read as that schema.
fn written(case: &Case) -> Problems {
    let Pair { previous, next } = &case.schemas;
    [previous, next].into_iter().filter_map(|schema| said_otherwise(schema, &[Dialect::Sqlite])).collect()
}

/// The value, or what it panicked with, of which nothing is printed. Other tests go on beside it.
fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    static INSTALLED: Once = Once::new();
    thread_local!(static QUIET: Cell<bool> = const { Cell::new(false) });
    INSTALLED.call_once(|| {
        let hook = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                hook(panic);
            }
        }));
    });
    QUIET.set(true);
    let value = catch_unwind(AssertUnwindSafe(run));
    QUIET.set(false);
    value.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "panicked".to_owned())
    })
}

/// Whether a migration fails because rows do not fit a constraint, and for a reason that is in the schemas.
fn is_refused(case: &Case) -> bool {
    let mut db = filled(case);
    for way in [case.up(), case.down(), case.up()].into_iter().flatten() {
        if let Err(error) = way.go(&mut db) {
            return is_about_rows(&error) && may_refuse(&way);
        }
    }
    false
}

fn is_about_rows(error: &str) -> bool {
    const WORDS: [&str; 17] = [
        "constraint failed",
        "cannot store",
        "datatype mismatch",
        "foreign key",
        "FOREIGN KEY",
        "out of range",
        "Out of range",
        // PostgreSQL:
        "too long for type",
        "violates",
        "contains null values",
        "duplicate key value",
        "could not create unique index",
        "is violated by some row",
        // MariaDB:
        "Duplicate entry",
        "cannot be null",
        "Data truncated",
        "CONSTRAINT",
    ];
    WORDS.iter().any(|words| error.contains(words))
}

/// Whether rows that fit the one schema may not fit the other.
fn may_refuse(way: &Way<'_>) -> bool {
    way.operations.iter().any(|operation| {
        let text = operation.to_string();
        [
            "add unique",
            "add primary key",
            "add foreign key",
            "add check",
            "alter column",
            "create index",
            "alter enum",
            "set options",
            "restore",
            "add column",
        ]
        .iter()
        .any(|words| text.contains(words))
    })
}

/// A migration that fails leaves everything as it was.
fn stay(case: &Case) -> Problems {
    let Some(up) = case.up() else { return Vec::new() };
    let mut db = filled(case);
    let (before, rows) = (catalogue(&db), engine::rows(&db, up.schemas.previous).unwrap().lines());
    match up.go(&mut db) {
        Ok(()) => Vec::new(),
        Err(error) if !is_about_rows(&error) => vec![error],
        Err(_) => {
            let catalogues = laws::differ("after a failure", &catalogue(&db), &before);
            let after = engine::rows(&db, up.schemas.previous).unwrap().lines();
            let rows = laws::differ("rows after a failure", &after.join("\n"), &rows.join("\n"));
            catalogues.into_iter().chain(rows).chain(unsound(&db)).collect()
        }
    }
}

/// Every dialect has SQL for it.
fn every_dialect(case: &Case) -> Problems {
    for way in case.up().into_iter().chain(case.down()) {
        for dialect in Dialect::ALL {
            let mut position = way.schemas.previous.clone();
            for operation in way.operations {
                let _ = render(dialect, operation, &position, way.schemas.next);
                match operation.apply(&position, way.schemas.next) {
                    Ok(next) => position = next,
                    Err(misfit) => return vec![format!("`{operation}` does not fit: {misfit}")],
                }
            }
        }
    }
    Vec::new()
}
