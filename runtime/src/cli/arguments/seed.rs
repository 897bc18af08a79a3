//! The words after `seed`.

use whimbrel_schema::closest;

use super::{Command, Mode, Topic, see, usage};
use crate::error::Error;

/// What is asked of seeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct SeedRequest {
    pub(in crate::cli) act: SeedAct,
    pub(in crate::cli) options: SeedOptions,
}

/// An act on seeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum SeedAct {
    Load { what: SeedSets, mode: Mode },
    Check { file: Option<String> },
    Status,
    Clean { set: Option<String>, mode: Mode },
    Export { tables: Vec<String> },
}

/// Which sets are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum SeedSets {
    OfEnvironment,
    All,
    Set(String),
    Table(String),
    File(String),
}

/// What was said besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::cli) struct SeedOptions {
    pub(in crate::cli) size: Option<String>,
    pub(in crate::cli) seed: Option<String>,
    pub(in crate::cli) confirm: Option<String>,
}

const ACTS: [&str; 10] = ["run", "all", "set", "table", "file", "plan", "check", "status", "clean", "export"];

/// Reads them.
pub(super) fn command(
    words: &[String],
    given: &[String],
    options: SeedOptions,
    mode: Mode,
) -> Result<Command, Error> {
    let wrong = |message: String| see(usage(message), Topic::Seed);
    let act = words.first().map_or("status", String::as_str);
    if let Some(option) = given.iter().find(|option| !has(act, option)) {
        return Err(wrong(format!("`seed {act}` has no option `--{option}`")));
    }
    let rest = words.get(1..).unwrap_or_default();
    let act = match (act, rest) {
        ("plan", []) => SeedAct::Load { what: SeedSets::OfEnvironment, mode: Mode::DryRun },
        ("plan", [what, rest @ ..]) => SeedAct::Load { what: sets(what, rest)?, mode: Mode::DryRun },
        ("check", []) => SeedAct::Check { file: None },
        ("check", [file]) => SeedAct::Check { file: Some(file.clone()) },
        ("status", []) => SeedAct::Status,
        ("clean", []) => SeedAct::Clean { set: None, mode },
        ("clean", [set]) => SeedAct::Clean { set: Some(set.clone()), mode },
        ("export", tables) => SeedAct::Export { tables: tables.to_vec() },
        (act, rest) => SeedAct::Load { what: sets(act, rest)?, mode },
    };
    Ok(Command::Seed(Box::new(SeedRequest { act, options })))
}

fn sets(act: &str, rest: &[String]) -> Result<SeedSets, Error> {
    let wrong = |message: String| see(usage(message), Topic::Seed);
    match (act, rest) {
        ("run", []) => Ok(SeedSets::OfEnvironment),
        ("all", []) => Ok(SeedSets::All),
        ("set", [name]) => Ok(SeedSets::Set(name.clone())),
        ("table", [name]) => Ok(SeedSets::Table(name.clone())),
        ("file", [path]) => Ok(SeedSets::File(path.clone())),
        ("set" | "table" | "file", _) => Err(wrong(format!("`seed {act}` takes one argument"))),
        (act, _) if ACTS.contains(&act) => Err(wrong(format!("`seed {act}` takes no such argument"))),
        (act, _) => {
            let error = wrong(format!("there is no `seed {act}`"));
            Err(match closest(act, ACTS) {
                Some(meant) => error.help(format!("did you mean `seed {meant}`?")),
                None => error.help(format!("there are: {}", ACTS.join(", "))),
            })
        }
    }
}

/// Whether an act on seeds has an option; an act that does not exist is reported as such.
fn has(act: &str, option: &str) -> bool {
    match option {
        "size" | "seed" => !matches!(act, "check" | "status" | "clean" | "export"),
        "confirm" => !matches!(act, "plan" | "check" | "status" | "export"),
        "dry-run" => !matches!(act, "plan" | "check" | "status" | "export"),
        _ => true,
    }
}
