//! What a replay has found, as its author is told.

use whimbrel::Direction;
use whimbrel::replay::{Defect, Failure};
use whimbrel_schema::{Code, Diagnostic, Object, Origins, Span};

use crate::chain::Link;
use crate::code::{Downgrade, Function, MigrationCode};

/// A migration that fails on rows, loses some, or leads elsewhere.
pub(super) fn failed(link: &Link, code: &MigrationCode, failure: &Failure) -> Diagnostic {
    let function = match (failure.direction, &code.downgrade) {
        (Direction::Downgrade, Downgrade::Function(function)) => function,
        _ => &code.upgrade,
    };
    let (place, at) = place_of_step(function, failure);
    let (message, rest) = failure.message.split_once('\n').unwrap_or((&failure.message, ""));
    let after = match failure.after {
        "" => String::new(),
        after => format!(", {after}"),
    };
    let mut diagnostic = Diagnostic::new(
        Code::FAILS_ON_ROWS,
        format!("`{}` does not hold on a database with rows: {message}", link.revision()),
    )
    .label(place, format!("{at} `{}`{after}", failure.direction));
    for line in rest.lines().chain(failure.details.iter().take(DETAILS).map(String::as_str)) {
        diagnostic = diagnostic.help(line.trim().to_owned());
    }
    if failure.details.len() > DETAILS {
        diagnostic = diagnostic.help(format!("and {} more", failure.details.len() - DETAILS));
    }
    diagnostic
}

/// How many differences are told.
const DETAILS: usize = 6;

fn place_of_step(function: &Function, failure: &Failure) -> (Span, &'static str) {
    match failure.step.and_then(|step| function.steps.get(step)) {
        Some(step) => (step.span, "by this step of"),
        None => (function.span, "by"),
    }
}

/// SQL of a schema that SQLite refuses.
pub(super) fn rejected(defect: &Defect, origins: &[&Origins], otherwise: Span) -> Diagnostic {
    let mut places = origins.iter().filter_map(|origins| place(origins, &defect.object));
    let diagnostic = Diagnostic::new(
        Code::REJECTED_SQL,
        format!("SQLite does not take {}: {}", words(&defect.object), defect.message),
    )
    .label(places.next().unwrap_or(otherwise), "defined here");
    let diagnostic =
        places.fold(diagnostic, |diagnostic, place| diagnostic.label(place, "and so in its snapshot"));
    diagnostic.help("name columns as they are, functions that SQLite has, and texts in single quotes")
}

/// Where an object is defined, or what it belongs to.
pub(super) fn place(origins: &Origins, object: &Object) -> Option<Span> {
    origins.get(object).or_else(|| origins.get(&Object::Table(object.whole().clone())))
}

fn words(object: &Object) -> String {
    match object {
        Object::Table(table) => format!("table `{table}`"),
        Object::Column(table, column) => format!("column `{table}.{column}`"),
        Object::PrimaryKey(table) => format!("the primary key of `{table}`"),
        Object::Unique(_, name) => format!("unique constraint `{name}`"),
        Object::ForeignKey(_, name) => format!("foreign key `{name}`"),
        Object::Check(_, name) => format!("check `{name}`"),
        Object::Index(_, name) => format!("index `{name}`"),
        Object::Enum(name) => format!("enum `{name}`"),
        Object::View(name) => format!("view `{name}`"),
        Object::Trigger(name) => format!("trigger `{name}`"),
    }
}
