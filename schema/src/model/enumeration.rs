use crate::Name;

/// A type whose values are some texts and no others.
///
/// Equality ignores the documentation.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// What it is for; becomes documentation of the generated token.
    pub doc: Option<String>,
    /// What Rust calls it, where its name alone does not say.
    pub rust_name: Option<String>,
    /// Its values, in order.
    pub values: Vec<String>,
}

impl Enum {
    /// An enum with these values.
    pub fn new(name: Name, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        Self { name, doc: None, rust_name: None, values }
    }

    /// Whether a text is one of its values.
    ///
    /// ```
    /// use whimbrel_schema::{Enum, Name};
    ///
    /// let category = Enum::new(Name::new("category"), ["personal", "work"]);
    /// assert!(category.has("work") && !category.has("spam"));
    /// ```
    pub fn has(&self, value: &str) -> bool {
        self.values.iter().any(|known| known == value)
    }
}

impl PartialEq for Enum {
    fn eq(&self, other: &Self) -> bool {
        let Self { name, doc: _, rust_name, values } = self;
        *name == other.name && *rust_name == other.rust_name && *values == other.values
    }
}

impl Eq for Enum {}
