//! The schemas that the migrations lead through.

use std::collections::BTreeSet;

use whimbrel_schema::{Schema, Snapshot, Sources, Style, closest, report_all};

use crate::error::{Error, ErrorKind};
use crate::project::{Migration, Project};

/// The schema before the first migration and after each of the first `count`.
///
/// # Errors
///
/// If the migrations are not a chain or a snapshot cannot be read; the build does not let that be.
pub(crate) fn schemas(project: &Project, count: usize) -> Result<Vec<Schema>, Error> {
    Ok(versions(project, count)?.into_iter().map(|version| version.schema).collect())
}

/// What a database is at a point of the chain.
#[derive(Debug, Clone, Default)]
pub(crate) struct Version {
    pub(crate) schema: Schema,
    /// The lines of drift that are known, because it was there before whimbrel.
    pub(crate) known: BTreeSet<String>,
}

/// The same with what is known of databases besides.
///
/// # Errors
///
/// As for [`schemas`].
pub(crate) fn versions(project: &Project, count: usize) -> Result<Vec<Version>, Error> {
    let mut versions = vec![Version::default()];
    let mut parent = None;
    for migration in project.migrations.iter().take(count) {
        if migration.parent != parent {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("migration {} does not follow the one before it", migration.revision),
            )
            .help("rebuild the package: the build says what is wrong with the chain"));
        }
        parent = Some(migration.revision);
        let version = fold(migration, versions.last().unwrap_or(&Version::default()))?;
        versions.push(version);
    }
    Ok(versions)
}

fn fold(migration: &Migration, previous: &Version) -> Result<Version, Error> {
    let snapshot = snapshot(migration)?;
    Ok(Version {
        schema: snapshot.apply(&previous.schema),
        known: previous.known.union(&snapshot.unmanaged).cloned().collect(),
    })
}

/// The revisions that a migration stands for, its own last; none if it stands for itself alone.
pub(crate) fn replaced(migration: &Migration) -> Result<Vec<String>, Error> {
    Ok(snapshot(migration)?.replaces)
}

fn snapshot(migration: &Migration) -> Result<Snapshot, Error> {
    let mut sources = Sources::default();
    let id = sources.add(format!("migrations/{}/snapshot.toml", migration.revision), migration.snapshot);
    let parsed = Snapshot::parse(&sources, id);
    match parsed.snapshot {
        Some(snapshot) if parsed.diagnostics.is_empty() => Ok(snapshot),
        _ => Err(Error::new(
            ErrorKind::Usage,
            format!(
                "the snapshot of migration {} cannot be read\n{}",
                migration.revision,
                report_all(&parsed.diagnostics, &sources, Style::Plain)
            ),
        )
        .help("rebuild the package")),
    }
}

/// The index of the migration that a text names: its revision, or the beginning of one alone.
pub(crate) fn find(project: &Project, text: &str) -> Result<usize, Error> {
    let named = |test: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let migrations = project.migrations.iter().enumerate();
        migrations.filter(|(_, migration)| test(migration.revision)).map(|(index, _)| index).collect()
    };
    if let [index] = named(&|revision| revision == text)[..] {
        return Ok(index);
    }
    match named(&|revision| !text.is_empty() && revision.starts_with(text))[..] {
        [index] => Ok(index),
        [first, second, ..] => Err(Error::new(
            ErrorKind::Usage,
            format!(
                "`{text}` may be {} or {}",
                project.migrations[first].revision, project.migrations[second].revision
            ),
        )),
        [] => {
            let error = Error::new(ErrorKind::Usage, format!("there is no migration `{text}`"));
            let revisions = project.migrations.iter().map(|migration| migration.revision);
            Err(match closest(text, revisions) {
                Some(revision) => error.help(format!("did you mean `{revision}`?")),
                None => match (project.migrations.first(), project.migrations.last()) {
                    (Some(first), Some(last)) => {
                        error.help(format!("they go from {} to {}", first.revision, last.revision))
                    }
                    _ => error.help("this program has no migration"),
                },
            })
        }
    }
}
