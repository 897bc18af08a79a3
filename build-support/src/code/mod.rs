//! Reading `migration.rs`.
//!
//! ```text
//! text --syn--> File --read--> MigrationCode { upgrade, downgrade, data code }
//! ```
//!
//! The functions `upgrade` and `downgrade` hold nothing but statements `db.operation(..)?;` in a
//! straight line, so that what they do is known without running them. Everything else in the file,
//! and the closures of `data` steps, is data code, which is kept as normalised text for the hash.

mod expression;
mod function;
pub(crate) mod normalise;
mod opaque;
mod operation;
#[cfg(test)]
mod tests;
mod tokens;
pub(crate) mod write;

pub(crate) use tokens::{TokenUse, Tokens, Versions, module_name};

use std::collections::BTreeSet;

use proc_macro2::Span as TokenSpan;
use syn::spanned::Spanned;
use whimbrel_schema::{Code, Diagnostic, Name, Operation, Pair, SourceId, Sources, Span};

/// What a migration's code does, read without running it.
#[derive(Debug, Clone)]
pub(crate) struct MigrationCode {
    pub(crate) upgrade: Function,
    pub(crate) downgrade: Downgrade,
    /// Whether `NOTHING_TO_UNDO` says that data code needs no way back.
    pub(crate) nothing_to_undo: bool,
    /// Everything but the steps, normalised: see [`normalise`].
    pub(crate) data_code: String,
}

/// One direction: its steps, and where it is written.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) steps: Vec<Step>,
    pub(crate) span: Span,
}

/// The way back, or the reason that there is none.
#[derive(Debug, Clone)]
pub(crate) enum Downgrade {
    Function(Function),
    NothingToUndo(String),
    Irreversible(String),
}

impl Downgrade {
    /// Its steps, of which there are none where there is no way back.
    pub(crate) fn steps(&self) -> &[Step] {
        match self {
            Self::Function(function) => &function.steps,
            Self::NothingToUndo(_) | Self::Irreversible(_) => &[],
        }
    }
}

/// One statement: what it does, where it stands, and which tokens it names.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) operation: Operation,
    pub(crate) span: Span,
    pub(crate) uses: Vec<TokenUse>,
    /// For alterations, the tables as both arguments name them; a rename in an earlier step may have
    /// given one another name than the first says.
    pub(crate) altered: Vec<Pair<Name>>,
}

/// What reading a `migration.rs` gave: its code if all of it could be read, which a hash and a
/// check need.
#[derive(Default)]
pub(crate) struct ReadCode {
    /// Every identifier in the file, also where the code could not be read.
    pub(crate) words: BTreeSet<String>,
    pub(crate) code: Option<MigrationCode>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads a `migration.rs`.
pub(crate) fn read(sources: &Sources, id: SourceId, versions: &Versions) -> ReadCode {
    let mut diagnostics = Vec::new();
    let text = &sources.get(id).text;
    let code = match syn::parse_file(text) {
        Ok(file) => read_file(&file, id, versions, &mut diagnostics),
        Err(error) => {
            let diagnostic = Diagnostic::new(Code::NOT_RUST, "this migration is not Rust")
                .label(span(id, error.span()), error.to_string())
                .help("mend it as rustc says, or restore the file from version control");
            diagnostics.push(diagnostic);
            None
        }
    };
    let code = code.filter(|_| diagnostics.is_empty());
    ReadCode { words: words(text), code, diagnostics }
}

/// The identifiers of a text, told by their characters alone: so macros and code that does not parse
/// are no exception.
fn words(text: &str) -> BTreeSet<String> {
    let part = |character: char| character == '_' || character.is_alphanumeric();
    let words = text.split(|character| !part(character));
    words.filter(|word| word.starts_with(|first: char| !first.is_numeric())).map(str::to_owned).collect()
}

fn read_file(
    file: &syn::File,
    id: SourceId,
    versions: &Versions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<MigrationCode> {
    let tokens = Tokens::new(file, id, versions);
    let upgrade = find_function(file, "upgrade");
    let downgrade = find_function(file, "downgrade");
    let irreversible = find_text(file, "IRREVERSIBLE");
    let whole_file = span(id, file.span());
    let mut missing = |name: &str, help: &str| {
        let start = Span { end: whole_file.start, ..whole_file };
        let message = format!("this migration has no function `{name}`");
        diagnostics.push(
            Diagnostic::new(Code::MISSING_FUNCTION, message).label(start, "expected in this file").help(help),
        );
    };
    if upgrade.is_none() {
        missing("upgrade", "add `pub fn upgrade(db: &mut Editor<'_>) -> Result<()> { Ok(()) }`");
    }
    let nothing_to_undo = find_text(file, "NOTHING_TO_UNDO");
    if downgrade.is_none() && irreversible.is_none() && nothing_to_undo.is_none() {
        missing(
            "downgrade",
            "add `pub fn downgrade(db: &mut Editor<'_>) -> Result<()> { .. }`, or say why there is no way back: \
             `pub const IRREVERSIBLE: &str = \"..\";`",
        );
    }
    if let (Some(function), Some((constant, _))) = (downgrade, &irreversible) {
        let message = "a migration has either `downgrade` or `IRREVERSIBLE`";
        diagnostics.push(
            Diagnostic::new(Code::MISSING_FUNCTION, message)
                .label(span(id, function.sig.ident.span()), "the way back")
                .label(span(id, *constant), "and the reason that there is none")
                .help("remove one of the two"),
        );
    }
    let upgrade = function::read(upgrade?, id, &tokens, diagnostics);
    let has_nothing_to_undo = nothing_to_undo.is_some();
    let downgrade = match (downgrade, irreversible, nothing_to_undo) {
        (Some(function), _, _) => Downgrade::Function(function::read(function, id, &tokens, diagnostics)),
        (None, Some((_, reason)), _) => Downgrade::Irreversible(reason),
        (None, None, reason) => Downgrade::NothingToUndo(reason?.1),
    };
    Some(MigrationCode {
        upgrade,
        downgrade,
        nothing_to_undo: has_nothing_to_undo,
        data_code: normalise::data_code(file),
    })
}

fn find_function<'a>(file: &'a syn::File, name: &str) -> Option<&'a syn::ItemFn> {
    file.items.iter().find_map(|item| match item {
        syn::Item::Fn(function) if function.sig.ident == name => Some(function),
        _ => None,
    })
}

/// The text of `pub const NAME: &str = "..";`.
fn find_text(file: &syn::File, name: &str) -> Option<(TokenSpan, String)> {
    file.items.iter().find_map(|item| match item {
        syn::Item::Const(constant) if constant.ident == name => match &*constant.expr {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => {
                Some((constant.ident.span(), text.value()))
            }
            _ => None,
        },
        _ => None,
    })
}

/// A place in Rust code as a place in its source.
pub(crate) fn span(id: SourceId, span: TokenSpan) -> Span {
    Span::new(id, span.byte_range())
}
