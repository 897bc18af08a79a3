//! D09: the power goes while a server of PostgreSQL migrates.
//!
//! A server of the test's own is halted with all of its processes, and its files are copied: what a machine without power
//! has on its disk, but for what the system had not written yet. A server on the copy has to come up with a database that
//! is before a migration or after it. Of SQLite's files the same is seen where a process is killed at any time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use generated_example::db::PROJECT;
use tempfile::TempDir;
use whimbrel::{Apply, Migrator};

use crate::support::servers::{Postgres, Server as _};

#[test]
fn without_power_a_migration_is_done_or_not() {
    if Postgres::fresh().is_none() {
        return;
    }
    let server = Own::start();
    let whole = {
        let began = Instant::now();
        server.create("power").migrator().apply(Apply::All).unwrap();
        began.elapsed()
    };
    let mut heads = Vec::new();
    for moment in 1..=8_u32 {
        let name = format!("power_{moment}");
        let database = server.create(&name);
        let url = database.url.clone();
        let running =
            thread::spawn(move || Migrator::open(&PROJECT, &url, ".").unwrap().jump(false).apply(Apply::All));
        thread::sleep(whole * moment / 9);
        let copy = server.copy();
        running.join().unwrap().unwrap();
        let found = copy.start(&name);
        let mut migrator = found.migrator();
        // It is compared with what its history says.
        let applied = migrator.status().unwrap().applied.len();
        if applied > 0 {
            assert_eq!(
                migrator.verify().unwrap_or_else(|error| panic!("{moment}: {error}")).applied,
                applied
            );
        }
        let drift = migrator.drift().unwrap();
        assert!(drift.is_none(), "{moment}, after {applied}: {drift:?}");
        migrator.apply(Apply::All).unwrap_or_else(|error| panic!("{moment}, after {applied}: {error}"));
        assert!(migrator.drift().unwrap().is_none(), "{moment}, after {applied}");
        heads.push(applied);
    }
    heads.dedup();
    assert!(heads.len() > 2, "the moments are too few: {heads:?}");
}

/// A server of this test alone, which `ci/servers` starts.
struct Own {
    url: String,
    data: PathBuf,
    /// Where `ci/servers` keeps note of it.
    target: TempDir,
}

/// A database.
struct Database {
    url: String,
}

/// A copy of a server's files, and the server on them as soon as it is started.
struct Copy {
    directory: TempDir,
    url: String,
}

impl Database {
    fn migrator(&self) -> Migrator<'static> {
        Migrator::open(&PROJECT, &self.url, ".").unwrap().jump(false)
    }
}

impl Own {
    fn start() -> Self {
        let target = tempfile::tempdir().unwrap();
        let started = servers(&target, &["--durable", "start"]);
        let exported =
            |line: &str| line.strip_prefix("export WHIMBREL_TEST_POSTGRES_URL=").map(str::to_owned);
        let url = started.lines().find_map(exported).unwrap_or_else(|| panic!("no server: {started}"));
        let work = fs::read_to_string(target.path().join("whimbrel-servers")).unwrap();
        Self { url, data: Path::new(work.trim()).join("postgres/data"), target }
    }

    fn create(&self, name: &str) -> Database {
        Postgres::run(&mut Postgres::connect(&self.url).unwrap(), &format!("CREATE DATABASE {name}"))
            .unwrap();
        Database { url: at(&self.url, name) }
    }

    /// Its files as they are at this moment.
    fn copy(&self) -> Copy {
        let process = fs::read_to_string(self.data.join("postmaster.pid")).unwrap();
        let process = process.lines().next().unwrap().trim().to_owned();
        let children = |signal: &str| {
            let _ = Command::new("pkill").args([signal, "-P", &process]).status().unwrap();
        };
        run("kill", &["-STOP", &process]);
        children("-STOP");
        let directory = tempfile::Builder::new().prefix("whimbrel-power-").tempdir().unwrap();
        let copied = Command::new("cp").arg("-a").arg(&self.data).arg(directory.path().join("data")).status();
        children("-CONT");
        run("kill", &["-CONT", &process]);
        assert!(copied.unwrap().success());
        Copy { directory, url: self.url.clone() }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        servers(&self.target, &["stop"]);
    }
}

impl Copy {
    /// Starts a server on the files, and names a database of it.
    fn start(&self, database: &str) -> Database {
        let data = self.data();
        fs::remove_file(data.join("postmaster.pid")).unwrap();
        run("chmod", &["755", self.directory.path().to_str().unwrap()]);
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let options =
            format!("-c port={port} -c ssl=off -c listen_addresses=127.0.0.1 -c unix_socket_directories=''");
        self.control(&["start", "--wait", "--silent", "--log", "/dev/null", "--options", &options]);
        let (start, rest) = self.url.split_once('@').unwrap();
        let (_, path) = rest.split_once('/').unwrap();
        Database { url: at(&format!("{start}@127.0.0.1:{port}/{path}"), database) }
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Asks PostgreSQL's own program, as the owner of the files.
    fn control(&self, arguments: &[&str]) {
        let data = self.data();
        let version = fs::read_to_string(data.join("PG_VERSION")).unwrap();
        let installed = PathBuf::from(format!("/usr/lib/postgresql/{}/bin/pg_ctl", version.trim()));
        let program = if installed.exists() { installed } else { PathBuf::from("pg_ctl") };
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(program);
                command
            }
            false => Command::new(program),
        };
        command.args(arguments).arg("--pgdata").arg(&data).current_dir("/");
        let ended =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(ended.success(), "pg_ctl {arguments:?}");
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            self.control(&["stop", "--wait", "--silent", "--mode", "immediate"]);
        }
    }
}

fn at(url: &str, database: &str) -> String {
    crate::support::servers::with_database(url, database)
}

fn run(program: &str, arguments: &[&str]) {
    assert!(Command::new(program).args(arguments).status().unwrap().success(), "{program} {arguments:?}");
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

/// Runs `ci/servers` for PostgreSQL alone.
fn servers(target: &TempDir, arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("ci/servers");
    let mut command = Command::new(script);
    command.args(arguments).env("CARGO_TARGET_DIR", target.path()).env_remove("WHIMBREL_TEST_POSTGRES_URL");
    // One that is there already is not started.
    let ended = command.env("WHIMBREL_TEST_MARIADB_URL", "mysql://nobody@127.0.0.1:1/none").output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).unwrap()
}
