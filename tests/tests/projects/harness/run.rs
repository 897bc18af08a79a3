//! Running programs.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How a program ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The program must have ended with this code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n--- stdout\n{}\n--- stderr\n{}", self.out, self.err);
        self
    }

    /// Its messages must contain this.
    #[track_caller]
    pub(crate) fn complains(self, words: &str) -> Self {
        assert!(self.err.contains(words), "`{words}` is not in\n{}", self.err);
        self
    }

    /// Its output must contain this.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.out.contains(words), "`{words}` is not in\n{}", self.out);
        self
    }
}

/// Runs a command to its end.
pub(super) fn run(command: &mut Command) -> Ran {
    let output = patiently(|| command.output());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// Starts a program that may just have been written. A process that another test starts at that moment
/// holds the file open for writing until it becomes the other program (ETXTBSY).
pub(crate) fn patiently<T>(mut start: impl FnMut() -> io::Result<T>) -> T {
    for _ in 0..200 {
        match start() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                thread::sleep(Duration::from_millis(20));
            }
            result => return result.unwrap(),
        }
    }
    start().unwrap()
}

/// Held while cargo builds: projects of one shape overwrite each other's programs in the shared
/// target directory.
pub(super) fn building() -> MutexGuard<'static, ()> {
    static BUILDING: Mutex<()> = Mutex::new(());
    BUILDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cargo, which finds nothing of the outside world but its own directories.
pub(super) fn cargo(directory: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    surroundings(&mut command, directory);
    command.env("DATABASE_URL", "nonsense://nobody:s3cr3t@nowhere.invalid/nothing");
    command
}

/// What a program of a project sees: an empty home, and no network for the cargo it may call.
pub(super) fn surroundings(command: &mut Command, directory: &Path) {
    let home = empty_home();
    std::fs::create_dir_all(&home).unwrap();
    for (variable, directory) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        let known = env::var_os(variable).map(PathBuf::from);
        let known = known.or_else(|| env::home_dir().map(|home| home.join(directory)));
        if let Some(path) = known.filter(|path| path.is_dir()) {
            command.env(variable, path);
        }
    }
    command
        .current_dir(directory)
        .env("HOME", &home)
        .env("CARGO_TARGET_DIR", shared().join("projects"))
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("DATABASE_URL")
        .env_remove("WHIMBREL_PACKAGE_DIR");
}

/// The home directory of every program that is run here, in which nothing is found.
pub(crate) fn empty_home() -> PathBuf {
    shared().join("empty-home")
}

fn shared() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// Formats files in place with options such as `max_width=60`.
pub(crate) fn rustfmt(files: &[PathBuf], options: &str) {
    let mut command = Command::new("rustfmt");
    command.args(["--edition", "2024", "--config", options]).args(files);
    run(&mut command).ends(0);
}

/// Runs a script of this repository as a CI system would, with the xtask that packages have here.
pub(crate) fn script(script: &Path, directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let _one = building();
    let mut command = Command::new(script);
    surroundings(&mut command, directory);
    for name in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_WORKSPACE"] {
        command.env_remove(name);
    }
    command.env("WHIMBREL_XTASK", env!("CARGO_BIN_EXE_project-xtask")).envs(variables.iter().copied());
    run(command.args(arguments))
}

/// Runs one line as a shell would that knows no more than words.
pub(crate) fn line(directory: &Path, line: &str) -> Ran {
    let _one = building();
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().unwrap());
    surroundings(&mut command, directory);
    run(command.args(words))
}
