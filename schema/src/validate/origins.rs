use std::collections::BTreeMap;

use crate::{Name, Span};

/// Something in a schema that has a place in a file. What belongs to a table has the table's name
/// first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// A table.
    Table(Name),
    /// A column of a table.
    Column(Name, Name),
    /// The primary key of a table.
    PrimaryKey(Name),
    /// A unique constraint of a table.
    Unique(Name, Name),
    /// A foreign key of a table.
    ForeignKey(Name, Name),
    /// A check constraint of a table.
    Check(Name, Name),
    /// An index of a table.
    Index(Name, Name),
    /// An enum.
    Enum(Name),
    /// A view.
    View(Name),
    /// A trigger.
    Trigger(Name),
}

/// Where each object of a schema was written: mostly the key that names it.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    places: BTreeMap<Object, Span>,
}

impl Origins {
    /// Where an object was written.
    pub fn get(&self, object: &Object) -> Option<Span> {
        self.places.get(object).copied()
    }

    pub(super) fn insert(&mut self, object: Object, span: Span) {
        self.places.entry(object).or_insert(span);
    }
}

impl Object {
    /// It with its kind, as a sentence has it.
    ///
    /// ```
    /// use whimbrel_schema::Object;
    ///
    /// assert_eq!(Object::Column("users".into(), "age".into()).in_words(), "column `users.age`");
    /// ```
    pub fn in_words(&self) -> String {
        match self {
            Self::Table(name) => format!("table `{name}`"),
            Self::Column(table, name) => format!("column `{table}.{name}`"),
            Self::PrimaryKey(table) => format!("primary key of `{table}`"),
            Self::Unique(table, name) => format!("unique constraint `{name}` of `{table}`"),
            Self::ForeignKey(table, name) => format!("foreign key `{name}` of `{table}`"),
            Self::Check(table, name) => format!("check `{name}` of `{table}`"),
            Self::Index(table, name) => format!("index `{name}` of `{table}`"),
            Self::Enum(name) => format!("enum `{name}`"),
            Self::View(name) => format!("view `{name}`"),
            Self::Trigger(name) => format!("trigger `{name}`"),
        }
    }

    /// The table, enum, view or trigger that it is or belongs to.
    pub const fn whole(&self) -> &Name {
        match self {
            Self::Table(table)
            | Self::Column(table, _)
            | Self::PrimaryKey(table)
            | Self::Unique(table, _)
            | Self::ForeignKey(table, _)
            | Self::Check(table, _)
            | Self::Index(table, _)
            | Self::Enum(table)
            | Self::View(table)
            | Self::Trigger(table) => table,
        }
    }

    /// The table that it belongs to, or is.
    pub const fn table(&self) -> Option<&Name> {
        match self {
            Self::Enum(_) | Self::View(_) | Self::Trigger(_) => None,
            _ => Some(self.whole()),
        }
    }

    /// The same object of another table, or of this one under another name.
    #[must_use]
    pub fn with_table(self, table: Name) -> Self {
        match self {
            Self::Table(_) => Self::Table(table),
            Self::Column(_, name) => Self::Column(table, name),
            Self::PrimaryKey(_) => Self::PrimaryKey(table),
            Self::Unique(_, name) => Self::Unique(table, name),
            Self::ForeignKey(_, name) => Self::ForeignKey(table, name),
            Self::Check(_, name) => Self::Check(table, name),
            Self::Index(_, name) => Self::Index(table, name),
            Self::Enum(_) | Self::View(_) | Self::Trigger(_) => self,
        }
    }
}
