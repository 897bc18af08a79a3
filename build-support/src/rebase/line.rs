//! Which migrations stay, and which are put behind them.

use std::collections::{BTreeMap, BTreeSet};

use whimbrel_schema::Snapshot;

use crate::inputs::Inputs;

/// Two lines of revisions that part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lines {
    /// What both begin with.
    pub(crate) common: Vec<String>,
    /// What stays.
    pub(crate) theirs: Vec<String>,
    /// What is put behind it.
    pub(crate) ours: Vec<String>,
}

/// What is said about which line stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stays {
    /// The line that this revision is on.
    With(String),
    /// The line whose head another branch has: its name, and the migrations it has.
    On(String, BTreeSet<String>),
}

/// Why no lines were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoLines {
    /// There is one head, and nothing to do.
    OneHead,
    /// In words, what is wrong.
    Unclear(String),
}

/// The revisions that nothing follows.
pub(crate) fn heads(inputs: &Inputs) -> Vec<String> {
    let parents = parents(inputs);
    let followed: BTreeSet<&String> = parents.values().flatten().collect();
    parents.keys().filter(|revision| !followed.contains(revision)).cloned().collect()
}

/// The two lines that are to become one.
pub(crate) fn lines(inputs: &Inputs, stays: &Stays) -> Result<Lines, NoLines> {
    let unclear = |text: String| Err(NoLines::Unclear(text));
    let parents = parents(inputs);
    let heads = heads(inputs);
    let paths: Vec<Vec<String>> = heads
        .iter()
        .map(|head| path(&parents, head))
        .collect::<Result<_, String>>()
        .map_err(NoLines::Unclear)?;
    let (theirs, rest): (Vec<_>, Vec<_>) = match stays {
        Stays::On(..) if paths.len() < 2 => return Err(NoLines::OneHead),
        Stays::With(revision) if !parents.contains_key(revision) => {
            return unclear(format!("there is no migration `{revision}`; the heads are {}", list(&heads)));
        }
        Stays::With(revision) => match &paths[..] {
            // What follows a revision of the only line is put behind it anew.
            [only] => (vec![upto(only, revision)], vec![only.clone()]),
            _ => paths.into_iter().partition(|path| path.contains(revision)),
        },
        Stays::On(_, there) => {
            paths.into_iter().partition(|path| path.last().is_some_and(|head| there.contains(head)))
        }
    };
    match (&theirs[..], &rest[..], stays) {
        ([_], [], _) => Err(NoLines::OneHead),
        ([theirs], [ours], _) => Ok(parted(theirs, ours)),
        ([], _, Stays::On(name, _)) if heads.len() == 2 => unclear(format!(
            "no head is on {name}; merge it first, or say which line stays: {}",
            asked(&heads)
        )),
        ([_] | [], _, _) if heads.len() > 2 => unclear(format!(
            "there are more than two heads: {}; merge the branches one after the other, and run this after each",
            list(&heads)
        )),
        (_, _, Stays::On(name, _)) => unclear(format!(
            "both heads are on {name}, so it does not say which line stays: {}",
            asked(&heads)
        )),
        (_, _, Stays::With(revision)) => {
            unclear(format!("`{revision}` is before the lines part; say one of the heads: {}", asked(&heads)))
        }
    }
}

/// What to write, for each head.
pub(crate) fn asked(heads: &[String]) -> String {
    let options: Vec<String> = heads.iter().map(|head| format!("--onto {head}")).collect();
    options.join(" or ")
}

fn list(revisions: &[String]) -> String {
    let names: Vec<String> = revisions.iter().map(|revision| format!("`{revision}`")).collect();
    names.join(", ")
}

fn parted(theirs: &[String], ours: &[String]) -> Lines {
    let common = theirs.iter().zip(ours).take_while(|(one, other)| one == other).count();
    Lines {
        common: theirs.iter().take(common).cloned().collect(),
        theirs: theirs.iter().skip(common).cloned().collect(),
        ours: ours.iter().skip(common).cloned().collect(),
    }
}

fn upto(path: &[String], last: &str) -> Vec<String> {
    let end = path.iter().position(|revision| revision == last).map_or(path.len(), |index| index + 1);
    path.iter().take(end).cloned().collect()
}

/// The revisions from the first to a head.
fn path(parents: &BTreeMap<String, Option<String>>, head: &str) -> Result<Vec<String>, String> {
    let mut path = vec![head.to_owned()];
    while let Some(parent) = parents.get(path.last().map_or(head, String::as_str)).cloned().flatten() {
        let child = path.last().map_or(head, String::as_str);
        if path.contains(&parent) {
            return Err(format!("the parents of `{child}` lead round in a circle, to `{parent}` again"));
        }
        if !parents.contains_key(&parent) {
            return Err(format!(
                "the parent of `{child}` is not there: `{parent}`; merge the branch that has it"
            ));
        }
        path.push(parent);
    }
    path.reverse();
    Ok(path)
}

/// The parent of every migration whose snapshot can be read.
fn parents(inputs: &Inputs) -> BTreeMap<String, Option<String>> {
    let snapshots = inputs.migrations.iter().filter_map(|files| files.snapshot);
    let read = snapshots.filter_map(|id| Snapshot::parse(&inputs.sources, id).snapshot);
    read.map(|snapshot| (snapshot.revision, snapshot.parent)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(chain: &[(&str, &str)]) -> Inputs {
        let texts = chain.iter().map(|(revision, parent)| {
            let parent = if parent.is_empty() {
                String::new()
            } else {
                format!("parent = {parent:?}\nparent_hash = \"w1:00\"\n")
            };
            let text = format!("format = 1\nrevision = {revision:?}\n{parent}hazards = 1\n");
            (format!("migrations/{revision}/snapshot.toml"), text)
        });
        Inputs::default().with_texts(&texts.collect())
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    const FORK: [(&str, &str); 5] = [
        ("0001_a", ""),
        ("0002_b", "0001_a"),
        ("0002_c", "0001_a"),
        ("0003_d", "0002_c"),
        ("0003_e", "0002_b"),
    ];

    #[test]
    fn the_line_that_stays_is_said() {
        let inputs = inputs(&FORK);
        let expected = Lines {
            common: words(&["0001_a"]),
            theirs: words(&["0002_b", "0003_e"]),
            ours: words(&["0002_c", "0003_d"]),
        };
        // By any of its revisions, or by the branch that has its head.
        for revision in ["0003_e", "0002_b"] {
            assert_eq!(lines(&inputs, &Stays::With(revision.to_owned())), Ok(expected.clone()));
        }
        let there = words(&["0001_a", "0002_b", "0003_e"]).into_iter().collect();
        assert_eq!(lines(&inputs, &Stays::On("main".to_owned(), there)), Ok(expected));
    }

    #[test]
    fn nothing_is_guessed() {
        let said = |chain: &[(&str, &str)], stays: Stays| match lines(&inputs(chain), &stays) {
            Err(NoLines::Unclear(text)) => text,
            other => format!("{other:?}"),
        };
        let with = |revision: &str| Stays::With(revision.to_owned());
        assert!(said(&FORK, with("0001_a")).contains("--onto 0003_d or --onto 0003_e"));
        assert!(said(&FORK, with("0009_x")).contains("no migration `0009_x`"));
        let all = FORK.iter().map(|(revision, _)| (*revision).to_owned()).collect();
        assert!(said(&FORK, Stays::On("main".to_owned(), all)).contains("both heads are on main"));
        assert!(said(&FORK, Stays::On("main".to_owned(), BTreeSet::new())).contains("no head is on main"));
        let three = [&FORK[..], &[("0002_f", "0001_a")]].concat();
        assert!(said(&three, with("0003_e")).contains("more than two heads"));
        // Nor gone round in circles.
        let circle = [("0001_a", "0002_b"), ("0002_b", "0001_a"), ("0003_c", "0002_b")];
        assert!(said(&circle, with("0003_c")).contains("the parents of `0001_a` lead round in a circle"));
        let lost = [("0001_a", ""), ("0003_d", "0002_c")];
        assert!(said(&lost, with("0001_a")).contains("the parent of `0003_d` is not there: `0002_c`"));
        assert_eq!(
            lines(&inputs(&FORK[..2]), &with("0002_b")),
            Ok(Lines { common: words(&["0001_a", "0002_b"]), theirs: Vec::new(), ours: Vec::new() })
        );
    }
}
