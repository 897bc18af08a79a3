//! Row structs: what Rust calls a row of each table of the newest version.
//!
//! Old versions have none: their rows are nobody's any more, and the time to compile would grow with
//! them.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use whimbrel_schema::{Column, ColumnType, Schema, Table, names};

use super::doc::{column_summary, described, doc_lines};
use super::silence;
use crate::chain::Chain;

/// A struct for a row of each table of the newest version, at the root of `db` beside the tokens.
pub(super) fn rows(chain: &Chain) -> TokenStream {
    match chain.links.last() {
        Some(link) if !link.schema.tables.is_empty() => module(&link.schema),
        Some(_) | None => TokenStream::new(),
    }
}

fn module(schema: &Schema) -> TokenStream {
    let names = names::row_names(schema.tables.keys());
    let tokens = schema.tables.keys().map(|table| format_ident!("{}", names::type_name(table)));
    let idents = names.iter().map(|name| format_ident!("{name}")).collect::<Vec<_>>();
    let structs = schema.tables.values().zip(&idents).map(|(table, row)| row_struct(table, row));
    let silence = silence();
    quote! {
        #silence
        mod rows { use super::{#(#tokens),*}; #(#structs)* }
        #silence
        pub use rows::{#(#idents),*};
    }
}

// A table of the schema may be called as anything in Rust's prelude, or as a parameter. So all paths are
// full, and the parameter ends in `_`, as no type of a table does but `Self_`.
fn row_struct(table: &Table, row: &proc_macro2::Ident) -> TokenStream {
    let name = table.name.as_str();
    let doc = doc_lines(&described(&format!("A row of table `{name}`."), table.doc.as_deref()));
    let token = format_ident!("{}", names::type_name(&table.name));
    let fields = names::fields(table);
    let count = Literal::usize_unsuffixed(fields.len());
    let columns = fields.iter().map(|field| field.column.name.as_str());
    let declared = fields.iter().map(|field| {
        let doc = doc_lines(&described(&column_summary(field.column), field.column.doc.as_deref()));
        let (ident, values) = (format_ident!("{}", field.name), field_type(field.column));
        quote! { #doc pub #ident: #values, }
    });
    let read = fields.iter().enumerate().map(|(index, field)| {
        let index = Literal::usize_unsuffixed(index);
        let (ident, constant) = (format_ident!("{}", field.name), format_ident!("{}", field.constant));
        quote! { #ident: ::whimbrel::row::field_at(row, (#index, #count), #token::#constant)?, }
    });
    quote! {
        #doc
        #[derive(Debug, Clone, PartialEq)]
        pub struct #row { #(#declared)* }
        impl #row {
            /// The columns of the table, in the order of the fields.
            pub const COLUMNS: [&'static str; #count] = [#(#columns),*];
            /// Reads a row of a result that has all of these columns under their own names.
            pub fn from_row<R_: ::whimbrel::row::Row>(row: &R_) -> ::core::result::Result<Self, R_::Error> {
                ::core::result::Result::Ok(Self { #(#read)* })
            }
        }
        impl ::whimbrel::row::FromRow for #row {
            fn from_row<R_: ::whimbrel::row::Row>(row: &R_) -> ::core::result::Result<Self, R_::Error> {
                Self::from_row(row)
            }
        }
    }
}

/// The Rust type that values of a column are read in. What no type of the standard library stands for
/// is text, as databases without a type for it keep it.
fn field_type(column: &Column) -> TokenStream {
    let values = match column.column_type {
        ColumnType::Boolean => quote! { bool },
        ColumnType::SmallInt => quote! { i16 },
        ColumnType::Integer => quote! { i32 },
        ColumnType::BigInt => quote! { i64 },
        ColumnType::Real => quote! { f32 },
        ColumnType::Double => quote! { f64 },
        ColumnType::Binary(_) | ColumnType::Blob => quote! { ::std::vec::Vec<u8> },
        ColumnType::Decimal { .. }
        | ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Uuid
        | ColumnType::Json => quote! { ::std::string::String },
    };
    if column.nullable {
        quote! { ::core::option::Option<#values> }
    } else {
        values
    }
}
