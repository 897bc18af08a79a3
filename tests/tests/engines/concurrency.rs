//! Several at once, and others that hold what is needed.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use generated_example::db::PROJECT;
use whimbrel::{Apply, ErrorKind, Migrator, Rollback};

use crate::engine::engines;
use crate::support::servers::{MariaDb, Postgres, Server as _, Speaks as _};

/// E01: however many start together, each migration is applied once, and nobody fails.
#[test]
fn migrators_that_start_together_apply_once() {
    for count in [2, 8, 32] {
        for mut engine in engines() {
            let (name, url) = (engine.name(), engine.url());
            let barrier = Barrier::new(count);
            let applied: usize = thread::scope(|scope| {
                let migrate = || {
                    let mut migrator = Migrator::open(&PROJECT, &url, ".").unwrap();
                    barrier.wait();
                    let report = migrator.apply(Apply::All).unwrap_or_else(|error| panic!("{name}: {error}"));
                    assert_eq!(report.head.as_deref(), PROJECT.migrations.last().map(|last| last.revision));
                    report.completed.len()
                };
                let threads: Vec<_> = (0..count).map(|_| scope.spawn(migrate)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).sum()
            });
            assert_eq!(applied, PROJECT.migrations.len(), "{name}, {count} at once");
            let events = engine.rows("SELECT count(*) FROM whimbrel_history");
            assert_eq!(events, [PROJECT.migrations.len().to_string()], "{name}, {count} at once");
        }
    }
}

/// E07: one applies while another rolls back; they take turns, and the history follows from itself.
#[test]
fn applying_and_rolling_back_take_turns() {
    for engine in engines() {
        let (name, url) = (engine.name(), engine.url());
        engine.migrator().apply(Apply::To("0007")).unwrap();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..3 {
                        let mut migrator = Migrator::open(&PROJECT, &url, ".").unwrap();
                        migrator.apply(Apply::To("0007")).unwrap_or_else(|error| panic!("{name}: {error}"));
                    }
                });
                scope.spawn(|| {
                    for _ in 0..3 {
                        let mut migrator = Migrator::open(&PROJECT, &url, ".").unwrap();
                        migrator
                            .rollback(Rollback::To("0005"))
                            .unwrap_or_else(|error| panic!("{name}: {error}"));
                    }
                });
            }
        });
        // It is verified when it is read.
        let events = engine.migrator().history().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(events.len() >= 7, "{name}");
        engine.migrator().apply(Apply::All).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// E03, E06: a holder is waited for only so long, is named, and dies with its session.
#[test]
fn a_holder_of_the_lock_is_named_and_its_lock_dies_with_it() {
    let key = |schema: &str| {
        let bytes = ["whimbrel", schema].into_iter().flat_map(|text| text.bytes().chain([0]));
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let migrator =
        |url: &str| Migrator::open(&PROJECT, url, ".").unwrap().wait(Duration::from_millis(300)).unwrap();
    if let Some(database) = Postgres::fresh() {
        let mut holder = database.connect();
        Postgres::does(&mut holder, &format!("SELECT pg_advisory_lock({})", key("public").cast_signed()))
            .unwrap();
        let busy = migrator(&database.url()).apply(Apply::All).unwrap_err();
        assert_eq!(busy.kind(), ErrorKind::LockBusy, "{busy}");
        assert_eq!(busy.kind().exit_code(), 6);
        assert!(busy.to_string().contains("process ") && busy.to_string().contains("of whimbrel"), "{busy}");
        let tables = Postgres::texts(&mut holder, Postgres::TABLES).unwrap();
        assert!(tables.is_empty(), "the lock comes before the history: {tables:?}");
        drop(holder);
        migrator(&database.url()).wait(Duration::from_secs(30)).unwrap().apply(Apply::All).unwrap();
    }
    if let Some(database) = MariaDb::fresh() {
        let mut holder = database.connect();
        let lock = format!("SELECT GET_LOCK('whimbrel_{:016x}', 0)", key(database.name()));
        assert_eq!(MariaDb::texts(&mut holder, &lock).unwrap(), [[Some("1".to_owned())]]);
        let busy = migrator(&database.url()).apply(Apply::All).unwrap_err();
        assert_eq!(busy.kind(), ErrorKind::LockBusy, "{busy}");
        assert!(busy.to_string().contains("connection "), "{busy}");
        assert!(MariaDb::texts(&mut holder, MariaDb::TABLES).unwrap().is_empty());
        drop(holder);
        migrator(&database.url()).wait(Duration::from_secs(30)).unwrap().apply(Apply::All).unwrap();
    }
}

/// E08: a statement that waits behind a long reader gives up soon, so that others are not kept waiting
/// behind it, and is tried again.
#[test]
fn a_long_reader_is_waited_out() {
    for mut engine in engines().into_iter().filter(|engine| engine.name() != "SQLite") {
        let (name, url) = (engine.name(), engine.url());
        let mut migrator = engine.migrator().jump(false);
        migrator.apply(Apply::To("0004")).unwrap();
        engine.run("BEGIN").unwrap();
        assert_eq!(engine.rows("SELECT id FROM emails"), [""; 0]);
        let began = Instant::now();
        thread::scope(|scope| {
            let apply = scope.spawn(|| Migrator::open(&PROJECT, &url, ".").unwrap().apply(Apply::All));
            // Longer than the time after which a statement gives up.
            thread::sleep(Duration::from_secs(4));
            assert!(!apply.is_finished(), "{name}");
            engine.run("COMMIT").unwrap();
            apply.join().unwrap().unwrap_or_else(|error| panic!("{name}: {error}"));
        });
        assert!(began.elapsed() < Duration::from_secs(25), "{name}");
        assert!(engine.migrator().is_current().unwrap(), "{name}");
    }
}

/// E07: a program that is older than the database says so.
#[test]
fn an_older_program_knows_that_the_database_is_ahead() {
    static OLDER: std::sync::OnceLock<whimbrel::Project> = std::sync::OnceLock::new();
    let older = OLDER.get_or_init(|| whimbrel::Project {
        package: PROJECT.package,
        environments: PROJECT.environments,
        migrations: &PROJECT.migrations[..5],
        seeds: None,
    });
    for engine in engines() {
        let name = engine.name();
        engine.migrator().apply(Apply::All).unwrap();
        let ahead = Migrator::open(older, &engine.url(), ".").unwrap().apply(Apply::All).unwrap_err();
        assert_eq!(ahead.kind(), ErrorKind::Ahead, "{name}: {ahead}");
    }
}
