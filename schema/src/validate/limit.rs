//! `only`: the databases that an object is there on.

use super::context::Context;
use crate::document::raw::RawOnly;
use crate::{Code, Diagnostic, Only};

/// The dialects that an object is limited to. One that no configured database has would be there for
/// nobody.
pub(super) fn only(context: &mut Context<'_>, raw: Option<&RawOnly>) -> Only {
    let Some(raw) = raw else { return Only::Everywhere };
    let only = Only::On(raw.dialects.iter().copied().collect());
    let nowhere = !context.dialects.is_empty() && context.dialects_of(&only).next().is_none();
    if nowhere {
        let configured: Vec<&str> = context.dialects.iter().map(|dialect| dialect.key()).collect();
        context.report(
            Diagnostic::new(Code::UNSUPPORTED, "`only` names no database that is configured")
                .label(raw.span, "this object would be nowhere")
                .help(format!(
                    "remove the object, or add the database to `dialects` in whimbrel.toml, which has {}",
                    configured.join(", ")
                )),
        );
    }
    only
}
