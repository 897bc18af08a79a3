//! MariaDB and MySQL, whose information schema says most of what there is, and prints expressions and
//! queries as the server understood them.

mod default;
mod object;
mod record;
mod shown;
mod statement;
mod table;
mod types;
mod unclear;

pub use record::{
    MysqlCatalogue, MysqlCheck, MysqlColumn, MysqlIndexPart, MysqlKeyColumn, MysqlOther, MysqlServer,
    MysqlTable, MysqlTrigger, MysqlView,
};
pub(crate) use statement::statement as mysql_statement;
pub(crate) use types::{column_type as mysql_type, enumeration as mysql_enum};
pub use unclear::MysqlUnclear;

use super::token::{slice, tokens, without_parentheses};
use super::{Introspected, Unmanaged, UnmanagedKind};
use crate::{Dialect, Name};

/// Reads a database. Nothing in it is too strange: what the language cannot say is unmanaged.
///
/// The tables of whimbrel are left out.
pub fn read_mysql(catalogue: &MysqlCatalogue) -> Introspected {
    let mut found = Introspected { dialect: Dialect::Mysql, ..Introspected::default() };
    table::tables(catalogue, &mut found);
    object::views(catalogue, &mut found);
    object::triggers(catalogue, &mut found);
    object::others(catalogue, &mut found);
    found
}

/// An expression as it is compared: without parentheses around all of it.
pub(crate) fn mysql_expression(text: &str) -> String {
    expression(text)
}

fn expression(text: &str) -> String {
    let Some(tokens) = tokens(text, Dialect::Mysql) else { return text.trim().to_owned() };
    let end = tokens.iter().rposition(|token| !token.is_sign(";")).map_or(0, |last| last + 1);
    slice(text, without_parentheses(&tokens[..end])).to_owned()
}

/// A part of a table that the language has no words for.
fn part(object: String, table: &Name, reason: impl Into<String>) -> Unmanaged {
    Unmanaged { object, table: Some(table.clone()), reason: reason.into(), kind: UnmanagedKind::Part }
}
