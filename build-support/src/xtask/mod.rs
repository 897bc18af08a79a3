//! The commands of `cargo xtask`.
//!
//! Commands on files read the package as the build does, and never need it to compile, so that a
//! red build can always be mended. `migrate` builds and runs the package's own binary.

mod check;
mod editor;
mod explain;
mod git;
#[cfg_attr(not(any(feature = "replay", feature = "postgres", feature = "mysql")), path = "import/without.rs")]
mod import;
mod init;
mod new;
mod output;
mod package;
mod rebase;
mod repository;
mod review;
mod run;
mod seal;
mod squash;
mod write;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};
use whimbrel_schema::closest;

use output::{Failure, Outcome};

const HELP: &str = "\
Schema changes that are proven by the build.

Usage: cargo xtask [-p PACKAGE] COMMAND ...
       whimbrel [-p PACKAGE] COMMAND ...     the same, installed by cargo install whimbrel-build

Commands on files, which work while the package does not compile:
  migrate-init       make a package one that keeps a database; nothing that is there is overwritten
      --path DIR                   take whimbrel from a checkout of its repository
      --dry-run                    show what would be written, and write nothing
  migrate-import     write schema/*.toml and a first migration for a database that is there already
      --url URL                    where it is: sqlite:PATH
      --name NAME                  what the migration is called; without it, baseline
      --dry-run                    show the files, and write nothing
      --json                       tell it as JSON, for programs
  migrate-new NAME   write a migration for what changed in schema/
      --empty                      write one without steps, to be filled by hand
      --rename T.A=T.B             column A of table T is now called B (or --rename T=U for a table)
      --using T.C=SQL              how values of column C become values of its next type
      --using-back T.C=SQL         how they become values of the previous type again
      --backfill T.C=VALUE         what rows get that have no value for a NOT NULL column
      --accept CODE:OBJECT=REASON  accept a hazard, by its name and with a reason
      --irreversible REASON        write no downgrade, and say why
      --dry-run                    show the migration and its SQL, and write nothing
  migrate-check      check schema and migrations as the build does
      --format human|json|github|sarif
                                   for a person, for a program, as annotations of a run on
                                   GitHub, or as SARIF; --json is short for --format json
      --all                        tell the hazards of every migration, and not only of the newest
      --base REF                   check what a merge with this branch or commit would give
  migrate-review     what the newest migration does, for those who review it: changes, hazards, locks, SQL, a diagram
      REVISION ...                 of these
      --all                        of every migration
      --base REF                   of those that a merge with this branch or commit would bring there
      --format markdown|json|html  for a pull request, for a program, or as a page of its own; --json is short for
                                   --format json
  migrate-rebase     of two lines of migrations, put one behind the other, as after a merge of two branches
      --onto REVISION              the line of this migration stays
      --base REF                   the line whose head this branch or commit has stays
      --dry-run                    show what would become of each, and change nothing
  migrate-squash     make the first migrations one, which databases that have them take for applied
      --through REVISION           the last of them; every database must have applied it
      --dry-run                    show what it would stand for, and change nothing
  migrate-seal       seal again after an edit of a migration that no database has applied
  editor             write .whimbrel/*.json, from which editors know the keys of schema/*.toml and
                     whimbrel.toml, and a first line in these files that leads there
      --check                      write nothing; exit code 3 if something is missing or outdated
  explain [CODE]     what a code means, with a wrong and a right example; without a code, all of them
      --json                       as JSON, for programs
      --markdown                   the explanations of all codes, as a page

Commands on a database, which build the package and run its `migrate` binary:
  migrate apply | rollback | history | pending | status | drift | verify | wait | baseline | repair | archive
      cargo xtask migrate --help tells about each
  seed run | all | set | table | file | plan | check | status | clean | export
      cargo xtask seed --help tells about each

Options:
  -p, --package PACKAGE   the package, where the workspace has several with a whimbrel.toml
  --package-dir DIR       where to look for it; the current directory if not given
  -h, --help              this text

Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 changes found by a check,
5 refused for safety, 6 lock busy.
";

const COMMANDS: [&str; 12] = [
    "migrate-init",
    "migrate-import",
    "migrate-new",
    "migrate-check",
    "migrate-rebase",
    "migrate-review",
    "migrate-seal",
    "migrate-squash",
    "editor",
    "explain",
    "migrate",
    "seed",
];

/// What the `migrate` binary does, for those who write a hyphen before it.
const ON_DATABASES: [&str; 11] = [
    "apply", "rollback", "history", "pending", "status", "drift", "verify", "wait", "baseline", "repair",
    "archive",
];

/// The whole of a project's xtask: reads the command line, does what it says, and tells how it went.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     whimbrel_build::xtask::main()
/// }
/// ```
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    output::finish(run_command(arguments))
}

/// Which package is meant, and what is to be done with it.
struct Invocation {
    package: Option<String>,
    directory: PathBuf,
    command: String,
    rest: Vec<OsString>,
}

fn run_command(arguments: Vec<OsString>) -> Outcome {
    let Some(invocation) = parse(arguments)? else {
        output::print(HELP);
        return Ok(ExitCode::SUCCESS);
    };
    let Invocation { package, directory, command, rest } = invocation;
    let here = std::env::current_dir()
        .map_err(|error| Failure::failed(format!("no current directory: {error}")))?
        .join(directory);
    let find = || package::find(package.as_deref(), &here);
    match command.as_str() {
        "migrate-init" => init::run(package.as_deref(), &here, Parser::from_args(rest)),
        "migrate-import" => import::run(package.as_deref(), &here, Parser::from_args(rest)),
        "migrate-new" => new::run(&find()?, Parser::from_args(rest)),
        "migrate-check" => check::run(&find()?, Parser::from_args(rest)),
        "migrate-rebase" => rebase::run(&find()?, Parser::from_args(rest)),
        "migrate-review" => review::run(&find()?, Parser::from_args(rest)),
        "migrate-squash" => squash::run(&find()?, Parser::from_args(rest)),
        "migrate-seal" => seal::run(&find()?, Parser::from_args(rest)),
        "editor" => editor::run(&find()?, Parser::from_args(rest)),
        "explain" => explain::run(Parser::from_args(rest)),
        "migrate" => match rest.first().and_then(|word| on_files(word)) {
            // Said before the package is built, which these commands do not need.
            Some(meant) => {
                Err(Failure::usage(format!("`{meant}` is one word, with a hyphen: cargo xtask {meant}")))
            }
            None => run::run(&find()?, rest),
        },
        "seed" => run::run(&find()?, [OsString::from("seed")].into_iter().chain(rest).collect()),
        other => {
            let help = match meant(other) {
                Some(command) => format!("did you mean `{command}`?"),
                None => format!("the commands are {}; cargo xtask --help tells more", COMMANDS.join(", ")),
            };
            Err(Failure::usage(format!("there is no command `{other}`; {help}")))
        }
    }
}

/// The command on files that someone means by a word after `migrate`.
fn on_files(word: &OsStr) -> Option<&'static str> {
    let word = word.to_str()?;
    COMMANDS.into_iter().find(|command| command.strip_prefix("migrate-") == Some(word))
}

/// The command that was probably meant; those on databases are two words.
fn meant(word: &str) -> Option<String> {
    let hyphened = ON_DATABASES.map(|command| format!("migrate-{command}"));
    let meant = closest(word, COMMANDS.into_iter().chain(hyphened.iter().map(String::as_str)))?;
    Some(match hyphened.iter().any(|command| command == meant) {
        true => meant.replacen('-', " ", 1),
        false => meant.to_owned(),
    })
}

/// The words before a command's own; `None` asks for help.
fn parse(arguments: Vec<OsString>) -> Result<Option<Invocation>, Failure> {
    let mut parser = Parser::from_args(arguments);
    let mut package = None;
    let mut directory = PathBuf::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('p') | Arg::Long("package") => package = Some(parser.value()?.string()?),
            Arg::Long("package-dir") => directory = PathBuf::from(parser.value()?),
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(command) => {
                let command = command.string()?;
                let rest = parser.raw_args()?.collect();
                return Ok(Some(Invocation { package, directory, command, rest }));
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_or_two_is_told() {
        assert_eq!(on_files(OsStr::new("new")), Some("migrate-new"));
        assert_eq!(on_files(OsStr::new("apply")), None);
        assert_eq!(meant("migrate-apply").as_deref(), Some("migrate apply"));
        assert_eq!(meant("migrate-statsu").as_deref(), Some("migrate status"));
        assert_eq!(meant("migrate-sael").as_deref(), Some("migrate-seal"));
        assert_eq!(meant("frobnicate"), None);
    }
}
