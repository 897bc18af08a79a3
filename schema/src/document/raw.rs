//! The tree of the schema language, as it was written.

use crate::{Name, Span};

/// Something with the place where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

impl<T> Spanned<T> {
    pub(crate) const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// `[table.NAME]`.
#[derive(Debug, Clone)]
pub(crate) struct RawTable {
    pub(crate) name: Spanned<Name>,
    /// Whether nothing in it was reported while it was read.
    pub(crate) intact: bool,
    /// Whether a syntax error tore it: what seems to be missing may be there.
    pub(crate) torn: bool,
    pub(crate) doc: Option<Spanned<String>>,
    pub(crate) renamed_from: Option<Spanned<String>>,
    pub(crate) columns: Vec<RawColumn>,
    pub(crate) primary_key: Option<RawKey>,
    pub(crate) uniques: Vec<RawKey>,
    pub(crate) indexes: Vec<RawIndex>,
    pub(crate) checks: Vec<RawCheck>,
    pub(crate) foreign_keys: Vec<RawForeignKey>,
}

impl RawTable {
    pub(crate) const fn new(name: Spanned<Name>) -> Self {
        Self {
            name,
            intact: true,
            torn: false,
            doc: None,
            renamed_from: None,
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            foreign_keys: Vec::new(),
        }
    }

    pub(crate) fn column(&self, name: &str) -> Option<&RawColumn> {
        self.columns.iter().find(|column| column.name.value == *name)
    }
}

/// A column. Flags carry the span of their key.
#[derive(Debug, Clone)]
pub(crate) struct RawColumn {
    pub(crate) name: Spanned<Name>,
    /// The text of its type; `None` where that was already reported.
    pub(crate) column_type: Option<Spanned<String>>,
    pub(crate) doc: Option<Spanned<String>>,
    pub(crate) renamed_from: Option<Spanned<String>>,
    pub(crate) primary_key: Option<Span>,
    pub(crate) unique: Option<Span>,
    pub(crate) auto_increment: Option<Span>,
    pub(crate) personal: Option<Span>,
    pub(crate) references: Option<RawColumnReference>,
    pub(crate) default: Option<Spanned<RawValue>>,
    pub(crate) backfill: Option<Spanned<RawValue>>,
}

/// `references` on a column, with its actions.
#[derive(Debug, Clone)]
pub(crate) struct RawColumnReference {
    /// The key `references`.
    pub(crate) key: Span,
    pub(crate) target: RawTarget,
    pub(crate) actions: RawActions,
}

/// `"users.id"` or `"threads(owner_id, id)"`.
#[derive(Debug, Clone)]
pub(crate) struct RawTarget {
    pub(crate) span: Span,
    pub(crate) table: Name,
    pub(crate) columns: Vec<Name>,
}

/// `on_delete` and `on_update`.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawActions {
    pub(crate) on_delete: Option<Spanned<String>>,
    pub(crate) on_update: Option<Spanned<String>>,
}

/// A primary key or a unique constraint: its key in TOML, and its columns.
#[derive(Debug, Clone)]
pub(crate) struct RawKey {
    pub(crate) name: Spanned<Name>,
    pub(crate) columns: Vec<Spanned<Name>>,
    pub(crate) span: Span,
}

/// An index.
#[derive(Debug, Clone)]
pub(crate) struct RawIndex {
    pub(crate) name: Spanned<Name>,
    /// Each as `name`, `name asc` or `name desc`.
    pub(crate) columns: Vec<Spanned<Name>>,
    pub(crate) span: Span,
    pub(crate) unique: bool,
    pub(crate) predicate: Option<RawSql>,
}

/// A check constraint.
#[derive(Debug, Clone)]
pub(crate) struct RawCheck {
    pub(crate) name: Spanned<Name>,
    pub(crate) condition: RawSql,
}

/// A foreign key of the table.
#[derive(Debug, Clone)]
pub(crate) struct RawForeignKey {
    pub(crate) name: Spanned<Name>,
    pub(crate) columns: Vec<Spanned<Name>>,
    pub(crate) span: Span,
    pub(crate) target: RawTarget,
    pub(crate) actions: RawActions,
}

/// A literal or SQL.
#[derive(Debug, Clone)]
pub(crate) enum RawValue {
    Literal(RawLiteral),
    Sql(RawSql),
}

/// A scalar of TOML, kept to the digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RawLiteral {
    Text(String),
    Integer { digits: String, radix: u32 },
    Float(String),
    Boolean(bool),
    Datetime(String),
}

/// SQL with the place it was written at.
#[derive(Debug, Clone)]
pub(crate) struct RawSql {
    pub(crate) span: Span,
    pub(crate) texts: RawTexts,
}

/// One text for all dialects, or one under the key of each.
#[derive(Debug, Clone)]
pub(crate) enum RawTexts {
    Same(String),
    Each(Vec<(crate::Dialect, Spanned<String>)>),
}
