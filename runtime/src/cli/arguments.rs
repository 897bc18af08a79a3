//! Reading a command line. Nothing is run here.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};

use crate::error::{Error, ErrorKind};
use crate::suggest::suggest;

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    Help(Topic),
    Version,
    Run(Request),
}

/// What there is help on: the program or a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Program,
    Apply,
    Rollback,
    Pending,
    Status,
    History,
    Archive,
}

/// A command with what all commands take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) command: Command,
    pub(super) env: Option<String>,
    pub(super) url: Option<String>,
    pub(super) json: bool,
    pub(super) allow: Vec<String>,
}

/// A command with its own options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Apply { to: Option<String>, mode: Mode },
    Rollback { target: Target, mode: Mode },
    Pending,
    Status { check: bool },
    History { detailed: bool },
    ArchiveList,
    ArchiveShow { entry: i64, rows: usize },
    ArchivePurge { entries: Entries },
}

/// Which entries of the archive are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entries {
    All,
    These(Vec<i64>),
}

/// Whether to do it or to show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Run,
    DryRun,
}

/// How far to roll back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Steps(usize),
    Revision(String),
}

impl Topic {
    const COMMANDS: [Self; 6] =
        [Self::Apply, Self::Rollback, Self::Pending, Self::Status, Self::History, Self::Archive];

    /// The command's name.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Program => "help",
            Self::Apply => "apply",
            Self::Rollback => "rollback",
            Self::Pending => "pending",
            Self::Status => "status",
            Self::History => "history",
            Self::Archive => "archive",
        }
    }

    /// The options that the command has besides those of every command.
    const fn options(self) -> &'static [&'static str] {
        match self {
            Self::Apply => &["to", "dry-run", "allow"],
            Self::Rollback => &["steps", "revision", "dry-run", "allow"],
            Self::Status => &["check"],
            Self::History => &["detailed"],
            Self::Archive => &["rows", "all"],
            Self::Program | Self::Pending => &[],
        }
    }
}

/// The options that every command has.
const COMMON: [&str; 4] = ["env", "url", "json", "help"];

/// All that was given, before it is known whether it belongs together.
#[derive(Default)]
struct Given {
    words: Vec<String>,
    options: Vec<String>,
    help: bool,
    version: bool,
    env: Option<String>,
    url: Option<String>,
    json: bool,
    allow: Vec<String>,
    to: Option<String>,
    steps: Option<String>,
    revision: Option<String>,
    dry_run: bool,
    check: bool,
    detailed: bool,
    rows: Option<String>,
    all: bool,
}

/// Whether output is to be JSON, even if the rest of the line is wrong.
pub(super) fn wants_json(arguments: &[OsString]) -> bool {
    arguments.iter().any(|argument| argument == "--json")
}

/// Reads the arguments after the program's name.
pub(super) fn parse(arguments: Vec<OsString>) -> Result<Asked, Error> {
    let given = gather(arguments)?;
    if given.version {
        return Ok(Asked::Version);
    }
    let topic = match given.words.first().map(String::as_str) {
        None | Some("help") => Topic::Program,
        Some(word) => command(word)?,
    };
    if topic == Topic::Program {
        let about = given.words.get(1).map_or(Ok(Topic::Program), |word| command(word))?;
        return if given.help || !given.words.is_empty() {
            Ok(Asked::Help(about))
        } else {
            Err(usage("a command is needed").help("migrate --help lists them"))
        };
    }
    if given.help {
        return Ok(Asked::Help(topic));
    }
    if let Some(word) = given.words.get(1).filter(|_| topic != Topic::Archive) {
        return Err(see(usage(format!("`{}` takes no argument `{word}`", topic.key())), topic));
    }
    if let Some(option) = given.options.iter().find(|option| !accepts(topic, option)) {
        return Err(unknown_option(option, topic));
    }
    request(topic, given).map(Asked::Run)
}

fn gather(arguments: Vec<OsString>) -> Result<Given, Error> {
    let mut parser = Parser::from_args(arguments);
    let mut given = Given::default();
    loop {
        let wrong = |error: lexopt::Error| usage(error.to_string());
        let Some(argument) = parser.next().map_err(wrong)? else { return Ok(given) };
        let option = match argument {
            Arg::Value(word) => {
                given.words.push(word.string().map_err(wrong)?);
                continue;
            }
            Arg::Short('h') => "help".to_owned(),
            Arg::Short('V') => "version".to_owned(),
            Arg::Short(letter) => return Err(usage(format!("there is no option `-{letter}`"))),
            Arg::Long(option) => option.to_owned(),
        };
        let mut value = || parser.value().and_then(ValueExt::string).map_err(wrong);
        match option.as_str() {
            "help" => given.help = true,
            "version" => given.version = true,
            "json" => given.json = true,
            "dry-run" => given.dry_run = true,
            "check" => given.check = true,
            "detailed" => given.detailed = true,
            "all" => given.all = true,
            "rows" => given.rows = Some(value()?),
            "env" => given.env = Some(value()?),
            "url" => given.url = Some(value()?),
            "to" => given.to = Some(value()?),
            "steps" => given.steps = Some(value()?),
            "revision" => given.revision = Some(value()?),
            "allow" => given.allow.push(value()?),
            unknown => {
                let topic = given.words.first().and_then(|word| command(word).ok());
                return Err(unknown_option(unknown, topic.unwrap_or(Topic::Program)));
            }
        }
        given.options.push(option);
    }
}

fn request(topic: Topic, given: Given) -> Result<Request, Error> {
    let Given {
        words, env, url, json, allow, to, steps, revision, dry_run, check, detailed, rows, all, ..
    } = given;
    let mode = if dry_run { Mode::DryRun } else { Mode::Run };
    let command = match topic {
        Topic::Apply => Command::Apply { to, mode },
        Topic::Rollback => Command::Rollback { target: target(steps, revision)?, mode },
        Topic::Status => Command::Status { check },
        Topic::History => Command::History { detailed },
        Topic::Archive => archive(&words[1..], rows.as_deref(), all)?,
        Topic::Pending | Topic::Program => Command::Pending,
    };
    Ok(Request { command, env, url, json, allow })
}

/// The words after `archive`.
fn archive(words: &[String], rows: Option<&str>, all: bool) -> Result<Command, Error> {
    let wrong = |message: String| see(usage(message), Topic::Archive);
    let number = |word: &String| {
        word.parse::<i64>().map_err(|_| wrong(format!("`{word}` is not the number of an entry")))
    };
    let misplaced = |option: &str, act: &str| wrong(format!("`archive {act}` has no option `--{option}`"));
    let act = words.first().map_or("list", String::as_str);
    if rows.is_some() && act != "show" {
        return Err(misplaced("rows", act));
    }
    if all && act != "purge" {
        return Err(misplaced("all", act));
    }
    match (act, words.get(1..).unwrap_or_default()) {
        ("list", []) => Ok(Command::ArchiveList),
        ("show", [entry]) => {
            let rows = rows.map_or(Ok(ROWS_SHOWN), str::parse);
            let rows = rows.map_err(|_| wrong("`--rows` takes a number".to_owned()))?;
            Ok(Command::ArchiveShow { entry: number(entry)?, rows })
        }
        ("purge", []) if all => Ok(Command::ArchivePurge { entries: Entries::All }),
        ("purge", entries @ [_, ..]) if !all => {
            let entries = entries.iter().map(number).collect::<Result<_, _>>()?;
            Ok(Command::ArchivePurge { entries: Entries::These(entries) })
        }
        ("purge", _) => Err(wrong("archive purge takes the numbers of entries, or `--all`".to_owned())),
        ("show", _) => Err(wrong("archive show takes the number of one entry".to_owned())),
        _ => Err(wrong(format!("there is no `archive {act}`; there are list, show and purge"))),
    }
}

/// How many rows of an entry are shown where nothing is said.
const ROWS_SHOWN: usize = 20;

fn target(steps: Option<String>, revision: Option<String>) -> Result<Target, Error> {
    match (steps, revision) {
        (Some(steps), None) => match steps.parse() {
            Ok(0) | Err(_) => Err(usage(format!("`--steps {steps}` is not a number of migrations, from 1"))),
            Ok(steps) => Ok(Target::Steps(steps)),
        },
        (None, Some(revision)) => Ok(Target::Revision(revision)),
        (None, None) => Err(see(usage("rollback needs `--steps N` or `--revision REV`"), Topic::Rollback)),
        (Some(_), Some(_)) => {
            Err(see(usage("rollback takes `--steps` or `--revision`, not both"), Topic::Rollback))
        }
    }
}

fn command(word: &str) -> Result<Topic, Error> {
    if let Some(topic) = Topic::COMMANDS.into_iter().find(|topic| topic.key() == word) {
        return Ok(topic);
    }
    let error = usage(format!("there is no command `{word}`"));
    Err(match suggest(word, Topic::COMMANDS.map(Topic::key)) {
        Some(command) => error.help(format!("did you mean `{command}`?")),
        None => error.help("migrate --help lists the commands"),
    })
}

fn accepts(topic: Topic, option: &str) -> bool {
    COMMON.contains(&option) || topic.options().contains(&option)
}

fn unknown_option(option: &str, topic: Topic) -> Error {
    let (error, options) = match topic {
        Topic::Program => {
            let all = Topic::COMMANDS.iter().flat_map(|topic| topic.options()).chain(&COMMON).copied();
            (usage(format!("there is no option `--{option}`")), all.collect::<Vec<_>>())
        }
        _ => (
            usage(format!("`{}` has no option `--{option}`", topic.key())),
            topic.options().iter().chain(&COMMON).copied().collect(),
        ),
    };
    match suggest(option, options) {
        Some(option) => error.help(format!("did you mean `--{option}`?")),
        None => see(error, topic),
    }
}

fn see(error: Error, topic: Topic) -> Error {
    match topic {
        Topic::Program => error.help("see migrate --help"),
        _ => error.help(format!("see migrate {} --help", topic.key())),
    }
}

fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Result<Asked, Error> {
        parse(text.split_whitespace().map(OsString::from).collect())
    }

    fn run(text: &str) -> Request {
        match line(text).unwrap() {
            Asked::Run(request) => request,
            other => panic!("{other:?}"),
        }
    }

    fn wrong(text: &str) -> String {
        let error = line(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        error.to_string()
    }

    #[test]
    fn reads_commands() {
        assert_eq!(run("apply").command, Command::Apply { to: None, mode: Mode::Run });
        let apply = run("--env prod apply --to 0003 --dry-run --allow a --allow=b --json");
        assert_eq!(apply.command, Command::Apply { to: Some("0003".into()), mode: Mode::DryRun });
        assert_eq!((apply.env.as_deref(), apply.json), (Some("prod"), true));
        assert_eq!(apply.allow, ["a", "b"]);
        let steps = Command::Rollback { target: Target::Steps(2), mode: Mode::Run };
        assert_eq!(run("rollback --steps 2").command, steps);
        let revision = Command::Rollback { target: Target::Revision("0001".into()), mode: Mode::DryRun };
        assert_eq!(run("rollback --revision 0001 --dry-run").command, revision);
        assert_eq!(run("status --check").command, Command::Status { check: true });
        assert_eq!(run("history --detailed").command, Command::History { detailed: true });
        assert_eq!(run("pending --url sqlite:x").url.as_deref(), Some("sqlite:x"));
    }

    #[test]
    fn reads_the_archive() {
        assert_eq!(run("archive").command, Command::ArchiveList);
        assert_eq!(run("archive list").command, Command::ArchiveList);
        assert_eq!(run("archive show 3 --rows 5").command, Command::ArchiveShow { entry: 3, rows: 5 });
        let entries = Entries::These(vec![1, 2]);
        assert_eq!(run("archive purge 1 2").command, Command::ArchivePurge { entries });
        assert_eq!(run("archive purge --all").command, Command::ArchivePurge { entries: Entries::All });
        assert!(wrong("archive purge").contains("--all"));
        assert!(wrong("archive purge 1 --all").contains("--all"));
        assert!(wrong("archive show x").contains("`x`"));
        assert!(wrong("archive empty").contains("no `archive empty`"));
        assert!(wrong("archive list --all").contains("--all"));
    }

    #[test]
    fn gives_help() {
        assert_eq!(line("--help").unwrap(), Asked::Help(Topic::Program));
        assert_eq!(line("help").unwrap(), Asked::Help(Topic::Program));
        assert_eq!(line("help rollback").unwrap(), Asked::Help(Topic::Rollback));
        assert!(line("apply -h --to").is_err());
        assert_eq!(line("apply -h").unwrap(), Asked::Help(Topic::Apply));
        assert_eq!(line("--version").unwrap(), Asked::Version);
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(wrong("").contains("a command is needed"));
        assert!(wrong("aply").contains("did you mean `apply`?"));
        assert!(wrong("apply --dryrun").contains("did you mean `--dry-run`?"));
        assert!(wrong("apply --steps 2").contains("`apply` has no option `--steps`"));
        assert!(wrong("rollback").contains("--steps N"));
        assert!(wrong("rollback --steps 0").contains("from 1"));
        assert!(wrong("rollback --steps x").contains("from 1"));
        assert!(wrong("rollback --steps 1 --revision a").contains("not both"));
        assert!(wrong("apply now").contains("takes no argument `now`"));
        assert!(wrong("status --check=yes").contains("check"));
        assert!(wrong("apply --to").contains("--to"));
        assert!(wrong("-x").contains("`-x`"));
    }
}
