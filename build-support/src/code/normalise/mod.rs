//! Data code as text that stays the same however it is formatted.
//!
//! rustfmt changes tokens: it sorts and splits imports, drops and adds trailing commas, parentheses
//! and blocks around one expression, and rejoins strings. So code is brought into one form first:
//! the syntax tree is rewritten, and then printed token by token with one space in between. This
//! text is frozen: the hash `w1` is made of it.

mod closures;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Item, Stmt, UseTree};

use words::text_of;

/// Everything in a migration but its steps, in one form: the items, and the closures of its `data`
/// steps.
pub(crate) fn data_code(file: &syn::File) -> String {
    let closures = closures::closures(file);
    let mut imports = BTreeSet::new();
    let mut lines = Vec::new();
    for item in &file.items {
        match item {
            Item::Use(item) if item.attrs.iter().all(|attribute| attribute.path().is_ident("doc")) => {
                imports.extend(flatten(&item.tree, &visibility(&item.vis)));
            }
            // These hold steps and nothing else, and steps are hashed by their own text.
            Item::Fn(function) if is_direction(function) => {}
            item => lines.push(normal_text(item)),
        }
    }
    // Where there is no data code, nothing but steps names the tokens, and what they name is hashed with
    // the steps.
    if lines.is_empty() && closures.is_empty() {
        imports.retain(|line| !is_token_import(line));
    }
    imports.into_iter().chain(lines).chain(closures).fold(String::new(), |text, line| text + &line + "\n")
}

/// Whether a line imports versions, their tables, or the vocabulary.
fn is_token_import(line: &str) -> bool {
    let version = line
        .strip_prefix("use super::v")
        .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
    version || line.starts_with("use whimbrel::v1::")
}

fn is_direction(function: &syn::ItemFn) -> bool {
    function.sig.ident == "upgrade" || function.sig.ident == "downgrade"
}

fn normal_text(item: &Item) -> String {
    let mut item = item.clone();
    Normaliser.visit_item_mut(&mut item);
    text_of(item.to_token_stream())
}

fn visibility(visibility: &syn::Visibility) -> String {
    let mut visibility = visibility.clone();
    Normaliser.visit_visibility_mut(&mut visibility);
    text_of(visibility.to_token_stream())
}

/// One line for each path of an import.
fn flatten(tree: &UseTree, visibility: &str) -> Vec<String> {
    fn walk(tree: &UseTree, prefix: &str, lines: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => walk(&path.tree, &format!("{prefix}{}::", path.ident), lines),
            UseTree::Name(name) => lines.push(format!("{prefix}{}", name.ident)),
            UseTree::Rename(rename) => lines.push(format!("{prefix}{} as {}", rename.ident, rename.rename)),
            UseTree::Glob(_) => lines.push(format!("{prefix}*")),
            UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, prefix, lines)),
        }
    }
    let mut lines = Vec::new();
    walk(tree, "", &mut lines);
    let space = if visibility.is_empty() { "" } else { " " };
    lines.into_iter().map(|line| format!("{visibility}{space}use {line}")).collect()
}

struct Normaliser;

impl VisitMut for Normaliser {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
        merge_derives(attributes);
        attributes.iter_mut().for_each(|attribute| self.visit_attribute_mut(attribute));
    }

    fn visit_meta_list_mut(&mut self, list: &mut syn::MetaList) {
        visit_mut::visit_meta_list_mut(self, list);
        list.tokens = without_last_comma(std::mem::take(&mut list.tokens));
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        // Parentheses that the tree does not need would come and go; those it does need are put
        // around every operand below, where the source may not have had them.
        while let Expr::Paren(inner) = expression {
            *expression = (*inner.expr).clone();
        }
        match expression {
            Expr::Closure(closure) => unwrap_block(&mut closure.body),
            Expr::Tuple(tuple) if tuple.elems.len() != 1 => drop(tuple.elems.pop_punct()),
            Expr::Call(call) => {
                call.args.pop_punct();
                group(&mut call.func);
            }
            Expr::MethodCall(call) => {
                call.args.pop_punct();
                group(&mut call.receiver);
            }
            Expr::Array(array) => drop(array.elems.pop_punct()),
            Expr::Struct(value) if value.rest.is_none() => drop(value.fields.pop_punct()),
            Expr::Binary(binary) => {
                group(&mut binary.left);
                group(&mut binary.right);
            }
            Expr::Assign(assign) => group(&mut assign.right),
            Expr::Unary(unary) => group(&mut unary.expr),
            Expr::Reference(reference) => group(&mut reference.expr),
            Expr::Cast(cast) => group(&mut cast.expr),
            Expr::Field(field) => group(&mut field.base),
            Expr::Index(index) => group(&mut index.expr),
            Expr::Try(attempt) => group(&mut attempt.expr),
            Expr::Await(wait) => group(&mut wait.base),
            Expr::Range(range) => {
                range.start.iter_mut().for_each(|start| group(start));
                range.end.iter_mut().for_each(|end| group(end));
            }
            Expr::Lit(literal) => normalise_literal(&mut literal.lit),
            _ => {}
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
        visit_mut::visit_arm_mut(self, arm);
        unwrap_block(&mut arm.body);
        arm.comma = Some(Default::default());
        if let syn::Pat::Or(or) = &mut arm.pat {
            or.leading_vert = None;
        }
    }

    fn visit_pat_mut(&mut self, pattern: &mut syn::Pat) {
        visit_mut::visit_pat_mut(self, pattern);
        while let syn::Pat::Paren(inner) = pattern {
            if matches!(&*inner.pat, syn::Pat::Or(_) | syn::Pat::Range(_)) {
                break;
            }
            *pattern = (*inner.pat).clone();
        }
        match pattern {
            syn::Pat::Tuple(tuple) if tuple.elems.len() != 1 => drop(tuple.elems.pop_punct()),
            syn::Pat::TupleStruct(tuple) => drop(tuple.elems.pop_punct()),
            syn::Pat::Slice(slice) => drop(slice.elems.pop_punct()),
            syn::Pat::Struct(value) if value.rest.is_none() => drop(value.fields.pop_punct()),
            syn::Pat::Or(or) => or.leading_vert = None,
            _ => {}
        }
    }

    fn visit_type_mut(&mut self, kind: &mut syn::Type) {
        visit_mut::visit_type_mut(self, kind);
        while let syn::Type::Paren(inner) = kind {
            if matches!(&*inner.elem, syn::Type::TraitObject(_) | syn::Type::ImplTrait(_)) {
                break;
            }
            *kind = (*inner.elem).clone();
        }
        if let syn::Type::Tuple(tuple) = kind
            && tuple.elems.len() != 1
        {
            tuple.elems.pop_punct();
        }
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        visit_mut::visit_block_mut(self, block);
        block.stmts.retain(|statement| !is_empty(statement));
        // rustfmt ends a last `return`, `break` or `continue` with a semicolon.
        if let Some(Stmt::Expr(Expr::Return(_) | Expr::Break(_) | Expr::Continue(_), semicolon)) =
            block.stmts.last_mut()
        {
            *semicolon = Some(Default::default());
        }
    }

    fn visit_signature_mut(&mut self, signature: &mut syn::Signature) {
        visit_mut::visit_signature_mut(self, signature);
        signature.inputs.pop_punct();
    }

    fn visit_generics_mut(&mut self, generics: &mut syn::Generics) {
        visit_mut::visit_generics_mut(self, generics);
        generics.params.pop_punct();
        if let Some(clause) = &mut generics.where_clause {
            clause.predicates.pop_punct();
        }
        generics.where_clause = generics.where_clause.take().filter(|clause| !clause.predicates.is_empty());
    }

    fn visit_type_param_mut(&mut self, parameter: &mut syn::TypeParam) {
        visit_mut::visit_type_param_mut(self, parameter);
        parameter.bounds.pop_punct();
    }

    fn visit_predicate_type_mut(&mut self, predicate: &mut syn::PredicateType) {
        visit_mut::visit_predicate_type_mut(self, predicate);
        predicate.bounds.pop_punct();
    }

    fn visit_bound_lifetimes_mut(&mut self, bound: &mut syn::BoundLifetimes) {
        visit_mut::visit_bound_lifetimes_mut(self, bound);
        bound.lifetimes.pop_punct();
    }

    fn visit_item_trait_mut(&mut self, item: &mut syn::ItemTrait) {
        visit_mut::visit_item_trait_mut(self, item);
        item.supertraits.pop_punct();
    }

    fn visit_type_bare_fn_mut(&mut self, function: &mut syn::TypeBareFn) {
        visit_mut::visit_type_bare_fn_mut(self, function);
        function.inputs.pop_punct();
    }

    fn visit_parenthesized_generic_arguments_mut(
        &mut self,
        arguments: &mut syn::ParenthesizedGenericArguments,
    ) {
        visit_mut::visit_parenthesized_generic_arguments_mut(self, arguments);
        arguments.inputs.pop_punct();
    }

    fn visit_path_segment_mut(&mut self, segment: &mut syn::PathSegment) {
        visit_mut::visit_path_segment_mut(self, segment);
        if let syn::PathArguments::AngleBracketed(list) = &segment.arguments
            && list.args.is_empty()
        {
            segment.arguments = syn::PathArguments::None;
        }
    }

    fn visit_angle_bracketed_generic_arguments_mut(
        &mut self,
        arguments: &mut syn::AngleBracketedGenericArguments,
    ) {
        visit_mut::visit_angle_bracketed_generic_arguments_mut(self, arguments);
        arguments.args.pop_punct();
    }

    fn visit_fields_named_mut(&mut self, fields: &mut syn::FieldsNamed) {
        visit_mut::visit_fields_named_mut(self, fields);
        fields.named.pop_punct();
    }

    fn visit_fields_unnamed_mut(&mut self, fields: &mut syn::FieldsUnnamed) {
        visit_mut::visit_fields_unnamed_mut(self, fields);
        fields.unnamed.pop_punct();
    }

    fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
        visit_mut::visit_item_enum_mut(self, item);
        item.variants.pop_punct();
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        visit_mut::visit_field_value_mut(self, field);
        let short = matches!((&field.member, &field.expr), (syn::Member::Named(name), Expr::Path(path))
            if field.attrs.is_empty() && path.path.is_ident(name));
        field.colon_token = field.colon_token.filter(|_| !short);
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        visit_mut::visit_expr_closure_mut(self, closure);
        closure.inputs.pop_punct();
    }

    fn visit_visibility_mut(&mut self, visibility: &mut syn::Visibility) {
        if let syn::Visibility::Restricted(restricted) = visibility {
            let plain = ["crate", "self", "super"].into_iter().any(|word| restricted.path.is_ident(word));
            if plain {
                restricted.in_token = None;
            }
        }
    }

    fn visit_abi_mut(&mut self, abi: &mut syn::Abi) {
        abi.name.get_or_insert_with(|| syn::LitStr::new("C", proc_macro2::Span::call_site()));
    }

    fn visit_item_use_mut(&mut self, item: &mut syn::ItemUse) {
        // Imports inside a function may be sorted and split as well.
        let mut lines = flatten(&item.tree, "");
        lines.sort();
        let joined = lines.join("; ");
        item.tree = UseTree::Rename(syn::UseRename {
            ident: syn::Ident::new("paths", proc_macro2::Span::call_site()),
            as_token: Default::default(),
            rename: syn::Ident::new(&escape_ident(&joined), proc_macro2::Span::call_site()),
        });
    }

    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        visit_mut::visit_macro_mut(self, call);
        // rustfmt formats the arguments of a macro if they read as expressions.
        let parser = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        if let Ok(mut arguments) = syn::parse::Parser::parse2(parser, call.tokens.clone()) {
            arguments.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
            arguments.pop_punct();
            call.tokens = arguments.to_token_stream();
        }
        call.delimiter = syn::MacroDelimiter::Paren(Default::default());
    }
}

/// One `#[derive(..)]` with what all of them list, as rustfmt joins them.
fn merge_derives(attributes: &mut Vec<syn::Attribute>) {
    let mut merged = TokenStream::new();
    for attribute in attributes.iter() {
        if let syn::Meta::List(list) = &attribute.meta
            && list.path.is_ident("derive")
        {
            let tokens = without_last_comma(list.tokens.clone());
            merged = if merged.is_empty() {
                tokens
            } else {
                quote::quote! { #merged, #tokens }
            };
        }
    }
    let mut first = true;
    attributes.retain_mut(|attribute| match &mut attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("derive") => {
            list.tokens.clone_from(&merged);
            std::mem::take(&mut first)
        }
        _ => true,
    });
}

fn without_last_comma(tokens: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if matches!(tokens.last(), Some(TokenTree::Punct(last)) if last.as_char() == ',') {
        tokens.pop();
    }
    tokens.into_iter().collect()
}

/// A path as an identifier: letters, digits and underscores stay, the rest becomes its number.
fn escape_ident(text: &str) -> String {
    text.chars().fold(String::from("p_"), |ident, character| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' => ident + &character.to_string(),
        other => ident + &format!("_{:x}_", u32::from(other)),
    })
}

fn is_empty(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(Expr::Verbatim(tokens), _) if tokens.is_empty())
}

/// `{ x }` around one expression, where rustfmt adds and removes it.
fn unwrap_block(expression: &mut Box<Expr>) {
    while let Expr::Block(block) = &**expression {
        if block.label.is_some() || !block.attrs.is_empty() {
            break;
        }
        match &block.block.stmts[..] {
            [Stmt::Expr(inner, None)]
            | [Stmt::Expr(inner @ (Expr::Return(_) | Expr::Break(_) | Expr::Continue(_)), Some(_))] => {
                **expression = inner.clone();
            }
            _ => break,
        }
    }
}

/// Parentheses around anything that is not one word, so that precedence needs no thought.
fn group(expression: &mut Expr) {
    let bare = matches!(
        expression,
        Expr::Path(_)
            | Expr::Lit(_)
            | Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::Paren(_)
            | Expr::Array(_)
            | Expr::Tuple(_)
            | Expr::Macro(_)
            | Expr::Block(_)
            | Expr::Struct(_)
    );
    if !bare {
        let inner = std::mem::replace(expression, Expr::Verbatim(TokenStream::new()));
        *expression = Expr::Paren(syn::ExprParen {
            attrs: Vec::new(),
            paren_token: Default::default(),
            expr: Box::new(inner),
        });
    }
}

/// Strings by their value: a continuation over two lines is the same text as one line.
fn normalise_literal(literal: &mut syn::Lit) {
    match literal {
        syn::Lit::Str(text) => *text = syn::LitStr::new(&text.value(), text.span()),
        syn::Lit::ByteStr(bytes) => *bytes = syn::LitByteStr::new(&bytes.value(), bytes.span()),
        syn::Lit::CStr(text) => *text = syn::LitCStr::new(&text.value(), text.span()),
        _ => {}
    }
}
