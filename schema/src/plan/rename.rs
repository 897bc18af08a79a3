use std::collections::{BTreeMap, BTreeSet};

use crate::{Column, Hints, Name, Pair, Renames, Schema, Span, Table};

/// A rename that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameProblem {
    /// Where it was asked for; none for the command line.
    pub span: Option<Span>,
    /// Why it cannot be.
    pub message: String,
}

/// Turns the author's hints into renames between two schemas.
///
/// A hint of a file whose new name the previous schema already has is done with, and inert, unless that name
/// is given to something else at the same time. What is said on the command line is never inert. A hint for
/// a name that the previous schema does not have is a problem, not a guess; and so are hints of files that
/// name each other in a circle, because a circle that is done looks like one that is not.
pub fn resolve_renames(pair: Pair<&Schema>, hints: &Hints) -> (Renames, Vec<RenameProblem>) {
    let mut problems = Vec::new();
    let tables = Scope {
        what: "table",
        place: String::new(),
        names: pair.map(|schema| schema.tables.keys().collect()),
        hints: hints
            .renamed_tables
            .iter()
            .map(|(next, (previous, span))| (next, (previous, *span)))
            .collect(),
    };
    let mut renames = Renames { tables: tables.resolve(&mut problems), ..Renames::default() };
    let mut tables: BTreeMap<&Name, BTreeMap<&Name, (&Name, Option<Span>)>> = BTreeMap::new();
    for ((table, next), (previous, span)) in &hints.renamed_columns {
        tables.entry(table).or_default().insert(next, (previous, *span));
    }
    for (name, hints) in tables {
        let previous = renames.tables.get(name).unwrap_or(name);
        let both = Pair::new(pair.previous.table(previous.as_str()), pair.next.table(name.as_str()));
        let Some(both) = both.both(|table| table) else {
            problems.extend(hints.values().find_map(|(_, span)| of_new_table(pair, name, *span)));
            continue;
        };
        let columns = Scope {
            what: "column",
            place: format!("{name}."),
            names: both.map(|table| table.columns.keys().collect()),
            hints,
        };
        let mut found = columns.resolve(&mut problems);
        found.retain(|next, previous| match computed(both, Pair::new(previous, next)) {
            Some(message) => {
                problems.push(RenameProblem { span: columns.hints[next].1, message });
                false
            }
            None => true,
        });
        renames.columns.extend(found.into_iter().map(|(next, previous)| ((name.clone(), next), previous)));
    }
    renames.values = renamed_values(pair, hints, &mut problems);
    (renames, problems)
}

/// Names among which renames take place: those of tables, or those of the columns of one.
struct Scope<'a> {
    what: &'static str,
    /// What stands before a name in messages.
    place: String,
    names: Pair<BTreeSet<&'a Name>>,
    /// For a name, the one that it was, and where that is said.
    hints: BTreeMap<&'a Name, (&'a Name, Option<Span>)>,
}

impl Scope<'_> {
    /// From the next name to the previous one.
    fn resolve(&self, problems: &mut Vec<RenameProblem>) -> BTreeMap<Name, Name> {
        let live = self.live();
        let mut renames: BTreeMap<Name, Name> = BTreeMap::new();
        for (next, (previous, span)) in &self.hints {
            let problem = if live.contains(next) {
                let taken = renames.values().any(|taken| taken == *previous);
                if taken {
                    Some(self.two(previous))
                } else {
                    self.impossible(&live, Pair::new(previous, next))
                }
            } else {
                // Of a circle one is enough to say.
                self.circle(next)
                    .filter(|circle| circle.iter().all(|name| next <= name))
                    .map(|circle| self.circle_words(&circle))
            };
            match problem {
                Some(message) => problems.push(RenameProblem { span: *span, message }),
                None if live.contains(next) => _ = renames.insert((*next).clone(), (*previous).clone()),
                None => {}
            }
        }
        renames
    }

    /// The names whose hints are to be carried out: those said on the command line, those that were not there,
    /// and those that are given up by another that is.
    fn live(&self) -> BTreeSet<&Name> {
        let mut live: BTreeSet<&Name> = self
            .hints
            .iter()
            .filter(|(next, (_, span))| span.is_none() || !self.names.previous.contains(*next))
            .map(|(next, _)| *next)
            .collect();
        loop {
            let given_up: BTreeSet<&Name> = live.iter().map(|next| self.hints[next].0).collect();
            let more = |next: &&&Name| {
                let previous = self.hints[*next].0;
                given_up.contains(*next) && self.is_given_up(previous) && !live.contains(*next)
            };
            let more: Vec<&Name> = self.hints.keys().filter(more).copied().collect();
            if more.is_empty() {
                return live;
            }
            live.extend(more);
        }
    }

    /// Whether a name that was there is there no longer, or is another's.
    fn is_given_up(&self, previous: &Name) -> bool {
        self.names.previous.contains(previous)
            && (!self.names.next.contains(previous) || self.hints.contains_key(previous))
    }

    fn impossible(&self, live: &BTreeSet<&Name>, names: Pair<&Name>) -> Option<String> {
        let (what, place, Pair { previous, next }) = (self.what, &self.place, names);
        let gives_up = |name: &Name| live.iter().any(|live| self.hints[live].0 == name);
        if !self.names.next.contains(next) {
            Some(format!("there is no {what} `{place}{next}` in the schema"))
        } else if !self.names.previous.contains(previous) {
            Some(format!(
                "there is no {what} `{place}{previous}` in the last migration that could become `{place}{next}`"
            ))
        } else if self.names.next.contains(previous) && !live.contains(previous) {
            Some(format!(
                "{what} `{place}{previous}` is still in the schema, so `{next}` is not its new name"
            ))
        } else if self.names.previous.contains(next) && !gives_up(next) {
            Some(format!(
                "the last migration has a {what} `{place}{next}` already: drop it in a migration of its own before \
                 `{previous}` gets its name"
            ))
        } else {
            None
        }
    }

    fn two(&self, previous: &Name) -> String {
        format!("{} `{}{previous}` cannot become two {}s", self.what, self.place, self.what)
    }

    /// The names that take over from each other, from one back to itself, if they do and are all there before
    /// and after.
    fn circle(&self, start: &Name) -> Option<Vec<&Name>> {
        let mut circle = Vec::new();
        let mut at = start;
        loop {
            let (next, (previous, _)) = self.hints.get_key_value(at)?;
            if !self.names.previous.contains(next) || circle.contains(next) {
                return None;
            }
            circle.push(*next);
            at = previous;
            if at == start {
                return Some(circle);
            }
        }
    }

    fn circle_words(&self, circle: &[&Name]) -> String {
        let place = &self.place;
        let names: Vec<String> = circle.iter().map(|name| format!("`{place}{name}`")).collect();
        let options: Vec<String> = circle
            .iter()
            .map(|next| format!("--rename {place}{}={place}{next}", self.hints[next].0))
            .collect();
        format!(
            "{} exchange their names, and nobody can see in the schema whether they already have: say it once, by \
             `migrate-new .. {}`, and remove `renamed_from`",
            names.join(" and "),
            options.join(" ")
        )
    }
}

/// A hint in a table that is itself new can never have meant anything. But it may be one that has another
/// name, which is said elsewhere or still to be asked.
fn of_new_table(pair: Pair<&Schema>, table: &Name, span: Option<Span>) -> Option<RenameProblem> {
    let message = if !pair.next.tables.contains_key(table) {
        // Files have hints in their own tables only.
        span.is_none().then(|| format!("there is no table `{table}` in the schema"))
    } else {
        let gone = pair.previous.tables.keys().any(|name| !pair.next.tables.contains_key(name));
        (!gone).then(|| format!("table `{table}` is new, so none of its columns had another name"))
    };
    message.map(|message| RenameProblem { span, message })
}

/// What is computed has no values of its own that another name could keep.
fn computed(tables: Pair<&Table>, names: Pair<&Name>) -> Option<String> {
    let columns: Pair<&Column> = tables.zip(names).both(|(table, name)| table.column(name.as_str()))?;
    let generated = columns.map(|column| &column.generated);
    (generated.next.is_some() && generated.differs()).then(|| {
        format!(
            "column `{}.{}` is computed, and keeps nothing of `{}`: without `renamed_from` the one is dropped and \
             the other added",
            tables.next.name, names.next, names.previous
        )
    })
}

/// The values of enums that get another name. A hint whose previous value the last migration does not
/// have is done with, and inert.
fn renamed_values(
    pair: Pair<&Schema>,
    hints: &Hints,
    problems: &mut Vec<RenameProblem>,
) -> BTreeMap<Name, Vec<Pair<String>>> {
    let mut renamed: BTreeMap<Name, Vec<Pair<String>>> = BTreeMap::new();
    for ((name, next), (previous, span)) in &hints.renamed_values {
        let enums = pair.both(|schema| schema.enumeration(name.as_str()));
        let possible = enums.is_some_and(|enums| {
            enums.previous.has(previous)
                && !enums.previous.has(next)
                && enums.next.has(next)
                && !enums.next.has(previous)
        });
        if possible {
            renamed.entry(name.clone()).or_default().push(Pair::new(previous.clone(), next.clone()));
        } else if span.is_none() {
            let message = format!(
                "value `{name}.{previous}` does not become `{next}`: the last migration has the one and not the \
                 other, and the schema the other and not the one"
            );
            problems.push(RenameProblem { span: None, message });
        }
    }
    renamed
}
