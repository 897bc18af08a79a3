use std::collections::BTreeMap;

use crate::{Hints, Name, Pair, Renames, Schema, Span};

/// A rename that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameProblem {
    /// Where it was asked for.
    pub span: Span,
    /// Why it cannot be.
    pub message: String,
}

/// Turns the author's hints into renames between two schemas.
///
/// A hint whose new name the previous schema already has is done with, and inert. A hint for a name
/// that the previous schema does not have is a problem, not a guess.
pub fn resolve_renames(pair: Pair<&Schema>, hints: &Hints) -> (Renames, Vec<RenameProblem>) {
    let mut renames = Renames { values: renamed_values(pair, hints), ..Renames::default() };
    let mut problems = Vec::new();
    for (next, (previous, span)) in &hints.renamed_tables {
        if pair.previous.tables.contains_key(next) {
            continue;
        }
        let problem = if !pair.previous.tables.contains_key(previous) {
            Some(format!("there is no table `{previous}` in the last migration that could become `{next}`"))
        } else if pair.next.tables.contains_key(previous) {
            Some(format!("table `{previous}` is still in the schema, so `{next}` is not its new name"))
        } else if renames.tables.values().any(|taken| taken == previous) {
            Some(format!("table `{previous}` cannot become two tables"))
        } else {
            None
        };
        match problem {
            Some(message) => problems.push(RenameProblem { span: *span, message }),
            None => drop(renames.tables.insert(next.clone(), previous.clone())),
        }
    }
    for ((table, next), (previous, span)) in &hints.renamed_columns {
        let previous_table = renames.tables.get(table).unwrap_or(table);
        let tables = Pair::new(pair.previous.table(previous_table.as_str()), pair.next.table(table.as_str()));
        let Some(tables) = tables.both(|table| table) else {
            // A hint in a table that is itself new can never have meant anything.
            if pair.next.tables.contains_key(table) {
                let message = format!("table `{table}` is new, so none of its columns had another name");
                problems.push(RenameProblem { span: *span, message });
            }
            continue;
        };
        if tables.previous.columns.contains_key(next) {
            // Two hints that name each other cannot be left over from a rename that is done.
            let back = hints.renamed_columns.get(&(table.clone(), previous.clone()));
            if next < previous && back.is_some_and(|(name, _)| name == next) {
                let message = format!(
                    "`{table}.{next}` and `{table}.{previous}` exchange their names, which takes two migrations: \
                     give one of them a third name in the first"
                );
                problems.push(RenameProblem { span: *span, message });
            }
            continue;
        }
        let taken = |(other, _): &(&(Name, Name), &Name)| other.0 == *table;
        let problem = if !tables.previous.columns.contains_key(previous) {
            Some(format!("there is no column `{previous_table}.{previous}` in the last migration"))
        } else if tables.next.columns.contains_key(previous) {
            Some(format!(
                "column `{table}.{previous}` is still in the schema, so `{next}` is not its new name"
            ))
        } else if renames.columns.iter().filter(taken).any(|(_, taken)| taken == previous) {
            Some(format!("column `{table}.{previous}` cannot become two columns"))
        } else {
            None
        };
        match problem {
            Some(message) => problems.push(RenameProblem { span: *span, message }),
            None => drop(renames.columns.insert((table.clone(), next.clone()), previous.clone())),
        }
    }
    (renames, problems)
}

/// The values of enums that get another name. A hint whose previous value the last migration does not
/// have is done with, and inert.
fn renamed_values(pair: Pair<&Schema>, hints: &Hints) -> BTreeMap<Name, Vec<Pair<String>>> {
    let mut renamed: BTreeMap<Name, Vec<Pair<String>>> = BTreeMap::new();
    for ((name, next), (previous, _)) in &hints.renamed_values {
        let Some(enums) = pair.both(|schema| schema.enumeration(name.as_str())) else { continue };
        if enums.previous.has(previous) && !enums.previous.has(next) && !enums.next.has(previous) {
            renamed.entry(name.clone()).or_default().push(Pair::new(previous.clone(), next.clone()));
        }
    }
    renamed
}
