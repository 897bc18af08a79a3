//! The closures of `data` steps.

use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{Expr, Item, Stmt};

use super::words::text_of;
use super::{Normaliser, is_direction};

/// The closures of both functions in one form, each behind the name of its function; a step is a
/// statement `db.data(..)?;`, as the reader of steps takes no other.
pub(super) fn closures(file: &syn::File) -> Vec<String> {
    let functions = file.items.iter().filter_map(|item| match item {
        Item::Fn(function) if is_direction(function) => Some(function),
        _ => None,
    });
    let lines = functions.flat_map(|function| {
        let closures = function.block.stmts.iter().filter_map(closure);
        closures.map(move |closure| format!("{} data {}", function.sig.ident, normal_text(closure)))
    });
    let mut lines: Vec<String> = lines.collect();
    // Which function stands first in the file means nothing; the order of steps does, and stays.
    lines.sort_by_key(|line| line.starts_with("downgrade"));
    lines
}

fn closure(statement: &Stmt) -> Option<&Expr> {
    let Stmt::Expr(Expr::Try(attempt), Some(_)) = statement else { return None };
    match &*attempt.expr {
        Expr::MethodCall(call) if call.method == "data" => call.args.first(),
        _ => None,
    }
}

fn normal_text(closure: &Expr) -> String {
    let mut closure = closure.clone();
    Normaliser.visit_expr_mut(&mut closure);
    text_of(closure.to_token_stream())
}
