//! Databases on real servers: one of its own for each test, dropped when the test is over.
//!
//! ```ignore
//! let Some(database) = Postgres::fresh() else { return };
//! database.connect().batch_execute("CREATE TABLE notes (id bigint)").unwrap();
//! ```
//!
//! The servers are those of `WHIMBREL_TEST_POSTGRES_URL` and `WHIMBREL_TEST_MARIADB_URL`, which
//! `ci/servers run` starts and names. Without them a test is skipped and says so, unless
//! `WHIMBREL_TEST_SERVERS=required` makes that a failure.

mod dialect;
mod introspects;
mod journey;
mod mariadb;
mod postgres;
mod rows;
mod session;
mod wanted;

use std::fmt::Display;
use std::marker::PhantomData;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use dialect::{Speaks, catalogue};
pub(crate) use introspects::{Introspects, drift};
pub(crate) use journey::{Trouble, there_and_back};
pub(crate) use mariadb::MariaDb;
pub(crate) use postgres::Postgres;
pub(crate) use rows::{Rows, insert};
pub(crate) use session::Session;
pub(crate) use wanted::{Wanted, wanted};

/// A kind of server, and the few statements that differ.
pub(crate) trait Server: Sized {
    const NAME: &'static str;
    /// The variable with the URL of a database whose user may create others.
    const VARIABLE: &'static str;
    type Client;
    type Error: Display;

    fn connect(url: &str) -> Result<Self::Client, Self::Error>;
    /// The names of the databases that begin like those of tests.
    fn databases(client: &mut Self::Client) -> Result<Vec<String>, Self::Error>;
    fn run(client: &mut Self::Client, sql: &str) -> Result<(), Self::Error>;
    /// The statement that drops a database although somebody may still be connected.
    fn drop_statement(database: &str) -> String;
    /// Counts the runs of [`sweep`] in this process.
    fn swept() -> &'static std::sync::Once;

    /// A database of this test alone; `None` where the test is to be skipped.
    fn fresh() -> Option<Fresh<Self>> {
        given(Self::NAME, Self::VARIABLE).map(Fresh::create)
    }
}

/// What a variable says that a test needs; `None` where the test is to be skipped.
pub(crate) fn given(server: &str, variable: &str) -> Option<String> {
    match wanted(server, variable, |name| std::env::var(name).ok()) {
        Wanted::At(url) => Some(url),
        Wanted::Skipped(words) => {
            // Not by `eprintln!`, whose words are kept from the reader where a test passes.
            let _ = std::io::Write::write_all(&mut std::io::stderr(), words.as_bytes());
            None
        }
        Wanted::Missing(words) => panic!("{words}"),
    }
}

/// A database of one test, dropped with this.
pub(crate) struct Fresh<S: Server> {
    server: String,
    name: String,
    kind: PhantomData<S>,
}

/// How the names of the databases of tests begin; then come seconds since 1970, process and number.
pub(crate) const PREFIX: &str = "whimbrel_test_";

/// What is older than any test takes was left behind by one that was killed.
const OLD: Duration = Duration::from_secs(60 * 60);

impl<S: Server> Fresh<S> {
    fn create(server: String) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let mut client = connect::<S>(&server);
        S::swept().call_once(|| sweep::<S>(&mut client, now().saturating_sub(OLD)));
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}_{}_{number}", now().as_secs(), process::id());
        run::<S>(&mut client, &format!("CREATE DATABASE {name}"));
        Self { server, name, kind: PhantomData }
    }

    /// The name of the database.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its URL, with the password.
    pub(crate) fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }

    /// Makes it a database with nothing in it again.
    pub(crate) fn empty(&self) {
        let mut client = connect::<S>(&self.server);
        run::<S>(&mut client, &S::drop_statement(&self.name));
        run::<S>(&mut client, &format!("CREATE DATABASE {}", self.name));
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> S::Client {
        connect::<S>(&self.url())
    }
}

impl<S: Server> Drop for Fresh<S> {
    fn drop(&mut self) {
        let dropped = S::connect(&self.server)
            .and_then(|mut client| S::run(&mut client, &S::drop_statement(&self.name)));
        // A panic here would hide the one of the test; the next run sweeps.
        if let Err(error) = dropped {
            eprintln!("{} keeps the database {}: {error}", S::NAME, self.name);
        }
    }
}

/// Drops the databases of tests that began before a time.
pub(crate) fn sweep<S: Server>(client: &mut S::Client, before: Duration) {
    let names = S::databases(client).unwrap_or_else(|error| panic!("{}: {error}", S::NAME));
    for name in names.iter().filter(|name| began(name).is_some_and(|began| began < before)) {
        // Another process may be sweeping as well.
        if let Err(error) = S::run(client, &S::drop_statement(name)) {
            eprintln!("{} keeps the database {name}: {error}", S::NAME);
        }
    }
}

/// When the test began whose database has this name; `None` for a name that no test gives.
fn began(name: &str) -> Option<Duration> {
    let mut parts = name.strip_prefix(PREFIX)?.split('_').map(str::parse::<u64>);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(seconds)), Some(Ok(_)), Some(Ok(_)), None) => Some(Duration::from_secs(seconds)),
        _ => None,
    }
}

fn connect<S: Server>(url: &str) -> S::Client {
    // Not the URL, which has a password.
    S::connect(url)
        .unwrap_or_else(|error| panic!("{} cannot be reached by {}: {error}", S::NAME, S::VARIABLE))
}

fn run<S: Server>(client: &mut S::Client, sql: &str) {
    S::run(client, sql).unwrap_or_else(|error| panic!("{}: {error} in: {sql}", S::NAME));
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// A URL with another database, and the same user, server and parameters.
pub(crate) fn with_database(url: &str, database: &str) -> String {
    let (address, parameters) = url.find('?').map_or((url, ""), |start| url.split_at(start));
    let authority = address.find("://").map_or(0, |start| start + 3);
    let end = address[authority..].find('/').map_or(address.len(), |slash| authority + slash);
    format!("{}/{database}{parameters}", &address[..end])
}
