//! What every check needs, and the register of names.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hints, Object, Origins};
use crate::document::DIAGNOSTICS;
use crate::document::raw::Spanned;
use crate::suggest::{closest, listed};
use crate::text::{composed, folded as fold};
use crate::{
    Capabilities, Code, ColumnType, Diagnostic, Dialect, Document, Enum, Name, Only, SharedNames, Span,
};

/// How much of a schema the documents hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of it.
    Whole,
    /// Some tables, as in a snapshot: what they reference may be elsewhere.
    Part,
}

pub(super) struct Context<'a> {
    pub(super) dialects: &'a [Dialect],
    pub(super) scope: Scope,
    /// Whether every file could be read whole; if not, tables may be missing from what is here.
    pub(super) complete: bool,
    /// The enums that nothing is wrong with, and for the others `None`.
    pub(super) enums: BTreeMap<Name, Option<Enum>>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) origins: Origins,
    pub(super) hints: Hints,
    relations: BTreeMap<String, Claim>,
    rust_types: BTreeMap<String, Claim>,
    objects: BTreeMap<String, Claims>,
    left_out: BTreeSet<Name>,
    /// The tables that hints rename, by their previous names.
    pub(super) renamed_tables: BTreeMap<Name, (Name, Span)>,
    /// How many names may still be compared with one that is not known.
    patience: usize,
}

/// Enough to compare ten slips with ten thousand tables.
const PATIENCE: usize = 100_000;

impl<'a> Context<'a> {
    pub(super) fn new(documents: &'a [Document], dialects: &'a [Dialect], scope: Scope) -> Self {
        Self {
            dialects,
            scope,
            complete: documents.iter().all(|document| document.complete),
            enums: BTreeMap::new(),
            diagnostics: documents.iter().flat_map(|document| document.diagnostics.clone()).collect(),
            origins: Origins::default(),
            hints: Hints::default(),
            relations: BTreeMap::new(),
            rust_types: BTreeMap::new(),
            objects: BTreeMap::new(),
            left_out: BTreeSet::new(),
            renamed_tables: BTreeMap::new(),
            patience: PATIENCE,
        }
    }

    /// Remembers a table that was written but does not come into the schema, so that what
    /// references it is not blamed.
    pub(super) fn leave_out(&mut self, table: &Name) {
        self.left_out.insert(table.clone());
    }

    pub(super) fn is_left_out(&self, table: &Name) -> bool {
        self.left_out.contains(table)
    }

    /// Takes in a diagnostic, up to a limit.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// What to write instead of a name that is none of these: the closest of them, as long as there
    /// was not too much to compare, or else what there is.
    pub(super) fn suggest<'n>(
        &mut self,
        word: &str,
        known: impl Iterator<Item = &'n str>,
        what: &str,
    ) -> String {
        let known: Vec<&str> = known.collect();
        let similar = if self.spend(known.len()) { similar(word, &known) } else { None };
        similar.unwrap_or_else(|| format!("{what}: {}", listed(known.iter().copied())))
    }

    /// Whether so many names may still be compared with one that is not known.
    pub(super) fn spend(&mut self, names: usize) -> bool {
        let left = self.patience.checked_sub(names);
        self.patience = left.unwrap_or(self.patience);
        left.is_some()
    }

    /// The configured dialects that something is there on.
    pub(super) fn dialects_of<'o>(&self, only: &'o Only) -> impl Iterator<Item = Dialect> + use<'a, 'o> {
        let dialects = self.dialects;
        dialects.iter().copied().filter(|dialect| only.includes(*dialect))
    }

    /// Whether a text names an enum. A part of a schema may use enums that are elsewhere.
    pub(super) fn is_enum(&self, text: &str) -> bool {
        self.enums.contains_key(text)
            || (self.scope == Scope::Part && is_plain(text) && !ColumnType::NAMES.contains(&text))
    }

    pub(super) fn enum_names(&self) -> Vec<&str> {
        self.enums.keys().map(Name::as_str).collect()
    }

    /// The enum that a type stands for, if nothing is wrong with it.
    pub(super) fn enum_of(&self, column_type: &ColumnType) -> Option<&Enum> {
        match column_type {
            ColumnType::Enum(name) => self.enums.get(name)?.as_ref(),
            _ => None,
        }
    }

    /// Takes in the name of a table, a view or an enum; tells whether it is free. To PostgreSQL all of
    /// them are types.
    pub(super) fn claim_relation(&mut self, what: &'static str, name: &Spanned<Name>) -> bool {
        let key = folded(&name.value);
        if let Some(previous) = self.relations.get(&key) {
            let diagnostic = collision(what, name, previous);
            self.report(diagnostic);
            return false;
        }
        self.relations.insert(key, Claim { what, name: name.clone() });
        true
    }

    /// Takes in what Rust calls a table, view, enum or trigger; tells whether it is free.
    pub(super) fn claim_rust(&mut self, what: &'static str, name: &Spanned<Name>, rust: String) -> bool {
        let Some(previous) = self.rust_types.get(&rust) else {
            self.rust_types.insert(rust, Claim { what, name: name.clone() });
            return true;
        };
        let (this, that) = (&name.value, &previous.name.value);
        let subject = if what == previous.what {
            format!("{what}s `{that}` and `{this}`")
        } else {
            format!("{} `{that}` and {what} `{this}`", previous.what)
        };
        let message = format!("{subject} are one name in Rust, where both become `{rust}`");
        let diagnostic = Diagnostic::new(Code::COLLIDING_NAMES, message)
            .label(name.span, format!("`{this}` here"))
            .label(previous.name.span, format!("`{that}` here"))
            .help(format!(
                "give one of the two another name, or choose what Rust calls it: `rust_name = \"{rust}2\"`"
            ));
        self.report(diagnostic);
        false
    }

    /// Takes in the name of a constraint or index; tells whether it is acceptable and free. `help`
    /// tells what to write where the name is too long.
    pub(super) fn claim(&mut self, kind: Kind, table: &Name, name: &Spanned<Name>, help: &str) -> bool {
        if !check_name(self, kind.word(), name, help) {
            return false;
        }
        let key = folded(&name.value);
        let relation = matches!(kind, Kind::Unique | Kind::Index);
        let of_objects = self.objects.get(&key).and_then(|claims| claims.against(kind, table, self.dialects));
        let previous = of_objects.or_else(|| self.relations.get(&key).filter(|_| relation));
        if let Some(previous) = previous {
            let diagnostic = collision(kind.word(), name, previous);
            self.report(diagnostic);
            return false;
        }
        let claims = self.objects.entry(key).or_default();
        claims.of_tables.insert(table.clone(), Claim { what: kind.word(), name: name.clone() });
        claims.of_kinds.entry(kind).or_insert_with(|| Claim { what: kind.word(), name: name.clone() });
        self.origins.insert(kind.object(table, &name.value), name.span);
        true
    }
}

/// A name that is taken.
struct Claim {
    /// By what, in words.
    what: &'static str,
    name: Spanned<Name>,
}

/// Who has a name among constraints, indexes and triggers: within a table one of them, and among all tables as
/// many as the databases allow.
#[derive(Default)]
struct Claims {
    of_tables: BTreeMap<Name, Claim>,
    /// The first of each kind.
    of_kinds: BTreeMap<Kind, Claim>,
}

impl Claims {
    /// The one that stands against another.
    fn against(&self, kind: Kind, table: &Name, dialects: &[Dialect]) -> Option<&Claim> {
        let shared = |other: Kind| match (kind, other) {
            // Both have the name for a key in the schema itself.
            (Kind::Trigger, Kind::Trigger) => true,
            _ => dialects.iter().any(|dialect| {
                let names = Capabilities::of(*dialect).shared_names;
                kind.is_shared(names) && other.is_shared(names)
            }),
        };
        let of_table = self.of_tables.get(table);
        of_table.or_else(|| self.of_kinds.iter().find(|(other, _)| shared(**other)).map(|(_, claim)| claim))
    }
}

/// What has a name beside tables and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Unique,
    ForeignKey,
    Check,
    Index,
    Trigger,
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Unique => "unique constraint",
            Self::ForeignKey => "foreign key",
            Self::Check => "check",
            Self::Index => "index",
            Self::Trigger => "trigger",
        }
    }

    /// Whether all tables share its names.
    const fn is_shared(self, names: SharedNames) -> bool {
        match self {
            Self::Unique => names.uniques,
            Self::ForeignKey => names.foreign_keys,
            Self::Check => names.checks,
            Self::Index => names.indexes,
            Self::Trigger => false,
        }
    }

    fn object(self, table: &Name, name: &Name) -> Object {
        let (table, name) = (table.clone(), name.clone());
        match self {
            Self::Unique => Object::Unique(table, name),
            Self::ForeignKey => Object::ForeignKey(table, name),
            Self::Check => Object::Check(table, name),
            Self::Index => Object::Index(table, name),
            Self::Trigger => Object::Trigger(name),
        }
    }
}

/// Whether a text is a plain identifier: letters, digits and underscores, no digit first.
pub(super) fn is_plain(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A name as the least particular database compares it.
pub(super) fn folded(name: &Name) -> String {
    fold(name.as_str())
}

/// To whom two names are one that are not written the same.
pub(super) fn one_name(this: &Name, that: &Name) -> &'static str {
    if composed(this.as_str()) == composed(that.as_str()) {
        "to whoever normalises Unicode: in one of them the accents are characters of their own"
    } else {
        "to some databases"
    }
}

/// The help that names the closest. A name that only looks like another one, because its accents are
/// written in another way, would be no help if it were just shown.
fn similar(word: &str, known: &[&str]) -> Option<String> {
    let same = known.iter().find(|name| **name != word && composed(name) == composed(word));
    match same {
        Some(name) => Some(format!(
            "`{name}` looks the same, and its accents are written as other characters: copy it from there"
        )),
        None => closest(word, known.iter().copied()).map(|name| format!("did you mean `{name}`?")),
    }
}

/// The help where a name can simply be another.
pub(super) const SHORTER: &str = "choose a shorter name";

/// Reports a name that some database does not take, or that is kept for others.
pub(super) fn check_name(context: &mut Context<'_>, what: &str, name: &Spanned<Name>, long: &str) -> bool {
    let text = name.value.as_str();
    let (problem, help) = if text.trim().is_empty() {
        ("is blank", "give it a name")
    } else if text.chars().any(crate::text::is_hidden) {
        ("contains an invisible character", "write it with visible characters only")
    } else if text.trim() != text {
        ("begins or ends with a blank", "remove the blanks around it")
    } else if what != "column" && has_prefix(text, "sqlite_") {
        ("begins with `sqlite_`, which SQLite keeps for itself", "choose another name")
    } else if what != "column" && has_prefix(text, "whimbrel_") {
        ("begins with `whimbrel_`, which whimbrel keeps for its own tables", "choose another name")
    } else {
        return check_length(context, what, name, long);
    };
    context.report(
        Diagnostic::new(Code::BAD_NAME, format!("the name of {what} \"{text}\" {problem}"))
            .label(name.span, "this name")
            .help(help),
    );
    false
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn check_length(context: &mut Context<'_>, what: &str, name: &Spanned<Name>, help: &str) -> bool {
    let length = name.value.as_str().len();
    let limits = context
        .dialects
        .iter()
        .filter_map(|dialect| Some((Capabilities::of(*dialect).name_limit?, *dialect)));
    let Some((limit, dialect)) = limits.min().filter(|(limit, _)| length > *limit) else { return true };
    let message =
        format!("the name of {what} `{}` has {length} bytes, and {dialect} takes {limit}", name.value);
    context.report(Diagnostic::new(Code::LONG_NAME, message).label(name.span, "too long").help(help));
    false
}

fn collision(what: &str, name: &Spanned<Name>, previous: &Claim) -> Diagnostic {
    let (this, that) = (&name.value, &previous.name.value);
    let diagnostic = if this == that && what == previous.what {
        Diagnostic::new(Code::DUPLICATE, format!("{what} `{this}` is defined twice"))
    } else {
        let reason = if this == that { String::new() } else { format!(" {}", one_name(this, that)) };
        let message = format!("{} `{that}` and {what} `{this}` have one name{reason}", previous.what);
        Diagnostic::new(Code::COLLIDING_NAMES, message)
    };
    diagnostic
        .label(name.span, format!("{what} `{this}` here"))
        .label(previous.name.span, format!("{} `{that}` here", previous.what))
        .help("remove one of the two, or give it another name")
}
