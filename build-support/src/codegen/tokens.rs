//! Tokens: what Rust calls the objects of each version.

use std::fmt::Write as _;

use whimbrel_schema::{Column, Enum, Object, Schema, Table, names};

use super::SILENCE;
use super::doc::{column_summary, described, doc_lines};
use super::mentions::{Mentions, Needed, Token};
use crate::chain::{Chain, Link};
use crate::code::module_name;

/// What the tokens of a version are made of. They are imported, so that the code is short, unless an
/// object of the schema has such a name itself.
const VOCABULARY: [&str; 25] = [
    "Check",
    "Column",
    "Enum",
    "ForeignKey",
    "Index",
    "Table",
    "Trigger",
    "Unique",
    "View",
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
        let taken = |(_, name): (Object, String)| VOCABULARY.contains(&name.as_str());
        let any = chain.links.iter().any(|link| names::types(&link.snapshot.changed).any(taken));
        if any { Self::Full } else { Self::Short }
    }

    const fn imports(self) -> &'static str {
        match self {
            Self::Short => "    use ::whimbrel::prelude::*;\n",
            Self::Full => "",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Short => "",
            Self::Full => "::whimbrel::prelude::",
        }
    }
}

/// A module for every version, and the newest version's objects at the root.
///
/// An object is defined in the version that changed it, and re-exported from there by later ones, so
/// that an unchanged table is one type. Of old versions there is only what migrations name.
pub(super) fn versions(chain: &Chain) -> String {
    let (spelling, mentions) = (Spelling::of(chain), Mentions::new(chain));
    let mut text = String::new();
    for (position, link) in chain.links.iter().enumerate() {
        let mut tokens = String::new();
        for (object, ident, token) in mentions.at(position) {
            match token {
                Token::Definition(needed) => {
                    let definition = Definition { ident, version: link.number, spelling };
                    definition.write(&mut tokens, &link.schema, object, needed);
                }
                Token::Reexport(from) => {
                    let module = module_name(chain.links[*from].number);
                    let _ = writeln!(tokens, "    pub use super::{module}::{ident};");
                }
            }
        }
        text.push_str(&module(link, &tokens, spelling));
    }
    if let Some(link) = chain.links.last() {
        let types: Vec<String> = names::types(&link.schema).map(|(_, name)| name).collect();
        let tables: Vec<String> = link.schema.tables.values().map(|table| names::table_type(table)).collect();
        let (module, types, tables) = (module_name(link.number), types.join(", "), tables.join(" "));
        let _ = writeln!(text, "{SILENCE}\npub use {module}::{{{types}}};");
        let _ = writeln!(text, "::whimbrel::identifiers! {{ {tables} }}");
    }
    text
}

fn module(link: &Link, tokens: &str, spelling: Spelling) -> String {
    let (name, imports) = (module_name(link.number), spelling.imports());
    let doc = doc_lines("", &format!("The schema after `{}`.", link.revision()));
    format!("{doc}{SILENCE}\npub mod {name} {{\n{imports}{tokens}}}\n")
}

/// A token where it is defined.
struct Definition<'a> {
    ident: &'a str,
    version: u32,
    spelling: Spelling,
}

impl Definition<'_> {
    fn write(&self, text: &mut String, schema: &Schema, object: &Object, needed: &Needed<'_>) {
        let name = object.whole().as_str();
        match object {
            Object::Table(_) => {
                if let Some(table) = schema.table(name) {
                    let constants = table_constants(table, needed, self.spelling);
                    self.token(text, "Table", name, table.doc.as_deref(), &constants);
                }
            }
            Object::Enum(_) => {
                if let Some(definition) = schema.enumeration(name) {
                    self.token(text, "Enum", name, definition.doc.as_deref(), &value_constants(definition));
                }
            }
            Object::View(_) => {
                let doc = schema.view(name).and_then(|view| view.doc.as_deref());
                self.token(text, "View", name, doc, "");
            }
            Object::Trigger(_) => {
                let doc = schema.trigger(name).and_then(|trigger| trigger.doc.as_deref());
                self.token(text, "Trigger", name, doc, "");
            }
            // These are constants of the token of their table.
            Object::Column(..)
            | Object::PrimaryKey(_)
            | Object::Unique(..)
            | Object::ForeignKey(..)
            | Object::Check(..)
            | Object::Index(..) => {}
        }
    }

    fn token(&self, text: &mut String, kind: &str, name: &str, doc: Option<&str>, constants: &str) {
        let Self { ident, version, spelling } = self;
        let path = spelling.path();
        let doc = doc_lines("    ", &described(&format!("{kind} `{name}`."), doc));
        let _ = write!(
            text,
            "{doc}    pub struct {ident};\n    \
                 impl {path}{kind} for {ident} {{\n        \
                     const NAME: &'static str = {name:?};\n        \
                     const VERSION: u32 = {version};\n    \
                 }}\n"
        );
        if !constants.is_empty() {
            let _ = writeln!(text, "    impl {ident} {{\n{constants}    }}");
        }
    }
}

fn table_constants(table: &Table, needed: &Needed<'_>, spelling: Spelling) -> String {
    let constants = names::constants(table);
    let constants = constants.iter().filter(|(constant, _)| needed.constant(constant));
    constants.filter_map(|(constant, object)| constant_token(table, constant, object, spelling)).collect()
}

fn value_constants(definition: &Enum) -> String {
    let constants = names::value_constants(definition);
    let constant = |(constant, value): (String, &str)| {
        let doc = doc_lines("        ", &format!("The value `{value}`."));
        format!("{doc}        pub const {constant}: &'static str = {value:?};\n")
    };
    constants.into_iter().map(constant).collect()
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
        Object::Table(_) | Object::PrimaryKey(_) | Object::Enum(_) | Object::View(_) | Object::Trigger(_) => {
            return None;
        }
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
