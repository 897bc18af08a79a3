//! Row structs: what Rust calls a row of each table of the newest version.
//!
//! Old versions have none: their rows are nobody's any more, and the time to compile would grow with
//! them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use whimbrel_schema::{RowTypes, Schema, Table, names};

use super::SILENCE;
use super::doc::{column_summary, described, doc_lines};
use super::field::field_type;
use crate::chain::Chain;

/// A struct for a row of each table of the newest version, at the root of `db` beside the tokens.
pub(super) fn rows(chain: &Chain, chosen: &BTreeSet<RowTypes>) -> String {
    match chain.links.last() {
        Some(link) if !link.schema.tables.is_empty() => module(&link.schema, chosen),
        Some(_) | None => String::new(),
    }
}

fn module(schema: &Schema, chosen: &BTreeSet<RowTypes>) -> String {
    let rows = names::row_names(schema);
    let tokens: Vec<String> = schema.tables.values().map(|table| names::table_type(table)).collect();
    let structs: String =
        schema.tables.values().zip(&rows).map(|(table, row)| row_struct(table, row, chosen)).collect();
    // Before the structs, so that a feature that is missing is told by its name first.
    let needed = chosen.iter().map(|types| types.key());
    let needed = needed.filter(|key| structs.contains(&format!("::whimbrel::{key}::")));
    let needs: String = needed.map(|key| format!("::whimbrel::needs_{key}!();\n")).collect();
    format!(
        "{needs}{SILENCE}\nmod rows {{\n    use super::{{{}}};\n{structs}}}\n{SILENCE}\npub use rows::{{{}}};\n",
        tokens.join(", "),
        rows.join(", ")
    )
}

// A table of the schema may be called as anything in Rust's prelude, or as a parameter. So all paths are
// full, and the parameter ends in `_`, as no type of a table does but `Self_`.
fn row_struct(table: &Table, row: &str, chosen: &BTreeSet<RowTypes>) -> String {
    let summary = format!("A row of table `{}`.", table.name);
    let doc = doc_lines("    ", &described(&summary, table.doc.as_deref()));
    let token = names::table_type(table);
    let fields = names::fields(table);
    let count = fields.len();
    let columns: Vec<String> =
        fields.iter().map(|field| format!("{:?}", field.column.name.as_str())).collect();
    let columns = columns.join(", ");
    let (mut declared, mut read) = (String::new(), String::new());
    for (index, field) in fields.iter().enumerate() {
        let (name, constant) = (&field.name, &field.constant);
        let doc = described(&column_summary(field.column), field.column.doc.as_deref());
        let (doc, values) = (doc_lines("        ", &doc), field_type(field.column, chosen));
        let _ = writeln!(declared, "{doc}        pub {name}: {values},");
        let _ = writeln!(
            read,
            "                {name}: ::whimbrel::row::field_at(row, ({index}, {count}), {token}::{constant})?,"
        );
    }
    format!(
        "{doc}    #[derive(Debug, Clone, PartialEq)]\n    \
             pub struct {row} {{\n{declared}    }}\n    \
             impl {row} {{\n        \
                 /// The columns of the table, in the order of the fields.\n        \
                 pub const COLUMNS: [&'static str; {count}] = [{columns}];\n        \
                 /// Reads a row of a result that has all of these columns under their own names.\n        \
                 pub fn from_row<R_: ::whimbrel::row::Row>(row: &R_) -> ::core::result::Result<Self, R_::Error> {{\n            \
                     ::core::result::Result::Ok(Self {{\n{read}            }})\n        \
                 }}\n    \
             }}\n    \
             impl ::whimbrel::row::FromRow for {row} {{\n        \
                 fn from_row<R_: ::whimbrel::row::Row>(row: &R_) -> ::core::result::Result<Self, R_::Error> {{\n            \
                     Self::from_row(row)\n        \
                 }}\n    \
             }}\n"
    )
}
