//! Taking a migration statement by statement where not all of it is one transaction.

use std::collections::BTreeSet;

use whimbrel_schema::{Name, Statement};

use super::PreparedStep;
use crate::archive::{self, Act};
use crate::driver::{Driver, Fault};
use crate::error::{Error, ErrorKind};
use crate::journal::{self, Note, Position, Unit, Whose};
use crate::v1::{Code, Rows};

/// A migration on its way. Statements that take part in transactions share one with the rows of the journal
/// that tell of them; before any other the journal says that it begins. What an earlier attempt has done is
/// not done again.
pub(crate) struct Course<'d> {
    driver: &'d mut dyn Driver,
    whose: Whose,
    act: Act<'d>,
    /// How far an earlier attempt came.
    position: Option<Position>,
    /// What is done, and not yet written down.
    notes: Vec<Note>,
    /// What is to be removed when the transaction is over.
    leftovers: Vec<String>,
    /// The statement at hand.
    unit: Option<Unit>,
    /// Whether that is one whose failure means that nothing of it was done.
    started: bool,
    statements: usize,
}

impl<'d> Course<'d> {
    pub(crate) fn new(
        driver: &'d mut dyn Driver,
        whose: Whose,
        act: Act<'d>,
        position: Option<Position>,
    ) -> Self {
        Self {
            driver,
            whose,
            act,
            position,
            notes: Vec::new(),
            leftovers: Vec::new(),
            unit: None,
            started: false,
            statements: 0,
        }
    }

    /// Takes a step, whose number counts from 1, with the Rust code that it may have.
    pub(crate) fn take(
        &mut self,
        number: usize,
        step: &PreparedStep,
        code: Option<Code<'_>>,
    ) -> Result<(), Error> {
        for (index, statement) in step.statements.iter().enumerate() {
            self.statement(Unit { step: number, statement: index + 1 }, statement, step.touches.as_ref())?;
        }
        match code {
            Some(code) => self.code(Unit { step: number, statement: step.statements.len() + 1 }, code),
            None => Ok(()),
        }
    }

    /// Ends the migration: with the last transaction goes what `end` writes, which tells that it is done.
    pub(crate) fn finish(
        mut self,
        end: impl FnOnce(&mut dyn Driver) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        self.unit = None;
        let result = self.together().map_err(Error::from).and_then(|()| {
            end(self.driver)?;
            self.driver.commit().map_err(uncommitted)
        });
        result.map_err(|error| self.fail(error))?;
        self.clear();
        Ok(self.statements)
    }

    /// Undoes what is not done yet, and writes down that the statement at hand has failed.
    fn fail(&mut self, error: Error) -> Error {
        let error = match self.driver.rollback() {
            Ok(()) => error,
            Err(_) if error.kind() == ErrorKind::Disconnected => error,
            Err(fault) => error.help(format!("besides, the rollback failed: {}", fault.message)),
        };
        if error.kind() == ErrorKind::Disconnected {
            // What became of the statement is for the next attempt to find out.
            return error;
        }
        let note = Note::Failed(self.unit.filter(|_| self.started), error.message());
        let written = journal::write(self.driver, &self.whose, self.act.actor, &[note]);
        match written {
            Ok(()) => error,
            Err(fault) => error.help(format!("besides, the journal cannot be written: {}", fault.message)),
        }
    }

    /// Whether an earlier attempt has done it. That of the one uncertain statement is found out.
    fn is_done(
        &mut self,
        unit: Unit,
        statement: Option<&Statement>,
        touches: Option<&BTreeSet<Name>>,
    ) -> Result<bool, Fault> {
        let Some(position) = &self.position else { return Ok(false) };
        if position.done.is_some_and(|done| unit <= done) {
            return Ok(true);
        }
        let Some((uncertain, before)) = &position.uncertain else { return Ok(false) };
        if *uncertain != unit {
            return Ok(false);
        }
        let before = before.clone();
        let done = self.driver.fingerprint(statement, touches)? != before;
        if done {
            self.notes.push(Note::Finished(unit));
        }
        Ok(done)
    }

    fn statement(
        &mut self,
        unit: Unit,
        statement: &Statement,
        touches: Option<&BTreeSet<Name>>,
    ) -> Result<(), Error> {
        let result = self.is_done(unit, Some(statement), touches).and_then(|done| match done {
            true => Ok(()),
            false if self.driver.is_alone(statement) => self.alone(unit, statement, touches),
            false => self.with_others(unit, statement),
        });
        result.map_err(|fault| self.fail(fault.into()))
    }

    fn code(&mut self, unit: Unit, code: Code<'_>) -> Result<(), Error> {
        if self.is_done(unit, None, None).map_err(|fault| self.fail(fault.into()))? {
            return Ok(());
        }
        let result = self.together().map_err(Error::from).and_then(|()| {
            (self.unit, self.started) = (Some(unit), false);
            let mut rows = Rows::new(self.driver);
            let result = code(&mut rows);
            self.statements += rows.statements();
            result
        });
        result.map_err(|error| self.fail(error))?;
        self.notes.push(Note::Finished(unit));
        Ok(())
    }

    /// Runs a statement that takes no part in transactions.
    fn alone(
        &mut self,
        unit: Unit,
        statement: &Statement,
        touches: Option<&BTreeSet<Name>>,
    ) -> Result<(), Fault> {
        (self.unit, self.started) = (Some(unit), false);
        let before = self.driver.fingerprint(Some(statement), touches)?;
        self.notes.push(Note::Started(unit, before));
        self.settle()?;
        self.started = true;
        self.statements += self.driver.run(statement, &self.act)?;
        self.notes.push(Note::Finished(unit));
        Ok(())
    }

    /// Runs a statement in a transaction.
    fn with_others(&mut self, unit: Unit, statement: &Statement) -> Result<(), Fault> {
        (self.unit, self.started) = (Some(unit), false);
        match statement {
            Statement::Keep(keep) => {
                // A table is created for it, which ends the transaction.
                self.settle()?;
                if let Some(entry) = archive::make_room(self.driver, keep, &self.act)? {
                    self.together()?;
                    self.statements += archive::fill(self.driver, keep, &self.act, entry)?;
                }
            }
            Statement::Restore(restore) => {
                self.together()?;
                let restored = archive::restore(self.driver, restore, &self.act)?;
                self.statements += restored.statements;
                self.leftovers.extend(restored.leftover);
            }
            Statement::Apart(_) => {
                self.settle()?;
                self.together()?;
                self.statements += self.driver.run(statement, &self.act)?;
                self.notes.push(Note::Finished(unit));
                return self.settle();
            }
            Statement::Sql(_)
            | Statement::DropTable(_)
            | Statement::Rebuild(_)
            | Statement::AddValue(_)
            | Statement::OnlineIndex(_)
            | Statement::Unchecked(_)
            | Statement::Verify(_) => {
                self.together()?;
                self.statements += self.driver.run(statement, &self.act)?;
            }
        }
        self.notes.push(Note::Finished(unit));
        Ok(())
    }

    /// Sees to it that a transaction is open.
    fn together(&mut self) -> Result<(), Fault> {
        if self.driver.in_transaction() { Ok(()) } else { self.driver.begin(&mut |_| {}) }
    }

    /// Writes down what is done, and makes it lasting.
    fn settle(&mut self) -> Result<(), Fault> {
        if !self.notes.is_empty() {
            self.together()?;
            journal::write(self.driver, &self.whose, self.act.actor, &self.notes)?;
        }
        if self.driver.in_transaction() {
            self.driver.commit()?;
        }
        self.notes.clear();
        self.clear();
        Ok(())
    }

    /// Removes what is no longer of use. What cannot be removed now is, when its number is used again.
    fn clear(&mut self) {
        for sql in self.leftovers.drain(..) {
            let _ = self.driver.execute(&sql, &[]);
        }
    }
}

fn uncommitted(fault: Fault) -> Error {
    Error::from(fault).context("the transaction cannot be committed")
}
