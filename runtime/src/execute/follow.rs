//! Holding a migration's function to the steps that were proven.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use whimbrel_schema::Operation;

use crate::error::Error;
use crate::v1::{Code, Editor, Follow, Result};

/// Compares each call with the next proven step, and passes it on only if they are the same.
pub(crate) struct Follower<'f> {
    proven: &'f [&'static str],
    take: &'f mut Take<'f>,
    /// How many steps were passed on.
    taken: usize,
    /// What went wrong in a step; after it no other is taken.
    failed: Option<String>,
}

/// What is done with a step: its index, its operation, and for a step of Rust code that code.
pub(crate) type Take<'t> = dyn FnMut(usize, Operation, Option<Code<'_>>) -> Result<()> + 't;

impl<'f> Follower<'f> {
    /// `take` is given each step.
    pub(crate) fn new(proven: &'f [&'static str], take: &'f mut Take<'f>) -> Self {
        Self { proven, take, taken: 0, failed: None }
    }

    /// The number of the step at which it stands, from 1; `None` after the last.
    pub(crate) fn number(&self) -> Option<usize> {
        (self.taken < self.proven.len()).then_some(self.taken + 1)
    }

    fn follow(
        &mut self,
        operation: std::result::Result<Operation, String>,
        code: Option<Code<'_>>,
    ) -> Result<()> {
        let number = self.taken + 1;
        let place =
            |error: Error| error.context(format!("step {number} of {}", self.proven.len().max(number)));
        if let Some(failed) = &self.failed {
            return Err(place(Error::failed(format!("an earlier step failed: {failed}"))));
        }
        let operation = operation.map_err(|wrong| place(Error::failed(wrong)))?;
        let text = operation.to_string();
        match self.proven.get(self.taken) {
            Some(proven) if *proven == text => {}
            Some(proven) => {
                return Err(place(stale(format!(
                    "the migration asks for `{text}`, but `{proven}` was proven"
                ))));
            }
            None => {
                return Err(place(stale(format!(
                    "the migration asks for `{text}` after its last proven step"
                ))));
            }
        }
        let step = format!("step {number} of {}, `{text}`", self.proven.len());
        (self.take)(self.taken, operation, code).map_err(|error| error.context(step))?;
        self.taken = number;
        Ok(())
    }

    fn finish(&self) -> Result<()> {
        if let Some(failed) = &self.failed {
            return Err(
                Error::failed(failed.clone()).context("the migration went on after a step had failed")
            );
        }
        match self.proven.get(self.taken) {
            None => Ok(()),
            Some(proven) => Err(stale(format!(
                "the migration ended after step {} of {}; `{proven}` was to come",
                self.taken,
                self.proven.len()
            ))),
        }
    }
}

impl Follow for Follower<'_> {
    fn step(
        &mut self,
        operation: std::result::Result<Operation, String>,
        code: Option<Code<'_>>,
    ) -> Result<()> {
        let result = self.follow(operation, code);
        if let Err(error) = &result {
            self.failed.get_or_insert_with(|| error.message());
        }
        result
    }
}

/// Calls a migration's function and sees that it takes all of its steps. A panic becomes an error.
pub(crate) fn call(run: fn(&mut Editor<'_>) -> Result<()>, follower: &mut Follower<'_>) -> Result<()> {
    // After a panic nothing of the follower is used but its count, which is whole at every call.
    let outcome = catch_unwind(AssertUnwindSafe(|| run(&mut Editor::new(&mut *follower))));
    match outcome {
        Ok(Ok(())) => follower.finish(),
        Ok(Err(error)) => Err(error),
        Err(panic) => Err(Error::failed(format!("the migration's code panicked: {}", words(&*panic)))),
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(words), _) => words,
        (None, Some(words)) => words,
        (None, None) => "no message",
    }
}

fn stale(message: String) -> Error {
    Error::failed(message).help(
        "rebuild the package, so that what runs is what the build has proven; nothing of this step was run",
    )
}
