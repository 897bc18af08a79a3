//! Connections of the caller, and connections that are lost.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use generated_example::db::PROJECT;
use whimbrel::{Apply, ErrorKind, Migrator, Rollback};

use crate::support::servers::{Fresh, MariaDb, Postgres, Server, Speaks};

#[test]
fn a_connection_of_the_caller_is_as_it_was() {
    if let Some(database) = Postgres::fresh() {
        let mut client = database.connect();
        let settings = "SET TIME ZONE 'Asia/Tokyo'; SET standard_conforming_strings = off; SET lock_timeout = 77; \
                        SET default_transaction_isolation = serializable; SET transform_null_equals = on; \
                        CREATE SCHEMA app; SET search_path = missing, app, public";
        Postgres::does(&mut client, settings).unwrap();
        let names =
            ["timezone", "standard_conforming_strings", "lock_timeout", "search_path", "row_security"];
        let show = names.map(|name| format!("current_setting('{name}')")).join(", ");
        let show = format!(
            "SELECT {show}, (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())"
        );
        let before = Postgres::texts(&mut client, &show).unwrap();
        Migrator::postgres(&PROJECT, &mut client).unwrap().apply(Apply::All).unwrap();
        assert_eq!(Postgres::texts(&mut client, &show).unwrap(), before);
        let schemas = "SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname IN ('app', 'public')";
        assert_eq!(Postgres::texts(&mut client, schemas).unwrap(), [[Some("app".to_owned())]]);

        Postgres::does(&mut client, "BEGIN").unwrap();
        let refused =
            Migrator::postgres(&PROJECT, &mut client).unwrap().rollback(Rollback::Steps(1)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Usage, "{refused}");
        Postgres::does(&mut client, "ROLLBACK").unwrap();
        Migrator::postgres(&PROJECT, &mut client).unwrap().rollback(Rollback::Steps(1)).unwrap();
    }
    if let Some(database) = MariaDb::fresh() {
        let mut client = database.connect();
        let settings = "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT', time_zone = '+09:00', \
                        foreign_key_checks = 0, default_storage_engine = MyISAM, lock_wait_timeout = 77";
        MariaDb::does(&mut client, settings).unwrap();
        let show = "SELECT @@sql_mode, @@time_zone, @@foreign_key_checks, @@default_storage_engine, @@lock_wait_timeout, \
                    @@in_transaction";
        let before = MariaDb::texts(&mut client, show).unwrap();
        Migrator::mysql(&PROJECT, &mut client).unwrap().apply(Apply::All).unwrap();
        assert_eq!(MariaDb::texts(&mut client, show).unwrap(), before);
        let engines = "SELECT DISTINCT engine FROM information_schema.tables WHERE table_schema = DATABASE()";
        assert_eq!(MariaDb::texts(&mut client, engines).unwrap(), [[Some("InnoDB".to_owned())]]);

        MariaDb::does(&mut client, "BEGIN").unwrap();
        let refused =
            Migrator::mysql(&PROJECT, &mut client).unwrap().rollback(Rollback::Steps(1)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Usage, "{refused}");
        MariaDb::does(&mut client, "ROLLBACK").unwrap();
        MariaDb::does(&mut client, "CREATE TEMPORARY TABLE contacts (x int)").unwrap();
        let refused =
            Migrator::mysql(&PROJECT, &mut client).unwrap().rollback(Rollback::Steps(2)).unwrap_err();
        assert!(refused.to_string().contains("temporary tables"), "{refused}");
    }
}

/// D07: whether a COMMIT arrived whose answer was lost is asked of the history.
#[test]
fn a_commit_without_an_answer_is_looked_up() {
    for lost in [Lost::Request, Lost::Answer] {
        lose_a_commit::<Postgres>(lost);
        lose_a_commit::<MariaDb>(lost);
    }
}

fn lose_a_commit<S: Speaks>(lost: Lost) {
    let Some(database) = S::fresh() else { return };
    Migrator::open(&PROJECT, &database.url(), ".").unwrap().apply(Apply::To("0003")).unwrap();
    // Each migration ends with one COMMIT at least.
    for number in 1..=3 {
        let proxy = Proxy::before(&database.url(), number, lost);
        let mut migrator = Migrator::open(&PROJECT, &proxy.url, ".").unwrap();
        let outcome = migrator.apply(Apply::To("0006"));
        let applied = migrator.status().unwrap().applied.len();
        match outcome {
            Ok(report) => {
                assert_eq!((lost, applied), (Lost::Answer, 6), "{} {number}: {report:?}", S::NAME);
                // What was found out is reported as what was seen.
                assert!(!report.completed.is_empty());
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Disconnected, "{}: {error}", S::NAME);
                assert!(error.to_string().contains("has been reached again"), "{}: {error}", S::NAME);
                assert!(applied < 6, "{} {lost:?} {number}: {applied}", S::NAME);
                assert_eq!(error.completed().len() + 3, applied, "{}: {error}", S::NAME);
            }
        }
        migrator.apply(Apply::To("0006")).unwrap_or_else(|error| panic!("{} {lost:?}: {error}", S::NAME));
        migrator
            .rollback(Rollback::To("0003"))
            .unwrap_or_else(|error| panic!("{} {lost:?}: {error}", S::NAME));
    }
}

/// D03: the statement of a client that is gone runs on. Whoever comes next waits for the lock of its session, and reads the
/// history then.
#[test]
fn a_statement_that_runs_on_is_waited_for() {
    runs_on::<Postgres>();
    runs_on::<MariaDb>();
}

fn runs_on<S: Speaks>() {
    let Some(database) = S::fresh() else { return };
    let url = database.url();
    Migrator::open(&PROJECT, &url, ".").unwrap().jump(false).apply(Apply::To("0004")).unwrap();
    let mut reader = database.connect();
    S::does(&mut reader, "BEGIN").unwrap();
    S::texts(&mut reader, "SELECT id FROM emails").unwrap();
    let proxy = Proxy::before(&url, usize::MAX, Lost::Request);
    thread::scope(|scope| {
        let gone = scope.spawn(|| Migrator::open(&PROJECT, &proxy.url, ".").unwrap().apply(Apply::All));
        // Until its statement waits for the reader.
        thread::sleep(Duration::from_secs(1));
        proxy.cut();
        let error = gone.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Disconnected, "{}: {error}", S::NAME);
        let next = scope.spawn(|| Migrator::open(&PROJECT, &url, ".").unwrap().apply(Apply::All));
        thread::sleep(Duration::from_secs(1));
        assert!(!next.is_finished(), "{}: the lock of the session was passed by", S::NAME);
        S::does(&mut reader, "COMMIT").unwrap();
        next.join().unwrap().unwrap_or_else(|error| panic!("{}: {error}", S::NAME));
    });
    let mut migrator = Migrator::open(&PROJECT, &url, ".").unwrap();
    assert_eq!(migrator.verify().unwrap().applied, PROJECT.migrations.len(), "{}", S::NAME);
    let drift = migrator.drift().unwrap();
    assert!(drift.is_none(), "{}: {drift:?}", S::NAME);
}

/// What of a COMMIT does not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    Request,
    Answer,
}

/// Stands between a client and its server, and cuts the connection at one COMMIT, or when it is told to.
struct Proxy {
    url: String,
    /// Both ends of every connection.
    ends: Arc<Mutex<Vec<TcpStream>>>,
    closed: Arc<AtomicBool>,
}

impl Proxy {
    fn before(url: &str, number: usize, lost: Lost) -> Self {
        let (start, rest) = url.split_once('@').unwrap();
        let (address, database) = rest.split_once('/').unwrap();
        let server: SocketAddr = address.parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        // What is encrypted cannot be looked into.
        let plain = if start.starts_with("mysql") { "ssl-mode=disabled" } else { "sslmode=disable" };
        let url = format!("{start}@{}/{database}?{plain}", listener.local_addr().unwrap());
        let commits = Arc::new(AtomicUsize::new(0));
        let (ends, closed) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (known, none_more) = (Arc::clone(&ends), Arc::clone(&closed));
        thread::spawn(move || {
            for client in listener.incoming() {
                if none_more.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(client), Ok(server)) = (client, TcpStream::connect(server)) else { return };
                known.lock().unwrap().extend([&client, &server].map(|end| end.try_clone().unwrap()));
                let cut = Arc::new(Mutex::new(false));
                let (commits, halves) = (Arc::clone(&commits), (client.try_clone(), server.try_clone()));
                let (Ok(to_client), Ok(from_server)) = halves else { return };
                let answers_cut = Arc::clone(&cut);
                thread::spawn(move || {
                    forward(client, server, |bytes| {
                        let commit = bytes.windows(6).any(|window| window == b"COMMIT");
                        if commit && commits.fetch_add(1, Ordering::Relaxed) + 1 == number {
                            *cut.lock().unwrap() = true;
                            return lost == Lost::Answer;
                        }
                        true
                    })
                });
                thread::spawn(move || forward(from_server, to_client, |_| !*answers_cut.lock().unwrap()));
            }
        });
        Self { url, ends, closed }
    }

    /// Ends all connections, and takes no more.
    fn cut(&self) {
        self.closed.store(true, Ordering::Relaxed);
        for end in self.ends.lock().unwrap().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

/// Passes bytes on as long as `passes` says so, then ends both ways.
fn forward(mut from: TcpStream, mut to: TcpStream, mut passes: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if !passes(&buffer[..count]) || to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// G03: a user without the right to do it changes nothing, and is told what is missing.
#[test]
fn a_missing_right_is_named() {
    if let Some(database) = Postgres::fresh() {
        let (mut client, role) = (database.connect(), format!("reader_{}", database.name()));
        let sql =
            format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        Postgres::does(&mut client, &sql).unwrap();
        refused(&as_user(&database, &role), "permission denied");
        Postgres::does(&mut client, &format!("DROP ROLE {role}")).unwrap();
        let read_only = format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name());
        Postgres::does(&mut client, &read_only).unwrap();
        refused(&database.url(), "read-only transaction");
    }
    if let Some(database) = MariaDb::fresh() {
        let (mut client, user) =
            (database.connect(), format!("r{}", &database.name()["whimbrel_test_".len()..]));
        let sql = format!("CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY 'secret'");
        MariaDb::does(&mut client, &sql).unwrap();
        MariaDb::does(&mut client, &format!("GRANT SELECT ON {}.* TO '{user}'@'127.0.0.1'", database.name()))
            .unwrap();
        refused(&as_user(&database, &user), "denied");
        MariaDb::does(&mut client, &format!("DROP USER '{user}'@'127.0.0.1'")).unwrap();
    }
}

fn as_user<S: Server>(database: &Fresh<S>, user: &str) -> String {
    let url = database.url();
    let (scheme, rest) = url.split_once("://").unwrap();
    let (_, place) = rest.split_once('@').unwrap();
    format!("{scheme}://{user}:secret@{place}")
}

fn refused(url: &str, words: &str) {
    let mut migrator = Migrator::open(&PROJECT, url, ".").unwrap();
    let error = migrator.apply(Apply::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
    assert!(error.to_string().contains(words) && error.to_string().contains("help: "), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    assert_eq!(migrator.status().unwrap().applied, []);
    assert!(migrator.status().unwrap().underway.is_none(), "nothing has begun");
}

/// K04: whatever is wrong with a URL, its password is not shown.
#[test]
fn no_error_shows_a_password() {
    for url in [
        "postgres://ada:s3cr3t@127.0.0.1:1/mail",
        "postgres://ada:s3cr3t@127.0.0.1:70000/mail",
        "postgres://ada:s3cr3t@127.0.0.1:1/mail?sslmode=s3cr3t",
        "postgres://ada:s3cr3t@127.0.0.1:1/mail?s3cr3t=1",
        "postgres://ada:%73%33cr3t@127.0.0.1:1/mail",
        "mysql://ada:s3cr3t@127.0.0.1:1/mail",
        "mysql://ada:s3cr3t@127.0.0.1:70000/mail",
        "mysql://ada:s3cr3t@127.0.0.1:1/",
        "mysql://ada:s3cr3t@127.0.0.1:1/mail?pool_min=s3cr3t",
        "postgres://ada:s3cr3t@127.0.0.1:1/mail?sslmode=verify-full&sslrootcert=missing.pem",
        "mariadb://ada:s3cr3t@127.0.0.1:1/mail?require_ssl=true",
        "mariadb://ada:s3cr3t@127.0.0.1:1/mail?ssl-mode=s3cr3t",
        "mariadb://ada:s3cr3t@127.0.0.1:1/mail?ssl-mode=verify_identity&ssl-ca=missing.pem",
    ] {
        let error = match Migrator::open(&PROJECT, url, ".") {
            Ok(_) => panic!("{url} leads to a database"),
            Err(error) => error,
        };
        let shown =
            format!("{error} {error:?} {:?}", std::error::Error::source(&error).map(ToString::to_string));
        assert!(!shown.contains("s3cr3t"), "{shown}");
        assert!(shown.contains("help: "), "{shown}");
    }
}
