//! A declared table as a table of the model.

use std::collections::{BTreeMap, BTreeSet};

use super::constraint::{Constraint, ForeignKeyDeclaration, Part};
use super::declaration::{ColumnDeclaration, Declaration};
use super::default::default;
use super::types::column_type;
use crate::catalogue::{Unmanaged, UnmanagedKind};
use crate::{
    Check, Column, ColumnType, ForeignKey, Generated, Name, PrimaryKey, SortOrder, Sql, Table, Unique,
};

/// A table, and what of it the model does not say.
pub(super) struct Found {
    pub(super) table: Table,
    /// The constraints that have no name in the database, by the names they have here.
    pub(super) unnamed: BTreeSet<Name>,
    pub(super) unmanaged: Vec<Unmanaged>,
}

/// All tables by their names in small letters, because keys name each other's.
pub(super) type Declarations = BTreeMap<String, Declaration>;

pub(super) fn table(declaration: &Declaration, all: &Declarations) -> Found {
    let name = Name::new(&declaration.name);
    let mut found = Found { table: Table::new(name), unnamed: BTreeSet::new(), unmanaged: Vec::new() };
    found.table.options.sqlite.strict = declaration.strict;
    found.table.options.sqlite.without_rowid = declaration.without_rowid;
    for declared in &declaration.columns {
        let column = column(&mut found, declaration, declared);
        found.table.columns.insert(column.name.clone(), column);
    }
    // Names that are given come first, so that none that is made up takes one away.
    let (named, unnamed): (Vec<&Constraint>, Vec<&Constraint>) =
        declaration.constraints.iter().partition(|constraint| constraint.name().is_some());
    for constraint in named.into_iter().chain(unnamed) {
        add(&mut found, declaration, all, constraint);
    }
    found
}

fn column(found: &mut Found, table: &Declaration, declared: &ColumnDeclaration) -> Column {
    let what = format!("column {} of {}", declared.name, table.name);
    let in_key = |part: &Part| declared.is(&part.column);
    let in_key = table.key().is_some_and(|parts| parts.iter().any(in_key));
    // SQLite needs no words where no row could be without a value. It has keys without a value, too, because
    // it always had; to the language a key has one.
    let never_null = in_key && (table.strict || table.without_rowid || table.is_row_number(declared));
    let mut column =
        Column::new(Name::new(&declared.name), column_type(&declared.declared_type, table.strict));
    column.nullable = declared.not_null.is_none() && !in_key;
    column.default = declared.default.as_deref().and_then(|written| default(written, &column.column_type));
    column.collation = declared.collation.as_deref().map(Sql::from);
    column.generated = declared
        .generated
        .as_ref()
        .map(|(sql, storage)| Generated { sql: Sql::from(sql.as_str()), storage: *storage });
    if declared.declared_type.is_empty() {
        found.remark(&what, "has no type, so that its values are of any");
    }
    if let Some(conflict) = declared.not_null.as_ref().and_then(|not_null| not_null.conflict.as_deref()) {
        found.note(&what, &format!("is NOT NULL ON CONFLICT {conflict}"));
    }
    if in_key && declared.not_null.is_none() && !never_null {
        found.remark(&what, "is in the primary key, and may hold NULL all the same");
    }
    column
}

fn add(found: &mut Found, table: &Declaration, all: &Declarations, constraint: &Constraint) {
    match constraint {
        Constraint::PrimaryKey { parts, auto_increment, conflict } => {
            let what = format!("primary key of {}", table.name);
            found.note_key(&what, parts, conflict.as_deref());
            let columns = columns(table, parts.iter().map(|part| &part.column));
            if let ([only], true) = (&columns[..], *auto_increment)
                && let Some(column) = found.table.columns.get_mut(only)
            {
                // The number of a row has 64 bits, whatever it is declared as.
                column.column_type = ColumnType::BigInt;
                column.auto_increment = true;
            }
            found.table.primary_key = Some(PrimaryKey { columns });
        }
        Constraint::Unique { name, parts, conflict } => {
            let columns = columns(table, parts.iter().map(|part| &part.column));
            let name = found.name(name.as_deref(), &columns, "key");
            found.note_key(&format!("unique {name} of {}", table.name), parts, conflict.as_deref());
            found.table.uniques.insert(name, Unique { columns });
        }
        Constraint::Check { name, column, condition, conflict } => {
            let columns: Vec<Name> = column.iter().map(Name::new).collect();
            let name = found.name(name.as_deref(), &columns, "check");
            let what = format!("check {name} of {}", table.name);
            found.note_conflict(&what, conflict.as_deref());
            found.table.checks.insert(name, Check::new(condition.as_str()));
        }
        Constraint::ForeignKey { name, key } => {
            let columns = columns(table, &key.columns);
            let name = found.name(name.as_deref(), &columns, "fkey");
            let what = format!("foreign key {name} of {}", table.name);
            if let Some(matching) =
                key.matching.as_ref().filter(|matching| !matching.eq_ignore_ascii_case("SIMPLE"))
            {
                found.remark(&what, &format!("says MATCH {matching}, which SQLite ignores"));
            }
            match foreign_key(columns, key, all) {
                Ok(key) => drop(found.table.foreign_keys.insert(name, key)),
                Err(reason) => found.note(&what, &reason),
            }
        }
    }
}

/// A foreign key with the names as the tables spell them; where it does not say which columns it
/// references, with those of the parent's primary key.
fn foreign_key(
    columns: Vec<Name>,
    declared: &ForeignKeyDeclaration,
    all: &Declarations,
) -> Result<ForeignKey, String> {
    let parent = all.get(&declared.table.to_ascii_lowercase());
    let references_columns = match (&declared.references, parent) {
        (Some(names), Some(parent)) => self::columns(parent, names),
        (Some(names), None) => names.iter().map(Name::new).collect(),
        (None, Some(parent)) => {
            let key = parent.key().unwrap_or_default();
            self::columns(parent, key.iter().map(|part| &part.column))
        }
        (None, None) => {
            return Err(format!("references the key of {}, which is no table here", declared.table));
        }
    };
    if references_columns.len() != columns.len() {
        return Err(format!(
            "has {} columns, and references {} of {}",
            columns.len(),
            references_columns.len(),
            declared.table
        ));
    }
    Ok(ForeignKey {
        columns,
        references_table: Name::new(parent.map_or(&declared.table, |parent| &parent.name)),
        references_columns,
        on_delete: declared.on_delete,
        on_update: declared.on_update,
        timing: declared.timing,
        only: crate::Only::Everywhere,
    })
}

fn columns<'a>(table: &Declaration, names: impl IntoIterator<Item = &'a String>) -> Vec<Name> {
    names.into_iter().map(|name| Name::new(table.spelled(name).unwrap_or(name))).collect()
}

impl Constraint {
    fn name(&self) -> Option<&str> {
        match self {
            Self::PrimaryKey { .. } => None,
            Self::Unique { name, .. } | Self::Check { name, .. } | Self::ForeignKey { name, .. } => {
                name.as_deref()
            }
        }
    }
}

impl Found {
    /// The name of a constraint; where it has none, or one that another of the table has, one like those
    /// that whimbrel gives.
    fn name(&mut self, given: Option<&str>, columns: &[Name], kind: &str) -> Name {
        if let Some(given) = given.map(Name::new).filter(|given| !self.is_taken(given.as_str())) {
            return given;
        }
        let parts = [&self.table.name].into_iter().chain(columns).map(Name::as_str);
        let base = parts.chain([kind]).collect::<Vec<_>>().join("_");
        let numbered = (2_usize..).map(|number| format!("{base}_{number}"));
        let mut candidates = [base.clone()].into_iter().chain(numbered);
        let name = Name::new(candidates.find(|name| !self.is_taken(name)).unwrap_or(base));
        self.unnamed.insert(name.clone());
        name
    }

    fn is_taken(&self, name: &str) -> bool {
        let Table { uniques, foreign_keys, checks, .. } = &self.table;
        let mut names = uniques.keys().chain(foreign_keys.keys()).chain(checks.keys());
        names.any(|taken| taken.as_str().eq_ignore_ascii_case(name))
    }

    fn note_key(&mut self, what: &str, parts: &[Part], conflict: Option<&str>) {
        self.note_conflict(what, conflict);
        for part in parts {
            if let Some(collation) = &part.collation {
                self.note(what, &format!("compares {} by the collation {collation}", part.column));
            }
            if part.order == SortOrder::Descending {
                self.note(what, &format!("is kept with {} from large to small", part.column));
            }
        }
    }

    fn note_conflict(&mut self, what: &str, conflict: Option<&str>) {
        if let Some(conflict) = conflict {
            self.note(what, &format!("has ON CONFLICT {conflict}"));
        }
    }

    /// What a rebuild would lose.
    fn note(&mut self, what: &str, reason: &str) {
        self.push(what, reason, UnmanagedKind::Part);
    }

    /// What nothing depends on.
    fn remark(&mut self, what: &str, reason: &str) {
        self.push(what, reason, UnmanagedKind::Quirk);
    }

    fn push(&mut self, what: &str, reason: &str, kind: UnmanagedKind) {
        let table = Some(self.table.name.clone());
        let (object, reason) = (what.to_owned(), reason.to_owned());
        self.unmanaged.push(Unmanaged { object, table, reason, kind });
    }
}
