//! Where a database stands among the migrations of a project.

use whimbrel_schema::is_revision;

use crate::chain;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::history::{self, Event, Head, Newest};
use crate::journal::{self, Position};
use crate::project::{Migration, Project};

/// A history that fits the project.
#[derive(Debug)]
pub(super) struct State {
    /// How many migrations are applied; they are the first of the chain.
    pub(super) applied: usize,
    /// All that happened.
    pub(super) events: Vec<Event>,
    /// How far a migration came that was left in the middle.
    pub(super) position: Option<Position>,
}

/// Reads the whole history and compares it with the project.
///
/// # Errors
///
/// If they disagree, with the remedy.
pub(super) fn read(driver: &mut dyn Driver, project: &Project) -> Result<State, Error> {
    let events = history::events(driver)?;
    let applied = history::replay(&events)?;
    let applied = compare(&applied, project)?;
    Ok(State { applied, events, position: journal::position(driver)? })
}

/// How many migrations are applied, by one query if the newest event shows a migration of the project:
/// the hash of a migration covers all before it.
///
/// # Errors
///
/// If the history and the project disagree, with the remedy.
pub(super) fn applied(driver: &mut dyn Driver, project: &Project) -> Result<usize, Error> {
    let Newest::Head(Some(head)) = history::newest(driver)? else { return Ok(0) };
    let mut migrations = project.migrations.iter();
    match migrations.position(|known| known.revision == head.revision && known.hash == head.hash) {
        Some(index) => Ok(index + 1),
        None => Ok(read(driver, project)?.applied),
    }
}

/// How many of the project's migrations are applied, where these are.
pub(super) fn compare(applied: &[Head], project: &Project) -> Result<usize, Error> {
    let applied = applied.get(stood_for(applied, project)?..).unwrap_or_default();
    for (index, (head, migration)) in applied.iter().zip(project.migrations).enumerate() {
        if head.revision != migration.revision {
            let before = index.checked_sub(1).and_then(|before| project.migrations.get(before));
            let rest = applied.get(index..).unwrap_or_default();
            return Err(moved(rest, before, project).unwrap_or_else(|| unknown(head, project)));
        }
        if head.hash != migration.hash {
            return Err(edited(head, migration.hash));
        }
    }
    match applied.get(project.migrations.len()) {
        None => Ok(applied.len()),
        Some(_) => Err(ahead(applied, project)),
    }
}

/// How many of these the first migration of the project stands for, beside the one that has its name and hash.
fn stood_for(applied: &[Head], project: &Project) -> Result<usize, Error> {
    let (Some(oldest), Some(first)) = (applied.first(), project.migrations.first()) else { return Ok(0) };
    if oldest.revision == first.revision {
        return Ok(0);
    }
    let replaced = chain::replaced(first)?;
    // A database that began with a migration that stood for some of them itself has the rest alone.
    let Some(begin) = replaced.iter().position(|name| *name == oldest.revision) else { return Ok(0) };
    let replaced = replaced.get(begin..).unwrap_or_default();
    let same = replaced.iter().zip(applied).take_while(|(name, head)| **name == head.revision).count();
    if same == replaced.len() {
        return Ok(same - 1);
    }
    let revision = first.revision;
    match applied.get(same) {
        Some(head) => Err(unknown(head, project)),
        None => Err(Error::new(
            ErrorKind::UnknownRevision,
            format!("the database has applied {}, which {revision} stands for with others behind it", applied[same - 1].revision),
        )
        .help(format!("apply with a program that has them one by one, up to {revision}, and then with this one"))
        .help(format!(
            "the last commit that has them, in a directory of its own: {}",
            whole_tree(&applied[same - 1].revision, TreeOf::BeforeItWent)
        ))
        .help(
            "there, in this package: cargo xtask migrate apply --url URL, with the URL of this database, for a file of SQLite \
             with its whole path",
        )),
    }
}

pub(super) fn unknown(head: &Head, project: &Project) -> Error {
    let revision = &head.revision;
    if project.migrations.iter().any(|migration| migration.revision == *revision) {
        return Error::new(
            ErrorKind::UnknownRevision,
            format!("the database has applied {revision} at another place than this program has it"),
        )
        .help("build the program from the branch that migrated this database, and roll back with it");
    }
    Error::new(
        ErrorKind::UnknownRevision,
        format!("the database has applied {revision}, which this program does not have"),
    )
    .help(format!("bring its files back, if they were deleted: {}", from_git(revision)))
    .help("or roll the database back with a program that has it")
    .help(format!("or, if it never ran here, take it out of the history: migrate repair --forget {revision}"))
}

/// Migrations of which the program has one under another number, because two branches came together since; it cannot
/// be taken for applied, because others come before it now.
fn moved(applied: &[Head], before: Option<&Migration>, project: &Project) -> Option<Error> {
    let name = |revision: &'_ str| revision.split_once('_').map(|(_, name)| name.to_owned());
    let here = |revision: &str| project.migrations.iter().any(|migration| migration.revision == revision);
    let (was, is) = applied.iter().filter(|head| !here(&head.revision)).find_map(|head| {
        let wanted = name(&head.revision)?;
        let is =
            project.migrations.iter().find(|migration| name(migration.revision).as_ref() == Some(&wanted))?;
        Some((&head.revision, is.revision))
    })?;
    let back = match before {
        Some(before) => format!("--revision {}", before.revision),
        None => "--all".to_owned(),
    };
    let message =
        format!("the database has applied {was}, which was put behind another since: here it is {is}");
    Some(
        Error::new(ErrorKind::UnknownRevision, message)
            .help(format!(
                "roll the database back with the program that migrated it, built from the branch as it was: migrate rollback \
                 {back}; then apply with this one"
            ))
            .help(format!(
                "the branch as it was, in a directory of its own: {}",
                whole_tree(was, TreeOf::Newest)
            )),
    )
}

/// Gets the files of a migration from the newest commit that has them.
fn from_git(revision: &str) -> String {
    // A name from a database is no word for a shell unless it is one of whimbrel's.
    match is_revision(revision) {
        true => format!(
            "git checkout \"$(git log -1 --all --diff-filter=AM --format=%H -- migrations/{revision})\" -- \
             migrations/{revision}"
        ),
        false => "see the history of the repository".to_owned(),
    }
}

/// Of which commit the files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TreeOf {
    /// The newest that wrote a migration.
    Newest,
    /// The last that has a migration which another has removed.
    BeforeItWent,
}

/// Gets all files of a commit that has a migration, beside the repository: one migration of that time among those of
/// today would not build.
fn whole_tree(revision: &str, which: TreeOf) -> String {
    let (filter, parent) = match which {
        TreeOf::Newest => ("AM", ""),
        TreeOf::BeforeItWent => ("D", "^"),
    };
    match is_revision(revision) {
        true => format!(
            "git worktree add --detach \"$(git rev-parse --show-toplevel)-with-{revision}\" \"$(git log -1 --all \
             --diff-filter={filter} --format=%H -- migrations/{revision}){parent}\""
        ),
        false => "see the history of the repository".to_owned(),
    }
}

pub(super) fn edited(head: &Head, hash: &str) -> Error {
    Error::new(
        ErrorKind::Edited,
        format!(
            "migration {} was changed after it had been applied\n  applied: {}\n  now:     {hash}",
            head.revision, head.hash
        ),
    )
    .help(
        "undo the change, and make a new migration instead: cargo xtask migrate-new NAME; or, where no other \
         database has it, undo the change, roll back, and change it then",
    )
}

fn ahead(applied: &[Head], project: &Project) -> Error {
    let newest = applied.last().map_or("", |head| &head.revision);
    let known = match project.migrations.last() {
        Some(last) => format!("the newest migration of this program is {}", last.revision),
        None => "this program has no migration".to_owned(),
    };
    let error = Error::new(
        ErrorKind::Ahead,
        format!("the database is ahead of this program: it has applied {newest}, and {known}"),
    );
    let error = error
        .help("use a newer build of the program")
        .help(format!("or bring the files of {newest} back, if they were deleted: {}", from_git(newest)))
        .help(format!(
            "or, if {newest} never ran here, take it out of the history: migrate repair --forget {newest}"
        ));
    match project.migrations.last() {
        Some(last) => error.help(format!(
            "or roll the database back with the newer build: migrate rollback --revision {}",
            last.revision
        )),
        None => error,
    }
}
