//! PostgreSQL.

#[cfg(feature = "seed")]
mod binary;
mod connection;
mod fault;
mod introspect;
#[cfg(feature = "seed")]
mod load;
mod lock;
mod online_index;
mod open;
mod pool;
mod row;
mod session;
mod tls;
mod value;

#[cfg(feature = "seed")]
pub(super) use load::encode;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::Type;
use postgres::{Client, SimpleQueryMessage};
#[cfg(feature = "seed")]
use whimbrel_schema::Column;
use whimbrel_schema::{
    Capabilities, Dialect, Introspected, Name, Schema, Statement, Timeouts, each_statement,
};

use self::connection::Connection;
use self::session::Settings;
use self::value::{Parameter, Raw};
use super::control::refuse_control;
use super::{
    Cell, Driver, Fault, FaultKind, Row, Spelling, Violation, Visit, Waiting, during, quoted, verify,
};
#[cfg(feature = "seed")]
use super::{Rows, Target};
use crate::archive::{self, Act};
use crate::{Error, ErrorKind};

/// A connection to PostgreSQL, owned or lent by the caller. Everything happens in one schema: the first of
/// its `search_path` that exists.
pub(crate) struct Postgres<'c> {
    connection: Connection<'c>,
    /// The schema.
    home: String,
    spelling: Spelling,
    /// How long to wait for other migrators, and for locks.
    wait: Duration,
    /// How long a statement waits, and how long it may take.
    timeouts: Timeouts,
    /// What the session had, while a run goes on.
    saved: Option<Settings>,
    /// The number of the transaction that is open.
    begun: Option<String>,
}

impl<'c> Postgres<'c> {
    /// Works on a connection of the caller.
    pub(crate) fn on(client: &'c mut Client) -> Result<Self, Error> {
        Self::new(Connection::Lent(client))
    }

    fn new(mut connection: Connection<'c>) -> Result<Self, Error> {
        let home = session::home(connection.client())?;
        let spelling = Spelling::Postgres(home.clone());
        Ok(Self {
            connection,
            home,
            spelling,
            wait: open::WAIT,
            timeouts: Timeouts::NONE,
            saved: None,
            begun: None,
        })
    }

    /// Runs one SQL text, gives its rows to `visit` with the names of their columns, and counts the rows
    /// that it changed.
    ///
    /// The server is left to find the types of parameters, which travel as text; and it refuses a text of
    /// several statements.
    fn query(&mut self, sql: &str, parameters: &[Cell], visit: &mut Visit<'_>) -> Result<u64, Fault> {
        #[cfg(feature = "fault-injection")]
        super::inject::before(sql)?;
        let parameters = parameters.iter().map(|cell| (Parameter(cell), Type::UNKNOWN));
        let failed = |error| fault::fault(error, sql);
        let mut rows =
            self.connection.client().query_typed_raw(sql, parameters.collect::<Vec<_>>()).map_err(failed)?;
        let mut names: Option<Vec<String>> = None;
        let mut wrong = None;
        let mut wanted = true;
        // All is read, even if nobody wants more of it: the rest would be the answer to the next statement.
        while let Some(row) = rows.next().map_err(failed)? {
            if !wanted {
                continue;
            }
            let names = names
                .get_or_insert_with(|| row.columns().iter().map(|column| column.name().to_owned()).collect());
            match cells(&row, sql) {
                Ok(cells) => wanted = visit(names, cells).is_continue(),
                Err(fault) => (wrong, wanted) = (Some(fault), false),
            }
        }
        wrong.map_or_else(|| Ok(rows.rows_affected().unwrap_or_default()), Err)
    }

    fn rows(&mut self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        self.query(sql, parameters, &mut |_, row| {
            rows.push(row);
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// Whether a transaction is open that was not begun here. The client's library does not tell.
    fn has_transaction(&mut self) -> Result<bool, Fault> {
        // The first statement of a transaction begins when the transaction does, and no other; in one message,
        // because each message of a prepared statement has a time of its own.
        let sql = "SELECT now() <> statement_timestamp()";
        let messages =
            self.connection.client().simple_query(sql).map_err(|error| fault::fault(error, sql))?;
        Ok(messages.iter().any(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0) == Some("t"),
            _ => false,
        }))
    }

    /// The number of the transaction, which another one in its place does not have.
    fn transaction(&mut self) -> Result<String, Fault> {
        let rows = self.rows("SELECT pg_current_xact_id()::text", &[])?;
        let number = rows.into_iter().flatten().next().and_then(Cell::text);
        number.ok_or_else(|| Fault::new(FaultKind::Other, "the transaction has no number"))
    }
}

fn cells(row: &postgres::Row, sql: &str) -> Result<Row, Fault> {
    let cell = |(index, column): (usize, &postgres::Column)| {
        let raw: Raw<'_> = row.try_get(index).map_err(|error| fault::fault(error, sql))?;
        raw.cell().map_err(|wrong| {
            Fault::new(FaultKind::Other, format!("column `{}` {wrong}{}", column.name(), during(sql)))
        })
    };
    row.columns().iter().enumerate().map(cell).collect()
}

impl Driver for Postgres<'_> {
    fn capabilities(&self) -> &'static Capabilities {
        Capabilities::of(Dialect::Postgres)
    }

    fn spelling(&self) -> &Spelling {
        &self.spelling
    }

    fn execute(&mut self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, Fault> {
        self.rows(sql, parameters)
    }

    fn own_rows(&mut self, table: &str, sql: &str, parameters: &[Cell]) -> Result<Option<Vec<Row>>, Fault> {
        // After an error the whole transaction is lost, so in one the tables that the query names are looked for.
        if self.begun.is_some() {
            let others =
                ["whimbrel_history", "whimbrel_journal"].into_iter().filter(|other| sql.contains(other));
            for table in others.chain([table]) {
                let name = self.spelling.spell(&format!("main.{table}")).into_owned();
                let found = self.rows("SELECT to_regclass($1) IS NOT NULL", &[Cell::Text(name)])?;
                if found != [[Cell::Integer(1)]] {
                    return Ok(None);
                }
            }
        }
        match self.own(sql, parameters) {
            Ok(rows) => Ok(Some(rows)),
            Err(fault) if fault.kind == FaultKind::MissingTable => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    fn run(&mut self, statement: &Statement, act: &Act<'_>) -> Result<usize, Fault> {
        match statement {
            Statement::OnlineIndex(index) => online_index::run(self, index),
            Statement::Verify(looked) => verify(self, looked),
            Statement::Sql(text) | Statement::DropTable(text) => {
                // A trigger comes with its function.
                let texts = each_statement(text, Dialect::Postgres);
                for text in &texts {
                    self.run_written(text, &[], &mut |_, _| ControlFlow::Continue(()))?;
                }
                Ok(texts.len())
            }
            Statement::Apart(_) | Statement::AddValue(_) | Statement::Unchecked(_) => {
                for text in statement.texts() {
                    self.run_written(text, &[], &mut |_, _| ControlFlow::Continue(()))?;
                }
                Ok(statement.texts().len())
            }
            Statement::Keep(keep) => archive::keep(self, keep, act),
            Statement::Restore(restore) => {
                archive::restore(self, restore, act).map(|restored| restored.statements)
            }
            Statement::Rebuild(rebuild) => Err(Fault::new(
                FaultKind::Other,
                format!("PostgreSQL does not rebuild tables: {}", rebuild.table),
            )),
        }
    }

    fn run_written(&mut self, sql: &str, parameters: &[Cell], visit: &mut Visit<'_>) -> Result<u64, Fault> {
        refuse_control(sql)?;
        if parameters.is_empty() {
            return self.query(sql, parameters, visit);
        }
        self.query(&whimbrel_schema::parameters(sql, Dialect::Postgres).0, parameters, visit)
    }

    fn check_idle(&mut self) -> Result<(), Error> {
        if self.begun.is_none() && matches!(self.connection, Connection::Owned(_)) {
            return Ok(());
        }
        match self.has_transaction() {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(fault) if fault.kind == FaultKind::TransactionLost => {}
            Err(fault) => return Err(fault.into()),
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
        lock::take(self, self.wait, waiting)?;
        // Before the settings, which others of the pool would find in their sessions.
        pool::refuse(self)?;
        match session::fix(self) {
            Ok(saved) => {
                self.saved = Some(saved);
                Ok(())
            }
            Err(fault) => {
                // The first error is the one to tell.
                let _ = lock::give_back(self);
                Err(fault.into())
            }
        }
    }

    fn close(&mut self) -> Result<(), Error> {
        if self.saved.is_none() {
            return Ok(());
        }
        let held = lock::give_back(self);
        let restored = self.put_back();
        if !held? {
            return Err(pooled());
        }
        restored.map_err(|fault| {
            Error::from(fault).context("the settings of the connection could not be put back")
        })
    }

    fn reconnect(&mut self) -> Result<bool, Error> {
        if !self.connection.reconnect()? {
            return Ok(false);
        }
        (self.begun, self.saved) = (None, None);
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
        matches!(statement, Statement::OnlineIndex(_))
    }

    fn fingerprint(
        &mut self,
        statement: Option<&Statement>,
        _: Option<&BTreeSet<Name>>,
    ) -> Result<String, Fault> {
        match statement {
            Some(Statement::OnlineIndex(index)) => online_index::fingerprint(self, index),
            // All others are part of transactions.
            Some(_) | None => Ok(String::new()),
        }
    }

    fn begin(&mut self, _: &mut Waiting<'_>) -> Result<(), Fault> {
        self.rows("BEGIN", &[])?;
        // So that a failure from here on is rolled back.
        self.begun = Some(String::new());
        if self.saved.is_some() && !lock::is_held(self)? {
            return Err(Fault::new(FaultKind::Pooled, pooled().message()));
        }
        self.begun = Some(self.transaction()?);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Fault> {
        // SQL that a person wrote may have ended the transaction from within.
        let same = self.begun.clone() == Some(self.transaction()?);
        if !same {
            return Err(Fault::new(FaultKind::TransactionLost, "the transaction ended while it was in use"));
        }
        self.rows("COMMIT", &[])?;
        self.begun = None;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), Fault> {
        match self.begun.take() {
            // With its session the transaction ends as well.
            Some(_) if !self.connection.client().is_closed() => self.rows("ROLLBACK", &[]).map(drop),
            Some(_) | None => Ok(()),
        }
    }

    fn in_transaction(&mut self) -> bool {
        self.begun.is_some()
    }

    fn shadowed(&mut self, _: &[&str]) -> Result<Vec<String>, Fault> {
        // Temporary tables come last in the search_path of a migration.
        Ok(Vec::new())
    }

    fn is_empty(&mut self) -> Result<bool, Fault> {
        let sql = "SELECT 1 FROM pg_class WHERE relnamespace = $1::regnamespace \
                   AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') LIMIT 1";
        let home = Cell::Text(quoted(Dialect::Postgres, &self.home));
        Ok(self.rows(sql, &[home])?.is_empty())
    }

    fn violations(&mut self) -> Result<Vec<Violation>, Fault> {
        // They cannot be suspended, so there are none.
        Ok(Vec::new())
    }

    fn unusable(&mut self) -> Result<Vec<String>, Fault> {
        // Nothing that a view reads can be dropped while the view is there.
        Ok(Vec::new())
    }

    #[cfg(feature = "seed")]
    fn target<'t>(&mut self, table: &'t str, columns: &'t [&'t Column]) -> Result<Target<'t>, Fault> {
        load::target(self, table, columns)
    }

    #[cfg(feature = "seed")]
    fn load(&mut self, target: &Target<'_>, rows: &Rows) -> Result<(), Fault> {
        load::load(self, target, rows)
    }

    #[cfg(feature = "seed")]
    fn defer_foreign_keys(&mut self) -> Result<(), Fault> {
        self.rows("SET CONSTRAINTS ALL DEFERRED", &[]).map(drop)
    }

    #[cfg(feature = "seed")]
    fn move_numbers(&mut self, table: &str, column: &str) -> Result<(), Fault> {
        load::move_numbers(self, table, column)
    }

    fn introspect(&mut self) -> Result<Introspected, Fault> {
        introspect::introspect(self)
    }

    fn respell(&mut self, expected: &Schema, found: &Introspected) -> Result<Schema, Fault> {
        introspect::respell(self, expected, found)
    }
}

impl Postgres<'_> {
    /// Puts the settings back, on a connection that somebody goes on to use.
    fn put_back(&mut self) -> Result<(), Fault> {
        match self.saved.take() {
            Some(saved) if matches!(self.connection, Connection::Lent(_)) => session::restore(self, &saved),
            Some(_) | None => Ok(()),
        }
    }
}

fn pooled() -> Error {
    Error::new(
        ErrorKind::Refused,
        "the session that works is not the one that has the lock: a pooler stands before the database and gives \
         each transaction another session",
    )
    .help("migrate with the URL of the database itself, or through a pool in session mode")
}
