//! Reading a command line. Nothing is run here.

mod archive;
mod seed;

use std::ffi::OsString;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};
use whimbrel_schema::{Age, closest};

use crate::error::{Error, ErrorKind};

pub(super) use self::seed::{SeedAct, SeedOptions, SeedRequest, SeedSets};

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
    Drift,
    Verify,
    Wait,
    Baseline,
    Repair,
    Archive,
    Seed,
}

/// A command with what all commands take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) command: Command,
    pub(super) env: Option<String>,
    pub(super) url: Option<String>,
    pub(super) json: bool,
    pub(super) allow: Vec<String>,
    /// How long to wait for other migrators.
    pub(super) wait: Option<Duration>,
}

/// A command with its own options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Apply { to: Option<String>, route: Route, mode: Mode },
    Rollback { target: Target, mode: Mode },
    Pending,
    Status { check: bool },
    History { detailed: bool },
    Drift,
    Verify,
    Wait { timeout: Duration },
    Baseline { to: Option<String>, mode: Mode },
    Repair { what: Damage, mode: Mode },
    ArchiveList,
    ArchiveShow { entry: i64, rows: usize },
    ArchivePurge { entries: Entries, mode: Mode },
    Seed(Box<SeedRequest>),
}

/// What is to be repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Damage {
    History { to: Option<String> },
    Forget(String),
    SetAside,
}

/// Which entries of the archive are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entries {
    All,
    These(Vec<i64>),
    OlderThan(Age),
    /// Those that were kept for as long as whimbrel.toml says.
    Overdue,
}

/// By which way an empty database is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// By a jump as far as it leads.
    Shortest,
    /// By every step of every migration.
    EveryStep,
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
    All,
}

impl Topic {
    const COMMANDS: [Self; 12] = [
        Self::Apply,
        Self::Rollback,
        Self::Pending,
        Self::Status,
        Self::History,
        Self::Drift,
        Self::Verify,
        Self::Wait,
        Self::Baseline,
        Self::Repair,
        Self::Archive,
        Self::Seed,
    ];

    /// The command's name.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Program => "help",
            Self::Apply => "apply",
            Self::Rollback => "rollback",
            Self::Pending => "pending",
            Self::Status => "status",
            Self::History => "history",
            Self::Drift => "drift",
            Self::Verify => "verify",
            Self::Wait => "wait",
            Self::Baseline => "baseline",
            Self::Repair => "repair",
            Self::Archive => "archive",
            Self::Seed => "seed",
        }
    }

    /// The options that the command has besides those of every command.
    const fn options(self) -> &'static [&'static str] {
        match self {
            Self::Apply => &["to", "no-jump", "dry-run", "allow", "wait"],
            Self::Rollback => &["steps", "revision", "all", "dry-run", "allow", "wait"],
            Self::Status => &["check"],
            Self::History => &["detailed"],
            Self::Wait => &["timeout"],
            Self::Baseline => &["to", "dry-run", "wait"],
            Self::Repair => &["history", "to", "forget", "set-aside", "dry-run", "wait"],
            Self::Archive => &["rows", "all", "older-than", "dry-run", "wait"],
            Self::Seed => &["size", "seed", "confirm", "dry-run", "wait"],
            Self::Program | Self::Pending | Self::Drift | Self::Verify => &[],
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
    no_jump: bool,
    dry_run: bool,
    check: bool,
    detailed: bool,
    rows: Option<String>,
    all: bool,
    older_than: Option<String>,
    history: bool,
    forget: Option<String>,
    set_aside: bool,
    timeout: Option<String>,
    wait: Option<String>,
    size: Option<String>,
    seed: Option<String>,
    confirm: Option<String>,
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
    if let Some(word) = given.words.get(1).filter(|_| !matches!(topic, Topic::Archive | Topic::Seed)) {
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
            "no-jump" => given.no_jump = true,
            "dry-run" => given.dry_run = true,
            "check" => given.check = true,
            "detailed" => given.detailed = true,
            "all" => given.all = true,
            "history" => given.history = true,
            "set-aside" => given.set_aside = true,
            "forget" => given.forget = Some(value()?),
            "size" => given.size = Some(value()?),
            "seed" => given.seed = Some(value()?),
            "confirm" => given.confirm = Some(value()?),
            "timeout" => given.timeout = Some(value()?),
            "wait" => given.wait = Some(value()?),
            "rows" => given.rows = Some(value()?),
            "older-than" => given.older_than = Some(value()?),
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
        words,
        options,
        env,
        url,
        json,
        allow,
        to,
        steps,
        revision,
        no_jump,
        dry_run,
        check,
        detailed,
        rows,
        all,
        older_than,
        history,
        forget,
        set_aside,
        timeout,
        wait,
        size,
        seed,
        confirm,
        help: _,
        version: _,
    } = given;
    let wait = wait.map(|wait| seconds("wait", &wait, topic)).transpose()?;
    let mode = if dry_run { Mode::DryRun } else { Mode::Run };
    let command = match topic {
        Topic::Apply => {
            let route = if no_jump { Route::EveryStep } else { Route::Shortest };
            Command::Apply { to, route, mode }
        }
        Topic::Rollback => Command::Rollback { target: target(steps, revision, all)?, mode },
        Topic::Status => Command::Status { check },
        Topic::History => Command::History { detailed },
        Topic::Drift => Command::Drift,
        Topic::Verify => Command::Verify,
        Topic::Wait => Command::Wait {
            timeout: timeout.map_or(Ok(TIMEOUT), |timeout| seconds("timeout", &timeout, topic))?,
        },
        Topic::Baseline => Command::Baseline { to, mode },
        Topic::Repair => Command::Repair { what: damage(history, to, forget, set_aside)?, mode },
        Topic::Archive => {
            let purged = archive::Purged { all, older_than, mode };
            archive::command(&words[1..], &options, rows.as_deref(), purged)?
        }
        Topic::Seed => {
            let wished = SeedOptions { size, seed, confirm };
            seed::command(&words[1..], &options, wished, mode)?
        }
        Topic::Pending | Topic::Program => Command::Pending,
    };
    Ok(Request { command, env, url, json, allow, wait })
}

fn target(steps: Option<String>, revision: Option<String>, all: bool) -> Result<Target, Error> {
    match (steps, revision, all) {
        (Some(steps), None, false) => match steps.parse() {
            Ok(0) | Err(_) => Err(usage(format!("`--steps {steps}` is not a number of migrations, from 1"))),
            Ok(steps) => Ok(Target::Steps(steps)),
        },
        (None, Some(revision), false) => Ok(Target::Revision(revision)),
        (None, None, true) => Ok(Target::All),
        (None, None, false) => {
            Err(see(usage("rollback needs `--steps N`, `--revision REV` or `--all`"), Topic::Rollback))
        }
        _ => {
            Err(see(usage("rollback takes only one of `--steps`, `--revision` and `--all`"), Topic::Rollback))
        }
    }
}

fn damage(
    history: bool,
    to: Option<String>,
    forget: Option<String>,
    set_aside: bool,
) -> Result<Damage, Error> {
    match (history, forget, set_aside, to) {
        (true, None, false, to) => Ok(Damage::History { to }),
        (false, Some(revision), false, None) => Ok(Damage::Forget(revision)),
        (false, None, true, None) => Ok(Damage::SetAside),
        (false, Some(_), false, Some(_)) | (false, None, true, Some(_)) => {
            Err(see(usage("`--to` belongs to `repair --history`"), Topic::Repair))
        }
        (false, None, false, _) => Err(see(
            usage("repair needs `--history`, `--forget REV` or `--set-aside`; migrate verify says which"),
            Topic::Repair,
        )),
        _ => Err(see(
            usage("repair takes only one of `--history`, `--forget` and `--set-aside`"),
            Topic::Repair,
        )),
    }
}

/// A time as `90`, `90s`, `5m` or `1h`.
fn seconds(option: &str, text: &str, topic: Topic) -> Result<Duration, Error> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, &text[number.len()..]),
        None => (text, "s"),
    };
    let factor = match unit {
        "m" => 60,
        "h" => 60 * 60,
        _ => 1,
    };
    let time = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    time.map(Duration::from_secs).ok_or_else(|| {
        see(usage(format!("`--{option} {text}` is no time; write it as 90s, 5m or 1h")), topic)
    })
}

/// How long is waited if nothing is said.
const TIMEOUT: Duration = Duration::from_secs(5 * 60);

fn command(word: &str) -> Result<Topic, Error> {
    if let Some(topic) = Topic::COMMANDS.into_iter().find(|topic| topic.key() == word) {
        return Ok(topic);
    }
    let error = usage(format!("there is no command `{word}`"));
    if ON_FILES.contains(&word) {
        return Err(
            error.help(format!("write `cargo xtask migrate-{word}`; this program knows only databases"))
        );
    }
    Err(match closest(word, Topic::COMMANDS.map(Topic::key)) {
        Some(command) => error.help(format!("did you mean `{command}`?")),
        None => error.help("migrate --help lists the commands"),
    })
}

/// What people look for here, and what `cargo xtask migrate-..` does on the files of a package.
const ON_FILES: [&str; 4] = ["new", "check", "seal", "import"];

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
    match closest(option, options) {
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
        assert_eq!(
            run("apply").command,
            Command::Apply { to: None, route: Route::Shortest, mode: Mode::Run }
        );
        let apply = run("--env prod apply --to 0003 --dry-run --allow a --allow=b --json");
        assert_eq!(
            apply.command,
            Command::Apply { to: Some("0003".into()), route: Route::Shortest, mode: Mode::DryRun }
        );
        let every = run("apply --no-jump").command;
        assert_eq!(every, Command::Apply { to: None, route: Route::EveryStep, mode: Mode::Run });
        assert_eq!((apply.env.as_deref(), apply.json), (Some("prod"), true));
        assert_eq!(apply.allow, ["a", "b"]);
        let steps = Command::Rollback { target: Target::Steps(2), mode: Mode::Run };
        assert_eq!(run("rollback --steps 2").command, steps);
        let revision = Command::Rollback { target: Target::Revision("0001".into()), mode: Mode::DryRun };
        assert_eq!(run("rollback --revision 0001 --dry-run").command, revision);
        let all = Command::Rollback { target: Target::All, mode: Mode::DryRun };
        assert_eq!(run("rollback --all --dry-run").command, all);
        assert_eq!(run("status --check").command, Command::Status { check: true });
        assert_eq!(run("drift").command, Command::Drift);
        assert_eq!(run("baseline").command, Command::Baseline { to: None, mode: Mode::Run });
        let baseline = Command::Baseline { to: Some("0002".into()), mode: Mode::DryRun };
        assert_eq!(run("baseline --to 0002 --dry-run").command, baseline);
        assert_eq!(run("history --detailed").command, Command::History { detailed: true });
        assert_eq!(run("pending --url sqlite:x").url.as_deref(), Some("sqlite:x"));
    }

    #[test]
    fn reads_repairs_and_waits() {
        let repair = |line: &str, what, mode| {
            assert_eq!(run(line).command, Command::Repair { what, mode }, "{line}");
        };
        repair("repair --history", Damage::History { to: None }, Mode::Run);
        let to = Some("0002".to_owned());
        repair("repair --history --to 0002 --dry-run", Damage::History { to }, Mode::DryRun);
        repair("repair --forget 0004_x", Damage::Forget("0004_x".to_owned()), Mode::Run);
        repair("repair --set-aside --dry-run", Damage::SetAside, Mode::DryRun);
        assert!(wrong("repair").contains("migrate verify says which"));
        assert!(wrong("repair --history --forget x").contains("only one of"));
        assert!(wrong("repair --forget x --to y").contains("belongs to `repair --history`"));
        assert_eq!(run("verify").command, Command::Verify);
        for (line, seconds) in [("wait", 300), ("wait --timeout 9", 9), ("wait --timeout 2m", 120)] {
            assert_eq!(run(line).command, Command::Wait { timeout: Duration::from_secs(seconds) });
        }
        for time in ["soon", "5d", "-1", "99999999999999999999h", ""] {
            assert!(wrong(&format!("wait --timeout={time}")).contains("90s, 5m or 1h"), "{time}");
            assert!(wrong(&format!("apply --wait={time}")).contains("--wait"), "{time}");
        }
        for line in ["apply", "rollback --all", "baseline", "repair --history", "archive purge"] {
            assert_eq!(run(line).wait, None);
            assert_eq!(run(&format!("{line} --wait 90")).wait, Some(Duration::from_secs(90)));
        }
        assert!(wrong("archive list --wait 90").contains("`archive list` has no option `--wait`"));
        assert!(wrong("status --wait 90").contains("--wait"));
    }

    #[test]
    fn reads_the_archive() {
        assert_eq!(run("archive").command, Command::ArchiveList);
        assert_eq!(run("archive list").command, Command::ArchiveList);
        assert_eq!(run("archive show 3 --rows 5").command, Command::ArchiveShow { entry: 3, rows: 5 });
        let purge = |line: &str, entries, mode| {
            assert_eq!(run(line).command, Command::ArchivePurge { entries, mode }, "{line}");
        };
        purge("archive purge 1 2", Entries::These(vec![1, 2]), Mode::Run);
        purge("archive purge --all", Entries::All, Mode::Run);
        purge("archive purge --dry-run", Entries::Overdue, Mode::DryRun);
        purge("archive purge --older-than 30d", Entries::OlderThan(Age::hours(720)), Mode::Run);
        for line in ["purge 1 --all", "purge --all --older-than 3d", "purge 1 --older-than 3d"] {
            assert!(wrong(&format!("archive {line}")).contains("one of them"), "{line}");
        }
        assert!(wrong("archive purge --older-than 30days").contains("did you mean `--older-than 30d`?"));
        assert!(wrong("archive purge --older-than long").contains("\"90d\""));
        assert!(wrong("archive purge --rows 3").contains("`archive purge` has no option `--rows`"));
        assert!(wrong("archive show 3 --dry-run").contains("--dry-run"));
        assert!(wrong("archive show x").contains("`x`"));
        assert!(wrong("archive empty").contains("no `archive empty`"));
        assert!(wrong("archive list --all").contains("--all"));
    }

    #[test]
    fn reads_seeds() {
        let seed = |line: &str, wanted: SeedAct| match run(line).command {
            Command::Seed(request) => {
                assert_eq!(request.act, wanted, "{line}");
                request.options
            }
            other => panic!("{other:?}"),
        };
        let load = |what, mode| SeedAct::Load { what, mode };
        let options = seed(
            "seed run --size small --seed x --confirm dev --env dev",
            load(SeedSets::OfEnvironment, Mode::Run),
        );
        assert_eq!(options.size.as_deref(), Some("small"));
        seed("seed all --dry-run", load(SeedSets::All, Mode::DryRun));
        seed("seed set demo", load(SeedSets::Set("demo".to_owned()), Mode::Run));
        seed("seed table users", load(SeedSets::Table("users".to_owned()), Mode::Run));
        seed("seed file x.toml", load(SeedSets::File("x.toml".to_owned()), Mode::Run));
        seed("seed plan", load(SeedSets::OfEnvironment, Mode::DryRun));
        seed("seed plan set demo", load(SeedSets::Set("demo".to_owned()), Mode::DryRun));
        seed("seed", SeedAct::Status);
        seed("seed clean demo", SeedAct::Clean { set: Some("demo".to_owned()), mode: Mode::Run });
        let dry = SeedAct::Clean { set: None, mode: Mode::DryRun };
        seed("seed clean --dry-run", dry);
        seed("seed check x.toml", SeedAct::Check { file: Some("x.toml".to_owned()) });
        seed("seed export users", SeedAct::Export { tables: vec!["users".to_owned()] });
        assert!(wrong("seed rnu").contains("did you mean `seed run`?"));
        assert!(wrong("seed set").contains("takes one argument"));
        assert!(wrong("seed all x").contains("no such argument"));
        assert!(wrong("seed status --size 3").contains("has no option `--size`"));
        assert!(wrong("apply --size 3").contains("`apply` has no option `--size`"));
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
        assert!(wrong("rollback --steps 1 --revision a").contains("only one"));
        assert!(wrong("rollback --steps 1 --all").contains("only one"));
        assert!(wrong("new add_phone").contains("cargo xtask migrate-new"));
        assert!(wrong("apply now").contains("takes no argument `now`"));
        assert!(wrong("status --check=yes").contains("check"));
        assert!(wrong("apply --to").contains("--to"));
        assert!(wrong("-x").contains("`-x`"));
    }
}
