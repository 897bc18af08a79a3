//! `rust_name`: what an author wants Rust to call something.

use super::context::{Context, is_plain};
use crate::document::raw::Spanned;
use crate::{Code, Diagnostic, names};

/// The name, if it is one that Rust takes.
pub(super) fn rust_name(context: &mut Context<'_>, written: Option<&Spanned<String>>) -> Option<String> {
    let Spanned { value: name, span } = written?;
    if is_plain(name) && !names::is_keyword(name) {
        return Some(name.clone());
    }
    context.report(
        Diagnostic::new(Code::BAD_NAME, format!("\"{name}\" is no name in Rust"))
            .label(*span, "expected an identifier")
            .help("write letters, digits and underscores, no digit first, and no keyword"),
    );
    None
}
