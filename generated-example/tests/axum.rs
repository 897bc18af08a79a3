//! The web service of examples/axum.rs, as a program that is started, asked over TCP, and ended.
#![cfg(unix)]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};

/// A service that runs; it is killed if a test forgets to stop it.
struct Service {
    child: Child,
    address: String,
}

impl Service {
    /// Starts it on a port that is free.
    fn start(database: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(program())
            .args(["--listen", "127.0.0.1:0", "--database", database.to_str().unwrap()])
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut messages = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        messages.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}"));
        let service = Self { child, address: address.to_owned() };
        // Read on, so that the service never waits for a reader of its messages.
        std::thread::spawn(move || std::io::copy(&mut messages, &mut std::io::sink()));
        service
    }

    /// The status and the body of an answer.
    fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn ready(&self) -> (u16, Value) {
        let (status, body) = self.get("/ready");
        (status, serde_json::from_str(&body).unwrap())
    }

    fn becomes_ready(&self) -> Value {
        let start = Instant::now();
        loop {
            match self.ready() {
                (200, body) => return body,
                (503, _) if start.elapsed() < Duration::from_secs(60) => sleep(Duration::from_millis(20)),
                (status, body) => panic!("{status}: {body}"),
            }
        }
    }

    /// Tells it to end, as a supervisor does.
    fn stop(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The example, which `cargo test` builds beside the tests.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.ancestors().nth(2).unwrap().join("examples/axum");
    assert!(program.is_file(), "{} is missing; build it: cargo build --example axum", program.display());
    program
}

#[test]
fn a_service_is_ready_when_its_database_is() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("mail.db");

    // Nothing is migrated: alive, but not ready, and asking makes no file.
    let service = Service::start(&database, &["--no-migrate"]);
    assert_eq!(service.get("/live"), (200, "alive".to_owned()));
    let (status, body) = service.ready();
    assert_eq!((status, &body["ready"]), (503, &json!(false)));
    assert_eq!(body["pending"].as_array().unwrap().len(), 9);
    assert_eq!(body["pending"][0], "0001_create_mail");
    assert_eq!(service.get("/users/1/unread").0, 500);
    assert!(!database.exists(), "a question made a file");
    assert!(service.stop().success(), "it ends by itself when told to");

    // The same again, and it migrates.
    let service = Service::start(&database, &[]);
    assert_eq!(service.becomes_ready(), json!({ "ready": true, "pending": [] }));
    let connection = Connection::open(&database).unwrap();
    connection
        .execute_batch(
            "INSERT INTO users (id, email) VALUES (1, 'ada@x'), (2, 'bob@x');
             INSERT INTO emails (gmail_id, owner_id, sender, subject, is_read, received_at) VALUES
               ('a', 1, 'eve@x', 'old', 0, '2026-01-01 00:00:00'),
               ('b', 1, 'eve@x', 'it''s new', 0, '2026-01-02 00:00:00'),
               ('c', 1, 'eve@x', 'read', 1, '2026-01-03 00:00:00'),
               ('d', 2, 'eve@x', 'not hers', 0, '2026-01-04 00:00:00')",
        )
        .unwrap();
    let (status, body) = service.get("/users/1/unread");
    assert_eq!(status, 200, "{body}");
    assert_eq!(
        serde_json::from_str::<Value>(&body).unwrap(),
        json!([
            { "id": 2, "sender": "eve@x", "subject": "it's new", "at": "2026-01-02 00:00:00" },
            { "id": 1, "sender": "eve@x", "subject": "old", "at": "2026-01-01 00:00:00" },
        ])
    );
    assert_eq!(service.get("/users/ada/unread").0, 400);

    // Somebody rolls back, and a newer release goes ahead: it is noticed without a restart.
    let mut connection = connection;
    let mut migrator = whimbrel::Migrator::new(&generated_example::db::PROJECT, &mut connection);
    migrator.rollback(whimbrel::Rollback::Steps(1)).unwrap();
    let behind = json!({ "ready": false, "pending": ["0009_fold_gmail_addresses"] });
    assert_eq!(service.ready(), (503, behind));
    migrator.apply(whimbrel::Apply::All).unwrap();
    drop(migrator);
    assert_eq!(service.ready().0, 200);
    let event = "INSERT INTO whimbrel_history SELECT event + 1, '0010_later', direction, method, '0010_later', 'w1:00', \
                 started_at, finished_at, duration_ms, actor, tool_version, format \
                 FROM whimbrel_history ORDER BY event DESC LIMIT 1";
    connection.execute(event, []).unwrap();
    assert_eq!(service.ready(), (503, json!({ "ready": false, "error": "ahead" })));

    // While another program holds the database, the answer is no, and it is quick.
    connection
        .execute_batch("DELETE FROM whimbrel_history WHERE revision = '0010_later'; BEGIN EXCLUSIVE")
        .unwrap();
    let start = Instant::now();
    assert_eq!(service.ready(), (503, json!({ "ready": false, "error": "lock_busy" })));
    assert!(start.elapsed() < Duration::from_secs(20), "it waited for the lock");
    connection.execute_batch("COMMIT").unwrap();
    assert_eq!(service.ready().0, 200);
    assert!(service.stop().success());
}

#[test]
fn a_service_that_cannot_migrate_ends() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("mail.db");
    std::fs::write(&database, "This is no database. ".repeat(100)).unwrap();
    let mut service = Service::start(&database, &[]);
    assert!(!service.child.wait().unwrap().success());
}
