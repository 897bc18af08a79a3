//! The statements of `upgrade` and `downgrade`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Stmt};
use whimbrel_schema::{Code, Diagnostic, SourceId};

use super::{Function, Step, Tokens, operation, span};

/// Reads one direction, statement by statement.
pub(super) fn read(
    function: &syn::ItemFn,
    id: SourceId,
    tokens: &Tokens<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Function {
    let place = span(id, function.sig.ident.span());
    let mut steps = Vec::new();
    if let Some(problem) = wrong_signature(function) {
        let name = &function.sig.ident;
        diagnostics.push(
            Diagnostic::new(Code::BAD_STATEMENT, format!("`{name}` {problem}"))
                .label(place, "this function")
                .help(format!("write it as `pub fn {name}(db: &mut Editor<'_>) -> Result<()>`")),
        );
    }
    let editor = editor_name(function).unwrap_or_else(|| "db".to_owned());
    let last = function.block.stmts.len().saturating_sub(1);
    for (position, statement) in function.block.stmts.iter().enumerate() {
        match statement {
            Stmt::Expr(Expr::Call(call), None) if position == last && is_ok(call) => {}
            Stmt::Expr(Expr::Try(attempt), Some(_)) => match chain(&attempt.expr, &editor) {
                Some(calls) if !has_attributes(statement) && !calls.iter().any(hides_words) => {
                    match operation::read(&calls, tokens) {
                        Ok(read) => {
                            let operation::Read { operation, uses, altered } = read;
                            steps.push(Step { operation, span: span(id, statement.span()), uses, altered });
                        }
                        Err(problem) => diagnostics.push(problem),
                    }
                }
                _ => diagnostics.push(bad_statement(statement, &editor, id)),
            },
            _ => diagnostics.push(bad_statement(statement, &editor, id)),
        }
    }
    if !matches!(function.block.stmts.last(), Some(Stmt::Expr(Expr::Call(call), None)) if is_ok(call)) {
        let end = span(id, function.block.brace_token.span.close());
        diagnostics.push(
            Diagnostic::new(
                Code::BAD_STATEMENT,
                format!("`{}` does not end with `Ok(())`", function.sig.ident),
            )
            .label(end, "expected `Ok(())` before this")
            .help("end the function with `Ok(())`"),
        );
    }
    Function { steps, span: place }
}

/// One call in a chain `db.first(..).second(..)`.
pub(super) struct Call<'a> {
    pub(super) method: &'a syn::Ident,
    pub(super) arguments: Vec<&'a Expr>,
}

/// The calls of a chain that starts at the editor, and at nothing else.
pub(super) fn chain<'a>(expression: &'a Expr, receiver: &str) -> Option<Vec<Call<'a>>> {
    match expression {
        Expr::Path(path) => (path.attrs.is_empty() && path.path.is_ident(receiver)).then(Vec::new),
        Expr::MethodCall(call) if call.attrs.is_empty() && call.turbofish.is_none() => {
            let mut calls = chain(&call.receiver, receiver)?;
            let arguments: Vec<&Expr> = call.args.iter().collect();
            if arguments.iter().any(|argument| mentions(argument, receiver)) {
                return None;
            }
            calls.push(Call { method: &call.method, arguments });
            Some(calls)
        }
        _ => None,
    }
}

/// Whether an identifier occurs anywhere in a piece of code, macros included.
pub(super) fn mentions(code: &impl ToTokens, word: &str) -> bool {
    fn search(tokens: TokenStream, word: &str) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Ident(ident) => ident == word,
            proc_macro2::TokenTree::Group(group) => search(group.stream(), word),
            proc_macro2::TokenTree::Punct(_) | proc_macro2::TokenTree::Literal(_) => false,
        })
    }
    search(code.to_token_stream(), word)
}

fn bad_statement(statement: &Stmt, editor: &str, id: SourceId) -> Diagnostic {
    let place = span(id, statement.span());
    let diagnostic = |message: String, label: &str, help: String| {
        Diagnostic::new(Code::BAD_STATEMENT, message).label(place, label).help(help)
    };
    let form = format!("write each step as `{editor}.operation(..)?;`, one after the other");
    let call = match statement {
        Stmt::Expr(Expr::Try(attempt), _) => chain(&attempt.expr, editor),
        _ => None,
    };
    if has_attributes(statement) || call.is_some_and(|calls| calls.iter().any(hides_words)) {
        return diagnostic(
            "a step cannot have attributes".to_owned(),
            "what is left out here cannot be proven",
            "remove the attribute".to_owned(),
        );
    }
    if !mentions(statement, editor) {
        return diagnostic(
            "`upgrade` and `downgrade` hold steps and nothing else".to_owned(),
            "this is no step",
            form,
        );
    }
    let container = match statement {
        Stmt::Expr(expression, _) => match expression {
            Expr::If(_) => "inside `if`",
            Expr::Match(_) => "inside `match`",
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => "inside a loop",
            Expr::Block(_) | Expr::Unsafe(_) | Expr::Async(_) | Expr::Const(_) => "inside a block",
            Expr::Closure(_) => "inside a closure",
            Expr::Return(_) => "in `return`",
            Expr::Macro(_) => "inside a macro",
            Expr::MethodCall(_) => {
                return diagnostic(
                    "a step does not end with `?`".to_owned(),
                    "its error would be lost",
                    form,
                );
            }
            _ => "in another expression",
        },
        Stmt::Local(_) => "in `let`",
        Stmt::Item(_) => "in an item",
        Stmt::Macro(_) => "inside a macro",
    };
    diagnostic(
        format!("`{editor}` is used {container}, where what it does cannot be proven"),
        &format!("`{editor}` may only be the first word of a step"),
        form,
    )
}

fn wrong_signature(function: &syn::ItemFn) -> Option<&'static str> {
    let signature = &function.sig;
    if !function.attrs.iter().all(|attribute| attribute.path().is_ident("doc")) {
        Some("has attributes, which may change what it does")
    } else if signature.asyncness.is_some() || signature.unsafety.is_some() || signature.constness.is_some() {
        Some("is not a plain function")
    } else if signature.inputs.len() != 1 || editor_name(function).is_none() {
        Some("takes other parameters than the editor")
    } else {
        None
    }
}

fn editor_name(function: &syn::ItemFn) -> Option<String> {
    match function.sig.inputs.first()? {
        syn::FnArg::Typed(argument) => match &*argument.pat {
            syn::Pat::Ident(name) if name.subpat.is_none() => Some(name.ident.to_string()),
            _ => None,
        },
        syn::FnArg::Receiver(_) => None,
    }
}

/// A `#[cfg]` before `db.op()?;` hangs on an expression inside the statement, so the first token
/// is what tells.
fn has_attributes(statement: &Stmt) -> bool {
    let first = statement.to_token_stream().into_iter().next();
    matches!(first, Some(proc_macro2::TokenTree::Punct(punct)) if punct.as_char() == '#')
}

/// Whether attributes stand among the arguments of a call, where they may leave some out. Rust code over rows
/// may have them: its words are taken as they are.
fn hides_words(call: &Call<'_>) -> bool {
    fn search(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Punct(punct) => punct.as_char() == '#',
            proc_macro2::TokenTree::Group(group) => search(group.stream()),
            proc_macro2::TokenTree::Ident(_) | proc_macro2::TokenTree::Literal(_) => false,
        })
    }
    call.method != "data" && call.arguments.iter().any(|argument| search(argument.to_token_stream()))
}

fn is_ok(call: &syn::ExprCall) -> bool {
    let unit = |expression: &Expr| matches!(expression, Expr::Tuple(tuple) if tuple.elems.is_empty());
    call.attrs.is_empty()
        && matches!(&*call.func, Expr::Path(path) if path.path.is_ident("Ok"))
        && call.args.len() == 1
        && call.args.iter().all(unit)
}
