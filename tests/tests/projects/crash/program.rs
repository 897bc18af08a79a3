//! The example's `migrate`, with or without the faults of tests.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::harness::{Workspace, patiently, repository};

/// A program, and the directory it was built in.
pub(super) struct Program {
    path: PathBuf,
    _workspace: Workspace,
}

/// How it ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// By a kill, before this statement.
    Killed(String),
    /// By itself, with this code and these words on stderr.
    Itself(Option<i32>, String),
}

impl Ended {
    pub(super) fn code(&self) -> Option<i32> {
        match self {
            Self::Killed(_) => None,
            Self::Itself(code, _) => *code,
        }
    }

    pub(super) fn says(&self, words: &str) -> bool {
        matches!(self, Self::Itself(_, err) if err.contains(words))
    }
}

const MAIN: &str = r#"
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use generated_example::db::PROJECT;
use whimbrel::{Apply, Migrator, Rollback};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [lend, act, file] if lend == "lend" => lend_to_migrator(act, file),
        _ => whimbrel::cli::main(&PROJECT),
    }
}

fn lend_to_migrator(act: &str, file: &str) -> ExitCode {
    let mut connection = rusqlite::Connection::open(file).unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; PRAGMA recursive_triggers = ON")
        .unwrap();
    let before = settings(&connection);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut migrator = Migrator::new(&PROJECT, &mut connection);
        if act == "apply" {
            migrator.apply(Apply::All).map(drop)
        } else {
            // What an interrupted rollback has left to do.
            match migrator.status()?.applied.len() {
                0 => Ok(()),
                applied => migrator.rollback(Rollback::Steps(applied)).map(drop),
            }
        }
    }));
    if settings(&connection) != before || !connection.is_autocommit() {
        eprintln!("the connection is not as it was: {before:?}, {:?}", settings(&connection));
        return ExitCode::from(77);
    }
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("{error}");
            ExitCode::from(1)
        }
        Err(_) => ExitCode::from(101),
    }
}

fn settings(connection: &rusqlite::Connection) -> Vec<i64> {
    ["foreign_keys", "legacy_alter_table", "recursive_triggers", "defer_foreign_keys"]
        .map(|name| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap())
        .to_vec()
}
"#;

const FAULTS: &str = ", features = [\"fault-injection\", \"mysql\", \"postgres\"]";

const MAIN_GOING_ON: &str = r#"
#[path = "../project.rs"]
#[allow(dead_code)]
mod project;

fn main() -> std::process::ExitCode {
    whimbrel::cli::main(&project::ONLINE)
}
"#;

impl Program {
    /// Names differ between tests, as those of packages must.
    pub(super) fn with_faults(name: &str) -> Self {
        Self::build(name, FAULTS, MAIN)
    }

    /// The same with migrations that let programs go on.
    pub(super) fn going_on(name: &str) -> Self {
        Self::build(name, FAULTS, MAIN_GOING_ON)
    }

    pub(super) fn plain(name: &str) -> Self {
        Self::build(name, "", MAIN)
    }

    fn build(name: &str, features: &str, main: &str) -> Self {
        let workspace = Workspace::new();
        let package = workspace.package(name);
        let path = |directory: &str| repository().join(directory).display().to_string();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             generated-example = {{ path = {:?} }}\nrusqlite = {{ version = \"*\", default-features = false }}\n\
             whimbrel = {{ path = {:?}{features} }}\n",
            path("generated-example"),
            path("runtime")
        );
        package.write("Cargo.toml", &manifest);
        package.write("src/lib.rs", "");
        package.write("src/bin/migrate.rs", main);
        let project = repository().join("tests/tests/engines/online/project.rs");
        package.write("src/project.rs", &fs::read_to_string(project).unwrap());
        package.remove("build.rs");
        Self { path: package.build_migrate(), _workspace: workspace }
    }

    /// Whether a text is anywhere in it.
    pub(super) fn mentions(&self, words: &str) -> bool {
        let bytes = fs::read(&self.path).unwrap();
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    }

    /// Runs it with a fault, and kills it where it halts.
    pub(super) fn run(&self, directory: &Path, arguments: &[&str], fault: &str) -> Ended {
        let mut child = self.start(directory, arguments, fault);
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let (mut said, mut line) = (String::new(), String::new());
        while err.read_line(&mut line).unwrap() > 0 {
            if line.starts_with("fault before statement ") && fault.starts_with("halt:") {
                line.clear();
                err.read_line(&mut line).unwrap();
                // On Unix this is SIGKILL.
                child.kill().unwrap();
                child.wait().unwrap();
                let statement = line.trim().strip_prefix("in: ").unwrap_or(&line).to_owned();
                return Ended::Killed(statement);
            }
            said.push_str(&line);
            line.clear();
        }
        Ended::Itself(child.wait().unwrap().code(), said)
    }

    /// Runs it for some time and kills it then, if it has not ended.
    pub(super) fn interrupt(&self, directory: &Path, arguments: &[&str], patience: Duration) {
        let mut child = self.start(directory, arguments, "");
        thread::sleep(patience);
        child.kill().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        assert!(!said.contains("error:"), "{said}");
    }

    fn start(&self, directory: &Path, arguments: &[&str], fault: &str) -> Child {
        let mut command = Command::new(&self.path);
        command.args(arguments).current_dir(directory).stdout(Stdio::null()).stderr(Stdio::piped());
        command.env_remove("DATABASE_URL").env_remove("WHIMBREL_PACKAGE_DIR").env_remove("RUST_BACKTRACE");
        command.env("WHIMBREL_FAULT", fault).env("USER", "crash");
        patiently(|| command.spawn())
    }
}
