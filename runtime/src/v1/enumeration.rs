//! Changes of an enum.

use whimbrel_schema::{Name, Operation, Pair};

use super::{Editor, Result};

/// An enum being given other values.
#[must_use = "an enum does not change until `.run()?`"]
pub struct AlterEnum<'e, 'm> {
    editor: &'e mut Editor<'m>,
    name: Name,
    renamed: Vec<Pair<String>>,
}

impl<'e, 'm> AlterEnum<'e, 'm> {
    pub(super) fn new(editor: &'e mut Editor<'m>, name: &str) -> Self {
        Self { editor, name: Name::new(name), renamed: Vec::new() }
    }

    /// Gives a value another name: rows that have the previous one have the next one afterwards.
    pub fn rename_value(mut self, previous: &str, next: &str) -> Self {
        self.renamed.push(Pair::new(previous.to_owned(), next.to_owned()));
        self
    }

    /// Changes it.
    ///
    /// # Errors
    ///
    /// If this is not the next step, or its SQL fails.
    pub fn run(self) -> Result<()> {
        let Self { editor, name, renamed } = self;
        editor.step(Operation::AlterEnum { name, renamed })
    }
}
