//! Tokens as words with one space in between, so that layout leaves no trace.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Tokens with one space in between, so that layout leaves no trace.
///
/// Signs stand alone, `::` as `: :`: whether two of them touch is layout as well in what is not
/// parsed, as the rules of a macro, and nowhere else do they mean something else apart.
pub(super) fn text_of(tokens: TokenStream) -> String {
    let mut words = Vec::new();
    collect(tokens, &mut words);
    words.join(" ")
}

fn collect(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Punct(punct) => words.push(punct.as_char().to_string()),
            TokenTree::Group(inner) => collect_group(&inner, words),
            TokenTree::Ident(ident) => words.push(ident.to_string()),
            TokenTree::Literal(literal) => words.push(literal_text(&literal)),
        }
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
