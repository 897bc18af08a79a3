//! Tokens: what Rust calls the tables and columns of each version.

use std::fmt::Write as _;

use whimbrel_schema::{Column, Name, Object, Table, names, text::is_hidden};

use super::SILENCE;
use super::mentions::{Mentions, Needed, Token};
use crate::chain::{Chain, Link};
use crate::code::module_name;

/// What the tokens of a version are made of. They are imported, so that the code is short, unless a
/// table of the schema has such a name itself.
const VOCABULARY: [&str; 23] = [
    "Check",
    "Column",
    "ForeignKey",
    "Index",
    "Table",
    "Unique",
    "BigInt",
    "Boolean",
    "Bytes",
    "Date",
    "Decimal",
    "Double",
    "Integer",
    "Json",
    "Nullable",
    "Real",
    "SmallInt",
    "Text",
    "Time",
    "Timestamp",
    "TimestampTz",
    "Uuid",
    "Iden",
];

/// How generated code names the vocabulary.
#[derive(Clone, Copy)]
enum Spelling {
    /// By imported names.
    Short,
    /// By full paths.
    Full,
}

impl Spelling {
    fn of(chain: &Chain) -> Self {
        let taken = |name: &Name| VOCABULARY.contains(&names::type_name(name).as_str());
        let any = chain.links.iter().any(|link| link.snapshot.tables.keys().any(taken));
        if any { Self::Full } else { Self::Short }
    }

    fn imports(self) -> &'static str {
        match self {
            Self::Short => "    use ::whimbrel::prelude::*;\n",
            Self::Full => "",
        }
    }

    /// What stands before a name of the vocabulary.
    fn path(self) -> &'static str {
        match self {
            Self::Short => "",
            Self::Full => "::whimbrel::prelude::",
        }
    }
}

/// A module for every version, and the newest version's tables at the root.
///
/// A table is defined in the version that changed it, and re-exported from there by later ones, so
/// that an unchanged table is one type. Of old versions there is only what migrations name.
pub(super) fn versions(chain: &Chain) -> String {
    let (spelling, mentions) = (Spelling::of(chain), Mentions::new(chain));
    let mut text = String::new();
    for (position, link) in chain.links.iter().enumerate() {
        let mut tables = String::new();
        for (table, token) in mentions.at(position) {
            let ident = mentions.type_name(&table.name);
            match token {
                Token::Definition(needed) => {
                    table_token(&mut tables, table, ident, link.number, needed, spelling);
                }
                Token::Reexport(from) => {
                    let module = module_name(chain.links[*from].number);
                    let _ = writeln!(tables, "    pub use super::{module}::{ident};");
                }
            }
        }
        text.push_str(&module(link, &tables, spelling));
    }
    if let Some(link) = chain.links.last() {
        let tables: Vec<&str> = link.schema.tables.keys().map(|name| mentions.type_name(name)).collect();
        let (module, tables) = (module_name(link.number), tables.join(", "));
        let _ = writeln!(text, "{SILENCE}\npub use {module}::{{{tables}}};");
    }
    text
}

fn module(link: &Link, tables: &str, spelling: Spelling) -> String {
    let (name, imports) = (module_name(link.number), spelling.imports());
    let doc = doc_lines("", &format!("The schema after `{}`.", link.revision()));
    format!("{doc}{SILENCE}\npub mod {name} {{\n{imports}{tables}}}\n")
}

fn table_token(
    text: &mut String,
    table: &Table,
    ident: &str,
    version: u32,
    needed: &Needed<'_>,
    spelling: Spelling,
) {
    let (name, path) = (table.name.as_str(), spelling.path());
    let doc = doc_lines("    ", &described(&format!("Table `{name}`."), table.doc.as_deref()));
    let constants = names::constants(table);
    let constants = constants.iter().filter(|(constant, _)| needed.constant(constant));
    let constants: String = constants
        .filter_map(|(constant, object)| constant_token(table, constant, object, spelling))
        .collect();
    let _ = write!(
        text,
        "{doc}    pub struct {ident};\n    \
             impl {path}Table for {ident} {{\n        \
                 const NAME: &'static str = {name:?};\n        \
                 const VERSION: u32 = {version};\n    \
             }}\n    \
             impl {path}Iden for {ident} {{\n        \
                 fn unquoted(&self) -> &str {{\n            {name:?}\n        }}\n    \
             }}\n"
    );
    if !constants.is_empty() {
        let _ = writeln!(text, "    impl {ident} {{\n{constants}    }}");
    }
}

fn constant_token(table: &Table, constant: &str, object: &Object, spelling: Spelling) -> Option<String> {
    let path = spelling.path();
    let (kind, name, doc) = match object {
        Object::Column(_, name) => {
            let column = table.column(name.as_str())?;
            return Some(column_token(column, constant, path));
        }
        Object::Unique(_, name) => ("Unique", name, "A unique constraint."),
        Object::ForeignKey(_, name) => ("ForeignKey", name, "A foreign key."),
        Object::Check(_, name) => ("Check", name, "A check."),
        Object::Index(_, name) => ("Index", name, "An index."),
        Object::Table(_) | Object::PrimaryKey(_) => return None,
    };
    let name = name.as_str();
    Some(format!(
        "        /// {doc}\n        pub const {constant}: {path}{kind}<Self> = {path}{kind}::new({name:?});\n"
    ))
}

fn column_token(column: &Column, constant: &str, path: &str) -> String {
    let (name, marker) = (column.name.as_str(), column.column_type.marker());
    let values = match column.nullable {
        true => format!("{path}Nullable<{path}{marker}>"),
        false => format!("{path}{marker}"),
    };
    let doc = doc_lines("        ", &described(&column_summary(column), column.doc.as_deref()));
    format!(
        "{doc}        pub const {constant}: {path}Column<Self, {values}> = {path}Column::new({name:?});\n"
    )
}

fn column_summary(column: &Column) -> String {
    format!("`{}`, `{}{}`.", column.name, column.column_type, if column.nullable { "?" } else { "" })
}

fn described(summary: &str, doc: Option<&str>) -> String {
    doc.map_or_else(|| summary.to_owned(), |doc| format!("{summary}\n\n{doc}"))
}

/// Documentation behind an indent. Characters that rustc refuses in comments, or that would show a
/// reader something else than there is, are left out.
fn doc_lines(indent: &str, text: &str) -> String {
    let line = |line: &str| -> String {
        let visible: String = line.chars().filter(|character| !is_hidden(*character)).collect();
        format!("{indent}{}\n", format!("/// {visible}").trim_end())
    };
    text.replace("\r\n", "\n").replace('\r', "\n").split('\n').map(line).collect()
}
