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
    pub(crate) rust_name: Option<Spanned<String>>,
    pub(crate) options: RawOptions,
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
            rust_name: None,
            options: RawOptions::new(),
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
    /// Its type; `None` where that was already reported.
    pub(crate) column_type: Option<RawType>,
    pub(crate) rust_name: Option<Spanned<String>>,
    pub(crate) doc: Option<Spanned<String>>,
    pub(crate) renamed_from: Option<Spanned<String>>,
    pub(crate) primary_key: Option<Span>,
    pub(crate) unique: Option<Span>,
    pub(crate) auto_increment: Option<Span>,
    pub(crate) personal: Option<Span>,
    pub(crate) references: Option<RawColumnReference>,
    pub(crate) default: Option<Spanned<RawValue>>,
    pub(crate) backfill: Option<Spanned<RawValue>>,
    pub(crate) generated: Option<RawGenerated>,
    pub(crate) collation: Option<RawSql>,
}

/// The type of a column.
#[derive(Debug, Clone)]
pub(crate) enum RawType {
    /// As the language spells it, with `?` if it may be NULL.
    Text(Spanned<String>),
    /// `native = { .. }`, with `nullable`.
    Native {
        /// The key.
        span: Span,
        texts: Vec<(crate::Dialect, Spanned<String>)>,
        nullable: bool,
    },
}

impl RawType {
    /// Where it was written.
    pub(crate) const fn span(&self) -> Span {
        match self {
            Self::Text(text) => text.span,
            Self::Native { span, .. } => *span,
        }
    }
}

/// `generated = { sql = .., stored = .. }`.
#[derive(Debug, Clone)]
pub(crate) struct RawGenerated {
    /// The key.
    pub(crate) span: Span,
    pub(crate) sql: RawSql,
    pub(crate) stored: bool,
}

/// What only one database has for a table.
#[derive(Debug, Clone)]
pub(crate) struct RawOptions {
    pub(crate) strict: Option<Span>,
    pub(crate) without_rowid: Option<Span>,
    pub(crate) unlogged: Option<Span>,
    pub(crate) fillfactor: Option<Spanned<i64>>,
    pub(crate) engine: Option<Spanned<String>>,
    pub(crate) charset: Option<Spanned<String>>,
    pub(crate) collation: Option<Spanned<String>>,
}

impl RawOptions {
    const fn new() -> Self {
        Self {
            strict: None,
            without_rowid: None,
            unlogged: None,
            fillfactor: None,
            engine: None,
            charset: None,
            collation: None,
        }
    }
}

/// `only = [..]`.
#[derive(Debug, Clone)]
pub(crate) struct RawOnly {
    pub(crate) span: Span,
    pub(crate) dialects: Vec<crate::Dialect>,
}

/// `[enum]`: one of its entries.
#[derive(Debug, Clone)]
pub(crate) struct RawEnum {
    pub(crate) name: Spanned<Name>,
    pub(crate) doc: Option<Spanned<String>>,
    pub(crate) rust_name: Option<Spanned<String>>,
    /// `None` where they could not be read, which is reported.
    pub(crate) values: Option<Vec<Spanned<String>>>,
    /// From the next value to the previous one.
    pub(crate) renamed_values: Vec<(Spanned<String>, Spanned<String>)>,
    pub(crate) span: Span,
}

/// `[view.NAME]`.
#[derive(Debug, Clone)]
pub(crate) struct RawView {
    pub(crate) name: Spanned<Name>,
    pub(crate) doc: Option<Spanned<String>>,
    pub(crate) rust_name: Option<Spanned<String>>,
    pub(crate) sql: RawSql,
    pub(crate) depends_on: Vec<Spanned<Name>>,
    pub(crate) only: Option<RawOnly>,
}

/// `[trigger.NAME]`.
#[derive(Debug, Clone)]
pub(crate) struct RawTrigger {
    pub(crate) name: Spanned<Name>,
    pub(crate) doc: Option<Spanned<String>>,
    pub(crate) rust_name: Option<Spanned<String>>,
    pub(crate) table: Spanned<Name>,
    pub(crate) sql: RawSql,
    pub(crate) drop: Option<RawSql>,
    pub(crate) only: Option<RawOnly>,
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

/// `on_delete`, `on_update` and `deferrable`.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawActions {
    pub(crate) on_delete: Option<Spanned<String>>,
    pub(crate) on_update: Option<Spanned<String>>,
    pub(crate) deferrable: Option<Spanned<String>>,
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
    pub(crate) columns: Vec<RawIndexColumn>,
    pub(crate) span: Span,
    pub(crate) unique: bool,
    pub(crate) predicate: Option<RawSql>,
    pub(crate) include: Option<Spanned<Vec<Spanned<Name>>>>,
    pub(crate) method: Vec<(crate::Dialect, Spanned<String>)>,
    pub(crate) only: Option<RawOnly>,
}

/// One part of an index's key.
#[derive(Debug, Clone)]
pub(crate) enum RawIndexColumn {
    /// `"name"`, `"name asc"` or `"name desc"`.
    Text(Spanned<Name>),
    /// `{ sql = .., order = .. }`.
    Expression { sql: RawSql, descending: bool },
}

/// A check constraint.
#[derive(Debug, Clone)]
pub(crate) struct RawCheck {
    pub(crate) name: Spanned<Name>,
    pub(crate) condition: RawSql,
    pub(crate) only: Option<RawOnly>,
}

/// A foreign key of the table.
#[derive(Debug, Clone)]
pub(crate) struct RawForeignKey {
    pub(crate) name: Spanned<Name>,
    pub(crate) columns: Vec<Spanned<Name>>,
    pub(crate) span: Span,
    pub(crate) target: RawTarget,
    pub(crate) actions: RawActions,
    pub(crate) only: Option<RawOnly>,
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

impl RawSql {
    /// Each text with its place.
    pub(crate) fn all(&self) -> Vec<(&str, Span)> {
        match &self.texts {
            RawTexts::Same(text) => vec![(text, self.span)],
            RawTexts::Each(texts) => texts.iter().map(|(_, text)| (text.value.as_str(), text.span)).collect(),
        }
    }
}

/// One text for all dialects, or one under the key of each.
#[derive(Debug, Clone)]
pub(crate) enum RawTexts {
    Same(String),
    Each(Vec<(crate::Dialect, Spanned<String>)>),
}
