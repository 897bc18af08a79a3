//! MariaDB and MySQL.

mod cluster;
mod connection;
mod fault;
mod fingerprint;
mod introspect;
#[cfg(feature = "seed")]
mod load;
mod lock;
mod open;
mod row;
mod session;
mod tls;
mod value;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use mysql::prelude::{Protocol, Queryable as _};
use mysql::{Conn, QueryResult};
#[cfg(feature = "seed")]
use whimbrel_schema::Column;
use whimbrel_schema::{Capabilities, Dialect, Introspected, Name, Schema, Statement, Timeouts, first_word};

use self::connection::Connection;
use self::session::Settings;
use super::control::refuse_control;
use super::{
    Cell, Driver, Fault, FaultKind, Row, Spelling, Violation, Visit, Waiting, during, quoted, verify,
};
#[cfg(feature = "seed")]
use super::{Rows, Target};
use crate::archive::Act;
use crate::{Error, ErrorKind};

/// A connection to MariaDB or MySQL, owned or lent by the caller. Everything happens in its database.
pub(crate) struct Mysql<'c> {
    connection: Connection<'c>,
    /// The database.
    home: String,
    spelling: Spelling,
    /// How long to wait for other migrators, and for locks.
    wait: Duration,
    /// How long a statement waits, and how long it may take.
    timeouts: Timeouts,
    /// What the session had, while a run goes on.
    saved: Option<Settings>,
    /// Whether a transaction was begun here and not ended.
    begun: bool,
    /// The statement that loads rows, with its text, until the transaction ends.
    #[cfg(feature = "seed")]
    loading: Option<(String, mysql::Statement)>,
    /// The lock between migrators, while it is held.
    lock: Option<Lock>,
}

/// By what migrators are kept from each other.
enum Lock {
    /// A lock of the server.
    Named,
    /// A row, in a cluster of servers.
    Cluster(cluster::ClusterLock),
}

/// How a text reaches the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Prepared: values come with their types, and a text of several statements is refused.
    Prepared,
    /// As it is, for what cannot be prepared, and for texts of whimbrel's own, to save a round trip.
    Plain,
}

impl<'c> Mysql<'c> {
    /// Works on a connection of the caller.
    pub(crate) fn on(connection: &'c mut Conn) -> Result<Self, Error> {
        Self::new(Connection::Lent(connection))
    }

    fn new(mut connection: Connection<'c>) -> Result<Self, Error> {
        let sql = "SELECT DATABASE()";
        let home: Option<Option<String>> =
            connection.conn().query_first(sql).map_err(|error| fault::fault(error, sql))?;
        let home = session::home(vec![vec![home.flatten().map_or(Cell::Null, Cell::Text)]])?;
        let spelling = Spelling::Mysql(home.clone());
        Ok(Self {
            connection,
            home,
            spelling,
            wait: open::WAIT,
            timeouts: Timeouts::NONE,
            saved: None,
            begun: false,
            #[cfg(feature = "seed")]
            loading: None,
            lock: None,
        })
    }

    /// Runs one SQL text, gives its rows to `visit` with the names of their columns, and counts the rows
    /// that it changed.
    fn query(
        &mut self,
        sql: &str,
        parameters: &[Cell],
        manner: Manner,
        visit: &mut Visit<'_>,
    ) -> Result<u64, Fault> {
        #[cfg(feature = "fault-injection")]
        super::inject::before(sql)?;
        let failed = |error| fault::fault(error, sql);
        let connection = self.connection.conn();
        if manner == Manner::Plain && parameters.is_empty() {
            return drain(connection.query_iter(sql).map_err(failed)?, sql, visit);
        }
        let parameters: Vec<mysql::Value> = parameters.iter().map(value::parameter).collect();
        let parameters = match parameters.len() {
            0 => mysql::Params::Empty,
            _ => mysql::Params::Positional(parameters),
        };
        // The library closes none that it does not keep, and a server has room for some thousands of them.
        let statement = connection.prep(sql).map_err(failed)?;
        let result = connection.exec_iter(&statement, parameters).map_err(failed);
        let result = result.and_then(|rows| drain(rows, sql, visit));
        let closed = connection.close(statement).map_err(failed);
        result.and_then(|count| closed.map(|()| count))
    }

    fn rows(&mut self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, Fault> {
        // Only what returns rows needs their types.
        let manner = match first_word(sql).to_ascii_uppercase().as_str() {
            "SELECT" | "WITH" | "SHOW" => Manner::Prepared,
            _ => Manner::Plain,
        };
        let mut rows = Vec::new();
        self.query(sql, parameters, manner, &mut |_, row| {
            rows.push(row);
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// A statement of the schema ends the transaction without a word, so the server is asked.
    fn has_transaction(&mut self) -> Result<bool, Fault> {
        let rows = self.rows("SELECT @@in_transaction", &[])?;
        Ok(rows.into_iter().flatten().next().and_then(Cell::integer) == Some(1))
    }

    fn texts(&mut self, statement: &Statement) -> Result<usize, Fault> {
        for text in statement.texts() {
            // A migration's own SQL is among them.
            self.run_written(text, &[], &mut |_, _| ControlFlow::Continue(()))?;
        }
        Ok(statement.texts().len())
    }

    /// Runs a text while the server does not look for what foreign keys reference.
    fn unchecked(&mut self, text: &str) -> Result<usize, Fault> {
        self.rows("SET SESSION foreign_key_checks = 0", &[])?;
        let done = self.run_written(text, &[], &mut |_, _| ControlFlow::Continue(()));
        let restored = self.rows("SET SESSION foreign_key_checks = 1", &[]);
        // The first error is the one to tell; with a lost connection the setting is lost as well.
        done.and(restored).map(|_| 1)
    }

    fn take_lock(&mut self, waiting: &mut Waiting<'_>) -> Result<Lock, Fault> {
        if cluster::is_clustered(self)? {
            let options = cluster::settle(self)?;
            return cluster::take(self, options, self.wait, waiting).map(Lock::Cluster);
        }
        lock::take(self, self.wait, waiting).map(|()| Lock::Named)
    }

    /// Whether the lock that was taken is still held; also if none was.
    fn holds_lock(&mut self) -> Result<bool, Fault> {
        match self.lock.take() {
            None => Ok(true),
            Some(Lock::Named) => {
                self.lock = Some(Lock::Named);
                lock::is_held(self)
            }
            Some(Lock::Cluster(lock)) => {
                let held = lock.is_held(self);
                self.lock = Some(Lock::Cluster(lock));
                held
            }
        }
    }

    /// Puts the settings back, on a connection that somebody goes on to use.
    fn put_back(&mut self) -> Result<(), Fault> {
        match self.saved.take() {
            Some(saved) if matches!(self.connection, Connection::Lent(_)) => session::restore(self, &saved),
            Some(_) | None => Ok(()),
        }
    }
}

impl Driver for Mysql<'_> {
    fn capabilities(&self) -> &'static Capabilities {
        Capabilities::of(Dialect::Mysql)
    }

    fn spelling(&self) -> &Spelling {
        &self.spelling
    }

    fn execute(&mut self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, Fault> {
        self.rows(sql, parameters)
    }

    fn run(&mut self, statement: &Statement, _: &Act<'_>) -> Result<usize, Fault> {
        match statement {
            Statement::Verify(looked) => verify(self, looked),
            Statement::Unchecked(text) => self.unchecked(text),
            other => self.texts(other),
        }
    }

    fn run_written(&mut self, sql: &str, parameters: &[Cell], visit: &mut Visit<'_>) -> Result<u64, Fault> {
        refuse_control(sql)?;
        if parameters.is_empty() {
            return self.query(sql, parameters, Manner::Prepared, visit);
        }
        let (text, numbers) = whimbrel_schema::parameters(sql, Dialect::Mysql);
        let value = |number: &usize| number.checked_sub(1).and_then(|index| parameters.get(index)).cloned();
        let places: Option<Row> = numbers.iter().map(value).collect();
        match places {
            Some(places) if (1..=parameters.len()).all(|number| numbers.contains(&number)) => {
                self.query(&text, &places, Manner::Prepared, visit)
            }
            _ => {
                let message = format!("{} parameters are given, and the SQL has others", parameters.len());
                Err(Fault::new(FaultKind::Other, message + &during(sql)))
            }
        }
    }

    fn check_idle(&mut self) -> Result<(), Error> {
        if matches!(self.connection, Connection::Owned(_)) || !self.has_transaction()? {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Usage, "the connection is inside a transaction")
            .help("commit or roll back before migrating, or use a connection of its own"))
    }

    fn wait(&mut self, wait: Duration) -> Result<(), Error> {
        self.wait = wait;
        Ok(())
    }

    fn limit(&mut self, timeouts: Timeouts) {
        self.timeouts = timeouts;
    }

    fn open(&mut self, waiting: &mut Waiting<'_>) -> Result<(), Error> {
        let server = session::check_version(self)?;
        self.saved = Some(session::fix(self, server)?);
        match self.take_lock(waiting) {
            Ok(lock) => {
                self.lock = Some(lock);
                Ok(())
            }
            Err(fault) => {
                // The first error is the one to tell.
                let _ = self.put_back();
                Err(fault.into())
            }
        }
    }

    fn close(&mut self) -> Result<(), Error> {
        let held = match self.lock.take() {
            None => return Ok(()),
            Some(Lock::Named) => lock::give_back(self),
            Some(Lock::Cluster(lock)) => lock.give_back(self),
        };
        let restored = self.put_back();
        if !held? {
            return Err(Error::failed("the lock between migrators was lost while it was held")
                .help("see whether another migrator ran meanwhile: migrate history"));
        }
        restored.map_err(|fault| {
            Error::from(fault).context("the settings of the connection could not be put back")
        })
    }

    fn reconnect(&mut self) -> Result<bool, Error> {
        if !self.connection.reconnect()? {
            return Ok(false);
        }
        (self.begun, self.saved, self.lock) = (false, None, None);
        #[cfg(feature = "seed")]
        {
            self.loading = None;
        }
        // What the lost session was doing may still be done; the lock goes when it is over.
        self.open(&mut |_| {})?;
        Ok(true)
    }

    fn patience(&self) -> Duration {
        self.wait
    }

    fn journals(&self) -> bool {
        true
    }

    fn is_alone(&self, statement: &Statement) -> bool {
        let changes_rows = |text: &str| {
            let word = first_word(text).to_ascii_uppercase();
            matches!(word.as_str(), "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "SELECT" | "WITH" | "VALUES")
        };
        match statement {
            Statement::Sql(text) => !changes_rows(text),
            Statement::Apart(texts) => !texts.iter().all(|text| changes_rows(text)),
            Statement::Keep(_) | Statement::Restore(_) | Statement::Verify(_) => false,
            Statement::DropTable(_)
            | Statement::Rebuild(_)
            | Statement::AddValue(_)
            | Statement::OnlineIndex(_)
            | Statement::Unchecked(_) => true,
        }
    }

    fn fingerprint(
        &mut self,
        _: Option<&Statement>,
        names: Option<&BTreeSet<Name>>,
    ) -> Result<String, Fault> {
        fingerprint::fingerprint(self, names)
    }

    fn begin(&mut self, _: &mut Waiting<'_>) -> Result<(), Fault> {
        self.rows("START TRANSACTION", &[])?;
        self.begun = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Fault> {
        #[cfg(feature = "seed")]
        load::forget(self).map_err(|error| fault::fault(error, "COMMIT"))?;
        if !self.holds_lock()? {
            let message = "the lock between migrators was lost while it was held";
            return Err(Fault::new(FaultKind::Pooled, message));
        }
        if !self.has_transaction()? {
            self.begun = false;
            let message = "the transaction ended while it was in use: a statement that changes the schema has \
                           ended it";
            return Err(Fault::new(FaultKind::TransactionLost, message));
        }
        self.rows("COMMIT", &[])?;
        self.begun = false;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), Fault> {
        #[cfg(feature = "seed")]
        {
            // The connection may be why.
            let _ = load::forget(self);
        }
        if std::mem::take(&mut self.begun) { self.rows("ROLLBACK", &[]).map(drop) } else { Ok(()) }
    }

    fn in_transaction(&mut self) -> bool {
        self.begun
    }

    fn shadowed(&mut self, tables: &[&str]) -> Result<Vec<String>, Fault> {
        if matches!(self.connection, Connection::Owned(_)) {
            return Ok(Vec::new());
        }
        // The server lists no temporary tables, but tells of one by its name.
        let mut found = Vec::new();
        for table in tables {
            let sql = format!("SHOW CREATE TABLE {}", quoted(Dialect::Mysql, table));
            match self.rows(&sql, &[]) {
                Ok(rows) => {
                    let text =
                        rows.into_iter().next().and_then(|row| row.into_iter().nth(1)).and_then(Cell::text);
                    if text.is_some_and(|text| text.starts_with("CREATE TEMPORARY")) {
                        found.push((*table).to_owned());
                    }
                }
                Err(fault) if fault.kind == FaultKind::MissingTable => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(found)
    }

    fn is_empty(&mut self) -> Result<bool, Fault> {
        // What whimbrel keeps for itself may have been created by a run that was cut short.
        let sql = "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() \
                   AND table_name NOT LIKE 'whimbrel\\_%' LIMIT 1";
        Ok(self.rows(sql, &[])?.is_empty())
    }

    fn violations(&mut self) -> Result<Vec<Violation>, Fault> {
        // They are never suspended, so there are none.
        Ok(Vec::new())
    }

    fn unusable(&mut self) -> Result<Vec<String>, Fault> {
        // What views there are is known without opening the tables, as whether they can be read is not.
        let views = self.rows("SHOW FULL TABLES WHERE Table_type = 'VIEW'", &[])?;
        let sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() \
                   AND table_name = ? AND table_comment LIKE '%references invalid%'";
        let mut found = Vec::new();
        for view in views.into_iter().filter_map(|row| row.into_iter().next().and_then(Cell::text)) {
            if !self.rows(sql, &[view.as_str().into()])?.is_empty() {
                found.push(format!("view {view}"));
            }
        }
        Ok(found)
    }

    #[cfg(feature = "seed")]
    fn delete_unreferenced(&mut self, sql: &str, parameters: &[Cell]) -> Result<(), Fault> {
        // A row that references itself is refused by InnoDB as if it were another that does.
        self.rows("SET SESSION foreign_key_checks = 0", &[])?;
        let deleted = self.rows(sql, parameters);
        let restored = self.rows("SET SESSION foreign_key_checks = 1", &[]);
        deleted.and(restored).map(drop)
    }

    #[cfg(feature = "seed")]
    fn target<'t>(&mut self, table: &'t str, columns: &'t [&'t Column]) -> Result<Target<'t>, Fault> {
        load::target(self, table, columns)
    }

    #[cfg(feature = "seed")]
    fn load(&mut self, target: &Target<'_>, rows: &Rows) -> Result<(), Fault> {
        load::load(self, target, rows)
    }

    fn introspect(&mut self) -> Result<Introspected, Fault> {
        introspect::introspect(self)
    }

    fn respell(&mut self, expected: &Schema, found: &Introspected) -> Result<Schema, Fault> {
        introspect::respell(self, expected, found)
    }
}

/// Reads all of a result, even if nobody wants more of it: the rest would be the answer to the next
/// statement.
fn drain<P: Protocol>(
    mut result: QueryResult<'_, '_, '_, P>,
    sql: &str,
    visit: &mut Visit<'_>,
) -> Result<u64, Fault> {
    let failed = |error| fault::fault(error, sql);
    let columns: Vec<mysql::Column> = result.columns().as_ref().to_vec();
    let names: Vec<String> = columns.iter().map(|column| column.name_str().into_owned()).collect();
    // The client forgets it as soon as the result has been read.
    let changed = result.affected_rows();
    let mut wanted = true;
    for row in result.by_ref() {
        let row = row.map_err(failed)?;
        if !wanted {
            continue;
        }
        let cell = |(value, column): (Option<mysql::Value>, &mysql::Column)| {
            // There is a value until somebody takes it.
            value::cell(value.unwrap_or(mysql::Value::NULL), column).map_err(|wrong| {
                let message = format!("column `{}` {wrong}{}", column.name_str(), during(sql));
                Fault::new(FaultKind::Other, message)
            })
        };
        let cells = row.unwrap_raw().into_iter().zip(&columns).map(cell).collect::<Result<Row, Fault>>()?;
        wanted = visit(&names, cells).is_continue();
    }
    Ok(changed)
}
