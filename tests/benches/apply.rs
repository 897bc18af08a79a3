//! What it costs to apply a thousand migrations, to find nothing pending, and to begin afresh.
//!
//! ```console
//! $ ci/servers run cargo bench -p whimbrel-tests --bench apply [-- --rounds N --only DATABASE]
//! ```
//!
//! Beside each stands the bare driver with the statements that whimbrel would run: for a thousand migrations with
//! a transaction each, and all in one; for nothing pending a connection and the read of the newest event; for the
//! fresh start the last schema at once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a program for developers"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use mysql::prelude::Queryable as _;
use rusqlite::Connection;
use support::servers::{Fresh, MariaDb, Postgres, Server};
use tempfile::TempDir;
use whimbrel::v1::{Editor, Result};
use whimbrel::{Apply, Downgrade, Migration, Migrator, Project, Reversal, Steps, Table};

const MIGRATIONS: usize = 1_000;

fn main() {
    let rounds = option("--rounds").and_then(|number| number.parse().ok());
    let (project, rounds) = (project(), rounds.unwrap_or(3));
    println!("| database | work | bare driver | whimbrel | ratio |\n|---|---|---|---|---|");
    measure::<Sqlite>(project, rounds);
    measure::<Fresh<Postgres>>(project, rounds);
    measure::<Fresh<MariaDb>>(project, rounds);
}

/// What follows a name on the command line.
fn option(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

/// A database that migrations are applied to.
trait Database: Sized {
    const NAME: &'static str;

    /// An empty one; `None` where its server is not there.
    fn empty() -> Option<Self>;

    /// Opens a connection with a migrator on it.
    fn migrate<T>(&self, project: &'static Project, act: impl FnOnce(Migrator<'_>) -> T) -> T;

    /// Opens a connection and runs groups of statements, each in a transaction.
    fn run(&self, groups: &[Vec<String>]);

    /// Opens a connection and reads the newest event of the history.
    fn read(&self);
}

const NEWEST: &str = "SELECT head_after FROM whimbrel_history ORDER BY event DESC LIMIT 1";

fn measure<D: Database>(project: &'static Project, rounds: usize) {
    if option("--only").is_some_and(|only| !only.eq_ignore_ascii_case(D::NAME)) {
        return;
    }
    let Some(first) = D::empty() else { return };
    let each = statements(&first, project, false);
    let at_once = statements(&first, project, true);
    let together = vec![each.concat()];
    let apply = |database: &D, jump: bool| {
        database.migrate(project, |migrator| {
            let report = migrator.jump(jump).apply(Apply::All).unwrap();
            assert_eq!(report.completed.len(), MIGRATIONS);
        });
    };
    let mut works = [
        ("1,000 migrations, beside a transaction each", Vec::new()),
        ("1,000 migrations, beside one transaction", Vec::new()),
        ("nothing pending of 1,000", Vec::new()),
        ("a fresh start", Vec::new()),
    ];
    for _ in 0..rounds {
        let bare = |groups: &[Vec<String>]| {
            let database = D::empty().unwrap();
            timed(|| database.run(groups))
        };
        let database = D::empty().unwrap();
        let applied = timed(|| apply(&database, false));
        works[0].1.push([bare(&each), applied]);
        works[1].1.push([bare(&together), applied]);
        let pending = timed(|| {
            database.migrate(project, |mut migrator| {
                assert_eq!(migrator.apply(Apply::All).unwrap().completed.len(), 0);
            });
        });
        works[2].1.push([timed(|| database.read()), pending]);
        let database = D::empty().unwrap();
        works[3].1.push([bare(&at_once), timed(|| apply(&database, true))]);
    }
    for (work, times) in works {
        let [bare, whimbrel] = [0, 1].map(|side| median(times.iter().map(|pair| pair[side]).collect()));
        let ratio = whimbrel.as_secs_f64() / bare.as_secs_f64();
        println!("| {} | {work} | {bare:.2?} | {whimbrel:.2?} | {ratio:.2} |", D::NAME);
    }
}

/// What whimbrel would run, by migration.
fn statements<D: Database>(database: &D, project: &'static Project, jump: bool) -> Vec<Vec<String>> {
    let planned = database.migrate(project, |migrator| migrator.jump(jump).plan_apply(Apply::All).unwrap());
    let texts = |planned: &whimbrel::Planned| {
        let statements = planned.steps.iter().flat_map(|step| &step.statements);
        statements.flat_map(|statement| statement.texts()).map(str::to_owned).collect()
    };
    planned.iter().map(texts).collect()
}

fn timed(act: impl FnOnce()) -> Duration {
    let start = Instant::now();
    act();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A file of SQLite, opened as applications open it.
struct Sqlite(TempDir);

impl Sqlite {
    fn open(&self) -> Connection {
        let connection = Connection::open(self.0.path().join("app.db")).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL").unwrap();
        connection
    }
}

impl Database for Sqlite {
    const NAME: &'static str = "SQLite";

    fn empty() -> Option<Self> {
        Some(Self(tempfile::tempdir().unwrap()))
    }

    fn migrate<T>(&self, project: &'static Project, act: impl FnOnce(Migrator<'_>) -> T) -> T {
        act(Migrator::new(project, &mut self.open()))
    }

    fn run(&self, groups: &[Vec<String>]) {
        let mut connection = self.open();
        for group in groups {
            let transaction = connection.transaction().unwrap();
            group.iter().for_each(|sql| transaction.execute_batch(sql).unwrap());
            transaction.commit().unwrap();
        }
    }

    fn read(&self) {
        let connection = self.open();
        let newest: String = connection.query_row(NEWEST, [], |row| row.get(0)).unwrap();
        assert_eq!(newest, "01000_notes");
    }
}

impl Database for Fresh<Postgres> {
    const NAME: &'static str = Postgres::NAME;

    fn empty() -> Option<Self> {
        Postgres::fresh()
    }

    fn migrate<T>(&self, project: &'static Project, act: impl FnOnce(Migrator<'_>) -> T) -> T {
        act(Migrator::postgres(project, &mut self.connect()).unwrap())
    }

    fn run(&self, groups: &[Vec<String>]) {
        let mut client = self.connect();
        for group in groups {
            let mut transaction = client.transaction().unwrap();
            group.iter().for_each(|sql| transaction.batch_execute(sql).unwrap());
            transaction.commit().unwrap();
        }
    }

    fn read(&self) {
        let row = self.connect().query_one(NEWEST, &[]).unwrap();
        assert_eq!(row.get::<_, String>(0), "01000_notes");
    }
}

impl Database for Fresh<MariaDb> {
    const NAME: &'static str = MariaDb::NAME;

    fn empty() -> Option<Self> {
        MariaDb::fresh()
    }

    fn migrate<T>(&self, project: &'static Project, act: impl FnOnce(Migrator<'_>) -> T) -> T {
        act(Migrator::mysql(project, &mut self.connect()).unwrap())
    }

    fn run(&self, groups: &[Vec<String>]) {
        let mut connection = self.connect();
        groups.iter().flatten().for_each(|sql| connection.query_drop(sql).unwrap());
    }

    fn read(&self) {
        let newest: Option<String> = self.connect().query_first(NEWEST).unwrap();
        assert_eq!(newest.as_deref(), Some("01000_notes"));
    }
}

/// The table of one migration.
struct Notes<const N: usize>;

impl<const N: usize> Notes<N> {
    const DIGITS: [u8; 6] = {
        let mut name = *b"t00000";
        let (mut rest, mut at) = (N, name.len());
        while rest > 0 {
            at -= 1;
            name[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        name
    };
}

impl<const N: usize> Table for Notes<N> {
    const NAME: &'static str = match std::str::from_utf8(&Self::DIGITS) {
        Ok(name) => name,
        Err(_) => panic!("digits are no text"),
    };
    const VERSION: u32 = N as u32;
}

fn upgrade<const N: usize>(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(Notes::<N>)
}

fn downgrade<const N: usize>(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(Notes::<N>)
}

type Function = fn(&mut Editor<'_>) -> Result<()>;

/// The table and the two functions of a migration.
type Written = (&'static str, Function, Function);

macro_rules! written {
    ($($number:expr),*) => { [$((Notes::<{ $number }>::NAME, upgrade::<{ $number }> as Function, downgrade::<{ $number }> as Function)),*] };
}

macro_rules! ten {
    ($base:expr) => {
        written![
            $base,
            $base + 1,
            $base + 2,
            $base + 3,
            $base + 4,
            $base + 5,
            $base + 6,
            $base + 7,
            $base + 8,
            $base + 9
        ]
    };
}

macro_rules! hundred {
    ($base:expr) => {
        [
            ten!($base),
            ten!($base + 10),
            ten!($base + 20),
            ten!($base + 30),
            ten!($base + 40),
            ten!($base + 50),
            ten!($base + 60),
            ten!($base + 70),
            ten!($base + 80),
            ten!($base + 90),
        ]
    };
}

/// A project of a thousand migrations, each with a table of its own.
fn project() -> &'static Project {
    let written: [[[Written; 10]; 10]; 10] = [
        hundred!(1),
        hundred!(101),
        hundred!(201),
        hundred!(301),
        hundred!(401),
        hundred!(501),
        hundred!(601),
        hundred!(701),
        hundred!(801),
        hundred!(901),
    ];
    let mut parent = None;
    let mut migrations = Vec::new();
    for (table, upgrade, downgrade) in written.as_flattened().as_flattened() {
        let revision: &'static str = format!("{}_notes", &table[1..]).leak();
        let before = parent.map_or_else(String::new, |parent| {
            format!("parent = \"{parent}\"\nparent_hash = \"{}\"\n", hash(parent))
        });
        let snapshot = format!(
            "format = 1\nrevision = \"{revision}\"\n{before}hazards = 1\n\n[table.{table}]\nprimary_key = [\"id\"]\n\n\
             [table.{table}.columns]\nid = {{ type = \"bigint\", auto_increment = true }}\n\
             title = \"varchar(200)\"\nbody = {{ type = \"text?\" }}\nsize = {{ type = \"integer\", default = 0 }}\n\n\
             [table.{table}.indexes]\n{table}_title_idx = [\"title\"]\n"
        );
        let steps = |run: Function, step: String| Steps { run, steps: vec![&*step.leak()].leak() };
        migrations.push(Migration {
            revision,
            parent,
            hash: hash(revision).leak(),
            snapshot: snapshot.leak(),
            upgrade: steps(*upgrade, format!("create table {table}")),
            downgrade: Downgrade::Steps(steps(*downgrade, format!("drop table {table}"))),
            reversal: Reversal::Lossless,
            upgrade_destroys: &[],
            downgrade_destroys: &[],
        });
        parent = Some(revision);
    }
    let project = Project { package: "bench", environments: &[], migrations: migrations.leak(), seeds: None };
    Box::leak(Box::new(project))
}

/// The runtime takes the build's word for it.
fn hash(revision: &str) -> String {
    let number = revision.trim_end_matches("_notes");
    format!("w1:{number:0>64}")
}
