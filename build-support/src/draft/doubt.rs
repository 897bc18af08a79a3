use whimbrel_schema::{ColumnType, Diagnostic, Name, Pair};

/// Why there is no migration yet.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// What is wrong, for its author to mend.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The first of it that an answer would settle.
    pub(crate) doubt: Option<Box<Doubt>>,
}

/// What only the author knows, and can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Whether what came is what went, under another name.
    Renamed(Renamed),
    /// What rows get that have no value: existing ones, or on the way back those that came since.
    Backfill { column: (Name, Name), column_type: ColumnType, way: Way },
    /// How values of a column become values of its other type.
    Using { column: (Name, Name), types: Pair<ColumnType>, way: Way },
}

/// The direction in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    There,
    Back,
}

/// Something with another name; what belongs to a table is named with the table's next name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Renamed {
    Table(Pair<Name>),
    Column(Name, Pair<Name>),
    Value(Name, Pair<String>),
}

impl Renamed {
    /// Both names as the command line has them: `users.name`.
    pub(crate) fn names(&self) -> Pair<String> {
        match self {
            Self::Table(names) => names.as_ref().map(ToString::to_string),
            Self::Column(table, names) => names.as_ref().map(|name| format!("{table}.{name}")),
            Self::Value(name, values) => values.as_ref().map(|value| format!("{name}.{value}")),
        }
    }
}

impl From<Vec<Diagnostic>> for Refusal {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self { diagnostics, doubt: None }
    }
}

impl Refusal {
    /// Everything that is not settled, with what would settle it.
    pub(super) fn of(open: Vec<(Diagnostic, Option<Doubt>)>) -> Self {
        let doubt = open.iter().find_map(|(_, doubt)| doubt.clone()).map(Box::new);
        Self { diagnostics: open.into_iter().map(|(diagnostic, _)| diagnostic).collect(), doubt }
    }
}
