//! Tokens as words with one space in between, so that layout leaves no trace.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// Tokens with one space in between, so that layout leaves no trace.
pub(super) fn text_of(tokens: TokenStream) -> String {
    let mut words = Vec::new();
    collect(tokens, &mut words);
    words.join(" ")
}

fn collect(tokens: TokenStream, words: &mut Vec<String>) {
    let mut joined = String::new();
    for token in tokens {
        match token {
            TokenTree::Punct(punct) => {
                joined.push(punct.as_char());
                // Two signs that belong together (`::`, `->`) stay together.
                if punct.spacing() == Spacing::Alone || punct.as_char() == ',' || punct.as_char() == ';' {
                    words.push(std::mem::take(&mut joined));
                }
            }
            TokenTree::Group(inner) => {
                flush(&mut joined, words);
                collect_group(&inner, words);
            }
            TokenTree::Ident(ident) => {
                let prefix = std::mem::take(&mut joined);
                words.push(format!("{prefix}{ident}"));
            }
            TokenTree::Literal(literal) => {
                flush(&mut joined, words);
                words.push(literal_text(&literal));
            }
        }
    }
    flush(&mut joined, words);
}

fn flush(joined: &mut String, words: &mut Vec<String>) {
    if !joined.is_empty() {
        words.push(std::mem::take(joined));
    }
}

fn collect_group(group: &Group, words: &mut Vec<String>) {
    let (open, close) = match group.delimiter() {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    };
    words.push(open.to_owned());
    collect(group.stream(), words);
    words.push(close.to_owned());
}

/// Strings in our own spelling, because the one of `proc-macro2` may change with Unicode tables.
fn literal_text(literal: &proc_macro2::Literal) -> String {
    match syn::parse_str::<syn::Lit>(&literal.to_string()) {
        Ok(syn::Lit::Str(text)) => {
            format!("{}{}", whimbrel_schema::text::quoted(&text.value()), text.suffix())
        }
        _ => literal.to_string(),
    }
}
