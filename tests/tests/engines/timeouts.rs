//! How long is waited, and how long a statement may take, as an environment says.

use std::thread;
use std::time::{Duration, Instant};

use generated_example::db::PROJECT;
use whimbrel::{
    Apply, Archiving, Environment, EnvironmentUrl, Error, ErrorKind, Migrator, Project, Timeouts,
};

use crate::engine::engines;

const LONG: Option<Duration> = Some(Duration::from_secs(60));

/// E08, G03: on the servers a reader stands in the way for as long as the environment says.
#[test]
fn an_environment_says_how_long_is_waited() {
    for mut engine in engines().into_iter().filter(|engine| engine.name() != "SQLite") {
        let (name, url) = (engine.name(), engine.url());
        engine.migrator().jump(false).apply(Apply::To("0004")).unwrap();
        engine.run("BEGIN").unwrap();
        assert_eq!(engine.rows("SELECT id FROM emails"), [""; 0]);

        let lock = Some(Duration::from_secs(1));
        let began = Instant::now();
        let busy = apply(&url, Timeouts { wait: Some(Duration::ZERO), lock, statement: None }).unwrap_err();
        assert_eq!(busy.kind(), ErrorKind::LockBusy, "{name}: {busy}");
        assert!(began.elapsed() < Duration::from_secs(3), "{name}: {:?}", began.elapsed());

        let statement = Some(Duration::from_millis(500));
        let ended = apply(&url, Timeouts { wait: LONG, lock: LONG, statement }).unwrap_err();
        assert_eq!(ended.kind(), ErrorKind::Failed, "{name}: {ended}");
        assert!(ended.to_string().contains("statement_timeout = \"10m\""), "{name}: {ended}");

        thread::scope(|scope| {
            let first = scope.spawn(|| apply(&url, Timeouts { wait: LONG, lock: LONG, statement: None }));
            // Until the first one has the lock.
            let began = Instant::now();
            while let Err(error) =
                apply(&url, Timeouts { wait: Some(Duration::from_millis(100)), lock, statement: None })
            {
                assert_eq!(error.kind(), ErrorKind::LockBusy, "{name}: {error}");
                if error.to_string().contains("another migrator has the lock") {
                    break;
                }
                // It pauses between its tries, too, and must come to its turn.
                thread::sleep(Duration::from_secs(1));
            }
            assert!(!first.is_finished(), "{name}: {:?}", first.join().unwrap());
            assert!(began.elapsed() < Duration::from_secs(25), "{name}: {:?}", began.elapsed());
            engine.run("COMMIT").unwrap();
            first.join().unwrap().unwrap_or_else(|error| panic!("{name}: {error}"));
        });
        assert!(engine.migrator().is_current().unwrap(), "{name}");
    }
}

/// By an environment that has this URL.
fn apply(url: &str, timeouts: Timeouts) -> Result<(), Error> {
    let environment = Environment {
        name: "server",
        url: EnvironmentUrl::Literal(url.to_owned().leak()),
        protect: false,
        allow_destructive: true,
        archive: Archiving::Forever,
        timeouts,
    };
    let project = Project { environments: vec![environment].leak(), ..PROJECT };
    Migrator::open(&project, url, ".")?.apply(Apply::All).map(drop)
}
