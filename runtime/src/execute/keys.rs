//! Whether a migration broke foreign keys while they were not enforced.

use std::collections::BTreeMap;

use super::Prepared;
use crate::driver::Violation;
use crate::error::Error;

/// How many rows an error names.
const NAMED: usize = 5;

/// Compares the violations before and after.
///
/// Those that were there before stay the owner's business; each new one fails the migration.
pub(super) fn compare(
    before: Vec<Violation>,
    after: Vec<Violation>,
    prepared: &Prepared,
) -> Result<(), Error> {
    let mut known: BTreeMap<Violation, usize> = BTreeMap::new();
    for violation in before {
        *known.entry(anonymous(renamed(violation, prepared), prepared)).or_default() += 1;
    }
    let is_new = |violation: &Violation| match known.get_mut(&anonymous(violation.clone(), prepared)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    let new: Vec<Violation> = after.into_iter().filter(is_new).collect();
    if new.is_empty() {
        return Ok(());
    }
    let mut words: Vec<String> = new.iter().take(NAMED).map(describe).collect();
    if new.len() > NAMED {
        words.push(format!("and {} more", new.len() - NAMED));
    }
    Err(Error::failed(format!("it leaves foreign keys that find nothing: {}", words.join("; ")))
        .help("give these rows a parent, or remove them, before the step that parts them"))
}

/// The violation under the names that the tables have afterwards.
fn renamed(mut violation: Violation, prepared: &Prepared) -> Violation {
    for rename in &prepared.renames {
        for table in [&mut violation.table, &mut violation.parent] {
            if table.eq_ignore_ascii_case(rename.previous.as_str()) {
                *table = rename.next.to_string();
            }
        }
    }
    violation
}

/// Without the number of the row, if a rebuild may have given it another.
fn anonymous(mut violation: Violation, prepared: &Prepared) -> Violation {
    let renames = |name: &str| {
        prepared.renames.iter().fold(name.to_owned(), |name, rename| {
            if name == rename.previous.as_str() { rename.next.to_string() } else { name }
        })
    };
    if prepared.rebuilt.iter().any(|table| renames(table.as_str()).eq_ignore_ascii_case(&violation.table)) {
        violation.row = None;
    }
    violation
}

fn describe(violation: &Violation) -> String {
    let Violation { table, row, parent } = violation;
    match row {
        Some(row) => format!("row {row} of `{table}` references no row of `{parent}`"),
        None => format!("a row of `{table}` references no row of `{parent}`"),
    }
}
