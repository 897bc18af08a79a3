//! From directories to a line of migrations, by the parents their snapshots name.

use std::collections::{BTreeMap, BTreeSet};

use whimbrel_schema::{Code, Diagnostic, Origins, Pair, Snapshot, SourceId, Sources, Span, is_revision};

use crate::inputs::{Inputs, MigrationFiles};

/// A migration whose files are there and whose snapshot could be read.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) number: u32,
    pub(crate) files: MigrationFiles,
    pub(crate) snapshot: Snapshot,
    pub(crate) origins: Origins,
    pub(crate) header: Header,
}

/// Where the lines at the head of a snapshot stand; the first line of the file for one that is not
/// there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) revision: Span,
    pub(crate) parent: Span,
    pub(crate) parent_hash: Span,
}

impl Header {
    fn new(spans: &whimbrel_schema::HeaderSpans, source: SourceId) -> Self {
        let start = Span::new(source, 0..0);
        let revision = spans.revision.unwrap_or(start);
        Self {
            revision,
            parent: spans.parent.unwrap_or(revision),
            parent_hash: spans.parent_hash.unwrap_or(revision),
        }
    }
}

/// Reads the snapshot of every directory.
pub(super) fn parse(inputs: &mut Inputs, diagnostics: &mut Vec<Diagnostic>) -> Vec<Parsed> {
    let mut parsed = Vec::new();
    for files in inputs.migrations.clone() {
        let directory = format!("migrations/{}", files.name);
        if revision_number(&files.name).is_none() {
            let place = inputs.placeholder(&directory);
            diagnostics.push(
                Diagnostic::new(Code::BAD_REVISION, format!("`{}` is not the name of a migration", files.name))
                    .label(place, "this directory")
                    .help("a migration is called by a number of four digits or more and a name of small letters, \
                           digits and underscores, as in `0002_add_settings`; cargo xtask migrate-new makes one"),
            );
            continue;
        }
        for (file, source) in [("migration.rs", files.code), ("snapshot.toml", files.snapshot)] {
            if source.is_none() && inputs.diagnostics.is_empty() {
                let place = inputs.placeholder(&format!("{directory}/{file}"));
                diagnostics.push(
                    Diagnostic::new(
                        Code::MISSING_FILE,
                        format!("migration `{}` has no `{file}`", files.name),
                    )
                    .label(place, "this file is missing")
                    .help(format!(
                        "restore it from version control, or remove {directory} and make it again: \
                             cargo xtask migrate-new"
                    )),
                );
            }
        }
        parsed.extend(parse_one(files, &inputs.sources, diagnostics));
    }
    parsed
}

/// Reads the snapshot of one migration.
pub(super) fn parse_one(
    files: MigrationFiles,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Parsed> {
    let (source, number) = (files.snapshot?, revision_number(&files.name)?);
    let read = Snapshot::parse(sources, source);
    diagnostics.extend(read.diagnostics);
    let (snapshot, header) = (read.snapshot?, Header::new(&read.header, source));
    if snapshot.revision != files.name {
        let message = format!("the snapshot of `{}` is in the directory `{}`", snapshot.revision, files.name);
        diagnostics.push(
            Diagnostic::new(Code::BAD_SNAPSHOT, message)
                .label(header.revision, "another revision than its directory")
                .help(format!(
                    "give the directory the name that its snapshot says; or, if no database has applied it, write \
                     `revision = \"{}\"`",
                    files.name
                )),
        );
        return None;
    }
    Some(Parsed { number, files, snapshot, origins: read.origins, header })
}

/// The longest line from the first migration on. What does not lie on it is a diagnostic, but for
/// what follows a migration that has one: of the directories given, those whose snapshot could not
/// be read.
pub(super) fn order(
    parsed: Vec<Parsed>,
    directories: &[MigrationFiles],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Parsed> {
    let mut children: BTreeMap<Option<String>, Vec<Parsed>> = BTreeMap::new();
    let names: BTreeSet<String> =
        parsed.iter().map(|migration| migration.snapshot.revision.clone()).collect();
    for migration in parsed {
        children.entry(migration.snapshot.parent.clone()).or_default().push(migration);
    }
    let mut line: Vec<Parsed> = Vec::new();
    let mut parent: Option<String> = None;
    let mut branches: Vec<String> = directories.iter().map(|files| files.name.clone()).collect();
    branches.retain(|name| !names.contains(name));
    while let Some(mut heads) = children.remove(&parent) {
        heads.sort_by(|one, other| one.snapshot.revision.cmp(&other.snapshot.revision));
        let next = heads.remove(0);
        for other in heads {
            diagnostics.push(two_heads(&next, &other, parent.as_deref()));
            branches.push(other.snapshot.revision);
        }
        diagnostics.extend(line.last().and_then(|parent| bad_number(parent, &next)));
        parent = Some(next.snapshot.revision.clone());
        line.push(next);
    }
    skip_branches(branches, &mut children);
    let missing = |parent: &Option<String>| parent.as_ref().is_some_and(|parent| !names.contains(parent));
    let lost: Vec<Option<String>> = children.keys().filter(|parent| missing(parent)).cloned().collect();
    let orphans: Vec<Parsed> = lost.iter().filter_map(|parent| children.remove(parent)).flatten().collect();
    diagnostics.extend(orphans.iter().map(missing_parent));
    skip_branches(orphans.into_iter().map(|orphan| orphan.snapshot.revision).collect(), &mut children);
    diagnostics.extend(children.values().flatten().map(circular));
    line
}

/// Takes out what follows these migrations, of which enough was said.
fn skip_branches(mut branches: Vec<String>, children: &mut BTreeMap<Option<String>, Vec<Parsed>>) {
    while let Some(branch) = branches.pop() {
        let following = children.remove(&Some(branch)).unwrap_or_default();
        branches.extend(following.into_iter().map(|migration| migration.snapshot.revision));
    }
}

/// The number at the head of a revision: `0003_add_settings` is 3.
pub(super) fn revision_number(name: &str) -> Option<u32> {
    let digits = name.split_once('_')?.0;
    let acceptable = is_revision(name) && name.len() <= LONGEST_REVISION;
    acceptable.then(|| digits.parse().ok()).flatten().filter(|number| *number > 0)
}

/// Room for the name in every file system and in every message.
const LONGEST_REVISION: usize = 120;

fn two_heads(first: &Parsed, second: &Parsed, parent: Option<&str>) -> Diagnostic {
    let (one, other) = (&first.snapshot.revision, &second.snapshot.revision);
    let after = parent.map_or("come first".to_owned(), |parent| format!("follow `{parent}`"));
    Diagnostic::new(Code::TWO_HEADS, format!("two migrations {after}: `{one}` and `{other}`"))
        .label(second.header.parent, format!("`{other}`"))
        .label(first.header.parent, format!("`{one}`"))
        .help(format!(
            "put the one that no database has applied behind the other: cargo xtask migrate-rebase --onto {one} \
             moves `{other}`, and --onto {other} moves `{one}`"
        ))
        .help("or name the branch whose migrations stay as they are: cargo xtask migrate-rebase --base origin/main")
}

fn bad_number(parent: &Parsed, child: &Parsed) -> Option<Diagnostic> {
    let numbers = Pair::new(parent.number, child.number);
    (numbers.next <= numbers.previous).then(|| {
        let place = parent.header.revision;
        let (parent, name) = (&parent.snapshot.revision, &child.snapshot.revision);
        let message = match numbers.previous == numbers.next {
            true => format!("`{parent}` and `{name}`, which follows it, have one number"),
            false => format!("`{name}` follows `{parent}`, but its number does not"),
        };
        Diagnostic::new(Code::BAD_REVISION, message)
            .label(child.header.revision, "its number must be greater than its parent's")
            .label(place, "the parent")
            .help(format!(
                "if no database has applied it, number it anew: cargo xtask migrate-rebase --onto {parent}"
            ))
            .help("or remove its directory and make it again: cargo xtask migrate-new")
    })
}

fn missing_parent(migration: &Parsed) -> Diagnostic {
    let name = &migration.snapshot.revision;
    let parent = migration.snapshot.parent.as_deref().unwrap_or("");
    Diagnostic::new(Code::MISSING_PARENT, format!("the parent of `{name}` is missing: `{parent}`"))
        .label(migration.header.parent, "there is no such directory under migrations")
        .help(
            "restore it from version control; a migration that a database may have applied is never removed",
        )
        .help(format!(
            "if `{name}` was made behind a branch that is not merged yet, merge that branch first; cargo xtask \
             migrate-rebase then puts one behind the other"
        ))
}

fn circular(migration: &Parsed) -> Diagnostic {
    let name = &migration.snapshot.revision;
    Diagnostic::new(Code::CIRCULAR_CHAIN, format!("the parents of `{name}` lead to no first migration"))
        .label(migration.header.parent, "its parent does not lead to the first migration either")
        .help("restore the snapshots from version control")
}
