//! Migrations on a server, statement by statement, as they are rendered.

use whimbrel_schema::{Kept, Operation, Pair, Schema, Statement, plan, render};

use super::{Fresh, Speaks};

/// A database of one test with a connection to it.
pub(crate) struct Session<S: Speaks> {
    pub(crate) client: S::Client,
    /// What is in the archive, under its number.
    kept: Vec<(Kept, usize)>,
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
        Some(Self { client, kept: Vec::new(), numbers: 0, _database: database })
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

    /// Runs a migration, as one transaction where the server has those and the migration can be one.
    pub(crate) fn migrate(&mut self, operations: &[Operation], schemas: Pair<&Schema>) -> Result<(), String> {
        let transaction = S::TRANSACTION.filter(|_| is_whole::<S>(operations, schemas));
        if let Some([begin, _]) = transaction {
            self.run(begin)?;
        }
        let done = self.go(operations, schemas).map(drop);
        if let Some([_, commit]) = transaction {
            self.run(if done.is_ok() { commit } else { "ROLLBACK" })?;
        }
        done
    }

    fn go(&mut self, operations: &[Operation], schemas: Pair<&Schema>) -> Result<Schema, String> {
        let mut position = schemas.previous.clone();
        for operation in operations {
            for statement in render(S::DIALECT, operation, &position, schemas.next) {
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
                // As the runtime finds it: by the table's name, or else if only one can be meant.
                let same =
                    |kept: &Kept| (kept.kind, &kept.column) == (restore.kept.kind, &restore.kept.column);
                let found: Vec<&(Kept, usize)> = self.kept.iter().filter(|(kept, _)| same(kept)).collect();
                let by_name = found.iter().find(|(kept, _)| kept.table == restore.kept.table);
                let only = if let [only] = &found[..] { Some(only) } else { None };
                match by_name.or(only) {
                    Some((_, number)) => self.run(&restore.text(&format!("whimbrel_archive_{number}"))),
                    None => Ok(()),
                }
            }
            Statement::Unchecked(text) => {
                self.run("SET foreign_key_checks = 0")?;
                self.run(text)?;
                self.run("SET foreign_key_checks = 1")
            }
            Statement::Verify(verify) => {
                let count = S::texts(&mut self.client, &verify.count).map_err(|error| error.to_string())?;
                if count == [[Some("0".to_owned())]] { Ok(()) } else { Err(verify.wrong.clone()) }
            }
            other => other.texts().into_iter().try_for_each(|text| self.run(text)),
        }
    }

    /// Runs SQL; the error names it.
    pub(crate) fn run(&mut self, sql: &str) -> Result<(), String> {
        S::does(&mut self.client, sql).map_err(|error| format!("{}: {error}\n    in: {sql}", S::NAME))
    }
}

/// Whether a migration fits one transaction; one that adds a value to an enum may want to use it.
fn is_whole<S: Speaks>(operations: &[Operation], schemas: Pair<&Schema>) -> bool {
    let mut position = schemas.previous.clone();
    operations.iter().all(|operation| {
        let statements = render(S::DIALECT, operation, &position, schemas.next);
        position = operation.apply(&position, schemas.next).unwrap_or_else(|_| position.clone());
        !statements.iter().any(|statement| statement.is_apart() || matches!(statement, Statement::AddValue(_)))
    })
}
