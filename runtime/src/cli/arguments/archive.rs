//! The words after `archive`.

use whimbrel_schema::Age;

use super::{Command, Entries, Mode, Topic, see, usage};
use crate::error::Error;

/// How many rows of an entry are shown where nothing is said.
const ROWS_SHOWN: usize = 20;

/// What was said about what to purge, beside the numbers.
pub(super) struct Purged {
    pub(super) all: bool,
    pub(super) older_than: Option<String>,
    pub(super) mode: Mode,
}

/// Reads them.
pub(super) fn command(
    words: &[String],
    options: &[String],
    rows: Option<&str>,
    purged: Purged,
) -> Result<Command, Error> {
    let wrong = |message: String| see(usage(message), Topic::Archive);
    let act = words.first().map_or("list", String::as_str);
    let words = words.get(1..).unwrap_or_default();
    if let Some(option) = options.iter().find(|option| !has(act, option)) {
        return Err(wrong(format!("`archive {act}` has no option `--{option}`")));
    }
    let number = |word: &String| {
        word.parse::<i64>().map_err(|_| wrong(format!("`{word}` is not the number of an entry")))
    };
    match (act, words) {
        ("list", []) => Ok(Command::ArchiveList),
        ("show", [entry]) => {
            let rows = rows.map_or(Ok(ROWS_SHOWN), str::parse);
            let rows = rows.map_err(|_| wrong("`--rows` takes a number".to_owned()))?;
            Ok(Command::ArchiveShow { entry: number(entry)?, rows })
        }
        ("purge", words) => {
            let Purged { all, older_than, mode } = purged;
            let entries = match (words, all, older_than) {
                ([], false, None) => Entries::Overdue,
                ([], true, None) => Entries::All,
                ([], false, Some(age)) => Entries::OlderThan(older_than_of(&age)?),
                (numbers, false, None) => {
                    Entries::These(numbers.iter().map(number).collect::<Result<_, _>>()?)
                }
                _ => {
                    let message = "archive purge takes the numbers of entries, `--older-than AGE` or `--all`, one of them";
                    return Err(wrong(message.to_owned()));
                }
            };
            Ok(Command::ArchivePurge { entries, mode })
        }
        ("show", _) => Err(wrong("archive show takes the number of one entry".to_owned())),
        ("list", _) => Err(wrong("archive list takes no argument".to_owned())),
        _ => Err(wrong(format!("there is no `archive {act}`; there are list, show and purge"))),
    }
}

/// Whether an act on the archive has an option; an act that does not exist is reported as such.
fn has(act: &str, option: &str) -> bool {
    !matches!(
        (act, option),
        ("list" | "purge", "rows") | ("list" | "show", "all" | "older-than" | "dry-run" | "wait")
    )
}

fn older_than_of(text: &str) -> Result<Age, Error> {
    Age::parse(text).map_err(|problem| {
        let error = usage(format!("--older-than: {problem}"));
        match Age::suggest(text) {
            Some(meant) => error.help(format!("did you mean `--older-than {meant}`?")),
            None => error.help(format!("write {}", Age::FORM)),
        }
    })
}
