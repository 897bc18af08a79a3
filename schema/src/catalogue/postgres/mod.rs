//! PostgreSQL, whose catalogue says most of what there is in columns of its own, and prints expressions,
//! queries and triggers as it understood them.

mod default;
mod object;
mod record;
mod table;
mod trigger;
mod types;

use std::collections::BTreeMap;

pub use record::{
    PostgresCatalogue, PostgresColumn, PostgresConstraint, PostgresConstraintColumn, PostgresEnumValue,
    PostgresIndex, PostgresIndexPart, PostgresOther, PostgresRelation, PostgresTrigger,
};
pub(crate) use trigger::{Parts as PostgresTriggerParts, script as postgres_script};
pub(crate) use types::column_type as postgres_type;

use self::record::PostgresRelation as Relation;
use super::token::{slice, tokens, without_parentheses};
use super::{Introspected, Unmanaged, UnmanagedKind};
use crate::{Dialect, Name};

/// Reads a schema of a database. Nothing in it is too strange: what the language cannot say is unmanaged.
///
/// The tables of whimbrel are left out.
pub fn read_postgres(catalogue: &PostgresCatalogue) -> Introspected {
    let mut found = Introspected { dialect: Dialect::Postgres, ..Introspected::default() };
    let relations: BTreeMap<i64, &Relation> = catalogue
        .relations
        .iter()
        .filter(|relation| !super::is_own(&relation.name))
        .map(|relation| (relation.oid, relation))
        .collect();
    object::enums(catalogue, &mut found);
    table::tables(catalogue, &relations, &mut found);
    object::views(&relations, &mut found);
    object::triggers(catalogue, &relations, &mut found);
    object::others(catalogue, &relations, &mut found);
    found
}

/// An expression as it is compared: without parentheses around all of it.
pub(crate) fn expression(text: &str) -> String {
    let Some(tokens) = tokens(text, Dialect::Postgres) else { return text.trim().to_owned() };
    let end = tokens.iter().rposition(|token| !token.is_sign(";")).map_or(0, |last| last + 1);
    slice(text, without_parentheses(&tokens[..end])).to_owned()
}

/// A part of a table that the language has no words for.
fn part(object: String, table: &Name, reason: impl Into<String>) -> Unmanaged {
    Unmanaged { object, table: Some(table.clone()), reason: reason.into(), kind: UnmanagedKind::Part }
}
