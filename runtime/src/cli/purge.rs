//! `migrate archive purge`: what is removed, said before it is.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use whimbrel_schema::Age;
use whimbrel_schema::text::counted;

use super::arguments::{Entries, Mode, Request};
use super::json;
use super::paint::Paint;
use super::run::{Shell, say, show};
use crate::archive::entry_of;
use crate::error::{Error, ErrorKind, visible};
use crate::{Archived, Migrator};

/// Purges what is meant, or shows it.
pub(super) fn purge(
    migrator: &mut Migrator<'_>,
    entries: &Entries,
    mode: Mode,
    request: &Request,
    shell: &mut Shell<'_>,
) -> Result<(), Error> {
    let meant = meant(migrator, entries)?;
    let nothing = nothing(entries, migrator.retention());
    match mode {
        Mode::DryRun => show(
            shell,
            request,
            || json::purged(&meant, true),
            |paint| {
                if meant.is_empty() { nothing } else { announced(&meant, paint) + "nothing was purged\n" }
            },
        ),
        Mode::Run => {
            if !request.json {
                say(shell.err, &announced(&meant, shell.err_paint));
            }
            let numbers: Vec<i64> = meant.iter().map(|entry| entry.entry).collect();
            let purged = if numbers.is_empty() { Vec::new() } else { migrator.purge(&numbers)? };
            show(
                shell,
                request,
                || json::purged(&purged, false),
                |paint| if purged.is_empty() { nothing } else { done(&purged, paint) },
            );
        }
    }
    Ok(())
}

fn meant(migrator: &mut Migrator<'_>, entries: &Entries) -> Result<Vec<Archived>, Error> {
    match entries {
        Entries::All => migrator.archived(),
        Entries::OlderThan(age) => migrator.archived_before(*age),
        Entries::These(numbers) => {
            let all = migrator.archived()?;
            let numbers: BTreeSet<i64> = numbers.iter().copied().collect();
            numbers.into_iter().map(|number| entry_of(&all, number)).collect()
        }
        Entries::Overdue if migrator.retention().is_none() => {
            let message = "nothing says how long the archive of this database keeps what it has";
            Err(Error::new(ErrorKind::Usage, message)
                .help("name what to purge: the numbers of entries, --older-than 90d, or --all")
                .help(
                    "or say it in whimbrel.toml, for all databases of environments: [archive] keep = \"90d\"",
                ))
        }
        Entries::Overdue => migrator.overdue(),
    }
}

/// What is about to be gone, and what follows from that.
fn announced(entries: &[Archived], paint: Paint) -> String {
    let line = |entry: &Archived| {
        // What a rollback has dropped, or a statement deleted, comes back by no migration anyway.
        let comes_back = entry.direction == "upgrade" && entry.kind != "rows";
        let loss = match comes_back {
            true => format!("; rolling back {} will not bring them back", entry.revision),
            false => String::new(),
        };
        let words = format!(
            "entry {}: {} of {}, archived {}{loss}",
            entry.entry,
            rows(entry),
            entry.object,
            entry.archived_at
        );
        format!("{} {}\n", paint.notice("to be purged:"), visible(&words))
    };
    entries.iter().map(line).collect()
}

fn done(entries: &[Archived], paint: Paint) -> String {
    let line = |entry: &Archived| {
        format!(
            "{} entry {}: {} of {}\n",
            paint.notice("purged"),
            entry.entry,
            rows(entry),
            visible(&entry.object)
        )
    };
    entries.iter().map(line).collect()
}

fn nothing(entries: &Entries, retention: Option<Age>) -> String {
    let age = match entries {
        Entries::OlderThan(age) => Some(*age),
        Entries::Overdue => retention,
        Entries::All | Entries::These(_) => None,
    };
    match age {
        Some(age) => format!("nothing in the archive is older than {age}\n"),
        None => "the archive is empty\n".to_owned(),
    }
}

/// One line for whoever applies migrations; nothing if there is nothing to do.
pub(super) fn overdue(entries: &[Archived], age: Age, paint: Paint) -> String {
    let (number, them) = match entries.len() {
        0 => return String::new(),
        1 => ("1 entry is".to_owned(), "it"),
        many => (format!("{many} entries are"), "them"),
    };
    format!(
        "{} {number} older than {age}; migrate archive purge removes {them}, and with --dry-run shows {them}\n",
        paint.notice("archive:")
    )
}

fn rows(entry: &Archived) -> String {
    counted(entry.rows, "row")
}
