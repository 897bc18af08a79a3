//! The lock between migrators in a Galera cluster: a row, because the locks of a server reach no other node.
//!
//! Galera lets transactions run on any node and compares what they wrote when they commit: of two that take
//! the row at once, one commits. While a run goes on, a second connection raises the number in the row every
//! few seconds. Who waits looks whether the number moves: that of a run which died stands still, and the row
//! is taken over, by a statement that fails if it moved after all. So no two clocks are compared.
//!
//! A run that was cut off from the cluster for long may lose its lock without knowing. Therefore every
//! transaction of it touches the row as well: it cannot commit any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mysql::prelude::Queryable as _;
use mysql::{Conn, Opts};

use super::connection::Connection;
use super::{Mysql, fault};
use crate::driver::{Cell, Driver as _, Fault, FaultKind, Waiting};

/// The table of the lock, as [`Spelling`](crate::driver::Spelling) has it.
const DDL: &str = "CREATE TABLE IF NOT EXISTS main.whimbrel_lock (id INTEGER PRIMARY KEY, token TEXT NOT NULL, \
                   holder TEXT NOT NULL, beat INTEGER NOT NULL)";

/// How often the number is raised.
const BEAT: Duration = Duration::from_secs(2);
/// How long it stands still before the holder is taken for dead. Statements that change the schema stop the
/// whole cluster, and with it the number, so this is long.
const DEAD: Duration = Duration::from_secs(60);
/// The pauses between looks.
const PAUSE: Duration = Duration::from_millis(200);
/// How long a wait is not worth a word.
const UNNOTICED: Duration = Duration::from_secs(1);

/// The lock while it is held.
#[derive(Debug)]
pub(super) struct ClusterLock {
    token: String,
    ended: Arc<AtomicBool>,
    heart: Option<JoinHandle<()>>,
}

/// Whether the server is a node of a cluster.
pub(super) fn is_clustered(driver: &mut Mysql<'_>) -> Result<bool, Fault> {
    let rows = driver.rows("SHOW VARIABLES LIKE 'wsrep_on'", &[])?;
    Ok(rows.into_iter().any(|row| row.into_iter().nth(1).and_then(Cell::text).as_deref() == Some("ON")))
}

/// Makes the session one that reads what was committed on any node.
pub(super) fn read_all(driver: &mut Mysql<'_>) -> Result<(), Fault> {
    driver.rows("SET SESSION wsrep_sync_wait = 15", &[]).map(drop)
}

/// Makes the session one whose changes of the schema happen on all nodes at the same place.
/// Returns how to connect once more.
pub(super) fn settle(driver: &mut Mysql<'_>) -> Result<Opts, Fault> {
    let Connection::Owned(own) = &driver.connection else {
        let message = "the server is a node of a Galera cluster, where the lock between migrators needs a second \
                       connection: migrate with a URL instead of a connection";
        return Err(Fault::new(FaultKind::Pooled, message));
    };
    let options = own.options.clone();
    let ready = driver.rows("SHOW STATUS LIKE 'wsrep_ready'", &[])?;
    if !ready.into_iter().any(|row| row.into_iter().nth(1).and_then(Cell::text).as_deref() == Some("ON")) {
        let message = "the node has no part in its cluster: it takes no changes";
        return Err(Fault::new(FaultKind::Other, message));
    }
    read_all(driver)?;
    driver.rows("SET SESSION wsrep_OSU_method = 'TOI'", &[])?;
    Ok(options)
}

/// Takes the lock.
pub(super) fn take(
    driver: &mut Mysql<'_>,
    options: Opts,
    wait: Duration,
    waiting: &mut Waiting<'_>,
) -> Result<ClusterLock, Fault> {
    driver.own(DDL, &[])?;
    let token = token();
    let began = Instant::now();
    let (mut seen, mut told): (Option<(Seen, Instant)>, bool) = (None, false);
    loop {
        let found = look(driver)?;
        let still = match (&found, &seen) {
            (Some(found), Some((before, since))) if found == before => since.elapsed(),
            (Some(_), _) | (None, _) => Duration::ZERO,
        };
        if still.is_zero() {
            seen = found.clone().map(|found| (found, Instant::now()));
        }
        if (found.is_none() || still >= DEAD) && seize(driver, found.as_ref(), &token)? {
            return ClusterLock::beating(options, token).inspect_err(|_| _ = release(driver, ""));
        }
        let waited = began.elapsed();
        let holder = found.as_ref().map(|found| found.holder.as_str());
        if waited >= wait {
            let holder = holder.unwrap_or("one that ended just now");
            let message = format!("another migrator has the lock of this database: {holder}");
            return Err(Fault::new(FaultKind::Busy, message));
        }
        if !told && waited >= UNNOTICED {
            waiting(holder);
            told = true;
        }
        thread::sleep(PAUSE.min(wait.saturating_sub(waited)));
    }
}

/// What stands in the row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    token: String,
    holder: String,
    beat: i64,
}

fn look(driver: &mut Mysql<'_>) -> Result<Option<Seen>, Fault> {
    let rows = driver.own("SELECT token, holder, beat FROM main.whimbrel_lock WHERE id = 1", &[])?;
    let seen = |row: Vec<Cell>| {
        let mut cells = row.into_iter();
        let (token, holder) = (cells.next()?.text()?, cells.next()?.text()?);
        Some(Seen { token, holder, beat: cells.next()?.integer()? })
    };
    Ok(rows.into_iter().find_map(seen))
}

/// Writes the row, unless somebody else does.
fn seize(driver: &mut Mysql<'_>, found: Option<&Seen>, token: &str) -> Result<bool, Fault> {
    let holder = format!("process {} at {}", std::process::id(), host());
    let written = match found {
        None => driver.own(
            "INSERT INTO main.whimbrel_lock (id, token, holder, beat) VALUES (1, ?1, ?2, 0)",
            &[token.into(), holder.as_str().into()],
        ),
        Some(found) => driver.own(
            "UPDATE main.whimbrel_lock SET token = ?1, holder = ?2, beat = 0 WHERE id = 1 AND token = ?3 AND beat = ?4",
            &[token.into(), holder.as_str().into(), found.token.as_str().into(), found.beat.into()],
        ),
    };
    match written {
        // Whether it was this one that wrote the row is seen when it is read.
        Ok(_) => Ok(look(driver)?.is_some_and(|seen| seen.token == token)),
        // Another one was first: by the same key, or when what both wrote was compared.
        Err(fault) if matches!(fault.kind, FaultKind::Busy | FaultKind::Duplicate) => Ok(false),
        Err(fault) => Err(fault),
    }
}

fn release(driver: &mut Mysql<'_>, token: &str) -> Result<(), Fault> {
    driver.own("DELETE FROM main.whimbrel_lock WHERE id = 1 AND token = ?1", &[token.into()]).map(drop)
}

impl ClusterLock {
    /// Raises the number from now on, on a connection of its own.
    fn beating(options: Opts, token: String) -> Result<Self, Fault> {
        let mut connection = Conn::new(options).map_err(|error| fault::fault(error, ""))?;
        let ended = Arc::new(AtomicBool::new(false));
        let (stop, mine) = (Arc::clone(&ended), token.clone());
        let heart = thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                // One that is not done is made up for by the next; whether the lock is lost is seen by the run.
                let _ = connection.exec_drop(
                    "UPDATE whimbrel_lock SET beat = beat + 1 WHERE id = 1 AND token = ?",
                    (mine.as_str(),),
                );
                thread::park_timeout(BEAT);
            }
        });
        Ok(Self { token, ended, heart: Some(heart) })
    }

    /// Whether the row is still of this run. In a transaction it is touched, so that the transaction cannot
    /// commit if another run takes it.
    pub(super) fn is_held(&self, driver: &mut Mysql<'_>) -> Result<bool, Fault> {
        let found = match driver.begun {
            true => driver.own("SELECT token FROM main.whimbrel_lock WHERE id = 1 FOR UPDATE", &[])?,
            false => driver.own("SELECT token FROM main.whimbrel_lock WHERE id = 1", &[])?,
        };
        Ok(found.into_iter().flatten().next().and_then(Cell::text).as_deref() == Some(self.token.as_str()))
    }

    /// Gives the lock back; `false` if another run has it.
    pub(super) fn give_back(mut self, driver: &mut Mysql<'_>) -> Result<bool, Fault> {
        self.stop();
        let held = self.is_held(driver)?;
        release(driver, &self.token)?;
        Ok(held)
    }

    fn stop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(heart) = self.heart.take() {
            heart.thread().unpark();
            let _ = heart.join();
        }
    }
}

impl Drop for ClusterLock {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A text that no other run has.
fn token() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Where in memory something is differs between processes of the same number on different machines.
    let place = std::ptr::from_ref(&now).addr();
    format!("{:016x}-{}-{place:x}", now.as_nanos(), std::process::id())
}

fn host() -> String {
    std::env::var("HOSTNAME")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .map_or_else(|_| "an unnamed host".to_owned(), |name| name.trim().to_owned())
}
