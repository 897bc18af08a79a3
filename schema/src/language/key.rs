//! What a key is: its name, its shape, and what it means.

/// A place where keys stand, such as a column or an environment.
#[derive(Debug)]
pub struct Place {
    /// What messages call it.
    pub name: &'static str,
    /// Its keys, in the order in which they are shown.
    pub keys: &'static [Key],
    /// Keys of which exactly one must be there.
    pub one_of: &'static [&'static str],
}

/// A key of the language.
#[derive(Debug)]
pub struct Key {
    /// How it is spelled.
    pub name: &'static str,
    /// What it means, in Markdown.
    pub doc: &'static str,
    /// A value that it takes, as TOML spells it.
    pub example: &'static str,
    /// What its values look like.
    pub shape: Shape,
    /// When it must, and when it may be there.
    pub presence: Presence,
    /// Whether it tells the way from the previous schema to this one, so that no snapshot has it.
    pub hint: bool,
}

/// When a key must, and when it may be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It may be left out.
    Optional,
    /// It must be there.
    Required,
    /// It may be there beside another key.
    Beside(&'static str),
}

/// What a value looks like, as far as it can be told without the rest of the schema.
#[derive(Debug)]
pub enum Shape {
    /// A text.
    Text,
    /// A text, a number, true or false, or a date or time.
    Literal,
    /// One of some words.
    Word(&'static [&'static str]),
    /// Whatever TOML has.
    Any,
    /// A number, whole or not.
    Number,
    /// True or false, and which of them it is where the key is left out.
    Flag(bool),
    /// A whole number.
    Integer {
        /// The least one.
        least: i64,
        /// The greatest one.
        greatest: i64,
    },
    /// The type of a column, or the name of an enum.
    Type,
    /// The name of a type in Rust.
    TypeName,
    /// The name of a constant in Rust.
    ConstName,
    /// A table and columns of it.
    Target,
    /// A time to keep something.
    Age,
    /// A time to wait.
    Time,
    /// A list.
    List {
        /// Of values like this.
        of: &'static Shape,
        /// How many there must be at least.
        least: u64,
    },
    /// A table whose keys belong to the language.
    Table(&'static Place),
    /// A table whose keys are names.
    Named(&'static Shape),
    /// One or the other.
    Either(&'static [Shape]),
}

impl Place {
    /// A place of these keys.
    pub(super) const fn new(name: &'static str, keys: &'static [Key]) -> Self {
        Self { name, keys, one_of: &[] }
    }

    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

impl Key {
    /// A key that may be left out.
    pub(super) const fn new(
        name: &'static str,
        shape: Shape,
        example: &'static str,
        doc: &'static str,
    ) -> Self {
        Self { name, doc, example, shape, presence: Presence::Optional, hint: false }
    }

    /// The same key, which must be there.
    pub(super) const fn required(self) -> Self {
        Self { presence: Presence::Required, ..self }
    }

    /// The same key, which means something only beside another one.
    pub(super) const fn beside(self, other: &'static str) -> Self {
        Self { presence: Presence::Beside(other), ..self }
    }

    /// The same key, as a hint.
    pub(super) const fn hint(self) -> Self {
        Self { hint: true, ..self }
    }
}
