//! The command from its arguments to its output.
#![cfg(feature = "sqlite")]

use std::ffi::OsString;

use super::paint::Paint;
use super::run::{Shell, run};
use crate::v1::{Editor, Result};
use crate::{
    Age, Archiving, Destruction, Downgrade, Environment, EnvironmentUrl, HazardCode, Migration, Project,
    Reversal, Steps, Table, Timeouts,
};

struct Notes;

impl Table for Notes {
    const NAME: &'static str = "notes";
    const VERSION: u32 = 1;
}

fn create(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(Notes)
}

fn discard(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(Notes)
}

static PROJECT: Project = Project {
    package: "notebook",
    environments: &[
        Environment {
            name: "dev",
            url: EnvironmentUrl::Literal("sqlite:notes.db"),
            protect: false,
            allow_destructive: true,
            archive: Archiving::Forever,
            timeouts: Timeouts::NONE,
        },
        Environment {
            name: "production",
            url: EnvironmentUrl::Literal("sqlite:production.db"),
            protect: true,
            allow_destructive: false,
            archive: Archiving::Forever,
            timeouts: Timeouts::NONE,
        },
        Environment {
            name: "staging",
            url: EnvironmentUrl::Literal("sqlite:staging.db"),
            protect: false,
            allow_destructive: true,
            archive: Archiving::For(Age::hours(90 * 24)),
            timeouts: Timeouts::NONE,
        },
        Environment {
            name: "scratch",
            url: EnvironmentUrl::Literal("sqlite:scratch.db"),
            protect: false,
            allow_destructive: true,
            archive: Archiving::Off,
            timeouts: Timeouts::NONE,
        },
    ],
    seeds: None,
    migrations: &[Migration {
        revision: "0001_create_notes",
        parent: None,
        hash: "w1:1",
        snapshot: "format = 1\nrevision = \"0001_create_notes\"\nhazards = 1\n[table.notes.columns]\ntext = \"text\"\n",
        upgrade: Steps { run: create, steps: &["create table notes"] },
        downgrade: Downgrade::Steps(Steps { run: discard, steps: &["drop table notes"] }),
        reversal: Reversal::Lossy(&["rolling back drops table notes"]),
        upgrade_destroys: &[],
        downgrade_destroys: &[Destruction {
            code: HazardCode::DropTable,
            object: "notes",
            words: "drops table notes with its rows",
            kept: true,
        }],
    }],
};

/// A package in a directory of its own.
pub(super) struct Package(pub(super) tempfile::TempDir);

pub(super) struct Ran {
    pub(super) code: u8,
    pub(super) out: String,
    pub(super) err: String,
}

impl Package {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("whimbrel.toml"), "").unwrap();
        std::fs::create_dir(directory.path().join("src")).unwrap();
        Self(directory)
    }

    /// Runs a command line in a directory below the package's.
    pub(super) fn run(&self, line: &str) -> Ran {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut shell = Shell {
            directory: self.0.path().join("src"),
            variable: &|_| None,
            out: &mut out,
            out_paint: Paint::new(false),
            err: &mut err,
            err_terminal: false,
            err_paint: Paint::new(false),
        };
        let code = run(&PROJECT, line.split_whitespace().map(OsString::from).collect(), &mut shell);
        Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    }

    pub(super) fn json(&self, line: &str) -> (u8, serde_json::Value) {
        let ran = self.run(&format!("{line} --json"));
        (ran.code, serde_json::from_str(&ran.out).unwrap())
    }
}

#[test]
fn applies_and_rolls_back() {
    let package = Package::new();
    let status = package.run("status --check");
    assert_eq!(status.code, 3);
    assert!(status.out.contains("notes.db (not there yet"), "{}", status.out);
    assert!(!package.0.path().join("notes.db").exists());

    let ran = package.run("apply");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        ran.out.starts_with("applied      0001_create_notes     1 step     1 statement  "),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with("1 migration applied: the database is at 0001_create_notes\n"), "{}", ran.out);
    assert!(package.0.path().join("notes.db").exists());

    assert_eq!(package.run("apply").out, "up to date: the database is at 0001_create_notes\n");
    assert_eq!(package.run("pending").out, "nothing is pending\n");
    let status = package.run("status --check");
    assert_eq!(status.code, 0);
    let file = package.0.path().join("notes.db").display().to_string();
    let expected =
        format!("database  sqlite:notes.db (dev)\nfile      {file}\nat        0001_create_notes\n");
    assert!(status.out.starts_with(&expected), "{}", status.out);

    let ran = package.run("rollback --steps 1");
    assert!(
        ran.out
            .ends_with("1 migration rolled back: the database is at the beginning, with nothing applied\n")
    );
    let history = package.run("history").out;
    let lines: Vec<&str> = history.lines().collect();
    assert!(lines[0].ends_with("upgrade    0001_create_notes  lossy"), "{history}");
    assert!(lines[1].ends_with("downgrade  0001_create_notes"), "{history}");
    let history = package.run("history --detailed").out;
    assert_eq!(history.lines().count(), 5, "{history}");
    assert!(history.contains("\n      reversal: lossy (rolling back drops table notes)\n"), "{history}");
}

#[test]
fn a_dry_run_writes_sql_and_nothing_else() {
    let package = Package::new();
    let ran = package.run("apply --dry-run");
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.out,
        "-- apply 0001_create_notes\n\
         -- reversal: lossy (rolling back drops table notes)\n\
         BEGIN IMMEDIATE;\n\
         -- step 1: create table notes\n\
         CREATE TABLE \"notes\" (\n  \"text\" TEXT NOT NULL\n);\n\
         -- the event is added to the history here\n\
         COMMIT;\n\n\
         -- nothing was written\n"
    );
    assert!(!package.0.path().join("notes.db").exists());
}

#[test]
fn a_dry_run_of_a_rollback_says_what_the_rollback_loses() {
    let package = Package::new();
    let plan = |place: &str| {
        assert_eq!(package.run(&format!("apply {place}")).code, 0);
        package.run(&format!("rollback --all --dry-run {place}")).out
    };
    let kept = plan("--env dev");
    let expected = "-- roll back 0001_create_notes\n\
                    -- destroys: drops table notes with its rows [WHD101:notes]; the archive keeps it\n\
                    -- rows: WHD101:notes: none\n\
                    PRAGMA foreign_keys = OFF;\n";
    assert!(kept.starts_with(expected), "{kept}");
    assert!(!kept.contains("reversal"), "{kept}");
    let lost = plan("--env scratch");
    assert!(lost.contains("[WHD101:notes]; it is not kept\n"), "{lost}");
}

#[test]
fn everything_is_rolled_back_on_request() {
    let package = Package::new();
    assert_eq!(package.run("apply").code, 0);
    let ran = package.run("rollback --all");
    assert!(ran.out.ends_with("with nothing applied\n"), "{}", ran.out);
    let ran = package.run("rollback --all");
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("nothing to roll back"), "{}", ran.out);
}

#[test]
fn waiting_for_another_program_is_said_once() {
    let package = Package::new();
    assert_eq!(package.run("status").code, 0);
    let file = package.0.path().join("notes.db");
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE").unwrap();
    let ran = std::thread::scope(|scope| {
        let ran = scope.spawn(|| package.run("apply"));
        std::thread::sleep(std::time::Duration::from_millis(1600));
        other.execute_batch("COMMIT").unwrap();
        ran.join().unwrap()
    });
    assert_eq!((ran.code, ran.err.as_str()), (0, "waiting for the database: another program writes to it\n"));
}

#[test]
fn destruction_is_refused_by_policy_and_allowed_by_name() {
    let package = Package::new();
    assert_eq!(package.run("apply --env production").code, 0);
    // Spelling out the URL does not get around the policy.
    for place in ["--env production", "--url sqlite:production.db"] {
        let ran = package.run(&format!("rollback --steps 1 {place}"));
        assert_eq!((ran.code, ran.out.as_str()), (5, ""));
        assert!(ran.err.contains("--allow WHD101:notes"), "{}", ran.err);
    }
    assert_eq!(package.run("rollback --steps 1 --env production --allow WHD101:notes").code, 0);
}

#[test]
fn json_has_stable_keys() {
    let package = Package::new();
    let keys =
        |value: &serde_json::Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };

    let (_, plan) = package.json("apply --dry-run");
    assert_eq!(keys(&plan), ["command", "drift", "dry_run", "planned"]);
    let planned = keys(&plan["planned"][0]);
    assert_eq!(planned, ["destroys", "direction", "jump", "probes", "reversal", "revision", "steps"]);
    assert_eq!(keys(&plan["planned"][0]["steps"][0]), ["runs_code", "sql", "text"]);
    let (_, pending) = package.json("pending");
    assert_eq!(keys(&pending["pending"][0]), ["destroys", "hash", "probes", "reversal", "revision"]);
    let (_, applied) = package.json("apply");
    assert_eq!(keys(&applied), ["command", "completed", "head", "overdue"]);
    assert_eq!(
        keys(&applied["completed"][0]),
        ["direction", "duration_ms", "method", "revision", "statements", "steps"]
    );
    let (_, status) = package.json("status");
    assert_eq!(
        keys(&status),
        ["applied", "command", "drift", "environment", "head", "pending", "probes", "underway", "url"]
    );
    let (_, history) = package.json("history --detailed");
    assert_eq!(keys(&history), ["command", "events", "failures"]);
    assert_eq!(history["events"][0]["head_hash_after"], "w1:1");

    let (code, error) = package.json("rollback --steps 7");
    assert_eq!(code, 2);
    assert_eq!(keys(&error), ["completed", "error"]);
    assert_eq!(error["error"]["kind"], "usage");
}

#[test]
fn drift_is_shown_in_words_and_as_what_would_be_done() {
    let package = Package::new();
    let ran = package.run("drift");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "no drift: the database is what it should be at the beginning, with nothing applied\n")
    );
    assert!(!package.0.path().join("notes.db").exists());
    package.run("apply");
    let ran = package.run("drift");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "no drift: the database is what it should be at 0001_create_notes\n")
    );

    let db = rusqlite::Connection::open(package.0.path().join("notes.db")).unwrap();
    db.execute_batch(
        "DROP TABLE notes; CREATE TABLE notes (text TEXT CHECK (text <> '\u{1b}'), tag TEXT UNIQUE ON CONFLICT IGNORE);
         CREATE INDEX mine ON notes (tag DESC); CREATE TRIGGER stamp AFTER INSERT ON notes BEGIN SELECT 1; END;
         CREATE TABLE others (x INTEGER); CREATE VIRTUAL TABLE search USING fts5(text)",
    )
    .unwrap();
    let before: Vec<u8> = std::fs::read(package.0.path().join("notes.db")).unwrap();
    let ran = package.run("drift");
    assert_eq!((ran.code, ran.err.as_str()), (4, ""));
    assert_eq!(ran.out, DRIFT);
    assert_eq!(std::fs::read(package.0.path().join("notes.db")).unwrap(), before, "nothing is changed");

    let (code, json) = package.json("drift");
    assert_eq!((code, &json["drift"], &json["head"]), (4, &true.into(), &"0001_create_notes".into()));
    assert_eq!(json["differences"][0]["object"], "notes.text");
    assert_eq!(json["differences"][0]["kind"], "changed");
    assert_eq!(json["differences"][0]["found"], "text null");
    assert_eq!(json["unmanaged"][0]["table"], "notes");
    assert_eq!(json["mending"].as_array().unwrap().len(), 3);
    assert_eq!(json["beside"][0]["object"], "table others");
}

#[test]
fn drift_is_mentioned_before_the_first_statement() {
    let package = Package::new();
    package.run("apply");
    let db = rusqlite::Connection::open(package.0.path().join("notes.db")).unwrap();
    db.execute_batch("CREATE TABLE others (x)").unwrap();
    assert!(!package.run("status").out.contains("drift"));
    db.execute_batch("ALTER TABLE notes ADD COLUMN tag TEXT").unwrap();
    let status = package.run("status");
    assert!(status.out.contains("\ndrift     1 difference; migrate drift shows what\n"), "{}", status.out);
    assert_eq!(package.run("status --check").code, 0);
    let plan = package.run("rollback --all --dry-run").out;
    let expected =
        "-- drift: the database is not what its history says\n--   + notes.tag  text null\n\n-- roll back";
    assert!(plan.starts_with(expected), "{plan}");
    assert_eq!(package.json("apply --dry-run").1["drift"][0], "+ notes.tag  text null");
    assert!(package.run("apply --dry-run").out.ends_with("\n-- nothing to do\n"));
    assert_eq!(package.run("rollback --all").code, 0, "nothing more is refused");
}

#[test]
fn errors_go_to_stderr_with_their_remedy() {
    let package = Package::new();
    let ran = package.run("aply");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(ran.err, "error: there is no command `aply`\n  help: did you mean `apply`?\n");
    let ran = package.run("new add_phone");
    assert!(ran.err.contains("help: write `cargo xtask migrate-new`"), "{}", ran.err);
    let ran = package.run("apply --url postgres://ada:s3cr3t@127.0.0.1:1/mail");
    let (code, words) = match cfg!(feature = "postgres") {
        true => (1, "the database cannot be reached"),
        false => (2, "this program was built without PostgreSQL"),
    };
    assert_eq!(ran.code, code);
    assert!(ran.err.contains(words) && !ran.err.contains("s3cr3t"), "{}", ran.err);
    assert_eq!(package.run("apply --to 0009").code, 2);
}

#[test]
fn every_command_has_help() {
    let package = Package::new();
    assert!(package.run("--help").out.contains("Exit codes"));
    for command in ["apply", "rollback", "pending", "status", "history", "drift"] {
        let ran = package.run(&format!("{command} --help"));
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains(&format!("Usage: migrate {command}")));
        assert_eq!(package.run(&format!("help {command}")).out, ran.out);
    }
}

const DRIFT: &str = r"drift: the database is not what it should be at 0001_create_notes
  ~ notes.text  text not null -> text null
  + notes.tag  text null
  + unique notes_tag_key on notes  (tag)
  + check notes_text_check on notes  text <> '\u{1b}'
  + index mine on notes  (tag desc)
  + trigger stamp  on notes: CREATE TRIGGER stamp AFTER INSERT ON notes BEGIN S...
  ! unique notes_tag_key of notes has ON CONFLICT IGNORE
+ is in the database alone, - only in the schema, ! cannot be said in it

this would mend it:
  drop trigger stamp
  drop index mine on notes
  alter table notes { drop unique notes_tag_key; drop check notes_text_check; drop column tag; alter column text }

not managed by whimbrel, and no drift:
  table others
  virtual table search is kept by a module of SQLite
  table search_data holds the content of a virtual table
  table search_idx holds the content of a virtual table
  table search_content holds the content of a virtual table
  table search_docsize holds the content of a virtual table
  table search_config holds the content of a virtual table

nothing was changed
";

#[test]
fn a_database_from_before_is_marked() {
    let package = Package::new();
    let database = || rusqlite::Connection::open(package.0.path().join("notes.db")).unwrap();
    let ran = package.run("baseline");
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(ran.err.contains("not what 0001_create_notes leads to") && ran.err.contains("\n  - table notes"));
    database().execute_batch("CREATE TABLE notes (text TEXT NOT NULL)").unwrap();
    let ran = package.run("apply");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("migrate baseline --to 0001_create_notes"), "{}", ran.err);
    let ran = package.run("verify");
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("migrate baseline --to 0001_create_notes"), "{}", ran.err);
    let ran = package.run("baseline --dry-run");
    let shown = "would be marked  0001_create_notes\nthe database is what 0001_create_notes leads to; none of its \
                 tables was touched\nnothing was written\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, shown));
    assert_eq!(package.run("status --check").code, 3);
    let marked = serde_json::json!(
        { "command": "baseline", "dry_run": false, "head": "0001_create_notes", "marked": ["0001_create_notes"] }
    );
    assert_eq!(package.json("baseline"), (0, marked));
    let (code, said) = package.json("baseline");
    assert_eq!((code, &said["error"]["kind"]), (5, &serde_json::json!("refused")));
    assert_eq!(package.run("wait --timeout 0").code, 0);
    assert!(package.run("history").out.trim_end().ends_with("as a baseline"));
}

#[test]
fn who_does_not_want_to_wait_says_so() {
    let package = Package::new();
    assert_eq!(package.run("apply").code, 0);
    let holder = rusqlite::Connection::open(package.0.path().join("notes.db")).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    // Without, it would be 30 seconds.
    let began = std::time::Instant::now();
    let ran = package.run("rollback --all --wait 0");
    assert_eq!(ran.code, 6, "{}", ran.err);
    assert!(began.elapsed() < std::time::Duration::from_secs(20));
    holder.execute_batch("COMMIT").unwrap();
    // Longer than SQLite can count.
    assert_eq!(package.run("rollback --all --wait 99999999h").code, 0);
}

#[test]
fn a_history_is_verified_and_repaired() {
    let package = Package::new();
    let database = || rusqlite::Connection::open(package.0.path().join("notes.db")).unwrap();
    assert_eq!(package.run("apply").code, 0);
    let ran = package.run("verify");
    let right = "the history is right: 1 event, 1 applied, 0 pending\nthe database is at 0001_create_notes\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, right));
    assert_eq!(package.json("verify").1["events"], 1);
    assert_eq!(package.run("repair --history").out, "there is nothing to repair; nothing was written\n");

    database().execute_batch("UPDATE whimbrel_history SET event = 5, actor = 'a\nb\u{1b}'").unwrap();
    let ran = package.run("verify");
    assert_eq!(ran.code, 4);
    assert!(ran.err.ends_with("migrate repair --history\n"), "{}", ran.err);
    let ran = package.run("repair --history --dry-run");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].starts_with("  would remove event=5 revision=0001_create_notes"), "{}", ran.out);
    assert!(lines[0].contains("actor=a\\nb\\u{1b}"), "{}", ran.out);
    assert_eq!(lines[1], "  would write event 1: upgrade 0001_create_notes, as it was before");
    assert_eq!(lines[3], "nothing was written");
    assert_eq!(package.run("verify").code, 4);
    let (code, said) = package.json("repair --history");
    assert_eq!((code, &said["head"]), (0, &serde_json::json!("0001_create_notes")));
    assert_eq!(said["acts"][0]["act"], "remove");
    assert_eq!(said["acts"][1]["method"], "steps");
    assert_eq!(package.run("verify").code, 0);

    database().execute_batch("DROP TABLE whimbrel_history; CREATE TABLE whimbrel_history (x)").unwrap();
    let ran = package.run("repair --set-aside");
    assert_eq!(ran.out, "  rename the table whimbrel_history to set_aside_whimbrel_history\n");
    assert_eq!(package.json("repair --history").1["acts"][0]["act"], "create_history");
    assert_eq!(package.run("repair --set-aside").code, 5);
    assert_eq!(package.run("repair --forget 0009_x").code, 2);
}
