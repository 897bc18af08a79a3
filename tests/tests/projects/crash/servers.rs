//! Processes that die while they migrate a server.
//!
//! On PostgreSQL a database is as it was before a migration or as it is after one. On MariaDB it may be in
//! the middle of one. On both the next run completes, and what it leads to is the same as without the
//! crash: the catalogue, the rows, the archive and the history.

use std::thread;

use generated_example::db::PROJECT;
use whimbrel::{Apply, Migrator, Project, Rollback};

use super::online;
use super::program::{Ended, Program};
use crate::support::servers::{Fresh, MariaDb, Postgres, Server, Speaks, catalogue};

/// Which way the migrations go that are cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// An empty database gets all of them.
    Fresh,
    /// With rows, to the last.
    Up,
    /// With rows, from the last to the first.
    Down,
}

/// Migrations that are cut short.
struct Play {
    project: &'static Project,
    ways: &'static [Way],
    /// The number of migrations before, with rows, and what rows.
    before: usize,
    rows: &'static [&'static str],
    /// Whether each is one transaction on PostgreSQL.
    whole: bool,
}

static EXAMPLE: Play =
    Play { project: &PROJECT, ways: &[Way::Fresh, Way::Up, Way::Down], before: 3, rows: &ROWS, whole: true };

static GOING_ON: Play = Play {
    project: &online::ONLINE,
    ways: &[Way::Up, Way::Down],
    before: 1,
    rows: &[
        "INSERT INTO users (email, age) VALUES ('ada@x', 36), ('bob@x', NULL)",
        "INSERT INTO posts (user_id) VALUES (1), (NULL)",
    ],
    whole: false,
};

const ROWS: [&str; 5] = [
    "INSERT INTO users (email, created_at) VALUES ('ada@x', '2001-01-01 00:00:00'), \
     ('bob@x', '2001-01-01 00:00:00'), ('eve@x', '2001-01-01 00:00:00')",
    "INSERT INTO emails (gmail_id, owner_id, from_address, received_at) VALUES \
     ('m-1', 1, 'A.da+x@gmail.com', '2001-01-31 23:59:59'), ('m-2', 1, NULL, '2001-02-01 00:00:00'), \
     ('m-3', 2, 'ada@gmail.com', '2001-02-01 00:00:01')",
    "INSERT INTO gmail_labels (owner_id, name) VALUES (1, 'work')",
    "INSERT INTO email_labels VALUES (1, 1), (2, 1)",
    "INSERT INTO email_analyses (email_id, summary, score, analysed_at) \
     VALUES (2, 'short', 0.5, '2001-02-01 00:00:00')",
];

#[test]
fn killed_before_any_statement_on_a_server() {
    kill_on_servers(&EXAMPLE, || Program::with_faults("crash-servers"));
}

#[test]
fn killed_before_any_statement_while_programs_go_on() {
    kill_on_servers(&GOING_ON, || Program::going_on("crash-online"));
}

fn kill_on_servers(play: &'static Play, program: impl FnOnce() -> Program) {
    let servers = (Scene::<Postgres>::new(play), Scene::<MariaDb>::new(play));
    if servers.0.is_none() && servers.1.is_none() {
        return;
    }
    let program = program();
    thread::scope(|scope| {
        if let Some(scene) = &servers.0 {
            scope.spawn(|| scene.kill_at_every_statement(&program, play.whole));
        }
        if let Some(scene) = &servers.1 {
            scope.spawn(|| scene.kill_at_every_statement(&program, false));
        }
    });
}

/// How many statements lie between two kills. Every one is tried with `WHIMBREL_TEST_KILLS=all`, which
/// takes a quarter of an hour; otherwise a prime number of them, which falls in with no pattern.
fn stride() -> usize {
    if std::env::var("WHIMBREL_TEST_KILLS").is_ok_and(|kills| kills == "all") { 1 } else { 11 }
}

struct Scene<S: Server> {
    database: Fresh<S>,
    play: &'static Play,
}

impl<S: Speaks> Scene<S> {
    fn new(play: &'static Play) -> Option<Self> {
        S::fresh().map(|database| Self { database, play })
    }

    fn migrator(&self) -> Migrator<'static> {
        Migrator::open(self.play.project, &self.database.url(), ".").unwrap().actor("crash")
    }

    /// The database as it is before the migrations that are cut short.
    fn reset(&self, way: Way) {
        self.database.empty();
        if way == Way::Fresh {
            return;
        }
        let mut migrator = self.migrator();
        let first = self.play.project.migrations[self.play.before - 1].revision;
        migrator.apply(Apply::To(first)).unwrap();
        let mut client = self.database.connect();
        for sql in self.play.rows {
            S::does(&mut client, sql).unwrap();
        }
        if way == Way::Down {
            migrator.apply(Apply::All).unwrap();
        }
    }

    fn go(&self, program: &Program, way: Way, fault: &str) -> Ended {
        let url = self.database.url();
        let arguments: Vec<&str> = match way {
            Way::Fresh | Way::Up => vec!["apply", "--url", &url],
            Way::Down => vec!["rollback", "--revision", "0001", "--url", &url],
        };
        program.run(std::env::temp_dir().as_path(), &arguments, fault)
    }

    fn kill_at_every_statement(&self, program: &Program, whole: bool) {
        for way in self.play.ways.iter().copied() {
            let place = format!("{} {way:?}", S::NAME);
            let (mut states, goal) = self.states(way);
            assert_eq!(states.pop().as_ref(), Some(&goal), "{place}: all at once is one after the other");
            let (stride, mut number, mut between) = (stride(), 1, 0);
            loop {
                self.reset(way);
                let Ended::Killed(statement) = self.go(program, way, &format!("halt:{number}")) else {
                    break;
                };
                if whole {
                    let found = self.state();
                    let known = found == goal || states.contains(&found);
                    assert!(known, "{place}: before {number}, {statement}, it is in no state:\n{found}");
                }
                // A database in the middle of a migration says so.
                let underway = self.migrator().status().unwrap().underway;
                between += usize::from(underway.is_some());
                assert!(!whole || underway.is_none(), "{place}: {statement}");
                let next = self.go(program, way, "");
                assert_eq!(next.code(), Some(0), "{place}: after {number}, {statement}: {next:?}");
                let found = self.state();
                assert_eq!(found, goal, "{place}: after {number}, {statement}, it leads elsewhere");
                number += stride;
            }
            assert!(number > 20, "{place}: {number} statements");
            assert!(whole || between * stride > 5, "{place}: {between} times in the middle");
        }
    }

    /// The states on the way of one migration after the other, and the one to which all at once leads.
    fn states(&self, way: Way) -> (Vec<String>, String) {
        self.reset(way);
        let mut states = vec![self.state()];
        let mut migrator = self.migrator();
        match way {
            // A jump goes over all that lie before the first that makes rows.
            Way::Fresh => {
                for revision in ["0007", "0008", "0009"] {
                    migrator.apply(Apply::To(revision)).unwrap();
                    states.push(self.state());
                }
            }
            Way::Up => {
                for migration in &self.play.project.migrations[self.play.before..] {
                    migrator.apply(Apply::To(migration.revision)).unwrap();
                    states.push(self.state());
                }
            }
            Way::Down => {
                for _ in 1..self.play.project.migrations.len() {
                    migrator.rollback(Rollback::Steps(1)).unwrap();
                    states.push(self.state());
                }
            }
        }
        self.reset(way);
        let mut migrator = self.migrator();
        match way {
            Way::Fresh | Way::Up => migrator.apply(Apply::All).map(drop).unwrap(),
            Way::Down => migrator.rollback(Rollback::To("0001")).map(drop).unwrap(),
        }
        (states, self.state())
    }

    /// All that can be seen in the database but times and the journal.
    fn state(&self) -> String {
        let mut client = self.database.connect();
        let mut lines = vec![catalogue::<S>(&mut client)];
        let tables = S::texts(&mut client, S::TABLES).unwrap();
        let tables = tables.into_iter().flatten().flatten();
        for table in tables.filter(|table| !table.starts_with("whimbrel_")) {
            let rows = S::texts(&mut client, &format!("SELECT * FROM {table}")).unwrap();
            let mut rows: Vec<String> = rows.into_iter().map(shown).collect();
            rows.sort();
            lines.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        let own = [
            "SELECT event, revision, direction, method, head_after, head_hash_after FROM whimbrel_history ORDER BY event",
            "SELECT revision, direction, kind, table_name, column_name, row_count FROM whimbrel_archive ORDER BY entry",
        ];
        for sql in own {
            // Neither is there from the start.
            lines.extend(S::texts(&mut client, sql).unwrap_or_default().into_iter().map(shown));
        }
        lines.join("\n")
    }
}

/// A row as a line. The rows of the scene are of the year 2001; any other time was the time of a run.
fn shown(row: Vec<Option<String>>) -> String {
    let time = |text: &str| text.len() >= 19 && text.as_bytes()[10] == b' ' && text.as_bytes()[13] == b':';
    let cell = |cell: Option<String>| match cell {
        None => "NULL".to_owned(),
        Some(text) if time(&text) && !text.starts_with("2001-") => "now".to_owned(),
        Some(text) => text,
    };
    row.into_iter().map(cell).collect::<Vec<_>>().join(" | ")
}
