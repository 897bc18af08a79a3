//! `rust_name`: what an author wants Rust to call something.

use super::context::Context;
use crate::document::raw::Spanned;
use crate::{Code, Diagnostic, Name, names};

/// What an author calls a type, if generated code can call it so.
pub(super) fn type_name(context: &mut Context<'_>, written: Option<&Spanned<String>>) -> Option<String> {
    let written = written?;
    if names::is_type_name(&written.value) {
        return Some(written.value.clone());
    }
    let form = "letters and digits, a capital letter first";
    report(context, written, "type", form, &names::type_name(&Name::new(&written.value)));
    None
}

/// What an author calls a constant, if generated code can call it so.
pub(super) fn const_name(context: &mut Context<'_>, written: Option<&Spanned<String>>) -> Option<String> {
    let written = written?;
    if names::is_const_name(&written.value) {
        return Some(written.value.clone());
    }
    let form = "capital letters, digits and underscores, no digit first";
    report(context, written, "constant", form, &names::const_name(&Name::new(&written.value)));
    None
}

/// Other spellings would be one name with something else, or what rustc warns of.
fn report(context: &mut Context<'_>, written: &Spanned<String>, what: &str, form: &str, example: &str) {
    let Spanned { value: name, span } = written;
    let meant = name.is_ascii() && name.contains(|letter: char| letter.is_ascii_alphabetic());
    let taken = names::is_type_name(example) || names::is_const_name(example);
    let example = if meant && taken { format!(", as in `rust_name = \"{example}\"`") } else { String::new() };
    context.report(
        Diagnostic::new(Code::BAD_NAME, format!("\"{name}\" is no name of a {what} in generated code"))
            .label(*span, format!("expected the name of a {what}"))
            .help(format!("write {form}{example}")),
    );
}
