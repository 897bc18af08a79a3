//! What a database is, by its own word and not by that of the program that migrates it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use generated_example::db::PROJECT;
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

use super::program::{Ended, Program};

/// Where a run begins, and with it where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Nothing is there, and everything is applied step by step.
    Empty,
    /// Nothing is there, and everything is applied, beginning with a jump.
    Jump,
    /// Three migrations are applied, there are rows, and the rest is applied.
    Rows,
    /// Everything is applied, with rows, and everything is rolled back.
    Top,
}

/// A run that can be begun again and again, and the states on its way.
pub(super) struct Scene<'p> {
    program: &'p Program,
    start: Start,
    mode: &'static str,
    directory: TempDir,
    /// The database before, after the first migration, after the second, and so on.
    states: Vec<State>,
}

/// All that can be seen in a database but times.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    /// The newest revision by the newest event.
    head: Option<String>,
    everything: String,
    journal: String,
}

const ROWS: &str = "
    INSERT INTO users (email) VALUES ('ada@x'), ('bob@x'), ('eve@x');
    INSERT INTO user_preferences (user_id, key, value, updated_at) VALUES
      (1, 'signature', 'Ada''s', '2001-01-01 00:00:00'), (1, 'density', 'compact', '2001-01-01 00:00:00'),
      (2, 'signature', '', '2001-01-01 00:00:00');
    INSERT INTO emails (gmail_id, owner_id, from_address, received_at) VALUES
      ('m-1', 1, 'A.da+x@gmail.com', '2001-01-31 23:59:59'), ('m-2', 1, NULL, '2001-02-01 00:00:00'),
      ('m-3', 2, 'ada@gmail.com', '2001-02-01 00:00:01');
    INSERT INTO gmail_labels (owner_id, name) VALUES (1, 'work');
    INSERT INTO email_labels VALUES (1, 1), (2, 1);
    INSERT INTO email_analyses (email_id, summary, score, analysed_at)
      VALUES (2, 'short', 0.5, '2001-02-01 00:00:00');";

const FILE: &str = "mail.db";

impl<'p> Scene<'p> {
    /// Prepares the database, and takes the run step by step to know the states on its way.
    pub(super) fn new(program: &'p Program, start: Start, mode: &'static str) -> Self {
        let directory = directory();
        let mut scene = Self { program, start, mode, directory, states: Vec::new() };
        let run = |arguments: &[&str]| {
            let ended = scene.run(arguments, "");
            assert_eq!(ended.code(), Some(0), "{arguments:?}: {ended:?}");
        };
        let connection = Connection::open(scene.file()).unwrap();
        connection.pragma_update(None, "journal_mode", mode).unwrap();
        drop(connection);
        if !start.is_empty() {
            run(&["apply", "--to", "0003"]);
            Connection::open(scene.file()).unwrap().execute_batch(ROWS).unwrap();
        }
        if start == Start::Top {
            run(&["apply"]);
        }
        fs::copy(scene.file(), scene.template()).unwrap();
        let mut states = vec![state(&scene.file())];
        let migrations = PROJECT.migrations.len();
        let steps: Vec<Vec<&str>> = match start {
            Start::Empty => {
                let to = |one: &whimbrel::Migration| vec!["apply", "--no-jump", "--to", one.revision];
                PROJECT.migrations.iter().map(to).collect()
            }
            Start::Jump => PROJECT.migrations[jumped() - 1..]
                .iter()
                .map(|one| vec!["apply", "--to", one.revision])
                .collect(),
            Start::Rows => {
                PROJECT.migrations[3..].iter().map(|one| vec!["apply", "--to", one.revision]).collect()
            }
            Start::Top => vec![vec!["rollback", "--steps", "1"]; migrations],
        };
        for step in steps {
            run(&step);
            let next = state(&scene.file());
            assert!(states.last().is_some_and(|last| last.everything != next.everything), "{step:?}");
            states.push(next);
        }
        scene.states = states;
        scene
    }

    /// How many migrations lead to the end.
    pub(super) fn goal(&self) -> usize {
        self.states.len() - 1
    }

    /// Begins again.
    pub(super) fn reset(&self) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(self.directory.path().join(format!("{FILE}{suffix}")));
        }
        fs::copy(self.template(), self.file()).unwrap();
    }

    /// Does what is left to do, with a fault.
    pub(super) fn go(&self, fault: &str) -> Ended {
        // A rollback counts from where the database is; an empty one has nothing to roll back.
        let left = match self.start {
            Start::Top => self.goal() - self.place("a database", false),
            Start::Empty | Start::Jump | Start::Rows => 1,
        };
        let steps = left.to_string();
        match (self.start, left) {
            (Start::Top, 0) => Ended::Itself(Some(0), String::new()),
            (Start::Top, _) => self.run(&["rollback", "--steps", &steps], fault),
            (Start::Empty, _) => self.run(&["apply", "--no-jump"], fault),
            (Start::Jump | Start::Rows, _) => self.run(&["apply"], fault),
        }
    }

    /// The same on a connection that is lent.
    pub(super) fn lend(&self, fault: &str) -> Ended {
        let act = if self.start == Start::Top { "rollback" } else { "apply" };
        self.program.run(self.directory.path(), &["lend", act, FILE], fault)
    }

    /// Does it, and is killed after some time.
    pub(super) fn interrupt(&self, patience: Duration) {
        let goal = self.goal().to_string();
        let arguments: &[&str] =
            if self.start == Start::Top { &["rollback", "--steps", &goal] } else { &["apply"] };
        let url = self.url();
        let arguments = [arguments, &["--url", &url]].concat();
        self.program.interrupt(self.directory.path(), &arguments, patience);
    }

    /// How many migrations lead from the start to what the database is now, which must be a state on
    /// the way. It is looked at in a copy, so that the next run recovers what was interrupted itself.
    #[track_caller]
    pub(super) fn place(&self, what: &str, quiet: bool) -> usize {
        let copy = directory();
        for suffix in ["", "-journal", "-wal"] {
            let name = format!("{FILE}{suffix}");
            let _ = fs::copy(self.directory.path().join(&name), copy.path().join(&name));
        }
        let found = state(&copy.path().join(FILE));
        let place = self.states.iter().position(|state| state.everything == found.everything);
        let place = place.unwrap_or_else(|| panic!("{self}: {what} leaves what is no state:\n{found}"));
        assert!(!quiet || found.journal.is_empty(), "{self}: {what}: {}", found.journal);
        let applied = match self.start {
            Start::Empty => place,
            Start::Jump if place == 0 => 0,
            Start::Jump => place - 1 + jumped(),
            Start::Rows => place + 3,
            Start::Top => self.goal() - place,
        };
        let head = applied.checked_sub(1).map(|index| PROJECT.migrations[index].revision.to_owned());
        assert_eq!(found.head, head, "{self}: {what}");
        place
    }

    fn run(&self, arguments: &[&str], fault: &str) -> Ended {
        let url = self.url();
        let arguments = [arguments, &["--url", &url]].concat();
        self.program.run(self.directory.path(), &arguments, fault)
    }

    fn url(&self) -> String {
        format!("sqlite:{}", self.file().display())
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join(FILE)
    }

    fn template(&self) -> PathBuf {
        self.directory.path().join("template.db")
    }
}

impl Start {
    fn is_empty(self) -> bool {
        matches!(self, Self::Empty | Self::Jump)
    }
}

/// How many migrations of the example a jump leads over: all before the first that makes rows.
fn jumped() -> usize {
    // What is inserted from a table without rows is nothing.
    let inserts = |step: &str| step.starts_with("insert into ") && step.split(' ').nth(3) == Some("set");
    let makes_rows = |step: &&str| inserts(step) || step.starts_with("sql ") || *step == "data";
    let stays = |one: &whimbrel::Migration| one.upgrade.steps.iter().any(&makes_rows);
    PROJECT.migrations.iter().position(stays).unwrap()
}

impl fmt::Display for Scene<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} in {}", self.start, self.mode)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.everything)
    }
}

/// In memory where that can be had: a process that dies takes nothing from what it has written, so
/// there is no need to wait for a disk.
fn directory() -> TempDir {
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix("whimbrel-crash-");
    let memory = Path::new("/dev/shm");
    builder.tempdir_in(memory).or_else(|_| builder.tempdir()).unwrap()
}

fn state(file: &Path) -> State {
    let db = Connection::open(file).unwrap();
    let one = |sql: &str| rows(&db, sql);
    assert_eq!(one("PRAGMA integrity_check"), ["Text(\"ok\")"]);
    assert_eq!(one("PRAGMA foreign_key_check"), [""; 0]);
    let mut everything = one("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name");
    let tables: Vec<String> = names(&db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    for table in tables.iter().filter(|table| *table != "whimbrel_journal") {
        let quoted = table.replace('\'', "''");
        let columns = names(&db, &format!("SELECT name FROM pragma_table_xinfo('{quoted}')"));
        // When something was done differs from run to run.
        let kept = columns.iter().filter(|column| {
            let clock = ["started_at", "finished_at", "duration_ms", "archived_at"];
            !(table.starts_with("whimbrel_") && clock.contains(&column.as_str()))
        });
        let kept: Vec<String> = kept.map(|column| format!("\"{column}\"")).collect();
        everything.push(table.clone());
        everything.extend(one(&format!("SELECT {} FROM \"{table}\" ORDER BY 1, 2", kept.join(", "))));
    }
    let has = |table: &str| tables.iter().any(|known| known == table);
    let head = "SELECT COALESCE(head_after, '') FROM whimbrel_history ORDER BY event DESC LIMIT 1";
    let head = if has("whimbrel_history") { names(&db, head).pop() } else { None };
    let journal = if has("whimbrel_journal") { one("SELECT * FROM whimbrel_journal") } else { Vec::new() };
    State {
        head: head.filter(|head| !head.is_empty()),
        everything: everything.join("\n"),
        journal: journal.join("\n"),
    }
}

/// Rows as lines in which values of different types differ.
fn rows(db: &Connection, sql: &str) -> Vec<String> {
    let mut statement = db.prepare(sql).unwrap_or_else(|error| panic!("{error} in {sql}"));
    let width = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
        let cells = (0..width).map(|index| Ok(shown(&row.get(index)?)));
        Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join(" | "))
    };
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

/// A value for comparison. The rows of the scene are of the year 2001; any other time was the time when
/// a run wrote it.
fn shown(value: &Value) -> String {
    let time = |text: &str| text.len() == 19 && text.as_bytes()[10] == b' ' && text.as_bytes()[13] == b':';
    match value {
        Value::Text(text) if time(text) && !text.starts_with("2001-") => "now".to_owned(),
        other => format!("{other:?}"),
    }
}

fn names(db: &Connection, sql: &str) -> Vec<String> {
    let mut statement = db.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}
