//! A Galera cluster of three nodes, which `ci/servers --cluster run` starts.
//!
//! What is guaranteed there is in the guide, docs/servers.md.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use generated_example::db::PROJECT;
use whimbrel::{Apply, ErrorKind, Migrator, Progress, Rollback};

use crate::support::servers::{MariaDb, Server as _, Speaks as _, Wanted, wanted, with_database};

/// A database of one test in the cluster, dropped with this.
struct Cluster {
    nodes: Vec<String>,
    name: String,
}

impl Cluster {
    fn fresh() -> Option<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let variable = |name: &str| std::env::var(name).ok();
        let urls = match wanted("a Galera cluster", "WHIMBREL_TEST_GALERA_URLS", variable) {
            Wanted::At(urls) => urls,
            Wanted::Skipped(words) => {
                let _ = std::io::Write::write_all(
                    &mut std::io::stderr(),
                    words.replace("run cargo", "--cluster run cargo").as_bytes(),
                );
                return None;
            }
            Wanted::Missing(words) => panic!("{words}"),
        };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("whimbrel_galera_{}_{number}", std::process::id());
        let nodes: Vec<String> = urls.split(' ').map(|url| with_database(url, &name)).collect();
        assert_eq!(nodes.len(), 3);
        let mut client = MariaDb::connect(urls.split(' ').next().unwrap()).unwrap();
        MariaDb::does(&mut client, &format!("CREATE DATABASE {name}")).unwrap();
        let cluster = Self { nodes, name };
        for node in 0..3 {
            cluster.wait_for(node);
        }
        Some(cluster)
    }

    /// A node applies what another has done a moment later.
    fn wait_for(&self, node: usize) {
        for _ in 0..100 {
            if MariaDb::connect(&self.nodes[node]).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("node {node} does not get the database");
    }

    fn migrator(&self, node: usize) -> Migrator<'static> {
        Migrator::open(&PROJECT, &self.nodes[node], ".").unwrap()
    }

    fn text(&self, node: usize, sql: &str) -> String {
        let mut client = MariaDb::connect(&self.nodes[node]).unwrap();
        MariaDb::does(&mut client, "SET wsrep_sync_wait = 15").unwrap();
        let rows = MariaDb::texts(&mut client, sql).unwrap();
        rows.into_iter().flatten().flatten().collect::<Vec<_>>().join("|")
    }

    fn run(&self, node: usize, sql: &str) {
        let mut client = MariaDb::connect(&self.nodes[node]).unwrap();
        MariaDb::does(&mut client, "SET wsrep_sync_wait = 15").unwrap();
        MariaDb::does(&mut client, sql).unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let dropped = MariaDb::connect(&self.nodes[0])
            .map(|mut client| MariaDb::does(&mut client, &format!("DROP DATABASE {}", self.name)));
        if let Ok(Err(error)) = dropped {
            eprintln!("the cluster keeps {}: {error}", self.name);
        }
    }
}

#[test]
fn migrators_on_different_nodes_apply_once() {
    let Some(cluster) = Cluster::fresh() else { return };
    let barrier = Barrier::new(6);
    let applied: usize = thread::scope(|scope| {
        let migrate = |node: usize| {
            let (cluster, barrier) = (&cluster, &barrier);
            scope.spawn(move || {
                let mut migrator = cluster.migrator(node);
                barrier.wait();
                migrator
                    .apply(Apply::All)
                    .unwrap_or_else(|error| panic!("node {node}: {error}"))
                    .completed
                    .len()
            })
        };
        let threads: Vec<_> = [0, 1, 2, 0, 1, 2].into_iter().map(migrate).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let all = PROJECT.migrations.len();
    assert_eq!(applied, all);
    for node in 0..3 {
        assert_eq!(cluster.text(node, "SELECT count(*) FROM whimbrel_history"), all.to_string());
        assert_eq!(cluster.text(node, "SELECT count(*) FROM whimbrel_lock"), "0");
        assert!(cluster.migrator(node).is_current().unwrap());
    }
    // Back on another node than forth.
    cluster.migrator(1).rollback(Rollback::Steps(all)).unwrap();
    assert_eq!(cluster.migrator(2).pending().unwrap().len(), all);
}

const TAKE: &str =
    "INSERT INTO whimbrel_lock (id, token, holder, beat) VALUES (1, 'theirs', 'process 1 at elsewhere', 7)";

/// A holder is waited for and named, and taken for dead only when nothing of it has moved for a minute.
#[test]
fn a_dead_holder_is_succeeded_in_time() {
    let Some(cluster) = Cluster::fresh() else { return };
    cluster.migrator(0).apply(Apply::To("0007")).unwrap();
    cluster.run(1, TAKE);
    let busy = cluster.migrator(2).wait(Duration::from_secs(1)).unwrap().apply(Apply::All).unwrap_err();
    assert_eq!(busy.kind(), ErrorKind::LockBusy);
    assert!(busy.to_string().contains("process 1 at elsewhere"), "{busy}");
    let began = Instant::now();
    thread::scope(|scope| {
        let apply =
            scope.spawn(|| cluster.migrator(2).wait(Duration::from_secs(150)).unwrap().apply(Apply::All));
        // It lives for a while.
        for _ in 0..5 {
            thread::sleep(Duration::from_secs(1));
            cluster.run(1, "UPDATE whimbrel_lock SET beat = beat + 1 WHERE token = 'theirs'");
        }
        apply.join().unwrap().unwrap();
    });
    assert!(began.elapsed() > Duration::from_secs(60), "{:?}", began.elapsed());
    assert!(cluster.migrator(0).is_current().unwrap());
}

/// Whoever loses the lock while it works commits nothing any more.
#[test]
fn who_lost_the_lock_stops() {
    let Some(cluster) = Cluster::fresh() else { return };
    cluster.migrator(0).apply(Apply::To("0003")).unwrap();
    let steal = |progress: Progress<'_>| {
        if let Progress::Started { revision: "0005_rename_sender", .. } = progress {
            cluster.run(1, "UPDATE whimbrel_lock SET token = 'theirs'");
        }
    };
    let lost = cluster.migrator(0).on_progress(steal).apply(Apply::All).unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::Refused, "{lost}");
    assert!(lost.to_string().contains("the lock between migrators was lost"), "{lost}");
    assert_eq!(lost.completed(), ["0004_move_signatures"]);
    assert_eq!(
        cluster.text(2, "SELECT token FROM whimbrel_lock"),
        "theirs",
        "it is not given back by who lost it"
    );
    cluster.run(1, "DELETE FROM whimbrel_lock");
    cluster.migrator(1).apply(Apply::All).unwrap();
}

/// A connection that is lent has no second one to keep the lock alive.
#[test]
fn a_connection_of_the_caller_is_refused() {
    let Some(cluster) = Cluster::fresh() else { return };
    let mut client = MariaDb::connect(&cluster.nodes[0]).unwrap();
    let refused = Migrator::mysql(&PROJECT, &mut client).unwrap().apply(Apply::All).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused, "{refused}");
    assert!(refused.to_string().contains("with a URL"), "{refused}");
}
