//! Tokens: what Rust calls the tables and columns of each version.

use std::collections::BTreeMap;
use std::sync::Arc;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use whimbrel_schema::{Column, Name, Object, Table, names};

use super::doc::{column_summary, described, doc_lines};
use super::mentions::{Mentions, Needed};
use super::silence;
use crate::chain::{Chain, Link};
use crate::code::module_name;

/// What the tokens of a version are made of. They are imported, so that the code is short, unless a
/// table of the schema has such a name itself.
const VOCABULARY: [&str; 22] = [
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

    fn imports(self) -> TokenStream {
        match self {
            Self::Short => quote! { use ::whimbrel::prelude::*; },
            Self::Full => TokenStream::new(),
        }
    }

    fn path(self, name: &str) -> TokenStream {
        let ident = format_ident!("{name}");
        match self {
            Self::Short => quote! { #ident },
            Self::Full => quote! { ::whimbrel::prelude::#ident },
        }
    }
}

/// A module for every version, and the newest version's tables at the root.
///
/// A table is defined in the version that changed it, and re-exported from there by later ones, so
/// that an unchanged table is one type. Of old versions there is only what migrations name.
pub(super) fn versions(chain: &Chain) -> TokenStream {
    let (spelling, mentions) = (Spelling::of(chain), Mentions::new(chain));
    let definitions = definitions(chain);
    let modules = chain.links.iter().enumerate().map(|(position, link)| {
        let tables = definitions[position].iter().filter_map(|definition| {
            if definition.from == position {
                let needed = mentions.needed(definition.from, definition.until, &definition.table.name)?;
                return Some(table_token(definition.table, link.number, &needed, spelling));
            }
            mentions.needs_table(position, &definition.table.name).then(|| {
                let module = format_ident!("{}", module_name(chain.links[definition.from].number));
                let name = type_ident(&definition.table.name);
                quote! { pub use super::#module::#name; }
            })
        });
        module(link, tables, spelling)
    });
    let modules: TokenStream = modules.collect();
    let newest = chain.links.last().map(|link| {
        let module = format_ident!("{}", module_name(link.number));
        let tables = link.schema.tables.keys().map(type_ident).collect::<Vec<_>>();
        let silence = silence();
        quote! { #silence pub use #module::{#(#tables),*}; ::whimbrel::identifiers! { #(#tables)* } }
    });
    quote! { #modules #newest }
}

/// A table as it is between two migrations that change it.
#[derive(Clone, Copy)]
struct Definition<'a> {
    table: &'a Table,
    /// The position of the version that defines it.
    from: usize,
    /// The position of the first version that no longer has it so.
    until: usize,
}

/// For each version, its tables in the order of their names, each with the version that defines it.
fn definitions(chain: &Chain) -> Vec<Vec<Definition<'_>>> {
    let mut versions: Vec<Vec<Definition<'_>>> = Vec::new();
    let mut from: BTreeMap<&Name, usize> = BTreeMap::new();
    for (position, link) in chain.links.iter().enumerate() {
        from.retain(|name, _| link.schema.tables.contains_key(*name));
        from.extend(link.snapshot.tables.keys().map(|name| (name, position)));
        let definition = |table: &'_ Arc<Table>| from.get(&table.name).copied().unwrap_or(position);
        let tables = link.schema.tables.values();
        versions.push(tables.map(|table| Definition { table, from: definition(table), until: 0 }).collect());
    }
    // From the back, each version knows when the next one changes a table.
    let mut until: BTreeMap<(&Name, usize), usize> = BTreeMap::new();
    for (position, definitions) in versions.iter_mut().enumerate().rev() {
        for definition in definitions {
            let key = (&definition.table.name, definition.from);
            definition.until = *until.entry(key).or_insert(position + 1);
        }
    }
    versions
}

fn module(link: &Link, tables: impl Iterator<Item = TokenStream>, spelling: Spelling) -> TokenStream {
    let name = format_ident!("{}", module_name(link.number));
    let doc = doc_lines(&format!("The schema after `{}`.", link.revision()));
    let (silence, imports) = (silence(), spelling.imports());
    quote! { #doc #silence pub mod #name { #imports #(#tables)* } }
}

fn table_token(table: &Table, version: u32, needed: &Needed<'_>, spelling: Spelling) -> TokenStream {
    let (ident, name) = (type_ident(&table.name), table.name.as_str());
    let doc = doc_lines(&described(&format!("Table `{name}`."), table.doc.as_deref()));
    let constants = names::constants(table);
    let constants = constants
        .iter()
        .filter(|(constant, _)| needed.constant(constant))
        .filter_map(|(constant, object)| constant_token(table, constant, object, spelling));
    let table_trait = spelling.path("Table");
    let version = Literal::u32_unsuffixed(version);
    quote! {
        #doc
        pub struct #ident;
        impl #table_trait for #ident {
            const NAME: &'static str = #name;
            const VERSION: u32 = #version;
        }
        impl #ident { #(#constants)* }
    }
}

fn constant_token(table: &Table, constant: &str, object: &Object, spelling: Spelling) -> Option<TokenStream> {
    let (kind, name, doc) = match object {
        Object::Column(_, name) => {
            let column = table.column(name.as_str())?;
            ("Column", name, described(&column_summary(column), column.doc.as_deref()))
        }
        Object::Unique(_, name) => ("Unique", name, "A unique constraint.".to_owned()),
        Object::ForeignKey(_, name) => ("ForeignKey", name, "A foreign key.".to_owned()),
        Object::Check(_, name) => ("Check", name, "A check.".to_owned()),
        Object::Index(_, name) => ("Index", name, "An index.".to_owned()),
        Object::Table(_) | Object::PrimaryKey(_) => return None,
    };
    let values = table.column(name.as_str()).filter(|_| kind == "Column").map(|column| {
        let kind = column_kind(column, spelling);
        quote! { , #kind }
    });
    let (ident, kind, doc, name) =
        (format_ident!("{constant}"), spelling.path(kind), doc_lines(&doc), name.as_str());
    Some(quote! { #doc pub const #ident: #kind<Self #values> = #kind::new(#name); })
}

fn column_kind(column: &Column, spelling: Spelling) -> TokenStream {
    let marker = spelling.path(column.column_type.marker());
    if column.nullable {
        let nullable = spelling.path("Nullable");
        quote! { #nullable<#marker> }
    } else {
        marker
    }
}

fn type_ident(name: &Name) -> proc_macro2::Ident {
    format_ident!("{}", names::type_name(name))
}
