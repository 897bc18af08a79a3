//! Migrations on a server, statement by statement, as they are rendered.

use whimbrel_schema::{Kept, Operation, Pair, Schema, Statement, plan, render_step};

use super::{Fresh, Speaks};

/// A database of one test with a connection to it.
pub(crate) struct Session<S: Speaks> {
    pub(crate) client: S::Client,
    /// What is in the archive, under its number.
    kept: Vec<(Kept, usize)>,
    /// How much of it is of migrations before, which is what comes back.
    before: usize,
    numbers: usize,
    // Dropped last, after its connection.
    _database: Fresh<S>,
}

impl<S: Speaks> Session<S> {
    /// An empty database; `None` where the test is to be skipped.
    pub(crate) fn open() -> Option<Self> {
        let database = S::fresh()?;
        let mut client = database.connect();
        for sql in S::SESSION {
            S::does(&mut client, sql).unwrap();
        }
        Some(Self { client, kept: Vec::new(), before: 0, numbers: 0, _database: database })
    }

    /// Creates everything in a schema; `fill` is called when its tables are there, and nothing else.
    pub(crate) fn create(
        &mut self,
        schema: &Schema,
        fill: impl FnOnce(&mut Self) -> Result<(), String>,
    ) -> Result<(), String> {
        let empty = Schema::default();
        let operations = plan::plan(Pair::new(&empty, schema), &plan::Intent::default()).upgrade;
        let late = operations.iter().position(|operation| {
            matches!(operation, Operation::CreateView { .. } | Operation::CreateTrigger { .. })
        });
        let (tables, rest) = operations.split_at(late.unwrap_or(operations.len()));
        let position = self.go(tables, Pair::new(&empty, schema))?;
        fill(self)?;
        self.go(rest, Pair::new(&position, schema)).map(drop)
    }

    /// Runs a migration, as one transaction where the server has those.
    pub(crate) fn migrate(&mut self, operations: &[Operation], schemas: Pair<&Schema>) -> Result<(), String> {
        self.before = self.kept.len();
        if let Some([begin, _]) = S::TRANSACTION {
            self.run(begin)?;
        }
        let done = self.go(operations, schemas).map(drop);
        if let Some([_, commit]) = S::TRANSACTION {
            self.run(if done.is_ok() { commit } else { "ROLLBACK" })?;
        }
        done
    }

    fn go(&mut self, operations: &[Operation], schemas: Pair<&Schema>) -> Result<Schema, String> {
        let mut position = schemas.previous.clone();
        for (index, operation) in operations.iter().enumerate() {
            for statement in render_step(S::DIALECT, operations, index, &position, schemas.next) {
                self.statement(&statement)?;
            }
            position = operation.apply(&position, schemas.next).map_err(|misfit| misfit.to_string())?;
        }
        Ok(position)
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), String> {
        match statement {
            Statement::Keep(keep) => {
                self.numbers += 1;
                self.kept.push((keep.kept.clone(), self.numbers));
                self.run(&format!("CREATE TABLE whimbrel_archive_{} AS {}", self.numbers, keep.select))
            }
            Statement::Restore(restore) => {
                let found = self.kept.iter().take(self.before).rev().find(|(kept, _)| *kept == restore.kept);
                let Some((_, number)) = found else { return Ok(()) };
                self.run(&restore.text(&format!("whimbrel_archive_{number}")))
            }
            other => other.texts().into_iter().try_for_each(|text| self.run(text)),
        }
    }

    /// Runs SQL; the error names it.
    pub(crate) fn run(&mut self, sql: &str) -> Result<(), String> {
        S::does(&mut self.client, sql).map_err(|error| format!("{}: {error}\n    in: {sql}", S::NAME))
    }
}
