//! Schemas and migrations on a server.

use whimbrel::Direction;
use whimbrel::engine::Engine;
use whimbrel_schema::{Operation, Pair, Schema, plan, render_step};

use super::{Fresh, Speaks};

/// A database of one test with a connection to it.
pub(crate) struct Session<S: Speaks> {
    pub(crate) client: S::Client,
    /// Migrates as the `migrate` command does.
    engine: Engine,
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
        let engine = Engine::open(&database.url()).unwrap();
        Some(Self { client, engine, _database: database })
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

    /// Runs one direction of a migration, as the migrator would.
    pub(crate) fn migrate(
        &mut self,
        operations: &[Operation],
        schemas: Pair<&Schema>,
        direction: Direction,
    ) -> Result<(), String> {
        self.engine.run(operations, schemas, direction).map_err(|error| format!("{}: {error}", S::NAME))
    }

    /// What the database has otherwise than a schema, in words.
    pub(crate) fn drift(&mut self, expected: &Schema) -> Result<Vec<String>, String> {
        let drift = self.engine.drift(expected).map_err(|error| format!("{}: {error}", S::NAME))?;
        Ok(drift.differences.iter().map(ToString::to_string).collect())
    }

    fn go(&mut self, operations: &[Operation], schemas: Pair<&Schema>) -> Result<Schema, String> {
        let mut position = schemas.previous.clone();
        for (index, operation) in operations.iter().enumerate() {
            for statement in render_step(S::DIALECT, operations, index, &position, schemas.next) {
                statement.texts().into_iter().try_for_each(|text| self.run(text))?;
            }
            position = operation.apply(&position, schemas.next).map_err(|misfit| misfit.to_string())?;
        }
        Ok(position)
    }

    /// Runs SQL; the error names it.
    pub(crate) fn run(&mut self, sql: &str) -> Result<(), String> {
        S::does(&mut self.client, sql).map_err(|error| format!("{}: {error}\n    in: {sql}", S::NAME))
    }
}
